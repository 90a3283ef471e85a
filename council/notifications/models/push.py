"""Browsers that take messages while no page is open."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.notifications.models.preferences import OwnQuerySet


class Browser(Resource):
    """A browser that a person lets receive push messages, by the subscription its push service gave it (RFC 8030)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="browsers")
    name = models.CharField(_("browser"), max_length=80)
    endpoint = models.URLField(max_length=1000, unique=True)
    key = models.CharField(max_length=88)
    secret = models.CharField(max_length=24)
    added_at = models.DateTimeField(_("added"), default=clock.now)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("browser")
        verbose_name_plural = _("browsers")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page where browsers are listed and removed."""
        return reverse("web:notification_settings")
