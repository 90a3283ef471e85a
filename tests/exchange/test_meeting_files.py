"""The files of a meeting: what stands in them, for whom, and that a package is what it says it is."""

import hashlib
import io
import json
import subprocess
import tempfile
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from pypdf import PdfReader, PdfWriter

from council.core import clock
from council.decisions.models import Action, Ballot, Decision, Minutes, Section, Voter
from council.documents import actions as documents
from council.exchange import actions, dossier, proceedings
from council.exchange.binding import Binder
from council.exchange.models import Export
from council.exchange.tables import Document, Paragraph
from council.exchange.writing import Format, write
from council.meetings import actions as meetings
from council.meetings.models import Alternate, Attendance, Meeting, Recusal
from council.people.models import User
from tests.cast import TEXT, Cast
from tests.exchange.test_exports import content, pages_of

NOTE = "자부담 비율을 어떻게 정할지 논의합니다."
SECRET = "대외비 협상 조건"


def pdf(text: str, *, wide: bool = False) -> bytes:
    """A PDF of one page."""
    file = io.BytesIO()
    write(Document("붙임", [Paragraph(text)], landscape=wide), Format.PDF, file)
    return file.getvalue()


def locked(data: bytes) -> bytes:
    """The same PDF with a password."""
    writer, file = PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(file)
    return file.getvalue()


def turned(data: bytes) -> bytes:
    """The same PDF, shown turned by a quarter."""
    writer, file = PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    writer.pages[0].rotate(90)
    writer.write(file)
    return file.getvalue()


def exported(by: User, meeting: Meeting, kind: str, format: str = "pdf") -> Export:  # noqa: A002 - the word for it
    export = actions.request_export(kind=kind, format=format, meeting=meeting, by=by)
    actions.run_exports()
    export.refresh_from_db()
    assert export.state == "done", export.error
    return export


def pages(export: Export) -> list[str]:
    return [
        " ".join(page.extract_text().replace("\u2060", "").split())
        for page in PdfReader(io.BytesIO(content(export))).pages
    ]


def text(export: Export) -> str:
    return "\n".join(pages(export))


def joined(export: Export) -> str:
    """Without spaces, for lines that wrap."""
    return "".join(text(export).split())


@pytest.fixture
def planned(cast: Cast) -> Meeting:
    """Two items: one with a PDF, a version and a plain file, and one closed with a paper of its own."""
    meeting = cast.planned_meeting(mode="hybrid", online_url="https://meet.council.example/1")
    first = meeting.items.get()
    meetings.revise_item(first, note=NOTE, minutes_planned=30, by=cast.secretary)
    for name, data in (("현황.pdf", pdf("업종별 현황입니다", wide=True)), ("자료.txt", "검토".encode())):
        file = documents.attach(cast.council, file=ContentFile(data, name=name), by=cast.secretary)
        meetings.add_paper(first, attachment=file, by=cast.secretary)
    meetings.add_paper(first, version=cast.version(), by=cast.secretary)
    second = cast.item(meeting, title="협상 방안", note=SECRET, closed=True)
    paper = ContentFile(pdf(SECRET), name="협상.pdf")
    file = documents.attach(cast.council, file=paper, by=cast.secretary)
    meetings.add_paper(second, attachment=file, by=cast.secretary)
    return meeting


@pytest.fixture
def meeting(cast: Cast, planned: Meeting) -> Meeting:
    return meetings.convene(planned, by=cast.secretary)


@pytest.fixture
def late(cast: Cast, meeting: Meeting) -> User:
    """A member who came after everyone was invited, and is not entitled to closed items."""
    return cast.member("late", "새 위원", cast.technopark)


class TestAgendaBook:
    def test_cover_contents_facts_agenda_and_every_item(self, cast, meeting):
        found = pages(exported(cast.supplier, meeting, "agenda_book"))
        assert "제1차 전체회의" in found[0]
        assert "회의 자료집" in found[0]
        assert "디지털 제조혁신 협의체" in found[0]
        assert found[1].startswith("목차")
        everything = "\n".join(found)
        for words in (
            "대한상공회의소 중회의실 · 온라인",
            "전략(안) 토의",
            "담당 부서",
            NOTE,
            "과제 1",
            "SHA-256",
            "자료.txt",
        ):
            assert words in everything
        assert "".join(TEXT.split()) in "".join(everything.split())
        assert "meet.council.example" not in everything

    def test_the_contents_name_the_pages_things_stand_on(self, cast, meeting):
        found = pages(exported(cast.supplier, meeting, "agenda_book"))
        for heading in ("안건 1. 전략(안) 토의", "자료 1-1. 현황.pdf", "안건 2. 협상 방안"):
            line = found[1].partition(heading)[2].partition("- ")[2]
            number = int(line.partition(" ")[0])
            assert heading in found[number - 1]

    def test_a_pdf_is_bound_in_page_by_page_and_the_numbers_go_on(self, cast, meeting):
        export = exported(cast.supplier, meeting, "agenda_book")
        found = pages(export)
        [at] = [number for number, page in enumerate(found) if "업종별 현황입니다" in page]
        assert "현황.pdf (1/1)" in found[at]
        assert f"- {at + 1} -" in found[at]
        page = PdfReader(io.BytesIO(content(export))).pages[at]
        assert page.mediabox.width > page.mediabox.height

    def test_its_fonts_are_embedded_and_it_stays_tagged(self, cast, meeting):
        reader = PdfReader(io.BytesIO(content(exported(cast.supplier, meeting, "agenda_book"))))
        fonts = [font.get_object() for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]
        assert fonts
        for font in fonts:
            [descendant] = font["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert reader.trailer["/Root"]["/Lang"] == "ko"

    @pytest.mark.parametrize("format", ["docx", "hwpx"])
    def test_word_and_hangul_get_it_too(self, cast, meeting, tmp_path, format):  # noqa: A002 - the word for it
        export = exported(cast.supplier, meeting, "agenda_book", format)
        path = tmp_path / f"book.{format}"
        path.write_bytes(content(export))
        with zipfile.ZipFile(path) as parts:
            xml = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".xml")).decode()
        for words in ("회의 자료집", "목차", "안건 1. 전략(안) 토의", NOTE, "현황.pdf"):
            assert words in xml
        if format == "docx":
            assert pages_of(path) > 0
            shown = "".join(page.extract_text() for page in PdfReader(path.with_suffix(".pdf")).pages)
            assert "전략(안)" in "".join(shown.split())

    def test_a_locked_broken_or_turned_pdf_does_no_harm(self, cast, planned):
        item = planned.items.first()
        files = {"잠김.pdf": locked(pdf("비밀")), "깨짐.pdf": b"%PDF-1.7 nothing", "돌림.pdf": turned(pdf("누운 글"))}
        for name, data in files.items():
            file = documents.attach(cast.council, file=ContentFile(data, name=name), by=cast.secretary)
            meetings.add_paper(item, attachment=file, by=cast.secretary)
        meetings.convene(planned, by=cast.secretary)
        found = text(exported(cast.supplier, planned, "agenda_book"))
        for name in files:
            assert name in found
        assert "돌림.pdf (1/1)" in found
        assert "잠김.pdf (1/1)" not in found


