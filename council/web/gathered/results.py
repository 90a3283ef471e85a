"""What we heard, what we did, why: the published answers of a consultation, put together for its result pages.

Figures count every published answer, whoever may read it. Words are shown only as their reader may read them: the public
reads what was given to the whole council, with personal data masked; a confidential opinion is read in its approved
redacted form, without its organisation and without the answer, which may name the secret.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, When, Window
from django.db.models.functions import Cast, RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _

from council.core.models import Sector
from council.documents.models import Passage
from council.opinions.models import Consultation, Disposition, DispositionQuerySet, Opinion, OpinionQuerySet
from council.opinions.personal_data import mask
from council.people.models import User
from council.web.gathered.changes import ChangedPassage, side_by_side
from council.web.states import LOOKS

Verdict = Disposition.Verdict
FIRST = 5
"""So many answers of a group stand on the result page itself; the others follow page by page."""


# --- Figures: every published answer ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slice:
    """A part of a row's bar: where it begins and how wide it is, out of 100."""

    tone: str
    x: float
    width: float


@dataclass(frozen=True)
class Row:
    """How the opinions of one sector, or of one kind, were answered: a number for each verdict, and the bar they make."""

    key: str
    label: str
    counts: Sequence[int]
    slices: Sequence[Slice]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True)
class Table:
    """The verdicts by something; ``name`` is the filter that shows the answers of a row."""

    name: str
    caption: str
    head: str
    verdicts: Sequence[Verdict]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Figures:
    """How a consultation was answered, point by point: an opinion split into two points has two answers."""

    counts: Counter[tuple[str, str, str]]

    @property
    def answers(self) -> int:
        """All published answers."""
        return self.counts.total()

    @property
    def accepted(self) -> int:
        """Those that accept something, wholly or partly."""
        return sum(number for (_s, _k, verdict), number in self.counts.items() if verdict in Disposition.CHANGES_TEXT)

    @property
    def by_verdict(self) -> Counter[str]:
        """How many of each verdict."""
        return self._by(2)

    @property
    def shares(self) -> list[tuple[str, int, str]]:
        """The verdicts as the parts of one bar."""
        counts = self.by_verdict
        return [(str(verdict.label), counts[verdict], _tone(verdict)) for verdict in Verdict]

    @property
    def tables(self) -> list[Table]:
        """By sector and by kind of opinion."""
        given = self.by_verdict
        verdicts = [verdict for verdict in Verdict if given[verdict]]
        return [
            Table("sector", _("Answers by sector"), _("Sector"), verdicts, self._rows(0, Sector, verdicts)),
            Table("kind", _("Answers by kind of opinion"), _("Kind"), verdicts, self._rows(1, Opinion.Kind, verdicts)),
        ]

    def _rows(self, place: int, choices: Any, verdicts: Sequence[Verdict]) -> list[Row]:
        cells: Counter[tuple[str, str]] = Counter()
        for key, number in self.counts.items():
            cells[key[place], key[2]] += number
        rows = [(each, [cells[each, verdict] for verdict in verdicts]) for each in choices]
        return [Row(each.value, str(each.label), row, _slices(row, verdicts)) for each, row in rows if any(row)]

    def _by(self, place: int) -> Counter[str]:
        counted: Counter[str] = Counter()
        for key, number in self.counts.items():
            counted[key[place]] += number
        return counted


def _slices(counts: Sequence[int], verdicts: Sequence[Verdict]) -> list[Slice]:
    total, x, slices = sum(counts), 0.0, []
    for count, verdict in zip(counts, verdicts, strict=True):
        width = count * 100 / total if total else 0
        slices.append(Slice(_tone(verdict), round(x, 2), round(width, 2)))
        x += width
    return slices


def _tone(verdict: Verdict) -> str:
    return LOOKS["verdict"][1][verdict].tone


def released(consultation: Consultation) -> DispositionQuerySet:
    """Every published answer of a consultation."""
    return Disposition.objects.filter(point__consultation=consultation, released_at__isnull=False).order_by()


def figures(consultation: Consultation) -> Figures:
    """Count them; one query."""
    fields = "point__opinion__sector", "point__opinion__kind", "verdict"
    counted = released(consultation).values_list(*fields).annotate(Count("pk"))
    return Figures(Counter({(sector, kind, verdict): number for sector, kind, verdict, number in counted}))


