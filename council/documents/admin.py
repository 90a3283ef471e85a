from django.contrib import admin

from council.documents.models import Document


@admin.register(Document)
class DocumentAdmin(admin.ModelAdmin[Document]):
    """Documents, to look up; texts are written on the pages."""

    list_display = ["title", "council", "created_at"]
    list_select_related = ["council"]
    search_fields = ["title", "title_en"]
