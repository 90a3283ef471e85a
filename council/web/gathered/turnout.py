"""How many have spoken in a consultation, as far as the reader may see it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from council.core import clock
from council.opinions.models import Consultation, ConsultationQuerySet, Opinion, Phase
from council.people.models import Membership, User
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
    organisations: int
    opinions: int
    published: int

    @property
    def openness(self) -> states.Openness:
        """Whether opinions are taken now."""
        return states.openness(self.consultation)

    @property
    def next_phase(self) -> Phase | None:
        """The phase that opens next."""
        coming = [phase for phase in self.consultation.phases.all() if phase.opens_at > clock.now()]
        return min(coming, key=lambda phase: phase.opens_at, default=None)


def with_figures(consultations: ConsultationQuerySet, user: User) -> ConsultationQuerySet:
    """The same consultations, counted in the same query; :func:`turnout` reads the figures."""
    given = Opinion.objects.visible_to(user).given().filter(consultation=OuterRef("pk"))
    seats = Membership.objects.current().filter(council=OuterRef("council"))
    speaking = seats.exclude(role=Membership.Role.OBSERVER)
    return consultations.annotate(
        figure_seated=_count(speaking, "council", Count("organisation", distinct=True)),
        figure_organisations=_count(given, "consultation", Count("organisation", distinct=True)),
        figure_opinions=_count(given, "consultation", Count("pk")),
        figure_published=_count(given, "consultation", Count("pk", filter=Q(state=Opinion.State.PUBLISHED))),
    )


def turnout(consultation: Consultation) -> Turnout:
    """The figures of a consultation that was read :func:`with_figures`."""
    names = ("seated", "organisations", "opinions", "published")
    return Turnout(consultation, **{name: getattr(consultation, f"figure_{name}") for name in names})


def turnouts(consultations: ConsultationQuerySet, user: User) -> list[Turnout]:
    """Several consultations with their figures and phases; two queries however many there are."""
    return [turnout(each) for each in with_figures(consultations, user).prefetch_related("phases")]


def _count(rows: Any, outer: str, number: Count) -> Coalesce:
    counted = rows.order_by().values(outer).annotate(figure=number).values("figure")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
