"""What waits for someone of what meetings decide: votes to cast, and actions to finish or to accept."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from council.core import clock
from council.decisions.models import Action, Ballot, Voter
from council.people.models import Membership, User
from council.web.gathered.waiting_things import Kind, Waiting


def ballots(user: User) -> Kind:
    """The open ballots in which someone has not voted yet."""
    return Kind(Voter.objects.of(user).filter(ballot__state=Ballot.State.OPEN, has_voted=False), _votes)


def _votes(found: QuerySet[Voter]) -> Iterator[Waiting]:
    for voter in found.select_related("ballot__meeting", "ballot__council", "organisation").order_by("pk"):
        ballot = voter.ballot
        written = ballot.base == Ballot.Base.RETURNED
        if written and ballot.meeting.ends_at <= clock.now():
            continue
        yield Waiting(
            icon="gavel",
            asks=_("Return your form") if written else _("Vote now"),
            title=ballot.question,
            council=str(ballot.council),
            for_whom=str(voter.organisation),
            due=ballot.meeting.ends_at,
            url=ballot.get_absolute_url(),
            action=_("Vote"),
        )


def actions(user: User, memberships: Sequence[Membership]) -> Kind:
    """The actions that are someone's own, or their organisation's where nobody is named; and reports to accept."""
    own = {(each.council_id, each.organisation_id) for each in memberships if each.role != Membership.Role.OBSERVER}
    keeps = {each.council_id for each in memberships if each.role == Membership.Role.SECRETARY}
    todo = Q(state__in=[Action.State.ASSIGNED, Action.State.IN_PROGRESS]) & (
        Q(owner=user.pk) | Q(owner=None, organisation__in={organisation for _council, organisation in own})
    )
    reported = Q(state=Action.State.REPORTED, council__in=keeps)
    return Kind(Action.objects.filter(todo | reported), partial(_lines, own))


def _lines(own: set[tuple[Any, Any]], found: QuerySet[Action]) -> Iterator[Waiting]:
    for action in found.select_related("council", "organisation").order_by("due_on", "pk"):
        is_reported = action.state == Action.State.REPORTED
        if not is_reported and action.owner_id is None and (action.council_id, action.organisation_id) not in own:
            continue
        yield Waiting(
            icon="check-circle" if is_reported else "flag",
            asks=_("Accept what was reported as done") if is_reported else _("Finish this action"),
            title=action.title,
            council=str(action.council),
            for_whom=str(action.organisation),
            due=None if is_reported else clock.end_of_day(action.due_on),
            is_day=not is_reported,
            url=action.get_absolute_url(),
            action=_("Read and accept") if is_reported else _("Report"),
        )