class TestWhoReadsWhat:
    def test_a_closed_item_is_for_those_invited_alone(self, cast, meeting, late):
        assert SECRET in text(exported(cast.supplier, meeting, "agenda_book"))
        found = text(exported(late, meeting, "agenda_book"))
        assert SECRET not in found
        assert "협상 방안 (비공개)" in found
        assert "열람제한" in "".join(found.split())

    def test_who_keeps_out_of_an_item_gets_the_book_without_it(self, cast, meeting):
        before = exported(cast.supplier, meeting, "agenda_book")
        assert Export.objects.visible_to(cast.supplier).filter(pk=before.pk).exists()
        self.recuse(cast, meeting)
        found = text(exported(cast.supplier, meeting, "agenda_book"))
        assert NOTE not in found
        assert "업종별 현황입니다" not in found
        assert not Export.objects.visible_to(cast.supplier).filter(pk=before.pk).exists()

    def recuse(self, cast: Cast, meeting: Meeting) -> None:
        invitation = cast.invitation(meeting, cast.supplier)
        Recusal.objects.create(
            council=cast.council,
            item=meeting.items.get(number="1"),
            invitation=invitation,
            membership=invitation.membership,
            kind="abstention",
            ground="party",
            reason="당사자",
            state="granted",
            raised_by=cast.supplier,
        )

    def test_who_comes_for_a_member_gets_it_while_they_do(self, cast, meeting):
        with pytest.raises(PermissionDenied):
            actions.request_export(kind="agenda_book", format="pdf", meeting=meeting, by=cast.stranger)
        mandate = Alternate.objects.create(
            council=cast.council,
            invitation=cast.invitation(meeting, cast.supplier),
            user=cast.stranger,
            mandate="전부",
            named_by=cast.supplier,
        )
        export = exported(cast.stranger, meeting, "agenda_book")
        assert NOTE in text(export)
        assert Export.objects.visible_to(cast.stranger).get() == export
        mandate.delete()
        assert not Export.objects.visible_to(cast.stranger).exists()

    def test_a_meeting_in_preparation_has_files_for_its_secretary_alone(self, cast, planned):
        assert NOTE in text(exported(cast.secretary, planned, "agenda_book"))
        export = actions.request_export(kind="agenda_book", format="pdf", meeting=planned, by=cast.supplier)
        actions.run_exports()
        export.refresh_from_db()
        assert export.state == "failed"

    def test_the_dossier_is_for_those_who_run_the_council(self, cast, meeting):
        with pytest.raises(PermissionDenied):
            actions.request_export(kind="dossier", format="zip", meeting=meeting, by=cast.supplier)

    def test_kind_format_and_meeting_go_together(self, cast, meeting):
        for wrong in (
            {"kind": "agenda_book", "format": "csv", "meeting": meeting},
            {"kind": "minutes", "format": "pdf"},
        ):
            with pytest.raises(ValidationError):
                actions.request_export(by=cast.secretary, **wrong)


@pytest.fixture
def held(cast: Cast, meeting: Meeting) -> Meeting:
    """Somebody came, somebody voted, something was decided and written down."""
    first = meeting.items.get(number="1")
    second = meeting.items.get(number="2")
    now = clock.now()
    for user in (cast.chair, cast.supplier):
        Attendance.objects.create(
            council=cast.council,
            meeting=meeting,
            invitation=cast.invitation(meeting, user),
            name=user.name,
            organisation_name="기관",
            arrived_at=now,
        )
    Attendance.objects.create(council=cast.council, meeting=meeting, name="배석 손님", arrived_at=now)
    votes = {
        "state": "closed", "quorum": "majority", "majority": "majority", "base": "present", "seats": 6, "entitled": 2,
        "opened_at": now, "closed_at": now, "votes_for": 1, "votes_against": 1, "abstentions": 0, "adopted": False,
    }  # fmt: skip
    for secret, question in ((False, "자부담 비율을 30%로 한다"), (True, "위원장을 정한다")):
        ballot = Ballot.objects.create(
            council=cast.council, meeting=meeting, item=first, question=question, secret=secret, **votes
        )
        for user, choice in ((cast.chair, "for"), (cast.supplier, "against")):
            invitation = cast.invitation(meeting, user)
            Voter.objects.create(
                ballot=ballot,
                membership=invitation.membership,
                invitation=invitation,
                user=user,
                organisation=invitation.membership.organisation,
                sector=invitation.membership.sector,
                has_voted=True,
                choice="" if secret else choice,
            )
    Decision.objects.create(
        council=cast.council, meeting=meeting, item=first, number="2026-1", title="자부담 비율",
        text="자부담 비율은 따로 정한다.", decided_on=clock.today(),
    )  # fmt: skip
    Action.objects.create(
        council=cast.council, meeting=meeting, item=first, organisation=cast.office, title="자부담 안 마련",
        due_on=clock.today(),
    )  # fmt: skip
    minutes = Minutes.objects.create(council=cast.council, meeting=meeting)
    for position, (item, words) in enumerate([(first, "공급 대표: 부담이 큽니다."), (second, SECRET)]):
        Section.objects.create(
            council=cast.council, minutes=minutes, item=item, position=position, heading=str(item), text=words
        )
    return meeting


