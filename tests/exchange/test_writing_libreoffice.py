"""LibreOffice opens what is written."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from council.exchange.tables import Cell, Column, Document, Facts, Heading, Marked, Table
from council.exchange.writing import Format, write

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@pytest.mark.parametrize("kind", [Format.DOCX, Format.XLSX])
def test_libreoffice_shows_every_row(kind: Format, tmp_path: Path):
    rows: list[list[Cell]] = [
        [number, f"의견 {number}번", Marked([("removed", "헌"), ("added", "새")])] for number in range(1, 121)
    ]
    columns = [Column("연번", 6, "center"), Column("현행(안)", 40), Column("수정의견(안)", 40)]
    document = Document(
        "의견 조치 결과", [Heading("개요"), Facts([("기간", "9월")]), Table(columns, rows, "표")], ends=True
    )
    source = tmp_path / f"written{kind.extension}"
    with source.open("wb") as to:
        write(document, kind, to)
    profile = (tmp_path / "profile").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
    pages = [page.extract_text() for page in PdfReader(source.with_suffix(".pdf")).pages]
    assert len(pages) > 2
    assert all("수정의견(안)" in page for page in pages)
    text = "".join("".join(pages).split())
    assert "의견조치결과" in text
    assert all(f"의견{number}번" in text for number in range(1, 121))
    assert "헌새" in text
