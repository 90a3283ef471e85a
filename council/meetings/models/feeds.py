"""Calendar feeds: private addresses under which a calendar program finds someone's meetings."""

import hashlib
import secrets

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core.models import Resource
from council.people.models import Council, User


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Feeds by whose they are."""

    def visible_to(self, user: User) -> "CalendarFeedQuerySet":
        """One's own, never anyone else's."""
        return self.filter(user=user)

    def matching(self, secret: str) -> "CalendarFeedQuerySet":
        """The feed of a secret that has not been revoked, of someone who may log in."""
        return self.filter(digest=CalendarFeed.digest_of(secret), revoked_at=None, user__is_active=True)


class CalendarFeed(Resource):
    """An address that gives the meetings its owner may see, of one council or all, until it is revoked.

    Only a digest of the secret in the address is kept; it is shown once.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds")
    council = models.ForeignKey(Council, models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("what it is for"), max_length=80)
    hint = models.CharField(_("begins with"), max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    def get_absolute_url(self) -> str:
        """The page where feeds are made and revoked."""
        return reverse("web:calendar_feeds")

    @staticmethod
    def new_secret() -> str:
        """A secret nobody can guess."""
        return secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is stored of a secret with 256 random bits."""
        return hashlib.sha256(secret.encode()).hexdigest()
