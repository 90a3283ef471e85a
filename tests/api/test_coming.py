"""Coming, over the API: every verb by who may and refused, and what is withheld of closed matters."""

from django.core.files.uploadedfile import SimpleUploadedFile

from council.meetings import actions
from tests.api.checking import FORBIDDEN, NOT_FOUND, REFUSED, check, errors, ids

NEW = {"email": "deputy@council.example", "name": "대리인", "title": "부장", "mandate": "모든 안건"}


def test_a_full_room_puts_one_on_the_waiting_list(cast, call):
    meeting = cast.meeting(capacity=1)
    told = {}
    for who in (cast.supplier, cast.adopter):
        address = f"/api/v1/invitations/{cast.invitation(meeting, who).pk}/answer/"
        told[who.name] = check(call(who).post(address, {"answer": "attending"}), 200)["answer"]
    assert told == {"공급 대표": "attending", "도입 대표": "waiting"}
    waiting = call(cast.adopter).get("/api/v1/invitations/?answer=waiting")
    assert ids(waiting) == [str(cast.invitation(meeting, cast.adopter).pk)]
    address = f"/api/v1/invitations/{cast.invitation(meeting, cast.tp).pk}/answer/"
    assert errors(call(cast.tp).post(address, {"answer": "waiting"})) == ["answer"]


def test_a_newcomer_is_invited(cast, call):
    meeting = cast.meeting()
    late = cast.membership(cast.member("late", "새 위원", cast.adopting))
    address, sent = f"/api/v1/meetings/{meeting.pk}/invite/", {"membership": str(late.pk)}
    check(call(cast.supplier).post(address, sent), FORBIDDEN)
    assert check(call(cast.secretary).post(address, sent), 201)["membership"]["id"] == str(late.pk)
    check(call(cast.secretary).post(address, sent), REFUSED)


def test_an_alternate_is_named_hands_in_the_mandate_and_is_withdrawn(cast, call):
    meeting = cast.meeting()
    sent = {**NEW, "invitation": str(cast.invitation(meeting, cast.supplier).pk)}
    check(call(cast.adopter).post("/api/v1/alternates/", sent), FORBIDDEN)
    check(call(cast.stranger).post("/api/v1/alternates/", sent), 400)
    assert errors(call(cast.supplier).post("/api/v1/alternates/", {**sent, "email": cast.tp.email})) == ["email"]

    made = check(call(cast.supplier).post("/api/v1/alternates/", sent), 201)

    assert (made["user"]["name"], made["letter"], made["mandate"]) == ("대리인", None, "모든 안건")
    check(call(cast.supplier).post("/api/v1/alternates/", sent), REFUSED)
    address = f"/api/v1/alternates/{made['id']}"
    letter = {"file": SimpleUploadedFile("위임장.txt", "위임장".encode())}
    handed_in = check(call(cast.supplier).post(f"{address}/letter/", letter, format="multipart"), 200)
    assert handed_in["letter"]["name"] == "위임장.txt"
    assert check(call(cast.adopter).get(f"{address}/"), 200)["letter"] is None
    invitation = check(call(cast.adopter).get(f"/api/v1/invitations/{sent['invitation']}/"), 200)
    assert invitation["alternate"]["user"]["name"] == "대리인"
    check(call(cast.adopter).post(f"{address}/withdraw/"), FORBIDDEN)
    assert call(cast.supplier).post(f"{address}/withdraw/").status_code == 204
    check(call(cast.supplier).get(f"{address}/"), NOT_FOUND)


def test_an_alternate_gets_that_meeting_and_nothing_else_of_the_council(cast, call):
    cast.submitted(cast.consultation())
    cast.meeting(title="다른 회의")
    meeting = cast.meeting()
    deputy = call(cast.alternate(meeting).user)
    assert ids(deputy.get("/api/v1/meetings/")) == [str(meeting.pk)]
    assert len(ids(deputy.get("/api/v1/agenda-items/"))) == 1
    assert len(ids(deputy.get("/api/v1/alternates/?mine=true"))) == 1
    nouns = "councils memberships seats documents versions passages attachments consultations opinions points"
    assert {noun: len(ids(deputy.get(f"/api/v1/{noun}/"))) for noun in nouns.split()} == dict.fromkeys(nouns.split(), 0)


