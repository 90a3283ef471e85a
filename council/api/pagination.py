"""Pages that stay stable while rows come in, and cost the same at any depth."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class KeysetPagination(CursorPagination):
    """``{next, previous, results}`` in the order of making, newest first; ``limit`` asks for up to 200 rows."""

    ordering = "-id"
    page_size_query_param = "limit"
    max_page_size = 200
    cursor_query_description = "Where a page begins, as `next` and `previous` give it."
    page_size_query_description = "How many results a page holds, 200 at most."

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: APIView | None = None) -> list[Any]:
        """Read a page; a cursor that no page gave out is bad input."""
        try:
            return super().paginate_queryset(queryset, request, view) or []
        except (exceptions.NotFound, ValidationError, ValueError) as error:
            if self.cursor_query_param not in request.query_params:
                raise
            raise exceptions.ValidationError({"cursor": [_("This is no cursor of this list.")]}) from error

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView | None) -> tuple[str, ...]:
        """The order the view asks for."""
        return (getattr(view, "order", self.ordering),)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page, in OpenAPI 3.1."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }
