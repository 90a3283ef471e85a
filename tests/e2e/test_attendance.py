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
    member.opens(f"/meetings/{meeting.pk}/check-in/").locator("button[value=in_person]").click()
    member.page.wait_for_url(re.compile("/live/"))
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
