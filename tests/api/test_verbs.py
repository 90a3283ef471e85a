"""Every verb through the API, once by someone who may and once refused."""

import ast
import datetime as dt
import inspect
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

import council.api
from council.core import clock
from council.documents import actions as documents
from council.exchange import actions as exchange
from council.journal import actions as journal
from council.meetings import actions as meetings
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.opinions import actions as opinions
from council.people import actions as people
from council.people.models import User
from tests.api.checking import FORBIDDEN, INVALID, NOT_FOUND, REFUSED, check

# --- people


def test_one_changes_ones_own_name(cast, call):
    assert check(call(cast.supplier).patch("/api/v1/me/", {"name": "새 이름"}), 200)["name"] == "새 이름"
    errors = check(call(cast.supplier).patch("/api/v1/me/", {"language": "fr"}), INVALID)["errors"]
    assert list(errors) == ["language"]


def test_an_officer_invites_someone(cast, call):
    sent = {"email": "New@council.example", "name": "새 사람"}

    invited = check(call(cast.secretary).post("/api/v1/users/", sent), 201)

    assert invited == {
        "id": str(User.objects.get(email="new@council.example").pk),
        "name": "새 사람",
        "is_system": False,
    }
    assert list(check(call(cast.secretary).post("/api/v1/users/", sent), INVALID)["errors"]) == ["email"]
    check(call(cast.supplier).post("/api/v1/users/", sent), FORBIDDEN)


def test_an_officer_registers_an_organisation(cast, call):
    sent = {"kind": "supplier", "name": "가나로보틱스", "region": "busan", "business_number": "124-81-00998"}

    made = check(call(cast.secretary).post("/api/v1/organisations/", sent), 201)

    assert (made["region"], made["business_number"]) == ({"slug": "busan", "name": "부산광역시"}, "124-81-00998")
    for wrong in ("000-00-00000", "124-81-00998", "12"):
        again = call(cast.secretary).post("/api/v1/organisations/", {**sent, "business_number": wrong})
        assert list(check(again, INVALID)["errors"]) == ["business_number"]
    check(call(cast.supplier).post("/api/v1/organisations/", sent), FORBIDDEN)


def test_an_operator_establishes_a_council(cast, call):
    sent = {"name": "새 협의체", "operator": str(cast.ministry.pk), "notice_days": 5}

    made = check(call(cast.operator).post("/api/v1/councils/", sent), 201)

    assert (made["name"], made["notice_days"], made["operator"]["name"]) == ("새 협의체", 5, "중소벤처기업부")
    check(call(cast.secretary).post("/api/v1/councils/", sent), FORBIDDEN)


def test_an_officer_changes_the_rules(cast, call):
    address = f"/api/v1/councils/{cast.council.pk}/"

    changed = check(call(cast.secretary).patch(address, {"quorum": "two_thirds"}), 200)

    assert (changed["quorum"], changed["majority"]) == ("two_thirds", "majority")
    assert list(check(call(cast.secretary).patch(address, {"quorum": "all"}), INVALID)["errors"]) == ["quorum"]
    check(call(cast.supplier).patch(address, {"quorum": "half"}), FORBIDDEN)


def test_an_officer_seats_appoints_and_dismisses(cast, call):
    secretary, base = call(cast.secretary), f"/api/v1/councils/{cast.council.pk}"
    seat = check(secretary.post(f"{base}/seats/", {"sector": "supplier"}), 201)
    sent = {
        "user": str(cast.stranger.pk),
        "organisation": str(cast.supplying.pk),
        "role": "member",
        "seat": seat["id"],
        "ends_on": str(cast.today + dt.timedelta(days=365)),
    }

    membership = check(secretary.post(f"{base}/appoint/", sent), 201)

    assert (membership["person"]["name"], membership["seat"]["number"]) == ("외부인", seat["number"])
    assert "problems" not in check(secretary.post(f"{base}/appoint/", sent), REFUSED)
    assert list(check(secretary.post(f"{base}/appoint/", sent | {"seat": None}), INVALID)["errors"]) == ["seat"]
    check(call(cast.supplier).post(f"{base}/appoint/", sent), FORBIDDEN)
    check(call(cast.supplier).post(f"{base}/seats/", {"sector": "supplier"}), FORBIDDEN)

    address = f"/api/v1/memberships/{membership['id']}/dismiss/"
    check(call(cast.supplier).post(address, {"reason": "사임"}), FORBIDDEN)
    check(secretary.post(address, {"reason": " "}), INVALID)
    assert check(secretary.post(address, {"reason": "사임"}), 200)["dismissed_on"] == str(cast.today)
    check(secretary.post(address, {"reason": "사임"}), REFUSED)
    check(call(cast.stranger).post(address, {"reason": "사임"}), NOT_FOUND)