# --- Words: what the reader may read ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """A published answer as its reader may read it.

    Attributes:
        id: The answer's.
        number: The opinion's.
        part: Which of its points; 1 where it has only one.
        organisation: Whose opinion it is; empty in a redacted form.
        passage: What was asked about.
        changed: The identity of the passage it changed.
        heard: What was said.
        proposed: The wording that was proposed.
        why: The reason of the answer; empty in a redacted form.
        is_revised: Whether a second round changed it.
        url: Where it can be cited.
    """

    id: UUID
    number: int
    part: int
    verdict: str
    sector: str
    organisation: str
    audience: str
    passage: Passage
    changed: UUID | None
    heard: str
    proposed: str
    why: str
    is_revised: bool
    is_redacted: bool
    url: str

    @property
    def name(self) -> str:
        """Its number as people cite it."""
        return f"{self.number}-{self.part}" if self.part > 1 else str(self.number)

    @property
    def anchor(self) -> str:
        """Its place in a page."""
        return f"opinion-{self.name}"


@dataclass(frozen=True)
class Group:
    """The first answers of a kind, and how many of it the reader may read."""

    answers: Sequence[Answer] = ()
    readable: int = 0

    @property
    def has_more(self) -> bool:
        """Whether there are more than stand here."""
        return self.readable > len(self.answers)

    @property
    def after(self) -> str:
        """Where the others begin."""
        return f"{self.answers[-1].number}.{self.answers[-1].part}"


def readable(consultation: Consultation, user: User | None) -> DispositionQuerySet:
    """The published answers someone, or with ``None`` everybody, may read in full or of a redacted form."""
    full = Q(point__opinion__in=_in_full(consultation, user))
    redacted = Q(
        point__opinion__redaction__approved_at__isnull=False,
        point__opinion__audience=Opinion.Audience.CONFIDENTIAL,
        point__opinion__hidden_at=None,
    )
    return released(consultation).filter(full | redacted)


def _in_full(consultation: Consultation, user: User | None) -> OpinionQuerySet:
    opinions = Opinion.objects.public() if user is None else Opinion.objects.visible_to(user)
    return opinions.filter(consultation=consultation)


def in_words(answers: DispositionQuerySet, consultation: Consultation, user: User | None) -> list[Answer]:
    """Some of the answers from :func:`readable`, as they may be read; one query."""
    related = "organisation", "passage", "redaction"
    rows = answers.select_related(
        *[f"point__opinion__{name}" for name in related], "changed_passage", "objection"
    ).annotate(in_full=Exists(_in_full(consultation, user).filter(pk=OuterRef("point__opinion"))))
    return [_answer(row, in_full=vars(row)["in_full"], is_public=user is None) for row in rows]


def _answer(row: Disposition, *, in_full: bool, is_public: bool) -> Answer:
    point, opinion = row.point, row.point.opinion
    said = opinion if in_full else opinion.redaction
    clean = mask if is_public else str
    objection = getattr(row, "objection", None)
    page = point if in_full else said
    cited = f"{reverse('web:public_answers', args=[opinion.consultation_id])}?opinion={opinion.number}"
    return Answer(
        id=row.pk,
        number=opinion.number or 0,
        part=point.number,
        verdict=row.verdict,
        sector=opinion.get_sector_display(),
        organisation=str(opinion.organisation) if in_full else "",
        audience=opinion.audience,
        passage=opinion.passage,
        changed=row.changed_passage.identity if row.changed_passage else None,
        heard=clean((point.gist if in_full else "") or said.reason),
        proposed=clean(said.proposed_text),
        why=clean(row.reason) if in_full else "",
        is_revised=objection is not None and objection.outcome == objection.Outcome.REVISED,
        is_redacted=not in_full,
        url=cited if is_public else page.get_absolute_url(),
    )


def page_of_answers(
    answers: DispositionQuerySet, consultation: Consultation, user: User | None, *, after: str = "", size: int = 20
) -> tuple[list[Answer], str]:
    """The answers behind a place (``number.part``), in the order of the opinions, and where the next page begins."""
    number, _dot, part = after.partition(".")
    if number.isdecimal() and part.isdecimal() and len(after) < 16:
        behind = Q(point__opinion__number__gt=int(number))
        answers = answers.filter(behind | Q(point__opinion__number=int(number), point__number__gt=int(part)))
    ordered = answers.order_by("point__opinion__number", "point__number")
    found = in_words(ordered[: size + 1], consultation, user)
    rows = found[:size]
    return rows, f"{rows[-1].number}.{rows[-1].part}" if len(found) > size else ""


# --- The page --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A passage that was changed: both sides, how many answers did it, and the first of them."""

    sides: ChangedPassage
    asked: Passage | None
    total: int
    group: Group

    @property
    def key(self) -> str:
        """Its identity as it stands in addresses."""
        return str(self.sides.passage.identity)


