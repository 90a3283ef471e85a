"""Sending: claim some, hand over one after the other, mark each at once.

A worker killed before the server took a mail leaves it waiting; what the server took is marked before the next one is handed
over. Only a kill between the server's "taken" and that mark sends one mail again, with the same Message-ID.
"""

import datetime as dt
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.db.models import QuerySet

from council.core import clock
from council.journal.verbs import Verb
from council.notifications import mails, quiet
from council.notifications.actions.returning import address_failed
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.claiming import claimed
from council.notifications.digesting import compose_digest
from council.notifications.models import DUTIES, Digest, Habits, Kind, Mailbox, Notification, Sending
from council.notifications.posting import BrokenOffError, Post, UnreachableError, answer_of, is_final, said

log = logging.getLogger(__name__)

FIRST_PAUSE = dt.timedelta(seconds=15)
LONGEST_PAUSE = dt.timedelta(hours=6)
MOST_ATTEMPTS = 16
"""Over about a day: who greylists takes a mail within the hour; our own server's absence is no attempt."""
FRESH = 20.0
"""Seconds for which it holds what was asked for all of a batch: who may still see what they are told of."""


def longest_pause(attempts: int) -> dt.timedelta:
    """The most a row steps aside after so many failures: doubling, from seconds to hours."""
    doublings = min(attempts - 1, 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def pause_after(attempts: int, draw: Callable[[], float] = random.random) -> dt.timedelta:
    """How long a row steps aside: anything up to the longest, so that what failed together does not come back together.

    Args:
        attempts: How often it has failed.
        draw: Gives the part of the longest pause, from 0 to 1.
    """
    return draw() * longest_pause(attempts)


@dataclass(frozen=True)
class Source:
    """A kind of mail: which rows wait, with what is read of them; how one is written; what is asked for all at once."""

    waiting: Callable[[], QuerySet[Any]]
    compose: Callable[[Any], EmailMultiAlternatives | None]
    look_up: Callable[[list[Any]], None] = lambda rows: None


READER = ("recipient__mailbox", "recipient__habits")
SOURCES = (
    Source(
        lambda: Notification.objects.unsent().select_related(*READER).prefetch_related("entry__target_type"),
        mails.compose,
        mails.look_up,
    ),
    Source(lambda: Digest.objects.waiting().select_related(*READER), compose_digest),
)


def send_mails(*, limit: int = 200) -> int:
    """Send waiting mails over one connection, first those that go at once, then digests.

    A server that does not answer ends the round; no mail is blamed for it but the one that was under way.

    Args:
        limit: How many of a kind are claimed, and looked up, at once; of a slow server's, those that it takes in time.

    Returns:
        How many were dealt with; 0 when none is waiting or the server does not answer.
    """
    done = 0
    with Post() as post:
        for source in SOURCES:
            with claimed(source.waiting(), limit) as rows:
                source.look_up(rows)
                try:
                    done += _send_each(rows, source, post)
                except (UnreachableError, BrokenOffError) as error:
                    log.warning("the mail server does not answer: %s", error)
                    return done
    return done


def _send_each(rows: list[Any], source: Source, post: Post) -> int:
    """Send some rows' mails, as long as what was looked up for them is fresh; answers how many were dealt with."""
    until = time.monotonic() + FRESH
    for number, row in enumerate(rows, start=1):
        if mail := _prepared(row, source):
            row.address = mail.to[0]
            _send(row, mail, post)
        if time.monotonic() > until:
            return number
    return len(rows)


def _prepared(row: Any, source: Source) -> EmailMultiAlternatives | None:
    """The mail of a row; None where there is nothing to hand over, which is then noted."""
    try:
        if not _may_go(row):
            return None
        mail = source.compose(row)
        if mail is None:
            raise mails.NotWantedError(Sending.Why.UNSEEN)
        mails.put_into_envelope(row, mail)
    except mails.NotWantedError as error:
        row.give_up(error.why)
    except Exception as error:  # whatever is wrong with one mail must not keep the others waiting
        log.warning("mail of %s %s could not be written: %s", row._meta.model_name, row.pk, error)
        failed(row, said(error))
    else:
        return mail
    mark(row)
    return None


def _may_go(row: Any) -> bool:
    kind = ANNOUNCEMENTS[Verb(row.entry.verb)].kind if isinstance(row, Notification) else None
    if kind == Kind.SECURITY:
        return True
    habits: Habits | None = getattr(row.recipient, "habits", None)
    if habits and (until := quiet.end(habits.quiet_from, habits.quiet_until, clock.now())):
        row.retry_at = until
        mark(row)
        return False
    mailbox: Mailbox | None = getattr(row.recipient, "mailbox", None)
    if mailbox and mailbox.is_failing:
        raise mails.NotWantedError(Sending.Why.ADDRESS)
    if mailbox and mailbox.complained_at and kind not in DUTIES:
        raise mails.NotWantedError(Sending.Why.COMPLAINT)
    return True


def _send(row: Sending, mail: EmailMultiAlternatives, post: Post) -> None:
    """Hand a mail over, and note what the server said.

    Raises:
        UnreachableError: It did not answer; the row was not touched.
        BrokenOffError: The connection was lost; the row steps aside, in case it was the reason.
    """
    try:
        post.hand_over(mail)
    except UnreachableError:
        raise
    except BrokenOffError as error:
        failed(row, str(error))
        mark(row)
        raise
    except Exception as error:  # whatever is wrong with one mail must not keep the others waiting
        log.warning("mail of %s %s was not sent: %s", row._meta.model_name, row.pk, error)
        failed(row, said(error), final=is_final(error))
        mark(row)
        _blame_address(row, error)
    else:
        row.attempts += 1
        row.sent_at, row.error, row.retry_at = clock.now(), "", None
        mark(row)


def _blame_address(row: Sending, error: Exception) -> None:
    """There is no such mailbox (5.1.x, RFC 3463): as good as a bounce."""
    _code, text = answer_of(error)
    if is_final(error) and text.startswith("5.1."):
        address_failed(row.recipient, address=row.address, reason=text)


def failed(row: Sending, error: str, *, final: bool = False) -> None:
    """Note a failure: the row steps aside, or is given up when it is final or has been tried too often; not saved."""
    row.attempts += 1
    row.error = error
    if final:
        row.give_up(Sending.Why.REFUSED)
    elif row.attempts >= MOST_ATTEMPTS:
        row.give_up(Sending.Why.TRIED)
    else:
        row.retry_at = clock.now() + pause_after(row.attempts)


def mark(row: Sending) -> None:
    """Write down what became of a row: by hand, since this is what a mail costs besides sending it."""
    options = row._meta
    fields = [field for field in options.concrete_fields if field.name in Sending.OUTCOME]
    columns = ", ".join(f"{field.column} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {options.db_table} SET {columns} WHERE id = %s",  # noqa: S608 - names of our own
            [*(getattr(row, field.attname) for field in fields), row.pk],
        )
