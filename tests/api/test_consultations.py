"""Consultations and the replies to them over the API: each verb by who may, by who may not, and with wrong input."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council.core import clock
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.opinions import actions as opinions
from tests.api.checking import FORBIDDEN, INVALID, NOT_FOUND, REFUSED, check, errors, ids, rows


@pytest.fixture
def consultation(cast):
    return cast.consultation()


@pytest.fixture
def address(consultation):
    return f"/api/v1/consultations/{consultation.pk}"


def test_consultations_are_found_by_council_and_whether_they_are_open(cast, call):
    open_now, prepared = cast.consultation(), cast.prepared_consultation()
    caller = call(cast.secretary)

    assert ids(caller.get("/api/v1/consultations/?open=true")) == [str(open_now.pk)]
    assert ids(caller.get("/api/v1/consultations/?open=false")) == [str(prepared.pk)]
    assert ids(call(cast.supplier).get(f"/api/v1/consultations/?council={cast.council.pk}")) == [str(open_now.pk)]


def test_a_consultation_is_prepared_and_opened(cast, call):
    now = clock.now()
    phase = {
        "kind": "before",
        "opens_at": now.isoformat(),
        "closes_at": (now + dt.timedelta(days=21)).isoformat(),
    }
    sent = {
        "council": str(cast.council.pk),
        "version": str(cast.version().pk),
        "office": str(cast.office.pk),
        "title": "의견수렴",
        "procedure": "administrative",
        "phases": [phase],
    }
    check(call(cast.supplier).post("/api/v1/consultations/", sent), FORBIDDEN)
    made = check(call(cast.secretary).post("/api/v1/consultations/", sent), 201)
    assert [one["kind"] for one in made["phases"]] == ["before"]
    assert (made["procedure"], made["shortest_days"]) == ("administrative", 20)
    wrong: list[object] = [[], [phase, phase], [phase | {"closes_at": phase["opens_at"]}], {}, ["before"]]
    for phases in wrong:
        check(call(cast.secretary).post("/api/v1/consultations/", sent | {"phases": phases}), INVALID)

    address = f"/api/v1/consultations/{made['id']}/open/"
    check(call(cast.supplier).post(address), NOT_FOUND)
    assert check(call(cast.secretary).post(address), 200)["is_taking_opinions"] is True
    check(call(cast.secretary).post(address), REFUSED)
    check(call(cast.supplier).post(address), FORBIDDEN)


def test_a_phase_is_extended_with_a_reason_everyone_reads(cast, call, consultation, address):
    later = clock.now() + dt.timedelta(days=30)
    sent = {"phase": "before", "closes_at": later.isoformat(), "reason": "명절 연휴"}

    check(call(cast.supplier).post(f"{address}/extend/", sent), FORBIDDEN)
    check(call(cast.supplier).post(f"{address}/extend/", sent | {"phase": "after"}), FORBIDDEN)
    secretary = call(cast.secretary)
    assert errors(secretary.post(f"{address}/extend/", sent | {"phase": "after"})) == ["phase"]
    assert errors(secretary.post(f"{address}/extend/", sent | {"reason": " "})) == ["reason"]
    earlier = sent | {"closes_at": clock.now().isoformat()}
    assert errors(secretary.post(f"{address}/extend/", earlier)) == ["closes_at"]

    [phase] = check(secretary.post(f"{address}/extend/", sent), 200)["phases"]

    assert dt.datetime.fromisoformat(phase["closes_at"]) == later
    [seen] = check(call(cast.supplier).get(f"{address}/"), 200)["phases"]
    assert [(one["reason"], one["by"]["name"]) for one in seen["extensions"]] == [("명절 연휴", "간사")]


def test_who_still_owes_a_reply_is_reminded(cast, call, consultation, address):
    check(call(cast.supplier).post(f"{address}/remind/"), FORBIDDEN)
    check(call(cast.secretary).post(f"{address}/remind/"), 200)
    for person in (cast.supplier, cast.adopter, cast.tp):
        check(call(person).post(f"{address}/reply-without-opinion/"), 200)

    check(call(cast.secretary).post(f"{address}/remind/"), REFUSED)


def test_an_organisation_replies_that_it_has_no_opinion(cast, call, consultation, address):
    reply = check(call(cast.supplier).post(f"{address}/reply-without-opinion/"), 200)

    assert (reply["kind"], reply["organisation"]["name"]) == ("none", "누리솔루션")
    check(call(cast.supplier).post(f"{address}/reply-without-opinion/"), REFUSED)
    check(call(cast.observer).post(f"{address}/reply-without-opinion/"), FORBIDDEN)
    other = {"membership": str(cast.membership(cast.adopter).pk)}
    check(call(cast.supplier).post(f"{address}/reply-without-opinion/", other), FORBIDDEN)
    assert errors(call(cast.supplier).post(f"{address}/reply-without-opinion/", {"membership": "x"})) == ["membership"]
    assert check(call(cast.tp).get(f"{address}/"), 200)["replied"] == 1


def test_replies_are_seen_inside_the_organisation_and_by_officers(cast, call, consultation, address):
    cast.submitted(consultation)
    opinions.reply_without_opinion(consultation, membership=cast.membership(cast.adopter), by=cast.adopter)
    found = f"/api/v1/replies/?consultation={consultation.pk}"

    assert [one["kind"] for one in rows(call(cast.supplier).get(found))] == ["opinions"]
    assert [one["kind"] for one in rows(call(cast.secretary).get(found))] == ["none", "opinions"]
    assert len(ids(call(cast.secretary).get(f"{found}&kind=none"))) == 1
    assert ids(call(cast.tp).get(found)) == []


def test_the_coordinator_alone_gives_the_official_set(cast, call, consultation, address):
    coordinator = cast.colleague(coordinates=True)
    opinion = cast.drafted(consultation)
    opinions.share(opinion, by=cast.supplier)
    check(call(cast.supplier).post(f"{address}/submit-set/"), FORBIDDEN)
    check(call(coordinator).post(f"{address}/submit-set/"), REFUSED)
    opinions.choose(opinion, by=coordinator)

    reply = check(call(coordinator).post(f"{address}/submit-set/"), 200)

    assert (reply["kind"], reply["organisation"]["name"]) == ("opinions", "누리솔루션")
    given = check(call(cast.adopter).get(f"/api/v1/opinions/{opinion.pk}/"), 200)
    assert (given["state"], given["author"]["name"]) == ("submitted", "공급 대표")


def test_personal_data_in_the_official_set_is_to_be_seen_first(cast, call, consultation, address):
    opinion = cast.drafted(consultation, reason="제 번호는 010-1234-5678 입니다.")
    opinions.choose(opinions.share(opinion, by=cast.supplier), by=cast.supplier)
    supplier = call(cast.supplier)

    assert errors(supplier.post(f"{address}/submit-set/")) == ["personal_data"]
    check(supplier.post(f"{address}/submit-set/", {"personal_data_checked": True}), 200)


def test_the_secretary_enters_what_was_said_and_what_came_on_paper(cast, call, consultation, address):
    passage = consultation.version.passages.earliest("position")
    spoken = {
        "passage": str(passage.pk),
        "source": "spoken",
        "membership": str(cast.membership(cast.adopter).pk),
        "reason": "자부담을 낮춰 달라고 말하였습니다.",
    }
    paper = {
        "passage": str(passage.pk),
        "source": "paper",
        "organisation": str(cast.technopark.pk),
        "reason": "찬성합니다.",
        "kind": "support",
        "submitter": "홍길동",
        "source_note": "문서번호 2023-11",
    }
    secretary = call(cast.secretary)
    check(call(cast.supplier).post(f"{address}/enter/", spoken), FORBIDDEN)
    assert errors(secretary.post(f"{address}/enter/", spoken | {"membership": None})) == ["membership"]
    assert errors(secretary.post(f"{address}/enter/", spoken | {"source": "file"})) == ["source"]
    assert errors(secretary.post(f"{address}/enter/", paper | {"source_note": ""})) == ["source_note"]
    for_another = spoken | {"organisation": str(cast.supplying.pk)}
    assert errors(secretary.post(f"{address}/enter/", for_another)) == ["organisation"]
    tomorrow = paper | {"received_at": (clock.now() + dt.timedelta(days=1)).isoformat()}
    assert errors(secretary.post(f"{address}/enter/", tomorrow)) == ["received_at"]
    with_number = paper | {"reason": "주민번호 900101-1234567"}
    assert errors(secretary.post(f"{address}/enter/", with_number)) == ["reason"]

    recorded = check(secretary.post(f"{address}/enter/", spoken), 201)
    entered = check(secretary.post(f"{address}/enter/", paper), 201)

    assert (recorded["author"]["name"], recorded["needs_confirming"]) == ("도입 대표", True)
    assert recorded["recorded_by"]["name"] == "간사"
    assert (entered["author"], entered["membership"], entered["submitter"]) == (None, None, "홍길동")
    assert (entered["source"], entered["source_note"]) == ("paper", "문서번호 2023-11")

    confirm = f"/api/v1/opinions/{recorded['id']}/confirm/"
    check(call(cast.supplier).post(confirm), FORBIDDEN)
    assert ids(call(cast.adopter).get("/api/v1/opinions/?unconfirmed=true")) == [recorded["id"]]
    assert check(call(cast.adopter).post(confirm), 200)["needs_confirming"] is False
    check(call(cast.adopter).post(confirm), REFUSED)


def test_turnout_names_organisations_to_officers_only(cast, call, consultation, address):
    cast.submitted(consultation)
    opinions.reply_without_opinion(consultation, membership=cast.membership(cast.adopter), by=cast.adopter)

    seen = check(call(cast.supplier).get(f"{address}/turnout/"), 200)
    run = check(call(cast.secretary).get(f"{address}/turnout/"), 200)

    assert (seen["asked"], seen["replied"], seen["without_opinion"], seen["opinions"]) == (3, 2, 1, 1)
    assert seen["organisations"] is None
    assert {each["key"]: (each["asked"], each["replied"]) for each in seen["sectors"]} == {
        "technopark": (1, 0),
        "supplier": (1, 1),
        "adopter": (1, 1),
    }
    assert {each["key"]: each["replied"] for each in seen["regions"]} == {"gyeonggi": 1, "gyeongnam": 1}
    replies = {each["organisation"]["name"]: (each["reply"], each["opinions"]) for each in run["organisations"]}
    assert replies == {"누리솔루션": ("opinions", 1), "한빛정밀": ("none", 0), "경남테크노파크": (None, 0)}
    check(call(cast.stranger).get(f"{address}/turnout/"), NOT_FOUND)


def test_what_lacks_before_release_is_said_to_officers_only(cast, call, consultation, address):
    cast.submitted(consultation)
    accepted = cast.triaged(consultation, by=cast.adopter)
    following = cast.next_version(consultation.version)
    cast.answer(accepted, verdict="accepted", changed_passage=following.passages.earliest("position"))

    check(call(cast.supplier).get(f"{address}/lacking/"), FORBIDDEN)
    lacking = check(call(cast.secretary).get(f"{address}/lacking/"), 200)

    assert [one["number"] for one in lacking["undisposed"]] == [1]
    assert [one["point"]["opinion"]["number"] for one in lacking["without_reference"]] == [2]
    assert len(lacking["in_the_way"]) == 1
    assert lacking["untold"] == []


def test_the_answers_are_published_and_shown_to_everybody(cast, call, consultation, address):
    secretary = call(cast.secretary)
    check(secretary.post(f"{address}/publish-result/"), REFUSED)
    cast.answered(consultation)
    check(call(cast.supplier).post(f"{address}/release/"), FORBIDDEN)
    assert check(secretary.post(f"{address}/release/"), 200)["published"] == 1
    check(secretary.post(f"{address}/release/"), REFUSED)

    check(call(cast.supplier).post(f"{address}/publish-result/"), FORBIDDEN)
    assert check(secretary.post(f"{address}/publish-result/"), 200)["public_at"]
    check(secretary.post(f"{address}/publish-result/"), REFUSED)
    assert check(secretary.post(f"{address}/publish-result/", {"public": False}), 200)["public_at"] is None
    assert errors(secretary.post(f"{address}/publish-result/", {"public": "perhaps"})) == ["public"]


def test_officers_read_who_was_told_when_and_how(cast, call, consultation, address):
    opinion = cast.published(consultation)
    while notifications.dispatch():
        pass
    check(call(cast.supplier).get(f"{address}/telling/"), FORBIDDEN)
    secretary = call(cast.secretary)

    [before] = rows(secretary.get(f"{address}/telling/"))
    Notification.objects.filter(channel="mail", recipient=cast.supplier).update(failed_at=clock.now())
    [failed] = rows(secretary.get(f"{address}/telling/?state=failed&limit=5"))
    tell = f"/api/v1/opinions/{opinion.pk}/tell/"
    check(call(cast.supplier).post(tell, {"channel": "letter"}), FORBIDDEN)
    assert errors(secretary.post(tell, {"channel": "pigeon"})) == ["channel"]
    ahead = str(cast.today + dt.timedelta(days=1))
    assert errors(secretary.post(tell, {"channel": "letter", "on": ahead})) == ["on"]
    assert check(secretary.post(tell, {"channel": "letter", "note": "등기"}), 201)["by"]["name"] == "간사"
    [after] = rows(secretary.get(f"{address}/telling/"))

    assert (before["opinion"]["number"], before["author"]["name"], before["state"]) == (1, "공급 대표", "waiting")
    assert (bool(before["screen"]), before["mail"]["sent_at"], before["outside"]) == (True, None, [])
    assert bool(failed["mail"]["failed_at"])
    assert ([one["note"] for one in after["outside"]], after["state"], after["days_untold"]) == (["등기"], "told", None)
    assert rows(secretary.get(f"{address}/telling/?state=failed")) == []
    assert errors(secretary.get(f"{address}/telling/?state=perhaps")) == ["state"]
    unanswered = cast.submitted(consultation)
    check(secretary.post(f"/api/v1/opinions/{unanswered.pk}/tell/", {"channel": "letter"}), REFUSED)


def test_telling_asks_no_more_of_the_database_for_more_rows(cast, call, consultation, address):
    for person in (cast.supplier, cast.adopter, cast.tp):
        opinion = cast.published(consultation, by=person)
        opinions.tell_author(opinion, channel="letter", by=cast.secretary)
    caller = call(cast.secretary)
    caller.get("/api/v1/me/")

    def asked(limit: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(caller.get(f"{address}/telling/?limit={limit}"))) == limit
        return len(queries)

    assert asked(1) == asked(3) <= 10
