"""The meeting as a calendar entry, where it is for more than one seat."""

import pytest
from icalendar import Calendar

from council.exchange import calendar
from council.meetings import actions as meetings
from tests.cast import Cast


def entry(meeting, invitation, **fields):
    _method, text = calendar.invitation_ics(meeting, invitation, **fields)
    [event] = Calendar.from_ical(text).walk("VEVENT")
    return event


@pytest.mark.parametrize(
    ("answers", "stands"),
    [
        (("none", "none"), "NEEDS-ACTION"),
        (("declined", "none"), "NEEDS-ACTION"),
        (("none", "attending"), "ACCEPTED"),
        (("declined", "declined"), "DECLINED"),
    ],
)
def test_who_holds_two_seats_has_one_entry_for_both(cast: Cast, answers: tuple[str, str], stands: str):
    cast.member("supplier", "공급 대표", cast.adopting)
    meeting = cast.meeting()
    seats = list(meeting.invitations.filter(membership__user=cast.supplier).order_by("id"))
    for seat, answer in zip(seats, answers, strict=True):
        if answer != "none":
            meetings.answer_invitation(seat, answer=answer, by=cast.supplier)
    event = entry(meeting, seats[0])
    assert event["ATTENDEE"].params["PARTSTAT"] == stands
    assert event["ATTENDEE"].params["ROLE"] == "REQ-PARTICIPANT"
    assert all(str(seat.membership.organisation) in event["DESCRIPTION"] for seat in seats)


def test_one_seat_is_not_listed(cast: Cast):
    meeting = cast.meeting()
    event = entry(meeting, cast.invitation(meeting, cast.supplier))
    assert str(cast.supplying) not in event["DESCRIPTION"]
