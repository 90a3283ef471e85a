"""Who is calling: a token in the Authorization header, or a logged-in browser on the page that tries the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from council.people.actions import note_use
from council.people.models import ApiToken, User


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer council_…`` (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Find the person whose token this is."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = ApiToken.objects.matching(secret.strip()).select_related("user").first()
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, revoked or has run out."))
        note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a caller without a token is asked for."""
        return 'Bearer realm="council"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library's base is untyped
    """Tells the OpenAPI document how to log in."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Bearer authentication, as OpenAPI names it."""
        return {"type": "http", "scheme": "bearer"}
