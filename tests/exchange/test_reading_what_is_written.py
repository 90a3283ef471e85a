"""A form written here and filled in elsewhere comes back whole."""

import io

import pytest

from council.exchange.columns import Field, Form
from council.exchange.tables import Column, Document, Facts, Paragraph, Table
from council.exchange.writing import Format, write
from tests.exchange import files
from tests.exchange.files import opened

KINDS = [Format.XLSX, Format.CSV, Format.DOCX, Format.HWPX]


def written(kind: Format, header: list[str], rows: list[list[str]]) -> bytes:
    table = Table([Column(title, 10) for title in header], rows, caption="의견")
    facts = Facts([("제출기관", "중소벤처기업부"), ("성명", "홍길동")])
    file = io.BytesIO()
    write(Document("의견 제출 서식", [facts, Paragraph("조문마다 한 줄씩 씁니다."), table], ends=True), kind, file)
    return file.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_is_read_back_in_every_format(kind: Format):
    rows = [*files.ROWS, ["3", "=SUM(A1)", "- 위원", "제4조", "질의", "  ", "+1", "'인용'"]]
    sheet = opened(written(kind, files.HEADER, rows), f"서식{kind.extension}")
    assert sheet.form is Form.CLAUSE
    assert [list(row.values.values()) for row in sheet.rows] == [[t for t in row if t.strip()] for row in rows]
    assert [row.problems for row in sheet.rows] == [[], [], []]


@pytest.mark.parametrize("kind", KINDS)
def test_the_iso_template_is_read_back_in_every_format(kind: Format):
    header = ["MB/NC", "Line number", "Clause/Subclause", "Paragraph/Figure/Table", "Type of comment", "Comments"]
    sheet = opened(written(kind, header, [["KR", "1", "3.1", "", "ed", "Typo."]]), f"form{kind.extension}")
    assert sheet.form is Form.ISO
    assert sheet.rows[0].values[Field.REASON] == "Typo."


@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_form_has_no_opinions(kind: Format):
    assert opened(written(kind, files.HEADER, [[""] * 8] * 20), f"서식{kind.extension}").rows == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_written_in_several_pieces_is_read_as_one(kind: Format):
    rows = [[str(n), "기관", "위원", f"제{n}조", "수정", "가", "나", "다"] for n in range(1, 1_201)]
    read_back = opened(written(kind, files.HEADER, rows), f"서식{kind.extension}").rows
    assert [row.values[Field.NUMBER] for row in read_back] == [row[0] for row in rows]
