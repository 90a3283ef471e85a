"""Headers and code words are understood however they are typed."""

import pytest

from council.exchange.columns import Field, Form, audience_of, fields_of, form_of, kind_of, known, missing, normalised


def found(*headers: str) -> list[Field | None]:
    fields = fields_of(dict(enumerate(headers)))
    return [fields.get(column) for column in range(len(headers))]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("제출 기관", Field.ORGANISATION),
        ("기관(부서)명", Field.ORGANISATION),
        ("기관명(부서)", Field.ORGANISATION),
        ("조문ㆍ쪽ㆍ항목", Field.PLACE),
        ("조문․쪽․항목", Field.PLACE),
        ("현 행(안)", Field.CURRENT),
        ("수정의견\n(안)", Field.PROPOSED),
        ("사   유", Field.REASON),
        ("ＣＬＡＵＳＥ", Field.PLACE),
        ("Clause/ Subclause (e.g. 3.1)", Field.PLACE),
        ("MB/NC¹", Field.ORGANISATION),
        ("Type of com-ment²", Field.KIND),
        ("Comment (justification for change) by the MB", Field.REASON),
        ("조치(반영 여부)", Field.VERDICT),
        ("비고", None),
        ("", None),
        ("사유" * 100, None),
    ],
)
def test_a_header_is_known_whatever_its_spacing_width_and_footnotes(header: str, field: Field | None):
    assert found(header) == [field]


def test_an_opinion_is_the_reason_unless_a_reason_stands_beside_it():
    assert found("조문", "의견") == [Field.PLACE, Field.REASON]
    assert found("조문", "검토의견", "사유") == [Field.PLACE, Field.PROPOSED, Field.REASON]


def test_a_draft_is_what_is_consulted_on_unless_it_is_all_that_is_proposed():
    assert found("현행", "개정안", "수정의견") == [None, Field.CURRENT, Field.PROPOSED]
    assert found("현행", "개정안", "의견") == [None, Field.CURRENT, Field.REASON]
    assert found("현행", "개정안", "사유") == [Field.CURRENT, Field.PROPOSED, Field.REASON]
    assert found("조문", "개정안", "사유") == [Field.PLACE, Field.CURRENT, Field.REASON]


def test_the_form_shows_in_its_headers():
    assert form_of(["Clause", "Comments"], [Field.PLACE, Field.REASON]) is Form.CLAUSE
    assert form_of(["Clause/Subclause", "Comments"], [Field.PLACE, Field.REASON]) is Form.ISO
    assert form_of(["조문", "줄", "사유"], [Field.PLACE, Field.LINE, Field.REASON]) is Form.ISO


def test_each_form_has_its_required_columns():
    assert missing(Form.CLAUSE, [Field.PLACE, Field.PROPOSED]) == []
    assert missing(Form.ISO, [Field.PLACE, Field.PROPOSED]) == [Field.REASON]
    assert missing(Form.CLAUSE, [Field.CURRENT]) == [Field.PLACE, Field.REASON]


@pytest.mark.parametrize(
    ("word", "with_text", "without"),
    [
        ("수정", "amend", "amend"),
        ("삭 제", "delete", "delete"),
        ("신설", "add", "add"),
        ("찬성", "support", "support"),
        ("문의", "question", "question"),
        ("기타", "general", "general"),
        ("GE", "general", "general"),
        ("te", "amend", "general"),
        ("ed", "amend", "general"),
        ("", "amend", "general"),
        ("몰라", None, None),
    ],
)
def test_words_and_codes_mean_a_kind_of_opinion(word: str, with_text: str | None, without: str | None):
    assert (kind_of(word, proposes=True), kind_of(word, proposes=False)) == (with_text, without)


def test_words_mean_an_audience():
    assert [audience_of(word) for word in ("공개", "비공개", "기밀(영업비밀)", "", "몰라")] == [
        "council",
        "office",
        "confidential",
        "council",
        None,
    ]


def test_no_header_is_the_empty_word():
    assert known("()") is None


def test_long_texts_are_normalised_whole_and_endless_accents_in_time():
    assert normalised("가 나, " * 1_000) == "가나" * 1_000
    assert len(normalised("a" + "\u0300" * 50_000 + "\u0316" * 50_000)) <= 500
