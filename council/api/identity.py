"""Where programs get tokens for a client's id and secret (OAuth 2.0 client credentials, RFC 6749 section 4.4).

The server is allauth's; of what it can do nothing else is switched on: no pages for people, no OpenID Connect.
"""

from http import HTTPStatus
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from allauth.idp.oidc.views import RevokeView, TokenView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from council.api.throttling import TOKENS, address_of, count, say
from council.people.models import ApiClient
from council.people.scopes import SCOPES


class Adapter(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth comes without types
    """What allauth leaves to the site."""

    def generate_client_secret(self) -> str:
        """One that secret scanners recognise."""
        return ApiClient.new_secret()


class Token(TokenView):  # type: ignore[misc]  # allauth comes without types
    """The token endpoint: for client credentials alone, and not too often from one address."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Give an access token for id and secret."""
        standings = count(address_of(request), TOKENS)
        response = self._answer(request, too_much=any(each.too_much for each in standings))
        say(response, standings)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            response["Retry-After"] = str(standings[0].wait)
        response["Cache-Control"] = "no-store"
        return response

    def _answer(self, request: HttpRequest, *, too_much: bool) -> HttpResponse:
        if too_much:
            return _error("temporarily_unavailable", "Too many requests.", HTTPStatus.TOO_MANY_REQUESTS)
        if request.POST.get("grant_type") != Client.GrantType.CLIENT_CREDENTIALS:
            return _error("unsupported_grant_type", "Only client_credentials.")
        try:
            response: HttpResponse = super().post(request)
        except ValidationError as error:
            return _error("invalid_target", " ".join(error.messages))
        return response


def _error(code: str, description: str, status: int = HTTPStatus.BAD_REQUEST) -> JsonResponse:
    return JsonResponse({"error": code, "error_description": description}, status=status)


@login_not_required
@require_safe
def metadata(request: HttpRequest) -> JsonResponse:
    """What this server offers (RFC 8414)."""
    described: dict[str, Any] = {
        "issuer": settings.SITE_URL,
        "token_endpoint": f"{settings.SITE_URL}{reverse('oauth_token')}",
        "revocation_endpoint": f"{settings.SITE_URL}{reverse('oauth_revoke')}",
        "grant_types_supported": [Client.GrantType.CLIENT_CREDENTIALS.value],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": settings.IDP_OIDC_AUTH_METHODS,
        "scopes_supported": SCOPES,
        "service_documentation": f"{settings.SITE_URL}{reverse('api:docs')}",
    }
    return JsonResponse(described, headers={"Access-Control-Allow-Origin": "*"})


token = Token.as_view()
revoke = RevokeView.as_view()
