"""Answering over the API: one point or many, stale revisions, second rounds, and what is shown to whom."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from council.core import clock
from council.opinions import actions as opinions
from council.opinions.models import Point
from tests.api.checking import FORBIDDEN, INVALID, NOT_FOUND, REFUSED, check, errors, ids, rows

API = "/api/v1/points/"
NO: dict[str, Any] = {"verdict": "not_accepted", "reason": "예산"}


@pytest.fixture
def consultation(cast):
    return cast.consultation()


def at(point, verb: str = "") -> str:
    return f"{API}{point.pk}/" + (f"{verb}/" if verb else "")


def three(cast, consultation) -> list[Point]:
    """Three points: two assigned, one not."""
    return [
        cast.point(consultation),
        cast.point(consultation, by=cast.adopter),
        cast.submitted(consultation, by=cast.tp).points.get(),
    ]


# --- one by one


def test_a_point_is_assigned_waits_and_is_answered(cast, call, consultation):
    opinion = cast.submitted(consultation)
    point = opinion.points.get()
    secretary, officer = call(cast.secretary), call(cast.officer)
    check(officer.post(at(point, "dispose"), NO), FORBIDDEN)
    check(call(cast.supplier).post(at(point, "triage")), FORBIDDEN)
    check(call(cast.stranger).post(at(point, "triage")), NOT_FOUND)
    assert errors(secretary.post(at(point, "triage"), {"due_on": "2020-01-01"})) == ["due_on"]
    assert errors(secretary.post(at(point, "triage"), {"office": str(uuid4())})) == ["office"]
    assert errors(secretary.post(at(point, "triage"), {"office": str(cast.stranger.pk)})) == ["office"]
    check(secretary.post(at(point, "dispose"), NO), REFUSED)
    check(secretary.post(at(point, "await-input"), {"waiting_for": "예산실"}), REFUSED)

    triaged = check(secretary.post(at(point, "triage"), {"office": str(cast.office.pk)}), 200)
    assert (triaged["state"], triaged["office"]["name"], triaged["revision"]) == ("triaged", "제조혁신 담당 부서", 2)
    check(call(cast.supplier).patch(f"/api/v1/opinions/{opinion.pk}/", {"reason": "…", "revision": 1}), REFUSED)

    check(call(cast.supplier).post(at(point, "await-input"), {"waiting_for": "예산실"}), FORBIDDEN)
    assert errors(officer.post(at(point, "await-input"), {"waiting_for": "가" * 201})) == ["waiting_for"]
    waiting = check(officer.post(at(point, "await-input"), {"waiting_for": "예산실"}), 200)
    assert (waiting["state"], waiting["waiting_for"]) == ("waiting", "예산실")
    assert check(call(cast.adopter).get(f"/api/v1/opinions/{opinion.pk}/"), 200)["state"] == "waiting"

    accepted = {"verdict": "accepted", "reason": "…"}
    assert errors(officer.post(at(point, "dispose"), accepted)) == ["changed_passage"]
    check(call(cast.supplier).post(at(point, "dispose"), NO), FORBIDDEN)
    answered = check(officer.post(at(point, "dispose"), NO | {"revision": 3}), 200)
    assert (answered["state"], answered["disposition"]["verdict"]) == ("answered", "not_accepted")
    check(officer.post(at(point, "dispose"), NO | {"revision": 3, "reason": "늦은 글"}), REFUSED)
    again = check(officer.post(at(point, "dispose"), NO | {"revision": 4, "reason": "예산 부족"}), 200)
    assert again["disposition"]["reason"] == "예산 부족"
    check(call(cast.supplier).post(f"/api/v1/opinions/{opinion.pk}/withdraw/"), REFUSED)

    opinions.release(consultation, by=cast.secretary)
    for verb, sent in (("dispose", NO), ("triage", {}), ("await-input", {"waiting_for": "…"})):
        check(secretary.post(at(point, verb), sent), REFUSED)
    read = check(call(cast.supplier).get(at(point)), 200)
    assert (read["state"], read["disposition"]["reason"]) == ("published", "예산 부족")
    assert (read["tags"], read["revision"]) == (None, None)


def test_an_accepted_proposal_changes_the_next_draft(cast, call, consultation):
    point = cast.point(consultation, current_text="50%", proposed_text="30%")
    officer, sent = call(cast.officer), {"reason": "제안을 반영합니다."}
    check(call(cast.supplier).post(at(point, "accept-wording"), sent), FORBIDDEN)
    assert errors(officer.post(at(point, "accept-wording"), {"reason": " "})) == ["reason"]
    assert errors(officer.post(at(point, "accept-wording"), sent | {"verdict": "not_accepted"})) == ["verdict"]
    check(officer.post(at(point, "accept-wording"), sent | {"revision": 1}), REFUSED)

    answer = check(officer.post(at(point, "accept-wording"), sent), 200)["disposition"]

    passage = check(officer.get(f"/api/v1/passages/{answer['changed_passage']['id']}/"), 200)
    assert passage["text"].endswith("자부담 비율은 30%로 한다.")
    assert passage["version"]["number"] == 2
    other = cast.point(consultation, by=cast.adopter, current_text="50%", proposed_text="40%")
    assert errors(officer.post(at(other, "accept-wording"), sent)) == ["text"]
    check(officer.post(at(other, "accept-wording"), sent | {"text": "자부담은 35%.", "verdict": "partly"}), 200)


# --- many at once


def test_many_are_assigned_and_taken_back(cast, call, consultation):
    first, second, third = three(cast, consultation)
    answered = cast.answered(consultation, by=cast.adopter).points.get()
    sent = {"points": [str(point.pk) for point in (first, third, answered, first)], "due_on": str(cast.today)}
    secretary = call(cast.secretary)

    step = check(secretary.post(f"{API}triage-all/", sent), 200)

    assert (step["step"], step["applied"], step["total"]) == ("triage", 2, 3)
    results = {row["point"]["id"]: (row["revision"], bool(row["problem"])) for row in step["points"]}
    assert results == {str(first.pk): (3, False), str(third.pk): (2, False), str(answered.pk): (None, True)}
    third.refresh_from_db()
    assert (third.state, third.due_on) == ("triaged", cast.today)

    undo = f"/api/v1/batches/{step['id']}/undo/"
    check(call(cast.officer).post(undo), NOT_FOUND)
    check(call(cast.supplier).post(undo), NOT_FOUND)
    back = check(secretary.post(undo), 200)
    assert (back["undone"], bool(back["undone_at"])) == (2, True)
    check(secretary.post(undo), REFUSED)
    third.refresh_from_db()
    assert third.state == "submitted"
    assert second.state == "triaged"


def test_what_is_wrong_with_the_whole_step_changes_nothing(cast, call, consultation):
    points = [str(point.pk) for point in three(cast, consultation)]
    elsewhere = str(cast.submitted(cast.consultation()).points.get().pk)
    secretary = call(cast.secretary)

    for wrong in ([], None, "x", ["x"], [str(uuid4())], [*points, elsewhere]):
        assert errors(secretary.post(f"{API}triage-all/", {"points": wrong})) == ["points"]
    assert errors(secretary.post(f"{API}triage-all/", {"points": points, "due_on": "2020-01-01"})) == ["due_on"]
    unknown = check(secretary.post(f"{API}triage-all/", {"points": [*points, str(uuid4())]}), INVALID)
    assert list(unknown["errors"]["points"]) == ["3"]
    assert errors(call(cast.stranger).post(f"{API}triage-all/", {"points": points})) == ["points"]
    assert ids(secretary.get("/api/v1/batches/?step=triage&undone=false"))[2:] == []


def test_who_may_not_assign_hears_so_for_every_point(cast, call, consultation):
    points = [str(point.pk) for point in three(cast, consultation)]

    step = check(call(cast.supplier).post(f"{API}triage-all/", {"points": points}), 200)

    assert (step["applied"], step["total"]) == (0, 3)
    assert all(row["problem"] for row in step["points"])
    assert Point.objects.filter(state="triaged").count() == 2


def test_many_are_answered_each_with_its_own_reason_and_revision(cast, call, consultation):
    first, second, third = three(cast, consultation)
    template = opinions.keep_template(
        cast.council, title="예산", verdict="not_accepted", text="예산 사정으로 어렵습니다.", by=cast.secretary
    )
    stale = cast.point(consultation, by=cast.adopter)
    opinions.await_input(stale, waiting_for="예산실", by=cast.officer)
    sent = {
        "verdict": "not_accepted",
        "template": str(template.pk),
        "answers": [
            {"point": str(first.pk), "reason": "이 기업은 지원 대상이 아닙니다.", "revision": 2},
            {"point": str(second.pk)},
            {"point": str(third.pk), "reason": "배정되지 않았습니다."},
            {"point": str(stale.pk), "reason": "늦은 글", "revision": 2},
        ],
    }
    officer = call(cast.officer)

    step = check(officer.post(f"{API}dispose-all/", sent), 200)

    assert (step["step"], step["applied"], step["total"]) == ("dispose", 1, 4)
    assert [bool(row["problem"]) for row in step["points"]] == [False, True, True, True]
    answer = check(officer.get(at(first)), 200)["disposition"]
    assert answer["reason"] == "예산 사정으로 어렵습니다.\n\n이 기업은 지원 대상이 아닙니다."
    [mine] = rows(officer.get("/api/v1/batches/?step=dispose"))
    assert mine["id"] == step["id"]
    assert check(officer.get(f"/api/v1/batches/{step['id']}/"), 200)["points"] == step["points"]
    for wrong in ([], None, [{}], [{"point": "x"}], [{"point": str(uuid4()), "reason": "…"}], [None], [{"x": 1}]):
        assert errors(officer.post(f"{API}dispose-all/", sent | {"answers": wrong})) == ["answers"]
    assert errors(officer.post(f"{API}dispose-all/", sent | {"verdict": "perhaps"})) == ["verdict"]
    assert errors(call(cast.supplier).post(f"{API}dispose-all/", sent)) == ["template"]


def test_tags_are_seen_and_found_by_those_who_answer_alone(cast, call, consultation):
    first, second, _third = three(cast, consultation)
    sent = {"points": [str(first.pk), str(second.pk)], "add": ["예산", "급함"]}
    officer = call(cast.officer)
    assert errors(officer.post(f"{API}tag-all/", sent | {"add": []})) == ["add"]
    assert errors(officer.post(f"{API}tag-all/", sent | {"add": ["가" * 41]})) == ["add"]

    assert check(officer.post(f"{API}tag-all/", sent), 200)["applied"] == 2
    only = {"points": [str(second.pk)], "remove": ["급함"]}
    assert check(officer.post(f"{API}tag-all/", only), 200)["applied"] == 1

    assert ids(officer.get(f"{API}?tag=급함")) == [str(first.pk)]
    assert check(officer.get(at(second)), 200)["tags"] == ["예산"]
    assert check(call(cast.supplier).post(f"{API}tag-all/", sent), 200)["applied"] == 0
    for outsider in (cast.supplier, cast.adopter):
        assert ids(call(outsider).get(f"{API}?tag=급함")) == []
        assert check(call(outsider).get(at(first)), 200)["tags"] is None
        assert ids(call(outsider).get("/api/v1/batches/?step=dispose")) == []


# --- found


def test_points_are_found_by_what_is_to_be_done_with_them(cast, call, consultation):
    first, second, third = three(cast, consultation)
    last = cast.submitted(
        consultation, passage=consultation.version.passages.latest("position"), reason="용어"
    ).points.get()
    opinions.dispose(second, **NO, by=cast.officer)
    base = f"{API}?consultation={consultation.pk}"

    def found(query: str, user=cast.secretary) -> list[str]:
        return ids(call(user).get(base + query))

    assert found("") == [str(point.pk) for point in (last, third, second, first)]
    assert found("&state=submitted") == [str(last.pk), str(third.pk)]
    assert found("&state=triaged") == [str(first.pk)]
    assert found("&state=answered") == [str(second.pk)]
    assert found(f"&office={cast.office.pk}") == [str(second.pk), str(first.pk)]
    assert found(f"&passage={last.opinion.passage_id}") == [str(last.pk)]
    assert found(f"&opinion={first.opinion_id}") == [str(first.pk)]
    assert found("&verdict=not_accepted") == [str(second.pk)]
    assert found("&q=용어") == found("&q=용어&state=submitted") == [str(last.pk)]
    assert found("&q=한빛") == [str(second.pk)]
    assert found("&overdue=true") == []
    with clock.at(clock.now() + dt.timedelta(days=20)):
        assert found("&overdue=true") == [str(first.pk)]


def test_that_an_answer_is_prepared_is_told_to_nobody_who_may_not_see_it(cast, call, consultation):
    first, second, _third = three(cast, consultation)
    opinions.dispose(second, **NO, by=cast.officer)

    for reader in (cast.supplier, cast.adopter, cast.tp):
        caller = call(reader)
        open_one, answered = (check(caller.get(at(point)), 200) for point in (first, second))
        for name in ("state", "revision", "tags", "is_overdue", "due_on", "waiting_for", "disposition"):
            assert open_one[name] == answered[name], name
        opinion = check(caller.get(f"/api/v1/opinions/{second.opinion_id}/"), 200)
        assert (opinion["state"], opinion["points"][0]["state"]) == ("triaged", "triaged")
        for noun, query in (("opinions", "state=triaged"), ("points", "state=triaged")):
            assert len(ids(call(reader).get(f"/api/v1/{noun}/?{query}"))) == 2
            assert ids(caller.get(f"/api/v1/{noun}/?state=answered")) == []
        assert ids(caller.get(f"{API}?verdict=not_accepted")) == []
        assert ids(caller.get("/api/v1/dispositions/")) == []
        with clock.at(clock.now() + dt.timedelta(days=20)):
            assert [check(caller.get(at(point)), 200)["is_overdue"] for point in (first, second)] == [True, True]
            assert len(ids(caller.get(f"{API}?overdue=true"))) == 2
            assert len(ids(caller.get(f"{API}?overdue=false"))) == 1


def test_an_opinion_answered_by_two_offices_is_read_as_far_as_each_may(cast, call, consultation):
    opinion = cast.submitted(consultation)
    one, two = opinions.split(opinion, gists=["비율", "기한"], by=cast.secretary)
    for point, office in ((one, cast.office), (two, cast.technopark)):
        opinions.triage(point, office=office, by=cast.secretary)
        opinions.dispose(point, **NO, by=cast.secretary)

    def states(user) -> tuple[str, list[str]]:
        read = check(call(user).get(f"/api/v1/opinions/{opinion.pk}/"), 200)
        return read["state"], [point["state"] for point in read["points"]]

    assert states(cast.secretary) == ("answered", ["answered", "answered"])
    assert states(cast.officer) == ("triaged", ["answered", "triaged"])
    assert states(cast.tp) == ("triaged", ["triaged", "answered"])
    assert states(cast.supplier) == ("triaged", ["triaged", "triaged"])
    assert ids(call(cast.officer).get("/api/v1/opinions/?state=answered")) == []
    assert ids(call(cast.officer).get("/api/v1/opinions/?state=triaged")) == [str(opinion.pk)]


def test_answers_are_found_by_verdict_and_whether_they_are_published(cast, call):
    first, second = cast.consultation(), cast.consultation()
    published = cast.published(first).points.get().disposition
    prepared = cast.answered(second).points.get().disposition
    caller = call(cast.secretary)

    assert ids(caller.get("/api/v1/dispositions/?released=true")) == [str(published.pk)]
    assert ids(caller.get("/api/v1/dispositions/?released=false")) == [str(prepared.pk)]
    assert ids(caller.get(f"/api/v1/dispositions/?consultation={first.pk}&verdict=not_accepted")) == [str(published.pk)]
    assert ids(caller.get(f"/api/v1/dispositions/?point={prepared.point_id}")) == [str(prepared.pk)]
    assert ids(caller.get("/api/v1/dispositions/?verdict=accepted")) == []


# --- second round


def test_an_author_replies_once_and_the_office_decides(cast, call, consultation):
    answer = cast.published(consultation).points.get().disposition
    address = f"/api/v1/dispositions/{answer.pk}/object/"
    supplier, officer, sent = call(cast.supplier), call(cast.officer), {"text": "다시 검토해 주십시오."}
    check(call(cast.adopter).post(address, sent), FORBIDDEN)
    assert errors(supplier.post(address, {"text": " "})) == ["text"]

    raised = check(supplier.post(address, sent), 201)

    assert (raised["text"], raised["outcome"], raised["disposition"]) == (sent["text"], "", str(answer.pk))
    check(supplier.post(address, sent), REFUSED)
    assert ids(officer.get("/api/v1/objections/?decided=false")) == [raised["id"]]
    decide = f"/api/v1/objections/{raised['id']}/decide/"
    check(supplier.post(decide, {"outcome": "confirmed", "reason": "…"}), FORBIDDEN)
    assert errors(officer.post(decide, {"outcome": "perhaps", "reason": "…"})) == ["outcome"]
    assert errors(officer.post(decide, {"outcome": "confirmed"})) == ["reason"]
    assert errors(officer.post(decide, {"outcome": "revised", "reason": "…"})) == ["verdict"]
    revised = {"outcome": "revised", "reason": "다시 보았습니다.", "verdict": "longer_term"}
    assert errors(officer.post(decide, revised)) == ["answer"]

    decided = check(officer.post(decide, revised | {"answer": "내년에 검토합니다."}), 200)

    assert (decided["outcome"], decided["first_verdict"]) == ("revised", "not_accepted")
    check(officer.post(decide, revised | {"answer": "…"}), REFUSED)
    read = check(supplier.get(f"/api/v1/points/{answer.point_id}/"), 200)["disposition"]
    assert (read["verdict"], read["reason"]) == ("longer_term", "내년에 검토합니다.")
    assert read["objection"]["reason"] == "다시 보았습니다."


def test_the_time_to_reply_to_an_answer_runs_out(cast, call, consultation):
    answer = cast.published(consultation).points.get().disposition
    caller = call(cast.supplier)
    until = check(caller.get(f"/api/v1/dispositions/{answer.pk}/"), 200)["objections_until"]

    assert until == str(cast.today + dt.timedelta(days=cast.council.objection_days))
    with clock.at(clock.now() + dt.timedelta(days=cast.council.objection_days + 1)):
        check(caller.post(f"/api/v1/dispositions/{answer.pk}/object/", {"text": "…"}), REFUSED)


def test_a_template_is_kept_used_by_those_who_answer_and_thrown_away(cast, call):
    sent = {"council": str(cast.council.pk), "title": "예산", "verdict": "not_accepted", "text": "예산 사정으로"}
    check(call(cast.supplier).post("/api/v1/answer-templates/", sent), FORBIDDEN)
    officer = call(cast.officer)
    assert errors(officer.post("/api/v1/answer-templates/", sent | {"verdict": "perhaps"})) == ["verdict"]
    made = check(officer.post("/api/v1/answer-templates/", sent), 201)
    check(officer.post("/api/v1/answer-templates/", sent), INVALID)

    assert ids(call(cast.secretary).get("/api/v1/answer-templates/?verdict=not_accepted")) == [made["id"]]
    assert ids(call(cast.supplier).get("/api/v1/answer-templates/")) == []
    check(call(cast.supplier).delete(f"/api/v1/answer-templates/{made['id']}/"), NOT_FOUND)
    check(officer.delete(f"/api/v1/answer-templates/{made['id']}/"), 204)
    check(officer.delete(f"/api/v1/answer-templates/{made['id']}/"), NOT_FOUND)
