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
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="sealed", db_index=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [
            models.Index(fields=["id"], name="entry_undispatched", condition=models.Q(dispatched_at=None)),
            models.Index(fields=["id"], name="entry_unsealed", condition=models.Q(seal=None)),
            models.Index(fields=["seal", "id"], name="entry_in_order"),
            models.Index(fields=["target_type", "target_id", "id"], name="entry_target"),
            models.Index(fields=["council_id", "id"], name="entry_council"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class Change(models.Model):
    """A thing that came, changed, or is seen by others than before, as triggers note it for the change feed.

    The sealing that orders the entries orders these too; of several about one thing in a round the last stays. What an
    entry tells already is told by both: an entry says what happened, a change that something has to be read again.

    Attributes:
        noun: How the API calls the thing.
        seen_by: A council, a meeting, an organisation or a person who may have seen it as it was; nobody but those who
            run the council where it is empty, and nobody at all where it is the thing itself, which is new.
        inside: Whether it concerns those alone who answer opinions.
        public: Whether everybody might read the thing as it was.
    """

    noun = models.CharField(max_length=40)
    thing_id = models.UUIDField()
    council_id = models.UUIDField(null=True)
    seen_by = models.UUIDField(null=True)
    inside = models.BooleanField(default=False)
    public = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField(default=clock.now)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [
            models.Index(fields=["seal", "id"], name="change_in_order"),
            models.Index(fields=["id"], name="change_unsealed", condition=models.Q(seal=None)),
            models.Index(fields=["noun", "thing_id", "at"], name="change_of_public", condition=models.Q(public=True)),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.thing_id}"


class Tombstone(models.Model):
    """A thing that was deleted, as triggers note it; kept for good, since a mirror may come back after a long time."""

    noun = models.CharField(max_length=40)
    thing_id = models.UUIDField()
    council_id = models.UUIDField(null=True)
    seen_by = models.UUIDField(null=True)
    deleted_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        indexes = [
            models.Index(fields=["deleted_at", "id"], name="tombstone_in_order"),
            models.Index(fields=["noun", "thing_id"], name="tombstone_of_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.thing_id}"
