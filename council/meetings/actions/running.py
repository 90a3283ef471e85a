"""Holding a meeting: opening it, going through the agenda step by step and back, closing it."""

import datetime as dt
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change
from council.journal.actions import record
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.meetings.actions.common import lock
from council.meetings.actions.speaking import clear_floor
from council.meetings.bell import touched
from council.meetings.closing import why_not_close
from council.meetings.models import AgendaItem, FloorRequest, Meeting
from council.meetings.places import takes_attendance
from council.meetings.quorum import quorum
from council.people.models import BelowQuorum, User

_ITEM, _MEETING = AgendaItem.State, Meeting.State
_RUNNING = [_MEETING.RUNNING]
_NOT_RUNNING = _("This meeting is not in session.")
_TIMES: Final = ("opened_at", "taken_up_at", "ended_at")
_KEPT: Final = ("state", "seconds_spent", "postponed_reason", *_TIMES)
_STEPS: Final = (Verb.ITEM_TAKEN_UP, Verb.ITEM_ENDED, Verb.ITEM_POSTPONED)
_BINDING: Final = (
    *_STEPS,
    Verb.FLOOR_GIVEN,
    Verb.STATEMENT_RECORDED,
    Verb.BALLOT_OPENED,
    Verb.BALLOT_CLOSED,
    Verb.DECISION_RECORDED,
)


@transaction.atomic
def open_meeting(meeting: Meeting, *, by: User) -> Meeting:
    """개의: begin a convened meeting, at the earliest two hours before its time. Opened twice it is opened once.

    Raises:
        Refused: It is not convened, not near yet, or a written review, which needs no opening.
    """
    require(by, "meetings.run_meeting", meeting)
    locked = lock(meeting, [_MEETING.CONVENED, *_RUNNING], _("Only a convened meeting can be opened."))
    if locked.state == _MEETING.RUNNING:
        return locked
    if locked.kind == Meeting.Kind.WRITTEN:
        raise Refused(_("A written review is not opened; forms are returned until it ends."))
    if not takes_attendance(locked) and locked.starts_at > clock.now():
        raise Refused(_("It is too early to open this meeting; it can be opened two hours before it begins."))
    change(locked, state=_MEETING.RUNNING, opened_at=clock.now())
    record(Verb.MEETING_OPENED, locked, by=by, title=locked.title, meeting=locked.pk)
    touched(locked)
    return locked


@transaction.atomic
def take_up(item: AgendaItem, *, by: User) -> AgendaItem:
    """상정: begin with an item, or come back to one; what was being dealt with is ended, with its speakers' queue.

    Raises:
        Refused: The meeting is not in session, or too few are there under a rule that stops the agenda then.
    """
    require(by, "meetings.run_meeting", item)
    meeting = lock(item.meeting, _RUNNING, _NOT_RUNNING)
    item.refresh_from_db()
    if meeting.current_item_id == item.pk:
        return item
    _check_quorum(meeting, item)
    ended = meeting.current_item
    before = _before(meeting, item, *([ended] if ended else []))
    queue = clear_floor(meeting, by=by)
    if ended:
        _stop(ended, _ITEM.DONE)
    now = clock.now()
    values = {"opened_at": item.opened_at or now, "taken_up_at": now, "ended_at": None, "postponed_reason": ""}
    change(item, state=_ITEM.CURRENT, **values)
    change(meeting, current_item=item)
    return _recorded(Verb.ITEM_TAKEN_UP, item, by=by, before=before, queue=queue)


@transaction.atomic
def end_item(item: AgendaItem, *, by: User) -> AgendaItem:
    """Finish with the item that is being dealt with, without beginning with another. Ended twice it is ended once.

    Raises:
        Refused: It is not being dealt with, or the meeting is not in session.
    """
    require(by, "meetings.run_meeting", item)
    meeting = lock(item.meeting, _RUNNING, _NOT_RUNNING)
    item.refresh_from_db()
    if item.state == _ITEM.DONE:
        return item
    if meeting.current_item_id != item.pk:
        raise Refused(_("This item is not being dealt with."))
    return _leave(meeting, item, _ITEM.DONE, Verb.ITEM_ENDED, by=by)


