"""What is wrong with a cell is a problem of its row, and the row is read all the same."""

import datetime as dt

import pytest
from docx.oxml import OxmlElement

from council.exchange.columns import Field
from council.exchange.reading import MAX_CELL
from tests.exchange import files
from tests.exchange.files import opened


def test_a_formula_is_named_and_its_last_result_is_read():
    with files.workbook() as (book, file):
        sheet = book.add_worksheet("의견")
        sheet.write_row(0, 0, files.HEADER)
        sheet.write_row(1, 0, files.ROWS[0])
        sheet.write_formula("G2", '="매년"&" 2회"', None, "매년 2회")
        sheet.write_row(2, 0, files.ROWS[1])
    first, second = opened(file.getvalue(), "a.xlsx").rows
    assert first.values[Field.PROPOSED] == "매년 2회"
    assert first.problems == ["Cell G2 holds a formula: put its result there as text."]
    assert second.problems == []


def test_a_formula_that_only_counts_the_rows_does_no_harm():
    with files.workbook() as (book, file):
        sheet = book.add_worksheet("의견")
        sheet.write_row(0, 0, files.HEADER)
        sheet.write_row(1, 0, files.ROWS[0])
        sheet.write_formula("A2", "=ROW()-1", None, 1)
    assert opened(file.getvalue(), "a.xlsx").rows[0].problems == []


def test_a_formula_that_belongs_to_no_cell_is_nobodys_problem():
    with files.workbook() as (book, file):
        sheet = book.add_worksheet("의견")
        sheet.write_row(0, 0, files.HEADER)
        sheet.write_row(1, 0, files.ROWS[0])
        sheet.add_sparkline("J1", {"range": "의견!A1:A2"})
    assert "<xm:f>" in files.parts_of(file.getvalue())["xl/worksheets/sheet1.xml"].decode()
    assert opened(file.getvalue(), "a.xlsx").rows[0].problems == []


def test_merged_rows_of_a_workbook_are_named_and_not_filled_down():
    with files.workbook() as (book, file):
        sheet = book.add_worksheet("의견")
        for number, row in enumerate([files.HEADER, *files.ROWS, files.ROWS[1]]):
            sheet.write_row(number, 0, row)
        sheet.write_blank("B3", None, book.add_format())
        sheet.merge_range("B2:B3", "중소벤처기업부")
    first, second, third = opened(file.getvalue(), "a.xlsx").rows
    assert first.problems == second.problems == ["Cells B2:B3 are merged: split them and fill in each one."]
    assert Field.ORGANISATION not in second.values
    assert third.problems == []


def test_merged_rows_of_a_word_table_are_named():
    document = files.word([files.HEADER, *files.ROWS, files.ROWS[1]])
    table = document.tables[0]
    table.cell(2, 1).text = ""
    table.cell(1, 1).merge(table.cell(2, 1))
    table.cell(3, 5).merge(table.cell(3, 6))
    problems = [row.problems for row in opened(files.saved(document), "a.docx").rows]
    merged = ["Cells B2:B3 are merged: split them and fill in each one."]
    assert problems == [merged, merged, ["Cells F4:G4 are merged: split them and fill in each one."]]


def test_merged_rows_of_a_hangul_table_are_named():
    document = files.hangul([files.HEADER, *files.ROWS, files.ROWS[1]])
    table = document.tables[0]
    table.merge_cells(1, 1, 2, 1)
    first, second, third = opened(document.to_bytes(), "a.hwpx").rows
    assert first.problems == second.problems == ["Cells B2:B3 are merged: split them and fill in each one."]
    assert second.values[Field.PLACE] == "12쪽"
    assert third.problems == []


def test_a_column_drawn_over_two_all_the_way_down_is_one_column():
    with files.workbook() as (book, file):
        sheet = book.add_worksheet("의견")
        sheet.merge_range("A1:B1", "조문")
        sheet.write("C1", "사유")
        sheet.merge_range("A2:B2", "제1조")
        sheet.write("C2", "길다")
    (row,) = opened(file.getvalue(), "a.xlsx").rows
    assert row.values == {Field.PLACE: "제1조", Field.REASON: "길다"}
    assert row.problems == []


def test_a_merge_in_a_column_nobody_reads_does_no_harm():
    with files.workbook() as (book, file):
        sheet = book.add_worksheet("의견")
        sheet.write_row(0, 0, [*files.HEADER, "비고"])
        sheet.write_row(1, 0, files.ROWS[0])
        sheet.write_row(2, 0, files.ROWS[1])
        sheet.merge_range("I2:I3", "비고")
    assert [row.problems for row in opened(file.getvalue(), "a.xlsx").rows] == [[], []]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "docx"])
