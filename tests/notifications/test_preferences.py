"""What people decide for themselves, and what they cannot."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from council.core import clock
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications import actions, quiet
from council.notifications.kinds import DIGEST, MAIL, PUSH, SCREEN, WAYS
from council.notifications.models import DUTIES, Habits, Kind, Mute, Notification, Preference
from council.people import actions as people
from tests.cast import Cast


def told(user, verb: Verb) -> set[str]:
    """The ways by which someone was told of something."""
    while actions.dispatch():
        pass
    return set(Notification.objects.filter(recipient=user, entry__verb=verb).values_list("channel", flat=True))


def test_nobody_has_a_row_for_what_is_the_default(cast: Cast):
    actions.prefer(by=cast.supplier, choices={(Kind.DOCUMENTS, MAIL): True})
    assert Preference.objects.get(user=cast.supplier).on
    actions.prefer(by=cast.supplier, choices={(Kind.DOCUMENTS, MAIL): False})
    assert not Preference.objects.exists()


def test_setting_one_switch_leaves_the_others_as_they_are(cast: Cast):
    actions.prefer(by=cast.supplier, choices={(Kind.DOCUMENTS, MAIL): True, (Kind.MINUTES, DIGEST): False})
    before = actions.switches(cast.supplier)
    actions.prefer(by=cast.supplier, choices={(Kind.DECISIONS, SCREEN): False})
    after = actions.switches(cast.supplier)
    assert {switch for switch in after if after[switch] != before[switch]} == {(Kind.DECISIONS, SCREEN)}


def test_what_did_not_change_is_no_event(cast: Cast):
    actions.prefer(by=cast.supplier, choices={(Kind.DOCUMENTS, DIGEST): True})
    actions.change_habits(by=cast.supplier, rhythm="daily", hour=8)
    assert not Entry.objects.filter(verb=Verb.NOTIFICATIONS_PREFERRED).exists()


@pytest.mark.parametrize("kind", [kind for kind in DUTIES if kind != Kind.SECURITY])
def test_a_duty_keeps_mail_or_digest(cast: Cast, kind: Kind):
    with pytest.raises(ValidationError):
        actions.prefer(by=cast.supplier, choices={(kind, MAIL): False, (kind, DIGEST): False})
    assert not Preference.objects.exists()
    actions.prefer(by=cast.supplier, choices={(kind, MAIL): False})
    with pytest.raises(ValidationError):
        actions.prefer(by=cast.supplier, choices={(kind, DIGEST): False})


@pytest.mark.parametrize("switch", [(kind, way) for kind in Kind for way in WAYS[kind].locked])
def test_what_is_locked_stays_on(cast: Cast, switch):
    with pytest.raises(ValidationError):
        actions.prefer(by=cast.supplier, choices={switch: False})


def test_a_switch_there_is_none_of_is_refused(cast: Cast):
    with pytest.raises(ValidationError):
        actions.prefer(by=cast.supplier, choices={(Kind.LIVE, MAIL): True})


def test_a_meeting_notice_goes_at_once_or_into_the_digest(cast: Cast):
    cast.meeting()
    assert told(cast.supplier, Verb.MEETING_CONVENED) == {"screen", "mail"}
    actions.prefer(by=cast.adopter, choices={(Kind.SUMMONS, MAIL): False})
    cast.meeting()
    assert told(cast.adopter, Verb.MEETING_CONVENED) == {"screen", "mail", "digest"}  # the first, and the second
    assert (
        Notification.objects.filter(recipient=cast.adopter, channel="mail", entry__verb="meeting.convened").count() == 1
    )


def test_a_duty_is_mailed_at_once_to_who_has_no_digest(cast: Cast):
    actions.prefer(by=cast.supplier, choices={(Kind.SUMMONS, MAIL): False})
    actions.change_habits(by=cast.supplier, rhythm="none")
    cast.meeting()
    assert told(cast.supplier, Verb.MEETING_CONVENED) == {"screen", "mail"}


def test_what_is_no_duty_can_be_switched_off_altogether(cast: Cast):
    off = {(Kind.DOCUMENTS, way): False for way in (SCREEN, DIGEST)}
    actions.prefer(by=cast.supplier, choices=off)
    cast.version()
    assert told(cast.supplier, Verb.VERSION_PUBLISHED) == set()
    assert told(cast.adopter, Verb.VERSION_PUBLISHED) == {"screen", "digest"}


def test_what_is_mailed_at_once_is_not_in_the_digest_again(cast: Cast):
    actions.prefer(by=cast.supplier, choices={(Kind.DOCUMENTS, MAIL): True})
    cast.version()
    assert told(cast.supplier, Verb.VERSION_PUBLISHED) == {"screen", "mail"}


def test_without_a_digest_what_is_no_duty_is_on_screen_alone(cast: Cast):
    actions.change_habits(by=cast.supplier, rhythm="none")
    cast.version()
    assert told(cast.supplier, Verb.VERSION_PUBLISHED) == {"screen"}


def test_a_push_message_is_for_who_has_a_browser(cast: Cast):
    cast.meeting()
    assert "push" not in told(cast.supplier, Verb.MEETING_CONVENED)
    cast.supplier.browsers.create(name="x", endpoint="https://push.example/1", key="k", secret="s")
    cast.consultation()
    assert told(cast.supplier, Verb.CONSULTATION_OPENED) == {"screen", "mail", "push"}
    actions.prefer(by=cast.supplier, choices={(Kind.CONSULTATIONS, PUSH): False})
    cast.consultation()
    assert (
        Notification.objects.filter(recipient=cast.supplier, channel="push", entry__verb="consultation.opened").count()
        == 1
    )


# --- Muted


def test_of_a_muted_council_one_hears_what_is_a_duty(cast: Cast):
    actions.mute(cast.council, by=cast.supplier)
    cast.consultation()
    cast.meeting()
    assert told(cast.supplier, Verb.CONSULTATION_OPENED) == set()
    assert told(cast.supplier, Verb.MEETING_CONVENED) == {"screen", "mail"}
    actions.unmute(cast.council, by=cast.supplier)
    cast.consultation()
    assert told(cast.supplier, Verb.CONSULTATION_OPENED) == {"screen", "mail"}


def test_a_muted_consultation_is_muted_with_everything_in_it(cast: Cast):
    consultation = cast.consultation()
    actions.mute(consultation, by=cast.secretary)
    cast.submitted(consultation)
    assert told(cast.secretary, Verb.OPINION_SUBMITTED) == set()
    cast.submitted(cast.consultation())
    assert told(cast.secretary, Verb.OPINION_SUBMITTED) == {"screen", "digest"}


def test_muting_twice_is_muting_once(cast: Cast):
    meeting = cast.meeting()
    assert actions.mute(meeting, by=cast.supplier) == actions.mute(meeting, by=cast.supplier)
    assert [mute.thing for mute in Mute.objects.visible_to(cast.supplier)] == [meeting]


# --- Quiet hours

MORNING = dt.datetime(2023, 9, 5, 7, 30, tzinfo=clock.SEOUL)


@pytest.mark.parametrize(
    ("begins", "ends", "time", "until"),
    [
        ("22:00", "07:00", "2023-09-05 23:30", "2023-09-06 07:00"),
        ("22:00", "07:00", "2023-09-06 00:00", "2023-09-06 07:00"),
        ("22:00", "07:00", "2023-09-05 22:00", "2023-09-06 07:00"),
        ("22:00", "07:00", "2023-09-05 06:59", "2023-09-05 07:00"),
        ("22:00", "07:00", "2023-09-05 07:00", None),
        ("22:00", "07:00", "2023-09-05 21:59", None),
        ("12:00", "13:00", "2023-09-05 12:30", "2023-09-05 13:00"),
        ("12:00", "13:00", "2023-09-05 13:00", None),
        ("22:00", "00:00", "2023-12-31 23:00", "2024-01-01 00:00"),
        ("00:00", "06:00", "2024-02-29 05:00", "2024-02-29 06:00"),
    ],
)
def test_quiet_hours_end_when_they_end_also_over_midnight(begins, ends, time, until):
    moment = dt.datetime.fromisoformat(time).replace(tzinfo=clock.SEOUL)
    expected = until and dt.datetime.fromisoformat(until).replace(tzinfo=clock.SEOUL)
    assert quiet.end(dt.time.fromisoformat(begins), dt.time.fromisoformat(ends), moment) == expected


def test_nobody_is_disturbed_but_for_the_safety_of_the_account(cast: Cast):
    actions.change_habits(by=cast.supplier, quiet_from=dt.time(22), quiet_until=dt.time(7))
    night = dt.datetime(2023, 9, 5, 23, tzinfo=clock.SEOUL)
    assert quiet.until(cast.supplier, Kind.SUMMONS, night) == dt.datetime(2023, 9, 6, 7, tzinfo=clock.SEOUL)
    assert quiet.until(cast.supplier, Kind.SECURITY, night) is None
    assert quiet.until(cast.adopter, Kind.SUMMONS, night) is None


@pytest.mark.parametrize(
    "sent",
    [
        {"quiet_from": dt.time(22), "quiet_until": None},
        {"quiet_from": dt.time(22), "quiet_until": dt.time(22)},
        {"hour": 24},
        {"weekday": 8},
        {"rhythm": "hourly"},
    ],
)
def test_impossible_habits_are_refused(cast: Cast, sent):
    with pytest.raises(ValidationError):
        actions.change_habits(by=cast.supplier, **sent)
    assert not Habits.objects.filter(user=cast.supplier).exclude(rhythm="daily", hour=8, weekday=1).exists()


def test_changing_the_hour_leaves_the_quiet_hours(cast: Cast):
    actions.change_habits(by=cast.supplier, quiet_from=dt.time(22), quiet_until=dt.time(7))
    actions.change_habits(by=cast.supplier, hour=9)
    habits = actions.habits_of(cast.supplier)
    assert (habits.hour, habits.quiet_from, habits.quiet_until) == (9, dt.time(22), dt.time(7))


def test_saving_the_profile_leaves_every_switch(cast: Cast):
    actions.prefer(by=cast.supplier, choices={(Kind.DOCUMENTS, MAIL): True})
    before = actions.switches(cast.supplier)
    people.change_profile(cast.supplier, name="새 이름")
    assert actions.switches(cast.supplier) == before
