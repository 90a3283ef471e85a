"""What is known of people's mail addresses from what came back, and the mails that came."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.people.models import Membership, User


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """Mailboxes by state and by who may know of it."""

    def failing(self) -> "MailboxQuerySet":
        """Whose address does not work; an address that was changed since is another one."""
        return self.filter(failing_since__isnull=False, address=F("user__email"))

    def visible_to(self, user: User) -> "MailboxQuerySet":
        """One's own; those of members of councils one runs; all for operators."""
        if user.is_staff:
            return self.all()
        sitting = Membership.objects.filter(user=OuterRef("user"), council__in=run_by(user))
        return self.filter(Q(user=user.pk) | Exists(sitting))


def run_by(user: User) -> models.QuerySet[Any, Any]:
    """The councils somebody runs today."""
    return Membership.objects.current().officers().filter(user=user.pk).values("council")


class Mailbox(models.Model):
    """How somebody's address takes our mail. Only who has had something come back has a row.

    ``address`` is the one it is about: what is known of it says nothing about another one.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mailbox")
    address = models.EmailField(_("e-mail"))
    failing_since = models.DateTimeField(_("does not work since"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    delays = models.PositiveIntegerField(_("passing faults"), default=0)
    delayed_at = models.DateTimeField(_("last passing fault"), null=True, blank=True)
    complained_at = models.DateTimeField(_("reported our mails as unwanted"), null=True, blank=True)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.address

    @property
    def is_failing(self) -> bool:
        """Whether mails to this person come back."""
        return self.failing_since is not None and self.address == self.user.email


class Received(models.Model):
    """A mail the product took, so that it is taken once; what it said is not kept."""

    class Kind(models.TextChoices):
        BOUNCE = "bounce", _("Could not be delivered")
        DELAY = "delay", _("Delayed")
        COMPLAINT = "complaint", _("Complaint")
        REPLY = "reply", _("Answer to an invitation")
        UNSUBSCRIPTION = "unsubscription", _("Unsubscription")
        AUTOMATIC = "automatic", _("Automatic reply")
        OTHER = "other", _("Nothing we understand")

    at = models.DateTimeField(_("received"), default=clock.now)
    message_id = models.CharField(max_length=255)
    to = models.CharField(_("to"), max_length=320)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices, default=Kind.OTHER)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    result = models.CharField(_("what became of it"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("received mail")
        verbose_name_plural = _("received mails")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["message_id", "to"], name="each_mail_is_taken_once")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
