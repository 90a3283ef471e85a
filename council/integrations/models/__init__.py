"""Webhooks and their deliveries, and answers kept for requests that come twice."""

from council.integrations.models.idempotency import KeptAnswer
from council.integrations.models.webhooks import TEST, Attempt, Delivery, Webhook

__all__ = ["TEST", "Attempt", "Delivery", "KeptAnswer", "Webhook"]
