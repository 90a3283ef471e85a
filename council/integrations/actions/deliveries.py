"""Telling other systems: write down what is to be told, send it until it is taken, and tell it again when asked to.

No transaction stays open while an answer is awaited; whoever sends to a webhook holds an advisory lock of its
connection, which a worker that dies lets go of at once. A worker killed between the answer and its note sends once more,
under the same ``webhook-id``.
"""

import datetime as dt
import json
import logging
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.integrations import signing, telling
from council.integrations.mirroring import vanished
from council.integrations.models import TEST, Attempt, Delivery, Webhook
from council.integrations.outgoing import Answer, OutgoingError, post
from council.integrations.standing import Standing
from council.integrations.subscribing import verbs_of
from council.journal.actions import record
from council.journal.events import EVENTS, GONE
from council.journal.models import Change, Seal
from council.journal.verbs import Verb
from council.people.models import User

log = logging.getLogger(__name__)

SCHEDULE = tuple(
    dt.timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""How long after one attempt the next follows: the example of the specification, over three days."""

FIRST_REST, LONGEST_REST = dt.timedelta(seconds=5), dt.timedelta(minutes=10)
LONGEST_RETRY_AFTER = dt.timedelta(hours=24)
DOWN_AFTER = dt.timedelta(days=3)
KEPT_FOR = dt.timedelta(days=30)
NO_MORE, BUSY = 410, (429, 502, 503, 504)
SEALS_AT_ONCE = 20
TURN = 20
"""How many deliveries a webhook gets before it is another one's turn."""
ENOUGH = 30.0
"""Seconds after which a worker begins nothing new: the clock rings again."""
VERSION = 1
"""Of the payload's shape; what an event says has a version in its name."""

# Ids of version 7 (RFC 9562) in the order of the change feed.
_WRITE = """
INSERT INTO integrations_delivery
    (id, created_at, modified_at, webhook_id, entry_id, change_id, event, state, tries, due_at)
SELECT encode(
           set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send(
               %(ms)s + row_number() OVER (ORDER BY seal, kind, id)) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1),
           'hex')::uuid,
       %(now)s, %(now)s, %(webhook)s, entry, change, event, 'waiting', 0, %(now)s
FROM (
    SELECT entry.id, NULL::bigint, known.event, entry.seal_id, 0, entry.id
    FROM journal_entry entry
    JOIN unnest(%(verbs)s::text[], %(events)s::text[]) AS known (verb, event) ON known.verb = entry.verb
    WHERE entry.seal_id > %(after)s AND entry.seal_id <= %(until)s AND entry.at >= %(since)s
      AND entry.council_id IN (SELECT council_id FROM integrations_webhook_councils WHERE webhook_id = %(webhook)s)
    UNION ALL
    SELECT NULL, change.id, %(gone)s, change.seal_id, 1, change.id
    FROM journal_change change WHERE change.id = ANY(%(vanished)s)
) AS told (entry, change, event, seal, kind, id)
ON CONFLICT DO NOTHING
"""


def write_deliveries() -> int:
    """Write what each active webhook is to be told, in the order in which the journal was sealed. Set off by the clock.

    A webhook's place in the journal moves in the transaction that writes its deliveries: nothing is left out, and
    nothing written twice.

    Returns:
        How many were written.
    """
    last = Seal.objects.aggregate(last=Max("id"))["last"] or 0
    behind = Webhook.objects.listening().exclude(seal__gte=last).values_list("pk", flat=True) if last else ()
    return sum(_write_for(webhook) for webhook in behind)


@transaction.atomic
def _write_for(pk: UUID) -> int:
    listening = Webhook.objects.listening().filter(pk=pk).select_related("user")
    webhook = listening.select_for_update(skip_locked=True, of=("self",)).first()
    if webhook is None:
        return 0
    after = webhook.seal_id or 0
    ahead = Seal.objects.filter(id__gt=after).order_by("id").values_list("id", flat=True)[:SEALS_AT_ONCE]
    until = max(ahead, default=None)
    if until is None:  # another process wrote them since this one looked
        return 0
    Webhook.objects.filter(pk=pk).update(seal=until)
    changes = Change.objects.filter(seal__gt=after, seal__lte=until)
    return _write(webhook, changes, after=after, until=until, since=webhook.created_at)


def _write(webhook: Webhook, changes: QuerySet[Change], *, after: int, until: int, since: dt.datetime) -> int:
    verbs = verbs_of(webhook.events)
    now = clock.now()
    values: dict[str, Any] = {
        "webhook": webhook.pk,
        "verbs": verbs,
        "events": [EVENTS[verb].name for verb in verbs],
        "gone": EVENTS[GONE].name,
        "vanished": _vanished(webhook, changes) if GONE in verbs else [],
        "after": after,
        "until": until,
        "since": since,
        "now": now,
        "ms": int(now.timestamp() * 1000),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        return int(cursor.rowcount)


def _vanished(webhook: Webhook, changes: QuerySet[Change]) -> list[int]:
    """The changes that took something out of the account's sight, in the webhook's councils."""
    return vanished(Standing(webhook.user), changes.filter(council_id__in=webhook.councils.values("pk")))


def deliver(*, lanes: int = 1) -> int:
    """Send what is due, webhook by webhook: the healthy ones first, each one's deliveries one after the other.

    Args:
        lanes: To how many webhooks at a time; a slow one keeps only its own lane waiting.

    Returns:
        How many were dealt with; 0 when there is nothing to do now.
    """
    until = time.monotonic() + ENOUGH
    webhooks = list(Webhook.objects.with_work().values_list("pk", flat=True)[:100])
    if lanes == 1 or len(webhooks) == 1:
        return sum(_serve(webhook, until) for webhook in webhooks)
    with ThreadPoolExecutor(lanes) as pool:
        return sum(pool.map(lambda webhook: _serve_apart(webhook, until), webhooks))


def _serve_apart(webhook: UUID, until: float) -> int:
    """Serve one in a thread, over a connection that ends with it."""
    try:
        return _serve(webhook, until)
    finally:
        connection.close()


def _serve(webhook: UUID, until: float) -> int:
    done = 0
    with _alone_with(webhook) as mine:
        while mine and done < TURN and time.monotonic() < until:
            due = Delivery.objects.due().filter(webhook=webhook)
            delivery = due.select_related("webhook__user", "entry__target_type", "change").first()
            if delivery is None:
                break
            done += 1
            if not _send(delivery):
                break
    return done


@contextmanager
def _alone_with(webhook: UUID) -> Iterator[bool]:
    """Whether no other worker sends to a webhook meanwhile."""
    number = int.from_bytes(webhook.bytes[-8:], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        [mine] = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _send(delivery: Delivery) -> bool:
    """Send one, and note what came of it; whether the next one may follow at once."""
    began = time.monotonic()
    attempt = Attempt(delivery=delivery, at=clock.now())
    answer: Answer | None = None
    try:
        body = _body(delivery)
        if body is None:
            delivery.delete()
            return True
        with translation.override(delivery.webhook.user.language):  # why it failed is for its owner to read
            answer = post(delivery.webhook.url, body=body, headers=_headers(delivery, attempt.at, body))
        attempt.status = answer.status
        attempt.answer = answer.body.decode(errors="replace").replace("\x00", "")[: Attempt.EXCERPT]
    except OutgoingError as error:
        attempt.error = str(error)[:300]
    except signing.InvalidToken:
        attempt.error = str(_("The secret can no longer be read; give the webhook a new one."))
    except Exception as error:  # whatever is wrong with one delivery must not keep the others waiting
        log.exception("delivery %s could not be sent", delivery.pk)
        attempt.error = type(error).__name__
    attempt.milliseconds = round((time.monotonic() - began) * 1000)
    _note(delivery, attempt, answer.headers if answer else {})
    return attempt.is_success


def _body(delivery: Delivery) -> bytes | None:
    """The payload; nothing where the account may not, or no longer, see what it is about."""
    row = delivery.entry or delivery.change
    at = row.at if row else delivery.created_at
    data = telling.told(row, delivery.webhook.user) if row else telling.about_test(delivery.webhook)
    if data is None:
        return None
    payload = {"type": delivery.event, "timestamp": at.isoformat(), "version": VERSION, "data": data}
    return json.dumps(payload, separators=(",", ":")).encode()


def _headers(delivery: Delivery, at: dt.datetime, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Council-Webhooks/1",
        "webhook-id": delivery.message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signing.signature(delivery.webhook.secrets(), delivery.message, at, body),
    }


@transaction.atomic
def _note(delivery: Delivery, attempt: Attempt, headers: Mapping[str, str]) -> None:
    webhook = Webhook.objects.select_for_update().filter(pk=delivery.webhook_id).first()
    if webhook is None:  # removed meanwhile
        return
    attempt.save()
    now = clock.now()
    tries = delivery.tries + 1
    webhook.tried_at = now
    waiting = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    if attempt.is_success:
        waiting.update(state=Delivery.State.DELIVERED, ended_at=now, tries=tries)
        webhook.delivered_at, webhook.failures, webhook.failing_since, webhook.rests_until = now, 0, None, None
    elif delivery.event == TEST:
        waiting.update(state=Delivery.State.FAILED, ended_at=now, tries=tries)
    else:
        asked_for = _retry_after(headers, now)
        _fail(webhook, attempt, asked_for if attempt.status in BUSY else dt.timedelta())
        if tries < len(SCHEDULE):
            waiting.update(tries=tries, due_at=now + max(_jittered(SCHEDULE[tries], delivery.pk), asked_for))
        else:
            waiting.update(tries=tries, state=Delivery.State.FAILED, ended_at=now)
    webhook.save(update_fields=["state", "why", "tried_at", "delivered_at", "failures", "failing_since", "rests_until"])


def _fail(webhook: Webhook, attempt: Attempt, asked_for: dt.timedelta) -> None:
    """Let a webhook rest that took nothing, and switch it off when it is gone, or has been down for days."""
    now = clock.now()
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    webhook.rests_until = now + max(min(FIRST_REST * (1 << min(webhook.failures - 1, 20)), LONGEST_REST), asked_for)
    why = Webhook.Why.GONE if attempt.status == NO_MORE else Webhook.Why.DOWN
    is_down = now - webhook.failing_since >= DOWN_AFTER
    if webhook.state == Webhook.State.ACTIVE and (why == Webhook.Why.GONE or is_down):
        webhook.state, webhook.why = Webhook.State.DISABLED, why
        record(Verb.WEBHOOK_DISABLED, webhook, by=None, name=webhook.name, why=why)


def _jittered(pause: dt.timedelta, delivery: UUID) -> dt.timedelta:
    """Up to a fifth longer, spread by the delivery's random id, so that what failed together does not come together."""
    return pause * (1 + delivery.int % 1000 / 5000)


def _retry_after(headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta:
    """What ``Retry-After`` asks for (RFC 9110 10.2.3), a day at most; nothing where it makes no sense."""
    wish = headers.get("retry-after", "").strip()
    try:
        pause = dt.timedelta(seconds=int(wish)) if wish.isdecimal() else parsedate_to_datetime(wish) - now
    except (ValueError, TypeError, OverflowError):
        return dt.timedelta()
    return min(max(pause, dt.timedelta()), LONGEST_RETRY_AFTER)


@transaction.atomic
def replay(delivery: Delivery, *, by: User) -> Delivery:
    """Send one again, delivered or given up, under the same ``webhook-id``.

    Raises:
        Refused: It is on its way.
    """
    require(by, "integrations.manage_webhook", delivery.webhook)
    if not _again(Delivery.objects.filter(pk=delivery.pk)):
        raise Refused(_("This delivery is on its way already."))
    delivery.refresh_from_db()
    record(Verb.WEBHOOK_REPLAYED, delivery.webhook, by=by, name=delivery.webhook.name, count=1)
    return delivery


@transaction.atomic
def replay_failed(webhook: Webhook, *, by: User) -> int:
    """Send everything again that was given up.

    Returns:
        How many deliveries that is.
    """
    require(by, "integrations.manage_webhook", webhook)
    count = _again(webhook.deliveries.filter(state=Delivery.State.FAILED).exclude(event=TEST))
    record(Verb.WEBHOOK_REPLAYED, webhook, by=by, name=webhook.name, count=count)
    return count


@transaction.atomic
def replay_since(webhook: Webhook, *, since: dt.datetime, by: User) -> int:
    """Send everything again that happened since a moment, and what it was not told of then.

    Returns:
        How many deliveries that is.

    Raises:
        ValidationError: The moment is not in the last thirty days.
    """
    require(by, "integrations.manage_webhook", webhook)
    if not clock.now() - KEPT_FOR <= since <= clock.now():
        raise ValidationError({"since": _("Choose a moment of the last thirty days.")})
    webhook = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)
    count = _again(webhook.deliveries.filter(Q(entry__at__gte=since) | Q(change__at__gte=since)))
    until = webhook.seal_id or 0
    changes = Change.objects.filter(seal__lte=until, at__gte=since)
    count += _write(webhook, changes, after=0, until=until, since=since)
    record(Verb.WEBHOOK_REPLAYED, webhook, by=by, name=webhook.name, count=count, since=since)
    return count


def _again(deliveries: Any) -> int:
    ended = deliveries.exclude(state=Delivery.State.WAITING)
    return int(ended.update(state=Delivery.State.WAITING, ended_at=None, tries=0, due_at=clock.now()))


@transaction.atomic
def forget_deliveries(*, limit: int = 1000) -> int:
    """Delete deliveries that ended long ago, with their attempts. Set off by the clock.

    Returns:
        How many were deleted; fewer than the limit when none are left.
    """
    ended = Delivery.objects.exclude(state=Delivery.State.WAITING).filter(ended_at__lt=clock.now() - KEPT_FOR)
    old = list(ended.order_by().values_list("pk", flat=True)[:limit])
    Delivery.objects.filter(pk__in=old).delete()
    return len(old)