@transaction.atomic
def postpone_item(item: AgendaItem, *, reason: str, by: User) -> AgendaItem:
    """보류: put an item off to a later meeting, with the reason; also in the middle of dealing with it.

    Raises:
        ValidationError: There is no reason.
        Refused: It has been dealt with, or the meeting is not in session.
    """
    require(by, "meetings.run_meeting", item)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the item is put off.")})
    meeting = lock(item.meeting, _RUNNING, _NOT_RUNNING)
    item.refresh_from_db()
    if item.state == _ITEM.POSTPONED:
        return item
    if item.state == _ITEM.DONE:
        raise Refused(_("This item has been dealt with; take it up again to put it off."))
    return _leave(meeting, item, _ITEM.POSTPONED, Verb.ITEM_POSTPONED, by=by, reason=reason.strip())


@transaction.atomic
def undo_step(meeting: Meeting, *, by: User, step: int | None = None) -> AgendaItem:
    """Take back the last step through the agenda, as if it had not been made; the one before it can follow.

    Args:
        step: The step one saw (:func:`last_step`), so that a second press does not take back another one.

    Returns:
        The item the step was about.

    Raises:
        Refused: There is none, another one was made since, or something has been built on it: a speech, a statement,
            a ballot.
    """
    require(by, "meetings.run_meeting", meeting)
    locked = lock(meeting, _RUNNING, _NOT_RUNNING)
    last = last_step(locked)
    if last is None or (step is not None and step != last.pk):
        raise Refused(_("There is no step to take back, or another one has been made since."))
    if problems := why_not_close(locked):
        raise Refused(_("This step can no longer be taken back."), problems=problems)
    for pk, values in last.data["before"].items():
        moments = {name: parse_datetime(values[name]) if values[name] else None for name in _TIMES}
        change(locked.items.get(pk=pk), **(values | moments))
    change(locked, current_item=locked.items.filter(pk=last.data["current"]).first())
    _queue_again(locked, last.data["queue"])
    item = locked.items.get(pk=last.target_id)
    record(Verb.MEETING_STEP_UNDONE, locked, by=by, title=locked.title, meeting=locked.pk, step=last.pk)
    touched(locked)
    return item


def last_step(meeting: Meeting) -> Entry | None:
    """The journal's entry of the step that can be taken back; nothing where something was built on it."""
    here = Q(data__meeting=str(meeting.pk)) | Q(data__meeting_id=str(meeting.pk))  # a vote's `meeting` is its title
    entries = Entry.objects.filter(council_id=meeting.council_id).filter(here)
    undone = entries.filter(verb=Verb.MEETING_STEP_UNDONE, target_id=meeting.pk).values_list("data__step", flat=True)
    last = entries.filter(verb__in=_BINDING, at__gte=meeting.opened_at or clock.now()).exclude(pk__in=list(undone))
    entry = last.order_by("-id").first()
    return entry if entry and entry.verb in _STEPS and "before" in entry.data else None


@transaction.atomic
def close(meeting: Meeting, *, by: User) -> Meeting:
    """End a meeting that has begun. What it was dealing with is ended, and so is the speakers' queue.

    Where the items were taken up one by one, those not reached are put off; otherwise all that are not marked
    otherwise count as dealt with.

    Raises:
        Refused: It has not begun, is over already, or something stands in the way, e.g. an open ballot.
    """
    require(by, "meetings.close_meeting", meeting)
    refusal = _("Only a convened meeting that has begun can be closed.")
    locked = lock(meeting, [_MEETING.CONVENED, *_RUNNING], refusal)
    if locked.state == _MEETING.CONVENED and locked.starts_at > clock.now():
        raise Refused(refusal)
    if problems := why_not_close(locked):
        raise Refused(_("This meeting cannot be closed yet."), problems=problems)
    clear_floor(locked, by=by)
    if locked.current_item:
        _stop(locked.current_item, _ITEM.DONE)
    _settle(locked)
    change(locked, state=_MEETING.CLOSED, closed_at=clock.now(), current_item=None)
    meeting.refresh_from_db()
    record(Verb.MEETING_CLOSED, meeting, by=by, title=meeting.title, meeting=meeting.pk)
    touched(meeting)
    return meeting


