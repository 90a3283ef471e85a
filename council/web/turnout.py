"""How many have spoken in a consultation, as far as the reader may see it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from council.core import clock
from council.opinions.models import Consultation, Opinion, Phase
from council.people.models import Council, Membership, User
from council.web import states


@dataclass(frozen=True)
class Turnout:
    """A consultation with its figures.

    Attributes:
        consultation: Its phases should be prefetched.
        seated: How many organisations could speak.
        organisations: How many of them have.
        opinions: What they gave.
        published: How many of these have a published answer.
    """

    consultation: Consultation
    seated: int
    organisations: int = 0
    opinions: int = 0
    published: int = 0

    @property
    def openness(self) -> states.Openness:
        """Whether opinions are taken now."""
        return states.openness(self.consultation)

    @property
    def next_phase(self) -> Phase | None:
        """The phase that opens next."""
        coming = [phase for phase in self.consultation.phases.all() if phase.opens_at > clock.now()]
        return min(coming, key=lambda phase: phase.opens_at, default=None)


def turnouts(consultations: Iterable[Consultation], council: Council, user: User) -> list[Turnout]:
    """The figures of several consultations of one council, in their order; two queries however many there are."""
    consultations = list(consultations)
    seated = _seated(council)
    published = Q(state=Opinion.State.PUBLISHED)
    given = Opinion.objects.visible_to(user).given().filter(consultation__in=consultations).order_by()
    figures = given.values("consultation").annotate(
        organisations=Count("organisation", distinct=True),
        opinions=Count("pk"),
        published=Count("pk", filter=published),
    )
    by_consultation = {row.pop("consultation"): row for row in figures}
    return [Turnout(each, seated, **by_consultation.get(each.pk, {})) for each in consultations]


def _seated(council: Council) -> int:
    speaking = Membership.objects.current().filter(council=council).exclude(role=Membership.Role.OBSERVER)
    return speaking.order_by().values("organisation").distinct().count()
