"""What a page shows of a passage that changed: both sides word by word, and the published answers behind it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from council.documents.comparison import Change, Span, compare, pair
from council.documents.models import Passage, Version
from council.opinions.models import Disposition, Opinion
from council.people.models import User


@dataclass(frozen=True)
class ChangedPassage:
    """One passage on both sides. The spans hold what was removed and what was added; each side hides one of them."""

    before: Passage | None
    after: Passage | None
    heading: Sequence[Span]
    text: Sequence[Span]
    answers: Sequence[Disposition] = field(default=())

    @property
    def kind(self) -> str:
        """Same, changed, added or removed."""
        return Change(self.before, self.after).kind

    @property
    def passage(self) -> Passage:
        """The newer side, or the older where the passage is gone."""
        passage = self.after or self.before
        assert passage is not None  # noqa: S101 - a change has at least one side
        return passage


def side_by_side(before: Passage | None, after: Passage | None, answers: Sequence[Disposition] = ()) -> ChangedPassage:
    """Put a passage beside what became of it."""
    return ChangedPassage(
        before,
        after,
        compare(before.heading if before else "", after.heading if after else ""),
        compare(before.text if before else "", after.text if after else ""),
        answers,
    )


def changes_between(before: Version, after: Version, user: User) -> list[ChangedPassage]:
    """Every passage of two versions of a document, in the newer one's order, with the answers that changed it."""
    pairs = pair(before.passages.all(), after.passages.all())
    answers = _answers_by_identity(before, after, user)
    return [side_by_side(each.before, each.after, answers[each.after.identity] if each.after else ()) for each in pairs]


def _answers_by_identity(before: Version, after: Version, user: User) -> defaultdict[UUID, list[Disposition]]:
    """Published answers that point to a passage of a version after ``before`` and up to ``after``."""
    published = Disposition.objects.visible_to(user).filter(
        released_at__isnull=False,
        changed_passage__version__document=after.document_id,
        changed_passage__version__number__gt=before.number,
        changed_passage__version__number__lte=after.number,
    )
    return by_identity(
        published.select_related("changed_passage", "point__opinion__organisation").order_by(
            "point__opinion__number", "point__number"
        )
    )


def by_identity(answers: Iterable[Disposition]) -> defaultdict[UUID, list[Disposition]]:
    """Answers grouped by the passage they changed, whatever the version."""
    grouped: defaultdict[UUID, list[Disposition]] = defaultdict(list)
    for answer in answers:
        if answer.changed_passage:
            grouped[answer.changed_passage.identity].append(answer)
    return grouped


def proposal(opinion: Opinion) -> list[Span]:
    """The wording an opinion proposes, beside the words it would change where it changes any."""
    if not opinion.proposed_text:
        return []
    if opinion.kind == Opinion.Kind.AMEND:
        return compare(opinion.current_text, opinion.proposed_text)
    return [Span("same", opinion.proposed_text)]
