"""What the pages of a meeting that is held show: who sits where, the code at the door, what was said."""

from dataclasses import dataclass
from typing import Any

import segno
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from council.core import clock
from council.core.models import Sector
from council.meetings import door
from council.meetings.models import Attendance, Invitation, Meeting, Statement
from council.meetings.places import named_for, takes_attendance
from council.meetings.quorum import quorum
from council.people.models import Membership, User
from council.web.states import Here

_HELD = (Meeting.State.RUNNING, Meeting.State.CLOSED)
_COMING = (Invitation.Answer.ATTENDING, Invitation.Answer.ONLINE)
_WHOSE = ("membership__user", "membership__organisation", "membership__seat", "alternate__user")


@dataclass(frozen=True)
class Line:
    """One place at the table, and whether somebody sits there."""

    invitation: Invitation
    attendance: Attendance | None

    @property
    def membership(self) -> Membership:
        """Whose place it is."""
        return self.invitation.membership

    @property
    def seat(self) -> int | None:
        """The number of the seat; places of the secretary and of observers have none."""
        return self.membership.seat.number if self.membership.seat else None

    @property
    def alternate(self) -> str:
        """Who was named to come instead."""
        named = named_for(self.invitation)
        return named.user.name if named else ""

    @property
    def by_alternate(self) -> bool:
        """Whether it is the alternate who came."""
        return self.attendance is not None and self.attendance.alternate_id is not None

    @property
    def state(self) -> Here:
        """Whether somebody sits there, and how."""
        return here(self.attendance)


def here(attendance: Attendance | None) -> Here:
    """Where someone is."""
    if attendance is None:
        return Here.ABSENT
    if not attendance.present:
        return Here.LEFT
    return Here.ONLINE if attendance.mode == Attendance.Mode.ONLINE else Here.ROOM


def attendance(user: User, meeting: Meeting) -> dict[str, Any]:
    """Every place with who sits there, the guests, and whether that is enough; three queries and two for the quorum."""
    rows = list(Attendance.objects.visible_to(user).filter(meeting=meeting).order_by("arrived_at"))
    seated = {row.invitation_id: row for row in rows if row.invitation_id}
    lines = [Line(each, seated.get(each.pk)) for each in invitations(user, meeting)]
    day = clock.seoul_date(meeting.starts_at)
    lines = [line for line in lines if line.attendance or line.membership.covers(day)]
    sectors = {line.membership.sector for line in lines}
    return {
        "seats": [line for line in lines if line.invitation.votes],
        "sectors": [choice for choice in Sector.choices if choice[0] in sectors],
        "others": [line for line in lines if not line.invitation.votes],
        "guests": [(row, here(row)) for row in rows if not row.invitation_id],
        "expected": [line for line in lines if line.attendance is None and line.invitation.answer in _COMING],
        "quorum": quorum(meeting, meeting.current_item),
    }


def invitations(user: User, meeting: Meeting) -> QuerySet[Invitation]:
    """The places at a meeting, by seat."""
    places = Invitation.objects.visible_to(user).filter(meeting=meeting)
    return places.select_related(*_WHOSE).order_by("membership__seat__number", "pk")


def line(invitation: Invitation) -> Line:
    """One place, as it is now."""
    return Line(invitation, Attendance.objects.filter(invitation=invitation).first())


def code_to_scan(meeting: Meeting, code: str) -> dict[str, Any]:
    """A QR code as squares of a drawing, and the address it stands for."""
    way = reverse("web:check_in", args=[meeting.pk])
    address = f"{settings.SITE_URL.rstrip('/')}{way}?{urlencode({'code': code})}"
    matrix = segno.make(address, error="m", micro=False).matrix
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark)
    return {"address": address, "squares": squares, "size": len(matrix), "seconds": door.SECONDS}


def statements(user: User, meeting: Meeting) -> QuerySet[Statement]:
    """What was said, the latest first."""
    said = Statement.objects.visible_to(user).filter(meeting=meeting)
    return said.select_related("item", "organisation", "invitation__membership__seat").order_by("-said_at", "-pk")


def of_meeting(user: User, meeting: Meeting) -> dict[str, Any]:
    """For the meeting's own page: how many seats are taken, and the ways to what goes on; nothing before the day."""
    if meeting.kind == Meeting.Kind.WRITTEN or not (meeting.state in _HELD or takes_attendance(meeting)):
        return {}
    is_running = meeting.state == Meeting.State.RUNNING
    return {
        "held": {
            "is_on": meeting.state != Meeting.State.CLOSED,
            "is_running": is_running,
            "quorum": quorum(meeting) if is_running else None,
            "may_note": user.has_perm("meetings.note_attendance", meeting),
        }
    }
