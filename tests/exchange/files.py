"""Makes the files that ministries send: whole ones as their programs make them, broken and malicious ones by hand."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import docx
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from docx.document import Document as WordDocument
from hwpx import HwpxDocument
from xlsxwriter import Workbook

from council.exchange.reading import Sheet, read

Lines = Sequence[Sequence[object]]

HEADER = ["연번", "제출기관", "제출자", "조문·쪽·항목", "의견 유형", "현행(안)", "수정의견(안)", "사유"]
ROWS = [
    ["1", "중소벤처기업부", "홍길동", "제3조제2항", "수정", "매년 <실시>한다", "매년 2회 & 실시한다", "주기가\n길다"],
    ["2", "산업통상자원부", "김철수", "12쪽", "신설", "", "안전 교육을 둔다", "근거 없음"],
]
TABLE: Lines = [["의견 제출 서식"], ["문서: 스마트제조 2027"], [], HEADER, *ROWS]
"""The Korean form as it is sent back: lines of title above the header."""

ISO_HEADER = [
    "MB/NC¹",
    "Line number\n(e.g. 17)",
    "Clause/\nSubclause\n(e.g. 3.1)",
    "Paragraph/\nFigure/Table\n(e.g. Table 1)",
    "Type of comment²",
    "Comments",
    "Proposed change",
    "Observations of the secretariat",
]
ISO_TABLE: Lines = [
    ["Template for comments and secretariat observations"],
    ISO_HEADER,
    ["KR", "17", "3.1", "Table 1", "te", "Unclear.", "Say “shall”.", "Accepted"],
    ["DE", "", "4", "", "ge", "Good work.", "", ""],
]


def opened(data: bytes, name: str, encoding: str | None = None) -> Sheet:
    """What is read from a file, its problems told in English."""
    with translation.override("en"):
        return read(io.BytesIO(data), name, encoding=encoding)


def refusal(data: bytes, name: str, encoding: str | None = None, *, under: str = "file") -> str:
    """The one English sentence a file is refused with."""
    with pytest.raises(ValidationError) as caught:
        opened(data, name, encoding)
    assert list(caught.value.message_dict) == [under]
    (sentence,) = caught.value.message_dict[under]
    return sentence


def as_csv(lines: Lines = TABLE, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines)
    return text.getvalue().encode(encoding)


def as_xlsx(*sheets: Lines) -> bytes:
    """A workbook of sheets named 의견1, 의견2…"""
    with workbook() as (book, file):
        for number, lines in enumerate(sheets or [TABLE], start=1):
            sheet = book.add_worksheet(f"의견{number}")
            for row, line in enumerate(lines):
                sheet.write_row(row, 0, line)
    return file.getvalue()


@contextmanager
def workbook(**options: object) -> Iterator[tuple[Workbook, io.BytesIO]]:
    """A workbook to write oneself, and the file it is in once it is closed."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, **options}) as book:
        yield book, file


def as_docx(*tables: Lines) -> bytes:
    return saved(word(*tables))


def word(*tables: Lines) -> WordDocument:
    document = docx.Document()
    for lines in tables or [TABLE]:
        document.add_paragraph("붙임. 의견")
        table = document.add_table(len(lines), max(len(line) for line in lines))
        for row, line in zip(table.rows, lines, strict=True):
            for cell, text in zip(row.cells, line, strict=False):
                cell.text = str(text)
    return document


def as_hwpx(*tables: Lines) -> bytes:
    return hangul(*tables).to_bytes()


MAKERS: dict[str, Callable[..., bytes]] = {"csv": as_csv, "xlsx": as_xlsx, "docx": as_docx, "hwpx": as_hwpx}


def hangul(*tables: Lines) -> HwpxDocument:
    document = HwpxDocument.new()
    for lines in tables or [TABLE]:
        table = document.add_table(len(lines), max(len(line) for line in lines))
        for row, line in zip(table.rows, lines, strict=True):
            for cell, text in zip(row.cells, line, strict=False):
                cell.text = str(text)
    return document


def saved(document: WordDocument) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def zipped(parts: Iterable[tuple[str, str | bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as package:
        for name, content in parts:
            package.writestr(name, content)
    return file.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    """The package with some parts exchanged or added."""
    return zipped((parts_of(data) | changes).items())


def part(data: bytes, name: str, old: str, new: str) -> bytes:
    """The package with one passage of one part exchanged."""
    content = parts_of(data)[name].decode()
    assert old in content
    return repacked(data, {name: content.replace(old, new, 1).encode()})


def ole(*streams: str) -> bytes:
    """The beginning of an OLE file (XLS, DOC, HWP, locked XLSX) and its directory with such streams."""
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + directory


def large(kind: str, rows: int) -> bytes:
    """A file of many rows, written as text into the file of a small table: the makers' own ways take minutes."""
    columns = range(len(HEADER))

    def line(number: int) -> list[str]:
        return [
            str(number),
            "중소벤처기업부",
            "홍길동",
            f"제{number}조",
            "수정",
            f"현행 {number}",
            f"수정 {number}",
            f"사유 {number} " * 10,
        ]

    if kind == "csv":
        return as_csv([HEADER, *(line(number) for number in range(rows))])
    if kind == "xlsx":
        with workbook(in_memory=False, constant_memory=False) as (book, file):
            sheet = book.add_worksheet("의견")
            sheet.write_row(0, 0, HEADER)
            for number in range(rows):
                sheet.write_row(number + 1, 0, line(number))
        return file.getvalue()
    if kind == "docx":
        data, part_name, end = as_docx([HEADER]), "word/document.xml", "</w:tbl>"
        texts = "".join(
            "<w:tr>"
            + "".join(
                f"<w:tc><w:tcPr><w:tcW w:w='1'/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
                for text in line(number)
            )
            + "</w:tr>"
            for number in range(rows)
        )
        return part(data, part_name, end, texts + end)
    data, part_name, end = as_hwpx([HEADER]), "Contents/section0.xml", "</hp:tbl>"
    cell = parts_of(data)[part_name].decode().partition("<hp:tc ")[2].partition("</hp:tc>")[0]
    before, after = f"<hp:tc {cell}</hp:tc>".split(HEADER[0])
    texts = "".join(
        "<hp:tr>"
        + "".join(
            before + text + after.replace('colAddr="0"', f'colAddr="{column}"')
            for column, text in zip(columns, line(number), strict=True)
        )
        + "</hp:tr>"
        for number in range(rows)
    )
    return part(data, part_name, end, texts + end)
