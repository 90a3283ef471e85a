"""Who may do what with meetings: those who run the council prepare and convene, each member answers for themselves."""

from council.core import clock
from council.core.permissions import allow, predicate
from council.meetings.models import Invitation
from council.people.models import User
from council.people.rules import runs_council


@predicate
def is_invited(user: User, invitation: Invitation) -> bool:
    """Whether an invitation is one's own and the membership still runs."""
    return invitation.membership.user_id == user.pk and invitation.membership.covers(clock.today())


for verb in ("plan_meeting", "revise_meeting", "convene_meeting", "cancel_meeting", "close_meeting", "edit_agenda"):
    allow(f"meetings.{verb}", runs_council)
allow("meetings.answer_invitation", is_invited | runs_council)
