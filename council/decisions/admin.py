from django.contrib import admin

from council.decisions.models import Action, Decision


@admin.register(Decision)
class DecisionAdmin(admin.ModelAdmin[Decision]):
    """Decisions, to look up; they are recorded on the pages."""

    list_display = ["number", "title", "council", "state", "decided_on"]
    list_filter = ["state"]
    list_select_related = ["council"]
    search_fields = ["number", "title"]


@admin.register(Action)
class ActionAdmin(admin.ModelAdmin[Action]):
    """Actions, to look up; they are assigned on the pages."""

    list_display = ["title", "council", "organisation", "state", "due_on"]
    list_filter = ["state"]
    list_select_related = ["council", "organisation"]
    search_fields = ["title"]
