"""What a reader may take away of a consultation: its points one by one, and its figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, Exists, ExpressionWrapper, F, OuterRef, Prefetch, Q, Value, When

from council.core.models import Sector
from council.opinions import personal_data
from council.opinions.models import Consultation, Disposition, Opinion, Point, PointQuerySet, Redaction
from council.people.models import Membership, User


@dataclass(frozen=True)
class Line:
    """One point as its reader may see it; of what is confidential to them the approved public form, which names nobody."""

    number: str
    organisation: str
    submitter: str
    place: str
    kind: str
    kind_label: str
    current: str
    proposed: str
    reason: str
    verdict: str
    answer: str
    changed: str


@dataclass(frozen=True)
class Reader:
    """Who takes something away: what they may see, and whether personal data is masked for them."""

    user: User
    consultation: Consultation
    works_on_it: bool
    runs_council: bool
    organisations: frozenset[UUID]

    @classmethod
    def of(cls, user: User, consultation: Consultation) -> "Reader":
        """Ask once what someone is here."""
        seats = Membership.objects.current().speaking().filter(user=user.pk, council=consultation.council_id)
        return cls(
            user,
            consultation,
            works_on_it=user.has_perm("opinions.see_board", consultation),
            runs_council=user.has_perm("opinions.enter", consultation),
            organisations=frozenset(seats.values_list("organisation", flat=True)),
        )

    def points(self) -> PointQuerySet:
        """Those one may take away, in order; ``open`` says whether as they are or in the public form."""
        seen = Opinion.objects.visible_to(self.user).filter(consultation=self.consultation).given()
        public = Redaction.objects.filter(approved_at__isnull=False, opinion=OuterRef("opinion"))
        redacted = Exists(public) & Q(opinion__hidden_at=None)
        points = Point.objects.filter(consultation=self.consultation).given()
        return points.filter(Q(opinion__in=seen) | redacted).annotate(
            open=ExpressionWrapper(Q(opinion__in=seen), output_field=BooleanField())
        )

    def lines(self, *, answered: bool = False) -> Iterator[Line]:
        """The points one may take away, read a few hundred at a time; only those whose answer one may see, if asked."""
        answers = Disposition.objects.visible_to(self.user).select_related("changed_passage")
        points = self.points().select_related(
            "opinion__organisation", "opinion__passage", "opinion__author", "opinion__redaction"
        )
        if answered:
            points = points.filter(Exists(answers.filter(point=OuterRef("pk"))))
        points = points.prefetch_related(Prefetch("disposition", answers)).order_by("opinion__number", "number")
        for point in points.iterator(chunk_size=500):
            yield self._line(point)

    def _line(self, point: Point) -> Line:
        opinion = point.opinion
        is_open = vars(point)["open"]
        words: Any = opinion if is_open else opinion.redaction
        answer: Disposition | None = getattr(point, "disposition", None) if is_open else None
        gist = f"[{point.gist}]\n" if point.gist and is_open else ""
        return Line(
            number=point.label,
            organisation=str(opinion.organisation) if is_open else "",
            submitter=self._submitter(opinion) if is_open else "",
            place=str(opinion.passage),
            kind=opinion.kind,
            kind_label=str(Opinion.Kind(opinion.kind).label),
            current=opinion.current_text,
            proposed=self._text(words.proposed_text),
            reason=self._text(gist + words.reason),
            verdict=str(Disposition.Verdict(answer.verdict).label) if answer else "",
            answer=self._text(answer.reason) if answer else "",
            changed=str(answer.changed_passage) if answer and answer.changed_passage else "",
        )

    def _text(self, text: str) -> str:
        return text if self.works_on_it else personal_data.mask(text)

    def _submitter(self, opinion: Opinion) -> str:
        """The person's name, for those who work on it and for their own organisation."""
        if not self.works_on_it and opinion.organisation_id not in self.organisations:
            return ""
        return opinion.author.name if opinion.author else opinion.submitter

    def verdicts(self) -> dict[str, int]:
        """How many points have each disposition: published ones, and for those who work on it prepared ones too.

        Figures count everything given, whoever may read it.
        """
        answers = Disposition.objects.filter(point__consultation=self.consultation)
        answers = answers.exclude(point__opinion__state__in=Opinion.NOT_GIVEN)
        if not self.works_on_it:
            answers = answers.filter(released_at__isnull=False)
        found = dict(answers.order_by().values_list("verdict").annotate(Count("pk")))
        return {verdict: found.get(verdict, 0) for verdict in Disposition.Verdict.values}

    def by_sector(self) -> dict[str, dict[str, int]]:
        """How many points of each sector have each disposition; the key "" counts those without one."""
        points = Point.objects.filter(consultation=self.consultation).given()
        shown = Q(disposition__isnull=False) if self.works_on_it else Q(disposition__released_at__isnull=False)
        counted = points.annotate(shown=Case(When(shown, then=F("disposition__verdict")), default=Value("")))
        figures: dict[str, dict[str, int]] = {sector: {} for sector in Sector.values}
        rows = counted.order_by().values_list("opinion__sector", "shown").annotate(Count("pk"))
        for sector, verdict, number in rows:
            figures[sector][verdict] = number
        return {sector: counts for sector, counts in figures.items() if counts}
