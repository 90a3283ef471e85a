"""The duty to tell, for anything that happened: who was told of one journal entry, by which ways, and whether they know.

Someone knows once a notice on screen was read, or a mail or push message was sent and did not come back. The duty towards
the authors of opinions, with tellings outside the product, is in :mod:`council.notifications.telling`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.log import OWN_AFFAIRS, sent_as
from council.notifications.models import Channel, Notification, Sending
from council.notifications.models.mailboxes import run_by
from council.people.models import User

READ = Q(read_at__isnull=False)
SENT = (
    Q(channel__in=[Channel.MAIL, Channel.PUSH], sent_at__isnull=False, bounced_at=None)
    | Q(channel=Channel.DIGEST, digest__sent_at__isnull=False, digest__bounced_at=None)
)  # fmt: skip


class Knows(models.TextChoices):
    """How far it is with one person."""

    READ = "read", gettext_lazy("Read")
    TOLD = "told", gettext_lazy("Told")
    WAITING = "waiting", gettext_lazy("On its way")
    NOT = "not", gettext_lazy("Not reached")


@dataclass(frozen=True)
class Way:
    """One message to one person: by which way, how far it is, and when that was."""

    row: Notification
    carrier: Sending

    @property
    def channel(self) -> Channel:
        """By which way."""
        return Channel(self.row.channel)

    @property
    def at(self) -> dt.datetime | None:
        """When it was shown, sent, or came back."""
        if self.channel == Channel.SCREEN:
            return self.row.read_at or self.row.created_at
        return self.carrier.bounced_at or self.carrier.sent_at or self.carrier.failed_at

    @property
    def state_label(self) -> str:
        """How far it is, in words."""
        if self.channel == Channel.SCREEN:
            return _("Read") if self.row.read_at else _("Unread")
        return str(self.carrier.state.label)

    @property
    def trouble(self) -> str:
        """Why it did not arrive."""
        if self.channel == Channel.SCREEN or self.carrier.state == Sending.State.SENT:
            return ""
        return self.carrier.bounce or (self.carrier.get_why_display() if self.carrier.why else "") or self.carrier.error


@dataclass(frozen=True)
class Told:
    """One person, and everything that was done to let them know."""

    person: User
    knows: Knows
    ways: Sequence[Way]

    @property
    def read_at(self) -> dt.datetime | None:
        """When they read it on screen."""
        return next((way.row.read_at for way in self.ways if way.row.read_at), None)

    @property
    def told_at(self) -> dt.datetime | None:
        """When they were first reached."""
        moments = [
            way.row.read_at or (way.carrier.sent_at if not _came_back(way.carrier) else None) for way in self.ways
        ]
        return min((moment for moment in moments if moment), default=None)


def entries_for(user: User) -> QuerySet[Entry]:
    """What happened in the councils somebody runs, as far as people were told of it and they may know."""
    private = [verb for verb, announcement in ANNOUNCEMENTS.items() if announcement.kind in OWN_AFFAIRS]
    return Entry.objects.filter(council_id__in=run_by(user), verb__in=ANNOUNCEMENTS).exclude(verb__in=private)


def people(entry: Entry, *states: Knows) -> QuerySet[User]:
    """Everyone who was told of an entry, by name; of those asked for, only who stands there."""
    rows = Notification.objects.filter(entry=entry)
    found = User.objects.filter(pk__in=rows.values("recipient")).order_by("name", "pk")
    if not states:
        return found
    of_one = rows.filter(recipient=OuterRef("pk"))
    read, sent, coming = (Exists(of_one.filter(each)) for each in (READ, SENT, waiting()))
    where = {
        Knows.READ: Q(read),
        Knows.TOLD: ~Q(read) & Q(sent),
        Knows.WAITING: ~Q(read) & ~Q(sent) & Q(coming),
        Knows.NOT: ~Q(read) & ~Q(sent) & ~Q(coming),
    }
    chosen = Q()
    for state in states:
        chosen |= where[state]
    return found.filter(chosen)


def figures(entry: Entry) -> dict[Knows, int]:
    """How many stand where; one query."""
    by_person = (
        Notification.objects.filter(entry=entry)
        .order_by()
        .values("recipient")
        .annotate(read=Count("pk", filter=READ), sent=Count("pk", filter=SENT), coming=Count("pk", filter=waiting()))
    )
    counts = dict.fromkeys(Knows, 0)
    for row in by_person.values_list("read", "sent", "coming").iterator():
        counts[_knows(*row)] += 1
    return counts


def told(entry: Entry, some: Iterable[User]) -> list[Told]:
    """What was done for some people; one query however many they are."""
    some = list(some)
    ways: defaultdict[object, list[Way]] = defaultdict(list)
    rows = Notification.objects.filter(entry=entry, recipient__in=some).select_related("digest").order_by("id")
    for row in rows:
        ways[row.recipient_id].append(Way(row, sent_as(row)))
    return [Told(person, _state_of(ways[person.pk]), ways[person.pk]) for person in some]


def counts(entries: Iterable[Entry]) -> dict[int, int]:
    """How many people were told of each of some entries; one query."""
    rows = Notification.objects.filter(entry__in=list(entries)).order_by().values("entry")
    return dict(rows.annotate(people=Count("recipient", distinct=True)).values_list("entry", "people"))


def waiting() -> Q:
    """Messages that are still on their way."""
    collected = Q(channel=Channel.DIGEST) & (Q(digest=None) | Q(digest__sent_at=None, digest__failed_at=None))
    return Q(channel__in=[Channel.MAIL, Channel.PUSH], sent_at=None, failed_at=None) | collected


def _state_of(ways: Sequence[Way]) -> Knows:
    sent = [
        way for way in ways if way.channel != Channel.SCREEN and way.carrier.sent_at and not _came_back(way.carrier)
    ]
    coming = [
        way
        for way in ways
        if way.channel != Channel.SCREEN and way.carrier.sent_at is None and way.carrier.failed_at is None
    ]
    return _knows(sum(way.row.read_at is not None for way in ways), len(sent), len(coming))


def _knows(read: int, sent: int, coming: int) -> Knows:
    if read:
        return Knows.READ
    if sent:
        return Knows.TOLD
    return Knows.WAITING if coming else Knows.NOT


def _came_back(carrier: Sending) -> bool:
    return carrier.bounced_at is not None


def announcement_of(entry: Entry) -> str:
    """What people were told, in words."""
    sentence: str = str(ANNOUNCEMENTS[Verb(entry.verb)].sentence) % entry.data
    return sentence
