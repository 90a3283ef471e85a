"""What programs come in with: access tokens, service accounts and their OAuth clients."""

from typing import Any

from rest_framework.response import Response

from council.api.scopes import granted
from council.api.serializers import access as shapes
from council.api.views.base import Readable, verb
from council.people import actions
from council.people.models import ApiClient, ApiToken, ServiceAccount
from council.people.scopes import EVERYTHING, SCOPES, Area


class Tokens(Readable):
    """Your access tokens and those of systems you look after, revoked ones too; their secrets are not kept."""

    area = Area.ACCESS
    reads = shapes.TokenSerializer

    @verb(shapes.NewToken, gives=shapes.FreshTokenSerializer)
    def create(self, **sent: Any) -> Response:
        """Make a token for your own account; its secret is shown this once."""
        return Response(_new_token(self, **sent), 201)

    @verb()
    def destroy(self, token: ApiToken) -> None:
        """Revoke a token; it is useless from this moment on."""
        actions.revoke_token(token, by=self.user)


def _new_token(view: Readable, **sent: Any) -> dict[str, Any]:
    may = granted(view.request)
    usual = EVERYTHING if may is None else [scope for scope in SCOPES if scope in may]
    token, secret = actions.create_token(by=view.user, within=may, **{"scopes": usual, **sent})
    return {**shapes.TokenSerializer(token).data, "secret": secret}


class ServiceAccounts(Readable):
    """Systems with an account of their own that you look after; they act by tokens and cannot log in."""

    area = Area.ACCESS
    reads = shapes.ServiceAccountSerializer

    @verb(shapes.NewServiceAccount)
    def create(self, **sent: Any) -> ServiceAccount:
        """Give a system an account of its own, and let it observe a council or work for its secretary."""
        return actions.make_service_account(by=self.user, **sent)

    @verb(shapes.ServiceAccountChange)
    def partial_update(self, account: ServiceAccount, **sent: Any) -> ServiceAccount:
        """Change its name, what it does, whose it is, or who answers for it."""
        return actions.change_service_account(account, by=self.user, **sent)

    @verb()
    def disable(self, account: ServiceAccount) -> ServiceAccount:
        """Switch a system off for good; its tokens and clients are useless from this moment on."""
        return actions.disable_service_account(account, by=self.user)

    @verb(shapes.NewToken, gives=shapes.FreshTokenSerializer, status=201)
    def tokens(self, account: ServiceAccount, **sent: Any) -> Response:
        """Make a token for a system; its secret is shown this once."""
        return Response(_new_token(self, account=account, **sent), 201)

    @verb(shapes.NewClient, gives=shapes.FreshClientSerializer, status=201)
    def clients(self, account: ServiceAccount, **sent: Any) -> Response:
        """Make an OAuth client for a system; its secret is shown this once."""
        made = actions.make_client(account, by=self.user, within=granted(self.request), **sent)
        return Response(_with_secret(*made), 201)


class Clients(Readable):
    """OAuth clients of systems you look after, revoked ones too; their secrets are not kept."""

    area = Area.ACCESS
    reads = shapes.ClientSerializer

    @verb(gives=shapes.FreshClientSerializer)
    def renew_secret(self, client: ApiClient) -> Response:
        """Give a client another secret; the old one, and every token got with it, is useless from this moment on."""
        return Response(_with_secret(*actions.renew_secret(client, by=self.user)))

    @verb()
    def destroy(self, client: ApiClient) -> None:
        """Revoke a client and every token it got."""
        actions.revoke_client(client, by=self.user)


def _with_secret(client: ApiClient, secret: str) -> dict[str, Any]:
    return {**shapes.ClientSerializer(client).data, "client_secret": secret}
