from typing import Any

from django.contrib import admin
from django.dispatch import receiver

from council.notifications import actions
from council.notifications.models import Notification
from council.people.bell import address_changed
from council.people.models import User


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin[Notification]):
    """Who was told of what, when and how; to look up."""

    list_display = ["id", "entry", "recipient", "channel", "created_at", "read_at", "sent_at", "failed_at", "attempts"]
    list_filter = ["channel"]
    list_select_related = ["entry", "recipient"]
    search_fields = ["recipient__email"]
    readonly_fields = ["entry", "recipient", "channel", "created_at", "read_at", "sent_at", "attempts", "error"]


@receiver(address_changed)
def send_what_was_kept_back(*, user: User, by: User, **_: Any) -> None:
    """Send to an address that was changed here what the old one did not take."""
    actions.follow_address(user, by=by)
