"""Opinions over the API: each verb by who may, by who may not, and with wrong input."""

import json

import pytest

from council.opinions import actions as opinions
from tests.api.checking import FORBIDDEN, INVALID, NOT_FOUND, REFUSED, check, errors, ids, rows

API = "/api/v1/opinions/"
SECRET = "수율은 93.7%입니다."


@pytest.fixture
def consultation(cast):
    return cast.consultation()


def at(opinion, verb: str = "") -> str:
    return f"{API}{getattr(opinion, 'pk', None) or opinion['id']}/" + (f"{verb}/" if verb else "")


def opinion_on(consultation, **words: object) -> dict[str, object]:
    passage = consultation.version.passages.earliest("position")
    return {
        "consultation": str(consultation.pk),
        "passage": str(passage.pk),
        "kind": "amend",
        "proposed_text": "지원한다.",
        "reason": "이유",
        **words,
    }


# --- given


def test_an_opinion_is_drafted_edited_given_and_withdrawn(cast, call, consultation):
    supplier = call(cast.supplier)
    draft = check(supplier.post(API, opinion_on(consultation, reason="")), 201)
    assert (draft["state"], draft["number"], draft["organisation"]["name"]) == ("draft", None, "누리솔루션")
    address = at(draft)

    assert errors(supplier.post(f"{address}submit/")) == ["reason"]
    edited = check(supplier.patch(address, {"reason": "이유", "revision": draft["revision"]}), 200)
    assert edited["revision"] == draft["revision"] + 1
    check(supplier.patch(address, {"reason": "다른 이유", "revision": draft["revision"]}), REFUSED)
    assert errors(supplier.patch(address, {"reason": "…"})) == ["revision"]
    check(call(cast.adopter).patch(address, {"reason": "…", "revision": 2}), NOT_FOUND)

    given = check(supplier.post(f"{address}submit/"), 200)
    assert (given["state"], given["number"], given["phase"]) == ("submitted", 1, "before")
    assert [(point["number"], point["state"]) for point in given["points"]] == [(1, "submitted")]
    check(supplier.post(f"{address}submit/"), REFUSED)
    for verb in ("submit", "withdraw"):
        check(call(cast.adopter).post(f"{address}{verb}/"), FORBIDDEN)
    check(call(cast.adopter).patch(address, {"reason": "…", "revision": 2}), FORBIDDEN)

    assert check(supplier.post(f"{address}withdraw/"), 200)["state"] == "withdrawn"
    check(supplier.post(f"{address}withdraw/"), REFUSED)


def test_a_withdrawn_draft_leaves_nothing(cast, call, consultation):
    address = at(cast.drafted(consultation))

    assert check(call(cast.supplier).post(f"{address}withdraw/"), 204) == {}
    check(call(cast.supplier).get(address), NOT_FOUND)


def test_an_opinion_is_given_at_once_or_not_at_all(cast, call, consultation):
    supplier = call(cast.supplier)
    given = check(supplier.post(API, opinion_on(consultation, submit=True)), 201)
    assert (given["state"], given["number"]) == ("submitted", 1)

    check(supplier.post(API, opinion_on(consultation, submit=True, reason="")), INVALID)
    assert len(ids(supplier.get(f"{API}?mine=true"))) == 1


def test_personal_data_is_given_only_once_it_was_seen(cast, call, consultation):
    supplier = call(cast.supplier)
    sent = opinion_on(consultation, submit=True, reason="전화 010-1234-5678 로 연락 주십시오.")

    found = check(supplier.post(API, sent, HTTP_ACCEPT_LANGUAGE="en"), INVALID)["errors"]
    given = check(supplier.post(API, sent | {"personal_data_checked": True}), 201)

    assert "010-1234-5678 (Telephone number)" in found["personal_data"][0]
    change = {"reason": "메일 a.b@example.com 로 연락 주십시오.", "revision": given["revision"]}
    assert errors(supplier.patch(at(given), change)) == ["personal_data"]
    check(supplier.patch(at(given), change | {"personal_data_checked": True}), 200)
    numbered = opinion_on(consultation, submit=True, reason="900101-1234567", personal_data_checked=True)
    assert errors(supplier.post(API, numbered)) == ["reason"]
    assert errors(supplier.post(API, sent | {"personal_data_checked": "perhaps"})) == ["personal_data_checked"]


def test_who_speaks_for_two_says_for_whom(cast, call, consultation):
    cast.member("supplier", "공급 대표", cast.adopting)
    supplier = call(cast.supplier)

    found = check(supplier.post(API, opinion_on(consultation)), INVALID)["errors"]

    assert len(found["membership"]) == 2
    for membership in cast.supplier.memberships.all():
        made = check(supplier.post(API, opinion_on(consultation, membership=str(membership.pk))), 201)
        assert made["organisation"]["id"] == str(membership.organisation_id)


