"""Who may do what with people and councils; and the question every other room asks about a council."""

from typing import Any
from uuid import UUID

from council.core.permissions import allow, is_operator, predicate
from council.people.models import ApiClient, ApiToken, Membership, ServiceAccount, User


def seats_in(user: User, council: UUID) -> list[Membership]:
    """Someone's current memberships in a council: asked of the database, but for a page that only shows something.

    Such a request has read them at its beginning, and asks a dozen questions about the same person and the same moment
    (``User.known_memberships``). An action always asks anew.
    """
    known: list[Membership] | None = user.known_memberships
    rows = Membership.objects.current().filter(user=user.pk, council=council) if known is None else known
    return [membership for membership in rows if membership.council_id == council]


@predicate
def runs_council(user: User, thing: Any) -> bool:
    """Whether someone is chair, vice-chair or secretary (간사) of the council a thing belongs to."""
    return any(membership.role in Membership.OFFICERS for membership in seats_in(user, thing.council_id))


@predicate
def runs_some_council(user: User) -> bool:
    """Whether someone runs any council today."""
    return Membership.objects.current().officers().filter(user=user.pk).exists()


@predicate
def is_own(user: User, thing: Any) -> bool:
    """Whether a thing is one's own."""
    return bool(thing.user_id == user.pk)


@predicate
def is_person(user: User, thing: Any) -> bool:
    """Whether someone is a person: a system neither makes systems nor gives them access."""
    return not user.is_system


@predicate
def is_responsible_for(user: User, account: ServiceAccount) -> bool:
    """Whether someone answers for a service account."""
    return account.responsible_id == user.pk


@predicate
def looks_after(user: User, credential: ApiToken | ApiClient) -> bool:
    """Whether a token or client is that of a system one looks after."""
    return ServiceAccount.objects.run_by(user).filter(user=credential.user_id).exists()


allow("people.establish_council", is_operator)
allow("people.revise_rules", is_operator | runs_council)
allow("people.register_organisation", is_operator | runs_some_council)
allow("people.invite_user", is_operator | runs_some_council)
allow("people.form_subcommittee", is_operator | runs_council)
allow("people.create_seat", is_operator | runs_council)
allow("people.appoint", is_operator | runs_council)
allow("people.dismiss", is_operator | runs_council)
allow("people.make_service_account", (is_operator | runs_council) & is_person)
allow("people.give_access", (runs_council | is_responsible_for) & is_person)
allow("people.disable_service_account", (is_operator | runs_council | is_responsible_for) & is_person)
allow("people.revoke_token", is_own | looks_after)
allow("people.revoke_client", looks_after)
allow("people.name_coordinator", is_operator | runs_council)
