"""The documents of a meeting, made for one reader: agenda book, attendance, minutes, ballots, decisions, and all in one.

They are worded as ministries word them, whatever language the reader uses.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q
from django.utils.translation import override

from council.core.models import Sector
from council.decisions.heads import Person, head_of
from council.decisions.models import Action, ActionReport, Annex, Ballot, Decision, Minutes, Section, Voter
from council.decisions.results import in_words
from council.exchange import papers
from council.exchange.binding import Binder
from council.exchange.documents import dispositions
from council.exchange.gathering import Reader
from council.exchange.models import Export
from council.exchange.tables import Cell, Column, Contents, Document, Facts, Heading, NewPage, Paragraph, Part, Table
from council.exchange.wording import day, moment, span
from council.meetings.models import Attendance, Invitation, Meeting
from council.opinions.models import Consultation
from council.people.models import Membership, User

_KO = "ko"
_NOTHING = "해당 없음"
_PEOPLE = (
    Column("좌석", 6, "center"), Column("성명", 12), Column("소속", 24), Column("직위", 14), Column("구분", 12),
    Column("참석", 12, "center"), Column("비고", 20),
)  # fmt: skip


@dataclass(frozen=True)
class OfMeeting:
    """A meeting, who takes its documents away, and where papers lie that are bound in."""

    meeting: Meeting
    user: User
    binder: Binder

    @classmethod
    def of(cls, export: Export, binder: Binder) -> "OfMeeting":
        """As an export asks for it.

        Raises:
            PermissionDenied: They may not see the meeting any more.
        """
        related = "council__operator", "subcommittee"
        seen = Meeting.objects.visible_to(export.by).select_related(*related).filter(pk__in=[export.meeting_id]).first()
        if seen is None:
            raise PermissionDenied("exchange.export")
        return cls(seen, export.by, binder)

    def consultations(self) -> Iterator[Consultation]:
        """Those on what lay on the table, as far as one may see them."""
        versions = papers.shown(self.meeting, self.user).exclude(version=None).values("version")
        visible = Consultation.objects.visible_to(self.user)
        found = visible.filter(Q(agenda_item__meeting=self.meeting) | Q(version__in=versions))
        yield from found.distinct().select_related("council", "version__document", "office").order_by("id")


def build(of: OfMeeting, kind: Export.Kind) -> Document:
    """One document of a meeting.

    Raises:
        PermissionDenied: It is not theirs to see.
    """
    with override(_KO):
        return _BUILDERS[kind](of)


def agenda_book(of: OfMeeting) -> Document:
    """회의 자료집."""
    of.binder.begin()
    parts = papers.parts(of.meeting, of.user, of.binder)
    return _document(of, "회의 자료집", [Contents("목차"), NewPage(), *parts], with_cover=True)


def attendance(of: OfMeeting) -> Document:
    """출석부."""
    return _document(of, "출석부", attendance_parts(of), ends=True)


def minutes(of: OfMeeting) -> Document:
    """회의록."""
    return _document(of, "회의록", minutes_parts(of), ends=True)


def ballots(of: OfMeeting) -> Document:
    """표결 결과."""
    return _document(of, "표결 결과", ballot_parts(of), ends=True)


def decisions(of: OfMeeting) -> Document:
    """의결 사항과 과제."""
    return _document(of, "의결 사항 및 과제", decision_parts(of), landscape=True, ends=True)


def dossier(of: OfMeeting) -> Document:
    """회의 기록철: all of it as one document, in the order of the records."""
    of.binder.begin()
    chapters: list[tuple[str, Sequence[Part], bool]] = [
        ("회의 자료집", papers.parts(of.meeting, of.user, of.binder), False),
        ("출석부", attendance_parts(of), False),
    ]
    if minutes_of(of):
        chapters.append(("회의록", minutes_parts(of), False))
    chapters += [("표결 결과", ballot_parts(of), False), ("의결 사항 및 과제", decision_parts(of), True)]
    for consultation in of.consultations():
        table = dispositions(Reader.of(of.user, consultation))
        chapters.append((f"의견 조치 결과표: {consultation.title}", table.parts, True))
    parts: list[Part] = [Contents("목차")]
    for number, (title, inside, wide) in enumerate(chapters, start=1):
        parts += [NewPage(wide), Heading(f"제{number}편 {title}"), *map(_below, inside)]
    return _document(of, "회의 기록철", parts, with_cover=True)


def _below(part: Part) -> Part:
    return replace(part, level=part.level + 1) if isinstance(part, Heading) else part


_BUILDERS: dict[Export.Kind, Callable[[OfMeeting], Document]] = {
    Export.Kind.AGENDA_BOOK: agenda_book,
    Export.Kind.ATTENDANCE: attendance,
    Export.Kind.MINUTES: minutes,
    Export.Kind.BALLOTS: ballots,
    Export.Kind.DECISIONS: decisions,
    Export.Kind.DOSSIER: dossier,
}


def _document(
    of: OfMeeting,
    subtitle: str,
    parts: Sequence[Part],
    *,
    with_cover: bool = False,
    landscape: bool = False,
    ends: bool = False,
) -> Document:
    meeting = of.meeting
    cover = [span(meeting.starts_at, meeting.ends_at), papers.where(meeting), str(meeting.council)]
    return Document(
        title=meeting.title,
        subtitle=subtitle,
        parts=parts,
        landscape=landscape,
        cover=[line for line in cover if line] if with_cover else (),
        ends=ends,
    )


# --- who was there ---------------------------------------------------------------------------------------------------


def attendance_parts(of: OfMeeting) -> list[Part]:
    """Everyone invited and everyone who came, as far as one may know."""
    visible = Attendance.objects.visible_to(of.user).select_related("alternate__user")
    invited = Invitation.objects.visible_to(of.user).filter(meeting=of.meeting)
    related = "membership__user", "membership__organisation", "membership__seat"
    rows = list(
        invited.select_related(*related)
        .prefetch_related(Prefetch("attendance", visible))
        .order_by("membership__seat__number", "id")
    )
    guests = list(visible.filter(meeting=of.meeting, invitation=None).order_by("id"))
    came = [each for each in rows if _there(each)]
    seated = sum(each.votes for each in rows)
    columns = (
        Column("연번", 5, "center"), Column("좌석", 5, "center"), Column("성명", 10), Column("소속", 20),
        Column("부문", 12), Column("직위", 12), Column("구분", 8), Column("출석", 8, "center"), Column("도착", 8),
        Column("퇴장", 8), Column("비고", 16),
    )  # fmt: skip
    lines = [_invited(number, each) for number, each in enumerate(rows, start=1)]
    lines += [_guest(number, each) for number, each in enumerate(guests, start=len(rows) + 1)]
    present = sum(each.votes for each in came)
    return [
        Facts(
            [
                *papers.facts(of.meeting),
                ("재적 좌석", f"{seated}석"),
                ("출석 좌석", f"{present}석"),
                ("참관·배석", f"{len(came) - present + len(guests)}명"),
            ]
        ),
        Table(columns, lines, "출석부"),
    ]


def _there(invitation: Invitation) -> Attendance | None:
    return getattr(invitation, "attendance", None)


def _invited(number: int, invitation: Invitation) -> list[Cell]:
    membership, there = invitation.membership, _there(invitation)
    alternate = there.alternate if there else None
    title = there.title if there and there.title else membership.title
    return [
        number,
        membership.seat.number if membership.seat else "",
        there.name if there else membership.user.name,
        str(membership.organisation),
        str(Sector(membership.sector).label) if membership.sector else "",
        title,
        str(Membership.Role(membership.role).label),
        str(there.get_mode_display()) if there else "불참",
        _time(there.arrived_at) if there else "",
        _time(there.left_at) if there else "",
        f"{membership.user.name} 대리" if alternate else "",
    ]


def _guest(number: int, there: Attendance) -> list[Cell]:
    times = _time(there.arrived_at), _time(there.left_at)
    how = str(there.get_mode_display())
    return [number, "", there.name, there.organisation_name, "", there.title, "배석", how, *times, ""]


def _time(at: datetime | None) -> str:
    return moment(at).rpartition(" ")[2] if at else ""


# --- minutes ---------------------------------------------------------------------------------------------------------


def minutes_of(of: OfMeeting) -> Minutes | None:
    """The meeting's minutes, where one may read them."""
    visible = Minutes.objects.visible_to(of.user).select_related("meeting__council__operator", "approved_by")
    return visible.filter(meeting=of.meeting).first()