def test_nobody_speaks_through_the_membership_of_another(cast, call, consultation):
    sent = opinion_on(consultation, membership=str(cast.membership(cast.adopter).pk))

    check(call(cast.supplier).post(API, sent), FORBIDDEN)
    check(call(cast.observer).post(API, opinion_on(consultation)), FORBIDDEN)
    check(call(cast.expired).post(API, opinion_on(consultation)), INVALID)


def test_an_opinion_quotes_the_passage(cast, call, consultation):
    assert errors(call(cast.supplier).post(API, opinion_on(consultation, current_text="없는 말"))) == ["current_text"]


def test_the_history_of_an_opinion_is_read_newest_first(cast, call, consultation):
    opinion = cast.submitted(consultation)
    opinions.edit(opinion, reason="더 자세한 이유입니다.", by=cast.supplier)

    history = rows(call(cast.adopter).get(at(opinion, "revisions")))

    assert [(one["number"], one["reason"]) for one in history] == [(2, "더 자세한 이유입니다."), (1, opinion.reason)]


def test_opinions_are_found_by_where_they_stand_who_gave_them_and_how_far_they_are(cast, call, consultation):
    last = consultation.version.passages.latest("position")
    draft = cast.drafted(consultation)
    given = cast.submitted(consultation, by=cast.adopter)
    triaged = cast.triaged(consultation, by=cast.tp, passage=last)
    base = f"{API}?consultation={consultation.pk}"

    def found(query: str, user=cast.secretary) -> list[str]:
        return ids(call(user).get(base + query))

    assert found("") == [str(triaged.pk), str(given.pk)]
    assert found("", cast.supplier) == [str(triaged.pk), str(given.pk), str(draft.pk)]
    assert found("&mine=true", cast.supplier) == [str(draft.pk)]
    assert found("&mine=false", cast.supplier) == [str(triaged.pk), str(given.pk)]
    assert found(f"&passage={last.pk}") == [str(triaged.pk)]
    assert found("&state=submitted") == [str(given.pk)]
    assert found("&state=submitted&state=triaged") == [str(triaged.pk), str(given.pk)]
    assert found("&sector=adopter") == [str(given.pk)]
    assert found(f"&organisation={cast.adopting.pk}") == [str(given.pk)]
    assert found("&phase=before&source=written") == [str(triaged.pk), str(given.pk)]
    assert found("&phase=after") == []
    assert found("&source=paper") == []
    assert found(f"&office={cast.office.pk}") == [str(triaged.pk)]


def test_similar_opinions_are_offered_as_far_as_they_may_be_read(cast, call, consultation):
    passage = str(consultation.version.passages.earliest("position").pk)
    said = "영세 기업은 자부담 절반을 감당하기 어려우니 비율을 낮춰 주십시오."
    given = cast.submitted(consultation, by=cast.adopter, reason=said)
    cast.submitted(consultation, by=cast.adopter, reason=said, audience="office")
    cast.drafted(consultation, by=cast.tp, reason=said)

    asked = {"passage": passage, "text": "영세 기업은 자부담 절반을 감당하기 어렵"}
    similar = check(call(cast.supplier).get(f"{API}similar/", asked), 200)["similar"]

    assert [one["id"] for one in similar] == [str(given.pk)]
    assert 0.35 <= similar[0]["likeness"] <= 1
    assert errors(call(cast.supplier).get(f"{API}similar/", {"text": "…"})) == ["passage"]
    check(call(cast.stranger).get(f"{API}similar/", asked), INVALID)


# --- inside an organisation


def test_colleagues_share_comment_choose_and_keep_inside(cast, call, consultation):
    coordinator, colleague = cast.colleague(coordinates=True), cast.colleague("다른 동료")
    draft = cast.drafted(consultation)
    check(call(colleague).post(at(draft, "share")), NOT_FOUND)

    assert check(call(cast.supplier).post(at(draft, "share")), 200)["state"] == "shared"

    check(call(cast.supplier).post(at(draft, "share")), REFUSED)
    check(call(colleague).post(at(draft, "share")), FORBIDDEN)
    assert errors(call(colleague).post(at(draft, "remark"), {"text": " "})) == ["text"]
    remark = check(call(colleague).post(at(draft, "remark"), {"text": "30%가 적절한가요?"}), 201)
    assert remark["by"]["name"] == "다른 동료"
    assert [one["text"] for one in rows(call(cast.supplier).get(at(draft, "remarks")))] == ["30%가 적절한가요?"]
    for outsider in (cast.adopter, cast.secretary):
        for verb in ("remark", "choose", "keep-inside", "share"):
            check(call(outsider).post(at(draft, verb), {"text": "…"}), NOT_FOUND)
        check(call(outsider).get(at(draft, "remarks")), NOT_FOUND)

    for verb in ("choose", "keep-inside"):
        check(call(colleague).post(at(draft, verb)), FORBIDDEN)
    assert check(call(coordinator).post(at(draft, "keep-inside")), 200)["state"] == "kept"
    assert check(call(coordinator).post(at(draft, "choose")), 200)["state"] == "chosen"
    check(call(cast.supplier).post(at(draft, "submit")), REFUSED)
    check(call(coordinator).post(f"/api/v1/consultations/{consultation.pk}/submit-set/"), 200)
    check(call(coordinator).post(at(draft, "keep-inside")), REFUSED)
    check(call(colleague).post(at(draft, "remark"), {"text": "…"}), REFUSED)
    assert ids(call(cast.adopter).get(at(draft, "remarks"))) == []


