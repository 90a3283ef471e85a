"""Calendar feeds: a private address shows what its owner may see, until it is revoked."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import translation
from icalendar import Calendar

from council.core import clock
from council.core.errors import Refused
from council.journal.models import Entry
from council.meetings import actions
from council.meetings.actions import feeds
from council.meetings.models import CalendarFeed
from council.people import actions as people
from council.people.models import User
from tests.cast import KIND, Cast, organisation


def address(secret: str) -> str:
    return f"/calendar/{secret}.ics"


def fetched(secret: str) -> Calendar:
    response = Client().get(address(secret))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def titles(secret: str) -> set[str]:
    return {str(event["SUMMARY"]) for event in fetched(secret).walk("VEVENT")}


@pytest.fixture
def secret(cast: Cast) -> str:
    _feed, secret = actions.create_feed(name="휴대전화", by=cast.supplier)
    return secret


class TestWhatItShows:
    def test_the_meetings_its_owner_may_see_and_no_others(self, cast, secret):
        cast.meeting(title="열린 회의")
        cast.planned_meeting(title="준비 중인 회의")
        assert titles(secret) == {"열린 회의"}
        _feed, officers = actions.create_feed(name="간사", by=cast.secretary)
        assert titles(officers) == {"열린 회의", "준비 중인 회의"}

    def test_one_council_or_all_of_them(self, cast):
        other = people.establish_council(by=cast.operator, name="지역 협의체", operator=cast.ministry)
        cast.member("secretary", "간사", cast.ministry, role="secretary", seated=False, council=other)
        elsewhere = actions.plan_meeting(
            other, title="지역 회의", starts_at=clock.now() + dt.timedelta(days=9),
            ends_at=clock.now() + dt.timedelta(days=9, hours=1), by=cast.secretary,
        )  # fmt: skip
        cast.meeting(title="전체 회의")
        _feed, every = actions.create_feed(name="모두", by=cast.secretary)
        _feed, one = actions.create_feed(name="하나", council=other, by=cast.secretary)
        assert titles(every) == {"전체 회의", elsewhere.title}
        assert titles(one) == {elsewhere.title}

    def test_a_called_off_meeting_stays_as_such(self, cast, secret):
        actions.cancel(cast.meeting(), reason="태풍", by=cast.secretary)
        [event] = fetched(secret).walk("VEVENT")
        assert event["STATUS"] == "CANCELLED"

    def test_of_a_closed_meeting_no_agenda_leaves_the_house(self, cast, secret):
        cast.meeting(closed=True)
        [event] = fetched(secret).walk("VEVENT")
        assert "토의" not in event["DESCRIPTION"]

    def test_it_says_what_happens_in_its_owners_language(self, cast, secret):
        cast.meeting()
        with translation.override("en"):
            [event] = fetched(secret).walk("VEVENT")
        assert translation.gettext("Agenda") in event["DESCRIPTION"]

    def test_who_leaves_the_council_sees_nothing_there_any_more(self, cast, secret):
        cast.meeting()
        people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.operator)
        assert titles(secret) == set()

    def test_it_is_the_same_text_while_nothing_changes(self, cast, secret):
        meeting = cast.meeting()
        first = Client().get(address(secret))
        again = Client().get(address(secret), headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        actions.revise_meeting(meeting, place="세종", by=cast.secretary)
        changed = Client().get(address(secret), headers={"If-None-Match": first["ETag"]})
        assert changed.status_code == 200
        assert changed["ETag"] != first["ETag"]


class TestTheAddress:
    def test_a_wrong_or_revoked_one_does_not_exist(self, cast, secret):
        assert Client().get(address("x" * 43)).status_code == 404
        actions.revoke_feed(CalendarFeed.objects.get(), by=cast.supplier)
        assert Client().get(address(secret)).status_code == 404

    def test_it_ends_with_its_owners_account(self, cast, secret):
        User.objects.filter(pk=cast.supplier.pk).update(is_active=False)
        assert Client().get(address(secret)).status_code == 404

    def test_it_may_only_be_read_and_is_in_no_index_or_cache(self, cast, secret):
        assert Client().post(address(secret)).status_code == 405
        response = Client().get(address(secret))
        assert "noindex" in response["X-Robots-Tag"]
        assert "private" in response["Cache-Control"]

    def test_it_may_not_be_asked_for_without_end(self, cast, secret, monkeypatch):
        monkeypatch.setattr("council.web.views.calendar.MOST_A_MINUTE", 2)
        answers = [Client().get(address(secret)).status_code for _ in range(3)]
        assert answers == [200, 200, 429]

    def test_when_it_was_last_used_is_kept(self, cast, secret):
        Client().get(address(secret))
        feed = CalendarFeed.objects.get()
        assert feed.last_used_at is not None
        with clock.at(feed.last_used_at + dt.timedelta(minutes=1)):
            Client().get(address(secret))
        assert CalendarFeed.objects.get().last_used_at == feed.last_used_at

    def test_its_secret_is_kept_nowhere(self, cast, secret):
        feed = CalendarFeed.objects.get()
        assert secret not in str(CalendarFeed.objects.values_list()[0])
        assert feed.hint == secret[:6]
        assert all(secret not in str(entry.data) for entry in Entry.objects.all())


class TestMakingOne:
    def test_it_needs_a_name(self, cast):
        with pytest.raises(ValidationError):
            actions.create_feed(name=" ", by=cast.supplier)

    def test_nobody_has_too_many(self, cast, monkeypatch):
        monkeypatch.setattr(feeds, "MOST", 1)
        actions.create_feed(name="하나", by=cast.supplier)
        with pytest.raises(Refused):
            actions.create_feed(name="둘", by=cast.supplier)

    def test_only_its_owner_revokes_it_and_once(self, cast, secret):
        feed = CalendarFeed.objects.get()
        with pytest.raises(PermissionDenied):
            actions.revoke_feed(feed, by=cast.secretary)
        actions.revoke_feed(feed, by=cast.supplier)
        with pytest.raises(Refused):
            actions.revoke_feed(feed, by=cast.supplier)


class TestApi:
    def test_an_address_is_made_shown_once_and_revoked(self, cast, call):
        client = call(cast.supplier)
        made = client.post("/api/v1/calendar-feeds/", {"name": "연계"}, format="json")
        assert made.status_code == 201
        secret = made.json()["address"].rpartition("/")[2].removesuffix(".ics")
        fetched(secret)
        [listed] = client.get("/api/v1/calendar-feeds/").json()["results"]
        assert "address" not in listed
        assert client.delete(f"/api/v1/calendar-feeds/{listed['id']}/").status_code == 204
        assert Client().get(address(secret)).status_code == 404

    def test_a_council_one_does_not_sit_on_is_unknown(self, cast, call):
        other = people.establish_council(
            by=cast.operator, name="남의 협의체", operator=organisation("부산", KIND.LOCAL_GOVERNMENT)
        )
        made = call(cast.supplier).post(
            "/api/v1/calendar-feeds/", {"name": "연계", "council": str(other.pk)}, format="json"
        )
        assert made.status_code == 400
