"""Who may bring files in and take them away: who runs the council everything, members what they may see themselves."""

from council.core.permissions import allow, predicate
from council.exchange.models import Import
from council.meetings.models import Alternate, Meeting
from council.opinions.models import Consultation
from council.people.models import Membership, User
from council.people.rules import runs_council


@predicate
def coordinates_someone(user: User, consultation: Consultation) -> bool:
    """Whether someone gives the official word of an organisation that sits on the council."""
    seats = Membership.objects.current().speaking().filter(user=user.pk, council=consultation.council_id)
    return any(seat.speaks_officially for seat in seats)


@predicate
def uploaded_it(user: User, upload: Import) -> bool:
    """Whether someone uploaded a file, and still gives the word of the organisation they did it for."""
    if upload.by_id != user.pk or upload.membership is None:
        return False
    return user.has_perm("opinions.reply", upload.membership)


@predicate
def sits_on_council(user: User, thing: object) -> bool:
    """Whether someone sits on the council, if only to observe."""
    council = thing.council_id  # type: ignore[attr-defined]  # whatever belongs to a council
    return Membership.objects.current().filter(user=user.pk, council=council).exists()


@predicate
def comes_for_another(user: User, thing: object) -> bool:
    """Whether someone comes to the meeting in place of a member (대리참석)."""
    if not isinstance(thing, Meeting):
        return False
    return Alternate.objects.filter(user=user.pk, invitation__meeting=thing.pk).exists()


allow("exchange.upload", runs_council | coordinates_someone)
allow("exchange.import", runs_council | uploaded_it)
allow("exchange.export", sits_on_council | comes_for_another)
allow("exchange.take_dossier", runs_council)
allow("exchange.hand_out_forms", runs_council)
