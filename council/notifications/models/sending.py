"""What is sent, and what is known about it: the columns that every kind of message shares."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from council.core import clock

if TYPE_CHECKING:
    from council.people.models import User

M = TypeVar("M", bound="Sending")

IN_TROUBLE = Q(failed_at__isnull=False) | Q(bounced_at__isnull=False) | Q(complained_at__isnull=False)
"""Given up, come back, or unwanted: few among many."""


class SendingQuerySet(models.QuerySet[M]):
    """Messages by how far they are."""

    def unfinished(self) -> Self:
        """Neither sent nor given up."""
        return self.filter(sent_at=None, failed_at=None)

    def waiting(self) -> Self:
        """To be sent, and whose turn it is; oldest first. Claimed in :mod:`council.notifications.claiming`."""
        return self.unfinished().filter(Q(retry_at=None) | Q(retry_at__lte=clock.now())).order_by("id")


class Sending(models.Model):
    """A message on its way to one person: when it was tried, when it was taken, and what came back.

    ``sent_at`` is when the mail server, or the push service, took it. ``retry_at`` holds it back until then: after a
    failure, or for the reader's quiet hours. ``failed_at`` is when it was given up, ``why`` for which reason;
    ``error`` is the last answer of the other side in its own words.
    """

    class Why(models.TextChoices):
        REFUSED = "refused", _("The mail server does not take it")
        TRIED = "tried", _("Tried too often")
        UNSEEN = "unseen", _("The reader may no longer see what it is about")
        SETTLED = "settled", _("It no longer concerned the reader")
        ADDRESS = "address", _("The address does not work")
        COMPLAINT = "complaint", _("The reader reported mails as unwanted")
        UNWANTED = "unwanted", _("Switched off by the reader")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HELD = "held", _("Later")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")
        BOUNCED = "bounced", _("Came back")
        COMPLAINED = "complained", _("Reported as unwanted")

    created_at = models.DateTimeField(_("created"), default=clock.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    retry_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up"), null=True, blank=True)
    why = models.CharField(_("why given up"), max_length=10, choices=Why.choices, blank=True, default="")
    error = models.TextField(_("error"), blank=True, default="")
    address = models.EmailField(_("sent to"), blank=True, default="")
    bounced_at = models.DateTimeField(_("came back"), null=True, blank=True)
    bounce = models.CharField(_("why it came back"), max_length=300, blank=True, default="")
    complained_at = models.DateTimeField(_("reported as unwanted"), null=True, blank=True)

    OUTCOME = ("attempts", "sent_at", "retry_at", "failed_at", "why", "error", "address")
    """What a round of sending writes."""

    if TYPE_CHECKING:
        recipient: models.ForeignKey[User, User]

    class Meta:
        abstract = True

    @property
    def state(self) -> State:
        """How far it is."""
        if self.complained_at:
            return self.State.COMPLAINED
        if self.bounced_at:
            return self.State.BOUNCED
        if self.sent_at:
            return self.State.SENT
        if self.failed_at:
            return self.State.FAILED
        return self.State.HELD if self.retry_at and self.retry_at > clock.now() else self.State.WAITING

    def give_up(self, why: Why, error: str = "") -> None:
        """Note that it will not be sent; not saved."""
        self.failed_at, self.why, self.error = clock.now(), why, error or self.error
