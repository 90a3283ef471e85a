"""Webhooks as tests make them, and one round of the clock."""

import datetime as dt
from contextlib import AbstractContextManager
from typing import Any

from council.core import clock
from council.integrations import actions
from council.integrations.models import Attempt, Delivery, Webhook
from council.journal.actions import record, seal
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.people.models import User
from tests.cast import Cast
from tests.people.systems import system
from tests.seen import Seen, page

PUBLIC = "https://receiver.example.com/hook"


def make(cast: Cast, url: str = PUBLIC, *, by: User | None = None, **fields: Any) -> Webhook:
    """A webhook of the supplier, for everything that happens in the council from now on."""
    return make_with_secret(cast, url, by=by, **fields)[0]


def make_with_secret(cast: Cast, url: str, *, by: User | None = None, **fields: Any) -> tuple[Webhook, str]:
    """The same, with its secret."""
    while seal():
        pass
    given = {"name": "누리 업무 시스템", "councils": [cast.council], **fields}
    return actions.make_webhook(url=url, by=by or cast.supplier, **given)


def tell() -> None:
    """What the clock sets off: seal the journal, write deliveries, send what is due."""
    while seal():
        pass
    while actions.write_deliveries():
        pass
    while actions.deliver():
        pass


def of_system(cast: Cast) -> Webhook:
    """One in the name of a system."""
    return make(cast, by=cast.secretary, account=system(cast))


def delivery(cast: Cast, webhook: Webhook | None = None, **fields: Any) -> Delivery:
    """One that was not taken the first time."""
    made = Delivery.objects.create(webhook=webhook or make(cast), event="meeting.convened", **fields)
    Attempt.objects.create(delivery=made, milliseconds=20_000, error="Not reached: no answer in time.")
    Attempt.objects.create(delivery=made, milliseconds=84, status=204)
    return made


def around_webhooks(cast: Cast) -> list[Seen]:
    """Webhooks in each state, with deliveries, and where they are seen."""
    webhook, paused, off = make(cast), make(cast, name="멈춘 시스템"), make(cast, name="사라진 시스템")
    actions.rotate_secret(webhook, by=cast.supplier)
    actions.pause_webhook(paused, by=cast.supplier)
    Webhook.objects.filter(pk=off.pk).update(state="disabled", why="gone", failures=3, failing_since=clock.now())
    taken = delivery(cast, webhook, state="delivered", ended_at=clock.now(), tries=2)
    given_up = delivery(cast, off, state="failed", ended_at=clock.now(), tries=10)
    waiting = delivery(cast, webhook, tries=1)
    return [
        page("supplier", "webhooks"),
        page("stranger", "webhooks"),
        page("supplier", "make_webhook"),
        *(page("supplier", "webhook", each.pk) for each in (webhook, paused, off)),
        page("supplier", "webhook", webhook.pk, state="failed"),
        page("supplier", "revise_webhook", webhook.pk),
        *(page("supplier", "webhook_delivery", each.pk) for each in (taken, given_up, waiting)),
    ]


def happen(cast: Cast, times: int = 1) -> list[Entry]:
    """Something every member is told of."""
    return [record(Verb.RULES_REVISED, cast.council, by=cast.operator) for _ in range(times)]


def later(**pause: int) -> AbstractContextManager[None]:
    """Some time from now."""
    return clock.at(clock.now() + dt.timedelta(**pause))