def minutes_parts(of: OfMeeting) -> list[Part]:
    """Everything the law asks for (공공기록물법 시행령 18 (2)), and the sections one may read.

    Raises:
        PermissionDenied: There are no minutes, or they are not for them.
    """
    record = minutes_of(of)
    if record is None:
        raise PermissionDenied("exchange.export")
    head = head_of(record, of.user)
    sections = Section.objects.visible_to(of.user).filter(minutes=record).order_by("position")
    kept_back = record.sections.count() - len(sections)
    times = [_iso_moment(head["opened_at"]), _iso_moment(head["closed_at"])]
    parts: list[Part] = [
        Heading("1. 회의 개요"),
        Facts(
            [
                *papers.facts(of.meeting),
                ("주관", head["host"]),
                ("개회·폐회", " ~ ".join(time or "-" for time in times)),
                ("진행", head["presided_by"] or "-"),
                ("출석", f"재적 {head['seats']}석 중 {head['present']}석 출석(의사정족수 {head['needed']}석)"),
                ("회의록 상태", _state(record)),
            ]
        ),
        Heading("2. 참석자"),
        Table(_PEOPLE, list(_people(head["attendees"], "위원")), "참석 위원"),
        Table(_PEOPLE, list(_people(head["absent"], "위원", there=False)), "불참 위원"),
        Table(_PEOPLE, [*_people(head["observers"], "참관"), *_people(head["guests"], "배석")], "참관·배석"),
        Heading("3. 회의 순서 및 안건"),
        Table(
            (Column("번호", 8, "center"), Column("안건", 50), Column("발표", 20), Column("상정", 12)),
            [
                [line["number"], line["title"], line["presenter"], _iso_time(line["opened_at"])]
                for line in head["agenda"]
            ],
            "안건",
        ),
        Heading("4. 회의 내용"),
    ]
    for section in sections:
        parts += [Heading(section.heading, 2), *_paragraphs(section.text)]
    if kept_back:
        parts.append(Paragraph(f"(비공개 {kept_back}건)"))
    parts += [Heading("5. 의결 사항"), *_resolved(of), Heading("6. 표결"), *ballot_parts(of, level=2)]
    for annex in Annex.objects.filter(pk__in=Annex.objects.visible_to(of.user).values("pk"), minutes=record):
        parts += [Heading(f"별지 {annex.number}"), *_paragraphs(annex.text), Paragraph(f"사유: {annex.reason}")]
    return parts


