"""For whom someone speaks: a person may hold seats for several organisations and chooses one in the header."""

from django.http import HttpRequest

from council.people.models import Council, Membership, Organisation, seats_today

SESSION_KEY = "acting_for"
SAFE = ("GET", "HEAD")


def memberships(request: HttpRequest) -> list[Membership]:
    """The current memberships of whoever is logged in, with council and organisation; read once per request."""
    if not request.user.is_authenticated:
        return []
    kept: list[Membership] | None = vars(request).get("_memberships")
    if kept is None:
        kept = vars(request)["_memberships"] = seats_today(request.user)
        if request.method in SAFE:
            request.user.known_memberships = kept
    return kept


def acting_membership(request: HttpRequest, council: Council) -> Membership | None:
    """The membership through which one speaks in a council, or None for someone without a seat there.

    It is the one of the organisation chosen in the header, or else the first one there.
    """
    here = [membership for membership in memberships(request) if membership.council_id == council.pk]
    return _chosen(request, here)


def runs(request: HttpRequest, council: Council) -> bool:
    """Whether one runs a council, so that a page offers what those can do who do; the action asks again."""
    here = [membership for membership in memberships(request) if membership.council_id == council.pk]
    return any(membership.role in Membership.OFFICERS for membership in here)


def acting_organisation(request: HttpRequest) -> Organisation | None:
    """The organisation chosen in the header, or the one of the first membership."""
    membership = _chosen(request, memberships(request))
    return membership.organisation if membership else None


def act_for(request: HttpRequest, organisation_id: str) -> Organisation | None:
    """Speak for another of one's organisations from now on; answers None, and changes nothing, if it is not one's own."""
    own = {str(membership.organisation_id): membership.organisation for membership in memberships(request)}
    if organisation_id in own:
        request.session[SESSION_KEY] = organisation_id
    return own.get(organisation_id)


def _chosen(request: HttpRequest, among: list[Membership]) -> Membership | None:
    wanted = request.session.get(SESSION_KEY)
    first = among[0] if among else None
    return next((membership for membership in among if str(membership.organisation_id) == wanted), first)
