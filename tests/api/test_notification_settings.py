"""What one hears of, over the API."""

from typing import Any

import pytest

from council.notifications import actions, webpush
from council.notifications.models import Browser, Kind, Preference
from tests.api.checking import check
from tests.cast import Cast

SETTINGS = "/api/v1/notification-settings/"


def switch(settings: dict[str, Any], kind: str, channel: str) -> dict[str, Any]:
    return next(each for each in settings["switches"] if (each["kind"], each["channel"]) == (kind, channel))


def test_the_settings_name_every_switch_and_why_each_kind_comes(cast: Cast, call):
    settings = check(call(cast.supplier).get(SETTINGS), 200)
    assert switch(settings, "security", "mail") == {"kind": "security", "channel": "mail", "on": True, "locked": True}
    kinds = {each["kind"]: each for each in settings["kinds"]}
    assert set(kinds) == set(Kind.values)
    assert kinds["summons"]["duty"]
    assert cast.council.name in kinds["summons"]["because"]
    assert (settings["rhythm"], settings["hour"], settings["quiet_from"]) == ("daily", 8, None)


def test_what_is_not_sent_stays_as_it_is(cast: Cast, call):
    supplier = call(cast.supplier)
    turned = [{"kind": "documents", "channel": "mail", "on": True}]
    check(supplier.patch(SETTINGS, {"switches": turned}), 200)
    after = check(supplier.patch(SETTINGS, {"quiet_from": "22:00", "quiet_until": "07:00"}), 200)
    assert switch(after, "documents", "mail")["on"]
    assert (after["quiet_from"], after["rhythm"]) == ("22:00", "daily")
    again = check(supplier.patch(SETTINGS, {"rhythm": "weekly", "weekday": 5}), 200)
    assert (again["quiet_until"], again["weekday"]) == ("07:00", 5)


@pytest.mark.parametrize(
    "sent",
    [
        {"switches": [{"kind": "security", "channel": "mail", "on": False}]},
        {
            "switches": [
                {"kind": "summons", "channel": "mail", "on": False},
                {"kind": "summons", "channel": "digest", "on": False},
            ]
        },
        {"switches": [{"kind": "nothing", "channel": "mail", "on": False}]},
        {"rhythm": "hourly"},
        {"hour": 24},
        {"quiet_from": "22:00"},
        {"quiet": "22:00"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_saved(cast: Cast, call, sent):
    check(call(cast.supplier).patch(SETTINGS, sent), 400)
    assert not Preference.objects.exists()
    assert actions.habits_of(cast.supplier).rhythm == "daily"


def test_a_change_on_an_older_state_is_refused(cast: Cast, call):
    supplier = call(cast.supplier)
    seen = supplier.get(SETTINGS)["ETag"]
    check(supplier.patch(SETTINGS, {"hour": 9}, headers={"If-Match": seen}), 200)
    check(supplier.patch(SETTINGS, {"hour": 10}, headers={"If-Match": seen}), 412)
    assert actions.habits_of(cast.supplier).hour == 9


def test_a_council_is_muted_and_heard_of_again(cast: Cast, call):
    supplier = call(cast.supplier)
    made = check(supplier.post("/api/v1/mutes/", {"council": str(cast.council.pk)}), 201)
    assert made["council"] == str(cast.council.pk)
    check(supplier.post("/api/v1/mutes/", {}), 400)
    check(call(cast.stranger).post("/api/v1/mutes/", {"council": str(cast.council.pk)}), 400)
    assert supplier.delete(f"/api/v1/mutes/{made['id']}/").status_code == 204
    assert check(supplier.get("/api/v1/mutes/"), 200)["results"] == []


def test_a_browser_is_listed_and_removed(cast: Cast, call, settings):
    settings.PUSH_KEY = webpush.b64(bytes([7] * 32))
    Browser.objects.create(user=cast.supplier, name="x", endpoint="https://p.example/1", key="k", secret="s")
    supplier = call(cast.supplier)
    [browser] = check(supplier.get("/api/v1/push-browsers/"), 200)["results"]
    assert "endpoint" not in browser
    assert supplier.delete(f"/api/v1/push-browsers/{browser['id']}/").status_code == 204
    wrong = {"endpoint": "https://p.example/2", "key": "x", "secret": "y", "name": "z"}
    assert set(check(supplier.post("/api/v1/push-browsers/", wrong), 400)["errors"]) == {"key", "secret"}


def test_a_notice_is_marked_as_unread_again_and_stays_known_as_read(cast: Cast, call):
    cast.meeting()
    while actions.dispatch():
        pass
    supplier = call(cast.supplier)
    [notice] = [
        each
        for each in check(supplier.get("/api/v1/notices/?kind=summons&unread=true"), 200)["results"]
        if each["verb"] == "meeting.convened"
    ]
    read = check(supplier.post(f"/api/v1/notices/{notice['id']}/read/"), 200)
    kept = check(supplier.post(f"/api/v1/notices/{notice['id']}/keep/"), 200)
    assert (read["unread"], kept["unread"]) == (False, True)
    assert kept["read_at"] == read["read_at"]
    check(supplier.get("/api/v1/notices/?kind=nothing"), 400)
    assert check(supplier.post("/api/v1/notices/read-all/", {"kind": "documents"}), 200)["read"] == 0
    assert check(supplier.post("/api/v1/notices/read-all/", {"kind": "summons"}), 200)["read"] >= 1
