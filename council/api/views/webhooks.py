"""Webhooks: who is told of events, what was sent, and sending it again."""

from typing import Any

from rest_framework.response import Response

from council.api.filters_integrations import DeliveryFilters, WebhookFilters
from council.api.serializers import webhooks as shapes
from council.api.views.base import Readable, verb
from council.integrations import actions
from council.integrations.models import Delivery, Webhook
from council.people.scopes import Area


class Webhooks(Readable):
    """Addresses that are told of events in your name, or in that of systems you look after; see docs/webhooks.md."""

    area = Area.WEBHOOKS
    reads = shapes.WebhookSerializer
    filterset_class = WebhookFilters

    @verb(shapes.NewWebhook, gives=shapes.FreshWebhookSerializer)
    def create(self, **sent: Any) -> Response:
        """Have another system told of what happens from now on; the secret that signs is shown this once."""
        return Response(_with_secret(self, *actions.make_webhook(by=self.user, **sent)), 201)

    @verb(shapes.WebhookChange)
    def partial_update(self, webhook: Webhook, **sent: Any) -> Webhook:
        """Change where it goes to, what it is for, or what it is told of."""
        return actions.revise_webhook(webhook, by=self.user, **sent)

    @verb()
    def destroy(self, webhook: Webhook) -> None:
        """Remove it with everything that is known of its deliveries."""
        actions.remove_webhook(webhook, by=self.user)

    @verb()
    def pause(self, webhook: Webhook) -> Webhook:
        """Send nothing until it is resumed; what happens meanwhile waits."""
        return actions.pause_webhook(webhook, by=self.user)

    @verb(shapes.Resumption)
    def resume(self, webhook: Webhook, **sent: Any) -> Webhook:
        """Send again, whether it was paused or switched off."""
        return actions.resume_webhook(webhook, by=self.user, **sent)

    @verb(gives=shapes.FreshWebhookSerializer)
    def rotate_secret(self, webhook: Webhook) -> Response:
        """Give it a new secret, shown this once; for a day both the old one and the new one sign."""
        return Response(_with_secret(self, *actions.rotate_secret(webhook, by=self.user)))

    @verb()
    def end_old_secret(self, webhook: Webhook) -> Webhook:
        """Sign with the new secret alone from now on."""
        return actions.end_old_secret(webhook, by=self.user)

    @verb(gives=shapes.DeliverySerializer, status=201)
    def test(self, webhook: Webhook) -> Delivery:
        """Send an event that tells nothing, once, even while it is paused."""
        return actions.send_test(webhook, by=self.user)

    @verb(gives=shapes.ReplayedSerializer)
    def replay_failed(self, webhook: Webhook) -> Response:
        """Send everything again that was given up."""
        return Response({"replayed": actions.replay_failed(webhook, by=self.user)})

    @verb(shapes.Since, gives=shapes.ReplayedSerializer)
    def replay_since(self, webhook: Webhook, **sent: Any) -> Response:
        """Send everything again that happened since a moment, and what it was not told of then."""
        return Response({"replayed": actions.replay_since(webhook, by=self.user, **sent)})


class Deliveries(Readable):
    """What was sent to your webhooks and what they answered, kept for thirty days after it ended."""

    area = Area.WEBHOOKS
    reads = shapes.DeliverySerializer
    filterset_class = DeliveryFilters

    @verb()
    def replay(self, delivery: Delivery) -> Delivery:
        """Send it again, delivered or given up, under the same `webhook-id`."""
        return actions.replay(delivery, by=self.user)


def _with_secret(view: Webhooks, webhook: Webhook, secret: str) -> dict[str, Any]:
    return {**shapes.WebhookSerializer(webhook, context=view.get_serializer_context()).data, "secret": secret}
