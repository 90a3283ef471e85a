"""The pages of minutes and recordings."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from council.core import clock
from council.decisions import actions
from council.decisions.models import Minutes, Recording
from council.people.models import User
from tests.cast import Cast
from tests.decisions.records import (
    GIST,
    WEBVTT,
    after,
    approved,
    circulated,
    corrected,
    drafted,
    held,
    recorded,
    section_of,
    sound,
    transcript,
)

Browse = Callable[[User | None], Client]


def url(name: str, *args: object) -> str:
    return reverse(f"web:{name}", args=args)


def text(answer: object) -> str:
    return answer.content.decode()


# --- Minutes ---------------------------------------------------------------------------------------------------------


def test_the_secretary_drafts_minutes_of_a_meeting_that_was_held(cast: Cast, browse: Browse):
    meeting, browser = held(cast), browse(cast.secretary)
    assert url("draft_minutes", meeting.pk) in text(browser.get(url("minutes", meeting.pk)))
    answer = browser.post(url("draft_minutes", meeting.pk), follow=True)
    assert answer.status_code == 200
    assert GIST in text(answer)


def test_before_there_are_minutes_others_find_nothing_there(cast: Cast, browse: Browse):
    assert browse(cast.supplier).get(url("minutes", held(cast).pk)).status_code == 404


def test_missing_parts_are_marked_with_the_way_to_put_them_right(cast: Cast, browse: Browse):
    minutes = drafted(cast)
    section = actions.revise_section(section_of(minutes), text="", by=cast.secretary)
    page = text(browse(cast.secretary).get(url("minutes", minutes.meeting_id)))
    assert "is-missing" in page
    assert url("section", section.pk) in page
    assert url("circulate_minutes", minutes.meeting_id) not in page


def test_what_someone_else_saved_meanwhile_is_shown_beside_what_was_typed(cast: Cast, browse: Browse):
    section = section_of(drafted(cast))
    browser = browse(cast.secretary)
    browser.get(url("section", section.pk))
    actions.revise_section(section, text="의장이 고친 글", by=cast.chair)
    answer = browser.post(url("section", section.pk), {"text": "간사가 고친 글", "revision": 1})
    page = text(answer)
    assert answer.status_code == 422
    assert "의장이 고친 글" in page
    assert "간사가 고친 글" in page
    assert "<ins>" in page
    assert "<del>" in page
    again = browser.post(url("section", section.pk), {"text": "둘을 합친 글", "revision": 2})
    assert again.status_code == 302
    section.refresh_from_db()
    assert section.text == "둘을 합친 글"


def test_what_is_typed_is_saved_by_itself(cast: Cast, browse: Browse):
    section = section_of(drafted(cast))
    browser = browse(cast.secretary)
    kept = browser.post(url("keep_section", section.pk), {"text": "쓰다가", "revision": 1})
    assert kept.json()["revision"] == 2
    actions.revise_section(section, text="다른 글", by=cast.chair)
    refused = browser.post(url("keep_section", section.pk), {"text": "쓰다가 만", "revision": 2})
    assert refused.status_code == 409
    assert "다른 글" in refused.json()["newer"]
    assert refused.json()["revision"] == 3


def test_an_expired_login_answers_the_saving_with_401_so_that_nothing_is_lost(cast: Cast, client: Client):
    section = section_of(drafted(cast))
    answer = client.post(url("keep_section", section.pk), {"text": "쓰다가"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_who_else_writes_a_section_is_shown(cast: Cast, browse: Browse):
    section = section_of(drafted(cast))
    browse(cast.chair).get(url("section", section.pk))
    assert "의장" in text(browse(cast.secretary).post(url("present_in_section", section.pk)))
    assert "의장" in text(browse(cast.secretary).get(url("section", section.pk)))


def test_the_history_shows_what_each_save_changed(cast: Cast, browse: Browse):
    section = section_of(drafted(cast))
    actions.revise_section(section, text="고친 글", by=cast.chair)
    page = text(browse(cast.secretary).get(url("section_history", section.pk)))
    assert page.index("의장 ·") < page.index("간사 ·")
    assert "<del>" in page


def test_someone_who_was_there_asks_for_a_correction_and_the_secretary_decides(cast: Cast, browse: Browse):
    minutes = circulated(cast)
    section = section_of(minutes)
    asked = browse(cast.supplier).post(
        url("request_correction", section.pk),
        {
            "quote": GIST,
            "proposed": "30%로 하자고 하였다.",
            "invitation": str(cast.invitation(minutes.meeting, cast.supplier).pk),
        },
    )
    assert asked.status_code == 302
    correction = section.corrections.get()
    browser = browse(cast.secretary)
    form = browser.get(url("decide_correction", correction.pk))
    assert "30%로 하자고 하였다." in text(form)
    done = browser.post(
        url("decide_correction", correction.pk),
        {"state": "accepted", "text": form.context["form"]["text"].value(), "answer": "맞습니다.", "revision": "1"},
    )
    assert done.status_code == 302
    page = text(browse(cast.adopter).get(url("minutes", minutes.meeting_id)))
    assert "30%로 하자고 하였다." in page
    assert "맞습니다." in page


def test_a_member_who_was_not_there_asks_for_nothing(cast: Cast, browse: Browse):
    minutes = circulated(cast)
    assert browse(cast.tp).get(url("request_correction", section_of(minutes).pk)).status_code == 404


def test_minutes_are_confirmed_approved_and_amended(cast: Cast, browse: Browse):
    minutes = circulated(cast)
    place = minutes.meeting_id
    assert browse(cast.supplier).post(url("confirm_minutes", place)).status_code == 302
    with clock.at(after(minutes)):
        assert url("approve_minutes", place) in text(browse(cast.chair).get(url("minutes", place)))
        browse(cast.chair).post(url("approve_minutes", place))
        page = text(browse(cast.tp).get(url("minutes", place)))
    assert Minutes.objects.get().digest in page
    added = browse(cast.secretary).post(url("add_annex", place), {"text": "정오표", "reason": "오기"}, follow=True)
    assert "정오표" in text(added)


def test_the_meetings_page_leads_to_the_minutes(cast: Cast, browse: Browse):
    meeting = held(cast)
    assert url("minutes", meeting.pk) in text(browse(cast.secretary).get(url("meeting", meeting.pk)))
    assert url("minutes", meeting.pk) not in text(browse(cast.supplier).get(url("meeting", meeting.pk)))
    actions.circulate(actions.draft_minutes(meeting, by=cast.secretary), by=cast.secretary)
    assert url("minutes", meeting.pk) in text(browse(cast.supplier).get(url("meeting", meeting.pk)))


def test_minutes_to_check_wait_on_the_home_page_until_they_are_checked(cast: Cast, browse: Browse):
    minutes = circulated(cast)
    place = url("minutes", minutes.meeting_id)
    assert place in text(browse(cast.supplier).get(url("home")))
    assert place not in text(browse(cast.tp).get(url("home")))
    actions.confirm_minutes(minutes, by=cast.supplier)
    assert place not in text(browse(cast.supplier).get(url("home")))
    with clock.at(after(minutes)):
        assert place in text(browse(cast.chair).get(url("home")))


@pytest.mark.parametrize("make", [drafted, circulated, approved])
def test_the_page_of_minutes_does_not_ask_more_the_longer_they_are(
    cast: Cast, browse: Browse, make: Callable[[Cast], Minutes], django_assert_max_num_queries: Callable[[int], object]
):
    minutes = make(cast)
    if minutes.state == "circulated":
        corrected(cast, minutes)
    browser = browse(cast.secretary)
    browser.get(url("minutes", minutes.meeting_id))
    with django_assert_max_num_queries(21):
        assert browser.get(url("minutes", minutes.meeting_id)).status_code == 200


# --- Recordings ------------------------------------------------------------------------------------------------------


def test_a_recording_is_kept_transcribed_searched_and_released(cast: Cast, browse: Browse):
    meeting, browser = held(cast), browse(cast.secretary)
    browser.post(url("add_recording", meeting.pk), {"file": sound()})
    recording = Recording.objects.get()
    read = browser.post(url("read_transcript", recording.pk), {"file": transcript()}, follow=True)
    assert "소기업의 부담 비율" in text(read)
    assert "전략(안) 토의" in text(read)
    found = text(browser.get(url("recordings", meeting.pk), {"q": "부담"}))
    assert "성원이" not in found
    assert browse(cast.supplier).get(url("recordings", meeting.pk)).status_code == 404
    browser.post(url("release_recording", recording.pk))
    heard = browse(cast.supplier).get(url("recordings", meeting.pk))
    assert "<audio" in text(heard)


def test_lines_of_a_transcript_that_cannot_be_read_are_named(cast: Cast, browse: Browse):
    recording = recorded(cast)
    broken = WEBVTT.replace("00:05:00.000 -->", "fünf -->")
    answer = browse(cast.secretary).post(url("read_transcript", recording.pk), {"file": transcript(broken)})
    assert "fünf" in text(answer)
    assert not recording.lines.exists()


@pytest.mark.parametrize(
    ("asked", "status", "length"),
    [("bytes=0-9", 206, 10), ("bytes=100-", 206, 166), ("bytes=-6", 206, 6), ("bytes=999-", 416, 0), ("", 200, 266)],
)
def test_a_player_gets_the_part_it_asks_for(cast: Cast, browse: Browse, asked: str, status: int, length: int):
    recording = recorded(cast)
    answer = browse(cast.secretary).get(url("recording_file", recording.pk), headers={"Range": asked} if asked else {})
    assert answer.status_code == status
    assert len(b"".join(answer) if answer.streaming else answer.content) == length


def test_a_removed_recording_is_gone_with_its_file(cast: Cast, browse: Browse):
    recording = recorded(cast)
    browse(cast.secretary).post(url("remove_recording", recording.pk), {"reason": "회의록이 확정되었습니다."})
    assert not Recording.objects.exists()
