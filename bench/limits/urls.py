"""Plain DRF over the opinions, and minimal HTML: one query, one template."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse  # noqa: TID251 - it is a door, if a plain one
from django.shortcuts import render
from django.urls import include, path
from rest_framework.pagination import CursorPagination
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ModelViewSet

from bench.limits.models import AgendaItem, Opinion, Passage, Point


class OpinionSerializer(ModelSerializer[Opinion]):
    """Everything that stands in the table."""

    class Meta:
        model = Opinion
        fields = "__all__"


class Pages(CursorPagination):
    """The newest first, as ours."""

    ordering = "-id"
    page_size = 50


class Opinions(ModelViewSet[Opinion]):
    """As the tutorial writes it."""

    queryset = Opinion.objects.all()
    serializer_class = OpinionSerializer
    pagination_class = Pages

    def get_queryset(self) -> Any:
        """Those of one consultation, where one is named."""
        named = self.request.query_params.get("consultation")
        return self.queryset.filter(consultation=named) if named else self.queryset


def healthz(_request: HttpRequest) -> HttpResponse:
    """It answers."""
    return HttpResponse("ok")


def agenda(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The items of a meeting."""
    return render(request, "agenda.html", {"items": AgendaItem.objects.filter(meeting=pk).order_by("position")})


def text(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The passages of a version."""
    return render(request, "text.html", {"passages": Passage.objects.filter(version=pk).order_by("position")})


def board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The first points of a consultation."""
    points = Point.objects.filter(consultation=pk).select_related("opinion__organisation", "opinion__passage", "office")
    return render(request, "board.html", {"points": points.order_by("opinion__number", "number")[:50]})


router = DefaultRouter()
router.register("opinions", Opinions)

urlpatterns = [
    path("healthz", healthz),
    path("agenda/<uuid:pk>/", agenda),
    path("text/<uuid:pk>/", text),
    path("board/<uuid:pk>/", board),
    path("", include(router.urls)),
]
