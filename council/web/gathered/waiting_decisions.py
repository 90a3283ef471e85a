"""What waits for someone of what meetings decide: votes to cast, and actions to finish or to accept."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from council.core import clock
from council.decisions.models import Action, Ballot, Voter
from council.people.models import Membership, User
from council.web.gathered.waiting_things import Waiting


def ballots(user: User) -> Iterator[Waiting]:
    """The open ballots in which someone has not voted yet."""
    mine = Voter.objects.visible_to(user).of(user).filter(ballot__state=Ballot.State.OPEN, has_voted=False)
    for voter in mine.select_related("ballot__meeting", "ballot__council", "organisation").order_by("pk"):
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


def actions(user: User, memberships: Sequence[Membership]) -> Iterator[Waiting]:
    """The actions that are someone's own, or their organisation's where nobody is named; and reports to accept."""
    own = {(each.council_id, each.organisation_id) for each in memberships if each.role != Membership.Role.OBSERVER}
    keeps = {each.council_id for each in memberships if each.role == Membership.Role.SECRETARY}
    todo = Q(state__in=[Action.State.ASSIGNED, Action.State.IN_PROGRESS]) & (
        Q(owner=user.pk) | Q(owner=None, organisation__in={organisation for _council, organisation in own})
    )
    reported = Q(state=Action.State.REPORTED, council__in=keeps)
    found = Action.objects.visible_to(user).filter(todo | reported).select_related("council", "organisation")
    yield from _lines(found.order_by("due_on", "pk"), own)


def _lines(found: Iterable[Action], own: set[tuple[Any, Any]]) -> Iterator[Waiting]:
    for action in found:
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
