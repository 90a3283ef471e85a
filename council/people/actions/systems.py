"""What can happen to service accounts: the accounts of systems."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.models import uuid7
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.people.actions.access import end_clients
from council.people.actions.councils import appoint
from council.people.models import ApiToken, Council, Membership, Organisation, ServiceAccount, User


@transaction.atomic
def make_service_account(
    council: Council,
    *,
    name: str,
    purpose: str,
    organisation: Organisation,
    responsible: User,
    by: User,
    role: str = Membership.Role.OBSERVER,
) -> ServiceAccount:
    """Give a system an account of its own, and let it observe the council or work for its secretary.

    Nobody can log in with it; it acts by access tokens and OAuth clients alone, and holds no seat.

    Args:
        council: Whose officers look after it, beside the responsible person.
        name: What it is called wherever it acts.
        purpose: What it does, for those who wonder.
        organisation: Whose system it is.
        responsible: The person who answers for it.
        role: Observer or secretary.

    Raises:
        ValidationError: The responsible is a system, or the role needs a seat.
    """
    require(by, "people.make_service_account", council)
    _check_person(responsible)
    user = User(pk=uuid7(), name=name, is_system=True)
    user.email = f"{user.pk}@systems.invalid"  # nothing can be sent there (RFC 2606)
    user.set_unusable_password()
    create(user)
    account = create(
        ServiceAccount(user=user, council=council, organisation=organisation, responsible=responsible, purpose=purpose)
    )
    appoint(council, user=user, organisation=organisation, role=role, by=by)
    record(Verb.SERVICE_ACCOUNT_MADE, account, by=by, name=name, council=council.name, responsible=responsible.name)
    return account


@transaction.atomic
def change_service_account(
    account: ServiceAccount, *, by: User, name: str | None = None, **fields: Any
) -> ServiceAccount:
    """Change its name, what it does, whose it is, or who answers for it; what is left out stays.

    Raises:
        ValidationError: The responsible is a system.
        Refused: It is switched off.
    """
    require(by, "people.make_service_account", account)
    if account.disabled_at:
        raise Refused(_("This system is switched off."))
    _check_person(fields.get("responsible", account.responsible))
    changed = change(account, **fields) + change(account.user, name=name or account.user.name)
    if changed:
        record(Verb.SERVICE_ACCOUNT_CHANGED, account, by=by, name=account.user.name, fields=changed)
    return account


@transaction.atomic
def disable_service_account(account: ServiceAccount, *, by: User) -> ServiceAccount:
    """Switch a system off for good: its tokens, clients and memberships are useless from this moment on.

    Raises:
        Refused: It is switched off.
    """
    require(by, "people.disable_service_account", account)
    now = clock.now()
    on = ServiceAccount.objects.filter(pk=account.pk, disabled_at=None)
    if not on.update(disabled_at=now, modified_at=now):
        raise Refused(_("This system is switched off."))
    User.objects.filter(pk=account.user_id).update(is_active=False, modified_at=now)
    ApiToken.objects.filter(user=account.user_id, revoked_at=None).update(revoked_at=now)
    end_clients(account.user)
    account.refresh_from_db()
    record(Verb.SERVICE_ACCOUNT_DISABLED, account, by=by, name=account.user.name)
    return account


def _check_person(responsible: User) -> None:
    if responsible.is_system or not responsible.is_active:
        raise ValidationError({"responsible": _("A person with an account answers for a system.")})
