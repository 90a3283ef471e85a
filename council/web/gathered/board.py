"""The figures above the disposition board, and what is checked before answers are published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.opinions.models import Consultation, Disposition, Opinion
from council.people.models import User

STATE = Opinion.State


@dataclass(frozen=True)
class Progress:
    """How far the answers have come, as far as the reader may see the opinions."""

    given: int
    submitted: int
    triaged: int
    overdue: int
    answered: int
    published: int

    @property
    def done(self) -> int:
        """How many have an answer, published or not."""
        return self.answered + self.published

    @property
    def unanswered(self) -> int:
        """How many have none."""
        return self.submitted + self.triaged


@dataclass(frozen=True)
class Tab:
    """A view of the board: which state it shows, or what is overdue, and how many that are."""

    label: str | Promise
    state: str | None
    overdue: str | None
    count: int
    current: bool


@dataclass(frozen=True)
class Check:
    """What stands before the answers are published, each with the opinions it is about."""

    progress: Progress
    unpublished_changes: Sequence[Opinion]

    @property
    def can_publish(self) -> bool:
        """Whether something is ready and nothing is in the way."""
        return bool(self.progress.answered) and not self.unpublished_changes


def progress(consultation: Consultation, user: User) -> Progress:
    """Count a consultation's opinions by state."""
    late = Q(state=STATE.TRIAGED, due_on__lt=clock.today())
    opinions = Opinion.objects.visible_to(user).given().filter(consultation=consultation)
    by_state = {
        each.value: Count("pk", filter=Q(state=each)) for each in STATE if each.value in Progress.__annotations__
    }
    return Progress(**opinions.aggregate(given=Count("pk"), overdue=Count("pk", filter=late), **by_state))


def tabs(figures: Progress, chosen: Mapping[str, Any]) -> list[Tab]:
    """The views of the board in the order of the work; one is current if the filters name it."""
    views: list[tuple[str | Promise, str | None, str | None, int]] = [
        (_("All"), None, None, figures.given),
        (_("To assign"), STATE.SUBMITTED, None, figures.submitted),
        (_("To answer"), STATE.TRIAGED, None, figures.triaged),
        (_("Overdue"), None, "on", figures.overdue),
        (_("Prepared"), STATE.ANSWERED, None, figures.answered),
        (_("Published"), STATE.PUBLISHED, None, figures.published),
    ]
    now = chosen.get("state"), "on" if chosen.get("overdue") else None
    return [Tab(label, state, late, count, current=(state, late) == now) for label, state, late, count in views]


def check(consultation: Consultation, figures: Progress, user: User) -> Check:
    """Look at the prepared answers before they are published."""
    pointing = Disposition.objects.visible_to(user).filter(changed_passage__version__published_at=None)
    pointing = pointing.exclude(changed_passage=None)
    prepared = Opinion.objects.visible_to(user).filter(consultation=consultation, state=STATE.ANSWERED)
    return Check(figures, list(prepared.filter(disposition__in=pointing).order_by("number")))