def _state(record: Minutes) -> str:
    if record.approved_at is None:
        return f"{record.get_state_display()} (확정 전)"
    by = f", {record.approved_by}" if record.approved_by else ""
    return f"확정 {moment(record.approved_at)}{by} · SHA-256 {record.digest}"


def _people(people: Sequence[Person], kind: str, *, there: bool = True) -> Iterator[list[Cell]]:
    for person in people:
        role = str(Membership.Role(person["role"]).label) if person["role"] else kind
        mode = str(Attendance.Mode(person["mode"]).label) if person["mode"] else ("출석" if there else "불참")
        note = f"{person['in_place_of']} 대리" if person["in_place_of"] else ""
        yield [person["seat"] or "", person["name"], person["organisation"], person["title"], role, mode, note]


def _iso_moment(text: str) -> str:
    return moment(datetime.fromisoformat(text)) if text else ""


def _iso_time(text: str) -> str:
    return _iso_moment(text).rpartition(" ")[2]


def _paragraphs(text: str) -> list[Part]:
    return [Paragraph(each.strip()) for each in text.split("\n\n") if each.strip()] or [Paragraph("-")]


# --- ballots and decisions -------------------------------------------------------------------------------------------


def ballot_parts(of: OfMeeting, *, level: int = 1) -> list[Part]:
    """Each ballot with how its result came about, and of a named one who voted how."""
    parts: list[Part] = []
    found = Ballot.objects.visible_to(of.user).filter(meeting=of.meeting).select_related("item").order_by("id")
    for number, ballot in enumerate(found, start=1):
        parts += [Heading(f"표결 {number}. {ballot.question}", level), Facts(_of_ballot(ballot))]
        if not ballot.secret and ballot.state == Ballot.State.CLOSED:
            parts.append(_roll(ballot, of.user))
    return parts or [Paragraph(_NOTHING)]


