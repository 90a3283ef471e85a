"""What was said before, during and after the meeting, and what changed in between."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from uuid import UUID

from django.db.models import Count, Q

from council.documents.comparison import Span, compare
from council.documents.models import Passage
from council.opinions.models import Consultation, Opinion, OpinionQuerySet, Phase
from council.people.models import Organisation, User

MOST_SHOWN = 50


@dataclass(frozen=True)
class InPhase:
    """How many opinions of a passage came in one phase, and of which kinds."""

    total: int
    kinds: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Step:
    """An organisation's words on a passage in one phase beside those in the next."""

    earlier: str
    later: str
    proposed: Sequence[Span]
    reason: Sequence[Span]


@dataclass(frozen=True)
class Shift:
    """An organisation that spoke about a passage in more than one phase."""

    organisation: Organisation
    passage: Passage
    opinions: Sequence[Opinion]
    steps: Sequence[Step]


@dataclass(frozen=True)
class Phases:
    """A consultation by its phases.

    Attributes:
        names: The phases it has, in order.
        totals: How much was given in each.
        rows: Each passage that was spoken about, with a count for each phase; they count everything given.
        shifts: Who spoke more than once about a passage, as far as the reader may read it.
        more: Whether there are more of these than are shown.
    """

    names: Sequence[str]
    totals: Sequence[int]
    rows: Sequence[tuple[Passage, Sequence[InPhase]]]
    shifts: Sequence[Shift]
    more: bool


def phases_of(consultation: Consultation, user: User) -> Phases:
    """Count a consultation by phase and kind, and put words said earlier beside later ones."""
    kinds = [kind for kind in Phase.Kind.values if any(phase.kind == kind for phase in consultation.phases.all())]
    grouped = consultation.opinions.given().order_by().values_list("passage", "phase", "kind").annotate(Count("pk"))
    said: dict[tuple[UUID, str], Counter[str]] = defaultdict(Counter)
    for passage, phase, kind, count in grouped:
        said[passage, phase][kind] += count
    spoken = consultation.version.passages.filter(pk__in={passage for passage, _phase in said}).order_by("position")
    shifts = list(_shifts(Opinion.objects.visible_to(user).given().filter(consultation=consultation)))
    return Phases(
        names=[str(Phase.Kind(kind).label) for kind in kinds],
        totals=[sum(counted.total() for (_p, phase), counted in said.items() if phase == kind) for kind in kinds],
        rows=[(passage, [_count(said[passage.pk, kind]) for kind in kinds]) for passage in spoken],
        shifts=shifts[:MOST_SHOWN],
        more=len(shifts) > MOST_SHOWN,
    )


def _count(counted: Counter[str]) -> InPhase:
    return InPhase(counted.total(), [(str(Opinion.Kind(kind).label), number) for kind, number in counted.most_common()])


def _shifts(opinions: OpinionQuerySet) -> Iterator[Shift]:
    """Who spoke about a passage in more than one phase, in the order of the text."""
    pairs = opinions.order_by().values_list("organisation", "passage").annotate(phases=Count("phase", distinct=True))
    pairs = pairs.filter(phases__gt=1).order_by("passage__position", "organisation__name")[: MOST_SHOWN + 1]
    wanted = Q(pk__in=[])
    for organisation, passage, _phases in pairs:
        wanted |= Q(organisation=organisation, passage=passage)
    found = opinions.filter(wanted).select_related("organisation", "passage")
    ordered = found.order_by("passage__position", "organisation__name", "organisation", "number")
    for _key, group in groupby(ordered, key=lambda each: (each.passage_id, each.organisation_id)):
        together = sorted(group, key=lambda each: (Phase.Kind.values.index(each.phase), each.number or 0))
        yield Shift(together[0].organisation, together[0].passage, together, _steps(together))


def _steps(opinions: Sequence[Opinion]) -> list[Step]:
    by_phase = [(phase, list(group)) for phase, group in groupby(opinions, key=lambda each: each.phase)]
    return [
        Step(
            str(Phase.Kind(earlier).label),
            str(Phase.Kind(later).label),
            compare(_words(before, "proposed_text"), _words(after, "proposed_text")),
            compare(_words(before, "reason"), _words(after, "reason")),
        )
        for (earlier, before), (later, after) in pairwise(by_phase)
    ]


def _words(opinions: Sequence[Opinion], name: str) -> str:
    return "\n\n".join(words for each in opinions if (words := str(getattr(each, name)).strip()))
