"""Mirroring: what changed, in order, and what is gone."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from council.api import mirroring
from council.api.pagination import ByTime
from council.api.scopes import granted
from council.api.serializers import changes as shapes
from council.api.views.base import Noun
from council.people.scopes import Area

NEWEST = "newest"


class Changes(Noun):
    """What has changed of all you may see."""

    area = Area.CHANGES
    reads = shapes.ChangesSerializer
    pagination_class = None
    filter_backends = []

    def read(self, request: Request) -> Response:
        """Read what has changed after a cursor, in an order in which nothing is ever put in between."""
        asked = self.sent(shapes.AskedForChanges, request.query_params.dict())
        scopes = granted(request)
        after = asked.pop("after")
        if after == NEWEST:
            after = mirroring.end()
        page = mirroring.changes(self.user, after, scopes=scopes, **asked)
        return Response(shapes.ChangesSerializer(page, context=self.get_serializer_context()).data)

    read.asks, read.status, read.gives = shapes.AskedForChanges, 200, shapes.ChangesSerializer  # type: ignore[attr-defined]  # for the OpenAPI document


class Tombstones(mixins.ListModelMixin, Noun):
    """What was deleted of all you could see, oldest first; tombstones are kept for good."""

    area = Area.CHANGES
    reads = shapes.TombstoneSerializer
    pagination_class = ByTime
    stamp = "deleted_at"

    def get_queryset(self) -> QuerySet[Any]:
        """Those of what the caller may have seen."""
        if getattr(self, "swagger_fake_view", False):
            return cast(QuerySet[Any], self.reads.Meta.model.objects.none())
        return mirroring.tombstones(self.user, granted(self.request))
