"""The floor (발언권): asking for it, giving it, and the order in which people speak."""

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.common import lock
from council.meetings.actions.speaking import end_speech_of
from council.meetings.bell import touched
from council.meetings.models import Attendance, FloorRequest, Meeting
from council.meetings.places import attending, is_recused, place_of
from council.people.models import User

_STATE = FloorRequest.State
_RUNNING = [Meeting.State.RUNNING]
_NOT_RUNNING = _("This meeting is not in session.")


@transaction.atomic
def ask_for_floor(
    meeting: Meeting, *, by: User, kind: str = FloorRequest.Kind.SPEECH, key: UUID | None = None
) -> FloorRequest:
    """Ask to speak, or raise a point of order; asked again, the request that waits stands, in its newer kind.

    Args:
        key: Made by the browser once for each request, so that sending it twice asks once.

    Raises:
        Refused: The meeting is not in session, or one is not there, keeps out of the item, or has the floor.
    """
    require(by, "meetings.ask_for_floor", meeting)
    locked = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if key and (known := FloorRequest.objects.filter(user=by, key=key).first()):
        return known
    if locked.state not in _RUNNING:
        raise Refused(_NOT_RUNNING)
    attendance = _speaker(locked, by)
    waiting = locked.floor.filter(state=_STATE.WAITING, invitation=attendance.invitation).first()
    if waiting:
        changed = change(waiting, kind=kind)
        request = waiting
    else:
        changed = ["state"]
        request = _join(locked, attendance, by=by, kind=kind, key=key)
    if changed:
        organisation = request.organisation_id
        data = {"title": meeting.title, "meeting": meeting.pk, "kind": kind}
        record(Verb.FLOOR_REQUESTED, request, by=by, organisation_id=organisation, **data)
        touched(meeting)
    return request


def _speaker(meeting: Meeting, user: User) -> Attendance:
    """Someone's attendance at a place from which they may speak now.

    Raises:
        Refused: They may not, with the reason.
    """
    attendance = attending(user, meeting)
    place = place_of(attendance) if attendance else None
    if attendance is None or place is None or not place.speaks:
        raise Refused(_("Only who is there can speak; check in first."))
    if is_recused(place.invitation, meeting):
        raise Refused(_("This seat keeps out of the present item."))
    return attendance


def _join(meeting: Meeting, attendance: Attendance, *, by: User, kind: str, key: UUID | None) -> FloorRequest:
    if meeting.floor.filter(state=_STATE.SPEAKING, invitation=attendance.invitation).exists():
        raise Refused(_("This seat has the floor."))
    last = meeting.floor.waiting().aggregate(last=Max("position"))["last"]
    place = place_of(attendance)
    assert place is not None  # noqa: S101 - a guest was refused before
    return create(
        FloorRequest(
            council_id=meeting.council_id,
            meeting=meeting,
            item_id=meeting.current_item_id,
            invitation=place.invitation,
            user=by,
            organisation=place.membership.organisation,
            sector=place.membership.sector,
            kind=kind,
            position=0 if last is None else last + 1,
            key=key,
        )
    )


@transaction.atomic
def withdraw_request(request: FloorRequest, *, by: User) -> FloorRequest:
    """Leave the queue, or take someone out of it; once is enough.

    Raises:
        Refused: The floor has been given already.
    """
    require(by, "meetings.withdraw_request", request)
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=request.meeting_id)
    request.refresh_from_db()
    if request.state not in (_STATE.WAITING, _STATE.WITHDRAWN):
        raise Refused(_("The floor has been given already."))
    if change(request, state=_STATE.WITHDRAWN):
        record(Verb.FLOOR_WITHDRAWN, request, by=by, title=meeting.title, meeting=meeting.pk)
        touched(meeting)
    return request


@transaction.atomic
def give_floor(request: FloorRequest, *, by: User) -> FloorRequest:
    """Let someone of the queue speak; whoever spoke has ended. Giving it twice is giving it once.

    Raises:
        Refused: The meeting is not in session, the request is gone, or its seat has left or keeps out of the item.
    """
    require(by, "meetings.chair_floor", request)
    meeting = lock(request.meeting, _RUNNING, _NOT_RUNNING)
    request.refresh_from_db()
    if request.state == _STATE.SPEAKING:
        return request
    if request.state != _STATE.WAITING:
        raise Refused(_("This request to speak is no longer waiting."))
    _speaker(meeting, request.user)
    end_speech_of(meeting, by=by)
    change(request, state=_STATE.SPEAKING, started_at=clock.now(), item_id=meeting.current_item_id)
    record(Verb.FLOOR_GIVEN, request, by=by, title=meeting.title, meeting=meeting.pk, name=request.user.name)
    touched(meeting)
    return request


@transaction.atomic
def end_speech(meeting: Meeting, *, by: User) -> FloorRequest | None:
    """End the speech of whoever has the floor, as the chair or the speaker; nothing where nobody speaks."""
    speaking = meeting.floor.filter(state=_STATE.SPEAKING).first()
    if speaking is None:
        return None
    require(by, "meetings.end_speech", speaking)
    locked = lock(meeting, _RUNNING, _NOT_RUNNING)
    return end_speech_of(locked, by=by)


@transaction.atomic
def order_floor(meeting: Meeting, *, requests: Sequence[FloorRequest], by: User) -> list[FloorRequest]:
    """Set the order of the queue: those named first, in this order, then the others; points of order stay ahead.

    Whoever has left the queue meanwhile is passed over, and whoever joined it is behind.

    Returns:
        The queue as it stands now.

    Raises:
        ValidationError: A request is to another meeting.
    """
    require(by, "meetings.chair_floor", meeting)
    locked = lock(meeting, _RUNNING, _NOT_RUNNING)
    if any(request.meeting_id != meeting.pk for request in requests):
        raise ValidationError({"requests": _("This request to speak is at another meeting.")})
    wanted = {request.pk: place for place, request in enumerate(requests)}
    waiting = sorted(locked.floor.waiting(), key=lambda request: wanted.get(request.pk, len(wanted)))
    for place, request in enumerate(waiting):
        request.position, request.modified_at = place, clock.now()
    FloorRequest.objects.bulk_update(waiting, ["position", "modified_at"])
    record(Verb.FLOOR_ORDERED, meeting, by=by, title=meeting.title, meeting=meeting.pk)
    touched(meeting)
    return list(locked.floor.waiting())
