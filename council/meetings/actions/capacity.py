"""Places in the room (정원): how many are taken, who waits for one, and who moves up when one is free.

Whoever changes an answer or the number of places holds the meeting locked; so no two people take the same place.
"""

from typing import Any

from council.core import clock
from council.core.saving import change
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.models import Invitation, Meeting
from council.meetings.models.coming import InvitationQuerySet
from council.people.models import Membership, User

Answer = Invitation.Answer
FITTING = {
    Meeting.Mode.IN_PERSON: (Answer.ATTENDING, Answer.DECLINED),
    Meeting.Mode.ONLINE: (Answer.ONLINE, Answer.DECLINED),
    Meeting.Mode.HYBRID: (Answer.ATTENDING, Answer.ONLINE, Answer.DECLINED),
}


def invited(meeting: Meeting) -> InvitationQuerySet:
    """The invitations of those whose membership still runs; nobody else takes up a place."""
    return Invitation.objects.filter(meeting=meeting, membership__in=Membership.objects.current())


def free(meeting: Meeting) -> int | None:
    """How many places are left; None where nobody counts them."""
    if meeting.capacity is None:
        return None
    return max(0, meeting.capacity - invited(meeting).filter(answer=Answer.ATTENDING).count())


def waiting(meeting: Meeting) -> InvitationQuerySet:
    """Who waits for a place, the longest first."""
    return invited(meeting).filter(answer=Answer.WAITING).order_by("answered_at", "id")


def settle(invitation: Invitation, meeting: Meeting, answer: str, **values: Any) -> None:
    """Write down an answer: one to come is a place in the room, or one in the line if there is none left.

    Who has a place or waits already, and says so again, keeps it.
    """
    if answer == Answer.ATTENDING:
        free_up(meeting, by=None)
    invitation.refresh_from_db()
    had = invitation.answer
    if answer == Answer.ATTENDING != had and free(meeting) == 0:
        answer = Answer.WAITING
    answered_at = invitation.answered_at if answer == had == Answer.WAITING else clock.now()
    change(invitation, answer=answer, answered_at=answered_at, **values)


def free_up(meeting: Meeting, *, by: User | None) -> list[Invitation]:
    """Give what places are free to whoever waited longest, and tell them.

    Args:
        meeting: Held locked by the caller.
        by: Who freed them; None where it was the clock.
    """
    left = free(meeting)
    moved = list(waiting(meeting)[:left])
    for invitation in moved:
        change(invitation, answer=Answer.ATTENDING)
        record(
            Verb.PLACE_FREED,
            invitation,
            by=by,
            organisation_id=invitation.membership.organisation_id,
            title=meeting.title,
            starts_at=meeting.starts_at,
            place=meeting.place,
        )
    return moved


def ask_again(meeting: Meeting) -> None:
    """Take back the answers that no longer fit how the meeting is held; who gave them is asked again."""
    keeps = [*FITTING[Meeting.Mode(meeting.mode)], Answer.NONE]
    if Answer.ATTENDING in keeps:
        keeps.append(Answer.WAITING)
    gone = Invitation.objects.filter(meeting=meeting).exclude(answer__in=keeps)
    gone.update(answer=Answer.NONE, answered_at=None, modified_at=clock.now())
