"""Who may do what with what came of a meeting: those who run the council decide upon it, each votes for their own seat."""

from council.core.permissions import allow, predicate
from council.decisions.models import Action, Minutes, Section, Voter
from council.decisions.models.minutes import was_there
from council.people.models import Membership, User
from council.people.rules import runs_council, seats_in


@predicate
def votes_for_seat(user: User, voter: Voter) -> bool:
    """Whether a line of the roll is one's own, as the member or as the alternate who came."""
    return voter.user_id == user.pk


@predicate
def is_responsible(user: User, action: Action) -> bool:
    """Whether an action is one's own, or one's organisation's; observers apart."""
    seats = [seat for seat in seats_in(user, action.council_id) if seat.role != Membership.Role.OBSERVER]
    return bool(seats) and (
        action.owner_id == user.pk or any(seat.organisation_id == action.organisation_id for seat in seats)
    )


@predicate
def attended(user: User, thing: Minutes | Section) -> bool:
    """Whether someone was at the meeting whose minutes these are, as a member or as an alternate."""
    minutes = getattr(thing, "minutes_id", thing.pk)
    return Minutes.objects.filter(was_there(user), pk=minutes).exists()


for verb in ("open_ballot", "close_ballot", "cancel_ballot", "cast_on_paper"):
    allow(f"decisions.{verb}", runs_council)
allow("decisions.cast", votes_for_seat)
for verb in ("record_decision", "revise_decision", "repeal_decision"):
    allow(f"decisions.{verb}", runs_council)
for verb in ("assign_action", "revise_action", "accept_action", "reopen_action", "drop_action"):
    allow(f"decisions.{verb}", runs_council)
allow("decisions.report_action", is_responsible | runs_council)
for verb in ("write_minutes", "circulate_minutes", "decide_correction", "approve_minutes", "add_annex"):
    allow(f"decisions.{verb}", runs_council)
allow("decisions.correct_minutes", attended)
allow("decisions.keep_recording", runs_council)
