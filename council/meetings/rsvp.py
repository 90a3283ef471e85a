"""Answering from the mail without logging in: a signed word that stands for one invitation.

It is no password: it lets its bearer read title, time and place of that meeting and say whether that person comes, and
nothing else. It dies when the meeting begins or is called off, and when the membership ends.
"""

from uuid import UUID

from django.core import signing

from council.core import clock
from council.meetings.models import Invitation, Meeting
from council.people.models import Membership

_SIGNER = signing.Signer(salt="council.meetings.rsvp", sep=".")


def token_for(invitation: Invitation) -> str:
    """The word for an invitation, always the same; safe in an address."""
    return _SIGNER.sign(invitation.pk.hex)


def invitation_of(token: str) -> Invitation | None:
    """The invitation a word stands for, with its meeting and person; None once the word is dead.

    Raises:
        BadSignature: Nobody here wrote this word.
    """
    pk = UUID(_SIGNER.unsign(token))
    invitations = Invitation.objects.select_related("meeting__council", "membership__user", "membership__organisation")
    return invitations.filter(
        pk=pk,
        membership__in=Membership.objects.current(),
        meeting__state=Meeting.State.CONVENED,
        meeting__starts_at__gt=clock.now(),
    ).first()
