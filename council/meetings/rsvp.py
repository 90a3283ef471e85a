"""Answering from the mail without logging in: a signed word that stands for one invitation.

It is no password: it lets its bearer read title, time and place of that meeting and say whether that person comes, for
each seat they hold, and nothing else. It dies when the meeting begins or is called off, and when the membership ends.
"""

from uuid import UUID

from django.core import signing

from council.core import addresses, clock
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
    return _alive(UUID(_SIGNER.unsign(token)))


def address_for(invitation: Invitation) -> str:
    """Where a calendar program sends the answer of the one who is invited; empty where the product takes no mail."""
    return addresses.signed("rsvp", invitation.pk.hex)


def invitation_at(address: str) -> Invitation | None:
    """The invitation whose answers come to an address, with its meeting and person; None once it takes no more.

    Raises:
        BadSignature: The address is none of ours.
    """
    purpose, key = addresses.read(address)
    return _alive(UUID(key)) if purpose == "rsvp" else None


def _alive(pk: UUID) -> Invitation | None:
    invitations = Invitation.objects.select_related("meeting__council", "membership__user", "membership__organisation")
    return invitations.filter(
        pk=pk,
        membership__in=Membership.objects.current(),
        meeting__state=Meeting.State.CONVENED,
        meeting__starts_at__gt=clock.now(),
    ).first()


def seats_of(invitation: Invitation) -> list[Invitation]:
    """The invitations of the same person to the same meeting: who holds several seats answers for each."""
    person, current = invitation.membership.user_id, Membership.objects.current()
    invitations = Invitation.objects.filter(
        meeting=invitation.meeting_id, membership__user=person, membership__in=current
    )
    return list(invitations.select_related("meeting__council", "membership__user", "membership__organisation"))