def test_an_officer_names_who_gives_an_organisations_word(cast, call):
    address = f"/api/v1/memberships/{cast.membership(cast.supplier).pk}/name-coordinator/"

    check(call(cast.supplier).post(address), FORBIDDEN)
    check(call(cast.stranger).post(address), NOT_FOUND)
    assert check(call(cast.secretary).post(address), 200)["coordinates"] is True
    assert check(call(cast.secretary).post(address, {"coordinates": False}), 200)["coordinates"] is False
    check(call(cast.secretary).post(address, {"coordinates": "perhaps"}), INVALID)
    gone = f"/api/v1/memberships/{cast.membership(cast.expired).pk}/name-coordinator/"
    check(call(cast.secretary).post(gone), REFUSED)


def test_an_officer_forms_a_subcommittee(cast, call):
    address = f"/api/v1/councils/{cast.council.pk}/subcommittees/"
    sent = {"name": "로봇 분과", "members": [str(cast.membership(cast.supplier).pk)]}

    made = check(call(cast.secretary).post(address, sent), 201)

    assert [member["person"]["name"] for member in made["members"]] == ["공급 대표"]
    check(call(cast.supplier).post(address, sent), FORBIDDEN)
    unknown = sent | {"members": ["00000000-0000-7000-8000-000000000000"]}
    assert list(check(call(cast.secretary).post(address, unknown), INVALID)["errors"]) == ["members"]


# --- documents


def test_a_document_is_written_published_and_written_anew(cast, call):
    secretary = call(cast.secretary)
    sent = {"council": str(cast.council.pk), "title": "전략(안)", "owner": str(cast.ministry.pk)}
    check(call(cast.supplier).post("/api/v1/documents/", sent), FORBIDDEN)
    document = check(secretary.post("/api/v1/documents/", sent), 201)
    [version] = document["versions"]
    publish = f"/api/v1/versions/{version['id']}/publish/"
    check(secretary.post(publish), REFUSED)

    officer = call(cast.officer)
    sent = {"version": version["id"], "number": "1", "heading": "과제", "text": "지원한다."}
    first = check(officer.post("/api/v1/passages/", sent), 201)
    inner = check(officer.post("/api/v1/passages/", sent | {"number": "1-1", "parent": first["id"]}), 201)
    assert inner["parent"]["number"] == "1"
    passage = f"/api/v1/passages/{first['id']}/"
    assert check(officer.patch(passage, {"text": "우선 지원한다."}), 200)["text"] == "우선 지원한다."
    check(officer.patch(passage, {"heading": "", "text": ""}), INVALID)
    check(officer.delete(passage), REFUSED)
    check(officer.delete(f"/api/v1/passages/{inner['id']}/"), 204)
    check(officer.post(publish), FORBIDDEN)
    check(call(cast.supplier).patch(passage, {"text": "…"}), NOT_FOUND)
    check(call(cast.supplier).post("/api/v1/passages/", sent), INVALID)

    assert check(secretary.post(publish), 200)["published_at"]
    check(secretary.patch(passage, {"text": "…"}), REFUSED)
    check(secretary.delete(passage), REFUSED)
    check(call(cast.supplier).delete(passage), FORBIDDEN)

    again = f"/api/v1/documents/{document['id']}/versions/"
    check(call(cast.supplier).post(again), FORBIDDEN)
    assert check(secretary.post(again, {"note": "의견 반영"}), 201)["number"] == 2
    check(secretary.post(again), REFUSED)