def test_interests_are_declared_by_the_member(cast, call):
    invitation = cast.invitation(cast.meeting(), cast.supplier)
    address = f"/api/v1/invitations/{invitation.pk}/declare-no-interest/"
    check(call(cast.secretary).post(address), FORBIDDEN)
    assert check(call(cast.supplier).post(address), 200)["interests_declared_at"]


def test_a_recusal_is_raised_decided_and_withdrawn(cast, call):
    meeting = cast.meeting()
    item, invitation = meeting.items.get(), cast.invitation(meeting, cast.supplier)
    sent = {
        "item": str(item.pk),
        "invitation": str(invitation.pk),
        "kind": "exclusion",
        "ground": "party",
        "reason": "계약 상대방입니다.",
    }
    check(call(cast.observer).post("/api/v1/recusals/", sent), FORBIDDEN)
    assert errors(call(cast.adopter).post("/api/v1/recusals/", {**sent, "kind": "abstention"})) == ["kind"]

    made = check(call(cast.adopter).post("/api/v1/recusals/", sent), 201)

    assert made["state"] == "raised"
    address = f"/api/v1/recusals/{made['id']}"
    check(call(cast.tp).get(f"{address}/"), NOT_FOUND)
    check(call(cast.adopter).post(f"{address}/decide/", {"granted": True}), FORBIDDEN)
    assert errors(call(cast.secretary).post(f"{address}/decide/", {"granted": False})) == ["decision"]
    assert check(call(cast.secretary).post(f"{address}/decide/", {"granted": True}), 200)["state"] == "granted"
    check(call(cast.adopter).post(f"{address}/withdraw/"), REFUSED)
    check(call(cast.secretary).post(f"{address}/withdraw/"), FORBIDDEN)
    assert ids(call(cast.tp).get(f"/api/v1/recusals/?meeting={meeting.pk}&state=granted")) == [made["id"]]


def test_a_challenge_waits_for_the_ballot(cast, call):
    recusal = cast.recusal(cast.meeting(), "challenge", cast.adopter)
    check(call(cast.chair).post(f"/api/v1/recusals/{recusal.pk}/decide/", {"granted": True}), REFUSED)
    assert check(call(cast.adopter).post(f"/api/v1/recusals/{recusal.pk}/withdraw/"), 200)["state"] == "withdrawn"


def test_of_an_item_one_keeps_out_of_explanation_and_papers_are_withheld_with_a_sentence(cast, call):
    meeting = cast.planned_meeting()
    item = meeting.items.get()
    actions.revise_item(item, note="설명", by=cast.secretary)
    actions.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    cast.recusal(meeting)
    mine, yours = (
        check(call(who).get(f"/api/v1/agenda-items/{item.pk}/"), 200) for who in (cast.supplier, cast.adopter)
    )
    assert (mine["title"], mine["note"], mine["papers"], bool(mine["withheld"])) == (item.title, "", [], True)
    assert (yours["note"], len(yours["papers"]), yours["withheld"]) == ("설명", 1, "")


def test_of_closed_matters_those_not_entitled_get_a_sentence(cast, call):
    meeting = cast.planned_meeting(mode="hybrid", online_url="https://meet.council.example/1")
    item = meeting.items.get()
    actions.revise_item(item, note="설명", closed=True, by=cast.secretary)
    actions.revise_meeting(meeting, closed=True, by=cast.secretary)
    actions.convene(meeting, by=cast.secretary)
    check(call(cast.observer).get(f"/api/v1/agenda-items/{item.pk}/"), NOT_FOUND)
    address = f"/api/v1/meetings/{meeting.pk}/"
    assert check(call(cast.observer).get(address), 200)["online_url"] == ""
    assert check(call(cast.supplier).get(address), 200)["online_url"] == meeting.online_url
    actions.revise_meeting(meeting, closed=False, by=cast.secretary)
    shown = check(call(cast.observer).get(f"/api/v1/agenda-items/{item.pk}/"), 200)
    assert (shown["note"], shown["closed"], bool(shown["withheld"])) == ("", True, True)
