"""Attendance (출석): arriving and leaving, noted by oneself, at the door, or by the secretary."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record, record_each
from council.journal.verbs import Verb
from council.meetings import door
from council.meetings.actions.speaking import leave_floor
from council.meetings.bell import touched
from council.meetings.closing import why_not_correct
from council.meetings.models import Attendance, Invitation, Meeting
from council.meetings.places import Place, named_for, places, takes_attendance
from council.people.models import User

_MODE, _HOW = Attendance.Mode, Attendance.How


@transaction.atomic
def check_in(meeting: Meeting, *, by: User, mode: str = _MODE.IN_PERSON) -> Attendance:
    """Say that one is there, in the room or by video; again after having left.

    A member who comes after all takes the seat over from the alternate; an alternate never from the member.

    Raises:
        Refused: It is too early or over, or the seat's member is there.
        ValidationError: The meeting is not held in this way.
    """
    require(by, "meetings.check_in", meeting)
    return _check_in(meeting, by=by, mode=mode, how=_HOW.SELF)


@transaction.atomic
def check_in_at_door(meeting: Meeting, code: str, *, by: User) -> Attendance:
    """Check in with the code shown in the room.

    Raises:
        Refused: The code is another meeting's or no longer taken; or as in :func:`check_in`.
    """
    require(by, "meetings.check_in", meeting)
    if not door.is_valid(meeting, code):
        raise Refused(_("This code is no longer valid; scan the one shown at the door now."))
    return _check_in(meeting, by=by, mode=_MODE.IN_PERSON, how=_HOW.CODE)


def _check_in(meeting: Meeting, *, by: User, mode: str, how: str) -> Attendance:
    meeting.refresh_from_db(fields=["state"])
    _check_mode(meeting, mode)
    if not takes_attendance(meeting):
        raise Refused(_("Check-in is open from two hours before the meeting until it ends."))
    place = places(by, meeting)[0]
    attendance, news = _take(place, mode=mode, how=how, at=clock.now(), may_relieve=place.alternate is None)
    if news:
        organisation = place.membership.organisation_id
        data = {"title": meeting.title, "meeting": meeting.pk, "mode": mode, "how": how}
        record(Verb.CHECKED_IN, attendance, by=by, organisation_id=organisation, **data)
        touched(meeting)
    return attendance


@transaction.atomic
def check_out(attendance: Attendance, *, by: User) -> Attendance:
    """Note that someone has left; who was there stays on record. Leaving twice is leaving once."""
    require(by, "meetings.check_out", attendance)
    meeting = attendance.meeting
    _check_correctable(meeting)
    if attendance.present:
        change(attendance, present=False, left_at=max(_moment(meeting, meeting.ends_at), attendance.arrived_at))
        if attendance.invitation:
            leave_floor(attendance.invitation, by=by)
        record(Verb.CHECKED_OUT, attendance, by=by, title=meeting.title, meeting=meeting.pk, name=attendance.name)
        touched(meeting)
    return attendance


@transaction.atomic
def note_attendance(
    invitation: Invitation,
    *,
    by: User,
    present: bool = True,
    mode: str = _MODE.IN_PERSON,
    alternate: bool | None = None,
) -> Attendance | None:
    """Note as the secretary that a seat is taken, or that nobody came for it; also after the meeting, on record.

    Args:
        alternate: Whether the alternate takes it; left out, whoever is named for it does.

    Returns:
        The attendance, or nothing where nobody came.

    Raises:
        Refused: The meeting has not come near, or its minutes are beyond correction.
        ValidationError: The meeting is not held in this way, or no alternate is named.
    """
    require(by, "meetings.note_attendance", invitation)
    _check_correctable(invitation.meeting)
    if alternate and named_for(invitation) is None:
        raise ValidationError({"alternate": _("No alternate is named for this seat.")})
    noted, news = _note(invitation, present=present, mode=mode, alternate=alternate)
    if news and not present:
        leave_floor(invitation, by=by)
    if news:
        _record_noted(invitation.meeting, [invitation], by=by, present=present)
    return noted


@transaction.atomic
def note_all(
    meeting: Meeting, *, invitations: Iterable[Invitation], by: User, present: bool = True, mode: str | None = None
) -> list[Attendance]:
    """Note several seats at once as taken, or as empty; without a mode, each as its invitation was answered.

    Raises:
        Refused: As in :func:`note_attendance`; nothing is noted then.
        ValidationError: An invitation is to another meeting.
    """
    require(by, "meetings.note_attendance", meeting)
    _check_correctable(meeting)
    invitations = list(invitations)
    if any(invitation.meeting_id != meeting.pk for invitation in invitations):
        raise ValidationError({"invitations": _("This invitation is to another meeting.")})
    noted, changed = [], []
    for invitation in invitations:
        attendance, news = _note(invitation, present=present, mode=mode or _as_answered(invitation))
        noted += [attendance] if attendance else []
        changed += [invitation] if news else []
    if not present:
        for invitation in changed:
            leave_floor(invitation, by=by)
    _record_noted(meeting, changed, by=by, present=present)
    return noted


@transaction.atomic
def add_guest(
    meeting: Meeting,
    *,
    name: str,
    by: User,
    organisation_name: str = "",
    title: str = "",
    mode: str = _MODE.IN_PERSON,
) -> Attendance:
    """배석: note someone who is there without an invitation: an expert heard, staff, the press."""
    require(by, "meetings.note_attendance", meeting)
    _check_correctable(meeting)
    _check_mode(meeting, mode)
    guest = create(
        Attendance(
            council_id=meeting.council_id,
            meeting=meeting,
            name=name.strip(),
            organisation_name=organisation_name.strip(),
            title=title.strip(),
            mode=mode,
            arrived_at=_moment(meeting, meeting.starts_at),
        )
    )
    record(Verb.GUEST_NOTED, guest, by=by, title=meeting.title, meeting=meeting.pk, name=guest.name)
    touched(meeting)
    return guest


@transaction.atomic
def remove_guest(attendance: Attendance, *, by: User) -> None:
    """Take a guest off the list who was noted by mistake.

    Raises:
        Refused: It is no guest but an invited person.
    """
    require(by, "meetings.note_attendance", attendance)
    meeting = attendance.meeting
    _check_correctable(meeting)
    if attendance.invitation_id:
        raise Refused(_("This person was invited; note them as absent instead."))
    data: dict[str, Any] = {"title": meeting.title, "meeting": meeting.pk, "name": attendance.name, "removed": True}
    record(Verb.GUEST_NOTED, attendance, by=by, **data)
    attendance.delete()
    touched(meeting)


# --- Shared ----------------------------------------------------------------------------------------------------------


def _check_mode(meeting: Meeting, mode: str) -> None:
    if mode == _MODE.ONLINE and meeting.mode == Meeting.Mode.IN_PERSON:
        raise ValidationError({"mode": _("This meeting is held in person only.")})
    if mode == _MODE.IN_PERSON and meeting.mode == Meeting.Mode.ONLINE:
        raise ValidationError({"mode": _("This meeting is held online only.")})


def _check_correctable(meeting: Meeting) -> None:
    """Whether attendance may be noted now: near the meeting, while it runs, and after it as long as nobody objects."""
    meeting.refresh_from_db(fields=["state", "closed_at"])
    if meeting.state == Meeting.State.CLOSED and meeting.kind != Meeting.Kind.WRITTEN:
        if problems := why_not_correct(meeting):
            raise Refused(_("Who was there can no longer be changed."), problems=problems)
    elif not takes_attendance(meeting):
        raise Refused(_("Attendance is noted from two hours before the meeting on."))


def _moment(meeting: Meeting, planned: dt.datetime) -> dt.datetime:
    """Now, or for what is noted after the meeting, the time that was planned."""
    return planned if meeting.state == Meeting.State.CLOSED else clock.now()


def _as_answered(invitation: Invitation) -> str:
    meeting = invitation.meeting
    online = invitation.answer == Invitation.Answer.ONLINE and meeting.mode != Meeting.Mode.IN_PERSON
    return _MODE.ONLINE if online or meeting.mode == Meeting.Mode.ONLINE else _MODE.IN_PERSON


def _note(
    invitation: Invitation, *, present: bool, mode: str, alternate: bool | None = None
) -> tuple[Attendance | None, bool]:
    """Note one seat; says whether anything changed."""
    if not present:
        return None, bool(Attendance.objects.filter(invitation=invitation).delete()[0])
    meeting = invitation.meeting
    _check_mode(meeting, mode)
    place = Place(invitation, None if alternate is False else named_for(invitation))
    if alternate is None:  # whoever is there already stays
        seated = Attendance.objects.here().filter(invitation=invitation).select_related("alternate__user").first()
        place = Place(invitation, seated.alternate) if seated else place
    return _take(place, mode=mode, how=_HOW.SECRETARY, at=_moment(meeting, meeting.starts_at), may_relieve=True)


def _take(place: Place, *, mode: str, how: str, at: dt.datetime, may_relieve: bool) -> tuple[Attendance, bool]:
    """Sit down at a place; says whether anything changed. Of several who do at once, one after the other does."""
    invitation = Invitation.objects.select_for_update(no_key=True).get(pk=place.invitation.pk)
    row = Attendance.objects.filter(invitation=invitation).first()
    who = {
        "alternate": place.alternate,
        "name": place.person.name,
        "organisation_name": place.membership.organisation.name,
        "title": place.title,
    }
    if row is None:
        fields = {"council_id": invitation.council_id, "meeting_id": invitation.meeting_id, "mode": mode, "how": how}
        return create(Attendance(invitation=invitation, arrived_at=at, **fields, **who)), True
    same_person = row.alternate_id == (place.alternate.pk if place.alternate else None)
    if row.present and not same_person and not may_relieve:
        raise Refused(_("%(name)s is there for this seat.") % {"name": row.name})
    if row.present and same_person and row.mode == mode:
        return row, False
    return row, bool(change(row, present=True, left_at=None, mode=mode, how=how, **who))


def _record_noted(meeting: Meeting, invitations: Iterable[Invitation], *, by: User, present: bool) -> None:
    after = meeting.state == Meeting.State.CLOSED
    data: dict[str, Any] = {
        "title": meeting.title,
        "meeting": meeting.pk,
        "present": present,
        "after_the_meeting": after,
    }
    if record_each(Verb.ATTENDANCE_NOTED, invitations, by=by, **data):
        touched(meeting)