class TestProceedings:
    def test_the_attendance_list_says_who_came_and_who_did_not(self, cast, held):
        found = joined(exported(cast.secretary, held, "attendance"))
        assert "출석좌석2석" in found
        assert "배석손님" in found
        assert "불참" in found

    def test_minutes_hold_what_the_law_asks_for(self, cast, held):
        found = joined(exported(cast.secretary, held, "minutes"))
        for words in (
            "회의록",
            "주관",
            "일시",
            "장소",
            "참석위원",
            "안건",
            "공급대표:부담이큽니다.",
            "2026-1자부담비율",
            "찬성·반대·기권",
            "끝.",
        ):
            assert words in found
        assert "확정전" in found

    @pytest.mark.parametrize("format", ["docx", "hwpx"])
    def test_minutes_come_for_word_and_hangul(self, cast, held, tmp_path, format):  # noqa: A002 - the word for it
        path = tmp_path / f"minutes.{format}"
        path.write_bytes(content(exported(cast.secretary, held, "minutes", format)))
        with zipfile.ZipFile(path) as parts:
            xml = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".xml")).decode()
        assert "공급 대표: 부담이 큽니다." in xml
        if format == "docx":
            assert pages_of(path) > 0

    def test_drafts_are_for_who_runs_the_council(self, cast, held):
        export = actions.request_export(kind="minutes", format="pdf", meeting=held, by=cast.supplier)
        actions.run_exports()
        export.refresh_from_db()
        assert export.state == "failed"

    def test_sections_of_closed_items_are_kept_from_those_not_invited(self, cast, held, late):
        Minutes.objects.update(
            state="approved",
            circulated_at=clock.now(),
            approved_at=clock.now(),
            approved_by=cast.chair,
            digest="0" * 64,
        )
        assert SECRET in text(exported(cast.supplier, held, "minutes"))
        found = text(exported(late, held, "minutes"))
        assert SECRET not in found
        assert "비공개 1건" in found

    def test_a_secret_ballot_names_nobody(self, cast, held):
        found = text(exported(cast.secretary, held, "ballots"))
        named, secret = found.split("위원장을 정한다")[:2]
        assert "공급 대표" in named
        assert "공급 대표" not in secret
        assert "무기명" in secret

    @pytest.mark.parametrize("kind", ["attendance", "ballots", "decisions"])
    def test_lists_open_in_a_spreadsheet(self, cast, held, tmp_path, kind):
        path = tmp_path / "list.xlsx"
        path.write_bytes(content(exported(cast.secretary, held, kind, "xlsx")))
        assert pages_of(path) > 0

    def test_decisions_and_actions_stand_in_one_file(self, cast, held):
        found = joined(exported(cast.secretary, held, "decisions"))
        assert "자부담비율은따로정한다." in found
        assert "자부담안마련" in found


