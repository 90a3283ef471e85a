"""Meetings that were held, and their minutes at each step."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from council.core import clock
from council.decisions import actions
from council.decisions.models import Annex, Confirmation, Correction, Minutes, Recording, Section, TranscriptLine
from council.meetings import actions as meetings
from council.meetings.models import Meeting
from council.people.models import User
from tests.cast import Cast

GIST = "소기업의 부담 비율을 낮추어야 한다고 하였다."
WEBVTT = """WEBVTT

NOTE 자동으로 받아 적은 글

1
00:00:05.000 --> 00:00:09.500
<v 의장>성원이 되었으므로 회의를 열겠습니다.

2
00:05:00.000 --> 00:05:08.000
<v 공급 대표>소기업의 부담 비율을 낮추어야 합니다.
"""
SRT = """1
00:00:05,000 --> 00:00:09,500
성원이 되었으므로 회의를 열겠습니다.

2
00:05:00,000 --> 00:05:08,000
소기업의 부담 비율을 낮추어야 합니다.
"""


def held(cast: Cast, *, came: tuple[str, ...] = ("chair", "officer", "supplier", "adopter"), **fields: Any) -> Meeting:
    """A plenary that was opened, spoke on its one item, and was closed after an hour."""
    meeting = cast.meeting(**fields)
    item = meeting.items.earliest("position")
    start = meeting.starts_at
    with clock.at(start):
        meetings.open_meeting(meeting, by=cast.secretary)
        for name in came:
            meetings.note_attendance(cast.invitation(meeting, getattr(cast, name)), by=cast.secretary)
    with clock.at(start + dt.timedelta(minutes=4)):
        meetings.take_up(item, by=cast.secretary)
    with clock.at(start + dt.timedelta(minutes=6)):
        invitation = cast.invitation(meeting, cast.supplier)
        meetings.record_statement(meeting, text=GIST, item=item, invitation=invitation, by=cast.secretary)
    with clock.at(start + dt.timedelta(hours=1)):
        meetings.end_item(item, by=cast.secretary)
        meetings.close(meeting, by=cast.secretary)
    meeting.refresh_from_db()
    return meeting


def drafted(cast: Cast, **fields: Any) -> Minutes:
    """Minutes of such a meeting, as they are drafted."""
    return actions.draft_minutes(held(cast, **fields), by=cast.secretary)


def circulated(cast: Cast, **fields: Any) -> Minutes:
    """Given to those who were there."""
    return actions.circulate(drafted(cast, **fields), by=cast.secretary)


def corrected(cast: Cast, minutes: Minutes | None = None) -> Correction:
    """With a correction the supplier asks for."""
    section = section_of(minutes or circulated(cast))
    proposed = GIST.replace("낮추어야 한다고", "30%로 하여야 한다고")
    return actions.request_correction(
        section, quote=GIST, proposed=proposed, reason="수치를 말했습니다.", by=cast.supplier
    )


def approved(cast: Cast, **fields: Any) -> Minutes:
    """Approved and locked, once the time for corrections was over."""
    minutes = circulated(cast, **fields)
    with clock.at(after(minutes)):
        return actions.approve_minutes(minutes, by=cast.chair)


def after(minutes: Minutes) -> dt.datetime:
    """Once no corrections are taken any more."""
    assert minutes.corrections_until
    return minutes.corrections_until + dt.timedelta(minutes=1)


def section_of(minutes: Minutes) -> Section:
    """The section on the item."""
    return minutes.sections.get(kind="item")


def sound(name: str = "회의.mp3") -> SimpleUploadedFile:
    """A file a browser could play."""
    return SimpleUploadedFile(name, b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 64, "audio/mpeg")


def recorded(cast: Cast, meeting: Meeting | None = None, **fields: Any) -> Recording:
    """A recording that began with the meeting."""
    return actions.add_recording(meeting or held(cast), by=cast.secretary, **(fields or {"file": sound()}))


def transcript(text: str = WEBVTT, name: str = "녹취록.vtt") -> SimpleUploadedFile:
    """A transcript as a file."""
    return SimpleUploadedFile(name, text.encode())


def confirmed_by_all(minutes: Minutes, *people: User) -> None:
    """Each reads it and has nothing to correct."""
    for person in people:
        actions.confirm_minutes(minutes, by=person)


def kept_to_officers(cast: Cast) -> Section:
    """The section on an item for officers, of approved minutes."""
    meeting = cast.planned_meeting()
    cast.item(meeting, title="인사", visibility="officers", kind="report")
    meetings.convene(meeting, by=cast.secretary)
    with clock.at(meeting.starts_at):
        meetings.open_meeting(meeting, by=cast.secretary)
        meetings.note_attendance(cast.invitation(meeting, cast.supplier), by=cast.secretary)
        meetings.close(meeting, by=cast.secretary)
    minutes = actions.circulate(actions.draft_minutes(meeting, by=cast.secretary), by=cast.secretary)
    with clock.at(after(minutes)):
        actions.approve_minutes(minutes, by=cast.chair)
    return minutes.sections.get(item__title="인사")


def confirmed(cast: Cast) -> Confirmation:
    """The supplier's confirmation."""
    return actions.confirm_minutes(circulated(cast), by=cast.supplier).confirmations.get()


def amended(cast: Cast) -> Annex:
    """An annex to approved minutes."""
    return actions.add_annex(approved(cast), text="정오표", reason="오기", by=cast.secretary)


def released(cast: Cast) -> Recording:
    """A recording open to those who were invited."""
    return actions.release_recording(recorded(cast), by=cast.secretary)


def transcribed(cast: Cast) -> TranscriptLine:
    """A line of its transcript."""
    recording = actions.read_transcript(released(cast), file=transcript(), by=cast.secretary)
    return recording.lines.latest("id")
