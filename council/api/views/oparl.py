"""The public councils as OParl 1.1: an entry point, objects under their own addresses, and lists to walk through."""

import datetime as dt
import operator
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, ClassVar, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.urls import URLPattern, path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from council.api.views.public import ForEverybody
from council.exchange import oparl
from council.exchange.oparl import Shelf

PAGE = 100
SPANS = {
    "created_since": "created_at__gte",
    "created_until": "created_at__lte",
    "modified_since": "modified_at__gte",
    "modified_until": "modified_at__lte",
}
"""The filters that OParl asks of every list."""


class System(ForEverybody):
    """Where a client begins."""

    schema = None

    def get(self, request: Request) -> Response:
        """Name the interface and where its bodies are."""
        return Response(oparl.system())


class One(ForEverybody):
    """An object under its own address; what was there once is deleted.

    Attributes:
        shelves: Where it may be found.
    """

    schema = None
    shelves: ClassVar[tuple[Callable[[], Shelf], ...]] = ()

    def get(self, request: Request, pk: UUID) -> Response:
        """Write it."""
        shelves = [shelf() for shelf in self.shelves]
        for shelf in shelves:
            if thing := shelf.rows.filter(pk=pk).first():
                return Response(shelf.write(thing))
        for shelf in shelves:
            for gone in shelf.vanished(key=pk):
                return Response(gone.written())
        raise Http404


class Many(ForEverybody):
    """A list (externe Objektliste), a page at a time, in order of making; with what is deleted."""

    schema = None

    def shelves(self, pk: UUID | None = None, kind: str = "") -> Iterable[Shelf]:
        """What the list has, kind by kind."""
        raise NotImplementedError

    def get(self, request: Request, **of: Any) -> Response:
        """Write a page of it."""
        spans, after = _spans(request), _after(request)
        page: list[tuple[UUID, oparl.Object]] = []
        for shelf in self.shelves(**of):
            narrowed = shelf.rows.filter(**spans, **({"pk__gt": after} if after else {})).order_by("pk")
            page += [(row.pk, shelf.write(row)) for row in narrowed[: PAGE + 1]]
            vanished = shelf.vanished(**({"key__gt": after} if after else {}))
            gone = (each for each in vanished if _is_within(each, spans))
            page += [(each.pk, each.written()) for each in islice(gone, PAGE + 1)]
        page.sort(key=lambda row: row[0])
        here = request.build_absolute_uri(request.path)
        links = {"first": _link(here, request)}
        if len(page) > PAGE:
            links["next"] = _link(here, request, after=page[PAGE - 1][0])
        shown = [written for _key, written in page[:PAGE]]
        return Response({"data": shown, "pagination": {"elementsPerPage": PAGE}, "links": links})


class Bodies(Many):
    """Organisations that run councils."""

    def shelves(self, pk: UUID | None = None, kind: str = "") -> Iterable[Shelf]:
        """All of them."""
        yield oparl.shelf_of_bodies()


class ListOfBody(Many):
    """What a body has of one kind."""

    def shelves(self, pk: UUID | None = None, kind: str = "") -> Iterable[Shelf]:
        """Its councils with their subcommittees, its meetings, or its agenda items; of other kinds nothing."""
        if not oparl.was_body(cast(UUID, pk)):
            raise Http404
        match kind:
            case "organization":
                yield oparl.shelf_of_councils(operator=pk)
                yield oparl.shelf_of_subcommittees(operator=pk)
            case "meeting":
                yield oparl.shelf_of_meetings(operator=pk)
            case "agendaItem":
                yield oparl.shelf_of_items(operator=pk)
            case _ if kind not in oparl.NOT_GIVEN_OUT:
                raise Http404


class MeetingsOf(Many):
    """The meetings of a council or a subcommittee."""

    def shelves(self, pk: UUID | None = None, kind: str = "") -> Iterable[Shelf]:
        """Its own alone."""
        yield oparl.shelf_of_meetings_of(cast(UUID, pk))


def _is_within(gone: oparl.Gone, spans: dict[str, dt.datetime]) -> bool:
    """Whether it was made, and deleted, in the stretch of time that is asked for."""
    for name, moment in spans.items():
        field, _sep, which = name.partition("__")
        if not (operator.ge if which == "gte" else operator.le)(getattr(gone, field), moment):
            return False
    return True


def _spans(request: Request) -> dict[str, dt.datetime]:
    """The stretch of time that is asked for."""
    spans = {}
    for name in SPANS.keys() & request.query_params.keys():
        moment = _moment(request.query_params[name])
        if moment is None or moment.tzinfo is None:
            raise ValidationError({name: [_("This is no time with an offset, like 2023-09-05T14:00:00+09:00.")]})
        spans[SPANS[name]] = moment
    return spans


def _moment(text: str) -> dt.datetime | None:
    try:
        return parse_datetime(text.replace(" ", "+"))  # a plus sign that was not escaped arrives as a space
    except ValueError:
        return None


def _after(request: Request) -> UUID | None:
    try:
        return UUID(request.query_params["after"]) if "after" in request.query_params else None
    except ValueError as error:
        raise ValidationError({"after": [_("This is no page of this list.")]}) from error


def _link(here: str, request: Request, **more: Any) -> str:
    kept = {name: value for name, value in request.query_params.items() if name in SPANS}
    asked = urlencode(kept | more)
    return f"{here}?{asked}" if asked else here


def _one(*shelves: Callable[[], Shelf]) -> Any:
    return One.as_view(shelves=shelves)


urlpatterns: list[URLPattern] = [
    path("", System.as_view(), name="oparl-system"),
    path("body/", Bodies.as_view(), name="oparl-bodies"),
    path("body/<uuid:pk>/", _one(oparl.shelf_of_bodies), name="oparl-body"),
    path("body/<uuid:pk>/<slug:kind>/", ListOfBody.as_view(), name="oparl-list"),
    path(
        "organization/<uuid:pk>/",
        _one(oparl.shelf_of_councils, oparl.shelf_of_subcommittees),
        name="oparl-organization",
    ),
    path("organization/<uuid:pk>/meeting/", MeetingsOf.as_view(), name="oparl-meetings-of"),
    path("meeting/<uuid:pk>/", _one(oparl.shelf_of_meetings), name="oparl-meeting"),
    path("agendaItem/<uuid:pk>/", _one(oparl.shelf_of_items), name="oparl-item"),
    path("location/<uuid:pk>/", _one(oparl.shelf_of_locations), name="oparl-location"),
]
