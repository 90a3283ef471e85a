"""Pages that stay stable while rows come in, and cost the same at any depth."""

import base64
import binascii
import datetime as dt
from contextlib import suppress
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from council.core import replicas

SINCE = "modified_since"
MARGIN = dt.timedelta(seconds=1)


def synced_until() -> dt.datetime:
    """Up to when everything that will ever be stamped is there to be read: the start of the oldest transaction under way.

    Rows bear the time at which their transaction began, which may commit much later. A second is taken off for the
    moment between a transaction's beginning and its being seen. It has to be asked before the rows are, and where they are.
    """
    replicas.read_primary()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT LEAST(MIN(xact_start), clock_timestamp()) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        moment: dt.datetime = cursor.fetchall()[0][0]
    return moment - MARGIN


def is_stamped(model: type[Model] | None) -> bool:
    """Whether the database keeps when a row was last changed."""
    try:
        return model is not None and bool(model._meta.get_field("modified_at"))
    except FieldDoesNotExist:
        return False


class KeysetPagination(CursorPagination):
    """``{next, previous, results}`` in the order of making, newest first; ``limit`` asks for up to 200 rows.

    With ``modified_since`` the rows come in the order in which they were last changed, and ``synced_until`` says from
    when on to ask the next time: what was changed later may come twice, and nothing is left out.
    """

    ordering = "-id"
    page_size_query_param = "limit"
    max_page_size = 200
    cursor_query_description = "Where a page begins, as `next` and `previous` give it."
    page_size_query_description = "How many results a page holds, 200 at most."
    always_by_time = False
    until: dt.datetime | None = None

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: APIView | None = None) -> list[Any]:
        """Read a page; a cursor that no page gave out is bad input."""
        if SINCE in request.query_params or self.always_by_time:
            return self._page_by_time(queryset, request, getattr(view, "stamp", "modified_at"))
        try:
            return super().paginate_queryset(queryset, request, view) or []
        except (exceptions.NotFound, ValidationError, ValueError) as error:
            if self.cursor_query_param not in request.query_params:
                raise
            raise exceptions.ValidationError({"cursor": [_("This is no cursor of this list.")]}) from error

    def get_page_size(self, request: Request) -> int | None:
        """How many rows are asked for; what is no number is bad input."""
        try:
            int(request.query_params.get(self.page_size_query_param, 1))
        except ValueError as error:
            raise exceptions.ValidationError({self.page_size_query_param: [_("Enter a whole number.")]}) from error
        return super().get_page_size(request)

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView | None) -> tuple[str, ...]:
        """The order the view asks for."""
        return (getattr(view, "order", self.ordering),)

    def _page_by_time(self, queryset: QuerySet[Any], request: Request, stamp: str) -> list[Any]:
        """The rows changed since a moment, by moment and id, after the cursor."""
        self.request, self.until = request, synced_until()
        rows = queryset.order_by(stamp, "pk")
        if since := request.query_params.get(SINCE):
            rows = rows.filter(**{f"{stamp}__gte": _moment(since)})
        if cursor := request.query_params.get(self.cursor_query_param):
            table = queryset.model._meta.db_table
            later = f"({table}.{stamp}, {table}.id) > (%s, %s)"
            rows = rows.filter(RawSQL(later, _read(cursor, queryset.model), output_field=BooleanField()))  # noqa: S611 - names of columns
        size = self.get_page_size(request) or self.max_page_size
        found = list(rows[: size + 1])
        last = found[size - 1] if len(found) > size else None
        self.following = _cursor(getattr(last, stamp), last.pk) if last else None
        return found[:size]

    def get_paginated_response(self, data: Any) -> Response:
        """The page; by time with how far it reaches, and forwards only."""
        if self.until is None:
            return super().get_paginated_response(data)
        url = self.request.build_absolute_uri()
        following = replace_query_param(url, self.cursor_query_param, self.following) if self.following else None
        until = self.until.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        return Response({"next": following, "previous": None, "synced_until": until, "results": data})

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The query of a list, in OpenAPI."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        if takes_since(view, view.get_queryset()):  # type: ignore[attr-defined]  # lists have rows
            parameters.append(
                {
                    "name": SINCE,
                    "in": "query",
                    "required": False,
                    "description": "What was changed at this moment or later, oldest change first; see `synced_until`.",
                    "schema": {"type": "string", "format": "date-time"},
                }
            )
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page, in OpenAPI 3.1."""
        link = {"type": ["string", "null"], "format": "uri"}
        until = {
            "type": "string",
            "format": "date-time",
            "description": "With `modified_since`: what to send as `modified_since` the next time.",
        }
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "synced_until": until, "results": schema},
        }


class ByTime(KeysetPagination):
    """Always in the order in which things happened."""

    always_by_time = True


def takes_since(view: APIView, rows: QuerySet[Any]) -> bool:
    """Whether a list can be asked for what was changed since a moment: those of things that bear one."""
    pages = getattr(view, "pagination_class", None)
    if not (isinstance(pages, type) and issubclass(pages, KeysetPagination)):
        return False
    return pages.always_by_time or (is_stamped(rows.model) and getattr(view, "action", "") == "list")


def _moment(text: str) -> dt.datetime:
    with suppress(ValueError, OverflowError):
        moment = parse_datetime(text)
        if moment and moment.tzinfo:
            return moment.astimezone(dt.UTC)  # the database takes no offset of sixteen hours, RFC 3339 does
    raise exceptions.ValidationError({SINCE: [_("Give a moment with its offset, e.g. 2023-09-05T10:00:00+09:00.")]})


def _cursor(moment: dt.datetime, pk: Any) -> str:
    return base64.urlsafe_b64encode(f"{moment.astimezone(dt.UTC).isoformat()} {pk}".encode()).decode()


def _read(cursor: str, model: type[Model]) -> tuple[dt.datetime, Any]:
    try:
        moment, pk = base64.b64decode(cursor, "-_", validate=True).decode().split(" ")
        return dt.datetime.fromisoformat(moment).astimezone(dt.UTC), model._meta.pk.to_python(pk)
    except (ValueError, binascii.Error, ValidationError, OverflowError) as error:
        raise exceptions.ValidationError({"cursor": [_("This is no cursor of this list.")]}) from error
