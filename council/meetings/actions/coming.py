"""Coming: answers to invitations, and places in the room."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.capacity import FITTING, free_up, settle
from council.meetings.actions.common import lock
from council.meetings.bell import touched
from council.meetings.models import Alternate, Invitation, Meeting
from council.people.models import User


@transaction.atomic
def answer_invitation(
    invitation: Invitation, *, answer: str, by: User, note: str = "", by_link: bool = False, by_mail: bool = False
) -> Invitation:
    """Say whether one comes; may be changed until the meeting begins.

    Where all places in the room are taken, who wants to come waits in line, and moves up when one is freed.

    Args:
        by_link: Whether it was said through the link in the mail, without logging in.
        by_mail: Whether a calendar program answered by mail; it may say "perhaps", which leaves the answer open.

    Raises:
        ValidationError: The answer is none of the possible ones, or does not fit how the meeting is held.
        Refused: The meeting is over, cancelled or has begun; or someone else comes for the seat.
    """
    require(by, "meetings.answer_invitation", invitation)
    meeting = awaited(invitation.meeting)
    perhaps = by_mail and answer == Invitation.Answer.NONE
    if not perhaps:
        _check_answer(meeting, answer)
    alternate = Alternate.objects.filter(invitation=invitation).select_related("user").first()
    if alternate and answer == Invitation.Answer.DECLINED:
        message = _("%(person)s comes in place of the member; withdraw that first.")
        raise Refused(message % {"person": alternate.user.name})
    settle(invitation, meeting, answer, note=str(_("Perhaps")) if perhaps else note)
    record(
        Verb.INVITATION_ANSWERED,
        invitation,
        by=by,
        organisation_id=invitation.membership.organisation_id,
        title=meeting.title,
        answer=invitation.answer,
        by_link=by_link,
        by_mail=by_mail,
    )
    free_up(meeting, by=by)
    touched(meeting)
    return invitation


def awaited(meeting: Meeting) -> Meeting:
    """Hold a meeting still that is convened and still to come.

    Raises:
        Refused: It is over, cancelled or has begun.
    """
    locked = lock(meeting, [Meeting.State.CONVENED], _("This meeting takes no more answers."))
    if locked.starts_at <= clock.now():
        raise Refused(_("This meeting has begun; please tell the secretary directly."))
    return locked


def _check_answer(meeting: Meeting, answer: str) -> None:
    fitting = FITTING[Meeting.Mode(meeting.mode)]
    if answer == Invitation.Answer.ONLINE and answer not in fitting:
        raise ValidationError({"answer": _("This meeting is held in person only.")})
    if answer == Invitation.Answer.ATTENDING and answer not in fitting:
        raise ValidationError({"answer": _("This meeting is held online only.")})
    if answer not in fitting:
        raise ValidationError({"answer": _("Choose an answer.")})


@transaction.atomic
def fill_places() -> int:
    """Give places that were freed without anyone answering, as when a term ends, to who waits. Set off by the clock.

    Returns:
        How many moved up.
    """
    waited_for = Meeting.objects.filter(
        state=Meeting.State.CONVENED, starts_at__gt=clock.now(), invitations__answer=Invitation.Answer.WAITING
    ).distinct()
    return sum(len(free_up(awaited(meeting), by=None)) for meeting in waited_for)
