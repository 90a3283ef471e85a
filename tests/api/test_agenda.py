"""Preparing a meeting over the API: order, papers, proposals, what goes on elsewhere, series and templates."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from council.core import clock
from council.meetings import actions
from council.meetings.models import Meeting
from council.people import actions as people
from council.people.models import User
from tests.api.checking import FORBIDDEN, INVALID, NOT_FOUND, REFUSED, check, ids
from tests.meetings import prepared

NOWHERE = "01a00000-0000-7000-8000-000000000000"


def places(meeting: Meeting) -> list[dict]:
    return [{"item": str(pk), "parent": parent and str(parent)} for pk, parent in actions.arrangement(meeting)]


def test_an_agenda_is_ordered_in_one_step(cast, call):
    meeting = cast.planned_meeting()
    cast.item(meeting, title="둘째")
    secretary, address = call(cast.secretary), f"/api/v1/meetings/{meeting.pk}/order-items/"
    seen = places(meeting)
    check(call(cast.supplier).post(address, {"order": seen}, format="json"), NOT_FOUND)
    check(secretary.post(address, {"order": seen[::-1], "seen": seen}, format="json"), 200)
    listed = secretary.get(f"/api/v1/agenda-items/?meeting={meeting.pk}").json()["results"]
    assert [(item["number"], item["title"]) for item in listed] == [("1", "둘째"), ("2", "전략(안) 토의")]
    check(secretary.post(address, {"order": seen, "seen": seen}, format="json"), REFUSED)
    check(secretary.post(address, {"order": seen[:1]}, format="json"), REFUSED)
    below_itself = [{**seen[0], "parent": seen[0]["item"]}, seen[1]]
    check(secretary.post(address, {"order": below_itself}, format="json"), INVALID)
    check(secretary.post(address, {"order": [{"item": "x"}]}, format="json"), INVALID)


def test_the_timetable_says_when_items_come_up_and_whether_they_fit(cast, call):
    meeting = cast.planned_meeting()
    cast.item(meeting, title="긴 안건", minutes_planned=120)
    actions.convene(meeting, by=cast.secretary)
    found = check(call(cast.supplier).get(f"/api/v1/meetings/{meeting.pk}/timetable/"), 200)
    assert [row["item"] for row in found["items"]] == [place["item"] for place in places(meeting)]
    assert found["minutes_over"] == 10


def test_a_file_is_laid_on_the_table_and_taken_off(cast, call):
    item = cast.planned_meeting().items.get()
    address = f"/api/v1/agenda-items/{item.pk}"

    def upload(user):
        file = SimpleUploadedFile("자료.pdf", b"%PDF-1.7")
        return call(user).post(f"{address}/paper-files/", {"file": file}, format="multipart")

    [paper] = check(upload(cast.secretary), 201)["papers"]
    check(upload(cast.supplier), NOT_FOUND)
    named = {"attachment": paper["attachment"]["id"]}
    check(call(cast.secretary).post(f"{address}/remove-paper/", {}), INVALID)
    check(call(cast.secretary).post(f"{address}/remove-paper/", {"attachment": NOWHERE}), INVALID)
    assert check(call(cast.secretary).post(f"{address}/remove-paper/", named), 200)["papers"] == []
    check(call(cast.secretary).post(f"{address}/remove-paper/", named), INVALID)


def test_members_propose_and_the_secretary_decides(cast, call):
    meeting = prepared.asking(cast)
    sent = {"meeting": str(meeting.pk), "title": "데이터 표준", "note": "표준이 없습니다."}
    member, secretary = call(cast.supplier), call(cast.secretary)
    first, second, third, fourth = (check(member.post("/api/v1/proposals/", sent), 201) for _number in range(4))
    assert (first["state"], first["organisation"]["name"]) == ("open", "누리솔루션")
    check(call(cast.observer).post("/api/v1/proposals/", sent), FORBIDDEN)
    check(call(cast.stranger).post("/api/v1/proposals/", sent), INVALID)
    check(member.post("/api/v1/proposals/", {**sent, "note": ""}), INVALID)

    def address(proposal, verb: str) -> str:
        return f"/api/v1/proposals/{proposal['id']}/{verb}/"

    check(member.post(address(first, "accept")), FORBIDDEN)
    assert check(secretary.post(address(first, "accept")), 201)["title"] == "데이터 표준"
    check(secretary.post(address(first, "accept")), REFUSED)
    check(member.post(address(second, "decline"), {"reason": "x"}), FORBIDDEN)
    check(secretary.post(address(second, "decline"), {"reason": " "}), INVALID)
    assert check(secretary.post(address(second, "decline"), {"reason": "나중에"}), 200)["reason"] == "나중에"
    both = {"proposals": [third["id"], fourth["id"]]}
    check(secretary.post("/api/v1/proposals/merge/", both, format="json"), INVALID)
    check(member.post("/api/v1/proposals/merge/", {**both, "title": "x"}, format="json"), FORBIDDEN)
    check(secretary.post("/api/v1/proposals/merge/", {**both, "title": "표준"}, format="json"), 200)
    check(member.post(address(third, "withdraw")), REFUSED)
    last = check(member.post("/api/v1/proposals/", sent), 201)
    check(secretary.post(address(last, "withdraw")), FORBIDDEN)
    assert check(member.post(address(last, "withdraw")), 200)["state"] == "withdrawn"
    merged = secretary.get(f"/api/v1/proposals/?meeting={meeting.pk}&state=merged")
    assert set(ids(merged)) == {third["id"], fourth["id"]}
    assert ids(call(cast.adopter).get("/api/v1/proposals/")) == []
    with clock.at(meeting.proposals_until + dt.timedelta(seconds=1)):
        check(member.post("/api/v1/proposals/", sent), REFUSED)


def test_an_item_is_carried_over(cast, call):
    item, later = cast.meeting().items.get(), cast.planned_meeting(days=30)
    address = f"/api/v1/agenda-items/{item.pk}/carry-over/"
    check(call(cast.supplier).post(address, {"to": str(later.pk)}), INVALID)
    carried = check(call(cast.secretary).post(address, {"to": str(later.pk)}), 201)
    assert (carried["meeting"]["id"], carried["carried_from"]["id"]) == (str(later.pk), str(item.pk))
    check(call(cast.secretary).post(address, {"to": str(later.pk)}), REFUSED)


def test_an_item_is_forwarded_taken_up_and_returned(cast, call):
    council = people.establish_council(by=cast.operator, name="상생 협의체", operator=cast.ministry)
    foreign = people.establish_council(by=cast.operator, name="남의 협의체", operator=cast.technopark)
    there = cast.member("elsewhere", "남의 간사", cast.ministry, role="secretary", seated=False, council=council)
    starts_at = clock.now() + dt.timedelta(days=20)
    meeting = actions.plan_meeting(
        council, title="상생회의", starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1), by=there
    )
    item = cast.meeting().items.get()
    secretary, address = call(cast.secretary), f"/api/v1/agenda-items/{item.pk}/forward/"
    sent = {"council": str(council.pk), "request": "검토 요청"}
    check(call(cast.supplier).post(address, sent), FORBIDDEN)
    for wrong in ({"council": str(foreign.pk)}, {"council": NOWHERE}, {"council": None}, {"request": ""}):
        check(secretary.post(address, {**sent, **wrong}, format="json"), INVALID)
    made = check(secretary.post(address, sent), 201)
    assert (made["title"], made["item"]["id"], made["state"]) == (item.title, str(item.pk), "sent")

    receiver, base = call(there), f"/api/v1/referrals/{made['id']}"
    assert receiver.get(f"{base}/").json()["item"] is None
    assert ids(receiver.get(f"/api/v1/referrals/?to_council={council.pk}&state=sent")) == [made["id"]]
    check(secretary.post(f"{base}/take-up/", {"meeting": str(meeting.pk)}), INVALID)
    assert check(receiver.post(f"{base}/take-up/", {"meeting": str(meeting.pk)}), 201)["title"] == item.title
    check(receiver.post(f"{base}/take-up/", {"meeting": str(meeting.pk)}), REFUSED)
    check(secretary.post(f"{base}/return/", {"result": "…"}), FORBIDDEN)
    check(receiver.post(f"{base}/return/", {"result": " "}), INVALID)
    assert check(receiver.post(f"{base}/return/", {"result": "추진합니다."}), 200)["state"] == "returned"
    assert check(call(cast.supplier).get(f"{base}/"), 200)["result"] == "추진합니다."


@pytest.fixture
def sent(cast) -> dict:
    starts_at = clock.now() + dt.timedelta(days=20)
    ends_at = starts_at + dt.timedelta(hours=1)
    times = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    return {"council": str(cast.council.pk), "name": "정례회의", "rhythm": "weekly", "count": 3, **times}


def test_a_series_is_planned(cast, call, sent):
    made = check(call(cast.secretary).post("/api/v1/series/", sent), 201)
    assert len(call(cast.secretary).get(f"/api/v1/meetings/?series={made['id']}").json()["results"]) == 3
    check(call(cast.supplier).post("/api/v1/series/", sent), FORBIDDEN)
    check(call(cast.secretary).post("/api/v1/series/", {**sent, "count": 100}), INVALID)


def test_a_meeting_is_copied_kept_and_planned_anew(cast, call, sent):
    meeting = cast.meeting()
    secretary, starts_at = call(cast.secretary), {"starts_at": sent["starts_at"]}
    copy = f"/api/v1/meetings/{meeting.pk}/copy/"
    check(call(cast.supplier).post(copy, starts_at), FORBIDDEN)
    assert check(secretary.post(copy, {**starts_at, "title": "사본"}), 201)["title"] == "사본"
    named = {"meeting": str(meeting.pk), "name": "전체회의"}
    check(call(cast.supplier).post("/api/v1/meeting-templates/", named), FORBIDDEN)
    template = check(secretary.post("/api/v1/meeting-templates/", named), 201)
    check(secretary.post("/api/v1/meeting-templates/", named), INVALID)
    address = f"/api/v1/meeting-templates/{template['id']}/"
    check(call(cast.supplier).get(address), NOT_FOUND)
    planned = check(secretary.post(f"{address}plan/", {**starts_at, "title": "틀에서"}), 201)
    assert Meeting.objects.get(pk=planned["id"]).items.count() == 1
    check(secretary.delete(address), 204)


def test_meetings_that_take_proposals_are_found(cast, call):
    asking = prepared.asking(cast)
    cast.meeting()
    assert ids(call(cast.supplier).get("/api/v1/meetings/?takes_proposals=true")) == [str(asking.pk)]


def test_someone_is_appointed_with_a_new_account_and_a_new_seat_or_not_at_all(cast, call):
    address, base = (
        f"/api/v1/councils/{cast.council.pk}/appoint-new/",
        {"email": "new@council.example", "role": "member"},
    )
    sent = {**base, "name": "새 위원", "sector": "supplier", "organisation": str(cast.supplying.pk)}
    check(call(cast.supplier).post(address, sent), FORBIDDEN)
    check(call(cast.secretary).post(address, sent), INVALID)  # a term needs an end
    assert not User.objects.filter(email=base["email"]).exists()
    made = check(call(cast.secretary).post(address, {**sent, "ends_on": str(cast.today + dt.timedelta(days=300))}), 201)
    assert (made["person"]["name"], made["sector"], bool(made["seat"])) == ("새 위원", "supplier", True)
