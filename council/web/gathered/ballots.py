"""A ballot as a page shows it: one's own lines, how it stands, the roll, and the result with how it was computed."""

from typing import Any
from uuid import uuid4

from django.db.models import Count, Q

from council.decisions import actions
from council.decisions.models import Ballot, Voter
from council.decisions.results import in_words
from council.people.models import User
from council.web.forms.ballots import VoteForm
from council.web.may import may

TONES = {"for": "success", "against": "danger", "abstain": "gray"}
RELATED = ("membership__seat", "membership__user", "user", "organisation")


def cards(
    user: User, ballot: Ballot, posted: VoteForm | None = None, voter: Voter | None = None
) -> list[dict[str, Any]]:
    """One's own lines of the roll, each with the form to vote while one may."""
    lines = Voter.objects.of(user).filter(ballot=ballot).select_related(*RELATED)
    open_ = not actions.why_not_vote(ballot)
    return [
        {
            "voter": line,
            "form": (posted if voter == line else None) or new_form(ballot, line)
            if open_ and not line.has_voted
            else None,
        }
        for line in lines
    ]


def new_form(ballot: Ballot, voter: Voter, data: Any = None) -> VoteForm:
    """The form to vote with for a seat; its key is made with it, so that the same form sent twice counts once."""
    return VoteForm(data, ballot=ballot, auto_id=f"vote-{voter.pk}-%s", initial={"key": uuid4()})


def shown(user: User, ballot: Ballot) -> dict[str, Any]:
    """Everything a ballot's page says; who chose what only of a named one, and only once it is closed."""
    roll = Voter.objects.filter(ballot=ballot).select_related(*RELATED)
    voted = roll.filter(has_voted=True).count()
    is_closed = ballot.state == Ballot.State.CLOSED
    return {
        "ballot": ballot,
        "roll": roll,
        "voted": voted,
        "shows_choices": is_closed and not ballot.secret,
        "words": in_words(ballot.computation) if is_closed else [],
        "shares": parts(ballot) if is_closed else [],
        "may": may(
            user, ballot, "decisions.close_ballot", "decisions.cancel_ballot", "decisions.cast_on_paper",
            "decisions.record_decision",
        ),
        "is_open": ballot.state == Ballot.State.OPEN,
        "takes_paper": ballot.state == Ballot.State.OPEN and not ballot.secret,
    }  # fmt: skip


def parts(ballot: Ballot) -> list[tuple[str, int, str]]:
    """A closed ballot's result for a bar."""
    counts = {"for": ballot.votes_for, "against": ballot.votes_against, "abstain": ballot.abstentions}
    return [(str(choice.label), counts[choice.value] or 0, TONES[choice.value]) for choice in Voter.Choice]


def of(user: User, meeting: Any) -> Any:
    """The ballots of a meeting, each with how many have voted."""
    ballots = Ballot.objects.visible_to(user).filter(meeting=meeting).select_related("item").order_by("pk")
    return ballots.annotate(voted=Count("roll", filter=Q(roll__has_voted=True)))