def test_a_cell_that_is_too_long_is_named(kind: str):
    lines = [["조문", "사유"], ["제1조", "가" * MAX_CELL], ["제2조", "가" * (MAX_CELL + 1)]]
    fits, too_long = opened(files.MAKERS[kind](lines), f"a.{kind}").rows
    assert fits.problems == []
    assert too_long.problems == ["Cell B3 is longer than 20,000 characters: attach long texts to the opinion."]


def test_numbers_and_days_are_read_as_the_user_sees_them():
    shown = {
        "3": (3.0, {}),
        "0.1": (0.1, {}),
        "3.10": (3.1, {"num_format": "0.00"}),
        "007": (7, {"num_format": "000"}),
        "12%": (0.12, {"num_format": "0%"}),
        "TRUE": (True, {}),
        "2023-09-05": (dt.date(2023, 9, 5), {"num_format": 'yyyy"년" m"월" d"일"'}),
        "2023-09-05 14:30": (dt.datetime(2023, 9, 5, 14, 30, tzinfo=dt.UTC), {"num_format": "yyyy-mm-dd hh:mm"}),
        "123456789012345678": ("123456789012345678", {}),
    }
    with files.workbook(remove_timezone=True) as (book, file):
        sheet = book.add_worksheet("의견")
        sheet.write_row(0, 0, ["조문", "사유"])
        for number, (value, style) in enumerate(shown.values(), start=1):
            sheet.write(number, 0, f"제{number}조")
            sheet.write(number, 1, value, book.add_format(style))
    assert [row.values[Field.REASON] for row in opened(file.getvalue(), "a.xlsx").rows] == list(shown)


def test_a_clause_that_excel_took_for_a_day_is_named():
    with files.workbook() as (book, file):
        sheet = book.add_worksheet("의견")
        sheet.write_row(0, 0, ["조문", "사유"])
        sheet.write_datetime(
            1, 0, dt.datetime.combine(dt.date(2023, 3, 1), dt.time()), book.add_format({"num_format": 'm"월" d"일"'})
        )
        sheet.write(1, 1, "길다")
    assert opened(file.getvalue(), "a.xlsx").rows[0].problems == [
        "Cell A2 holds a date: format it as text and enter the place again."
    ]


def test_hidden_rows_and_sheets_rich_text_and_escapes_are_read_without_ruby():
    with files.workbook() as (book, file):
        book.add_worksheet("안내").write(0, 0, "안내")
        sheet = book.add_worksheet("의견")
        sheet.hide()
        sheet.write_row(0, 0, ["조문", "사유"])
        sheet.write(1, 0, "제1조")
        sheet.write_rich_string(1, 1, "매년 ", book.add_format({"bold": True}), "2회")
        sheet.write(2, 0, "_x0041_")
        sheet.write(2, 1, "가\x07나")
        sheet.set_row(1, None, None, {"hidden": True})
    data = files.part(file.getvalue(), "xl/sharedStrings.xml", "</si>", '<rPh sb="0" eb="1"><t>ruby</t></rPh></si>')
    assert [row.values for row in opened(data, "a.xlsx").rows] == [
        {Field.PLACE: "제1조", Field.REASON: "매년 2회"},
        {Field.PLACE: "_x0041_", Field.REASON: "가나"},
    ]


def test_deleted_text_of_a_word_table_is_not_read_and_inserted_text_is():
    document = files.word([["조문", "사유"], ["제1조", ""]])
    paragraph = document.tables[0].cell(1, 1).paragraphs[0]
    for change, text_tag, text in (("w:ins", "w:t", "새 글"), ("w:del", "w:delText", "옛 글")):
        run = OxmlElement("w:r")
        words = OxmlElement(text_tag)
        words.text = text
        run.append(words)
        marked = OxmlElement(change)
        marked.append(run)
        paragraph._p.append(marked)
    assert opened(files.saved(document), "a.docx").rows[0].values[Field.REASON] == "새 글"


def test_a_table_inside_a_cell_is_part_of_what_the_cell_says():
    document = files.word([["조문", "사유"], ["제1조", "표와 같다"]])
    inner = document.tables[0].cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "2022", "30건"
    (row,) = opened(files.saved(document), "a.docx").rows
    assert row.values[Field.REASON] == "표와 같다\n2022\n30건"


def test_a_table_drawn_inside_another_for_its_border_is_found():
    document = files.word([["", ""]])
    inner = document.tables[0].cell(0, 0).add_table(2, 2)
    for row, line in zip(inner.rows, [["조문", "사유"], ["제1조", "길다"]], strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text
    assert len(opened(files.saved(document), "a.docx").rows) == 1
