"""A file that cannot be read is told what it is, and what to do."""

import pytest
from django.core.files.base import ContentFile

from council.exchange.reading import MAX_BYTES, read
from tests.exchange import files
from tests.exchange.files import opened, refusal


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (files.ole("Workbook"), "a.xls", "an Excel workbook of the old kind (XLS)"),
        (files.ole("Workbook"), "a.xlsx", "an Excel workbook of the old kind (XLS)"),
        (files.ole("WordDocument"), "a.doc", "a Word document of the old kind (DOC)"),
        (files.ole("FileHeader", "HwpSummaryInformation"), "a.hwp", "a Hangul document of the old kind (HWP)"),
        (b"HWP Document File V3.00 \x1a\1\2\3\4\5", "a.hwp", "a Hangul document of the old kind (HWP)"),
        (b'<?xml version="1.0"?><HWPML Version="2.91">', "a.hml", "a Hangul document in XML (HML)"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a.pdf", "a PDF"),
        (b"%PDF-1.7\n", "a.xlsx", "a PDF"),
        (b"\r\n<HTML><table><tr><td>", "a.xls", "a web page"),
        (b"{\\rtf1\\ansi", "a.doc", "a rich text document (RTF)"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>', "a.xls", "an Excel workbook in XML"),
        (
            files.zipped([("mimetype", "application/vnd.oasis.opendocument.spreadsheet")]),
            "a.ods",
            "an OpenDocument file",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_kinds_are_named_with_what_to_save_them_as(data: bytes, name: str, told: str):
    expected = f"This is {told}, which cannot be read. Save it as XLSX, CSV, DOCX or HWPX and upload that."
    assert refusal(data, name) == expected


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (files.as_docx(), "a.xlsx", "named .xlsx but is a Word document (DOCX)"),
        (files.as_xlsx(), "a.docx", "named .docx but is a spreadsheet (XLSX)"),
        (files.as_hwpx(), "a.docx", "named .docx but is a Hangul document (HWPX)"),
        (files.as_xlsx(), "a.CSV", "named .csv but is a spreadsheet (XLSX)"),
        (files.as_csv(), "a.xlsx", "named .xlsx but is text (CSV)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_with_another_kinds_name_is_told_both(data: bytes, name: str, told: str):
    assert told in refusal(data, name)


@pytest.mark.parametrize("name", ["a.xlsm", "A.DOCM", "a.xltm"])
def test_a_name_of_a_file_with_macros_is_refused(name: str):
    assert "macros" in refusal(files.as_xlsx(), name)


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "word/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml"])
def test_macros_inside_are_refused_whatever_the_name(part: str):
    assert "macros" in refusal(files.repacked(files.as_xlsx(), {part: b"macro"}), "a.xlsx")


def test_a_workbook_that_says_it_has_macros_is_refused():
    data = files.part(
        files.as_xlsx(),
        "[Content_Types].xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    assert "macros" in refusal(data, "a.xlsx")


def test_a_locked_workbook_is_told_apart_from_an_old_one():
    assert "password" in refusal(files.ole("EncryptedPackage", "EncryptionInfo"), "a.xlsx")


def test_a_locked_archive_is_told():
    data = bytearray(files.as_xlsx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert "password" in refusal(bytes(data), "a.xlsx")


def test_a_locked_hangul_document_is_told():
    manifest = b'<manifest xmlns:odf="x"><odf:file-entry><odf:encryption-data/></odf:file-entry></manifest>'
    assert "password" in refusal(files.repacked(files.as_hwpx(), {"META-INF/manifest.xml": manifest}), "a.hwpx")


@pytest.mark.parametrize("data", [files.zipped([("의견.xlsx", files.as_xlsx())]), b"7z\xbc\xaf\x27\x1c", b"EGGA\0\0"])
def test_an_archive_is_to_be_unpacked(data: bytes):
    assert "Unpack it" in refusal(data, "a.zip")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (["기관명", "사유"], "A column is missing: Clause, page or item. Found: 기관명, 사유."),
        (["조문", "현행"], "A column is missing: Reason. Found: 조문, 현행."),
        (["기관명", "현행"], "Columns are missing: Clause, page or item, Reason. Found: 기관명, 현행."),
    ],
)
def test_missing_columns_are_named_and_the_blank_form_is_offered(header: list[str], told: str):
    for kind, make in (("csv", files.as_csv), ("xlsx", files.as_xlsx), ("hwpx", files.as_hwpx)):
        sentence = refusal(make([["제목"], header, ["가", "나"]]), f"a.{kind}")
        assert sentence == f"{told} Download the blank form and copy the table into it."


def test_a_file_with_none_of_the_columns_is_offered_the_blank_form():
    assert "Download the blank form" in refusal(files.as_xlsx([["품명", "가격"], ["못", 3]]), "a.xlsx")
    assert "Download the blank form" in refusal(files.as_docx([["품명", "가격"]]), "a.docx")


def test_an_empty_file_is_told():
    assert refusal(b"", "a.csv") == refusal(b" \r\n", "a.csv") == "The file is empty."


def test_a_large_file_is_refused_by_its_size():
    assert refusal(b"a" * (MAX_BYTES + 1), "a.csv").startswith("The file is larger than 20 MB.")


def test_a_damaged_file_is_told():
    whole = files.as_xlsx()
    assert "damaged" in refusal(whole[: len(whole) // 2], "a.xlsx")
    assert "damaged" in refusal(files.repacked(whole, {"xl/worksheets/sheet1.xml": b"<worksheet><row>"}), "a.xlsx")
    without = {name: content for name, content in files.parts_of(whole).items() if name != "xl/sharedStrings.xml"}
    assert "damaged" in refusal(files.zipped(without.items()), "a.xlsx")


def test_an_upload_is_read_as_it_comes():
    assert len(read(ContentFile(files.as_xlsx()), "a.xlsx").rows) == 2
    assert opened(files.as_xlsx(), "../../etc/passwd.xlsx").rows