def test_a_file_is_kept_as_it_was_given(cast, call):
    sent = {"council": str(cast.council.pk), "visibility": "officers"}

    def upload(user, content: bytes = b"%PDF-1.7 \x00"):
        file = SimpleUploadedFile("자료.pdf", content)
        return call(user).post("/api/v1/attachments/", {**sent, "file": file}, format="multipart")

    made = check(upload(cast.secretary), 201)

    assert (made["name"], made["size"], made["visibility"]) == ("자료.pdf", 10, "officers")
    assert made["added_by"]["name"] == "간사"
    assert list(check(upload(cast.secretary, b""), INVALID)["errors"]) == ["file"]
    check(upload(cast.supplier), FORBIDDEN)
    check(call(cast.secretary).post("/api/v1/attachments/", sent, format="json"), 415)


# --- meetings


def test_a_meeting_is_planned_convened_answered_and_closed(cast, call):
    secretary = call(cast.secretary)
    starts_at = clock.now() + dt.timedelta(days=10)
    sent = {
        "council": str(cast.council.pk),
        "title": "제1차 전체회의",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + dt.timedelta(hours=2)).isoformat(),
    }
    check(call(cast.supplier).post("/api/v1/meetings/", sent), FORBIDDEN)
    meeting = check(secretary.post("/api/v1/meetings/", sent), 201)
    address = f"/api/v1/meetings/{meeting['id']}/"
    assert check(secretary.patch(address, {"place": "중회의실"}), 200)["place"] == "중회의실"
    assert len(check(secretary.post(f"{address}convene/"), REFUSED)["problems"]) == 1

    item = {"meeting": meeting["id"], "kind": "decision", "title": "의결"}
    made = check(secretary.post("/api/v1/agenda-items/", item), 201)
    below = check(secretary.post("/api/v1/agenda-items/", item | {"parent": made["id"], "title": "세부"}), 201)
    assert (below["number"], below["parent"]["number"]) == ("1-1", "1")
    check(secretary.delete(f"/api/v1/agenda-items/{made['id']}/"), REFUSED)
    check(secretary.delete(f"/api/v1/agenda-items/{below['id']}/"), 204)
    assert len(check(secretary.post(f"{address}convene/"), REFUSED)["problems"]) == 2
    one = f"/api/v1/agenda-items/{made['id']}/"
    assert check(secretary.patch(one, {"presenter": "간사"}), 200)["presenter"] == "간사"
    paper = {"attachment": str(cast.attachment().pk)}
    assert len(check(secretary.post(f"{one}papers/", paper), 201)["papers"]) == 1
    check(secretary.post(f"{one}papers/", paper), INVALID)
    check(secretary.post(f"{one}papers/", {}), INVALID)
    check(call(cast.supplier).patch(one, {"title": "…"}), NOT_FOUND)

    check(call(cast.supplier).post(f"{address}convene/"), NOT_FOUND)
    assert check(secretary.post(f"{address}convene/"), 200)["state"] == "convened"
    check(secretary.post(f"{address}convene/"), REFUSED)
    for verb in ("convene", "close", "cancel"):
        check(call(cast.supplier).post(f"{address}{verb}/", {"reason": "…"} if verb == "cancel" else None), FORBIDDEN)
    check(call(cast.supplier).patch(address, {"title": "…"}), FORBIDDEN)
    check(call(cast.supplier).patch(one, {"title": "…"}), FORBIDDEN)
    check(call(cast.supplier).delete(one), FORBIDDEN)
    check(call(cast.supplier).post(f"{one}papers/", {}), FORBIDDEN)
    check(call(cast.supplier).post("/api/v1/agenda-items/", item), FORBIDDEN)

    [mine] = call(cast.supplier).get("/api/v1/invitations/?mine=true").json()["results"]
    reply = f"/api/v1/invitations/{mine['id']}/answer/"
    answered = check(call(cast.supplier).post(reply, {"answer": "attending", "note": "10분 늦음"}), 200)
    assert (answered["answer"], answered["note"]) == ("attending", "10분 늦음")
    check(call(cast.supplier).post(reply, {"answer": "online"}), INVALID)
    check(call(cast.adopter).post(reply, {"answer": "declined"}), FORBIDDEN)
    check(call(cast.stranger).post(reply, {"answer": "declined"}), NOT_FOUND)

    check(secretary.post(f"{address}close/"), REFUSED)
    with clock.at(starts_at + dt.timedelta(hours=1)):
        check(call(cast.supplier).post(reply, {"answer": "declined"}), REFUSED)
        assert check(secretary.post(f"{address}close/"), 200)["state"] == "closed"
        assert check(secretary.get(one), 200)["state"] == "done"
        assert check(secretary.patch(one, {"state": "postponed"}), 200)["state"] == "postponed"
        check(secretary.patch(one, {"title": "…"}), REFUSED)


