"""Ballots, decisions and actions over the API: every verb by someone who may, refused, and with wrong input."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from council.decisions import actions
from tests.api.checking import FORBIDDEN, INVALID, NOT_FOUND, REFUSED, check, errors, ids, rows
from tests.decisions.sessions import ballot_in, in_session, line, vote_all, written_review

API = "/api/v1"


@pytest.fixture
def meeting(cast):
    return in_session(cast)


@pytest.fixture
def ballot(cast, meeting):
    return ballot_in(cast, meeting)


@pytest.fixture
def action(cast, meeting):
    due = cast.today + dt.timedelta(days=10)
    return actions.assign_action(
        meeting, title="조사", organisation=cast.supplying, owner=cast.supplier, due_on=due, by=cast.secretary
    )


def test_a_ballot_is_opened_voted_in_and_closed(cast, call, meeting):
    sent = {"meeting": str(meeting.pk), "item": str(meeting.items.first().pk), "question": "의결할 것인가?"}
    made = check(call(cast.secretary).post(f"{API}/ballots/", sent), 201)
    address, key = f"{API}/ballots/{made['id']}", str(uuid4())
    assert (made["state"], made["entitled"], made["words"]) == ("open", 5, [])
    for _time in "12":
        voted = check(call(cast.tp).post(f"{address}/vote/", {"choice": "for", "key": key}), 200)
        assert (voted["has_voted"], voted["choice"]) == (True, "for")
    check(call(cast.tp).post(f"{address}/vote/", {"choice": "against"}), REFUSED)
    for user in (cast.chair, cast.officer):
        check(call(user).post(f"{address}/vote/", {"choice": "for", "statement": "찬성"}), 200)
    check(call(cast.supplier).post(f"{address}/close/"), FORBIDDEN)
    closed = check(call(cast.secretary).post(f"{address}/close/"), 200)
    assert (closed["adopted"], closed["votes_for"], closed["computation"]["not_cast"]) == (True, 3, 2)
    assert len(closed["words"]) == 4
    check(call(cast.secretary).post(f"{address}/close/"), REFUSED)


def test_opening_is_for_those_who_run_the_council(cast, call, meeting):
    sent = {"meeting": str(meeting.pk), "question": "?"}
    check(call(cast.tp).post(f"{API}/ballots/", sent), FORBIDDEN)
    assert errors(call(cast.secretary).post(f"{API}/ballots/", {"meeting": str(meeting.pk)})) == ["question"]
    check(call(cast.secretary).post(f"{API}/ballots/", {**sent, "meeting": str(cast.meeting().pk)}), REFUSED)


def test_who_is_not_on_the_roll_does_not_vote(cast, call, ballot):
    address = f"{API}/ballots/{ballot.pk}/vote/"
    check(call(cast.secretary).post(address, {"choice": "for"}), FORBIDDEN)
    check(call(cast.stranger).post(address, {"choice": "for"}), NOT_FOUND)
    assert errors(call(cast.tp).post(address, {"choice": "maybe"})) == ["choice"]


def test_the_roll_keeps_to_itself_how_others_vote_until_it_is_closed(cast, call, ballot):
    call(cast.tp).post(f"{API}/ballots/{ballot.pk}/vote/", {"choice": "against"})
    address = f"{API}/ballots/{ballot.pk}/roll/"
    assert {row["choice"] for row in rows(call(cast.chair).get(address))} == {""}
    assert {row["choice"] for row in rows(call(cast.tp).get(address))} == {"", "against"}
    actions.close_ballot(ballot, by=cast.secretary)
    assert "against" in {row["choice"] for row in rows(call(cast.chair).get(address))}


def test_a_secret_vote_is_answered_in_the_same_size_whatever_it_is(cast, call, meeting):
    ballot = ballot_in(cast, meeting, secret=True)
    answers = [
        call(user).post(f"{API}/ballots/{ballot.pk}/vote/", {"choice": choice}).json()
        for user, choice in ((cast.tp, "for"), (cast.supplier, "against"), (cast.adopter, "abstain"))
    ]
    assert {(each["has_voted"], each["choice"], each["statement"]) for each in answers} == {(True, "", "")}
    refused = call(cast.chair).post(f"{API}/ballots/{ballot.pk}/vote/", {"choice": "for", "statement": "까닭"})
    assert errors(refused) == ["statement"]


def test_a_returned_form_is_entered(cast, call):
    ballot = ballot_in(cast, written_review(cast))
    sent = {"membership": str(line(ballot, cast.tp).membership_id), "choice": "abstain"}
    address = f"{API}/ballots/{ballot.pk}/enter-form/"
    check(call(cast.tp).post(address, sent), FORBIDDEN)
    assert check(call(cast.secretary).post(address, sent), 200)["on_paper"] is True
    check(call(cast.secretary).post(address, sent), REFUSED)


def test_a_ballot_is_called_off(cast, call, ballot):
    address = f"{API}/ballots/{ballot.pk}/cancel/"
    check(call(cast.tp).post(address, {"reason": "x"}), FORBIDDEN)
    assert errors(call(cast.secretary).post(address, {})) == ["reason"]
    assert check(call(cast.secretary).post(address, {"reason": "질문 수정"}), 200)["state"] == "cancelled"


def test_ballots_are_filtered(cast, call, ballot):
    assert ids(call(cast.tp).get(f"{API}/ballots/?mine=true&state=open")) == [str(ballot.pk)]
    assert ids(call(cast.secretary).get(f"{API}/ballots/?mine=true")) == []


def test_a_decision_is_recorded_changed_and_repealed(cast, call, meeting, ballot):
    opinion = cast.submitted(cast.consultation())
    vote_all(ballot, "+++++")
    actions.close_ballot(ballot, by=cast.secretary)
    sent = {
        "meeting": str(meeting.pk),
        "ballot": str(ballot.pk),
        "title": "자부담 완화",
        "text": "30%로 한다.",
        "passages": [str(opinion.passage_id)],
        "opinions": [str(opinion.pk)],
    }
    check(call(cast.tp).post(f"{API}/decisions/", sent), FORBIDDEN)
    made = check(call(cast.secretary).post(f"{API}/decisions/", sent), 201)
    assert (made["number"], made["opinion_count"]) == (f"{cast.today.year}-1", 1)
    assert ids(call(cast.tp).get(f"{API}/decisions/?opinion={opinion.pk}")) == [made["id"]]
    address = f"{API}/decisions/{made['id']}/"
    changed = check(call(cast.secretary).patch(address, {"text": "20%로 한다.", "revision": 1}), 200)
    assert (changed["revision"], len(changed["passages"])) == (2, 1)
    check(call(cast.secretary).patch(address, {"text": "10%", "revision": 1}), REFUSED)
    check(call(cast.tp).patch(address, {"text": "10%"}), FORBIDDEN)
    check(call(cast.tp).post(f"{address}repeal/", {"reason": "x"}), FORBIDDEN)
    assert check(call(cast.secretary).post(f"{address}repeal/", {"reason": "대체"}), 200)["state"] == "repealed"
    check(call(cast.stranger).get(address), NOT_FOUND)


def test_an_action_is_assigned_reported_accepted_and_reopened(cast, call, meeting):
    sent = {
        "meeting": str(meeting.pk),
        "organisation": str(cast.supplying.pk),
        "owner": str(cast.supplier.pk),
        "title": "조사",
        "due_on": f"{cast.today + dt.timedelta(days=10)}",
    }
    check(call(cast.tp).post(f"{API}/actions/", sent), FORBIDDEN)
    assert errors(call(cast.secretary).post(f"{API}/actions/", {**sent, "owner": str(cast.tp.pk)})) == ["owner"]
    made = check(call(cast.secretary).post(f"{API}/actions/", sent), 201)
    address = f"{API}/actions/{made['id']}"
    report = {"state": "reported", "note": "끝냈습니다.", "evidence": SimpleUploadedFile("a.txt", b"a")}
    done = check(call(cast.supplier).post(f"{address}/report/", report, format="multipart"), 200)
    assert done["state"] == "reported"
    check(call(cast.adopter).post(f"{address}/report/", {"state": "reported", "note": "x"}), FORBIDDEN)
    assert rows(call(cast.tp).get(f"{address}/reports/"))[0]["evidence"]["name"] == "a.txt"
    check(call(cast.supplier).post(f"{address}/accept/", {}), FORBIDDEN)
    assert check(call(cast.secretary).post(f"{address}/accept/", {}), 200)["state"] == "done"
    check(call(cast.secretary).post(f"{address}/accept/", {}), REFUSED)
    check(call(cast.supplier).post(f"{address}/reopen/", {"reason": "x"}), FORBIDDEN)
    assert check(call(cast.secretary).post(f"{address}/reopen/", {"reason": "다시"}), 200)["state"] == "in_progress"


def test_an_action_is_changed_and_dropped(cast, call, action):
    address, later = f"{API}/actions/{action.pk}/", f"{cast.today + dt.timedelta(days=20)}"
    assert errors(call(cast.secretary).patch(address, {"due_on": later})) == ["reason"]
    sent = {"due_on": later, "reason": "자료가 늦습니다.", "revision": 1}
    assert check(call(cast.secretary).patch(address, sent), 200)["due_on"] == later
    check(call(cast.secretary).patch(address, sent | {"title": "x"}), REFUSED)
    check(call(cast.supplier).patch(address, {"title": "x"}), FORBIDDEN)
    check(call(cast.supplier).post(f"{address}drop/", {"reason": "x"}), FORBIDDEN)
    assert check(call(cast.secretary).post(f"{address}drop/", {"reason": "불필요"}), 200)["state"] == "dropped"
    assert ids(call(cast.tp).get(f"{API}/actions/?state=dropped&overdue=false")) == [str(action.pk)]
    assert call(cast.tp).get(f"{API}/actions/?state=nothing").status_code == INVALID
