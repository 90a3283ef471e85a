"""Receiving: what came in by mail to one of the product's own addresses is taken once, and does what it says."""

import logging

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature
from django.db import transaction

from council.core import addresses, clock
from council.core.errors import Refused
from council.exchange import calendar
from council.journal.verbs import Verb
from council.meetings import actions as meetings
from council.meetings.models import Invitation, Meeting
from council.meetings.rsvp import invitation_at, seats_of
from council.notifications import inbound
from council.notifications.actions.preferring import leave
from council.notifications.actions.returning import address_delayed, address_failed, complained
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.inbound import Automatic, Bounce, Complaint, Reply
from council.notifications.mails import row_of
from council.notifications.models import Notification, Received, Sending
from council.notifications.unsubscribing import Leave, may_leave

log = logging.getLogger(__name__)

Kind = Received.Kind
_ANSWERS = {
    "ACCEPTED": Invitation.Answer.ATTENDING,
    "DECLINED": Invitation.Answer.DECLINED,
    "TENTATIVE": Invitation.Answer.NONE,
}


def is_ours(address: str) -> bool:
    """Whether mail to an address is taken at all: those the product made, and no other."""
    try:
        addresses.read(address)
    except BadSignature:
        return False
    return True


@transaction.atomic
def receive(content: bytes, *, to: str) -> Received:
    """Take one mail; the same one again changes nothing.

    Args:
        content: The mail as it came.
        to: The address it came to, from the envelope.

    Returns:
        What it was taken for, and what became of it.

    Raises:
        BadSignature: The address is none of the product's own.
    """
    purpose, key = addresses.read(to)
    mail = inbound.read(content)
    name = inbound.name_of(mail, content)
    taken, is_new = Received.objects.get_or_create(message_id=name, to=to.strip("<> ").lower()[:320])
    if not is_new:
        return taken
    meaning = inbound.meaning_of(mail)
    match purpose, meaning:
        case _, Complaint():
            _take_complaint(taken, meaning, to)
        case "bounce", Bounce():
            _take_bounce(taken, meaning, row_of(key))
        case "rsvp", Reply():
            _take_reply(taken, meaning, to)
        case _, Automatic() | Bounce():
            taken.kind = Kind.AUTOMATIC
        case "unsubscribe", _:
            _take_unsubscription(taken, row_of(key))
        case _:
            taken.result = "not understood"
    taken.save()
    log.info("mail %s to %s: %s %s", name, purpose, taken.kind, taken.result)
    return taken


def _take_bounce(taken: Received, bounce: Bounce, row: Sending | None) -> None:
    taken.kind = Kind.BOUNCE if bounce.is_final else Kind.DELAY
    taken.result = bounce.reason
    if row is None or bounce.action not in {"failed", "delayed"}:
        return
    taken.user = row.recipient
    if bounce.is_final and row.bounced_at is None:
        type(row)._default_manager.filter(pk=row.pk).update(bounced_at=clock.now(), bounce=bounce.reason)
    if bounce.blames_address:
        address_failed(row.recipient, address=row.address, reason=bounce.reason)
    else:
        address_delayed(row.recipient, address=row.address)


def _take_complaint(taken: Received, complaint: Complaint, to: str) -> None:
    taken.kind = Kind.COMPLAINT
    for address in (to, *complaint.addresses):
        try:
            purpose, key = addresses.read(address)
        except BadSignature:
            continue
        row = row_of(key) if purpose in {"bounce", "unsubscribe"} else None
        if row is not None:
            taken.user = row.recipient
            type(row)._default_manager.filter(pk=row.pk, complained_at=None).update(complained_at=clock.now())
            complained(row.recipient, address=row.address)
            return
    taken.result = "about none of our mails"


def _take_reply(taken: Received, reply: Reply, to: str) -> None:
    """An answer counts where it comes to the invited person's own address, and names them and the meeting."""
    taken.kind = Kind.REPLY
    invitation = invitation_at(to)
    answer = _ANSWERS.get(reply.answer)
    if invitation is None or answer is None:
        taken.result = "too late" if invitation is None else f"not an answer: {reply.answer}"[:300]
        return
    person = invitation.membership.user
    taken.user = person
    if reply.attendee != person.email or reply.uid != calendar.uid(invitation.meeting):
        taken.result = "about someone else or another meeting"
        return
    if answer == Invitation.Answer.ATTENDING and invitation.meeting.mode == Meeting.Mode.ONLINE:
        answer = Invitation.Answer.ONLINE
    try:
        with transaction.atomic():
            for seat in seats_of(invitation):
                meetings.answer_invitation(seat, answer=answer, by=person, by_mail=True)
    except (Refused, ValidationError, PermissionDenied) as error:
        taken.result = f"refused: {error}"[:300]
    else:
        taken.result = answer


def _take_unsubscription(taken: Received, row: Sending | None) -> None:
    taken.kind = Kind.UNSUBSCRIPTION
    if row is None:
        return
    taken.user = row.recipient
    kind = ANNOUNCEMENTS[Verb(row.entry.verb)].kind if isinstance(row, Notification) else None
    if kind is None or may_leave(kind):
        leave(Leave(row.recipient.pk, kind))
    else:
        taken.result = "a duty"
