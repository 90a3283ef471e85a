"""What has been said about a passage, as far as the reader may see it, and how much more there is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch

from council.core.models import Sector
from council.documents.comparison import Span
from council.documents.models import Passage
from council.opinions.alike import alike
from council.opinions.models import (
    Consultation,
    Disposition,
    Opinion,
    OpinionQuerySet,
    Phase,
    Point,
    Reaction,
    Redaction,
)
from council.opinions.models.opinions import RedactionQuerySet, seen_by
from council.people.models import Membership, User
from council.web.forms.opinions import OpinionFilter
from council.web.gathered.changes import proposal

SIZE = 20
NO_POINTS = Prefetch("points", Point.objects.none())


@dataclass(frozen=True)
class Voice:
    """One opinion with the reader's own vote on it.

    Attributes:
        vote: What their organisation said to it; ``None`` where it said nothing.
        may_vote: Whether it can say something now.
    """

    opinion: Opinion
    proposed: Sequence[Span]
    vote: int | None
    may_vote: bool

    @property
    def number(self) -> int:
        """Its place in the list."""
        return self.opinion.number or 0


@dataclass(frozen=True)
class PublicForm:
    """공개본: all that others may know of a confidential opinion. It does not say whose it is."""

    number: int
    sector: str
    phase: str
    proposed_text: str
    reason: str


@dataclass(frozen=True)
class Voices:
    """Some of what was said about a passage, and after which number it goes on; ``None`` at the end."""

    rows: Sequence[Voice | PublicForm]
    after: int | None


@dataclass(frozen=True)
class Said:
    """How many opinions there are, how many the reader may read, and of how many others there is a public form."""

    total: int = 0
    read: int = 0
    forms: int = 0

    @property
    def unseen(self) -> int:
        """Those counted without being shown."""
        return self.total - self.read - self.forms


def with_answers(opinions: OpinionQuerySet, user: User) -> OpinionQuerySet:
    """With their points, and of the answers to these what the reader may see."""
    answers = Disposition.objects.visible_to(user).select_related("office")
    points = Point.objects.select_related("office").prefetch_related(Prefetch("disposition", answers))
    return opinions.prefetch_related(Prefetch("points", points.order_by("number")))


def counts(consultation: Consultation, user: User, chosen: OpinionFilter) -> dict[UUID, Said]:
    """How much was said about each passage. An answer that is asked for counts only where it may be seen."""
    given = chosen.narrow(consultation.opinions.given(), user).order_by().values_list("passage")
    numbers = list(given.annotate(total=Count("pk"), read=Count("pk", filter=seen_by(user))))
    if "verdict" in chosen.chosen:
        numbers = [(passage, read, read) for passage, _total, read in numbers if read]
    all_read = all(total == read for _passage, total, read in numbers)
    forms = {} if all_read else _by_passage(_public_forms(consultation, user, chosen))
    return {passage: Said(total, read, forms.get(passage, 0)) for passage, total, read in numbers}


def _by_passage(forms: RedactionQuerySet) -> dict[UUID, int]:
    return dict(forms.order_by().values_list("opinion__passage").annotate(Count("pk")))


def voices(
    passage: Passage,
    consultation: Consultation,
    user: User,
    membership: Membership | None,
    chosen: OpinionFilter,
    said: Said,
    after: str | None,
) -> Voices:
    """A page of what was said about a passage, in the order of the numbers; public forms stand among the opinions."""
    number = int(after) if after and after.isdecimal() and len(after) < 10 else 0
    seen = Opinion.objects.visible_to(user).given().filter(consultation=consultation, passage=passage)
    narrowed = chosen.narrow(seen, user).select_related("organisation", "passage", "author")
    narrowed = with_answers(narrowed, user) if consultation.answered else narrowed.prefetch_related(NO_POINTS)
    opinions = list(narrowed.filter(number__gt=number).order_by("number")[: SIZE + 1])
    forms = _forms(passage, consultation, user, chosen, number) if said.forms else []
    heard: list[Voice | PublicForm] = [*_heard(opinions, consultation, user, membership), *forms]
    rows = sorted(heard, key=lambda row: row.number)
    return Voices(rows[:SIZE], rows[SIZE - 1].number if len(rows) > SIZE else None)


def voice(opinion: Opinion, user: User, membership: Membership | None) -> Voice:
    """One opinion the reader may see."""
    return _heard([opinion], opinion.consultation, user, membership)[0]


def similar_to(
    words: str, passage: Passage, consultation: Consultation, user: User, membership: Membership | None
) -> list[Voice]:
    """What was said about a passage already that is like some words, the likest first; among the newest ones."""
    ids = [each.pk for each in alike(words, passage, user=user, consultation=consultation)]
    found = Opinion.objects.filter(pk__in=ids).select_related("organisation", "passage", "author")
    by_id = {each.pk: each for each in with_answers(found, user)}
    return _heard([by_id[pk] for pk in ids], consultation, user, membership)


def _heard(
    opinions: Sequence[Opinion], consultation: Consultation, user: User, membership: Membership | None
) -> list[Voice]:
    open_now = membership is not None and membership.role != Membership.Role.OBSERVER
    open_now = open_now and consultation.is_taking_reactions
    votes = _votes(opinions, user, membership)
    return [
        Voice(each, proposal(each), votes.get(each.pk), open_now and not _is_own(each, user, membership))
        for each in opinions
    ]


def _is_own(opinion: Opinion, user: User, membership: Membership | None) -> bool:
    if opinion.author_id == user.pk or opinion.state in Opinion.NOT_GIVEN:
        return True
    return (
        membership is not None
        and membership.sector != Sector.EXPERT
        and opinion.organisation_id == membership.organisation_id
    )


def _votes(opinions: Iterable[Opinion], user: User, membership: Membership | None) -> Mapping[UUID, int]:
    """Those of the organisation the reader speaks for, or of themselves where they are an expert."""
    if membership is None:
        return {}
    votes = Reaction.objects.visible_to(user).filter(opinion__in=[each.pk for each in opinions])
    if membership.sector == Sector.EXPERT:
        votes = votes.filter(by=user, sector=Sector.EXPERT)
    else:
        votes = votes.filter(organisation=membership.organisation_id).exclude(sector=Sector.EXPERT)
    return dict(votes.values_list("opinion", "value"))


def _public_forms(consultation: Consultation, user: User, chosen: OpinionFilter) -> RedactionQuerySet:
    """The approved public forms of opinions the reader may not see themselves."""
    named = {f"opinion__{name}": value for name, value in chosen.chosen.items()}
    return Redaction.objects.instead_for(user).filter(opinion__consultation=consultation, **named)


def _forms(
    passage: Passage, consultation: Consultation, user: User, chosen: OpinionFilter, after: int
) -> list[PublicForm]:
    forms = _public_forms(consultation, user, chosen).filter(opinion__passage=passage, opinion__number__gt=after)
    fields = "opinion__number", "opinion__sector", "opinion__phase", "proposed_text", "reason"
    return [
        PublicForm(number, str(Sector(sector).label), str(Phase.Kind(phase).label), proposed, reason)
        for number, sector, phase, proposed, reason in forms.order_by("opinion__number").values_list(*fields)[
            : SIZE + 1
        ]
    ]
