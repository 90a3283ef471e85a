from django.contrib import admin
from django.http import HttpRequest

from council.journal.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin[Entry]):
    """The audit trail, to read."""

    list_display = ["id", "at", "verb", "actor", "target_type", "target_id", "dispatched_at", "attempts"]
    list_filter = ["verb"]
    search_fields = ["target_id", "actor__email"]
    list_select_related = ["actor", "target_type"]
    ordering = ["-id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False
