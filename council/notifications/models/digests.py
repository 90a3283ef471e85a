"""Digests: one mail that tells of everything since the last."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from council.notifications.models.sending import IN_TROUBLE, Sending, SendingQuerySet
from council.people.models import User


class DigestQuerySet(SendingQuerySet["Digest"]):
    """Digests."""

    def visible_to(self, user: User) -> "DigestQuerySet":
        """One's own."""
        return self.filter(recipient=user.pk)


class Digest(Sending):
    """One mail with everything a person was to be told in it; its notifications point to it."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    read_at = None
    """Nobody learns when a mail is read."""

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], name="digest_unsent", condition=Q(sent_at=None, failed_at=None)),
            models.Index(fields=["id"], name="digest_in_trouble", condition=IN_TROUBLE),
        ]

    def __str__(self) -> str:
        return f"{self.pk} → {self.recipient_id}"
