"""Taking over proposed wording."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.opinions.wording import take_over

steady = settings(derandomize=True, deadline=None)

TEXT = "중소기업의 제조혁신을 지원한다. 도입기업은 자부담 50%를 부담한다. 성과는 매년 공개한다."


def test_quoted_words_are_replaced_where_they_stand():
    assert (
        take_over(TEXT, "자부담 50%", "자부담 30%", "amend")
        == "중소기업의 제조혁신을 지원한다. 도입기업은 자부담 30%를 부담한다. 성과는 매년 공개한다."
    )


def test_the_whole_text_may_be_the_quote():
    assert take_over(f" {TEXT}\n", TEXT, "모두 새로 쓴다.", "amend") == "모두 새로 쓴다."
    assert take_over("가 가", "가  가", "나", "amend") == "나"
    assert take_over("하나", "하나", "", "delete") == ""


@pytest.mark.parametrize("quote", ["자부담  50%", " 자부담\n50% ", "자부담\u00a050%"])
def test_white_space_in_the_quote_need_not_be_the_same(quote: str):
    assert take_over(TEXT, quote, "자부담 30%", "amend") == TEXT.replace("50%", "30%")


def test_a_long_quote_is_found_after_its_spacing_was_corrected():
    text = "스마트 공장 보급 확산을 추진한다."
    assert take_over(text, "스마트공장 보급확산", "자율형공장 확산", "amend") == "자율형공장 확산을 추진한다."


def test_a_short_quote_is_not_put_together_from_the_ends_of_words():
    assert take_over("사이 상태를 본다", "이상", "이하", "amend") is None


@pytest.mark.parametrize("quote", ["자부담 70%", "", "  "])
def test_words_that_no_longer_stand_there_are_not_replaced(quote: str):
    assert take_over(TEXT, quote, "자부담 30%", "amend") is None


@pytest.mark.parametrize("kind", ["amend", "delete", "add"])
def test_words_that_stand_there_twice_are_for_a_person_to_place(kind: str):
    assert take_over(TEXT, "기업", "회사", kind) is None
    assert take_over("가나가나가", "가나가", "다", kind) is None


@pytest.mark.parametrize(
    ("quote", "left"),
    [
        ("도입기업은 자부담 50%를 부담한다.", "중소기업의 제조혁신을 지원한다. 성과는 매년 공개한다."),
        ("도입기업은 자부담 50%를 부담한다", "중소기업의 제조혁신을 지원한다. 성과는 매년 공개한다."),
        ("중소기업의 제조혁신을 지원한다", "도입기업은 자부담 50%를 부담한다. 성과는 매년 공개한다."),
        ("성과는 매년 공개한다.", "중소기업의 제조혁신을 지원한다. 도입기업은 자부담 50%를 부담한다."),
        ("매년", "중소기업의 제조혁신을 지원한다. 도입기업은 자부담 50%를 부담한다. 성과는 공개한다."),
        ("매년 공개한다", "중소기업의 제조혁신을 지원한다. 도입기업은 자부담 50%를 부담한다. 성과는."),
    ],
)
def test_deleted_words_leave_no_gap(quote: str, left: str):
    assert take_over(TEXT, quote, "", "delete") == left


def test_a_deleted_paragraph_leaves_one_break():
    assert take_over("가\n\n나\n\n다", "나", "", "delete") == "가\n\n다"


def test_added_words_follow_the_quote():
    assert take_over("제조기업을 지원한다.", "제조기업", "및 공급기업", "add") == "제조기업 및 공급기업을 지원한다."
    assert take_over("제조기업, 기관", "제조기업", ", 공급기업", "add") == "제조기업, 공급기업, 기관"


def test_an_added_sentence_follows_the_full_stop():
    assert (
        take_over(TEXT, "자부담 50%를 부담한다", "다만, 소기업은 30%로 한다.", "add")
        == "중소기업의 제조혁신을 지원한다. 도입기업은 자부담 50%를 부담한다. 다만, 소기업은 30%로 한다. 성과는 매년 공개한다."
    )


def test_an_added_paragraph_keeps_its_line():
    assert take_over("1. 가\n3. 다", "1. 가", "\n2. 나", "add") == "1. 가\n2. 나\n3. 다"


def test_a_full_stop_is_not_doubled():
    assert take_over("지원한다.", "지원한다", "지원하고 알린다.", "amend") == "지원하고 알린다."
    assert take_over("가. 지원한다. 나", "지원한다", "알린다.", "amend") == "가. 알린다. 나"


def test_blank_wording_takes_words_out_or_adds_none():
    assert take_over(TEXT, "매년", " ", "amend") == take_over(TEXT, "매년", "", "delete")
    assert take_over(TEXT, "매년", " ", "add") == TEXT


def test_signs_that_mean_something_in_a_pattern_are_only_signs():
    assert take_over("비율(30%)+α를 [표 1]에", "(30%)+α", r"\1(50%)", "amend") == r"비율 \1(50%)를 [표 1]에".replace(
        " ", "", 1
    )


def test_other_kinds_have_no_wording():
    with pytest.raises(ValueError, match="question"):
        take_over(TEXT, "매년", "", "question")


WORDS = st.lists(st.text(alphabet="가나다라마", min_size=1, max_size=4), min_size=1, max_size=6).map(" ".join)


@steady
@given(WORDS, WORDS, WORDS, st.sampled_from(["amend", "delete", "add"]))
def test_nothing_outside_the_quote_changes(before: str, after: str, proposed: str, kind: str):
    quote = "바사아"
    wanted = {"amend": [proposed], "delete": [], "add": [quote, proposed]}[kind]
    assert take_over(f"{before} {quote} {after}", quote, proposed, kind) == " ".join([before, *wanted, after])


@steady
@given(WORDS, WORDS)
def test_replacing_words_by_themselves_changes_nothing(before: str, after: str):
    text = f"{before} 바사아{after}."
    assert take_over(text, "바사아", "바사아", "amend") == text


@steady
@given(st.text(max_size=40), st.text(max_size=6), st.text(max_size=10), st.sampled_from(["amend", "delete", "add"]))
def test_any_text_is_answered(text: str, quote: str, proposed: str, kind: str):
    result = take_over(text, quote, proposed, kind)
    assert result is None or isinstance(result, str)
