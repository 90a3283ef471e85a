"""Holding a meeting through the API: every verb by someone who may, by someone who may not, and with wrong input."""

import datetime as dt

import pytest

from council.core import clock
from council.meetings import actions, door
from council.meetings.models import Meeting
from tests.api.checking import FORBIDDEN, INVALID, NOT_FOUND, REFUSED, check, errors, ids, rows
from tests.cast import Cast

KEY = "018f0000-0000-7000-8000-000000000003"


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """One in session."""
    return cast.running(mode="hybrid", online_url="https://meet.council.example/1")


def at(meeting: Meeting, verb: str = "") -> str:
    return f"/api/v1/meetings/{meeting.pk}/{verb}{'/' if verb else ''}"


def test_a_meeting_is_opened_gone_through_and_closed(cast: Cast, call):
    with clock.at(clock.now() - dt.timedelta(days=10)):
        meeting = cast.meeting()
    item = f"/api/v1/agenda-items/{meeting.items.get().pk}/"
    chair = call(cast.chair)
    check(chair.post(f"{item}take-up/"), REFUSED)
    check(call(cast.supplier).post(at(meeting, "open")), FORBIDDEN)
    check(call(cast.stranger).post(at(meeting, "open")), NOT_FOUND)
    assert check(chair.post(at(meeting, "open")), 200)["state"] == "running"
    assert check(chair.get(at(meeting, "last-step")), 200)["step"] is None
    assert check(chair.post(f"{item}take-up/"), 200)["state"] == "current"
    assert check(call(cast.supplier).get(at(meeting)), 200)["current_item"]["title"] == "전략(안) 토의"
    step = check(chair.get(at(meeting, "last-step")), 200)
    assert (step["verb"], step["item"]) == ("agenda_item.taken_up", "1. 전략(안) 토의")
    check(call(cast.supplier).get(at(meeting, "last-step")), FORBIDDEN)
    check(chair.post(at(meeting, "undo-step"), {"step": 1}), REFUSED)
    assert check(chair.post(at(meeting, "undo-step"), {"step": step["step"]}), 200)["state"] == "planned"
    assert errors(chair.post(f"{item}postpone/", {"reason": ""})) == ["reason"]
    assert check(chair.post(f"{item}postpone/", {"reason": "자료 보완"}), 200)["postponed_reason"] == "자료 보완"
    check(chair.post(f"{item}take-up/"), 200)
    assert check(chair.post(f"{item}end/"), 200)["state"] == "done"
    check(call(cast.supplier).post(f"{item}take-up/"), FORBIDDEN)
    assert check(chair.post(at(meeting, "close")), 200)["current_item"] is None


def test_the_present_item_of_a_closed_meeting_is_for_those_invited(cast: Cast, call, meeting: Meeting):
    actions.take_up(meeting.items.get(), by=cast.chair)
    Meeting.objects.update(closed=True)
    latecomer = cast.member("latecomer", "새 위원", cast.supplying)
    assert check(call(latecomer).get(at(meeting)), 200)["current_item"] is None
    assert check(call(cast.supplier).get(at(meeting)), 200)["current_item"] is not None


def test_one_checks_in_and_out(cast: Cast, call, meeting: Meeting):
    supplier = call(cast.supplier)
    there = check(supplier.post(at(meeting, "check-in"), {"mode": "online"}), 200)
    assert (there["name"], there["mode"], there["invitation"]["membership"]["person"]["name"]) == (
        "공급 대표",
        "online",
        "공급 대표",
    )
    assert errors(supplier.post(at(meeting, "check-in"), {"mode": "by_phone"})) == ["mode"]
    check(call(cast.stranger).post(at(meeting, "check-in")), NOT_FOUND)
    here = f"/api/v1/attendance/{there['id']}/check-out/"
    check(call(cast.adopter).post(here), FORBIDDEN)
    assert check(supplier.post(here), 200)["present"] is False
    assert ids(supplier.get(f"/api/v1/attendance/?meeting={meeting.pk}&present=false")) == [there["id"]]


def test_the_code_at_the_door_lets_in(cast: Cast, call, meeting: Meeting):
    check(call(cast.supplier).get(at(meeting, "door-code")), FORBIDDEN)
    code = check(call(cast.secretary).get(at(meeting, "door-code")), 200)
    assert code == {"code": door.code(meeting), "code_of_the_day": door.code_of_the_day(meeting)}
    check(call(cast.supplier).post(at(meeting, "check-in-at-door"), {"code": "made up"}), REFUSED)
    check(call(cast.supplier).post(at(meeting, "check-in-at-door"), {}), INVALID)
    assert check(call(cast.supplier).post(at(meeting, "check-in-at-door"), code | {}), INVALID)
    there = check(call(cast.supplier).post(at(meeting, "check-in-at-door"), {"code": code["code_of_the_day"]}), 200)
    assert there["how"] == "code"


