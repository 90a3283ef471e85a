"""기록철: everything of a meeting as one package for the records system, with a checksum of every part.

It is written as it is read: a paper in pieces, a list of rows a row at a time, a document by way of a file. What is in
the package is what its reader may see; ``manifest.json`` says who that was.
"""

import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import override

from council.core import clock
from council.decisions.models import (
    Action,
    ActionReport,
    Annex,
    Ballot,
    Correction,
    Decision,
    Minutes,
    Recording,
    Section,
    SectionRevision,
    TranscriptLine,
    Voter,
)
from council.documents.models import Attachment
from council.exchange import papers, proceedings
from council.exchange.documents import dispositions
from council.exchange.gathering import Reader
from council.exchange.models import Export
from council.exchange.plain import plain
from council.exchange.proceedings import OfMeeting
from council.exchange.tables import Document
from council.exchange.writing import Format, TooLong, write
from council.meetings.models import (
    AgendaItem,
    Alternate,
    Attendance,
    FloorRequest,
    Invitation,
    Meeting,
    Proposal,
    Recusal,
    Referral,
    Statement,
)
from council.opinions.models import Consultation

NAME = "회의 기록철"
STEPS = 10
"""How many steps the work is shown in."""
_PIECE = 256 * 1024
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_NUMBERED = re.compile(r"^\d\d ")
_SUMS = "SHA256SUMS"
_HOW_TO_CHECK = """회의 기록철 확인 방법

1. 묶음을 풀고 그 폴더에서 다음 명령을 실행합니다: sha256sum -c SHA256SUMS
   모든 줄이 OK이면 받은 그대로입니다. (Windows: certutil -hashfile 파일 SHA256)
2. manifest.json에는 누가 언제 만들었는지, 각 파일의 크기와 SHA-256 값이 있습니다.
3. data 폴더의 JSON은 같은 내용을 프로그램이 읽는 형식으로 담습니다(UTF-8).
"""


@dataclass(frozen=True)
class _Part:
    path: str
    about: str
    media_type: str
    size: int
    sha256: str


