from django.contrib import admin

from council.notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin[Notification]):
    """Who was told of what, when and how; to look up."""

    list_display = ["id", "entry", "recipient", "channel", "created_at", "read_at", "sent_at", "failed_at", "attempts"]
    list_filter = ["channel"]
    list_select_related = ["entry", "recipient"]
    search_fields = ["recipient__email"]
    readonly_fields = ["entry", "recipient", "channel", "created_at", "read_at", "sent_at", "attempts", "error"]
