"""A step on the board, done to one point or to thousands: what it did, what failed and why, and how it is taken back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record_each
from council.journal.verbs import Verb
from council.opinions.actions.common import lock_points, settle
from council.opinions.models import Batch, BatchRow, Disposition, Opinion, Point
from council.people.models import User

PUT_BACK = ("state", "office_id", "due_on", "waiting_for", "tags")
Problem = Refused | ValidationError | PermissionDenied
Problems = Mapping[UUID, Problem]


def do_step(
    step: Batch.Step,
    points: Iterable[Point],
    *,
    by: User,
    do: Callable[[Sequence[Point]], Problems],
    alone: bool = False,
) -> Batch:
    """Do a step to points of one consultation and keep what it did.

    Args:
        do: Changes the points it is given, with their revisions raised, and returns what was wrong with the others.
        alone: Whether it is about one point, for which a problem is raised instead of kept.
    """
    held = lock_points(points)
    if not held:
        raise ValidationError({"points": _("Choose at least one opinion.")})
    consultation = held[0].consultation
    if any(point.consultation_id != consultation.pk for point in held):
        raise ValidationError({"points": _("Choose opinions of one consultation.")})
    before = {point.pk: _as_it_is(point) for point in held}
    problems = do(held)
    if alone and problems:
        raise problems[held[0].pk]
    done = [point for point in held if point.pk not in problems]
    settle({point.opinion_id: point.opinion for point in done}.values())
    batch = create(
        Batch(
            council_id=consultation.council_id,
            consultation=consultation,
            step=step,
            by=by,
            applied=len(done),
            total=len(held),
        )
    )
    BatchRow.objects.bulk_create(
        BatchRow(
            batch=batch,
            point=point,
            before=before[point.pk],
            revision=None if point.pk in problems else point.revision,
            problem=" ".join(sentences(problems[point.pk])) if point.pk in problems else "",
        )
        for point in held
    )
    return batch


def sentences(problem: Problem) -> list[str]:
    """What was wrong, in sentences."""
    if isinstance(problem, ValidationError):
        return list(problem.messages)
    if isinstance(problem, PermissionDenied):
        return [str(_("You may not do this."))]
    return [problem.message, *problem.problems]


def _as_it_is(point: Point) -> dict[str, Any]:
    kept: dict[str, Any] = {name: getattr(point, name) for name in PUT_BACK}
    kept["office_id"] = str(point.office_id) if point.office_id else None
    kept["due_on"] = point.due_on.isoformat() if point.due_on else None
    answer = getattr(point, "disposition", None)
    kept["answer"] = answer and {
        "verdict": answer.verdict,
        "reason": answer.reason,
        "changed_passage_id": str(answer.changed_passage_id) if answer.changed_passage_id else None,
        "prepared_by_id": str(answer.prepared_by_id),
        "office_id": str(answer.office_id),
    }
    return kept


def checked(
    held: Sequence[Point],
    *,
    by: User,
    permission: str,
    states: Collection[str],
    why: str | Promise,
    also: Callable[[Point], None] = lambda point: None,
) -> dict[UUID, Problem]:
    """The points to which a step cannot be done, and why not. Who may is asked once for all points of one office.

    Args:
        states: The states in which it can be done.
        why: What to say in any other state.
        also: Raises what else is wrong with a point.
    """
    problems: dict[UUID, Problem] = {}
    may: dict[UUID | None, bool] = {}
    for point in held:
        if point.office_id not in may:
            may[point.office_id] = by.has_perm(permission, point)
        try:
            if not may[point.office_id]:
                raise PermissionDenied(permission)
            if point.opinion.state in Opinion.NOT_GIVEN or point.state not in states:
                raise Refused(why)
            also(point)
        except (PermissionDenied, Refused, ValidationError) as problem:
            problems[point.pk] = problem
    return problems


def save(points: Sequence[Point], *fields: str) -> None:
    """Write fields of changed points, with one statement for all that are alike, and raise their revisions."""
    moment = clock.now()
    names = ["office_id" if name == "office" else name for name in fields]
    alike: defaultdict[str, list[Point]] = defaultdict(list)
    for point in points:
        point.revision += 1
        point.modified_at = moment
        alike[repr([getattr(point, name) for name in names])].append(point)
    for group in alike.values():
        values = {name: getattr(group[0], name) for name in names}
        rows = Point.objects.filter(pk__in=[point.pk for point in group])
        rows.update(**values, revision=F("revision") + 1, modified_at=moment)


def tell(verb: Verb, points: Sequence[Point], *, by: User, **data: Any) -> None:
    """Write down what happened to points, once for each opinion."""
    by_opinion = {point.opinion_id: point for point in points}
    record_each(
        verb,
        [point.opinion for point in by_opinion.values()],
        by=by,
        each=lambda opinion: {"number": by_opinion[opinion.pk].label, "title": opinion.consultation.title},
        **data,
    )


@transaction.atomic
def undo(batch: Batch, *, by: User) -> Batch:
    """Put the points of a step back as they were before it, those that nobody has touched since.

    Returns:
        The step, with how many of its points were put back. Changes it made to a text stay there.

    Raises:
        Refused: It was taken back already, or every point has moved on.
    """
    held = {point.pk: point for point in lock_points(Point.objects.filter(pk__in=batch.rows.values("point")))}
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.by_id != by.pk:
        require(by, "opinions.triage", batch)
    if batch.undone_at:
        raise Refused(_("This step was taken back already."))
    rows = [
        row
        for row in batch.rows.filter(problem="")
        if held[row.point_id].revision == row.revision and held[row.point_id].state != Point.State.PUBLISHED
    ]
    if not rows:
        raise Refused(_("Every one of these opinions has moved on since; nothing was taken back."))
    points = [held[row.point_id] for row in rows]
    for row, point in zip(rows, points, strict=True):
        _put_back(point, row.before)
    unanswered = [row.point_id for row in rows if row.before["answer"] is None]
    Disposition.objects.filter(point__in=unanswered).delete()
    save(points, "state", "office", "due_on", "waiting_for", "tags")
    settle({point.opinion_id: point.opinion for point in points}.values())
    change(batch, undone_at=clock.now(), undone=len(rows))
    tell(Verb.STEP_UNDONE, points, by=by, step=batch.step)
    return batch


def _put_back(point: Point, before: Mapping[str, Any]) -> None:
    for name in PUT_BACK:
        setattr(point, name, before[name])
    point.due_on = dt.date.fromisoformat(before["due_on"]) if before["due_on"] else None
    answer = getattr(point, "disposition", None)
    if answer and before["answer"]:
        change(
            answer,
            **{
                name: UUID(value) if name.endswith("_id") and value else value
                for name, value in before["answer"].items()
            },
            revision=answer.revision + 1,
        )
