"""What I hear of: the page, and what saving part of it changes."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from council.notifications import actions
from council.notifications.kinds import DIGEST, MAIL, SCREEN
from council.notifications.models import Browser, Habits, Kind, Mute, Preference
from tests.cast import Cast

SETTINGS = reverse("web:notification_settings")
SWITCHES = reverse("web:switch_notifications")


def form_of(page: str, *, turned: dict[str, bool]) -> dict[str, list[str]]:
    """What a browser sends of the form of the switches, some of them turned."""
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    checked = set(re.findall(r'type="checkbox"[^>]*name="(\w+\.\w+)"\s+checked(?! disabled)', page))
    on = {name for name in shown if turned.get(name, name in checked)}
    return {"shown": shown, **{name: ["on"] for name in on}}


def test_every_kind_says_why_it_comes_and_a_stranger_is_told_that_it_does_not(cast: Cast, browse):
    page = browse(cast.secretary).get(SETTINGS).content.decode()
    for kind in Kind:
        assert f'id="kind-{kind}"' in page
    rows = {row.kind: row for row in browse(cast.supplier).get(SETTINGS).context["rows"]}
    assert cast.council.name in rows[Kind.SUMMONS].cause
    assert rows[Kind.SECRETARIAT].cause == ""
    assert {row.kind for row in browse(cast.stranger).get(SETTINGS).context["rows"] if row.cause} == {
        Kind.SECURITY,
        Kind.INTEGRATIONS,
    }


def test_each_switch_has_a_complete_name_and_duties_say_why_they_are_locked(cast: Cast, browse):
    rows = browse(cast.supplier).get(SETTINGS).context["rows"]
    for row in rows:
        assert row.reason if row.duty else not row.reason
        for cell in filter(None, row.cells):
            assert str(row.kind.label) in cell.label
            assert str(cell.channel.label) in cell.label


def test_sending_the_form_as_it_is_changes_nothing(cast: Cast, browse):
    browser = browse(cast.supplier)
    answer = browser.post(SWITCHES, form_of(browser.get(SETTINGS).content.decode(), turned={}))
    assert answer.status_code == 302
    assert not Preference.objects.exists()


def test_one_switch_is_turned_and_the_others_stay(cast: Cast, browse):
    actions.prefer(by=cast.supplier, choices={(Kind.MINUTES, DIGEST): False})
    browser = browse(cast.supplier)
    page = browser.get(SETTINGS).content.decode()
    browser.post(SWITCHES, form_of(page, turned={"documents.mail": True}))
    own = {(row.kind, row.channel): row.on for row in Preference.objects.filter(user=cast.supplier)}
    assert own == {(Kind.MINUTES, DIGEST): False, (Kind.DOCUMENTS, MAIL): True}


def test_a_form_with_part_of_the_switches_changes_that_part_alone(cast: Cast, browse):
    browse(cast.supplier).post(SWITCHES, {"shown": ["documents.screen"]})
    assert list(Preference.objects.values_list("kind", "channel", "on")) == [("documents", "screen", False)]


def test_what_cannot_be_switched_off_is_said_beside_it_and_nothing_is_saved(cast: Cast, browse):
    sent = {"shown": ["summons.mail", "summons.digest", "documents.screen"]}
    answer = browse(cast.supplier).post(SWITCHES, sent)
    assert answer.status_code == 422
    rows = {row.kind: row for row in answer.context["rows"]}
    assert rows[Kind.SUMMONS].problems
    assert rows[Kind.DOCUMENTS].cells[0].on is False  # what was chosen is still there
    assert not Preference.objects.exists()


@pytest.mark.parametrize("shown", ["security.mail", "summons.screen", "live.mail", "x", ""])
def test_a_form_made_by_hand_switches_nothing_off_that_is_locked(cast: Cast, browse, shown):
    browse(cast.supplier).post(SWITCHES, {"shown": [shown]})
    assert not Preference.objects.exists()


def test_the_digest_and_the_quiet_hours_are_saved_each_for_itself(cast: Cast, browse):
    browser = browse(cast.supplier)
    browser.post(reverse("web:change_quiet_hours"), {"quiet_from": "22:00", "quiet_until": "07:00"})
    browser.post(reverse("web:change_digest"), {"rhythm": "weekly", "hour": "18", "weekday": "5"})
    habits = Habits.objects.get(user=cast.supplier)
    assert (habits.rhythm, habits.hour, habits.weekday) == ("weekly", 18, 5)
    assert (habits.quiet_from, habits.quiet_until) == (dt.time(22), dt.time(7))
    browser.post(reverse("web:change_quiet_hours"), {"quiet_from": "", "quiet_until": ""})
    habits.refresh_from_db()
    assert (habits.quiet_from, habits.rhythm) == (None, "weekly")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("change_digest", {"rhythm": "hourly", "hour": "8", "weekday": "1"}),
        ("change_digest", {"rhythm": "daily", "hour": "25", "weekday": "1"}),
        ("change_quiet_hours", {"quiet_from": "22:00", "quiet_until": ""}),
        ("change_quiet_hours", {"quiet_from": "22:00", "quiet_until": "22:00"}),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(cast: Cast, browse, name, sent):
    answer = browse(cast.supplier).post(reverse(f"web:{name}"), sent)
    assert answer.status_code == 422
    assert "has-error" in answer.content.decode() or "krds" in answer.content.decode()


def test_a_council_is_muted_and_heard_of_again(cast: Cast, browse):
    browser, address = browse(cast.supplier), reverse("web:mute", args=["council", cast.council.pk])
    browser.post(address)
    assert Mute.objects.get().thing == cast.council
    assert "muted" in browser.get(SETTINGS).content.decode()
    browser.post(address, {"muted": "no"})
    assert not Mute.objects.exists()


def test_what_one_may_not_see_cannot_be_muted(cast: Cast, browse):
    assert browse(cast.stranger).post(reverse("web:mute", args=["council", cast.council.pk])).status_code == 404
    assert browse(cast.supplier).post(reverse("web:mute", args=["user", cast.supplier.pk])).status_code == 404


def test_a_browser_is_removed_by_its_owner_alone(cast: Cast, browse):
    browser = Browser.objects.create(user=cast.supplier, name="x", endpoint="https://p.example/1", key="k", secret="s")
    address = reverse("web:remove_browser", args=[browser.pk])
    assert browse(cast.adopter).post(address).status_code == 404
    assert browse(cast.supplier).post(address).status_code == 302
    assert not Browser.objects.exists()


def test_the_worker_is_a_script_for_the_whole_site(client, db):
    answer = client.get(reverse("web:push_worker"))
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "push" in answer.content.decode()


def test_the_number_of_queries_does_not_grow(cast: Cast, browse, django_assert_max_num_queries):
    for kind in (Kind.DOCUMENTS, Kind.MINUTES, Kind.DECISIONS):
        actions.mute(cast.consultation(), by=cast.supplier)
        actions.prefer(by=cast.supplier, choices={(kind, SCREEN): False})
    browser = browse(cast.supplier)
    with django_assert_max_num_queries(16):
        browser.get(SETTINGS)
