"""What we heard, what we did, why: the published answers of a consultation, put together for its result page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from council.core.models import Sector
from council.documents.models import Passage
from council.opinions.models import Consultation, Disposition
from council.people.models import User
from council.web.gathered.changes import ChangedPassage, by_identity, side_by_side
from council.web.states import LOOKS

Verdict = Disposition.Verdict


@dataclass(frozen=True)
class Slice:
    """A part of a row's bar: where it begins and how wide it is, out of 100."""

    tone: str
    x: float
    width: float


@dataclass(frozen=True)
class SectorRow:
    """How one sector's opinions were answered: a number for each verdict, and the bar they make."""

    label: str
    counts: Sequence[int]
    slices: Sequence[Slice]

    @property
    def total(self) -> int:
        """All of its answered opinions."""
        return sum(self.counts)


@dataclass(frozen=True)
class Result:
    """The published answers the reader may see, by what they did."""

    answers: Sequence[Disposition]
    mine: Sequence[Disposition]
    changes: Sequence[ChangedPassage]
    others: Sequence[tuple[str, Sequence[Disposition]]]

    @property
    def accepted(self) -> int:
        """How many were accepted wholly or partly."""
        return sum(answer.verdict in Disposition.CHANGES_TEXT for answer in self.answers)

    @property
    def organisations(self) -> int:
        """How many organisations were answered."""
        return len({answer.opinion.organisation_id for answer in self.answers})

    @property
    def shares(self) -> list[tuple[str, int, str]]:
        """The verdicts as the parts of one bar."""
        counts = Counter(answer.verdict for answer in self.answers)
        return [(str(verdict.label), counts[verdict], _tone(verdict)) for verdict in Verdict]

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdicts that occur: the columns of the table by sector."""
        given = {answer.verdict for answer in self.answers}
        return [verdict for verdict in Verdict if verdict in given]

    @property
    def sectors(self) -> list[SectorRow]:
        """A row for every sector that was answered."""
        counts = Counter((answer.opinion.sector, answer.verdict) for answer in self.answers)
        rows = [(sector.label, [counts[sector, verdict] for verdict in self.verdicts]) for sector in Sector]
        return [SectorRow(str(label), row, _slices(row, self.verdicts)) for label, row in rows if any(row)]


def result(consultation: Consultation, user: User) -> Result:
    """Gather everything published in a consultation, in the order of the opinions' numbers; three queries."""
    published = (
        Disposition.objects.visible_to(user)
        .filter(opinion__consultation=consultation, released_at__isnull=False)
        .select_related("opinion__organisation", "opinion__passage", "office")
        .prefetch_related(
            Prefetch("changed_passage", Passage.objects.visible_to(user).select_related("version__document"))
        )
        .order_by("opinion__number")
    )
    answers = list(published)
    return Result(
        answers,
        mine=[answer for answer in answers if answer.opinion.author_id == user.pk],
        changes=_changes(consultation, answers),
        others=[
            (verdict, group)
            for verdict in Verdict
            if (group := [each for each in answers if each.verdict == verdict and each.changed_passage is None])
        ],
    )


def _changes(consultation: Consultation, answers: Sequence[Disposition]) -> list[ChangedPassage]:
    """The passages something changed, as asked about and as they read now, in the order of the text."""
    asked = {passage.identity: passage for passage in consultation.version.passages.all()} if answers else {}
    changed = []
    for identity, behind in by_identity(answers).items():
        newest = max((each.changed_passage for each in behind if each.changed_passage), key=_version_number)
        changed.append(side_by_side(asked.get(identity), newest, behind))
    return sorted(changed, key=lambda each: each.passage.position)


def _version_number(passage: Passage) -> int:
    return passage.version.number


def _slices(counts: Sequence[int], verdicts: Sequence[Verdict]) -> list[Slice]:
    total, x, slices = sum(counts), 0.0, []
    for count, verdict in zip(counts, verdicts, strict=True):
        width = count * 100 / total if total else 0
        slices.append(Slice(_tone(verdict), round(x, 2), round(width, 2)))
        x += width
    return slices


def _tone(verdict: Verdict) -> str:
    return LOOKS["verdict"][1][verdict].tone