def test_several_shared_opinions_become_one(cast, call, consultation):
    coordinator, colleague = cast.colleague(coordinates=True), cast.colleague("다른 동료")
    first, second = (cast.drafted(consultation, by=each, reason=each.name) for each in (cast.supplier, colleague))
    elsewhere = cast.drafted(consultation, by=colleague, passage=consultation.version.passages.latest("position"))
    for opinion in (first, second, elsewhere):
        opinions.share(opinion, by=opinion.author)
    sent = {"opinions": [str(first.pk), str(second.pk)]}

    check(call(cast.supplier).post(f"{API}merge/", sent), FORBIDDEN)
    caller = call(coordinator)
    assert errors(caller.post(f"{API}merge/", {"opinions": [str(first.pk)]})) == ["opinions"]
    assert errors(caller.post(f"{API}merge/", {"opinions": [str(first.pk), str(elsewhere.pk)]})) == ["opinions"]
    assert errors(caller.post(f"{API}merge/", {"opinions": [str(first.pk), "x"]})) == ["opinions"]
    assert errors(call(cast.adopter).post(f"{API}merge/", sent)) == ["opinions"]
    merged = check(caller.post(f"{API}merge/", sent), 201)

    assert (merged["state"], merged["reason"]) == ("chosen", "공급 대표\n\n다른 동료")
    part = check(call(cast.supplier).get(at(first)), 200)
    assert (part["state"], part["merged_into"]) == ("merged", merged["id"])
    check(caller.post(f"{API}merge/", sent), REFUSED)


# --- among each other


def test_one_votes_and_sees_ones_own_vote_alone(cast, call, consultation):
    opinion = cast.submitted(consultation)
    address = at(opinion, "react")
    check(call(cast.supplier).post(address, {"value": 1}), REFUSED)
    check(call(cast.observer).post(address, {"value": 1}), FORBIDDEN)
    check(call(cast.stranger).post(address, {"value": 1}), NOT_FOUND)
    for wrong in (2, "agree", True, [1]):
        assert errors(call(cast.adopter).post(address, {"value": wrong})) == ["value"]
    assert errors(call(cast.adopter).post(address, {})) == ["value"]
    other = {"value": 1, "membership": str(cast.membership(cast.tp).pk)}
    check(call(cast.adopter).post(address, other), FORBIDDEN)

    assert check(call(cast.adopter).post(address, {"value": 1}), 200)["my_reaction"] == 1
    assert check(call(cast.adopter).post(address, {"value": -1}), 200)["my_reaction"] == -1
    assert check(call(cast.tp).post(address, {"value": 0}), 200)["my_reaction"] == 0

    for other_reader in (cast.supplier, cast.secretary, cast.officer):
        assert check(call(other_reader).get(at(opinion)), 200)["my_reaction"] is None
    assert check(call(cast.adopter).post(address, {"value": None}), 200)["my_reaction"] is None
    assert check(call(cast.tp).get(at(opinion)), 200)["my_reaction"] == 0


