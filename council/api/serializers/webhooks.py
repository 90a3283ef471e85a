"""Webhooks and their deliveries, as they are read and sent."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from council.api.fields import AllById, ById, Moment
from council.api.serializers.base import Change, Read, Sent
from council.api.serializers.people import CouncilRefSerializer, PersonSerializer
from council.integrations.models import Attempt, Delivery, Webhook
from council.people.models import Council, ServiceAccount, User

# --- Read ------------------------------------------------------------------------------------------------------------


class WebhookSerializer(Read):
    """An address that is told of events in the name of its owner; its secret was shown when it was made or changed.

    ``failures`` counts the attempts in a row that failed; until ``rests_until`` nothing is sent. Until
    ``overlap_until`` the old secret signs beside the new one.
    """

    related = ("user",)
    owner = PersonSerializer(source="user")
    councils = CouncilRefSerializer(many=True)
    events = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Webhook
        fields: tuple[str, ...] = (
            "id",
            "owner",
            "name",
            "url",
            "councils",
            "events",
            "state",
            "why",
            "failures",
            "failing_since",
            "rests_until",
            "tried_at",
            "delivered_at",
            "secret_changed_at",
            "overlap_until",
            "created_at",
            "modified_at",
        )

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With its councils."""
        return super().rows(user).prefetch_related("councils")


class FreshWebhookSerializer(WebhookSerializer):
    """A webhook with the secret that is shown this once."""

    secret = serializers.CharField()

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")


class AttemptSerializer(Read):
    """One time it was sent: the status, or why there was no answer, and the beginning of the answer."""

    class Meta:
        model = Attempt
        fields = ("at", "milliseconds", "status", "error", "answer")


class DeliverySerializer(Read):
    """One event on its way to one webhook. ``message`` is the header ``webhook-id``, the same at every attempt."""

    message = serializers.CharField()
    attempts = AttemptSerializer(many=True)

    class Meta:
        model = Delivery
        fields = (
            "id",
            "webhook",
            "event",
            "message",
            "state",
            "tries",
            "due_at",
            "ended_at",
            "attempts",
            "created_at",
            "modified_at",
        )

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the attempts, the first one first."""
        return super().rows(user).prefetch_related(Prefetch("attempts", Attempt.objects.order_by("id")))


class ReplayedSerializer(serializers.Serializer[Any]):
    """How many deliveries are sent again."""

    replayed = serializers.IntegerField()


# --- Sent ------------------------------------------------------------------------------------------------------------

EVENTS_HELP = "Names of the catalogue in docs/webhooks.md, `opinion.*` for all of one kind, `*` for all."


class NewWebhook(Sent):
    """An address to be told of events from now on."""

    name = serializers.CharField(max_length=80, help_text="What it is for.")
    url = serializers.CharField(max_length=2000, help_text="Beginning with https://, of a host on the public internet.")
    councils = AllById(Council, help_text="Of which councils; its owner sits on each.")
    events = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, allow_empty=False, help_text=EVENTS_HELP
    )
    account = ById(
        ServiceAccount, required=False, allow_null=True, help_text="The system in whose name; your own when left out."
    )


class WebhookChange(Change):
    """What is to change of a webhook."""

    councils = AllById(Council)
    events = serializers.ListField(child=serializers.CharField(max_length=60), allow_empty=False, help_text=EVENTS_HELP)

    class Meta(Change.Meta):
        model = Webhook
        fields = ("name", "url", "councils", "events")


class Resumption(Sent):
    """Whether what happened meanwhile is sent too."""

    catch_up = serializers.BooleanField(default=True, help_text="Otherwise what waits is left out.")


class Since(Sent):
    """From when on to send again."""

    since = Moment(help_text="A moment of the last thirty days.")
