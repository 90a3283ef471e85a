"""The back office for webhooks: to be looked at; what is done with them their owners do."""

from django.contrib import admin
from django.http import HttpRequest

from council.integrations.models import Webhook


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin[Webhook]):
    """Which systems are told of events, in whose name, and how they are doing."""

    list_display = ["name", "user", "url", "state", "failures", "delivered_at"]
    list_filter = ["state", "why"]
    search_fields = ["name", "url", "user__name"]
    list_select_related = ["user"]
    readonly_fields = [
        "name",
        "user",
        "url",
        "councils",
        "events",
        "state",
        "why",
        "failures",
        "failing_since",
        "tried_at",
        "delivered_at",
        "created_at",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Their owners make them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Webhook | None = None) -> bool:
        """Their owners remove them."""
        return False
