"""의사정족수: how many seats count, how many are taken, and whether that is enough. Nothing is stored, all is counted."""

from dataclasses import dataclass

from django.db.models import Count, Q

from council.core import clock
from council.meetings.models import AgendaItem, Attendance, Meeting
from council.meetings.models.coming import InvitationQuerySet
from council.people.models import Membership, Share


@dataclass(frozen=True)
class Quorum:
    """How a meeting stands, for one item or in general.

    Attributes:
        seats: Seats that count: those invited, without those recused from the item.
        needed: How many of them have to be taken.
        present: How many are taken, by the member or an alternate, in the room or by video.
    """

    seats: int
    needed: int
    present: int

    @property
    def met(self) -> bool:
        """Whether enough are there; never of nobody."""
        return 0 < self.needed <= self.present


def seats_for(meeting: Meeting, item: AgendaItem | None = None) -> InvitationQuerySet:
    """The invitations whose seats count: of members in office that day (재적), without those recused from the item."""
    day = clock.seoul_date(meeting.starts_at)
    invitations = meeting.invitations.filter(
        Q(membership__ends_on=None) | Q(membership__ends_on__gte=day),
        Q(membership__dismissed_on=None) | Q(membership__dismissed_on__gt=day),
        membership__role__in=Membership.SEATED,
        membership__starts_on__lte=day,
    )
    if item is not None:
        invitations = invitations.exclude(recusals__in=item.recusals.granted())
    return invitations


def present_for(meeting: Meeting, item: AgendaItem | None = None) -> InvitationQuerySet:
    """Those of the seats that count that are taken now. Attendance by video counts (committees Act 9 (2))."""
    here = Attendance.objects.here().filter(meeting=meeting)
    return seats_for(meeting, item).filter(_with_vote(meeting), attendance__in=here)


def quorum(meeting: Meeting, item: AgendaItem | None = None) -> Quorum:
    """How the meeting stands now, by the council's own rule; the default is the majority of the seats."""
    here = Q(attendance__present=True) & _with_vote(meeting)
    seats = seats_for(meeting, item).aggregate(total=Count("pk"), present=Count("pk", filter=here))
    needed = Share(meeting.council.quorum).needed(seats["total"])
    return Quorum(seats=seats["total"], needed=needed, present=seats["present"])


def _with_vote(meeting: Meeting) -> Q:
    """Whose sitting there takes a seat: an alternate's only where alternates vote."""
    return Q() if meeting.council.alternates_vote else Q(attendance__alternate=None)
