"""What waits for someone while meetings are prepared: items to propose, proposals to decide on, referrals to take up."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from council.core import clock
from council.meetings.models import Meeting, Proposal, Referral
from council.people.models import Membership, User
from council.web.gathered.waiting_things import Kind, Waiting

_BEFORE = (Meeting.State.PLANNED, Meeting.State.CONVENED)


def proposals(user: User, memberships: Sequence[Membership]) -> Kind:
    """Calls for agenda items one may still answer and has not; for the secretary the proposals to decide on."""
    keeps = {each.council_id for each in memberships if each.role == Membership.Role.SECRETARY}
    asking = Q(proposals_until__gt=clock.now()) | Q(proposals_until__isnull=False, council__in=keeps)
    return Kind(Meeting.objects.filter(asking, state__in=_BEFORE), partial(_calls, user, keeps))


def _calls(user: User, keeps: set[UUID], found: QuerySet[Meeting]) -> Iterator[Waiting]:
    own = Membership.objects.current().speaking().filter(user=user.pk, council=OuterRef("council"))
    invited = Q(subcommittee=None) & Exists(own) | Exists(own.filter(subcommittees=OuterRef("subcommittee")))
    made = Proposal.objects.filter(meeting=OuterRef("pk"), proposed_by=user.pk)
    asking = Q(proposals_until__gt=clock.now()) & invited & ~Q(council__in=keeps) & ~Exists(made)
    open_ones = Count("proposals", filter=Q(proposals__state=Proposal.State.OPEN))
    to_decide = Q(council__in=keeps, to_decide__gt=0)
    for meeting in found.annotate(to_decide=open_ones).filter(asking | to_decide).select_related("council"):
        yield _to_decide(meeting) if meeting.council_id in keeps else _to_propose(meeting)


def _to_propose(meeting: Meeting) -> Waiting:
    return Waiting(
        icon="plus",
        asks=_("Propose agenda items, if you have any"),
        title=meeting.title,
        council=str(meeting.council),
        due=meeting.proposals_until,
        url=reverse("web:propose_item", args=[meeting.pk]),
        action=_("Propose an item"),
    )


def _to_decide(meeting: Any) -> Waiting:
    number = meeting.to_decide
    asks = ngettext("Decide on %(number)d proposed agenda item", "Decide on %(number)d proposed agenda items", number)
    return Waiting(
        icon="inbox",
        asks=asks % {"number": number},
        title=meeting.title,
        council=str(meeting.council),
        due=meeting.starts_at,
        url=reverse("web:proposals", args=[meeting.pk]),
        action=_("Decide"),
    )


def referrals(memberships: Sequence[Membership]) -> Kind:
    """Items other bodies forwarded to a council one runs, neither on an agenda there nor returned yet."""
    runs = {each.council_id for each in memberships if each.role in Membership.OFFICERS}
    return Kind(Referral.objects.filter(to_council__in=runs, state=Referral.State.SENT), _forwarded)


def _forwarded(found: QuerySet[Referral]) -> Iterator[Waiting]:
    related = "item__meeting__subcommittee", "item__council", "to_council", "to_subcommittee"
    for referral in found.select_related(*related).order_by("id"):
        receiver = referral.to_subcommittee or referral.to_council
        yield Waiting(
            icon="right",
            asks=_("Take up what was forwarded to %(receiver)s, or return it") % {"receiver": receiver},
            title=referral.item.title,
            council=str(referral.item.meeting.subcommittee or referral.item.council),
            url=referral.get_absolute_url(),
            action=_("Read the request"),
        )
