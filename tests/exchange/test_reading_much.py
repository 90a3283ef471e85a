"""Large files are read in seconds, and files that are too large are refused early and in little memory."""

import tracemalloc

import pytest

from council.exchange.reading import MAX_ROWS, grids, texts
from tests.exchange import files
from tests.exchange.files import opened, refusal

KINDS = ["csv", "xlsx", "docx", "hwpx"]
TOO_MANY = "The file has more than 20,000 rows. Divide it into several files."


@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_rows_are_read_whole(kind: str):
    rows = opened(files.large(kind, 3_000), f"a.{kind}").rows
    assert len(rows) == 3_000
    assert [row.number for row in rows] == list(range(2, 3_002))
    assert not any(row.problems for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_as_many_rows_as_allowed_are_read_and_one_more_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("council.exchange.reading.finding.MAX_ROWS", 50)
    assert len(opened(files.large(kind, 50), f"a.{kind}").rows) == 50
    assert refusal(files.large(kind, 51), f"a.{kind}") == TOO_MANY


def test_rows_are_counted_over_all_sheets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("council.exchange.reading.finding.MAX_ROWS", 3)
    assert refusal(files.as_xlsx(files.TABLE, files.TABLE), "a.xlsx") == TOO_MANY


@pytest.mark.parametrize("kind", ["csv", "docx", "xlsx"])
def test_a_hundred_thousand_rows_are_refused_without_being_held(kind: str, monkeypatch: pytest.MonkeyPatch):
    """What is held is bounded by the rows that may be read, here a tenth of the usual, not by those that are there."""
    monkeypatch.setattr(grids, "MAX_LINES", 2_000)
    monkeypatch.setattr(texts, "MAX_LINES", 2_000)
    if kind == "xlsx":
        cells = "<c t='inlineStr'><is><t>사유</t></is></c>" * 8
        part, end, row = "xl/worksheets/sheet1.xml", "</sheetData>", f"<row>{cells}</row>"
        data = files.part(files.as_xlsx(), part, end, row * 100_000 + end)
    elif kind == "docx":
        cells = "<w:tc><w:p><w:r><w:t>사유</w:t></w:r></w:p></w:tc>" * 8
        part, end, row = "word/document.xml", "</w:tbl>", f"<w:tr>{cells}</w:tr>"
        data = files.part(files.as_docx(), part, end, row * 100_000 + end)
    else:
        data = files.as_csv([files.HEADER, *[["1", "2", "3", "4", "5", "6", "7", "8"]] * 100_000])
    tracemalloc.start()
    try:
        assert refusal(data, f"a.{kind}") == TOO_MANY
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * 1024**2


def test_a_sheet_of_many_rows_that_is_no_table_of_opinions_does_no_harm():
    rows = "<row><c><v>1</v></c></row>" * (grids.MAX_LINES + 10)
    data = files.as_xlsx([["품명"]], files.TABLE)
    data = files.part(data, "xl/worksheets/sheet1.xml", "</sheetData>", f"{rows}</sheetData>")
    assert len(opened(data, "a.xlsx").rows) == 2


def test_rows_that_say_nothing_do_not_hide_those_below():
    """Lines are kept up to a limit: a table that goes on beyond it is refused, never cut."""
    lines = [["조문", "사유", "비고"], *([["", "", "x"]] * (MAX_ROWS + 200)), ["제1조", "길다", ""]]
    assert refusal(files.as_csv(lines), "a.csv") == TOO_MANY