def test_a_meeting_is_called_off_with_a_reason(cast, call):
    address = f"/api/v1/meetings/{cast.meeting().pk}/cancel/"

    check(call(cast.secretary).post(address), INVALID)
    assert check(call(cast.secretary).post(address, {"reason": "태풍"}), 200)["cancelled_reason"] == "태풍"
    check(call(cast.secretary).post(address, {"reason": "태풍"}), REFUSED)


def test_an_urgent_meeting_needs_a_reason(cast, call):
    address = f"/api/v1/meetings/{cast.planned_meeting(days=2).pk}/convene/"

    assert len(check(call(cast.secretary).post(address, {"urgent_reason": " "}), REFUSED)["problems"]) == 1
    assert check(call(cast.secretary).post(address, {"urgent_reason": "긴급"}), 200)["urgent_reason"] == "긴급"


# --- notices


def test_notices_are_read_one_by_one_and_all_together(cast, call):
    consultation = cast.consultation()
    for _number in range(3):
        cast.submitted(consultation)
    while notifications.dispatch():
        pass
    secretary = call(cast.secretary)
    first, *rest = secretary.get("/api/v1/notices/?unread=true").json()["results"]

    assert check(secretary.post(f"/api/v1/notices/{first['id']}/read/"), 200)["read_at"]
    assert len(secretary.get("/api/v1/notices/?unread=true").json()["results"]) == len(rest)
    assert check(secretary.post("/api/v1/notices/read-all/"), 200) == {"read": len(rest)}
    assert secretary.get("/api/v1/notices/?unread=true").json()["results"] == []
    check(call(cast.supplier).post(f"/api/v1/notices/{first['id']}/read/"), NOT_FOUND)
    mail = Notification.objects.filter(recipient=cast.secretary, channel="mail").first()
    if mail:
        check(secretary.get(f"/api/v1/notices/{mail.pk}/"), NOT_FOUND)


# --- all of them


WITHOUT_ENDPOINT = {
    "council.journal.actions.record": "writes the journal; no verb of a person",
    "council.journal.actions.record_each": "writes the journal; no verb of a person",
    "council.documents.actions.keep": "keeps a file for another room's verb, which asks whether one may",
    "council.people.actions.open_account": "makes an account for another room's verb, which asks whether one may",
    "council.meetings.actions.decide_by_ballot": "decides a challenge; closing the ballot on it calls it",
    "council.notifications.actions.follow_address": "the back office changes an address, which is not in the API",
    "council.opinions.actions.enter_all": "enters the rows of a file; imports call it",
}


def test_every_verb_of_a_person_has_an_endpoint():
    rooms = [documents, exchange, journal, meetings, notifications, opinions, people]
    verbs = {
        f"{room.__name__}.{name}"
        for room in rooms
        for name, function in inspect.getmembers(room, inspect.isfunction)
        if function.__module__.startswith(room.__name__)
        and not name.startswith("_")
        and "by" in inspect.signature(function).parameters
    }

    assert verbs - called_by_the_api() == WITHOUT_ENDPOINT.keys()


def called_by_the_api() -> set[str]:
    """The functions of the rooms' actions that the API's views name."""
    called = set()
    for source in Path(council.api.__path__[0]).rglob("*.py"):
        tree = ast.parse(source.read_text())
        rooms = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.name == "actions"
        }
        called |= {
            f"{rooms[node.value.id]}.{node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms
        }
    return called