def test_an_opinion_is_reported_hidden_and_restored(cast, call, consultation):
    opinion = cast.submitted(consultation)
    adopter, secretary, why = call(cast.adopter), call(cast.secretary), {"reason": "욕설"}
    assert errors(adopter.post(at(opinion, "report"))) == ["reason"]
    check(call(cast.observer).post(at(opinion, "report"), why), FORBIDDEN)
    made = check(adopter.post(at(opinion, "report"), why), 201)
    assert (made["by"]["name"], made["opinion"]["number"]) == ("도입 대표", 1)
    check(adopter.post(at(opinion, "report"), why), INVALID)
    found = f"/api/v1/reports/?opinion={opinion.pk}&handled=false"
    assert ids(secretary.get(found)) == ids(adopter.get(found)) == [made["id"]]
    assert ids(call(cast.supplier).get(found)) == ids(call(cast.officer).get(found)) == []

    for verb in ("hide", "restore", "dismiss-reports"):
        check(adopter.post(at(opinion, verb), why if verb != "dismiss-reports" else None), FORBIDDEN)
    check(secretary.post(at(opinion, "restore"), why), REFUSED)
    assert errors(secretary.post(at(opinion, "hide"), {"reason": " "})) == ["reason"]
    hidden = check(secretary.post(at(opinion, "hide"), why), 200)

    assert hidden["hidden_reason"] == "욕설"
    assert hidden["hidden_at"]
    check(adopter.get(at(opinion)), NOT_FOUND)
    assert rows(adopter.get("/api/v1/reports/"))[0]["opinion"] is None
    assert ids(secretary.get(f"{API}?hidden=true")) == [str(opinion.pk)]
    assert check(call(cast.supplier).get(at(opinion)), 200)["hidden_reason"] == "욕설"
    check(secretary.post(at(opinion, "hide"), why), REFUSED)
    check(secretary.post(at(opinion, "dismiss-reports")), REFUSED)
    assert check(secretary.post(at(opinion, "restore"), why), 200)["hidden_at"] is None
    check(adopter.post(at(opinion, "report"), why), 201)
    check(secretary.post(at(opinion, "dismiss-reports")), 200)
    assert len(ids(secretary.get("/api/v1/reports/?handled=true"))) == 2


def test_others_read_a_confidential_opinion_in_a_form_both_sides_agree_to(cast, call, consultation):
    opinion = cast.submitted(consultation, audience="confidential", reason=SECRET)
    shown, supplier, secretary = {"reason": "수율이 높습니다."}, call(cast.supplier), call(cast.secretary)
    check(call(cast.adopter).post(at(opinion, "redact"), shown), NOT_FOUND)
    check(secretary.post(at(cast.submitted(consultation), "redact"), shown), REFUSED)
    assert errors(secretary.post(at(opinion, "redact"), {"reason": ""})) == ["reason"]

    made = check(secretary.post(at(opinion, "redact"), shown), 201)

    address = f"/api/v1/redactions/{made['id']}/"
    assert (made["by_officers"], made["prepared_by"]["name"], made["approved_at"]) == (True, "간사", None)
    check(call(cast.adopter).get(address), NOT_FOUND)
    check(secretary.post(f"{address}approve/"), FORBIDDEN)
    assert check(supplier.post(f"{address}approve/"), 200)["approved_at"]
    check(supplier.post(f"{address}approve/"), REFUSED)

    read = call(cast.adopter).get(address)
    assert check(read, 200)["reason"] == "수율이 높습니다."
    assert (read.json()["sector"], read.json()["number"]) == ("supplier", 1)
    for name in ("opinion", "prepared_by", "approved_by", "by_officers"):
        assert read.json()[name] is None
    for secret in (SECRET, "누리솔루션", "공급 대표", str(cast.supplying.pk), str(opinion.pk)):
        assert secret not in json.dumps(read.json(), ensure_ascii=False)
    assert ids(call(cast.adopter).get(f"/api/v1/redactions/?opinion={opinion.pk}")) == []
    assert ids(call(cast.adopter).get("/api/v1/redactions/?approved=true")) == [made["id"]]
    check(call(cast.adopter).post(f"{address}approve/"), FORBIDDEN)
    assert check(supplier.get(at(opinion)), 200)["redaction"]["id"] == made["id"]


def test_a_campaign_counts_what_one_may_not_read(cast, call, consultation):
    said = "자동화 설비의 자부담 비율을 기초 단계 기업에 한하여 삼십 퍼센트로 낮추어 주시기 바랍니다."
    for audience in ("office", "council", "council"):
        cast.submitted(consultation, by=cast.adopter, reason=said, audience=audience)
    opinions.recognise_campaigns()

    [seen] = rows(call(cast.supplier).get(f"/api/v1/campaigns/?consultation={consultation.pk}"))
    [run] = rows(call(cast.secretary).get("/api/v1/campaigns/"))

    assert (seen["size"], seen["first"], run["first"]["number"]) == (3, None, 1)
    assert len(ids(call(cast.supplier).get(f"{API}?campaign={seen['id']}"))) == 2


# --- points


def test_an_opinion_is_split_before_anybody_works_on_it(cast, call, consultation):
    opinion = cast.submitted(consultation)
    gists = {"gists": ["비율", "기한"]}
    check(call(cast.supplier).post(at(opinion, "split"), gists), FORBIDDEN)
    secretary = call(cast.secretary)
    for wrong in ([], [""], "비율", None, [None]):
        assert errors(secretary.post(at(opinion, "split"), {"gists": wrong})) == ["gists"]

    points = check(secretary.post(at(opinion, "split"), gists), 200)["points"]

    assert [(point["number"], point["gist"]) for point in points] == [(1, "비율"), (2, "기한")]
    opinions.triage(opinion.points.get(number=1), by=cast.secretary)
    check(secretary.post(at(opinion, "split"), gists), REFUSED)