@dataclass(frozen=True)
class OnPassage:
    """What was said about a passage and what became of it: the walk from any passage."""

    passage: Passage
    given: int
    answered: int
    accepted: int
    is_changed: bool


@dataclass(frozen=True)
class Result:
    """Everything the result page shows but the figures of the turnout."""

    figures: Figures
    changes: Sequence[Change]
    others: Sequence[tuple[Verdict, int, Group]]
    passages: Sequence[OnPassage]

    @property
    def unaccepted(self) -> int:
        """How many answers change nothing."""
        return self.figures.answers - self.figures.accepted


def result(consultation: Consultation, user: User | None) -> Result:
    """Put a result together for someone, or with ``None`` for everybody; six queries however much was said."""
    counted = figures(consultation)
    groups = _first_of_each(consultation, user)
    text = list(consultation.version.passages.order_by("position"))
    changed = _changed(consultation, text, groups)
    return Result(
        counted,
        changed,
        others=[
            (verdict, counted.by_verdict[verdict], groups[verdict])
            for verdict in Verdict
            if counted.by_verdict[verdict] and verdict not in Disposition.CHANGES_TEXT
        ],
        passages=_by_passage(consultation, text, {each.sides.passage.identity for each in changed}),
    )


def _first_of_each(consultation: Consultation, user: User | None) -> defaultdict[str, Group]:
    """The first answers by what they did: by changed passage where they accept something, or else by verdict."""
    accepts = When(verdict__in=Disposition.CHANGES_TEXT, then=Cast("changed_passage__identity", CharField()))
    in_order = [F("point__opinion__number").asc(), F("point__number").asc()]
    placed = readable(consultation, user).annotate(
        belongs=Case(accepts, default=F("verdict"), output_field=CharField()),
        place=Window(RowNumber(), partition_by=[F("belongs")], order_by=in_order),
        size=Window(Count("pk"), partition_by=[F("belongs")]),
    )
    first = placed.filter(place__lte=FIRST).order_by("belongs", "place")
    marks = {pk: (belongs, size) for pk, belongs, size in first.values_list("pk", "belongs", "size")}
    answers = Disposition.objects.filter(pk__in=marks).order_by("point__opinion__number", "point__number")
    grouped: defaultdict[str, list[Answer]] = defaultdict(list)
    sizes = dict(marks.values())
    for answer in in_words(answers, consultation, user):
        grouped[marks[answer.id][0]].append(answer)
    return defaultdict(Group, {name: Group(those, sizes[name]) for name, those in grouped.items()})


def _changed(consultation: Consultation, text: Sequence[Passage], groups: defaultdict[str, Group]) -> list[Change]:
    """The passages something changed, as asked about and as they read now, in the order of the text."""
    accepting = released(consultation).accepting()
    named = Passage.objects.filter(dispositions__in=accepting).annotate(number_of_answers=Count("dispositions"))
    asked = {passage.identity: passage for passage in text}
    newest: dict[UUID, Passage] = {}
    totals: Counter[UUID] = Counter()
    for passage in named.select_related("version").order_by("version__number"):
        newest[passage.identity] = passage
        totals[passage.identity] += vars(passage)["number_of_answers"]
    changes = [
        Change(side_by_side(asked.get(each), newest[each]), asked.get(each), number, groups[str(each)])
        for each, number in totals.items()
    ]
    return sorted(changes, key=lambda change: change.sides.passage.position)


def _by_passage(consultation: Consultation, text: Sequence[Passage], changed: set[UUID]) -> list[OnPassage]:
    published = Q(points__disposition__released_at__isnull=False)
    accepts = published & Q(points__disposition__verdict__in=Disposition.CHANGES_TEXT)
    opinions: Any = consultation.opinions.given().order_by().values_list("passage")
    counted = opinions.annotate(
        given=Count("pk", distinct=True),
        answers=Count("points", filter=published),
        accepted=Count("points", filter=accepts),
    )
    numbers = {passage: (given, answers, accepted) for passage, given, answers, accepted in counted}
    return [OnPassage(each, *numbers.get(each.pk, (0, 0, 0)), is_changed=each.identity in changed) for each in text]
