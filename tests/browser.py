"""Somebody's browser."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler

from council.web.beginning import Begun


class Reading(ClientHandler):
    """Reads what comes in pieces to its end; what a page was made of is known of the pieces, too."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """The whole page."""
        begun = super().get_response(request)
        if not isinstance(begun, Begun):
            return begun
        page = HttpResponse(begun.getvalue(), status=begun.status_code, headers=begun.headers)
        page.cookies = begun.cookies
        return page


class Browser(Client):
    """Django's client, waiting for all of a page."""

    def __init__(self, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.handler = Reading(enforce_csrf_checks=False)
