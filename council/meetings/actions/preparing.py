"""Preparing a meeting: planning, changing and calling it off."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.capacity import ask_again, free_up
from council.meetings.actions.common import OPEN, lock
from council.meetings.bell import touched
from council.meetings.models import Meeting
from council.meetings.planning import bring_in
from council.people.models import Council, User

IN_CALENDARS = {"title", "starts_at", "ends_at", "place", "online_url", "mode"}


@transaction.atomic
def plan_meeting(council: Council, *, by: User, **fields: Any) -> Meeting:
    """Begin to prepare a meeting; what other rooms have for its agenda comes in by itself.

    Members do not see it before it is convened, or asks for proposals to the agenda (``proposals_until``).
    """
    require(by, "meetings.plan_meeting", council)
    meeting = begin(council, **fields)
    bring_in(meeting, by)
    record(Verb.MEETING_PLANNED, meeting, by=by, title=meeting.title)
    invite_proposals(meeting, by)
    return meeting


def begin(council: Council, **fields: Any) -> Meeting:
    """Make a meeting in preparation."""
    _check_subcommittee(council, fields.get("subcommittee"))
    _check_proposals(fields.get("proposals_until"), fields.get("starts_at"))
    return create(Meeting(council=council, **fields))


def invite_proposals(meeting: Meeting, by: User) -> None:
    """Let those entitled know that they may propose items, if they may; they hear of each deadline once."""
    if meeting.proposals_until is not None and meeting.proposals_until > clock.now():
        record(Verb.PROPOSALS_INVITED, meeting, by=by, title=meeting.title, until=meeting.proposals_until)


@transaction.atomic
def revise_meeting(meeting: Meeting, *, by: User, **values: Any) -> Meeting:
    """Change time, place or title of a meeting; who was invited hears of it.

    Where it is in the calendars of those invited, the change gets a new number there. More places let people move up
    from the waiting list, and answers that no longer fit how it is held are asked for again.
    """
    require(by, "meetings.revise_meeting", meeting)
    locked = lock(meeting, OPEN, _("This meeting is over; it can no longer be changed."))
    _check_subcommittee(meeting.council, values.get("subcommittee"))
    if "proposals_until" in values:
        _check_proposals(values["proposals_until"], values.get("starts_at", meeting.starts_at))
    changed = change(meeting, **values)
    if changed:
        if locked.state == Meeting.State.CONVENED:
            _follow_up(meeting, set(changed), by)
        record(
            Verb.MEETING_REVISED,
            meeting,
            by=by,
            title=meeting.title,
            starts_at=meeting.starts_at,
            place=meeting.place,
            fields=changed,
            convened=meeting.state == Meeting.State.CONVENED,
        )
        touched(meeting)
    if "proposals_until" in changed:
        invite_proposals(meeting, by)
    return meeting


def _follow_up(meeting: Meeting, changed: set[str], by: User) -> None:
    if changed & IN_CALENDARS:
        _count_change(meeting)
    if "mode" in changed:
        ask_again(meeting)
    if changed & {"mode", "capacity"}:
        free_up(meeting, by=by)


def _count_change(meeting: Meeting) -> None:
    """Number a change, so that a calendar takes it for newer than what it has (SEQUENCE, RFC 5545 3.8.7.4)."""
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1)
    meeting.refresh_from_db(fields=["sequence"])


def _check_subcommittee(council: Council, subcommittee: Any) -> None:
    if subcommittee is not None and subcommittee.council_id != council.pk:
        raise ValidationError({"subcommittee": _("This subcommittee belongs to another council.")})


def _check_proposals(until: dt.datetime | None, starts_at: dt.datetime | None) -> None:
    if until is not None and starts_at is not None and until >= starts_at:
        raise ValidationError({"proposals_until": _("Proposals end before the meeting begins.")})


@transaction.atomic
def cancel(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    """Call a meeting off, with a reason; who was invited hears of it."""
    require(by, "meetings.cancel_meeting", meeting)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the meeting is called off.")})
    was_convened = meeting.state == Meeting.State.CONVENED
    if not Meeting.objects.filter(pk=meeting.pk, state__in=OPEN).update(
        state=Meeting.State.CANCELLED, cancelled_reason=reason.strip(), modified_at=clock.now()
    ):
        raise Refused(_("This meeting is over; it can no longer be called off."))
    if was_convened:
        _count_change(meeting)
    meeting.refresh_from_db()
    touched(meeting)
    record(Verb.MEETING_CANCELLED, meeting, by=by, title=meeting.title, reason=reason, convened=was_convened)
    return meeting
