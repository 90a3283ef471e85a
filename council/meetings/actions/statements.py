"""발언 요지: the gist of what is said, noted by the secretary or written by the speaker."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.bell import touched
from council.meetings.closing import why_not_correct
from council.meetings.models import AgendaItem, Attendance, Invitation, Meeting, Statement
from council.meetings.places import Place, named_for, place_of
from council.people.models import User

LATE = dt.timedelta(hours=1)  # what was written without a connection still arrives this long after the end


@transaction.atomic
def record_statement(
    meeting: Meeting,
    *,
    text: str,
    by: User,
    item: AgendaItem | None = None,
    invitation: Invitation | None = None,
    speaker: str = "",
    said_at: dt.datetime | None = None,
    key: UUID | None = None,
) -> Statement:
    """Note as the secretary what someone said, during the meeting or afterwards.

    Args:
        invitation: For which seat; whoever sat there spoke.
        speaker: The name of a speaker without a seat, e.g. a guest.
        said_at: When it was said; left out, now. A time outside the meeting is moved into it.
        key: Made by the browser once for each statement, so that sending it twice notes it once.

    Raises:
        ValidationError: It is by nobody, or about another meeting's item.
        Refused: The meeting has not begun, or its minutes are beyond correction.
    """
    require(by, "meetings.record_statement", meeting)
    if known := _known(by, key):
        return known
    _check_recordable(meeting)
    _check_item(meeting, item)
    if invitation is not None and invitation.meeting_id != meeting.pk:
        raise ValidationError({"invitation": _("This invitation is to another meeting.")})
    if invitation is None and not speaker.strip():
        raise ValidationError({"speaker": _("Say who spoke.")})
    whose = _whose(_seated(invitation)) if invitation else {"speaker": speaker.strip()}
    return _keep(meeting, item, text, by=by, said_at=said_at, key=key, **whose)


@transaction.atomic
def write_statement(
    meeting: Meeting,
    *,
    text: str,
    by: User,
    item: AgendaItem | None = None,
    said_at: dt.datetime | None = None,
    key: UUID | None = None,
) -> Statement:
    """Write down the gist of what one said oneself; what was written without a connection may arrive within the hour.

    Args:
        said_at: When it was written; a time outside the meeting is moved into it.
        key: Made by the browser once for each statement, so that sending it twice keeps it once.

    Raises:
        ValidationError: It is about another meeting's item.
        Refused: One was not there, keeps out of the item, or the meeting is not in session.
    """
    require(by, "meetings.write_statement", meeting)
    if known := _known(by, key):
        return known
    meeting.refresh_from_db(fields=["state", "opened_at", "closed_at"])
    if not _takes_own(meeting):
        raise Refused(_("This meeting is not in session; ask the secretary to note what was said."))
    _check_item(meeting, item)
    place = _place_taken(meeting, by)
    if item is not None and item.recusals.granted().filter(invitation=place.invitation).exists():
        raise Refused(_("This seat keeps out of the present item."))
    return _keep(meeting, item, text, by=by, said_at=said_at, key=key, **_whose(place))


@transaction.atomic
def revise_statement(statement: Statement, *, by: User, **values: Any) -> Statement:
    """Change a statement: its author until the meeting ends, the secretary until its minutes are beyond correction.

    Args:
        values: ``text``, ``item`` or ``said_at``.

    Raises:
        Refused: It is too late.
    """
    _check_revisable(statement, by)
    _check_item(statement.meeting, values.get("item"))
    if "text" in values:
        values["text"] = values["text"].strip()
    if changed := change(statement, **values):
        _record(Verb.STATEMENT_REVISED, statement, by=by, fields=changed)
    return statement


@transaction.atomic
def remove_statement(statement: Statement, *, by: User) -> None:
    """Take a statement out: its author until the meeting ends, the secretary until its minutes are beyond correction.

    Raises:
        Refused: It is too late.
    """
    _check_revisable(statement, by)
    _record(Verb.STATEMENT_REMOVED, statement, by=by)
    statement.delete()


# --- Shared ----------------------------------------------------------------------------------------------------------


def _known(by: User, key: UUID | None) -> Statement | None:
    """What came of the same key before; one who sends twice at once waits for oneself."""
    if key is None:
        return None
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return Statement.objects.filter(recorded_by=by, key=key).first()


def _takes_own(meeting: Meeting) -> bool:
    late = meeting.closed_at is not None and clock.now() <= meeting.closed_at + LATE
    return meeting.state == Meeting.State.RUNNING or (
        meeting.state == Meeting.State.CLOSED and late and not why_not_correct(meeting)
    )


def _check_recordable(meeting: Meeting) -> None:
    meeting.refresh_from_db(fields=["state", "opened_at", "closed_at"])
    if meeting.state == Meeting.State.CLOSED and (problems := why_not_correct(meeting)):
        raise Refused(_("What was said can no longer be changed."), problems=problems)
    begun = meeting.state == Meeting.State.CONVENED and meeting.starts_at <= clock.now()
    if not begun and meeting.state not in (Meeting.State.RUNNING, Meeting.State.CLOSED):
        raise Refused(_("This meeting has not begun."))


def _check_item(meeting: Meeting, item: AgendaItem | None) -> None:
    if item is not None and item.meeting_id != meeting.pk:
        raise ValidationError({"item": _("This agenda item belongs to another meeting.")})


def _check_revisable(statement: Statement, by: User) -> None:
    require(by, "meetings.revise_statement", statement)
    meeting = Meeting.objects.get(pk=statement.meeting_id)
    if meeting.state == Meeting.State.CLOSED and not by.has_perm("meetings.record_statement", statement):
        raise Refused(_("The meeting is over; ask for a correction of its minutes instead."))
    _check_recordable(meeting)


def _seated(invitation: Invitation) -> Place:
    """Who sat on a seat: as attendance has it, or else whoever was named for it."""
    row = Attendance.objects.filter(invitation=invitation).select_related("alternate__user").first()
    return Place(invitation, row.alternate if row else named_for(invitation))


def _place_taken(meeting: Meeting, user: User) -> Place:
    """The place someone sits on, or sat on before they left.

    Raises:
        Refused: They were not there.
    """
    rows = meeting.attendance.filter(invitation__isnull=False).select_related(
        "invitation__membership__user", "invitation__membership__organisation", "alternate__user"
    )
    for place in map(place_of, rows):
        if place and place.speaks and place.person.pk == user.pk:
            return place
    raise Refused(_("Only who is there can speak; check in first."))


def _whose(place: Place) -> dict[str, Any]:
    membership = place.membership
    return {
        "invitation": place.invitation,
        "speaker": place.person.name,
        "organisation": membership.organisation,
        "sector": membership.sector,
    }


def _keep(
    meeting: Meeting,
    item: AgendaItem | None,
    text: str,
    *,
    by: User,
    said_at: dt.datetime | None,
    key: UUID | None,
    **whose: Any,
) -> Statement:
    statement = create(
        Statement(
            council_id=meeting.council_id,
            meeting=meeting,
            item=item,
            text=text.strip(),
            recorded_by=by,
            said_at=_within(meeting, said_at or clock.now()),
            key=key,
            **whose,
        )
    )
    _record(Verb.STATEMENT_RECORDED, statement, by=by)
    return statement


def _within(meeting: Meeting, moment: dt.datetime) -> dt.datetime:
    """A moment inside the meeting, whatever the clock of a tablet says; after it, its planned end."""
    begin = meeting.opened_at or meeting.starts_at
    end = clock.now()
    if meeting.state == Meeting.State.CLOSED:
        end = meeting.closed_at or meeting.ends_at
    return max(begin, min(moment, end))


def _record(verb: Verb, statement: Statement, *, by: User, **data: Any) -> None:
    """Write down that it was, without its words."""
    meeting = statement.meeting
    record(verb, statement, by=by, title=meeting.title, meeting=meeting.pk, **data)
    touched(meeting)
