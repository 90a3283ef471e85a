"""Webhooks: addresses of other systems, what they were told, and what they answered."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.integrations import signing
from council.journal.models import Change, Entry, Seal
from council.people.models import Council, User
from council.people.models.access import of_oneself_or_systems_run_by

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

TEST = "webhook.test"
"""The event that tells nothing; sent once when somebody asks for it."""


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Webhooks by whose they are, and by what is to do for them."""

    def visible_to(self, user: User) -> "WebhookQuerySet":
        """One's own, and those of the systems one looks after; never another person's."""
        return self.filter(of_oneself_or_systems_run_by(user))

    def listening(self) -> "WebhookQuerySet":
        """Active ones of accounts that are in use."""
        return self.filter(state=Webhook.State.ACTIVE, user__is_active=True)

    def with_work(self) -> "WebhookQuerySet":
        """Those that have something to be sent now and are not resting; the healthy first, then who waited longest."""
        awake = Q(rests_until=None) | Q(rests_until__lte=clock.now())
        due = Exists(Delivery.objects.due().filter(webhook=OuterRef("pk")))
        return self.filter(awake & due).order_by("failures", models.F("tried_at").asc(nulls_first=True))


class Webhook(Resource):
    """웹훅: an address of another system that is told of events, in the name of one account.

    It is told only of what that account may see at the moment of sending. ``seal`` is its place in the journal: for every
    entry up to that seal, a delivery has been written. ``failures`` counts those in a row since ``failing_since``;
    while it rests, nothing is sent to it.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        DISABLED = "disabled", _("Switched off")

    class Why(models.TextChoices):
        GONE = "gone", _("It answered that it is gone for good (410)")
        DOWN = "down", _("It did not take anything for days")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks", verbose_name=_("in whose name")
    )
    councils = models.ManyToManyField(Council, related_name="+", verbose_name=_("councils"))
    url = models.CharField(_("address"), max_length=2000)
    name = models.CharField(_("what it is for"), max_length=80)
    events = ArrayField(models.CharField(max_length=60), verbose_name=_("events"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ACTIVE)
    why = models.CharField(_("why it was switched off"), max_length=4, choices=Why.choices, blank=True, default="")
    sealed = models.BinaryField(max_length=300)
    sealed_before = models.BinaryField(max_length=300, null=True)
    secret_changed_at = models.DateTimeField(_("secret changed"), default=clock.now)
    overlap_until = models.DateTimeField(_("the old secret signs until"), null=True, blank=True)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, blank=True, related_name="+")
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("last delivery"), null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    if TYPE_CHECKING:
        user_id: UUID
        seal_id: int | None
        deliveries: RelatedManager["Delivery"]

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="disabled") & ~Q(why="") | ~Q(state="disabled") & Q(why=""),
                name="a_webhook_is_switched_off_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(sealed_before=None, overlap_until=None)
                | Q(sealed_before__isnull=False, overlap_until__isnull=False),
                name="an_old_secret_signs_until_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its deliveries, and what can be done with it."""
        return reverse("web:webhook", args=[self.pk])

    @property
    def has_two_secrets(self) -> bool:
        """Whether the old secret still signs beside the new one."""
        return self.overlap_until is not None and self.overlap_until > clock.now()

    def secrets(self) -> list[str]:
        """The secrets that sign now, the new one first.

        Raises:
            InvalidToken: They cannot be read any more; see :func:`council.integrations.signing.unseal`.
        """
        sealed = [self.sealed, self.sealed_before] if self.has_two_secrets else [self.sealed]
        return [signing.unseal(self.pk, bytes(secret)) for secret in sealed if secret is not None]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries by how far they are."""

    def visible_to(self, user: User) -> "DeliveryQuerySet":
        """Those of one's own webhooks."""
        return self.filter(webhook__in=Webhook.objects.visible_to(user))

    def due(self) -> "DeliveryQuerySet":
        """To be sent now, oldest first; while a webhook is paused or switched off, only a test."""
        listens = Q(webhook__state=Webhook.State.ACTIVE) | Q(event=TEST)
        return self.filter(
            listens, state=Delivery.State.WAITING, due_at__lte=clock.now(), webhook__user__is_active=True
        ).order_by("due_at", "id")


class Delivery(Resource):
    """One event on its way to one webhook, sent until it is taken or given up.

    ``tries`` counts the attempts since it was last asked for. It tells of an entry, or of the change that took something
    out of the account's sight; a test tells of neither.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    change = models.ForeignKey(Change, models.PROTECT, null=True, blank=True, related_name="+")
    event = models.CharField(_("event"), max_length=70)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"), default=clock.now)
    ended_at = models.DateTimeField(_("delivered or given up"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    if TYPE_CHECKING:
        entry_id: int | None
        change_id: int | None
        webhook_id: UUID
        attempts: RelatedManager["Attempt"]

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["webhook", "due_at", "id"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["webhook", "-id"], name="delivery_of_webhook"),
            models.Index(fields=["ended_at"], name="delivery_ended", condition=~Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "entry"], name="a_webhook_is_told_once_of_each_entry"),
            models.UniqueConstraint(fields=["webhook", "change"], name="a_webhook_is_told_once_of_each_change"),
            models.CheckConstraint(
                condition=Q(entry=None) | Q(change=None), name="a_delivery_tells_of_an_entry_or_of_a_change"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None) | ~Q(state="waiting") & Q(ended_at__isnull=False),
                name="a_delivery_waits_or_has_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} ({self.message})"

    def get_absolute_url(self) -> str:
        """Its attempts."""
        return reverse("web:webhook_delivery", args=[self.pk])

    @property
    def message(self) -> str:
        """The header ``webhook-id``: the same however often it is sent."""
        return f"msg_{self.pk.hex}"


class Attempt(models.Model):
    """One time a delivery was sent, and what came back: a status, or why there was no answer."""

    EXCERPT = 1000

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("at"), default=clock.now)
    milliseconds = models.PositiveIntegerField(_("took, in milliseconds"))
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    error = models.CharField(_("why there was no answer"), max_length=300, blank=True)
    answer = models.CharField(_("beginning of the answer"), max_length=EXCERPT, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"

    @property
    def is_success(self) -> bool:
        """Whether the event was taken."""
        return self.status is not None and 200 <= self.status < 300