class TestDossier:
    def unpacked(self, export: Export, tmp_path: Path) -> Path:
        to = tmp_path / "package"
        with zipfile.ZipFile(io.BytesIO(content(export))) as package:
            assert package.testzip() is None
            package.extractall(to)
        return to

    def test_one_pdf_holds_everything_in_the_order_of_the_records(self, cast, held):
        opinion = cast.published(
            cast.consultation(held.items.get(number="1").papers.get(version__isnull=False).version)
        )
        found = pages(exported(cast.secretary, held, "dossier"))
        contents = "".join(found[1:3])
        order = ["회의 자료집", "출석부", "회의록", "표결 결과", "의결 사항 및 과제", "의견 조치 결과표"]
        places = [contents.index(f"제{number}편 {title}") for number, title in enumerate(order, start=1)]
        assert places == sorted(places)
        everything = "".join("".join(found).split())
        for words in ("업종별현황입니다", "배석손님", "공급대표:부담이큽니다.", "자부담안마련"):
            assert words in everything
        assert "".join(opinion.points.get().disposition.reason.split()) in everything

    def test_the_package_is_what_its_checksums_say(self, cast, held, tmp_path):
        folder = self.unpacked(exported(cast.secretary, held, "dossier", "zip"), tmp_path)
        checked = subprocess.run(
            ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout
        manifest = json.loads((folder / "manifest.json").read_text())
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert {each["path"] for each in manifest["files"]} == there - {"manifest.json", "SHA256SUMS"}
        for each in manifest["files"]:
            data = (folder / each["path"]).read_bytes()
            assert (each["size"], each["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert (manifest["missing"], manifest["made_for"]["name"]) == ([], "간사")
        assert manifest["meeting"]["title"] == held.title
        (folder / "02 출석부.xlsx").write_bytes(b"changed")
        again = subprocess.run(
            ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert again.returncode != 0

    def test_it_holds_documents_papers_and_data(self, cast, held, tmp_path):
        folder = self.unpacked(exported(cast.secretary, held, "dossier", "zip"), tmp_path)
        for name in (
            "회의 기록철.pdf",
            "01 회의 자료집.pdf",
            "03 회의록.hwpx",
            "07 회의 자료/1 현황.pdf",
            "07 회의 자료/2 협상.pdf",
        ):
            assert (folder / name).stat().st_size > 0
        data = {path.stem: json.loads(path.read_text()) for path in (folder / "data").iterdir()}
        assert data["meeting"][0]["title"] == held.title
        assert [row["number"] for row in data["agenda"]] == ["1", "2"]
        assert data["papers"][2]["version"]["passages"][0]["text"] == TEXT
        assert data["decisions"][0]["text"] == "자부담 비율은 따로 정한다."
        assert data["sections"][0]["text"] == "공급 대표: 부담이 큽니다."

    def test_its_data_hold_no_secret(self, cast, held, tmp_path):
        Ballot.objects.filter(secret=True).update(computation={})
        folder = self.unpacked(exported(cast.secretary, held, "dossier", "zip"), tmp_path)
        data: dict[str, list[dict[str, Any]]] = {
            path.stem: json.loads(path.read_text()) for path in (folder / "data").iterdir()
        }
        secret = next(row["id"] for row in data["ballots"] if row["secret"])
        assert {row["choice"] for row in data["roll"] if row["ballot"]["id"] == secret} == {""}
        assert not [row for rows in data.values() for row in rows if {"urn", "key"} & set(row)]
        everything = "".join(path.read_text() for path in (folder / "data").iterdir())
        assert "@council.example" not in everything

    def test_a_large_paper_goes_through_in_pieces(self, cast, planned):
        large = ContentFile(b"\0" * 32 * 1024**2, name="큰 파일.bin")
        file = documents.attach(cast.council, file=large, by=cast.secretary)
        meetings.add_paper(planned.items.first(), attachment=file, by=cast.secretary)
        with tempfile.TemporaryFile() as to, zipfile.ZipFile(to, "w") as archive:
            made = dossier._Package(archive)
            of = proceedings.OfMeeting(planned, cast.secretary, Binder(Path("unused")))
            tracemalloc.start()
            dossier._add_papers(made, of)
            _now, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert max(part.size for part in made.parts) == 32 * 1024**2
        assert most < 8 * 1024**2

    def test_a_file_that_is_gone_is_named_as_missing(self, cast, held, tmp_path):
        paper = held.items.get(number="2").papers.get()
        paper.attachment.file.delete(save=False)
        folder = self.unpacked(exported(cast.secretary, held, "dossier", "zip"), tmp_path)
        assert json.loads((folder / "manifest.json").read_text())["missing"] == ["07 회의 자료/2 협상.pdf"]

    def test_a_chair_who_keeps_out_of_an_item_packs_the_dossier_without_it(self, cast, held, tmp_path):
        invitation = cast.invitation(held, cast.chair)
        Recusal.objects.create(
            council=cast.council, item=held.items.get(number="1"), invitation=invitation,
            membership=invitation.membership, kind="abstention", ground="party", reason="당사자", state="granted",
            raised_by=cast.chair,
        )  # fmt: skip
        folder = self.unpacked(exported(cast.chair, held, "dossier", "zip"), tmp_path)
        assert not (folder / "07 회의 자료/1 현황.pdf").exists()
        rows = json.loads((folder / "data" / "agenda.json").read_text())
        assert "note" not in rows[0]
        assert rows[1]["note"] == SECRET
