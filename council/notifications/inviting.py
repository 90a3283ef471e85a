"""What a mail about a meeting carries beside its words: the meeting for the reader's calendar, and a link to answer by."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q, QuerySet
from django.urls import reverse

from council.core import clock
from council.exchange import calendar
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.meetings.models import Alternate, Invitation, Meeting
from council.meetings.rsvp import token_for
from council.people.models import User


@dataclass(frozen=True)
class Invited:
    """Someone who is told of a meeting they come to, and for which seat.

    Attributes:
        invitation: The seat's.
        answer_at: Where they answer without logging in; empty where nothing is to be answered any more.
        withdrawn: They were to come in place of a member, and do not any more.
    """

    user: User
    invitation: Invitation
    answer_at: str
    withdrawn: bool = False

    def attach(self, mail: EmailMultiAlternatives) -> None:
        """Put the meeting into a mail as the last, richest alternative, as calendar programs look for it (RFC 6047)."""
        invitation = self.invitation
        method, text = calendar.invitation_ics(
            invitation.meeting, invitation, to=self.user, answer_at=self.answer_at, withdrawn=self.withdrawn
        )
        mail.attach_alternative(text, f"{calendar.MEDIA_TYPE}; method={method}")


def invited(user: User, entry: Entry) -> Invited | None:
    """How someone is invited to the meeting an entry is about, for themselves or in place of a member."""
    meeting = _meeting(entry)
    if meeting is None:
        return None
    invitations = Invitation.objects.filter(meeting=meeting).select_related("meeting__council", "membership__user")
    mine = Q(membership__user=user.pk) | Q(alternate__user=user.pk)
    invitation = invitations.filter(mine).order_by("id").first()
    if invitation is None:
        return _withdrawn(user, entry, invitations)
    answers = invitation.membership.user_id == user.pk and _takes_answers(invitation.meeting)
    return Invited(user, invitation, answer_address(invitation) if answers else "")


def _withdrawn(user: User, entry: Entry, invitations: QuerySet[Invitation]) -> Invited | None:
    """Someone whose mandate was withdrawn: the seat is not theirs any more, but their calendar still has it."""
    if entry.verb != Verb.ALTERNATE_WITHDRAWN or entry.data.get("user_id") != str(user.pk):
        return None
    invitation = invitations.filter(pk=entry.target_id).first()
    return Invited(user, invitation, "", withdrawn=True) if invitation else None


def answer_address(invitation: Invitation) -> str:
    """Where an invitation is answered from the mail."""
    return f"{settings.SITE_URL}{reverse('web:rsvp', args=[token_for(invitation)])}"


def _takes_answers(meeting: Meeting) -> bool:
    return meeting.state == Meeting.State.CONVENED and meeting.starts_at > clock.now()


def _meeting(entry: Entry) -> UUID | None:
    """The key of the meeting an entry is about."""
    model = entry.target_type.model_class()
    if model is Meeting:
        return entry.target_id
    if model is Invitation:
        return Invitation.objects.filter(pk=entry.target_id).values_list("meeting", flat=True).first()
    if model is Alternate:
        return Alternate.objects.filter(pk=entry.target_id).values_list("invitation__meeting", flat=True).first()
    return None
