"""Telling people: one row per journal entry, person and channel."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.journal.models import Entry
from council.people.models import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications by channel and by what is still to do."""

    def visible_to(self, user: User) -> "NotificationQuerySet":
        """One's own."""
        return self.filter(recipient=user.pk)

    def on_screen(self) -> "NotificationQuerySet":
        """What is shown in the product."""
        return self.filter(channel=Notification.Channel.SCREEN)

    def unread(self) -> "NotificationQuerySet":
        """Shown in the product and not read yet."""
        return self.on_screen().filter(read_at=None)

    def unsent(self) -> "NotificationQuerySet":
        """Mail that waits to be sent and whose turn it is, oldest first."""
        due = Q(retry_at=None) | Q(retry_at__lte=clock.now())
        return self.filter(due, channel=Notification.Channel.MAIL, sent_at=None, failed_at=None).order_by("id")


class Notification(models.Model):
    """Tells one person of one thing that happened, once per channel, however often it is dispatched."""

    class Channel(models.TextChoices):
        SCREEN = "screen", _("On screen")
        MAIL = "mail", _("E-mail")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="notifications")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    read_at = models.DateTimeField(_("read"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    retry_at = models.DateTimeField(_("next attempt"), null=True)
    failed_at = models.DateTimeField(_("given up"), null=True)
    error = models.TextField(_("error"), blank=True, default="")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notification_of_person", condition=Q(channel="screen")),
            models.Index(fields=["recipient"], name="notification_unread", condition=Q(channel="screen", read_at=None)),
            models.Index(
                fields=["id"], name="notification_unsent", condition=Q(channel="mail", sent_at=None, failed_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "recipient", "channel"], name="each_person_is_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} → {self.recipient_id} ({self.channel})"
