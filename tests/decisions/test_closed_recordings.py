"""A recording cannot be heard in part: where something closed is heard in it, others read the transcript of the rest."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from council.core import clock
from council.decisions import actions
from council.decisions.models import Recording
from council.documents.models import Attachment
from council.exchange import dossier
from council.exchange.binding import Binder
from council.exchange.proceedings import OfMeeting
from council.meetings import actions as meetings
from council.meetings.models import Meeting
from council.people.models import User
from tests.cast import Cast
from tests.decisions.records import recorded, sound, transcript

ADDRESS = "https://video.example/closed"
HEARD = """WEBVTT

00:00:30.000 --> 00:00:40.000
<v 의장>모두가 듣는 말

00:20:30.000 --> 00:20:40.000
<v 간사>담당 부서만 듣는 말
"""


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """With an item for everyone, and from its twentieth minute on one for officers alone."""
    meeting = cast.planned_meeting()
    cast.item(meeting, title="예산 협의", visibility="officers", kind="report")
    meetings.convene(meeting, by=cast.secretary)
    for minutes, item in zip((0, 20), meeting.items.order_by("position"), strict=True):
        with clock.at(meeting.starts_at + dt.timedelta(minutes=minutes)):
            if not minutes:
                meetings.open_meeting(meeting, by=cast.secretary)
                meetings.note_attendance(cast.invitation(meeting, cast.supplier), by=cast.secretary)
            meetings.take_up(item, by=cast.secretary)
    with clock.at(meeting.starts_at + dt.timedelta(minutes=30)):
        meetings.close(meeting, by=cast.secretary)
    meeting.refresh_from_db()
    return meeting


def given(cast: Cast, meeting: Meeting, **fields) -> Recording:
    """Transcribed and released."""
    recording = recorded(cast, meeting, **fields)
    actions.read_transcript(recording, file=transcript(HEARD), by=cast.secretary)
    return actions.release_recording(recording, by=cast.secretary)


def test_a_member_reads_the_open_part_and_hears_nothing_of_the_whole(cast: Cast, meeting: Meeting, browse, call):
    by_file, by_address = given(cast, meeting, file=sound()), given(cast, meeting, url=ADDRESS)
    member, secretary = browse(cast.supplier), browse(cast.secretary)
    page = member.get(reverse("web:recordings", args=[meeting.pk])).content.decode()
    assert "모두가 듣는 말" in page
    assert not any(kept in page for kept in ("담당 부서만 듣는 말", "예산 협의", "<audio", ADDRESS, "회의.mp3"))
    assert all(shown in secretary.get(page_of(meeting)).content.decode() for shown in ("<audio", ADDRESS, "예산 협의"))

    for address in (
        reverse("web:recording_file", args=[by_file.pk]),
        reverse("web:attachment", args=[by_file.attachment_id]),
    ):
        assert (fetched(member, address), fetched(secretary, address)) == (404, 200)
    assert not Attachment.objects.visible_to(cast.supplier).filter(pk=by_file.attachment_id).exists()

    told = call(cast.supplier).get(f"/api/v1/recordings/{by_address.pk}/").json()
    assert (told["url"], told["attachment"]) == ("", None)
    assert call(cast.supplier).get(f"/api/v1/recordings/{by_file.pk}/").json()["attachment"] is None
    assert call(cast.supplier).get(f"/api/v1/attachments/{by_file.attachment_id}/file/").status_code == 404
    assert call(cast.secretary).get(f"/api/v1/recordings/{by_address.pk}/").json()["url"] == ADDRESS
    assert recordings_in_dossier(meeting, cast.supplier) == []
    assert len(recordings_in_dossier(meeting, cast.secretary)) == 2


def test_one_that_ends_before_the_closed_part_is_heard(cast: Cast, meeting: Meeting, browse):
    until = meeting.starts_at + dt.timedelta(minutes=19)
    recording = given(cast, meeting, file=sound(), ended_at=until)
    member = browse(cast.supplier)
    assert "<audio" in member.get(page_of(meeting)).content.decode()
    assert fetched(member, reverse("web:recording_file", args=[recording.pk])) == 200
    assert [item.title for item, _begins in actions.offsets(recording, cast.secretary)] == ["전략(안) 토의"]


def test_a_recording_ends_after_it_begins(cast: Cast, meeting: Meeting):
    with pytest.raises(ValidationError):
        recorded(cast, meeting, file=sound(), ended_at=meeting.starts_at - dt.timedelta(minutes=1))


def fetched(client: Client, address: str) -> int:
    """What the answer to a download is, once all of it is read."""
    answer = client.get(address)
    assert b"".join(answer)
    return answer.status_code


def page_of(meeting: Meeting) -> str:
    return reverse("web:recordings", args=[meeting.pk])


def recordings_in_dossier(meeting: Meeting, user: User) -> list[dict[str, Any]]:
    lists = dict(dossier.data(OfMeeting(meeting, user, Binder(Path("unused")))))
    return list(lists["recordings"])
