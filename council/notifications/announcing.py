"""How one verb is told: to whom, in which words, by which way."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.journal.models import Entry
from council.notifications.models import Notification
from council.people.models import User

SCREEN = Notification.Channel.SCREEN
MAIL = Notification.Channel.MAIL
OPEN = _("See it")


@dataclass(frozen=True)
class Announcement:
    """How one verb is told.

    Attributes:
        hears: Gives the people to tell, from the entry.
        sentence: What happened, in words that ``data`` completes; also the subject of the mail.
        because: Why the reader gets this.
        action: What the link does.
        channels: On screen, by mail, or both.
        template: The mail's template below ``email/``.
        tells_actor: Whether who did it hears of it too.
        invites: Whether the mail carries the meeting for the reader's calendar.
    """

    hears: Callable[[Entry], QuerySet[User]]
    sentence: str | Promise
    because: str | Promise
    action: str | Promise = OPEN
    channels: tuple[Notification.Channel, ...] = (SCREEN, MAIL)
    template: str = "notice"
    tells_actor: bool = False
    invites: bool = False

    def recipients(self, entry: Entry) -> QuerySet[User]:
        """Everyone to tell who has an account that may log in."""
        people = self.hears(entry).filter(is_active=True).distinct()
        return people if self.tells_actor else people.exclude(entries=entry)
