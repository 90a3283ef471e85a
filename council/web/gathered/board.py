"""The disposition board: its rows page by page, its tabs with their figures, near-identical opinions as one row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.opinions.models import Batch, Consultation, Disposition, Point, PointQuerySet
from council.people.models import User
from council.web import presence

STATE = Point.State
SIZE = 50
SHOWN = (
    *("number", "gist", "state", "due_on", "tags", "office__name", "office__name_en"),
    *("opinion__number", "opinion__reason", "opinion__sector", "opinion__passage__number", "opinion__campaign__size"),
    *("opinion__organisation__name", "opinion__organisation__name_en"),
)
TABS: list[tuple[str | Promise, str | None, str | None]] = [
    (_("All"), None, None),
    (_("To assign"), STATE.SUBMITTED, None),
    (_("To answer"), STATE.TRIAGED, None),
    (_("Waiting"), STATE.WAITING, None),
    (_("Overdue"), None, "on"),
    (_("Prepared"), STATE.ANSWERED, None),
    (_("Published"), STATE.PUBLISHED, None),
]


@dataclass(frozen=True)
class Tab:
    """A view of the board: which state it shows, or what is overdue, and how many that are."""

    label: str | Promise
    state: str | None
    overdue: str | None
    count: int
    current: bool


@dataclass(frozen=True)
class Row:
    """A point on the board, how many near-identical ones stand behind it, and who else works on it."""

    point: Point
    alike: int
    working: list[str]


@dataclass(frozen=True)
class BoardPage:
    """Some rows, and after which the next page begins; None on the last one."""

    rows: list[Row]
    after: str | None


def points_of(consultation: Consultation, user: User) -> PointQuerySet:
    """Everything of a consultation that is to be answered, as far as someone may see it."""
    points = Point.objects.visible_to(user).given()
    return points.filter(consultation=consultation, opinion__consultation=consultation)


def tabs(points: PointQuerySet, chosen: Mapping[str, Any]) -> list[Tab]:
    """The views of the board in the order of the work; one is current if the filters name it."""
    late = Q(state__in=Point.OPEN, due_on__lt=clock.today())
    by_state = {state.value: Count("pk", filter=Q(state=state)) for state in STATE}
    counts = points.order_by().aggregate(every=Count("pk"), late=Count("pk", filter=late), **by_state)
    now = chosen.get("state"), "on" if chosen.get("overdue") else None
    return [
        Tab(label, state, overdue, counts[state or ("late" if overdue else "every")], current=(state, overdue) == now)
        for label, state, overdue in TABS
    ]


def page_of_points(points: PointQuerySet, user: User, after: str | None, *, grouped: bool) -> BoardPage:
    """The rows that follow ``after`` (``12-1``: the first point of opinion 12), near-identical ones once if grouped."""
    if grouped:
        points = _each_campaign_once(points)
    behind = _in_order(_behind(points, after)).values("pk")[: SIZE + 1]
    found = list(_with_what_rows_show(Point.objects.filter(pk__in=behind), user))
    shown = found[:SIZE]
    working = presence.others([point.pk for point in shown], user)
    rows = [Row(point, _alike(point) if grouped else 0, working.get(point.pk, [])) for point in shown]
    last = shown[-1] if len(found) > SIZE else None
    return BoardPage(rows, f"{last.opinion.number}-{last.number}" if last else None)


def row(point: Point, user: User) -> Row:
    """One row anew, after something was done to it."""
    shown = _with_what_rows_show(Point.objects.filter(pk=point.pk), user).get()
    return Row(shown, 0, presence.others([point.pk], user).get(point.pk, []))


def last_step(consultation: Consultation, user: User) -> Batch | None:
    """The newest of someone's steps here that can still be taken back."""
    own = Batch.objects.visible_to(user).filter(by=user.pk, consultation=consultation, applied__gt=0)
    step = own.order_by("-id").first()
    return None if step is None or step.undone_at else step


def _alike(point: Point) -> int:
    campaign = point.opinion.campaign
    return campaign.size if campaign else 0


def _with_what_rows_show(points: PointQuerySet, user: User) -> PointQuerySet:
    """In the order of their numbers, with what their rows show; answers only where they may be seen."""
    answers = Prefetch("disposition", Disposition.objects.visible_to(user))
    related = points.select_related("office", "opinion__organisation", "opinion__passage", "opinion__campaign")
    return _in_order(related.only(*SHOWN).prefetch_related(answers))


def _in_order(points: PointQuerySet) -> PointQuerySet:
    return points.order_by("opinion__number", "number")


def _each_campaign_once(points: PointQuerySet) -> PointQuerySet:
    """The first of each campaign, of those that are asked for, instead of all of them."""
    together = points.exclude(opinion__campaign=None).order_by().values("opinion__campaign")
    firsts = together.annotate(first=Min("opinion__number")).values("first")
    return points.filter(Q(opinion__campaign=None) | Q(opinion__number__in=firsts))


def _behind(points: PointQuerySet, after: str | None) -> PointQuerySet:
    match = re.fullmatch(r"(\d{1,9})-(\d{1,4})", after or "")
    if match is None:
        return points
    number, part = map(int, match.groups())
    return points.filter(opinion__number__gte=number).exclude(opinion__number=number, number__lte=part)