# --- Shared ----------------------------------------------------------------------------------------------------------


def _check_quorum(meeting: Meeting, item: AgendaItem) -> None:
    if meeting.council.below_quorum != BelowQuorum.AGENDA:
        return
    found = quorum(meeting, item)
    if not found.met:
        raise Refused(
            _("Too few are there to go on: %(present)d of %(needed)d seats needed.")
            % {"present": found.present, "needed": found.needed}
        )


def _before(meeting: Meeting, *items: AgendaItem) -> dict[str, Any]:
    """How things stood, for :func:`undo_step`."""
    return {
        "current": meeting.current_item_id,
        "before": {str(item.pk): {name: getattr(item, name) for name in _KEPT} for item in items},
    }


def _stop(item: AgendaItem, state: str, **values: Any) -> None:
    """End an item, and count the time since it was taken up if it was being dealt with."""
    now = clock.now()
    since: dt.datetime | None = item.taken_up_at if item.state == _ITEM.CURRENT else None
    spent = int((now - since).total_seconds()) if since else 0
    change(
        item, state=state, ended_at=now if since else item.ended_at, seconds_spent=item.seconds_spent + spent, **values
    )


def _leave(meeting: Meeting, item: AgendaItem, state: str, verb: Verb, *, by: User, reason: str = "") -> AgendaItem:
    before = _before(meeting, item)
    is_current = meeting.current_item_id == item.pk
    queue = clear_floor(meeting, by=by) if is_current else []
    _stop(item, state, postponed_reason=reason)
    if is_current:
        change(meeting, current_item=None)
    return _recorded(verb, item, by=by, before=before, queue=queue, reason=reason)


def _recorded(
    verb: Verb, item: AgendaItem, *, by: User, before: dict[str, Any], queue: list[Any], reason: str = ""
) -> AgendaItem:
    data: dict[str, Any] = {"title": item.title, "number": item.number, "meeting": item.meeting_id, "reason": reason}
    record(verb, item, by=by, queue=queue, **data, **before)
    touched(item.meeting)
    return item


def _queue_again(meeting: Meeting, queue: list[str]) -> None:
    """Let those wait again who waited, unless their seat has asked anew."""
    active = meeting.floor.filter(state__in=[FloorRequest.State.WAITING, FloorRequest.State.SPEAKING])
    gone = meeting.floor.filter(pk__in=queue, state=FloorRequest.State.WITHDRAWN)
    gone.exclude(invitation__in=active.values("invitation")).update(
        state=FloorRequest.State.WAITING, modified_at=clock.now()
    )


def _settle(meeting: Meeting) -> None:
    """Say of each item nobody marked whether it was dealt with.

    Where none was taken up by itself, all were. Otherwise those were that hold an item taken up, and the parts of one
    that was taken up as a whole.
    """
    items = list(meeting.items.order_by("-position"))
    opened = {item.pk for item in items if item.opened_at}
    holding: set[Any] = set()
    for item in items:  # from the last, so that parts come before what holds them
        if item.pk in opened | holding and item.parent_id:
            holding.add(item.parent_id)
    planned = {item.pk: item.parent_id for item in items if item.state == _ITEM.PLANNED}
    dealt_with = {pk for pk, above in planned.items() if not opened or pk in holding or above in opened - holding}
    for state, pks in ((_ITEM.DONE, dealt_with), (_ITEM.POSTPONED, planned.keys() - dealt_with)):
        meeting.items.filter(pk__in=pks).update(state=state, modified_at=clock.now())
