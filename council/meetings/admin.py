from django.contrib import admin

from council.meetings.models import Meeting


@admin.register(Meeting)
class MeetingAdmin(admin.ModelAdmin[Meeting]):
    """Meetings, to look up; they are prepared on the pages."""

    list_display = ["title", "council", "kind", "state", "starts_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["council"]
    search_fields = ["title"]
