"""What happened: one append-only entry per verb, audit trail and outbox in one row."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from council.core import clock


class Seal(models.Model):
    """A link of the chain that makes a changed or missing entry show.

    ``digest`` is SHA-256 over the previous seal's digest and the sealed entries in id order.
    """

    sealed_at = models.DateTimeField(default=clock.now)
    entries = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)


class EntryQuerySet(models.QuerySet["Entry"]):
    """The journal, read."""

    def undispatched(self) -> "EntryQuerySet":
        """What nobody has been told of yet and whose turn it is, oldest first."""
        due = models.Q(retry_at=None) | models.Q(retry_at__lte=clock.now())
        return self.filter(due, dispatched_at=None).order_by("id")

    def about(self, target: models.Model) -> "EntryQuerySet":
        """What happened to one thing, oldest first."""
        return self.filter(target_type=ContentType.objects.get_for_model(target), target_id=target.pk).order_by("id")


class Entry(models.Model):
    """One thing that happened, written in the transaction in which it happened.

    The columns below ``data`` belong to the dispatcher and the sealer; everything above never changes again, which a
    trigger enforces. ``council_id`` and ``organisation_id`` are plain ids: the journal lies below the rooms it tells of.
    """

    at = models.DateTimeField(default=clock.now)
    verb = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="entries", verbose_name=_("actor")
    )
    organisation_id = models.UUIDField(null=True)
    council_id = models.UUIDField(null=True)
    target_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    target_id = models.UUIDField()
    data = models.JSONField(default=dict)

    dispatched_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="sealed")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [
            models.Index(fields=["id"], name="entry_undispatched", condition=models.Q(dispatched_at=None)),
            models.Index(fields=["id"], name="entry_unsealed", condition=models.Q(seal=None)),
            models.Index(fields=["target_type", "target_id", "id"], name="entry_target"),
            models.Index(fields=["council_id", "id"], name="entry_council"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
