"""What can happen to what programs come in with: access tokens and OAuth clients."""

import datetime as dt
from collections.abc import Iterable

from allauth.idp.oidc.models import Client as Registration
from allauth.idp.oidc.models import Token as AccessToken
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.people.models import ApiClient, ApiToken, ServiceAccount, User
from council.people.scopes import EVERYTHING, checked, implied

USUAL_LIFETIME, LONGEST_LIFETIME = dt.timedelta(days=365), dt.timedelta(days=731)
NOTICE_OF_END = dt.timedelta(days=14)
USE_IS_NOTED_EVERY = dt.timedelta(minutes=1)


@transaction.atomic
def create_token(
    *,
    name: str,
    by: User,
    scopes: Iterable[str] = EVERYTHING,
    expires_at: dt.datetime | None = None,
    account: ServiceAccount | None = None,
    within: Iterable[str] | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for one's own account, or for a system's.

    Args:
        name: What it is for.
        scopes: What it may do, see :mod:`council.people.scopes`.
        expires_at: When it ends; in a year when left out.
        account: The system it is for, if it is not one's own.
        within: What the token may do with which this one is asked for; it cannot make a mightier one.

    Returns:
        The token and its secret, which is not kept and cannot be shown again.

    Raises:
        ValidationError: A scope does not exist or is not one's to give, or the end is past or too far away.
        Refused: The system is switched off.
    """
    user = by if account is None else _in_use(account, by=by)
    if by.is_system:
        raise PermissionDenied("people.give_access")
    secret = ApiToken.new_secret()
    token = create(
        ApiToken(
            user=user,
            name=name,
            hint=secret[:12],
            digest=ApiToken.digest_of(secret),
            scopes=checked(scopes, within=within),
            expires_at=_end(expires_at),
        )
    )
    record(Verb.TOKEN_CREATED, token, by=by, name=name, scopes=token.scopes)
    return token, secret


def _in_use(account: ServiceAccount, *, by: User) -> User:
    require(by, "people.give_access", account)
    if account.disabled_at:
        raise Refused(_("This system is switched off."))
    return account.user


def _end(wanted: dt.datetime | None) -> dt.datetime:
    now = clock.now()
    if wanted is None:
        return now + USUAL_LIFETIME
    if wanted <= now:
        raise ValidationError({"expires_at": _("This moment is past.")})
    if wanted > now + LONGEST_LIFETIME:
        raise ValidationError({"expires_at": _("A token lasts two years at most.")})
    return wanted


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> ApiToken:
    """Make a token useless from this moment on."""
    require(by, "people.revoke_token", token)
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        raise Refused(_("This token has been revoked already."))
    token.refresh_from_db()
    record(Verb.TOKEN_REVOKED, token, by=by, name=token.name)
    return token


@transaction.atomic
def announce_ends() -> int:
    """Tell the owners of tokens that end within two weeks, once each. Set off by the clock.

    Returns:
        How many tokens that were.
    """
    ending = ApiToken.objects.running_out(clock.now() + NOTICE_OF_END).select_for_update(skip_locked=True, of=("self",))
    tokens = list(ending)
    ApiToken.objects.filter(pk__in=[token.pk for token in tokens]).update(warned_at=clock.now())
    for token in tokens:
        until = clock.seoul_date(token.expires_at) if token.expires_at else None
        record(Verb.TOKEN_END_ANNOUNCED, token, by=None, name=token.name, until=until)
    return len(tokens)


@transaction.atomic
def make_client(
    account: ServiceAccount, *, name: str, scopes: Iterable[str], by: User, within: Iterable[str] | None = None
) -> tuple[ApiClient, str]:
    """Make an OAuth client for a system: with its id and secret it gets tokens that last an hour.

    Args:
        account: The system.
        name: What it is for.
        scopes: What its tokens may do at most, and do when it asks for nothing in particular.
        within: What the token may do with which this is asked for.

    Returns:
        The client and its secret, which is not kept and cannot be shown again.

    Raises:
        ValidationError: A scope does not exist or is not one's to give.
        Refused: The system is switched off.
    """
    user = _in_use(account, by=by)
    granted = checked(scopes, within=within)
    secret = ApiClient.new_secret()
    registration = Registration(
        name=name, owner=user, grant_types=Registration.GrantType.CLIENT_CREDENTIALS, response_types=""
    )
    registration.set_scopes(sorted(implied(granted)))
    registration.set_default_scopes(granted)
    registration.set_secret(secret)
    client = ApiClient(user=user, registration=registration, name=name, client_id=registration.id, scopes=granted)
    client.full_clean(exclude=["registration"])
    registration.save(force_insert=True)
    client.save(force_insert=True)
    record(Verb.CLIENT_MADE, client, by=by, name=name, scopes=granted)
    return client, secret


@transaction.atomic
def renew_secret(client: ApiClient, *, by: User) -> tuple[ApiClient, str]:
    """Give a client another secret; the old one, and what was got with it, is useless from this moment on.

    Raises:
        Refused: The client was revoked.
    """
    require(by, "people.give_access", client.user.service)
    registration = Registration.objects.select_for_update().filter(api_client=client).first()
    if registration is None:
        raise Refused(_("This client has been revoked already."))
    secret = ApiClient.new_secret()
    registration.set_secret(secret)
    registration.save(update_fields=["secret"])
    AccessToken.objects.filter(client=registration).delete()
    record(Verb.CLIENT_SECRET_RENEWED, client, by=by, name=client.name)
    return client, secret


@transaction.atomic
def revoke_client(client: ApiClient, *, by: User) -> ApiClient:
    """Make a client and every token it got useless from this moment on.

    Raises:
        Refused: It was revoked before.
    """
    require(by, "people.revoke_client", client)
    if not end_clients(client.user, only=client):
        raise Refused(_("This client has been revoked already."))
    client.refresh_from_db()
    record(Verb.CLIENT_REVOKED, client, by=by, name=client.name)
    return client


def end_clients(user: User, *, only: ApiClient | None = None) -> int:
    """Revoke the clients of a system, or one of them, for a verb that has asked whether one may."""
    clients = ApiClient.objects.select_for_update().filter(user=user, revoked_at=None)
    ending = [client.pk for client in (clients.filter(pk=only.pk) if only else clients)]
    Registration.objects.filter(api_client__in=ending).delete()
    return ApiClient.objects.filter(pk__in=ending).update(revoked_at=clock.now())


def note_use(credential: ApiToken | ApiClient) -> None:
    """Keep when a token or client was last used, to the minute: one write a minute at most. From where is not kept."""
    if credential.last_used_at is None or clock.now() - credential.last_used_at > USE_IS_NOTED_EVERY:
        type(credential)._default_manager.filter(pk=credential.pk).update(last_used_at=clock.now())


def forget_ended_access_tokens() -> int:
    """Delete the OAuth tokens that are over. Set off by the clock.

    Returns:
        How many there were.
    """
    deleted, _each = AccessToken.objects.expired().delete()
    return int(deleted)
