"""Digests by the clock: whatever runs when, nothing is lost and nothing is told twice."""

import datetime as dt
from collections.abc import Callable

import pytest

from council.core import clock
from council.notifications import actions
from council.notifications.models import Digest, Notification
from council.people.models import Membership, User
from tests.cast import Cast


def at(text: str) -> dt.datetime:
    """A moment in Seoul."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=clock.SEOUL)


@pytest.fixture
def publish(cast: Cast) -> Callable[[str], None]:
    """Something for the digest happens at a moment, and is dispatched then."""
    Membership.objects.update(starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2030, 1, 1))
    while actions.dispatch():
        pass
    Notification.objects.all().delete()

    def at_moment(moment: str) -> None:
        cast.version()
        with clock.at(at(moment)):
            while actions.dispatch():
                pass

    return at_moment


def due(user: User) -> list[dt.datetime]:
    rows = Notification.objects.undigested().filter(recipient=user).order_by("id")
    return [row.retry_at.astimezone(clock.SEOUL) for row in rows if row.retry_at]


def run(moment: str) -> int:
    with clock.at(at(moment)):
        made = 0
        while number := actions.collect_digests():
            made += number
        return made


def digests(user: User) -> list[int]:
    """How much is in each of someone's digests."""
    return [digest.notifications.count() for digest in Digest.objects.filter(recipient=user).order_by("id")]


@pytest.mark.parametrize(
    ("habits", "moment", "expected"),
    [
        ({}, "2023-09-05 07:59", "2023-09-05 08:00"),
        ({}, "2023-09-05 08:00", "2023-09-06 08:00"),  # strictly after
        ({}, "2023-09-05 08:01", "2023-09-06 08:00"),
        ({"hour": 0}, "2023-09-05 23:59", "2023-09-06 00:00"),
        ({"hour": 23}, "2023-09-05 23:30", "2023-09-06 23:00"),
        ({"hour": 18}, "2023-09-30 18:30", "2023-10-01 18:00"),  # month end
        ({"hour": 18}, "2024-02-28 19:00", "2024-02-29 18:00"),  # leap year
        ({"hour": 7}, "2023-12-31 09:00", "2024-01-01 07:00"),  # year end
        ({"rhythm": "weekly"}, "2023-09-05 09:00", "2023-09-11 08:00"),  # Tuesday → Monday
        ({"rhythm": "weekly"}, "2023-09-11 07:00", "2023-09-11 08:00"),
        ({"rhythm": "weekly"}, "2023-09-11 08:00", "2023-09-18 08:00"),
        ({"rhythm": "weekly", "weekday": 7, "hour": 20}, "2023-12-31 19:59", "2023-12-31 20:00"),
        ({"rhythm": "weekly", "weekday": 7, "hour": 20}, "2023-12-31 20:01", "2024-01-07 20:00"),
        ({"rhythm": "weekly", "weekday": 5}, "2023-12-30 12:00", "2024-01-05 08:00"),  # over the year's end
        ({"rhythm": "weekly", "weekday": 4}, "2024-02-28 12:00", "2024-02-29 08:00"),
    ],
)
def test_the_next_digest_is_the_first_of_ones_hours_after_now(cast, publish, habits, moment, expected):
    if habits:
        actions.change_habits(by=cast.supplier, **habits)
    publish(moment)
    assert due(cast.supplier) == [at(expected)]


def test_a_run_four_minutes_early_does_nothing_and_skips_no_day(cast, publish):
    publish("2023-09-04 15:00")
    assert run("2023-09-05 07:56") == 0
    assert run("2023-09-05 08:00") > 0
    publish("2023-09-05 15:00")
    assert run("2023-09-06 07:56") == 0
    assert run("2023-09-06 08:01") > 0
    assert digests(cast.supplier) == [1, 1]


def test_what_was_missed_for_days_is_in_the_next_digest_once(cast, publish):
    for moment in ("2023-09-04 15:00", "2023-09-05 15:00", "2023-09-06 15:00"):
        publish(moment)
    assert run("2023-09-09 03:12") > 0
    assert digests(cast.supplier) == [3]
    assert run("2023-09-09 08:00") == 0


def test_a_second_run_repeats_nothing(cast, publish):
    publish("2023-09-04 15:00")
    first = run("2023-09-05 08:00")
    assert [run("2023-09-05 08:00"), run("2023-09-05 08:01"), run("2023-09-06 08:00")] == [0, 0, 0]
    assert Digest.objects.count() == first


def test_a_clock_that_goes_back_repeats_nothing(cast, publish):
    publish("2023-09-04 15:00")
    run("2023-09-05 08:02")
    assert run("2023-09-05 07:58") == 0
    assert digests(cast.supplier) == [1]


def test_what_commits_late_with_an_early_number_is_in_the_digest_after(cast, publish):
    """Numbers are handed out before commits: the later of two may be seen first."""
    publish("2023-09-04 15:00")
    late = Notification.objects.undigested().get(recipient=cast.supplier)
    Notification.objects.filter(pk=late.pk).delete()  # not committed yet, as others see it
    publish("2023-09-04 16:00")
    run("2023-09-05 08:00")
    Notification.objects.create(
        pk=late.pk, entry=late.entry, recipient=cast.supplier, channel="digest", retry_at=late.retry_at
    )
    run("2023-09-05 08:01")
    assert digests(cast.supplier) == [1, 1]
    assert not Notification.objects.undigested().filter(recipient=cast.supplier).exists()


def test_a_changed_hour_holds_for_what_waits_already(cast, publish):
    publish("2023-09-04 15:00")
    with clock.at(at("2023-09-04 16:00")):
        actions.change_habits(by=cast.supplier, hour=18)
    assert due(cast.supplier) == [at("2023-09-04 18:00")]
    with clock.at(at("2023-09-04 16:30")):
        actions.change_habits(by=cast.supplier, rhythm="weekly", weekday=5)
    assert due(cast.supplier) == [at("2023-09-08 18:00")]
    assert due(cast.adopter) == [at("2023-09-05 08:00")]


def test_who_switches_the_digest_off_gets_what_waits_in_a_last_one(cast, publish):
    publish("2023-09-04 15:00")
    with clock.at(at("2023-09-04 16:00")):
        actions.change_habits(by=cast.supplier, rhythm="none")
    run("2023-09-04 16:00")
    assert digests(cast.supplier) == [1]
    publish("2023-09-04 17:00")
    assert due(cast.supplier) == []


def test_a_daily_digest_comes_every_day_of_a_winter_with_a_leap_day(cast, publish):
    """No gap and no repeat over month ends, the year's end and 29 February."""
    actions.change_habits(by=cast.supplier, hour=6)
    publish("2023-12-30 05:00")
    first = due(cast.supplier)[0]
    moment, met = first, []
    for _ in range(70):
        with clock.at(moment):
            Notification.objects.undigested().filter(recipient=cast.supplier).update(retry_at=moment)
            actions.change_habits(by=cast.supplier, weekday=1 + (len(met) + 1) % 7)
        [moment] = due(cast.supplier)
        met.append(moment)
    assert met == [first + dt.timedelta(days=number) for number in range(1, 71)]


def test_who_has_nothing_gets_no_digest(cast, publish):
    publish("2023-09-04 15:00")
    run("2023-09-05 08:00")
    assert digests(cast.stranger) == []
    assert digests(cast.secretary) == []  # who did it
