"""The pages of a meeting that is held: attendance, the door, checking in, what is said."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from council.core import clock
from council.meetings import actions, door
from council.meetings.models import Attendance, Meeting, Statement
from council.people.models import User
from tests.cast import KIND, Cast, organisation
from tests.meetings.test_attendance import alternate_for

Browse = Callable[[User | None], Client]


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """One in session, in the room and online."""
    return cast.running(mode="hybrid", online_url="https://meet.council.example/1")


def at(name: str, thing: Any) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


def text(answer: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# --- attendance


def test_everyone_invited_sees_who_is_there(cast: Cast, browse: Browse, meeting: Meeting):
    cast.present(meeting, cast.supplier)
    page = text(browse(cast.adopter).get(at("attendance", meeting)))
    assert "공급 대표" in page
    assert browse(cast.adopter).get(at("attendance", meeting)).content.count(b'name="here"') == 0
    assert browse(cast.stranger).get(at("attendance", meeting)).status_code == 404


def test_attendance_of_a_closed_meeting_is_for_those_invited(cast: Cast, browse: Browse, meeting: Meeting):
    Meeting.objects.update(closed=True)
    latecomer = cast.member("latecomer", "새 위원", cast.supplying)
    assert browse(latecomer).get(at("attendance", meeting)).status_code == 404
    assert browse(cast.supplier).get(at("attendance", meeting)).status_code == 200


def test_a_meeting_not_convened_or_in_writing_has_no_attendance(cast: Cast, browse: Browse):
    for meeting in (cast.planned_meeting(), cast.meeting(kind="written", place="")):
        assert browse(cast.secretary).get(at("attendance", meeting)).status_code == 404


@pytest.mark.parametrize(("here", "state"), [("room", (True, "in_person")), ("online", (True, "online"))])
def test_the_secretary_notes_a_seat_with_one_tap(cast: Cast, browse: Browse, meeting: Meeting, here: str, state: Any):
    secretary, invitation = browse(cast.secretary), cast.invitation(meeting, cast.supplier)
    tap = {"invitation": str(invitation.pk), "here": here}
    answer = secretary.post(at("note_attendance", meeting), tap)
    assert answer["Location"] == f"{at('attendance', meeting)}#seat-{invitation.pk}"
    row = Attendance.objects.get()
    assert (row.present, row.mode) == state
    fragment = secretary.post(at("note_attendance", meeting), tap | {"here": "left"}, headers={"HX-Request": "true"})
    assert f'id="seat-{invitation.pk}"' in fragment.content.decode()
    assert 'id="quorum-line" hx-swap-oob="true"' in fragment.content.decode()
    assert not Attendance.objects.get().present
    secretary.post(at("note_attendance", meeting), tap | {"here": "absent"})
    assert not Attendance.objects.exists()


def test_the_secretary_says_whether_the_member_came_or_the_alternate(cast: Cast, browse: Browse, meeting: Meeting):
    alternate_for(cast, meeting, cast.supplier)
    tap = {"invitation": str(cast.invitation(meeting, cast.supplier).pk), "here": "room"}
    names = []
    for who in ({}, {"who": "member"}, {"who": "alternate"}):
        browse(cast.secretary).post(at("note_attendance", meeting), tap | who)
        names.append(Attendance.objects.get().name)
    assert names == ["대리인", "공급 대표", "대리인"]


def test_members_note_nobody(cast: Cast, browse: Browse, meeting: Meeting):
    tap = {"invitation": str(cast.invitation(meeting, cast.tp).pk), "here": "room"}
    assert browse(cast.supplier).post(at("note_attendance", meeting), tap).status_code == 403
    for name in ("note_all", "add_guest"):
        assert browse(cast.supplier).post(at(name, meeting), {"name": "친구", "mode": "online"}).status_code == 403
    for name in ("sign_in_list", "door"):
        assert browse(cast.supplier).get(at(name, meeting)).status_code == 403


@pytest.mark.parametrize("invitation", ["", "x", "01a00000-0000-7000-8000-000000000000"])
def test_a_tap_on_nobody_is_found_nowhere(cast: Cast, browse: Browse, meeting: Meeting, invitation: str):
    answer = browse(cast.secretary).post(at("note_attendance", meeting), {"invitation": invitation, "here": "room"})
    assert answer.status_code == 404


def test_all_who_said_they_come_are_noted_at_once(cast: Cast, browse: Browse):
    with clock.at(clock.now() - dt.timedelta(days=10)):
        meeting = cast.meeting()
        for user in (cast.supplier, cast.tp):
            actions.answer_invitation(cast.invitation(meeting, user), answer="attending", by=user)
    actions.open_meeting(meeting, by=cast.secretary)
    browse(cast.secretary).post(at("note_all", meeting))
    assert sorted(Attendance.objects.values_list("name", flat=True)) == ["공급 대표", "센터장"]


def test_a_guest_is_noted_leaves_and_is_taken_off_again(cast: Cast, browse: Browse, meeting: Meeting):
    secretary = browse(cast.secretary)
    assert secretary.post(at("add_guest", meeting), {"name": "", "mode": "in_person"}).status_code == 422
    secretary.post(at("add_guest", meeting), {"name": "자문위원", "mode": "in_person"})
    guest = Attendance.objects.get()
    assert "자문위원" in text(secretary.get(at("attendance", meeting)))
    secretary.post(at("check_out", guest))
    assert not Attendance.objects.get().present
    secretary.post(at("remove_guest", guest))
    assert not Attendance.objects.exists()


def test_the_list_to_sign_names_seats_alternates_and_guests(cast: Cast, browse: Browse, meeting: Meeting):
    alternate_for(cast, meeting, cast.supplier)
    actions.add_guest(meeting, name="자문위원", by=cast.secretary)
    page = text(browse(cast.secretary).get(at("sign_in_list", meeting)))
    assert all(name in page for name in ("대리인", "공급 대표", "센터장", "자문위원", "참관인"))


def test_queries_do_not_grow_with_the_seats(
    cast: Cast, browse: Browse, meeting: Meeting, django_assert_max_num_queries
):
    company = organisation("공동 기업", KIND.SUPPLIER)
    for number in range(20):
        user = cast.member(f"crowd{number}", f"위원 {number}", company)
        meeting.invitations.create(council=cast.council, membership=cast.membership(user))
        cast.present(meeting, user)
    for who, name in ((cast.secretary, "attendance"), (cast.supplier, "attendance"), (cast.secretary, "sign_in_list")):
        browser = browse(who)
        with django_assert_max_num_queries(15):
            assert browser.get(at(name, meeting)).status_code == 200


# --- the door, and checking in


def test_the_door_shows_a_code_that_leads_to_checking_in(cast: Cast, browse: Browse, meeting: Meeting, settings):
    settings.SITE_URL = "https://council.example"
    secretary = browse(cast.secretary)
    page = secretary.get(at("door", meeting))
    assert page.context["qr"]["address"].startswith(f"https://council.example{at('check_in', meeting)}?code=m")
    assert page.content.count(b'<svg class="door-code"') == 1
    fragment = secretary.get(at("door", meeting), headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert b'id="door"' in fragment.content
    printed = secretary.get(at("door", meeting), {"printed": "1"})
    assert f"code={door.code_of_the_day(meeting)}" in printed.context["qr"]["address"]
    assert b'hx-trigger="every' not in printed.content.split(b'id="door"')[1]


def test_who_scans_the_code_logs_in_and_confirms_with_one_button(cast: Cast, browse: Browse, meeting: Meeting):
    scanned = f"{at('check_in', meeting)}?code={door.code(meeting)}"
    asked = browse(None).get(scanned)
    assert asked["Location"].startswith("/account/login/?next=")
    assert "code%3D" in asked["Location"] or "code=" in asked["Location"]
    supplier = browse(cast.supplier)
    page = supplier.get(scanned)
    code = re.search(r'name="code" value="([^"]+)"', page.content.decode())
    assert code
    assert supplier.post(at("check_in", meeting), {"code": code[1]})["Location"] == at("live", meeting)
    assert Attendance.objects.get().how == "code"
    assert "누리솔루션" in text(supplier.get(scanned))


def test_an_old_code_is_said_to_be_old(cast: Cast, browse: Browse, meeting: Meeting):
    with clock.at(clock.now() - dt.timedelta(minutes=10)):
        old = door.code(meeting)
    page = browse(cast.supplier).get(at("check_in", meeting), {"code": old})
    assert b'name="code"' not in page.content
    browse(cast.supplier).post(at("check_in", meeting), {"code": old})
    assert not Attendance.objects.exists()


def test_one_checks_in_by_video_and_leaves(cast: Cast, browse: Browse, meeting: Meeting):
    supplier = browse(cast.supplier)
    supplier.post(at("check_in", meeting), {"mode": "online"})
    row = Attendance.objects.get()
    assert (row.mode, row.how) == ("online", "self")
    supplier.post(at("check_out", row))
    assert not Attendance.objects.get().present
    assert browse(cast.adopter).post(at("check_out", row)).status_code == 403


def test_who_is_not_invited_does_not_check_in(cast: Cast, browse: Browse, meeting: Meeting):
    latecomer = cast.member("latecomer", "새 위원", cast.supplying)
    assert browse(latecomer).get(at("check_in", meeting)).status_code == 403
    assert browse(cast.stranger).get(at("check_in", meeting)).status_code == 404


def test_before_the_day_the_page_says_when(cast: Cast, browse: Browse):
    page = browse(cast.supplier).get(at("check_in", cast.meeting()))
    assert page.status_code == 200
    assert b'<form method="post" action="/meetings' not in page.content


# --- what is said


def test_the_secretary_notes_by_the_number_of_the_seat(cast: Cast, browse: Browse, meeting: Meeting):
    item, seat = meeting.items.get(), cast.membership(cast.supplier).seat.number
    said = {"speaker": f"{seat}", "item": str(item.pk), "text": "실증 단지를 먼저 정합시다."}
    answer = browse(cast.secretary).post(at("statements", meeting), said)
    assert answer["Location"] == f"{at('statements', meeting)}?speaker={seat}&item={item.pk}#said"
    statement = Statement.objects.get()
    assert (statement.speaker, statement.item) == ("공급 대표", item)
    again = browse(cast.secretary).get(answer["Location"].partition("#")[0])
    assert f'value="{seat}"' in again.content.decode()


@pytest.mark.parametrize(("typed", "speaker", "seated"), [("센터장", "센터장", True), ("자문위원", "자문위원", False)])
def test_a_name_is_a_seat_or_a_guest(
    cast: Cast, browse: Browse, meeting: Meeting, typed: str, speaker: str, seated: bool
):
    browse(cast.secretary).post(at("statements", meeting), {"speaker": typed, "text": "동의합니다."})
    statement = Statement.objects.get()
    assert (statement.speaker, statement.invitation is not None) == (speaker, seated)


def test_a_number_nobody_sits_at_is_asked_for_again(cast: Cast, browse: Browse, meeting: Meeting):
    for typed in ("99", "9" * 30):
        answer = browse(cast.secretary).post(
            at("statements", meeting), {"speaker": typed, "text": "동의합니다."}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 422
        assert "동의합니다." in answer.content.decode()
    assert not Statement.objects.exists()


def test_sent_twice_it_is_noted_once(cast: Cast, browse: Browse, meeting: Meeting):
    page = browse(cast.secretary).get(at("statements", meeting)).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    for _time in range(2):
        browse(cast.secretary).post(
            at("statements", meeting), {"speaker": "자문위원", "text": "동의합니다.", "key": key[1]}
        )
    assert Statement.objects.count() == 1


def test_a_member_writes_their_own_and_puts_it_right(cast: Cast, browse: Browse, meeting: Meeting):
    cast.present(meeting)
    supplier = browse(cast.supplier)
    assert b'name="speaker"' not in supplier.get(at("statements", meeting)).content
    supplier.post(at("statements", meeting), {"text": "데이터 표준이 먼저입니다."})
    statement = Statement.objects.get()
    supplier.post(at("revise_statement", statement), {"text": "데이터 표준을 먼저 정합시다."})
    assert "정합시다" in text(browse(cast.adopter).get(at("statements", meeting)))
    assert browse(cast.adopter).get(at("revise_statement", statement)).status_code == 403
    assert browse(cast.stranger).get(at("revise_statement", statement)).status_code == 404
    supplier.post(at("remove_statement", statement))
    assert not Statement.objects.exists()


def test_an_observer_reads_and_writes_nothing(cast: Cast, browse: Browse, meeting: Meeting):
    page = browse(cast.observer).get(at("statements", meeting))
    assert page.status_code == 200
    assert b'name="text"' not in page.content
    assert browse(cast.observer).post(at("statements", meeting), {"text": "저도"}).status_code == 403


def test_words_refused_stay_in_the_form(cast: Cast, browse: Browse, meeting: Meeting):
    answer = browse(cast.supplier).post(at("statements", meeting), {"text": "아직 오지 않았지만"})
    assert answer.status_code == 422
    assert "아직 오지 않았지만" in answer.content.decode()


def test_what_is_said_on_a_closed_item_is_not_shown_to_others(cast: Cast, browse: Browse, meeting: Meeting):
    cast.statement(meeting, item=meeting.items.get(), text="비밀발언")
    meeting.items.update(closed=True)
    latecomer = cast.member("latecomer", "새 위원", cast.supplying)
    assert "비밀발언" not in text(browse(latecomer).get(at("statements", meeting)))
    assert "비밀발언" in text(browse(cast.adopter).get(at("statements", meeting)))


def test_queries_do_not_grow_with_what_is_said(
    cast: Cast, browse: Browse, meeting: Meeting, django_assert_max_num_queries
):
    cast.present(meeting)
    for _each in range(25):
        actions.write_statement(meeting, text="동의합니다.", item=meeting.items.get(), by=cast.supplier)
    for who in (cast.secretary, cast.supplier):
        browser = browse(who)
        with django_assert_max_num_queries(15):
            browser.get(at("statements", meeting))