def test_the_secretary_notes_seats_and_guests_and_the_quorum_follows(cast: Cast, call, meeting: Meeting):
    secretary, supplier = call(cast.secretary), call(cast.supplier)
    one = cast.invitation(meeting, cast.supplier)
    note = f"/api/v1/invitations/{one.pk}/note-attendance/"
    check(supplier.post(note), FORBIDDEN)
    assert check(secretary.post(note, {"mode": "online"}), 200)["mode"] == "online"
    assert errors(secretary.post(note, {"alternate": True})) == ["alternate"]
    assert check(secretary.post(note, {"present": False}), 204) == {}
    all_ = [str(cast.invitation(meeting, user).pk) for user in (cast.supplier, cast.tp, cast.chair)]
    check(supplier.post(at(meeting, "note-all"), {"invitations": all_}), FORBIDDEN)
    check(secretary.post(at(meeting, "note-all"), {"invitations": all_}), 200)
    expected = {"seats": 5, "needed": 3, "present": 3, "met": True}
    assert check(supplier.get(at(meeting, "quorum")), 200) == expected
    assert check(supplier.get(at(meeting, "quorum"), {"item": meeting.items.get().pk}), 200) == expected
    check(supplier.post(at(meeting, "add-guest"), {"name": "자문위원"}), FORBIDDEN)
    guest = check(secretary.post(at(meeting, "add-guest"), {"name": "자문위원"}), 201)
    assert (guest["name"], guest["invitation"]) == ("자문위원", None)
    check(secretary.delete(f"/api/v1/attendance/{guest['id']}/"), 204)
    assert len(rows(supplier.get(f"/api/v1/attendance/?meeting={meeting.pk}"))) == 3


def test_the_floor_is_asked_for_ordered_given_and_ended(cast: Cast, call, meeting: Meeting):
    chair, supplier, adopter = call(cast.chair), call(cast.supplier), call(cast.adopter)
    check(supplier.post(at(meeting, "ask-for-floor")), REFUSED)
    cast.present(meeting, cast.supplier, cast.adopter)
    first = check(supplier.post(at(meeting, "ask-for-floor"), {"key": KEY}), 200)
    assert check(supplier.post(at(meeting, "ask-for-floor"), {"key": KEY}), 200) == first
    second = check(adopter.post(at(meeting, "ask-for-floor")), 200)
    check(call(cast.observer).post(at(meeting, "ask-for-floor")), FORBIDDEN)
    check(supplier.post(at(meeting, "order-floor"), {"requests": [second["id"]]}), FORBIDDEN)
    check(chair.post(at(meeting, "order-floor"), {"requests": [second["id"], first["id"]]}), 200)
    queue = {row["id"]: row["position"] for row in rows(supplier.get(f"/api/v1/floor-requests/?meeting={meeting.pk}"))}
    assert queue == {second["id"]: 0, first["id"]: 1}
    check(supplier.post(f"/api/v1/floor-requests/{first['id']}/give/"), FORBIDDEN)
    assert check(chair.post(f"/api/v1/floor-requests/{second['id']}/give/"), 200)["state"] == "speaking"
    check(supplier.post(at(meeting, "end-speech")), FORBIDDEN)
    assert check(adopter.post(at(meeting, "end-speech")), 200)["state"] == "done"
    assert check(adopter.post(at(meeting, "end-speech")), 204) == {}
    assert check(supplier.get(at(meeting, "speaking-times")), 200) == {
        "times": [{"sector": "adopter", "speeches": 1, "seconds": 0}]
    }
    withdraw = f"/api/v1/floor-requests/{first['id']}/withdraw/"
    check(adopter.post(withdraw), FORBIDDEN)
    assert check(supplier.post(withdraw), 200)["state"] == "withdrawn"


def test_what_is_said_is_noted_written_changed_and_taken_out(cast: Cast, call, meeting: Meeting):
    secretary, supplier = call(cast.secretary), call(cast.supplier)
    said = {"meeting": str(meeting.pk), "item": str(meeting.items.get().pk), "text": "실증 단지를 먼저 정합시다."}
    seat = {"invitation": str(cast.invitation(meeting, cast.tp).pk)}
    check(supplier.post("/api/v1/statements/", said | seat), FORBIDDEN)
    noted = check(secretary.post("/api/v1/statements/", said | seat), 201)
    assert (noted["speaker"], noted["item"]["number"], noted["recorded_by"]["name"]) == ("센터장", "1", "간사")
    assert errors(secretary.post("/api/v1/statements/", said)) == ["speaker"]
    check(supplier.post("/api/v1/statements/write/", said), REFUSED)
    cast.present(meeting)
    own = check(supplier.post("/api/v1/statements/write/", said | {"key": KEY}), 201)
    assert check(supplier.post("/api/v1/statements/write/", said | {"key": KEY}), 201) == own
    assert ids(supplier.get(f"/api/v1/statements/?item={said['item']}")) == [own["id"], noted["id"]]
    address = f"/api/v1/statements/{own['id']}/"
    assert check(supplier.patch(address, {"text": "고칩니다."}), 200)["text"] == "고칩니다."
    check(call(cast.adopter).patch(address, {"text": "남의 말"}), FORBIDDEN)
    check(call(cast.adopter).delete(address), FORBIDDEN)
    check(call(cast.stranger).get(address), NOT_FOUND)
    check(supplier.delete(address), 204)
