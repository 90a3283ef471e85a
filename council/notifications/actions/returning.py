"""What comes back: addresses that do not work, complaints, and setting things right."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from council.core import clock
from council.core.permissions import require
from council.journal.actions import record_each
from council.journal.verbs import Verb
from council.notifications.models import Digest, Mailbox, Notification, Sending
from council.people.models import Membership, User

TRIED_AGAIN = dt.timedelta(days=14)
"""What was not sent for this long, because an address did not work, is sent once it works again."""


@transaction.atomic
def address_failed(user: User, *, address: str, reason: str) -> None:
    """Note that mails to someone come back for good; nothing is sent there any more. Their secretaries are told.

    What is said of an address they no longer have is of no interest.
    """
    mailbox = _mailbox(user, address)
    if mailbox is None or mailbox.failing_since is not None:
        return
    mailbox.failing_since, mailbox.reason = clock.now(), reason[:300]
    mailbox.save()
    _record(Verb.MAILBOX_FAILED, user)


@transaction.atomic
def address_delayed(user: User, *, address: str) -> None:
    """Count a fault that passes: a full mailbox, a server that was away."""
    mailbox = _mailbox(user, address)
    if mailbox is not None:
        Mailbox.objects.filter(pk=mailbox.pk).update(delays=F("delays") + 1, delayed_at=clock.now())


@transaction.atomic
def complained(user: User, *, address: str) -> None:
    """Note that someone reported a mail of ours as unwanted: nothing but duties goes there by mail any more."""
    mailbox = _mailbox(user, address)
    if mailbox is None or mailbox.complained_at is not None:
        return
    mailbox.complained_at = clock.now()
    mailbox.save()
    _record(Verb.MAIL_COMPLAINED_OF, user)


@transaction.atomic
def confirm_address(mailbox: Mailbox, *, by: User) -> Mailbox:
    """Say that an address works, and that mail is wanted there: what was not sent lately is tried again."""
    require(by, "notifications.confirm_address", mailbox)
    found = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    if found.failing_since is None and found.complained_at is None:
        return found
    return _works(found, by)


@transaction.atomic
def follow_address(user: User, *, by: User) -> Mailbox | None:
    """Take note that somebody has another address, of which nothing bad is known: what was not sent lately is sent there.

    Returns:
        What is known of their address; nothing where nothing ever came back.
    """
    found = Mailbox.objects.select_for_update().filter(user=user.pk).exclude(address=user.email).first()
    if found is None:
        return None
    require(by, "notifications.confirm_address", found)
    found.address, found.delayed_at = user.email, None
    return _works(found, by)


def _works(found: Mailbox, by: User) -> Mailbox:
    found.failing_since, found.complained_at, found.reason, found.delays = None, None, "", 0
    found.save()
    for model in (Notification, Digest):
        kept_back = model._default_manager.filter(
            recipient=found.user_id,
            why__in=[Sending.Why.ADDRESS, Sending.Why.COMPLAINT],
            failed_at__gte=clock.now() - TRIED_AGAIN,
        )
        kept_back.update(failed_at=None, why="", retry_at=None, error="", attempts=0)
    _record(Verb.MAILBOX_CONFIRMED, found.user, by=by)
    return found


def _mailbox(user: User, address: str) -> Mailbox | None:
    """The row for someone's present address, locked; None where the address is another one."""
    if address.lower() != user.email:
        return None
    mailbox, _made = Mailbox.objects.select_for_update().get_or_create(user=user, defaults={"address": user.email})
    if mailbox.address != user.email:
        mailbox.address, mailbox.delays, mailbox.delayed_at = user.email, 0, None
        mailbox.failing_since = mailbox.complained_at = None
    return mailbox


def _record(verb: Verb, user: User, *, by: User | None = None) -> None:
    """In the journal of each council they sit on; their own where they sit on none."""
    memberships = list(Membership.objects.current().filter(user=user))
    record_each(verb, memberships or [user], by=by, person=user.name)
