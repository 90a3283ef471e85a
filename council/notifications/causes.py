"""Why each kind of notice comes to someone."""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from council.notifications.models import Kind
from council.people.models import Membership, User

OF_MEMBERS = (
    Kind.SUMMONS,
    Kind.CONSULTATIONS,
    Kind.MEETINGS,
    Kind.LIVE,
    Kind.DECISIONS,
    Kind.MINUTES,
    Kind.DOCUMENTS,
)


def causes_of(user: User) -> dict[Kind, str]:
    """Why each kind of notice comes to someone; a kind without a cause does not come to them now."""
    memberships = list(Membership.objects.current().filter(user=user).select_related("council", "organisation"))
    causes = {Kind.SECURITY: _("it is your account"), Kind.INTEGRATIONS: _("you ask for files, or connect systems")}
    if not memberships:
        return causes
    councils = _listed(membership.council.name for membership in memberships)
    bodies = _listed(membership.organisation.name for membership in memberships)
    sits = _("you sit on %(councils)s") % {"councils": councils}
    causes |= dict.fromkeys(OF_MEMBERS, sits)
    causes |= {
        Kind.MEMBERSHIP: _("you hold a seat in %(councils)s") % {"councils": councils},
        Kind.TASKS: _("you speak for %(organisations)s") % {"organisations": bodies},
        Kind.ROOM: _("you belong to %(organisations)s") % {"organisations": bodies},
        Kind.ANSWERS: _("you may give opinions in %(councils)s") % {"councils": councils},
        Kind.PERSONAL: _("you may give opinions and propose items in %(councils)s") % {"councils": councils},
    }
    secretary = [each.council.name for each in memberships if each.role == Membership.Role.SECRETARY]
    if secretary:
        causes[Kind.SECRETARIAT] = _("you are the secretary of %(councils)s") % {"councils": _listed(secretary)}
    return causes


def _listed(names: Iterable[str]) -> str:
    return str(get_text_list(list(dict.fromkeys(names)), _("and")))
