"""The API itself: what it has, its description, a page to try it, and every address it does not have."""

from threading import Lock
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from council.api.throttling import Limited
from council.api.views.base import Endpoint


class Root(Endpoint):
    """The resources and where they are."""

    schema = None
    permission_classes = [IsAuthenticated]
    nouns: dict[str, str] = {}

    def get(self, request: Request) -> Response:
        """Name every resource and its address."""
        return Response({noun: reverse(f"api:{name}", request=request) for noun, name in self.nouns.items()})


class Unknown(Endpoint):
    """An address the API does not have."""

    schema = None
    authentication_classes = []
    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say so, whatever the method."""
        self.speak(request)
        self.count_address(request)
        raise NotFound


class OpenApi(Limited, SpectacularAPIView):
    """The OpenAPI document, as YAML or JSON: by ``Accept`` or ``?format=json``."""

    schema = None
    writing: ClassVar[Lock] = Lock()  # the library writes one document at a time

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write it."""
        with self.writing:
            written: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]  # the library is untyped
        return written


@login_not_required
def docs(request: HttpRequest) -> HttpResponse:
    """A page to read about the API and try it, with a token or as whoever is logged in."""
    return render(request, "api/docs.html")