@dataclass
class _Package:
    """A ZIP that knows the digest of what was put into it."""

    archive: zipfile.ZipFile
    parts: list[_Part] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, path: str, about: str, media_type: str, pieces: Iterable[bytes]) -> None:
        """Put in a part, piece by piece."""
        digest, size = hashlib.sha256(), 0
        entry = zipfile.ZipInfo(path, clock.now().astimezone(clock.SEOUL).timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self.archive.open(entry, "w", force_zip64=True) as target:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        self.parts.append(_Part(path, about, media_type, size, digest.hexdigest()))


def package(of: OfMeeting, to: BinaryIO, tell: Callable[[int], None]) -> None:
    """Write the package: the documents, the papers, the data, and what to check them by.

    Args:
        tell: Called with the number of steps done, of :data:`STEPS`.
    """
    with zipfile.ZipFile(to, "w") as archive, override("ko"):
        made = _Package(archive)
        step = _steps(tell)
        _add_document(made, f"{NAME}.pdf", Format.PDF, lambda: proceedings.dossier(of))
        step()
        for path, format_, kind in _DOCUMENTS:
            _add_document(made, path, format_, partial(proceedings.build, of, kind))
            step()
        if proceedings.minutes_of(of):
            for format_ in (Format.PDF, Format.HWPX):
                _add_document(made, f"03 회의록.{format_}", format_, lambda: proceedings.minutes(of))
        step()
        for consultation in of.consultations():
            _add_dispositions(made, of, consultation)
        step()
        _add_papers(made, of)
        step()
        for name, rows in data(of):
            made.add(f"data/{name}.json", f"{name} (JSON)", "application/json", _as_json(rows))
        step()
        _seal(made, of)
        step()


_DOCUMENTS = (
    ("01 회의 자료집.pdf", Format.PDF, Export.Kind.AGENDA_BOOK),
    ("02 출석부.xlsx", Format.XLSX, Export.Kind.ATTENDANCE),
    ("04 표결 결과.pdf", Format.PDF, Export.Kind.BALLOTS),
    ("05 의결 사항 및 과제.xlsx", Format.XLSX, Export.Kind.DECISIONS),
)


def _steps(tell: Callable[[int], None]) -> Callable[[], None]:
    done = iter(range(1, STEPS + 1))
    return lambda: tell(next(done))


def _add_document(made: _Package, path: str, format_: Format, build: Callable[[], Document]) -> None:
    """Put in a document by way of a file; one too long for its format is named as missing."""
    with tempfile.TemporaryFile() as file:
        try:
            write(build(), format_, file)
        except TooLong as error:
            made.missing.append(f"{path}: {error}")
            return
        file.seek(0)
        made.add(path, _NUMBERED.sub("", path).rpartition(".")[0], format_.media_type, _pieces(file))


def _add_dispositions(made: _Package, of: OfMeeting, consultation: Consultation) -> None:
    name = _harmless(f"{consultation.title} {str(consultation.pk)[:8]}")
    path = f"06 의견 조치 결과표/{name}.xlsx"
    _add_document(made, path, Format.XLSX, lambda: dispositions(Reader.of(of.user, consultation)))


def _add_papers(made: _Package, of: OfMeeting) -> None:
    """The files as they were given; texts of versions stand in the agenda book and in the data."""
    seen: set[str] = set()
    for paper in papers.shown(of.meeting, of.user).exclude(attachment=None).select_related("item").iterator():
        file, number = paper.attachment, paper.item.number
        if file is None:
            continue
        path = f"07 회의 자료/{number} {_harmless(file.name)}"
        while path in seen:
            path = f"07 회의 자료/{number} {str(file.pk)[-6:]} {_harmless(file.name)}"
        seen.add(path)
        if not file.file.storage.exists(file.file.name):
            made.missing.append(path)
            continue
        made.add(path, f"안건 {number} 자료", file.media_type, _read(file))


def _read(file: Attachment) -> Iterator[bytes]:
    with file.file.open("rb") as source:
        yield from source.chunks(_PIECE)


def _pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _harmless(name: str) -> str:
    """A name that is a name everywhere, and leads nowhere else."""
    return _NOT_IN_NAMES.sub(" ", name).strip(". ")[-120:] or "file"


def _seal(made: _Package, of: OfMeeting) -> None:
    """Say what is in the package, and what each part must read like (sha256sum -c)."""
    made.add("읽어 보기.txt", "확인 방법", "text/plain; charset=utf-8", [_HOW_TO_CHECK.encode()])
    manifest = {
        "format": "council-dossier/1",
        "meeting": {"id": str(of.meeting.pk), "title": of.meeting.title, "url": _address(of.meeting)},
        "council": {"id": str(of.meeting.council_id), "name": str(of.meeting.council)},
        "made_at": clock.now().isoformat(timespec="seconds"),
        "made_for": {"id": str(of.user.pk), "name": of.user.name},
        "holds": "what this person may see; parts kept from them are left out",
        "algorithm": "SHA-256",
        "missing": made.missing,
        "files": [asdict(part) for part in made.parts],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    made.add("manifest.json", "manifest", "application/json", [text.encode()])
    sums = "".join(f"{part.sha256}  {part.path}\n" for part in made.parts)
    made.add(_SUMS, "checksums", "text/plain", [sums.encode()])


def _address(meeting: Meeting) -> str:
    return f"{settings.SITE_URL}{meeting.get_absolute_url()}"


# --- the data --------------------------------------------------------------------------------------------------------


def data(of: OfMeeting) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
    """Everything of the meeting its reader may see, list by list, each to be read once."""
    meeting, user = of.meeting, of.user
    yield "meeting", _meeting(of)
    yield "agenda", _agenda(of)
    yield "papers", _papers(of)
    lists: dict[str, QuerySet[Any]] = {
        "proposals": Proposal.objects.visible_to(user).filter(meeting=meeting),
        "referrals": Referral.objects.visible_to(user).filter(item__meeting=meeting),
        "invitations": Invitation.objects.visible_to(user).filter(meeting=meeting),
        "alternates": Alternate.objects.filter(
            pk__in=Alternate.objects.visible_to(user).values("pk"), invitation__meeting=meeting
        ),
        "recusals": Recusal.objects.visible_to(user).filter(item__meeting=meeting),
        "attendance": Attendance.objects.visible_to(user).filter(meeting=meeting),
        "floor": FloorRequest.objects.visible_to(user).filter(meeting=meeting),
        "statements": Statement.objects.visible_to(user).filter(meeting=meeting),
        "ballots": Ballot.objects.visible_to(user).filter(meeting=meeting),
        "roll": Voter.objects.visible_to(user).filter(ballot__meeting=meeting),
        "decisions": Decision.objects.visible_to(user).filter(meeting=meeting),
        "actions": Action.objects.visible_to(user).filter(meeting=meeting),
        "action_reports": ActionReport.objects.visible_to(user).filter(action__meeting=meeting),
        "minutes": Minutes.objects.visible_to(user).filter(meeting=meeting),
        "sections": Section.objects.visible_to(user).filter(minutes__meeting=meeting),
        "revisions": _under(SectionRevision, of, section__minutes__meeting=meeting),
        "corrections": Correction.objects.visible_to(user).filter(section__minutes__meeting=meeting),
        "annexes": _under(Annex, of, minutes__meeting=meeting),
        "recordings": Recording.objects.playable_by(user).filter(meeting=meeting),
        "transcript": _under(TranscriptLine, of, recording__meeting=meeting),
    }
    for name, rows in lists.items():
        yield name, _rows(rows)
    yield "dispositions", _dispositions(of)


def _meeting(of: OfMeeting) -> Iterator[dict[str, Any]]:
    """The meeting itself; how to join a closed one is for those entitled."""
    found = Meeting.objects.visible_to(of.user).filter(pk=of.meeting.pk)
    kept = of.meeting.closed and not found.entitled_to(of.user).exists()
    for row in _rows(found):
        yield row | {"online_url": ""} if kept else row


def _under(model: Any, of: OfMeeting, **where: Any) -> QuerySet[Any]:
    """Rows that hang on others: those one may see, of this meeting."""
    found: QuerySet[Any] = model.objects.visible_to(of.user).filter(**where)
    return found


def _rows(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    names = [each.name for each in rows.model._meta.concrete_fields if each.is_relation]
    for row in rows.select_related(*names).order_by("pk").iterator(chunk_size=500):
        yield plain(row)


def _agenda(of: OfMeeting) -> Iterator[dict[str, Any]]:
    """The items; of those closed to the reader what everyone may know."""
    readable = set(AgendaItem.objects.readable_by(of.user).filter(meeting=of.meeting).values_list("pk", flat=True))
    items = AgendaItem.objects.visible_to(of.user).filter(meeting=of.meeting).order_by("position")
    for item in items.select_related("council", "meeting", "parent", "carried_from"):
        row = plain(item)
        if item.pk not in readable:
            row = {name: row[name] for name in ("id", "number", "title", "kind", "closed", "position")}
        yield row


def _papers(of: OfMeeting) -> Iterator[dict[str, Any]]:
    """The papers: of a file what identifies it, of a version its text."""
    for paper in papers.shown(of.meeting, of.user):
        row: dict[str, Any] = {"item": str(paper.item_id), "name": str(paper)}
        if paper.attachment:
            row["file"] = plain(paper.attachment)
        elif paper.version:
            passages = paper.version.passages.order_by("position")
            row["version"] = plain(paper.version) | {
                "passages": [{"number": each.number, "heading": each.heading, "text": each.text} for each in passages]
            }
        yield row


def _dispositions(of: OfMeeting) -> Iterator[dict[str, Any]]:
    for consultation in of.consultations():
        for line in Reader.of(of.user, consultation).lines():
            yield {"consultation": {"id": str(consultation.pk), "name": consultation.title}, **asdict(line)}


def _as_json(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """A list in JSON, a row at a time."""
    yield b"["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n").encode() + json.dumps(row, ensure_ascii=False).encode()
    yield b"\n]\n"
