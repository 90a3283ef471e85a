"""What an agenda book says: the meeting, its agenda with times, and for each item what explains it and lies on the table."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from council.documents.models import Attachment, Version
from council.exchange.binding import Binder
from council.exchange.tables import Cell, Column, Facts, Heading, NewPage, Paragraph, Part, Table
from council.exchange.wording import moment, size, span
from council.meetings.models import AgendaItem, Meeting, Paper
from council.meetings.timing import Times, schedule
from council.people.models import User

_AGENDA = (
    Column("번호", 8, "center"), Column("안건", 46), Column("구분", 10, "center"), Column("시간", 16, "center"),
    Column("발표", 20), Column("자료", 12, "center"),
)  # fmt: skip


def shown(meeting: Meeting, user: User) -> QuerySet[Paper]:
    """The papers someone may read, in the order of the agenda."""
    visible = Paper.objects.visible_to(user).filter(item__meeting=meeting)
    return visible.select_related("attachment", "version__document").order_by("item__position", "id")


def facts(meeting: Meeting) -> list[tuple[str, str]]:
    """When, where and how, as an invitation says it."""
    found = [
        ("회의명", meeting.title),
        ("협의체", " ".join(str(each) for each in (meeting.council, meeting.subcommittee) if each)),
        ("구분", f"{meeting.get_kind_display()}{' (비공개)' if meeting.closed else ''}"),
        ("일시", span(meeting.starts_at, meeting.ends_at)),
        ("장소", where(meeting)),
        ("긴급 소집 사유", meeting.urgent_reason),
        ("취소 사유", meeting.cancelled_reason),
    ]
    return [(name, value) for name, value in found if value]


def where(meeting: Meeting) -> str:
    """The room, or that it is online; the address to join does not belong on paper that is handed on."""
    if meeting.kind == Meeting.Kind.WRITTEN:
        return "서면"
    online = "" if meeting.mode == Meeting.Mode.IN_PERSON else "온라인"
    room = "" if meeting.mode == Meeting.Mode.ONLINE else meeting.place
    return " · ".join(part for part in (room, online) if part)


def parts(meeting: Meeting, user: User, binder: Binder) -> list[Part]:
    """The agenda book without its cover, for one reader."""
    items = list(AgendaItem.objects.visible_to(user).filter(meeting=meeting).order_by("position"))
    readable = set(AgendaItem.objects.readable_by(user).filter(meeting=meeting).values_list("pk", flat=True))
    laid: dict[UUID, list[Paper]] = defaultdict(list)
    for paper in shown(meeting, user):
        laid[paper.item_id].append(paper)
    times = schedule(meeting)
    about = facts(meeting)
    if meeting.convened_at:
        about.append(("소집 통지", moment(meeting.convened_at)))
    if meeting.council.legal_basis.strip():
        about.append(("근거", meeting.council.legal_basis.strip()))
    found: list[Part] = [
        Heading("회의 개요"),
        Facts(about),
        Heading("회의 순서 및 안건"),
        Table(_AGENDA, [_line(item, times, len(laid[item.pk]), item.pk in readable) for item in items], "안건"),
    ]
    for item in items:
        if item.pk in readable and (item.note.strip() or laid[item.pk]):
            found += _item(item, laid[item.pk], times, binder)
    return found


def _line(item: AgendaItem, times: Times, number: int, readable: bool) -> list[Cell]:  # noqa: FBT001 - one of a row's facts
    title = f"{item.title} (비공개)" if item.closed else item.title
    papers = f"{number}건" if number else ("" if readable else "열람 제한")
    return [item.number, title, str(item.get_kind_display()), _time(item, times), item.presenter, papers]


def _time(item: AgendaItem, times: Times) -> str:
    if item.pk not in times:
        return ""
    begins, ends = (moment(at).rpartition(" ")[2] for at in times[item.pk])
    return f"{begins} ~ {ends}"


def _item(item: AgendaItem, laid: list[Paper], times: Times, binder: Binder) -> Iterator[Part]:
    yield NewPage()
    yield Heading(f"안건 {item.number}. {item.title}")
    about = [("구분", str(item.get_kind_display())), ("발표", item.presenter), ("시간", _time(item, times))]
    yield Facts([(name, value) for name, value in about if value])
    for text in item.note.split("\n\n"):
        if text.strip():
            yield Paragraph(text.strip())
    for number, paper in enumerate(laid, start=1):
        yield Heading(f"자료 {item.number}-{number}. {paper}", 2)
        if paper.version:
            yield from _version(paper.version)
        elif paper.attachment:
            yield from _file(paper.attachment, binder)


def _version(version: Version) -> Iterator[Part]:
    for passage in version.passages.order_by("position"):
        yield Heading(str(passage), 3)
        if passage.text.strip():
            yield Paragraph(passage.text)


def _file(attachment: Attachment, binder: Binder) -> Iterator[Part]:
    """What identifies the file; where it is a PDF, its pages after it."""
    yield Facts([("파일", attachment.name), ("크기", size(attachment.size)), ("SHA-256", attachment.sha256)])
    if pages := binder.bound(attachment):
        yield pages
        yield NewPage()
