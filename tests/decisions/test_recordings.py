"""Recordings and their transcripts, linked to the agenda by time."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from council.core.errors import Refused
from council.decisions import actions
from council.decisions.transcripts import read_cues
from tests.cast import Cast
from tests.decisions.records import SRT, WEBVTT, held, recorded, sound, transcript


def test_webvtt_and_srt_say_the_same():
    times = [(5000, 9500), (300_000, 308_000)]
    assert [(cue.begins_ms, cue.ends_ms) for cue in read_cues(WEBVTT.encode())] == times
    assert [(cue.begins_ms, cue.ends_ms) for cue in read_cues(SRT.encode())] == times
    assert [cue.speaker for cue in read_cues(WEBVTT.encode())] == ["의장", "공급 대표"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_a_transcript_is_read_in_the_encodings_recorders_write(encoding: str):
    assert read_cues(SRT.encode(encoding))[1].text == "소기업의 부담 비율을 낮추어야 합니다."


def test_every_entry_that_cannot_be_read_is_named_by_its_line():
    broken = SRT.replace("00:00:05,000 -->", "다섯 -->").replace("00:05:08,000", "00:04:00,000")
    with pytest.raises(ValidationError) as error:
        read_cues(broken.encode())
    assert len(error.value.message_dict["file"]) == 2


@pytest.mark.parametrize("data", [b"", "회의를 열었다.".encode(), b"\x89PNG\r\n\x1a\n\xff\xfe\xfd"])
def test_what_is_no_transcript_is_refused(data: bytes):
    with pytest.raises(ValidationError):
        read_cues(data)


def test_a_line_belongs_to_the_item_that_was_dealt_with_when_it_was_said(cast: Cast):
    meeting = held(cast)
    recording = recorded(cast, meeting)
    actions.read_transcript(recording, file=transcript(), by=cast.secretary)
    assert list(recording.lines.values_list("item__number", flat=True)) == [None, "1"]
    assert actions.offsets(recording, cast.supplier) == [(meeting.items.get(), 4 * 60 * 1000)]


def test_a_recording_that_began_late_has_smaller_offsets(cast: Cast):
    meeting = held(cast)
    recording = recorded(cast, meeting, file=sound(), started_at=meeting.opened_at + dt.timedelta(minutes=3))
    assert [begins for _item, begins in actions.offsets(recording, cast.supplier)] == [60 * 1000]


def test_reading_again_takes_the_place_of_what_was_read_and_a_broken_one_of_nothing(cast: Cast):
    recording = recorded(cast)
    actions.read_transcript(recording, file=transcript(), by=cast.secretary)
    actions.read_transcript(recording, file=transcript(SRT, "녹취록.srt"), by=cast.secretary)
    assert recording.lines.count() == 2
    with pytest.raises(ValidationError):
        actions.read_transcript(recording, file=transcript("아무것도 아님"), by=cast.secretary)
    assert recording.lines.count() == 2


def test_a_recording_is_sound_or_picture_or_an_address(cast: Cast):
    meeting = held(cast)
    with pytest.raises(ValidationError):
        actions.add_recording(meeting, by=cast.secretary)
    with pytest.raises(ValidationError):
        actions.add_recording(meeting, file=sound(), url="https://video.example/1", by=cast.secretary)
    with pytest.raises(ValidationError):
        actions.add_recording(meeting, file=SimpleUploadedFile("메모.txt", "글".encode()), by=cast.secretary)
    with pytest.raises(Refused):
        actions.add_recording(cast.meeting(title="다음 회의"), file=sound(), by=cast.secretary)


def test_a_recording_is_released_once_and_removed_with_a_reason(cast: Cast):
    recording = actions.release_recording(recorded(cast), by=cast.secretary)
    with pytest.raises(Refused):
        actions.release_recording(recording, by=cast.secretary)
    with pytest.raises(ValidationError):
        actions.remove_recording(recording, reason=" ", by=cast.secretary)
    attachment = recording.attachment
    actions.remove_recording(recording, reason="회의록이 확정되었습니다.", by=cast.secretary)
    assert not type(attachment).objects.filter(pk=attachment.pk).exists()
