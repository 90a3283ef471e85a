"""What unites and divides as files: the report of two pages, and the figures."""

import csv
import io
import zipfile

import pytest
from docx import Document
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from council.exchange import actions
from council.exchange.models import Export
from council.findings import actions as findings
from council.opinions.models import Consultation
from tests.cast import Cast
from tests.findings.crowd import crowd, opinions, votes


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    """One opinion that unites, one that divides."""
    members = crowd(cast)
    consultation = cast.consultation(cast.version())
    unites, divides = opinions(cast, consultation, 2)
    for sector in members:
        votes(unites, members[sector], agree=len(members[sector]) - 2, disagree=2)
    votes(divides, members["supplier"], agree=22, disagree=2)
    votes(divides, members["adopter"], agree=1, disagree=19)
    findings.refresh(consultation, force=True)
    return consultation


def taken(cast: Cast, consultation: Consultation, kind: str, format_: str, by: str = "supplier") -> bytes:
    export = actions.request_export(kind=kind, format=format_, consultation=consultation, by=getattr(cast, by))
    actions.run_exports()
    export.refresh_from_db()
    assert export.state == Export.State.DONE, export.error
    with export.file.open("rb") as file:
        return file.read()


def test_the_report_fits_on_two_pages_and_says_what_unites_and_who_is_silent(cast, consultation):
    report = PdfReader(io.BytesIO(taken(cast, consultation, "unity", "pdf")))
    text = "".join(page.extract_text() for page in report.pages)

    assert len(report.pages) <= 2
    for words in ("의견이 모인 사항", "의견이 갈리는 사항", "아직 반응하지 않은 부문", "의견 1의 까닭입니다."):
        assert words in text


def test_the_report_comes_as_docx_and_hwpx_too(cast, consultation):
    docx = Document(io.BytesIO(taken(cast, consultation, "unity", "docx")))
    hwpx = zipfile.ZipFile(io.BytesIO(taken(cast, consultation, "unity", "hwpx")))

    assert any("의견이 모인 사항" in paragraph.text for paragraph in docx.paragraphs)
    assert "의견이 모인 사항" in hwpx.read("Contents/section0.xml").decode()


def test_the_figures_have_a_column_for_every_unit_and_no_count(cast, consultation):
    rows = list(csv.reader(io.StringIO(taken(cast, consultation, "findings", "csv").decode("utf-8-sig"))))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(taken(cast, consultation, "findings", "xlsx")))

    head = next(row for row in rows if "의견 번호" in row)
    assert "공급기업" in head
    assert "80–100%" in "".join("".join(row) for row in rows)
    assert sheet.sheet_names
    opinions_table = rows[rows.index(head) : rows.index(head) + 3]
    assert "22" not in {cell for row in opinions_table for cell in row}


def test_the_figures_say_about_how_many_of_each_sector_have_answered(cast, consultation):
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(taken(cast, consultation, "findings", "xlsx")))

    answered = sheets.get_sheet_by_name("부문별 참여").to_python()
    assert any(row[0] == "공급기업" and str(row[2]).startswith("약 ") for row in answered)


def test_officers_get_the_same_figures_as_members(cast, consultation):
    member, officer = (taken(cast, consultation, "findings", "csv", by) for by in ("supplier", "secretary"))

    assert member == officer


def test_before_anything_is_released_the_report_says_so(cast):
    text = PdfReader(io.BytesIO(taken(cast, cast.consultation(), "unity", "pdf"))).pages[0].extract_text()

    assert "아직" in text
