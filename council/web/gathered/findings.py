"""One's own place among what was found, and the terms under which one votes."""

from dataclasses import dataclass
from typing import Any

from council.core.models import Sector
from council.findings import actions
from council.findings.models import Terms
from council.findings.words import SIDE, SIDES, name_of
from council.opinions.models import Consultation
from council.people.models import Membership, User


@dataclass(frozen=True)
class Own:
    """One's own place, which nobody else is shown."""

    standing: actions.Standing
    x: float | None = None
    y: float | None = None

    @property
    def across(self) -> str:
        """Where along the map, as SVG writes numbers."""
        return f"{self.x or 0:.2f}"

    @property
    def down(self) -> str:
        """Where down the map."""
        return f"{self.y or 0:.2f}"

    @property
    def side(self) -> str:
        """In which ninth of the map, in words."""
        along, up = (min(int(at * 3), 2) - 1 for at in self.standing.place or (0.5, 0.5))
        return str(SIDES[along, up])

    @property
    def left(self) -> int:
        """How many opinions are still to be answered."""
        return max(self.standing.of - self.standing.answered, 0)


def own(consultation: Consultation, membership: Membership | None, user: User) -> Own | None:
    """Where one stands, if one votes here."""
    if membership is None or membership.role == Membership.Role.OBSERVER:
        return None
    standing = actions.standing(consultation, membership, user)
    if standing.place is None:
        return Own(standing)
    along, up = standing.place
    return Own(standing, round(along * SIDE, 2), round((1 - up) * SIDE, 2))


def in_words(terms: Terms) -> dict[str, Any]:
    """The terms as they are told before one votes."""
    together = [name_of(unit) for unit in terms.in_confidence if "+" in unit]
    return {"in_the_open": [str(Sector(sector).label) for sector in terms.in_the_open], "together": together}
