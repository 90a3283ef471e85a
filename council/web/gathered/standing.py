"""Whether one's organisation has replied to a consultation, and whether one may reply for it."""

import datetime as dt
from dataclasses import dataclass

from council.opinions import figures
from council.opinions.models import Consultation
from council.people.models import Membership

READ = "standing_asked", "standing_kind", "standing_at"


@dataclass(frozen=True)
class Standing:
    """How one's organisation stands in a consultation.

    Attributes:
        membership: For whom one speaks.
        is_asked: Whether it owes a reply at all.
        kind: What it replied; ``None`` where it has not.
        at: When.
        may_reply: Whether it has not, the time for it runs, and one gives its word.
    """

    membership: Membership
    is_asked: bool
    kind: str | None
    at: dt.datetime | None
    may_reply: bool


def standing(consultation: Consultation, membership: Membership | None) -> Standing | None:
    """How the organisation someone speaks for stands; ``None`` for observers and who does not sit here."""
    if membership is None or membership.role == Membership.Role.OBSERVER:
        return None
    here = Consultation.objects.filter(pk=consultation.pk)
    asked, kind, at = figures.with_standing(here, membership.organisation_id).values_list(*READ).get()
    owes = asked and kind is None and consultation.is_taking_opinions
    return Standing(membership, asked, kind, at, owes and membership.speaks_officially)
