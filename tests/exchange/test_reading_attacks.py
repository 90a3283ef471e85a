"""A file made to harm is refused before it does."""

import struct
import zipfile

import pytest

from council.exchange.reading import MAX_UNPACKED, packages
from tests.exchange import files
from tests.exchange.files import opened, refusal

SHEET = "xl/worksheets/sheet1.xml"
TOO_BIG = "Unpacked, the file is far larger than a table of opinions."


def with_declaration(data: bytes, part: str, declaration: str) -> bytes:
    content = files.parts_of(data)[part].decode()
    declared, _end, rest = content.partition("?>")
    return files.repacked(data, {part: f"{declared}?>{declaration}{rest}".encode()})


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


@pytest.mark.parametrize(
    "declaration",
    [
        f"<!DOCTYPE worksheet [{LAUGHS}]>",
        '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE worksheet SYSTEM "http://localhost/x.dtd">',
    ],
    ids=["billion laughs", "external entity", "external declaration"],
)
@pytest.mark.parametrize(
    ("data", "part", "name"),
    [
        (files.as_xlsx(), SHEET, "a.xlsx"),
        (files.as_xlsx(), "xl/sharedStrings.xml", "a.xlsx"),
        (files.as_xlsx(), "[Content_Types].xml", "a.xlsx"),
        (files.as_docx(), "word/document.xml", "a.docx"),
        (files.as_hwpx(), "Contents/section0.xml", "a.hwpx"),
    ],
    ids=["sheet", "strings", "types", "word", "hangul"],
)
def test_entities_are_refused_where_they_are_declared(data: bytes, part: str, name: str, declaration: str):
    assert "document type" in refusal(with_declaration(data, part, declaration), name)


def test_a_part_that_unpacks_to_a_thousand_times_its_size_is_refused():
    assert TOO_BIG in refusal(files.repacked(files.as_xlsx(), {"xl/media/a.bin": b"\0" * 2**24}), "a.xlsx")


def test_many_parts_that_are_large_together_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(packages, "MAX_UNPACKED", 3_000_000)
    many = {f"xl/media/{n}.bin": b"\0" * 1_000_000 for n in range(3)}
    assert TOO_BIG in refusal(files.repacked(files.as_xlsx(), many), "a.xlsx")


def test_a_declared_size_beyond_the_limit_is_believed():
    data = bytearray(files.as_xlsx())
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<L", MAX_UNPACKED + 1)
    assert TOO_BIG in refusal(bytes(data), "a.xlsx")


def test_a_declared_size_that_is_too_small_gains_nothing():
    rows = "".join(f"<row><c><v>{n}</v></c></row>" for n in range(100_000))
    data = bytearray(files.repacked(files.as_xlsx(), {SHEET: f"<worksheet>{rows}</worksheet>".encode()}))
    entry = data.index(SHEET.encode(), data.index(b"PK\x01\x02")) - 46
    data[entry + 24 : entry + 28] = struct.pack("<L", 100)
    assert "damaged" in refusal(bytes(data), "a.xlsx")


def test_what_is_unpacked_is_counted_while_it_is_read(monkeypatch: pytest.MonkeyPatch):
    rows = "".join(f"<row><c><v>{n}</v></c></row>" for n in range(10_000))
    data = files.repacked(files.as_xlsx(), {SHEET: f"<worksheet>{rows}</worksheet>".encode()})
    monkeypatch.setattr(packages, "MAX_ELEMENTS", 5_000)
    assert TOO_BIG in refusal(data, "a.xlsx")


def test_an_archive_of_very_many_parts_is_refused():
    assert "too many parts" in refusal(files.zipped((f"{n}", b"") for n in range(5_001)), "a.xlsx")


def test_an_archive_inside_is_never_opened():
    bomb = files.zipped([("a", b"\0" * 2**20)])
    for _depth in range(5):
        bomb = files.zipped([(f"{n}.zip", bomb) for n in range(4)])
    assert opened(files.repacked(files.as_xlsx(), {"xl/embeddings/a.zip": bomb}), "a.xlsx").rows
    assert "Unpack it" in refusal(bomb, "a.zip")


def test_a_part_packed_with_a_method_of_unbounded_memory_is_refused():
    data = files.zipped(files.parts_of(files.as_xlsx()).items(), zipfile.ZIP_LZMA)
    assert "unusual way" in refusal(data, "a.xlsx")


@pytest.mark.parametrize(
    "sheet",
    [
        "<a>" * 70_000,
        f"<worksheet><c {'a' * 3_000_000}='1'/></worksheet>",
        f"<worksheet><!--{'a' * 3_000_000}--></worksheet>",
    ],
    ids=["deep", "long tag", "long comment"],
)
def test_xml_made_to_fill_the_memory_is_refused(sheet: str):
    assert TOO_BIG in refusal(files.repacked(files.as_xlsx(), {SHEET: sheet.encode()}), "a.xlsx")


def test_a_cell_in_the_last_corner_costs_nothing():
    with files.workbook() as (book, file):
        sheet = book.add_worksheet("의견")
        for number, row in enumerate(files.TABLE):
            sheet.write_row(number, 0, row)
        sheet.write(1_048_575, 16_383, "끝")
    assert len(opened(file.getvalue(), "a.xlsx").rows) == 2


def test_merges_over_everything_are_refused():
    merges = "".join(f'<mergeCell ref="A{n}:H1048576"/>' for n in range(2, 2_000))
    lines = [files.HEADER, *(files.ROWS[1] for _n in range(1_000))]
    data = files.part(files.as_xlsx(lines), SHEET, "</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>")
    assert "too many merged cells" in refusal(data, "a.xlsx")


@pytest.mark.parametrize("name", ["../../../tmp/escaped", "/tmp/escaped", "..\\..\\escaped", "C:\\escaped"])
def test_names_of_parts_are_no_paths(name: str, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert opened(files.repacked(files.as_xlsx(), {name: b"x"}), "a.xlsx").rows
    assert list(tmp_path.iterdir()) == []


def test_a_relation_that_leads_out_of_the_package_leads_nowhere():
    data = files.part(files.as_xlsx(), "xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "../../../etc/passwd")
    assert "damaged" in refusal(data, "a.xlsx")


def test_endless_accents_take_no_endless_time():
    """Composing 20,000 accents takes most of a second, in each of these cells."""
    accents = "a" + "\u0300" * 9_000 + "\u0316" * 9_000
    lines = [["조문", "의견 유형", "사유"], *([["제1조", accents, accents]] * 200)]
    assert len(opened(files.as_xlsx(lines), "a.xlsx").rows) == 200
