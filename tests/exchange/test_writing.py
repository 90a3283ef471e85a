"""What is written, opened again by what reads it elsewhere."""

import csv
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm
from hwpx import HwpxDocument, validate_editor_open_safety, validate_package
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from council.exchange.tables import Cell, Column, Document, Facts, Heading, Marked, Paragraph, Table
from council.exchange.writing import Format, TooLong, as_pdf, as_xlsx, write
from council.exchange.writing.as_xlsx import CELL_LIMIT

COLUMNS = [Column("연번", 6, "center"), Column("현행(안)", 30), Column("수정의견(안)", 30)]
CHANGED = Marked([("same", "위원은 "), ("removed", "10명"), ("added", "12명"), ("same", " 이내로 한다.")])
ROWS: list[list[Cell]] = [
    [1, "제1조(목적) <이 규정>은 & 같다.", CHANGED],
    [2, "", "첫 줄\n둘째 줄\t탭"],
]


def document(rows=ROWS, **changes) -> Document:
    parts = [
        Heading("검토 개요"),
        Paragraph("다음과 같이 검토하였다."),
        Facts([("기간", "2023. 9. 5. ~ 9. 20."), ("소관", "제조혁신과")]),
        Table(COLUMNS, rows, "의견별 조치"),
    ]
    return Document(**{"title": "의견 조치 결과", "parts": parts, **changes})


def written(kind: Format, what: Document | None = None, **options) -> io.BytesIO:
    to = io.BytesIO()
    write(what or document(), kind, to, **options)
    to.seek(0)
    return to


def part(file: io.BytesIO, name: str) -> str:
    with zipfile.ZipFile(file) as package:
        return package.read(name).decode()


def found(pattern: str, text: str) -> str:
    """What the pattern's group holds."""
    match = re.search(pattern, text)
    assert match
    return match[1]


def sheet(file: io.BytesIO, number: int = 0) -> list[list]:
    return CalamineWorkbook.from_filelike(file).get_sheet_by_index(number).to_python()


def docx_table(file: io.BytesIO, number: int = -1) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in docx.Document(file).tables[number].rows]


def hwpx_tables(file: io.BytesIO) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in table.rows] for table in HwpxDocument.open(file.getvalue()).tables
    ]


def pdf_text(file: io.BytesIO) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def text_of(file: io.BytesIO, kind: Format) -> str:
    """All that a reader of the file finds in its last table."""
    if kind is Format.XLSX:
        return str(sheet(file))
    if kind is Format.CSV:
        return file.getvalue().decode("utf-8-sig")
    if kind is Format.DOCX:
        return str(docx_table(file))
    if kind is Format.HWPX:
        return str(hwpx_tables(file)[-1])
    return pdf_text(file)


