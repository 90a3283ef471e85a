"""Who comes in with a bearer token (RFC 6750): a person or a system, and what the token opens."""

from typing import NamedTuple

from allauth.idp.oidc.models import Token as AccessToken

from council.people.models import ApiClient, ApiToken, User
from council.people.scopes import implied


class Bearer(NamedTuple):
    """Someone with a token.

    Attributes:
        user: As whom it acts.
        credential: The access token, or the OAuth client that got one.
        scopes: Everything it opens.
    """

    user: User
    credential: ApiToken | ApiClient
    scopes: frozenset[str]


def bearer(secret: str) -> Bearer | None:
    """Who has this token; nobody if it is unknown, revoked or over."""
    return _with_own(secret) if secret.startswith(ApiToken.PREFIX) else _of_client(secret)


def _with_own(secret: str) -> Bearer | None:
    token = ApiToken.objects.matching(secret).select_related("user").first()
    return Bearer(token.user, token, implied(token.scopes)) if token else None


def _of_client(secret: str) -> Bearer | None:
    token = AccessToken.objects.lookup(AccessToken.Type.ACCESS_TOKEN, secret)
    if token is None:
        return None
    client = ApiClient.objects.usable().filter(registration=token.client_id).select_related("user").first()
    return Bearer(client.user, client, implied(token.get_scopes()) & implied(client.scopes)) if client else None
