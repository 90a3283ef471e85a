"""What several verbs of this room share."""

from collections.abc import Iterable

from django.utils.functional import Promise

from council.core.errors import Refused
from council.meetings.models import Meeting

OPEN = (Meeting.State.PLANNED, Meeting.State.CONVENED)
ALIVE = (*OPEN, Meeting.State.RUNNING)


def lock(meeting: Meeting, states: Iterable[str], otherwise: str | Promise) -> Meeting:
    """Hold the meeting still for the rest of the transaction, if it is in one of the states.

    Raises:
        Refused: It is in another state; with the sentence ``otherwise``.
    """
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if locked.state not in states:
        raise Refused(otherwise)
    return locked