class Pipe(io.RawIOBase):
    """Takes bytes and cannot go back, like an answer under way."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.taken += bytes(data)
        return len(data)


# --- Every kind ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Format)
def test_every_cell_is_found_again(kind: Format):
    text = text_of(written(kind), kind)
    for word in ("연번", "현행(안)", "제1조(목적) <이 규정>은 & 같다.", "위원은 10명12명 이내로 한다.", "둘째 줄"):
        assert word in text


@pytest.mark.parametrize("kind", Format)
def test_what_no_file_can_hold_is_left_out_and_nothing_else(kind: Format):
    rows: list[list[Cell]] = [[1, "앞\x00\x08\x1f\ud800\uffff뒤", "줄\r\n끝\r또\x85"]]
    text = text_of(written(kind, document(rows)), kind)
    assert "앞뒤" in text
    assert "줄" in text
    assert "\r또" not in text


@pytest.mark.parametrize("kind", Format)
def test_rows_come_from_a_generator_and_are_counted(kind: Format):
    told: list[int] = []
    rows: Iterator[list[Cell]] = ([number, "가", "나"] for number in range(1, 451))
    to = io.BytesIO()
    assert write(document(rows), kind, to, progress=told.append) == 450
    assert told == [200, 400, 450]
    to.seek(0)
    assert "450" in text_of(to, kind)


@pytest.mark.parametrize("kind", Format)
def test_a_table_without_rows_is_a_header(kind: Format):
    assert "수정의견(안)" in text_of(written(kind, document([])), kind)


@pytest.mark.parametrize("kind", Format)
def test_a_row_that_does_not_fit_is_an_error_and_not_cut(kind: Format):
    with pytest.raises(ValueError, match="2 cells in a table of 3 columns"):
        written(kind, document([[1, "가"]]))


@pytest.mark.parametrize("kind", Format)
def test_a_file_goes_into_a_stream_that_cannot_seek(kind: Format):
    pipe = Pipe()
    write(document(), kind, cast(BinaryIO, pipe))
    assert not pipe.closed
    assert "위원은" in text_of(io.BytesIO(pipe.taken), kind)


@pytest.mark.parametrize("kind", Format)
def test_a_document_may_have_no_table(kind: Format):
    what = Document("알림", [Paragraph("내용이 없다.")], landscape=False, ends=True)
    assert written(kind, what).getvalue()


def test_formats_know_their_names():
    assert Format.HWPX.extension == ".hwpx"
    assert {kind.media_type for kind in Format} == {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/csv; charset=utf-8",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/hwp+zip",
        "application/pdf",
    }


# --- XLSX ------------------------------------------------------------------------------------------------------------


def test_a_sheet_begins_with_the_title_and_the_facts():
    rows = sheet(written(Format.XLSX))
    assert [row[0] for row in rows[:3]] == ["의견 조치 결과", "검토 개요", "다음과 같이 검토하였다."]
    assert rows[3][:2] == ["기간", "2023. 9. 5. ~ 9. 20."]
    assert rows[7] == ["연번", "현행(안)", "수정의견(안)"]
    assert rows[8][0] == 1


def test_a_header_stays_in_sight_and_filters():
    xml = part(written(Format.XLSX), "xl/worksheets/sheet1.xml")
    assert '<pane ySplit="8"' in xml
    assert '<autoFilter ref="A8:C10"/>' in xml


def test_rows_are_as_high_as_their_text_and_may_grow():
    xml = part(written(Format.XLSX, document([[1, "가나다라 " * 30, ""]])), "xl/worksheets/sheet1.xml")
    assert float(found(r'<row r="9" ht="([\d.]+)">', xml)) > 100
    assert "customHeight" not in xml


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "{=1}", "http://council.example"])
def test_a_text_is_never_a_formula_or_a_link(text: str):
    file = written(Format.XLSX, document([[1, text, ""]]))
    assert sheet(file)[-1][1] == text
    xml = part(file, "xl/worksheets/sheet1.xml")
    assert "<f>" not in xml
    assert "<hyperlink" not in xml


def test_a_text_too_long_for_a_cell_goes_on_beneath():
    text = "가나다라마😀" * 12_000
    marked = Marked([("same", "하" * 20_000), ("added", "다" * 20_000)])
    rows = sheet(written(Format.XLSX, document([[1, text, marked], [2, "나", "다"]])))[8:]
    assert "".join(row[1] for row in rows[:-1]) == text
    assert "".join(row[2] for row in rows[:-1]) == str(marked)
    assert [row[0] for row in rows] == [1, "", "", 2]
    assert all(len(row[1].encode("utf-16-le")) // 2 <= CELL_LIMIT for row in rows)


def test_a_number_excel_would_round_stays_text():
    assert sheet(written(Format.XLSX, document([[10**17 + 1, "", ""]])))[-1][0] == "100000000000000001"


def test_changes_are_underlined_and_struck_in_a_sheet():
    xml = part(written(Format.XLSX), "xl/worksheets/sheet1.xml")
    assert re.search(r"<strike/>.*?<t>10명</t>", xml)
    assert re.search(r"<u/>.*?<t>12명</t>", xml)


def test_each_table_has_a_sheet_with_a_name_of_its_own():
    tables = [Table([Column("가", 5)], [[number]], "표 [1]: 같은/이름 " + "길" * 40) for number in range(3)]
    book = CalamineWorkbook.from_filelike(written(Format.XLSX, Document("제목", tables)))
    assert len({name.lower() for name in book.sheet_names}) == 3
    assert all(len(name) <= 31 for name in book.sheet_names)
    assert book.get_sheet_by_index(2).to_python()[-1] == [2]


def test_a_workbook_says_its_title_and_language():
    file = written(Format.XLSX)
    assert "<dc:title>의견 조치 결과</dc:title>" in part(file, "docProps/core.xml")
    assert "<vt:lpwstr>ko</vt:lpwstr>" in part(file, "docProps/custom.xml")


# --- CSV -------------------------------------------------------------------------------------------------------------


def test_csv_is_what_excel_expects():
    data = written(Format.CSV).getvalue()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    assert next(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        "연번",
        "현행(안)",
        "수정의견(안)",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+82", "-가", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"])
def test_csv_disarms_formulas(text: str):
    data = written(Format.CSV, document([[-1, text, "a=b"]])).getvalue().decode("utf-8-sig")
    _header, (number, cell, other) = csv.reader(io.StringIO(data, newline=""))
    assert cell == "'" + text.replace("\r", "\n")
    assert (number, other) == ("-1", "a=b")


def test_csv_of_several_tables_leaves_a_line_between():
    tables = [Table([Column(name, 5)], [[1]]) for name in "가나"]
    assert written(Format.CSV, Document("제목", tables)).getvalue().decode("utf-8-sig") == "가\r\n1\r\n\r\n나\r\n1\r\n"


def test_csv_without_a_table_holds_the_text():
    what = Document("제목", [Facts([("기간", "=9월")]), Paragraph("본문")])
    assert written(Format.CSV, what).getvalue().decode("utf-8-sig") == "제목\r\n기간,'=9월\r\n본문\r\n"


# --- DOCX ------------------------------------------------------------------------------------------------------------


def test_a_word_document_is_a4_in_a_korean_font():
    word = docx.Document(written(Format.DOCX))
    section = word.sections[0]
    assert section.orientation is WD_ORIENT.LANDSCAPE
    assert section.page_width
    assert section.page_height
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (297, 210)
    for name in ("Normal", "Title", "Heading 1", "Caption", "Cell"):
        assert word.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) == "맑은 고딕"
    assert (word.core_properties.title, word.core_properties.language) == ("의견 조치 결과", "ko-KR")


def test_a_word_table_repeats_its_header_and_has_a_caption():
    word = docx.Document(written(Format.DOCX))
    table = word.tables[1]
    assert [cell.text for cell in table.rows[0].cells] == ["연번", "현행(안)", "수정의견(안)"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[2].cells[2].text == "첫 줄\n둘째 줄\t탭"
    assert "의견별 조치" in [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Caption"]


def test_changes_are_underlined_and_struck_in_word():
    runs = docx.Document(written(Format.DOCX)).tables[1].rows[1].cells[2].paragraphs[0].runs
    assert [(run.text, bool(run.font.underline), bool(run.font.strike)) for run in runs] == [
        ("위원은 ", False, False),
        ("10명", False, True),
        ("12명", True, False),
        (" 이내로 한다.", False, False),
    ]


def test_an_official_document_ends_with_the_mark():
    below_table = docx.Document(written(Format.DOCX, document(ends=True)))
    after_words = docx.Document(written(Format.DOCX, Document("제목", [Paragraph("끝으로.")], ends=True)))
    assert below_table.paragraphs[-1].text == "  끝."
    assert after_words.paragraphs[-1].text == "끝으로.  끝."


# --- HWPX ------------------------------------------------------------------------------------------------------------


def test_a_hangul_document_is_whole():
    data = written(Format.HWPX, document(ends=True)).getvalue()
    assert [issue for issue in validate_package(data).issues if issue.level == "error"] == []
    safety = validate_editor_open_safety(data)
    assert safety.reopen_ok
    assert not safety.blocking_package_errors
    first = zipfile.ZipFile(io.BytesIO(data)).infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_a_hangul_document_reads_the_same_again():
    file = written(Format.HWPX, document(ends=True))
    facts, table = hwpx_tables(file)
    assert facts == [["기간", "2023. 9. 5. ~ 9. 20."], ["소관", "제조혁신과"]]
    assert table[1:] == [["1", "제1조(목적) <이 규정>은 & 같다.", str(CHANGED)], ["2", "", "첫 줄\n둘째 줄\t탭"]]
    words = [paragraph.text for paragraph in HwpxDocument.open(file.getvalue()).paragraphs]
    assert words[0] == "의견 조치 결과"
    assert words[-1] == "  끝."


def test_a_long_hangul_table_is_several_each_with_its_header():
    rows: list[list[Cell]] = [[number, "가", "나"] for number in range(1, 1201)]
    file = written(Format.HWPX, document(rows))
    _facts, *tables = hwpx_tables(file)
    assert [len(table) for table in tables] == [501, 501, 201]
    assert all(table[0] == ["연번", "현행(안)", "수정의견(안)"] for table in tables)
    assert [int(row[0]) for table in tables for row in table[1:]] == list(range(1, 1201))
    xml = part(file, "Contents/section0.xml")
    assert 'treatAsChar="1"' not in xml
    assert xml.count('repeatHeader="1"') == 3
    assert 'rowCnt="201"' in xml


def test_changes_are_underlined_and_struck_in_hangul():
    file = written(Format.HWPX)
    section, header = part(file, "Contents/section0.xml"), part(file, "Contents/header.xml")
    look = {text: found(rf'charPrIDRef="(\d+)"><hp:t>{text}<', section) for text in ("10명", "12명")}
    shapes = dict(re.findall(r'<hh:charPr [^>]*?id="(\d+)"[^>]*>(.*?)</hh:charPr>', header))
    assert '<hh:underline type="BOTTOM"' in shapes[look["12명"]]
    assert '<hh:strikeout shape="NONE"' not in shapes[look["10명"]]
    assert '<hh:underline type="NONE"' in shapes[look["10명"]]


def test_a_hangul_document_says_its_title_and_not_the_skeletons_author():
    content = part(written(Format.HWPX), "Contents/content.hpf")
    assert "<opf:title>의견 조치 결과</opf:title>" in content
    assert "synthetic" not in content


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_a_pdf_is_tagged_and_says_its_language_and_title():
    pdf = PdfReader(written(Format.PDF))
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "ko"
    assert pdf.metadata.title == "의견 조치 결과"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert [round(side) for side in pdf.pages[0].mediabox[2:]] == [842, 595]


def test_a_pdf_brings_its_own_korean_font():
    page: Any = PdfReader(written(Format.PDF)).pages[0]
    fonts = page["/Resources"]["/Font"]
    names = {font.get_object()["/BaseFont"] for font in fonts.values()}
    assert names
    assert all("NotoSansKR" in name for name in names)


def test_pages_are_numbered_and_repeat_the_header():
    rows: list[list[Cell]] = [[number, "가나다 " * 20, "라"] for number in range(1, 101)]
    pages = [page.extract_text() for page in PdfReader(written(Format.PDF, document(rows))).pages]
    assert len(pages) > 2
    assert all("수정의견(안)" in page for page in pages)
    assert "- 2 -" in pages[1]


def test_a_long_table_in_a_pdf_goes_on():
    rows: list[list[Cell]] = [[number, f"가{number}끝", ""] for number in range(1, 1101)]
    text = pdf_text(written(Format.PDF, document(rows)))
    assert [int(number) for number in re.findall(r"가(\d+)끝", text)] == list(range(1, 1101))


def test_text_is_never_markup():
    text = "#panic() $x^2$ *굵게* _밑_ @ref \\ // 주석 [괄호] `코드`"
    assert text in pdf_text(written(Format.PDF, document([[1, text, ""]])))


def test_a_pdf_shows_hanja_and_official_list_signs():
    assert "甲 ㉮ ① ◎ ㆍ 「법」 ※ □ ~ ·" in pdf_text(
        written(Format.PDF, document([[1, "甲 ㉮ ① ◎ ㆍ 「법」 ※ □ ∼ ∙", ""]]))
    )


def test_what_the_font_lacks_is_shown_by_its_number():
    assert "좋아요 [U+1F600]" in pdf_text(written(Format.PDF, document([[1, "좋아요 😀\ufe0f\ufeff", ""]])))


def test_too_much_for_a_pdf_is_refused_before_it_is_set(monkeypatch):
    monkeypatch.setattr(as_pdf, "MOST", 10_000)
    with pytest.raises(TooLong):
        written(Format.PDF, document([[number, "가" * 100, ""] for number in range(100)]))


def test_too_many_rows_for_a_sheet_are_refused(monkeypatch):
    monkeypatch.setattr(as_xlsx, "ROW_LIMIT", 20)
    with pytest.raises(TooLong):
        written(Format.XLSX, document([[number, "", ""] for number in range(20)]))


def test_headings_may_skip_a_level():
    assert "셋" in pdf_text(written(Format.PDF, Document("제목", [Heading("셋", 3), Heading("하나", 1)])))


def test_without_fonts_there_is_a_clear_error(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(Exception, match="PDF needs the fonts that npm installs"):
        written(Format.PDF)


def test_a_web_process_loads_no_library_that_writes_files_before_one_is_written():
    libraries = "{'docx', 'hwpx', 'lxml', 'xlsxwriter', 'fontTools'}"
    look = f"import sys, config.asgi; print(*{libraries} & set(sys.modules))"
    looked = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert looked.stdout.split() == []
