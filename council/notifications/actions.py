"""Telling: claim, write or send, mark. Each in one transaction, so that a killed worker leaves nothing half done."""

import datetime as dt
import logging
import smtplib
from collections.abc import Collection

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from council.core import clock
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.messages import compose
from council.notifications.models import Notification
from council.people.models import User

log = logging.getLogger(__name__)

FIRST_PAUSE = dt.timedelta(seconds=15)
LONGEST_PAUSE = dt.timedelta(hours=6)
MOST_ATTEMPTS = 12


def pause_after(attempts: int) -> dt.timedelta:
    """How long a row steps aside after so many failures: doubling, from seconds to hours."""
    doublings = min(attempts - 1, 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


@transaction.atomic
def dispatch(*, limit: int = 100, channels: Collection[str] = Notification.Channel.values) -> int:
    """Claim journal entries nobody was told of, and write one notification per person and channel.

    Two workers never claim the same entry, and an entry that fails steps aside without holding up the others.

    Returns:
        How many entries were claimed; 0 when there is nothing left to do now.
    """
    Entry.objects.undispatched().exclude(verb__in=ANNOUNCEMENTS).order_by().update(dispatched_at=clock.now())
    entries = Entry.objects.undispatched().select_for_update(skip_locked=True)[:limit]
    for entry in entries:
        try:
            with transaction.atomic():
                _tell(entry, channels)
        except Exception as error:  # whatever is wrong with one entry must not keep the others waiting
            log.exception("journal entry %s could not be dispatched", entry.pk)
            entry.attempts += 1
            entry.retry_at = clock.now() + pause_after(entry.attempts)
            entry.error = f"{type(error).__name__}: {error}"
        else:
            entry.dispatched_at = clock.now()
            entry.error = ""
        entry.save(update_fields=["attempts", "retry_at", "error", "dispatched_at"])
    return len(entries)


def _tell(entry: Entry, channels: Collection[str]) -> None:
    announcement = ANNOUNCEMENTS[Verb(entry.verb)]
    recipients = list(announcement.recipients(entry).values_list("pk", flat=True))
    Notification.objects.bulk_create(
        (
            Notification(entry=entry, recipient_id=recipient, channel=channel)
            for recipient in recipients
            for channel in announcement.channels
            if channel in channels
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )


def send_mails(*, limit: int = 50) -> int:
    """Send waiting mails over one connection, each claimed, sent and marked in a transaction of its own.

    A worker killed before the server took a mail leaves it waiting; what the server took is marked at once. Only a kill
    between the server's "taken" and the commit sends a mail again, with the same Message-ID.

    Returns:
        How many were dealt with; 0 when none is waiting.
    """
    connection = get_connection()
    done = 0
    try:
        while done < limit and _send_next(connection):
            done += 1
    finally:
        connection.close()
    return done


def _send_next(connection: BaseEmailBackend) -> bool:
    with transaction.atomic():
        notification = (
            Notification.objects.unsent()
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("entry__target_type", "recipient")
            .first()
        )
        if notification is None:
            return False
        _send(notification, connection)
        notification.save(update_fields=["attempts", "sent_at", "failed_at", "retry_at", "error"])
        return True


def _send(notification: Notification, connection: BaseEmailBackend) -> None:
    notification.attempts += 1
    notification.error = ""
    try:
        mail = compose(notification)
        if mail is None:
            notification.failed_at = clock.now()
            notification.error = "not sent: the reader may no longer see what it is about"
            return
        connection.open()
        connection.send_messages([mail])
        notification.sent_at = clock.now()
    except Exception as error:  # whatever is wrong with one mail must not keep the others waiting
        log.warning("mail of notification %s was not sent: %s", notification.pk, error)
        notification.error = f"{type(error).__name__}: {error}"
        if _is_final(error) or notification.attempts >= MOST_ATTEMPTS:
            notification.failed_at = clock.now()
        else:
            notification.retry_at = clock.now() + pause_after(notification.attempts)


def _is_final(error: Exception) -> bool:
    """Whether the server said that it will never take this mail (5xx, RFC 5321 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


@transaction.atomic
def read(notification: Notification, *, by: User) -> Notification:
    """Mark a notice as read."""
    Notification.objects.visible_to(by).unread().filter(pk=notification.pk).update(read_at=clock.now())
    notification.refresh_from_db()
    return notification


@transaction.atomic
def read_all(*, by: User) -> int:
    """Mark all one's notices as read.

    Returns:
        How many were unread.
    """
    return Notification.objects.visible_to(by).unread().update(read_at=clock.now())
