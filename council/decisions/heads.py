"""What stands above the sections of minutes: everything 공공기록물법 시행령 18 (2) asks for that is known without being written."""

import datetime as dt
from collections.abc import Iterable
from typing import TypedDict

from council.core import clock
from council.decisions.models import Minutes
from council.decisions.models.minutes import attendees
from council.meetings.models import AgendaItem, Attendance, Invitation, Meeting
from council.people.models import Membership, Share, User


class Person(TypedDict):
    """Someone who was there, or for whom nobody was."""

    name: str
    organisation: str
    title: str
    sector: str
    seat: int | None
    role: str
    mode: str
    in_place_of: str


class Line(TypedDict):
    """An agenda item, and when it was first taken up."""

    id: str
    number: str
    title: str
    kind: str
    presenter: str
    depth: int
    opened_at: str


class Head(TypedDict):
    """The head of minutes. Moments are in ISO 8601; choices are named by their values."""

    name: str
    host: str
    council: str
    kind: str
    mode: str
    starts_at: str
    ends_at: str
    opened_at: str
    closed_at: str
    place: str
    presided_by: str
    seats: int
    needed: int
    present: int
    attendees: list[Person]
    absent: list[Person]
    observers: list[Person]
    guests: list[Person]
    agenda: list[Line]
    order: list[str]


def head_of(minutes: Minutes, user: User) -> Head:
    """The head as someone may read it: kept as it was on approval, until then read from the meeting."""
    whole = minutes.head or read_head(minutes.meeting)
    seen = {
        str(pk)
        for pk in AgendaItem.objects.visible_to(user).filter(meeting=minutes.meeting_id).values_list("pk", flat=True)
    }
    head = Head(**whole)
    head["agenda"] = [line for line in whole["agenda"] if line["id"] in seen]
    head["order"] = [pk for pk in whole["order"] if pk in seen]
    return head


def read_head(meeting: Meeting) -> Head:
    """The whole head, from the meeting as it is now."""
    invitations = list(
        meeting.invitations.select_related(
            "membership__user", "membership__organisation", "membership__seat", "attendance__alternate__user"
        ).order_by("membership__seat__number", "id")
    )
    came = set(attendees(meeting).values_list("pk", flat=True))
    there = [each for each in invitations if each.pk in came]
    seated = [each for each in there if each.votes]
    seats = sum(each.votes for each in invitations)
    counted = [each for each in seated if meeting.council.alternates_vote or not alternate_of(each)]
    items = list(meeting.items.order_by("position"))
    taken_up = sorted((item for item in items if item.opened_at), key=lambda item: (item.opened_at, item.position))
    guests = meeting.attendance.filter(invitation=None).order_by("id")
    return Head(
        name=meeting.title,
        host=str(meeting.council.operator),
        council=str(meeting.council),
        kind=meeting.kind,
        mode=meeting.mode,
        starts_at=_iso(meeting.starts_at),
        ends_at=_iso(meeting.ends_at),
        opened_at=_iso(meeting.opened_at),
        closed_at=_iso(meeting.closed_at),
        place=meeting.place,
        presided_by=presided_by(there),
        seats=seats,
        needed=Share(meeting.council.quorum).needed(seats),
        present=len(counted),
        attendees=[_person(each) for each in seated],
        absent=[_person(each) for each in invitations if each.votes and each.pk not in came],
        observers=[_person(each) for each in there if not each.votes],
        guests=[_guest(each) for each in guests],
        agenda=_agenda(items),
        order=[str(item.pk) for item in taken_up],
    )


def alternate_of(invitation: Invitation) -> User | None:
    """Who came for a member."""
    attendance = attendance_of(invitation)
    return attendance.alternate.user if attendance and attendance.alternate else None


def attendance_of(invitation: Invitation) -> Attendance | None:
    """That somebody came, where it is known."""
    return getattr(invitation, "attendance", None)


def presided_by(there: Iterable[Invitation]) -> str:
    """Who presided: the chair if they came themselves, else the vice-chair."""
    roles = (Membership.Role.CHAIR, Membership.Role.VICE_CHAIR)
    came = {each.membership.role: each.membership.user.name for each in there if not alternate_of(each)}
    return next((came[role] for role in roles if role in came), "")


def _person(invitation: Invitation) -> Person:
    membership, attendance, alternate = invitation.membership, attendance_of(invitation), alternate_of(invitation)
    if attendance is None:
        name, organisation, title = membership.user.name, str(membership.organisation), membership.title
    else:
        name, organisation, title = attendance.name, attendance.organisation_name, attendance.title
    return Person(
        name=name or membership.user.name,
        organisation=organisation or str(membership.organisation),
        title=title,
        sector=membership.sector,
        seat=membership.seat.number if membership.seat else None,
        role=membership.role,
        mode=attendance.mode if attendance else "",
        in_place_of=membership.user.name if alternate else "",
    )


def _guest(attendance: Attendance) -> Person:
    return Person(
        name=attendance.name,
        organisation=attendance.organisation_name,
        title=attendance.title,
        sector="",
        seat=None,
        role="",
        mode=attendance.mode,
        in_place_of="",
    )


def _agenda(items: Iterable[AgendaItem]) -> list[Line]:
    return [
        Line(
            id=str(item.pk),
            number=item.number,
            title=item.title,
            kind=item.kind,
            presenter=item.presenter,
            depth=item.number.count("-"),
            opened_at=_iso(item.opened_at),
        )
        for item in items
    ]


def _iso(moment: dt.datetime | None) -> str:
    return moment.astimezone(clock.SEOUL).isoformat() if moment else ""