def _of_ballot(ballot: Ballot) -> list[tuple[str, str]]:
    facts = [
        ("안건", str(ballot.item) if ballot.item else "-"),
        ("방식", "무기명" if ballot.secret else "기명"),
        ("투표", f"{moment(ballot.opened_at)} ~ {moment(ballot.closed_at) if ballot.closed_at else ''}"),
        ("선거인", f"{ballot.entitled}명(재적 {ballot.seats}석)"),
    ]
    if ballot.text:
        facts.insert(0, ("의결할 내용", ballot.text))
    if ballot.state == Ballot.State.CLOSED:
        facts += [
            ("결과", "가결" if ballot.adopted else "부결"),
            ("찬성·반대·기권", f"{ballot.votes_for}·{ballot.votes_against}·{ballot.abstentions}"),
            ("계산", "\n".join(in_words(ballot.computation))),
        ]
    else:
        facts.append(("결과", f"{ballot.get_state_display()} {ballot.cancelled_reason}".strip()))
    return facts


def _roll(ballot: Ballot, user: User) -> Table:
    columns = Column("좌석", 6, "center"), Column("소속", 24), Column("투표자", 14), Column("표", 8), Column("의견", 30)
    voters = (
        Voter.objects.visible_to(user).filter(ballot=ballot).select_related("membership__seat", "user", "organisation")
    )
    rows: list[list[Cell]] = [
        [
            voter.membership.seat.number if voter.membership.seat else "",
            str(voter.organisation),
            f"{voter.user.name}{'(대리)' if voter.by_alternate else ''}",
            str(voter.get_choice_display()) if voter.has_voted else "미투표",
            voter.statement,
        ]
        for voter in voters.order_by("membership__seat__number", "id")
    ]
    return Table(columns, rows, f"투표자 명부: {ballot.question}")


def _resolved(of: OfMeeting) -> list[Part]:
    found = Decision.objects.visible_to(of.user).filter(meeting=of.meeting).order_by("id")
    parts: list[Part] = []
    for decision in found:
        parts += [Heading(f"{decision.number} {decision.title}", 2), *_paragraphs(decision.text)]
    return parts or [Paragraph(_NOTHING)]


def decision_parts(of: OfMeeting) -> list[Part]:
    """What was decided, and what follows from it."""
    decided = (
        Column("번호", 10), Column("의결 사항", 24), Column("내용", 44), Column("이유", 30), Column("근거 법령", 18),
        Column("의결일", 12), Column("시행일", 12), Column("상태", 10),
    )  # fmt: skip
    to_do = (
        Column("과제", 30), Column("할 일", 36), Column("담당 기관", 20), Column("담당자", 12), Column("기한", 12),
        Column("상태", 12), Column("최근 보고", 36),
    )  # fmt: skip
    found = Decision.objects.visible_to(of.user).filter(meeting=of.meeting).order_by("id")
    reports = ActionReport.objects.visible_to(of.user).order_by("-id")
    actions = Action.objects.visible_to(of.user).filter(meeting=of.meeting).select_related("organisation", "owner")
    return [
        Facts(papers.facts(of.meeting)),
        Heading("의결 사항"),
        Table(decided, [_decided(each) for each in found], "의결 사항"),
        Heading("과제"),
        Table(
            to_do,
            [_to_do(each) for each in actions.prefetch_related(Prefetch("reports", reports)).order_by("due_on", "id")],
            "과제",
        ),
    ]


def _decided(decision: Decision) -> list[Cell]:
    return [
        decision.number,
        decision.title,
        decision.text,
        decision.basis,
        decision.legal_reference,
        day(decision.decided_on),
        day(decision.effective_on) if decision.effective_on else "",
        str(decision.get_state_display()),
    ]


def _to_do(action: Action) -> list[Cell]:
    last = next(iter(action.reports.all()), None)
    return [
        action.title,
        action.note,
        str(action.organisation),
        action.owner.name if action.owner else "",
        day(action.due_on),
        str(action.get_state_display()),
        f"{moment(last.at)} {last.note}" if last else "",
    ]
