"""The calendar page and the page of private addresses."""

import datetime as dt
import re

import pytest
from django.test import Client

from council.core import clock
from council.meetings import actions
from council.meetings.models import CalendarFeed
from council.people import actions as people
from tests.cast import Cast


def soon() -> dt.date:
    """The first day of the month after the next."""
    return (clock.today().replace(day=1) + dt.timedelta(days=63)).replace(day=1)


def at(day: int, hour: int = 14) -> dt.datetime:
    return dt.datetime.combine(soon().replace(day=day), dt.time(hour), clock.SEOUL)


def on(day: int) -> str:
    return soon().replace(day=day).isoformat()


MONTH = "%Y-%m"


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """A meeting on the 5th, one that is called off on the 6th, and a review in writing over three days."""
    cast.meeting(title="전체회의", starts_at=at(5), ends_at=at(5, 16))
    off = cast.meeting(title="취소된 회의", starts_at=at(6), ends_at=at(6, 16))
    actions.cancel(off, reason="태풍", by=cast.secretary)
    cast.meeting(title="서면심의", kind="written", starts_at=at(11, 0), ends_at=at(14, 0), place="")
    return cast


def cells(text: str) -> dict[str, str]:
    """What stands on each day of the table."""
    table = text.partition('<table class="month"')[2].partition("</table>")[0]
    return {
        day: " ".join(re.sub("<[^>]*>", " ", cell).split())
        for day, cell in re.findall(r'<time datetime="([\d-]+)">(.*?)</td>', table, re.DOTALL)
    }


def shown(client: Client, **query: str) -> dict[str, str]:
    return cells(client.get("/calendar/", query).content.decode())


class TestMonth:
    def test_meetings_stand_on_their_days(self, busy, browse):
        with clock.at(at(5, 9)):
            days = shown(browse(busy.supplier))
        assert "14:00 전체회의" in days[on(5)]
        assert "취소된 회의" in days[on(6)]
        assert [day for day, text in days.items() if "서면심의" in text] == [on(11), on(12), on(13)]

    def test_one_that_goes_on_past_midnight_stands_on_the_day_it_begins(self, cast, browse):
        cast.meeting(title="밤샘 협의", starts_at=at(20, 22), ends_at=at(21, 2))
        days = shown(browse(cast.supplier), month=soon().strftime(MONTH))
        assert [day for day, text in days.items() if "밤샘 협의" in text] == [on(20)]

    def test_it_begins_with_the_present_month_and_leads_to_its_neighbours(self, cast, browse):
        with clock.at(dt.datetime(2026, 12, 31, 23, 59, tzinfo=clock.SEOUL)):
            text = browse(cast.supplier).get("/calendar/").content.decode()
        assert 'aria-current="date"' in text
        assert "?month=2026-11" in text
        assert "?month=2027-01" in text

    @pytest.mark.parametrize("month", ["x", "2023-13", "0001-01", "9999-12", ""])
    def test_no_month_is_too_strange(self, cast, browse, month):
        assert browse(cast.supplier).get("/calendar/", {"month": month}).status_code == 200

    def test_one_council_alone(self, busy, browse):
        other = people.establish_council(by=busy.operator, name="지역 협의체", operator=busy.ministry)
        busy.member("supplier", "공급 대표", busy.supplying, council=other)
        assert "전체회의" in shown(browse(busy.supplier), month=soon().strftime(MONTH))[on(5)]
        alone = shown(browse(busy.supplier), month=soon().strftime(MONTH), council=str(other.pk))
        assert alone[on(5)] == "5"

    def test_a_stranger_sees_an_empty_month(self, busy, browse):
        assert shown(browse(busy.stranger), month=soon().strftime(MONTH))[on(5)] == "5"

    def test_on_a_phone_the_same_stands_in_a_list(self, busy, browse):
        text = browse(busy.supplier).get("/calendar/", {"month": soon().strftime(MONTH)}).content.decode()
        listed = text.partition('<div class="month-list">')[2]
        assert "전체회의" in listed


class TestAddresses:
    def test_an_address_is_shown_once(self, cast, browse):
        client = browse(cast.supplier)
        made = client.post("/calendar/addresses/", {"name": "휴대전화"}).content.decode()
        [address] = re.findall(r'value="(http[^"]+\.ics)"', made)
        assert (
            Client()
            .get(address.partition("//")[2].partition("/")[1] + address.partition("//")[2].partition("/")[2])
            .status_code
            == 200
        )
        later = client.get("/calendar/addresses/").content.decode()
        assert address not in later
        assert "휴대전화" in later

    def test_revoking_takes_it_out_of_use(self, cast, browse):
        feed, secret = actions.create_feed(name="휴대전화", by=cast.supplier)
        browse(cast.supplier).post(f"/calendar/addresses/{feed.pk}/revoke/")
        assert CalendarFeed.objects.get().revoked_at is not None
        assert Client().get(f"/calendar/{secret}.ics").status_code == 404

    def test_another_persons_address_does_not_exist(self, cast, browse):
        feed, _secret = actions.create_feed(name="휴대전화", by=cast.supplier)
        assert browse(cast.adopter).post(f"/calendar/addresses/{feed.pk}/revoke/").status_code == 404

    def test_the_pages_are_for_those_who_are_logged_in(self, cast, client):
        for page in ("/calendar/", "/calendar/addresses/"):
            assert client.get(page)["Location"].startswith("/account/login/")
