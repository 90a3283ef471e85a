"""At which place someone sits at a meeting: their own or, as an alternate (대리참석), that of another member."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from council.core import clock
from council.meetings.models import Alternate, Attendance, Invitation, Meeting
from council.people.models import Membership, User

EARLY = dt.timedelta(hours=2)


@dataclass(frozen=True)
class Place:
    """A place at the table and who takes it: the member, or the alternate if there is one named here."""

    invitation: Invitation
    alternate: Alternate | None = None

    @property
    def membership(self) -> Membership:
        """The membership it belongs to."""
        return self.invitation.membership

    @property
    def person(self) -> User:
        """Who sits there."""
        return self.alternate.user if self.alternate else self.membership.user

    @property
    def title(self) -> str:
        """As what they sit there."""
        return self.alternate.title if self.alternate else self.membership.title

    @property
    def speaks(self) -> bool:
        """Whether one may speak from it; observers (참관) may not."""
        return self.membership.role != Membership.Role.OBSERVER


def named_for(invitation: Invitation) -> Alternate | None:
    """The alternate named for an invitation."""
    alternate: Alternate | None = getattr(invitation, "alternate", None)
    return alternate


def places(user: User, meeting: Meeting) -> list[Place]:
    """Where someone may sit at a meeting: seats before places without one, their own before another's."""
    invitations = meeting.invitations.filter(Q(membership__user=user.pk) | Q(alternate__user=user.pk)).select_related(
        "membership__user", "membership__organisation", "alternate__user"
    )
    found = [
        Place(invitation) if invitation.membership.user_id == user.pk else Place(invitation, named_for(invitation))
        for invitation in invitations
        if invitation.membership.covers(clock.today())
    ]
    return sorted(found, key=lambda place: (not place.invitation.votes, place.alternate is not None))


def place_of(attendance: Attendance) -> Place | None:
    """The place somebody present has taken; none for a guest."""
    return Place(attendance.invitation, attendance.alternate) if attendance.invitation else None


def attending(user: User, meeting: Meeting) -> Attendance | None:
    """Someone's own attendance, as long as they are there."""
    as_member = Q(alternate=None, invitation__membership__user=user.pk)
    rows = meeting.attendance.here().filter(as_member | Q(alternate__user=user.pk))
    whose = ("invitation__membership__organisation", "invitation__membership__user", "alternate__user")
    return next((row for row in rows.select_related(*whose)), None)


def takes_attendance(meeting: Meeting) -> bool:
    """Whether people can arrive now: from two hours before a convened meeting on its day, and while it runs."""
    if meeting.kind == Meeting.Kind.WRITTEN:
        return False
    if meeting.state == Meeting.State.RUNNING:
        return True
    on_the_day = meeting.starts_at - EARLY <= clock.now() <= clock.end_of_day(clock.seoul_date(meeting.ends_at))
    return meeting.state == Meeting.State.CONVENED and on_the_day


def is_recused(invitation: Invitation, meeting: Meeting) -> bool:
    """Whether a seat keeps out of what the meeting is dealing with now."""
    return invitation.recusals.granted().filter(item=meeting.current_item_id).exists()
