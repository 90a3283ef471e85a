"""A plenary of forty seats over the API alone: from a proposal to locked minutes and the dossier."""

import datetime as dt
import io
import zipfile
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from council.core import clock
from council.decisions import actions as decisions
from council.exchange import actions as exchange
from council.meetings.models import FloorRequest, Statement
from council.people.models import User
from tests.api.test_story import API, Caller, tell

SAID = "데이터 표준이 먼저입니다."
CORRECTED = "데이터 표준과 보안이 먼저입니다."


def test_a_plenary_from_a_proposal_to_locked_minutes(cast, call):
    others = [Caller(call(user)) for user in cast.full_table()]
    secretary, chair, officer, supplier, tp, adopter, observer = (
        Caller(call(user))
        for user in (cast.secretary, cast.chair, cast.officer, cast.supplier, cast.tp, cast.adopter, cast.observer)
    )
    [council] = secretary.all("councils")
    starts_at = clock.now() + dt.timedelta(minutes=90)

    # The secretary invites proposals; the supplier makes one, which becomes an item.
    meeting = secretary.post(
        "meetings",
        council=council["id"],
        mode="hybrid",
        title="제2차 전체회의",
        place="중회의실",
        online_url="https://meet.council.example/2",
        starts_at=starts_at.isoformat(),
        ends_at=(starts_at + dt.timedelta(hours=2)).isoformat(),
        proposals_until=(clock.now() + dt.timedelta(hours=1)).isoformat(),
    )
    here = {"meeting": meeting["id"]}
    proposal = supplier.post("proposals", **here, kind="decision", title="데이터 표준 채택", note="서로 다릅니다.")
    assert adopter.all("proposals") == []
    standard = secretary.do("proposals", proposal, "accept", status=201)

    # She adds another, closed one, orders the agenda, lays papers, and convenes it, which is urgent.
    terms = secretary.post(
        "agenda-items", **here, kind="deliberation", title="협상 조건", note="대외비", presenter="간사", closed=True
    )
    order = [{"item": each["id"], "parent": None} for each in (terms, standard)]
    secretary.do("meetings", meeting, "order-items", order=order)
    assert [each["number"] for each in secretary.all("agenda-items", **here)] == ["1", "2"]
    for item, name in ((standard, "표준.txt"), (terms, "조건.txt")):
        file = secretary.upload("attachments", council=council["id"], file=SimpleUploadedFile(name, name.encode()))
        secretary.do("agenda-items", item, "papers", status=201, attachment=file["id"])
    assert len(secretary.do("meetings", meeting, "convene", status=409)["problems"]) == 1
    secretary.do("meetings", meeting, "convene", urgent_reason="공고가 앞당겨졌습니다.")
    assert supplier.get(f"proposals/{proposal['id']}")["item"]["id"] == standard["id"]

    # The supplier comes; a Techno Park sends an alternate; the adopter keeps out of the closed item.
    [invited] = supplier.all("invitations", mine="true")
    supplier.do("invitations", invited, "answer", answer="attending")
    [sent] = tp.all("invitations", mine="true")
    alternate = tp.post(
        "alternates", invitation=sent["id"], email="deputy@council.example", name="대리인", mandate="모든 안건"
    )
    deputy = Caller(call(User.objects.get(email="deputy@council.example")))
    assert deputy.all("alternates", mine="true")[0]["id"] == alternate["id"]
    assert deputy.get(f"meetings/{meeting['id']}")["online_url"]
    [own] = adopter.all("invitations", mine="true")
    adopter.post(
        "recusals",
        item=terms["id"],
        invitation=own["id"],
        kind="abstention",
        ground="party",
        reason="계약 상대방입니다.",
    )
    for one, withheld, papers in ((adopter, True, 0), (supplier, False, 1), (observer, True, 0), (deputy, False, 1)):
        read = one.get(f"agenda-items/{terms['id']}")
        assert (bool(read["withheld"]), len(read["papers"]), bool(read["note"])) == (withheld, papers, not withheld)

    # All arrive: at the door, by video, or as the secretary notes.
    code = secretary.get(f"meetings/{meeting['id']}/door-code")["code"]
    supplier.do("meetings", meeting, "check-in-at-door", code=code)
    deputy.do("meetings", meeting, "check-in", mode="online")
    for one in (chair, adopter):
        one.do("meetings", meeting, "check-in")
    seats = [each for page in _pages(secretary, "invitations", **here) for each in page]
    known = {each["name"] for each in secretary.all("attendance", **here)}
    empty = [
        each["id"] for each in seats if each["membership"]["person"]["name"] not in {*known, "센터장", "참관인", "간사"}
    ]
    secretary.do("meetings", meeting, "note-all", invitations=empty)
    chair.do("meetings", meeting, "open")
    quorum = observer.get(f"meetings/{meeting['id']}/quorum")
    assert (quorum["seats"], quorum["present"], quorum["met"]) == (40, 40, True)

    # The closed item: who keeps out neither counts, nor speaks, nor votes.
    chair.do("agenda-items", terms, "take-up")
    assert supplier.get(f"meetings/{meeting['id']}/quorum", item=terms["id"])["seats"] == 39
    adopter.do("meetings", meeting, "ask-for-floor", status=409)
    secret = chair.post("ballots", **here, item=terms["id"], question="조건을 받아들입니까?", secret=True)
    assert secret["entitled"] == 39
    adopter.do("ballots", secret, "vote", status=403, choice="for")
    sent_twice = {"choice": "for", "key": str(uuid4())}
    for _time in range(2):
        assert supplier.do("ballots", secret, "vote", **sent_twice)["choice"] == ""
    for one in (deputy, chair, officer):
        one.do("ballots", secret, "vote", choice="against")
    for one in others:
        one.do("ballots", secret, "vote", choice="for")
    others[0].do("ballots", secret, "vote", status=409, choice="against")
    counted = chair.do("ballots", secret, "close")
    assert (counted["votes_for"], counted["votes_against"], counted["adopted"]) == (len(others) + 1, 3, True)

    # The next item: the supplier asks to speak, gets the floor, writes down what was said, and ends.
    chair.do("agenda-items", standard, "take-up")
    key = str(uuid4())
    [first, second] = [supplier.do("meetings", meeting, "ask-for-floor", key=key) for _time in range(2)]
    assert first["id"] == second["id"]
    chair.do("floor-requests", first, "give")
    said = {**here, "item": standard["id"], "text": SAID, "key": str(uuid4())}
    wrote = [supplier.together("statements", "write", status=201, **said) for _time in range(2)]
    assert wrote[0]["id"] == wrote[1]["id"]
    supplier.do("meetings", meeting, "end-speech")
    assert chair.get(f"meetings/{meeting['id']}/speaking-times")["times"][0]["speeches"] == 1

    # A vote by name, of forty; a decision comes of it, and something to do.
    named = chair.post("ballots", **here, item=standard["id"], question="표준을 채택합니까?")
    for one, choice in ((supplier, "for"), (deputy, "for"), (adopter, "abstain"), (officer, "against")):
        one.do("ballots", named, "vote", choice=choice)
    for one in (chair, *others):
        one.do("ballots", named, "vote", choice="for", statement="찬성합니다.")
    result = chair.do("ballots", named, "close")
    assert (result["votes_for"], result["votes_against"], result["abstentions"]) == (38, 1, 1)
    assert any("38" in sentence for sentence in observer.get(f"ballots/{named['id']}")["words"])
    decision = secretary.post(
        "decisions", **here, ballot=named["id"], title="데이터 표준", text="제조 데이터 표준을 채택한다."
    )
    assert decision["item"]["id"] == standard["id"]
    supplying = supplier.me()["memberships"][0]["organisation"]["id"]
    action = secretary.post(
        "actions",
        **here,
        decision=decision["id"],
        organisation=supplying,
        title="표준 초안 제출",
        due_on=(clock.today() + dt.timedelta(days=30)).isoformat(),
    )
    tell()
    assert "action.assigned" in {each["verb"] for each in supplier.all("notices", unread="true")}
    assert supplier.get(f"actions/{action['id']}")["decision"]["id"] == decision["id"]

    # It is closed; two write the minutes, and nobody overwrites the other.
    chair.do("meetings", meeting, "close")
    minutes = secretary.post("minutes", **here)
    opening, closed, section, _closing = secretary.all("sections", minutes=minutes["id"])
    assert SAID in section["text"]
    assert "표준을 채택합니까?" in section["text"]
    revised = chair.patch(
        "sections", section, text=section["text"] + "\n의장이 정리하였다.", revision=section["revision"]
    )
    late = {"text": section["text"] + "\n간사가 적었다.", "revision": section["revision"]}
    secretary.refused("sections", section, **late)
    secretary.patch("sections", section, text=revised["text"] + "\n간사가 적었다.", revision=revised["revision"])
    assert len(secretary.get(f"sections/{section['id']}/revisions")) == 3

    # Circulated, the supplier asks for a correction; once it is decided and all have answered, they are locked.
    assert secretary.get(f"minutes/{minutes['id']}/lacking") == {"lacking": []}
    secretary.do("minutes", minutes, "circulate")
    correction = supplier.post("corrections", section=section["id"], quote=SAID, proposed=CORRECTED)
    secretary.do("minutes", minutes, "approve", status=409)
    secretary.do("corrections", correction, "decide", state="accepted", answer="녹음을 확인하였습니다.")
    for one in (chair, officer, adopter, deputy, *others):
        one.do("minutes", minutes, "confirm")
    approved = secretary.do("minutes", minutes, "approve")
    assert approved["state"] == "approved"
    assert secretary.get(f"minutes/{minutes['id']}/integrity")["intact"] is True
    now = secretary.get(f"sections/{section['id']}")
    assert CORRECTED in now["text"]
    secretary.refused("sections", now, text="다르게", revision=now["revision"])

    # The observer reads them, but of the closed item nothing.
    seen = observer.all("sections", minutes=minutes["id"])
    assert [each["id"] for each in seen] == [each["id"] for each in (opening, section, _closing)]
    assert closed["id"] not in {each["id"] for each in seen}

    # Everything as one package for the records system.
    export = secretary.post("exports", **here, kind="dossier", format="zip")
    exchange.run_exports()
    answer = secretary.client.get(f"{API}/exports/{export['id']}/file/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as package:
        assert package.testzip() is None
        assert any(name.endswith(".json") for name in package.namelist())


def _pages(caller: Caller, noun: str, **query: str):
    """All rows of a list that goes over several pages."""
    page = caller.get(noun, **query)
    yield page["results"]
    while page["next"]:
        page = caller.client.get(page["next"]).json()
        yield page["results"]


def test_what_is_sent_at_both_doors_with_one_key_counts_once(cast, call, browse):
    meeting = cast.running()
    cast.present(meeting, cast.chair, cast.supplier, cast.tp, cast.adopter)
    ballot = decisions.open_ballot(meeting, question="채택합니까?", by=cast.chair)
    line, key = ballot.roll.get(user=cast.supplier), str(uuid4())
    window, program = browse(cast.supplier), Caller(call(cast.supplier))
    for _time in range(2):
        assert window.post(f"/meetings/{meeting.pk}/live/remark/", {"text": SAID, "key": key}).status_code < 400
        program.together("statements", "write", status=201, meeting=str(meeting.pk), text=SAID, key=key)
        assert window.post(f"/roll/{line.pk}/vote/", {"choice": "for", "key": key}).status_code < 400
        program.do("ballots", {"id": ballot.pk}, "vote", choice="for", key=key)
        asked = {"kind": "a_speech", "key": key}
        assert window.post(f"/meetings/{meeting.pk}/live/floor/", asked).status_code < 400
        program.do("meetings", {"id": meeting.pk}, "ask-for-floor", **asked)
    assert Statement.objects.count() == FloorRequest.objects.count() == 1
    assert decisions.close_ballot(ballot, by=cast.chair).votes_for == 1


def test_a_program_whose_clock_is_wrong_by_hours_spoke_within_the_meeting(cast, call):
    meeting = cast.running()
    cast.present(meeting, cast.supplier)
    program = Caller(call(cast.supplier))
    for hours in (-5, 5):
        said_at = (clock.now() + dt.timedelta(hours=hours)).isoformat()
        program.together("statements", "write", status=201, meeting=str(meeting.pk), text=SAID, said_at=said_at)
    early, late = Statement.objects.order_by("said_at")
    assert early.said_at == meeting.opened_at
    assert meeting.opened_at < late.said_at <= clock.now()
