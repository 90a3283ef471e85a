"""Another system that copies what is said, and how somebody wants to be written to; nothing of it leaves the machine."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from council.core import clock
from council.integrations import actions as integrations
from council.integrations.actions.deliveries import SCHEDULE
from council.integrations.models import Attempt, Delivery, Webhook
from council.integrations.subscribing import verbs_of
from council.journal.events import EVENTS
from council.journal.models import Entry
from council.notifications import actions as notifications
from council.notifications.models import Channel, Digest, Notification
from council.people import actions as people
from council.people.models import ServiceAccount

if TYPE_CHECKING:
    from council.ops.demo.loader import Demo

Row = Mapping[str, Any]


class Connecting:
    """Plays what ``connecting.toml`` says."""

    def __init__(self, demo: "Demo") -> None:
        self.demo = demo
        self.secretary = demo.secretary
        self.now = clock.now()

    def play(self, tell: Callable[[], None]) -> None:
        """Everything in the file.

        Args:
            tell: Writes the notices of everything loaded; a digest is made of them.
        """
        self._system()
        self._habits()
        tell()
        self._digest()

    def _system(self) -> None:
        """A system with a token, an OAuth client, and a webhook that was paused."""
        row = self.demo.data["system"]
        with clock.at(self.now - dt.timedelta(days=row["days_ago"])):
            account = people.make_service_account(
                self.demo.council,
                name=row["name"],
                purpose=row["purpose"],
                organisation=self.demo.organisations[row["organisation"]],
                responsible=self.demo.users[row["responsible"]],
                by=self.secretary,
            )
            token, _secret = people.create_token(account=account, by=self.secretary, **_named(row["token"]))
            client, _secret = people.make_client(account, by=self.secretary, **_named(row["client"]))
            webhook = self._webhook(account, row["webhook"])
        with clock.at(self._hours_ago(row["token"]["used_hours_ago"])):
            people.note_use(token)
        with clock.at(self._hours_ago(row["client"]["used_hours_ago"])):
            people.note_use(client)
        self._history(webhook, row["webhook"])

    def _webhook(self, account: ServiceAccount, row: Row) -> Webhook:
        webhook, _secret = integrations.make_webhook(
            url=row["url"],
            name=row["name"],
            events=row["events"],
            councils=[self.demo.council],
            account=account,
            by=self.secretary,
        )
        return webhook

    def _history(self, webhook: Webhook, row: Row) -> None:
        """What became of the latest events up to the pause; rows, because nothing was ever sent."""
        paused_at = self._hours_ago(row["paused_hours_ago"])
        latest = Entry.objects.filter(verb__in=verbs_of(webhook.events), at__lt=paused_at).order_by("-at", "-id")
        for entry, answers in zip(latest[: len(row["answers"])], row["answers"], strict=False):
            self._delivery(webhook, entry, answers)
        Webhook.objects.filter(pk=webhook.pk).update(tried_at=paused_at, delivered_at=paused_at)
        with clock.at(paused_at):
            integrations.pause_webhook(webhook, by=self.secretary)

    def _delivery(self, webhook: Webhook, entry: Entry, answers: Sequence[int]) -> None:
        taken = answers[-1] < 300
        at = entry.at
        delivery = Delivery.objects.create(
            webhook=webhook,
            entry=entry,
            event=EVENTS[entry.verb].name,
            state=Delivery.State.DELIVERED if taken else Delivery.State.FAILED,
            tries=len(answers),
            created_at=at,
            due_at=at,
            ended_at=at + sum(SCHEDULE[: len(answers)], dt.timedelta()),
        )
        for pause, status in zip(SCHEDULE, answers, strict=False):
            at += pause
            why = "" if status else "Not reached: no answer in time."
            Attempt.objects.create(
                delivery=delivery, at=at, milliseconds=80 if status else 20_000, status=status or None, error=why
            )

    def _habits(self) -> None:
        """Somebody reads everything in one mail in the morning, and wants no mail at night."""
        row = self.demo.data["digest"]
        habits = {name: row[name] for name in ("hour", "quiet_from", "quiet_until")}
        notifications.change_habits(by=self.demo.users[row["person"]], rhythm="daily", **habits)

    def _digest(self) -> None:
        """Yesterday's stands there as sent."""
        row = self.demo.data["digest"]
        person = self.demo.users[row["person"]]
        morning = dt.datetime.combine(self.demo.today - dt.timedelta(days=1), dt.time(row["hour"]), tzinfo=clock.SEOUL)
        seen = Notification.objects.on_screen().filter(recipient=person, entry__at__lt=morning).select_related("entry")
        digest = Digest.objects.create(
            recipient=person, created_at=morning, sent_at=morning, attempts=1, address=person.email
        )
        Notification.objects.bulk_create(
            Notification(
                entry=notice.entry,
                recipient=person,
                channel=Channel.DIGEST,
                digest=digest,
                created_at=notice.entry.at,
                retry_at=morning,
            )
            for notice in seen.order_by("-entry__at")[: row["notices"]]
        )

    def _hours_ago(self, hours: int) -> dt.datetime:
        return self.now - dt.timedelta(hours=hours)


def _named(row: Row) -> dict[str, Any]:
    return {"name": row["name"], "scopes": row["scopes"]}
