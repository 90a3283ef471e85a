"""Who is there and what is said, in browsers: noted with a tap, by a code scanned at the door, with Ctrl + Enter."""

import re

import pytest

from council.meetings.models import Attendance, Statement
from tests.cast import Cast
from tests.e2e.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_secretary_taps_a_member_scans_and_both_see_the_quorum(cast: Cast, person):
    meeting = cast.running(mode="hybrid", online_url="https://meet.council.example/1")
    secretary = person(cast.secretary, viewport={"width": 820, "height": 1180})
    secretary.is_logged_in()
    page = secretary.opens(f"/meetings/{meeting.pk}/attendance/")
    for user, button in ((cast.chair, "room"), (cast.tp, "online")):
        pk = cast.invitation(meeting, user).pk
        page.locator(f"#{button}-{pk}").click()
        page.locator(f"#{button}-{pk}[aria-pressed=true]").wait_for()
    assert page.locator("#quorum.is-missed").is_visible()

    page = secretary.opens(f"/meetings/{meeting.pk}/door/")
    path = page.locator("#door path").get_attribute("d")
    assert path is not None
    assert path.startswith("M0 0h1v1h-1z")

    code = secretary.page.request.get(f"/meetings/{meeting.pk}/door/?printed=1")
    assert code.ok
    member = person(cast.supplier, viewport=PHONE)
    member.is_logged_in()
    member.opens(f"/meetings/{meeting.pk}/check-in/")
    member.sends("button[value=in_person]")
    member.page.wait_for_url(re.compile("/live/$"))
    assert Attendance.objects.here().count() == 3

    page = secretary.opens(f"/meetings/{meeting.pk}/attendance/")
    assert page.locator("#quorum.is-met").is_visible()


def test_what_is_said_is_noted_without_leaving_the_keyboard(cast: Cast, person):
    meeting = cast.running()
    secretary = person(cast.secretary)
    secretary.is_logged_in()
    page = secretary.opens(f"/meetings/{meeting.pk}/statements/")
    page.fill("[name=speaker]", f"{cast.membership(cast.supplier).seat.number}")
    for number in (1, 2):
        page.fill("textarea[name=text]", f"{number}번째 발언입니다.")
        page.press("textarea[name=text]", "Control+Enter")
        page.locator(f".statement:has-text('{number}번째')").wait_for()
        assert page.input_value("textarea[name=text]") == ""
    assert set(Statement.objects.values_list("speaker", flat=True)) == {"공급 대표"}
    assert len(set(Statement.objects.values_list("key", flat=True))) == 2


def test_a_seat_is_found_by_name_and_by_who_is_missing(cast: Cast, person):
    others = cast.full_table(14)
    meeting = cast.running()
    secretary = person(cast.secretary, viewport=PHONE)
    secretary.is_logged_in()
    page = secretary.opens(f"/meetings/{meeting.pk}/attendance/")
    seats = page.locator("#seats .seat:visible")
    page.fill("#find-name", others[-1].name)
    page.locator("[data-found]:not([hidden])", has_text="14").wait_for()
    assert seats.count() == 1
    pk = cast.invitation(meeting, others[-1]).pk
    page.locator(f"#room-{pk}").click()
    page.locator(f"#room-{pk}[aria-pressed=true]").wait_for()
    page.fill("#find-name", "")
    page.select_option("#find-here", "absent")
    assert seats.count() == 13
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.locator("#quorum").is_visible()
    assert page.locator(".attendance-bar").evaluate("(bar) => bar.getBoundingClientRect().top") <= 1
