"""Telling people: one row per journal entry, person and channel."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.journal.models import Entry
from council.notifications.models.digests import Digest
from council.notifications.models.preferences import Channel
from council.notifications.models.sending import IN_TROUBLE, Sending, SendingQuerySet
from council.people.models import User

UNREAD = Q(read_at=None) | Q(kept=True)


class NotificationQuerySet(SendingQuerySet["Notification"]):
    """Notifications by channel and by what is still to do."""

    def visible_to(self, user: User) -> "NotificationQuerySet":
        """One's own."""
        return self.filter(recipient=user.pk)

    def on_screen(self) -> "NotificationQuerySet":
        """What is shown in the product."""
        return self.filter(channel=Channel.SCREEN)

    def unread(self) -> "NotificationQuerySet":
        """Shown in the product and not read yet, or marked as unread again."""
        return self.on_screen().filter(UNREAD)

    def unsent(self) -> "NotificationQuerySet":
        """Mail that waits to be sent and whose turn it is, oldest first."""
        return self.waiting().filter(channel=Channel.MAIL)

    def undigested(self) -> "NotificationQuerySet":
        """What waits for its reader's next digest, due or not."""
        return self.filter(channel=Channel.DIGEST, digest=None)

    def due(self) -> "NotificationQuerySet":
        """What waits for a digest whose hour has come."""
        return self.undigested().filter(retry_at__lte=clock.now())


class Notification(Sending):
    """Tells one person of one thing that happened, once per channel, however often it is dispatched.

    Of those for a digest, ``digest`` is the reader's cursor: none means not told yet, whatever ran when. Until
    ``retry_at``, the reader's next hour, they are collected. ``copy`` counts the times an officer had it sent anew after
    it had been delivered; what is dispatched is copy 0.
    """

    Channel = Channel

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="notifications")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, blank=True, related_name="notifications")
    copy = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    kept = models.BooleanField(_("marked as unread"), default=False)

    path: str | None = None
    """Where its mail leads, once that was looked up; empty where its reader may not go there."""

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notification_of_person", condition=Q(channel="screen")),
            models.Index(fields=["recipient"], name="notification_is_unread", condition=UNREAD & Q(channel="screen")),
            models.Index(
                fields=["id"], name="notification_unsent", condition=Q(channel="mail", sent_at=None, failed_at=None)
            ),
            models.Index(
                fields=["id"], name="notification_unpushed", condition=Q(channel="push", sent_at=None, failed_at=None)
            ),
            models.Index(
                fields=["retry_at"], name="notification_for_digest", condition=Q(channel="digest", digest=None)
            ),
            models.Index(
                fields=["recipient"], name="notification_collected", condition=Q(channel="digest", digest=None)
            ),
            models.Index(fields=["id"], name="notification_in_trouble", condition=IN_TROUBLE),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "recipient", "channel", "copy"], name="each_person_is_told_once")
        ]

    @property
    def is_unread(self) -> bool:
        """Whether it is yet to be read, or was marked so again."""
        return self.read_at is None or self.kept

    def __str__(self) -> str:
        return f"{self.entry_id} → {self.recipient_id} ({self.channel})"

    @property
    def council_id(self) -> UUID | None:
        """The council in which it happened."""
        return self.entry.council_id
