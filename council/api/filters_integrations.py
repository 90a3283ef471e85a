"""What lists of webhooks and deliveries can be narrowed to."""

from django_filters import rest_framework as filters

from council.api.filters import Filters
from council.integrations.models import Delivery, Webhook


class WebhookFilters(Filters):
    """By state and owner."""

    state = filters.ChoiceFilter(choices=Webhook.State.choices)
    owner = filters.UUIDFilter(field_name="user")


class DeliveryFilters(Filters):
    """By webhook, event and state."""

    webhook = filters.UUIDFilter(field_name="webhook")
    event = filters.CharFilter(field_name="event", label="Its name.")
    state = filters.ChoiceFilter(choices=Delivery.State.choices)
