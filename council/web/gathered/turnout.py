"""How many have replied in a consultation, as its cards and headings say it."""

from dataclasses import dataclass

from council.core import clock
from council.opinions import figures
from council.opinions.models import Consultation, ConsultationQuerySet, Phase
from council.web import states


@dataclass(frozen=True)
class Turnout:
    """A consultation with its figures, which count everything given whoever may read it.

    Attributes:
        consultation: Its phases should be prefetched.
        asked: How many organisations owe a reply.
        replied: How many of them have replied, with opinions or that they have none.
    """

    consultation: Consultation
    asked: int
    replied: int

    @property
    def opinions(self) -> int:
        """What was given."""
        return self.consultation.submitted

    @property
    def published(self) -> int:
        """How many of these have a published answer."""
        return self.consultation.published

    @property
    def openness(self) -> states.Openness:
        """Whether opinions are taken now."""
        return states.openness(self.consultation)

    @property
    def next_phase(self) -> Phase | None:
        """The phase that opens next."""
        coming = [phase for phase in self.consultation.phases.all() if phase.opens_at > clock.now()]
        return min(coming, key=lambda phase: phase.opens_at, default=None)


def with_figures(consultations: ConsultationQuerySet) -> ConsultationQuerySet:
    """The same consultations, counted in the same query; :func:`turnout` reads the figures."""
    return figures.with_figures(consultations)


def turnout(consultation: Consultation) -> Turnout:
    """The figures of a consultation that was read :func:`with_figures`."""
    annotated = vars(consultation)
    return Turnout(consultation, annotated["figure_asked"], annotated["figure_replied"])


def turnouts(consultations: ConsultationQuerySet) -> list[Turnout]:
    """Several consultations with their figures and phases; two queries however many there are."""
    return [turnout(each) for each in with_figures(consultations).prefetch_related("phases")]
