"""What becomes of the floor when something else happens: the item ends, or a speaker leaves. The meeting is locked."""

from uuid import UUID

from django.db import transaction

from council.core import clock
from council.core.saving import change
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.bell import touched
from council.meetings.models import FloorRequest, Invitation, Meeting
from council.people.models import User

_STATE = FloorRequest.State


@transaction.atomic
def end_speech_of(meeting: Meeting, *, by: User) -> FloorRequest | None:
    """End the speech of whoever has the floor."""
    speaking = meeting.floor.filter(state=_STATE.SPEAKING).select_related("user").first()
    if speaking:
        change(speaking, state=_STATE.DONE, ended_at=clock.now())
        record(Verb.FLOOR_ENDED, speaking, by=by, title=meeting.title, meeting=meeting.pk, name=speaking.user.name)
        touched(meeting)
    return speaking


@transaction.atomic
def clear_floor(meeting: Meeting, *, by: User) -> list[UUID]:
    """End the speech and the queue with the item they were about; gives the requests that waited."""
    end_speech_of(meeting, by=by)
    waiting = list(meeting.floor.waiting().values_list("pk", flat=True))
    FloorRequest.objects.filter(pk__in=waiting).update(state=_STATE.WITHDRAWN, modified_at=clock.now())
    return waiting


@transaction.atomic
def leave_floor(invitation: Invitation, *, by: User) -> None:
    """Give up the floor, and the place in the queue, of a seat that nobody sits on any more."""
    if invitation.floor.filter(state=_STATE.SPEAKING).exists():
        end_speech_of(invitation.meeting, by=by)
    invitation.floor.filter(state=_STATE.WAITING).update(state=_STATE.WITHDRAWN, modified_at=clock.now())
