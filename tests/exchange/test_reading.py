"""The same table of opinions is read from every kind of file it is sent in."""

import pytest

from council.exchange.columns import Field, Form
from council.exchange.reading import Format
from tests.exchange import files
from tests.exchange.files import MAKERS, opened, refusal

CLAUSE_FIELDS = [
    Field.NUMBER,
    Field.ORGANISATION,
    Field.SUBMITTER,
    Field.PLACE,
    Field.KIND,
    Field.CURRENT,
    Field.PROPOSED,
    Field.REASON,
]


@pytest.mark.parametrize("kind", MAKERS)
def test_the_korean_form_is_read_with_the_titles_above_it(kind: str):
    sheet = opened(MAKERS[kind](), f"의견.{kind}")
    assert (sheet.form, sheet.format) == (Form.CLAUSE, Format(kind))
    assert sheet.columns == dict(zip(CLAUSE_FIELDS, files.HEADER, strict=True))
    expected = [{f: v for f, v in zip(CLAUSE_FIELDS, row, strict=True) if v} for row in files.ROWS]
    assert [row.values for row in sheet.rows] == expected
    assert [row.problems for row in sheet.rows] == [[], []]
    assert [row.number for row in sheet.rows] == [5, 6]


@pytest.mark.parametrize("kind", MAKERS)
def test_the_iso_template_is_read(kind: str):
    sheet = opened(MAKERS[kind](files.ISO_TABLE), f"comments.{kind}")
    assert sheet.form is Form.ISO
    assert sheet.rows[0].values == {
        Field.ORGANISATION: "KR",
        Field.LINE: "17",
        Field.PLACE: "3.1",
        Field.PARAGRAPH: "Table 1",
        Field.KIND: "te",
        Field.REASON: "Unclear.",
        Field.PROPOSED: "Say “shall”.",
        Field.ANSWER: "Accepted",
    }
    assert [row.problems for row in sheet.rows] == [[], []]


def test_a_row_says_where_it_stands_as_its_program_would():
    assert opened(files.as_xlsx(), "a.xlsx").rows[0].where == "의견1!5"
    assert opened(files.as_csv(), "a.csv").rows[0].where == "5"
    assert opened(files.as_docx(), "a.docx").rows[0].where.endswith("1!5")


@pytest.mark.parametrize("kind", ["xlsx", "docx", "hwpx"])
def test_several_tables_with_the_columns_are_read_and_others_are_not(kind: str):
    other = [["이름", "전화"], ["홍길동", "02-1234-5678"]]
    sheet = opened(MAKERS[kind](files.TABLE, other, [files.HEADER, files.ROWS[1]]), f"a.{kind}")
    assert [row.values[Field.NUMBER] for row in sheet.rows] == ["1", "2", "2"]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_header_repeated_on_the_next_page_is_no_opinion(kind: str):
    sheet = opened(MAKERS[kind]([files.HEADER, files.ROWS[0], files.HEADER, files.ROWS[1]]), f"a.{kind}")
    assert [row.values[Field.NUMBER] for row in sheet.rows] == ["1", "2"]


@pytest.mark.parametrize("kind", MAKERS)
def test_empty_rows_and_rows_with_nothing_but_a_number_are_no_opinions(kind: str):
    lines = [files.HEADER, [""] * 8, files.ROWS[0], ["2", *[""] * 7], ["끝.", *[""] * 7]]
    assert len(opened(MAKERS[kind](lines), f"a.{kind}").rows) == 1


def test_texts_are_trimmed_composed_and_freed_of_control_characters():
    row = ["1", "", "", "제3조", "", "", "  가\u1100\u1161\x07\u202e\r\n나 \u3000", "사유"]
    for kind in ("csv", "xlsx"):
        if kind == "csv":
            row[6] = row[6].replace("\x07", "")
        values = opened(MAKERS[kind]([files.HEADER, row]), f"a.{kind}").rows[0].values
        assert values[Field.PROPOSED] == "가가\n나"


def test_a_header_of_two_lines_is_read_by_its_lower_words():
    with files.workbook() as (book, file):
        sheet = book.add_worksheet("의견")
        sheet.merge_range("A1:A2", "조문")
        sheet.merge_range("B1:C1", "의견")
        sheet.write_row("B2", ["현행", "수정안"])
        sheet.merge_range("D1:D2", "사유")
        sheet.write_row("A3", ["제1조", "가", "나", "다"])
    (row,) = opened(file.getvalue(), "a.xlsx").rows
    assert row.values == {Field.PLACE: "제1조", Field.CURRENT: "가", Field.PROPOSED: "나", Field.REASON: "다"}
    assert row.problems == []


def test_columns_that_say_the_same_thing_are_joined_so_that_nothing_is_lost():
    sheet = opened(files.as_csv([["조문", "쪽", "사유"], ["제3조", "12", "길다"]]), "a.csv")
    assert sheet.rows[0].values[Field.PLACE] == "제3조 12"
    assert sheet.columns[Field.PLACE] == "조문, 쪽"


def test_a_header_below_the_first_thirty_lines_is_not_found():
    lines = [["안내"]] * 29 + [files.HEADER, files.ROWS[0]]
    assert len(opened(files.as_csv(lines), "a.csv").rows) == 1
    assert "blank form" in refusal(files.as_csv([["안내"], *lines]), "a.csv")


def test_a_name_without_a_known_ending_is_no_hindrance():
    assert opened(files.as_xlsx(), "의견").format is Format.XLSX
    assert opened(files.as_csv(), "의견.dat").format is Format.CSV
