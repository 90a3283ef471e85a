"""Who is calling: a token in the Authorization header, or a logged-in browser on the page that tries the API."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from council.people import scopes
from council.people.actions import note_use
from council.people.bearers import Bearer, bearer
from council.people.models import User, seats_today


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer …`` (RFC 6750): an access token of ours, or one an OAuth client got."""

    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        """Find out whose token this is."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = bearer(secret.strip())
        if found is None:
            raise AuthenticationFailed(_("This token is unknown, revoked or has run out."))
        note_use(found.credential)
        if request.method in SAFE_METHODS:
            found.user.known_memberships = seats_today(found.user)
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        """What a caller without a token is asked for."""
        return 'Bearer realm="council"'


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library's base is untyped
    """Tells the OpenAPI document the two ways to come by a token, and which scope an operation asks for."""

    target_class = BearerAuthentication
    name = ["token", "oauth2"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """A token made by hand, or got for a client's id and secret."""
        token = {"type": "http", "scheme": "bearer", "description": "An access token: `council_…`."}
        flow = {"tokenUrl": reverse("oauth_token"), "scopes": {scope: _meaning(scope) for scope in scopes.SCOPES}}
        return [token, {"type": "oauth2", "flows": {"clientCredentials": flow}}]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """Either of them."""
        scope = scopes.needed(getattr(auto_schema.view, "area", ""), writing=auto_schema.method not in SAFE_METHODS)
        return [{"token": []}, {"oauth2": [scope]}]


def _meaning(scope: str) -> str:
    area, _colon, way = scope.rpartition(":")
    does = "Read" if way == scopes.READ else "Read and write"
    return f"{does}: {scopes.Area(area).label if area else 'everything the account may see'}"
