"""How one verb is told: to whom, in which words, by which way."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.journal.models import Entry
from council.notifications.kinds import WAYS, Ways, is_duty
from council.notifications.models import Channel, Kind
from council.people.models import User

OPEN = _("See it")


@dataclass(frozen=True)
class Announcement:
    """How one verb is told.

    Attributes:
        kind: What it is about; its default ways and the reader's switches go by this.
        hears: Gives the people to tell, from the entry.
        sentence: What happened, in words that ``data`` completes; also the subject of the mail.
        because: Why the reader gets this.
        action: What the link does.
        only: The only ways it can go, where not all of its kind's.
        template: The mail's template below ``email/``.
        tells_actor: Whether who did it hears of it too.
        invites: Whether the mail carries the meeting for the reader's calendar.
        still_owes: For a reminder: who of its readers still has it to do, asked again when it is sent.
    """

    kind: Kind
    hears: Callable[[Entry], QuerySet[User]]
    sentence: str | Promise
    because: str | Promise
    action: str | Promise = OPEN
    only: tuple[Channel, ...] = ()
    template: str = "notice"
    tells_actor: bool = False
    invites: bool = False
    still_owes: Callable[[Entry], QuerySet[User]] | None = None

    @property
    def ways(self) -> Ways:
        """How its kind comes."""
        return WAYS[self.kind]

    @property
    def duty(self) -> bool:
        """Whether nobody can do without it."""
        return is_duty(self.kind)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The ways it can go at all."""
        return tuple(way for way in self.ways.offered if not self.only or way in self.only)

    def recipients(self, entry: Entry) -> QuerySet[User]:
        """Everyone to tell who has an account that may log in; systems are told by webhooks."""
        people = self.hears(entry).filter(is_active=True, is_system=False).distinct()
        return people if self.tells_actor else people.exclude(entries=entry)

    def concerns(self, entry: Entry, user: User) -> bool:
        """Whether a reader still has to do what they are reminded of; whatever is no reminder concerns its readers."""
        return self.still_owes is None or self.still_owes(entry).filter(pk=user.pk).exists()
