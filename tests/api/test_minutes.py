"""Minutes and recordings over the API: the right role, the wrong one, wrong input."""

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from council.core import clock
from council.decisions.models import Correction, Minutes, Recording
from council.people.models import User
from tests.cast import Cast
from tests.decisions.records import (
    GIST,
    WEBVTT,
    after,
    approved,
    circulated,
    corrected,
    drafted,
    held,
    recorded,
    section_of,
    sound,
    transcript,
)

Call = Callable[[User | None], APIClient]


def of(noun: str, pk: object = "", verb: str = "") -> str:
    return "/api/v1/" + "".join(f"{part}/" for part in (noun, pk, verb) if part)


def test_minutes_are_drafted_circulated_confirmed_and_approved(cast: Cast, call: Call):
    meeting, secretary = held(cast), call(cast.secretary)
    made = secretary.post(of("minutes"), {"meeting": str(meeting.pk)})
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    pk = made.json()["id"]
    assert call(cast.supplier).get(of("minutes", pk)).status_code == 404
    assert secretary.get(of("minutes", pk, "lacking")).json() == {"lacking": []}
    assert secretary.post(of("minutes", pk, "circulate")).json()["state"] == "circulated"
    assert call(cast.tp).post(of("minutes", pk, "confirm")).status_code == 404
    for name in ("chair", "officer", "supplier", "adopter"):
        assert call(getattr(cast, name)).post(of("minutes", pk, "confirm")).status_code == 200
    assert call(cast.supplier).post(of("minutes", pk, "approve")).status_code == 403
    done = secretary.post(of("minutes", pk, "approve")).json()
    assert done["state"] == "approved"
    assert secretary.get(of("minutes", pk, "integrity")).json()["intact"] is True
    head = call(cast.tp).get(of("minutes", pk, "head")).json()
    assert [person["name"] for person in head["attendees"]] == ["의장", "사무관", "공급 대표", "도입 대표"]


def test_what_is_missing_is_named_and_refuses_the_circulation(cast: Cast, call: Call):
    minutes, secretary = drafted(cast), call(cast.secretary)
    section_of(minutes).delete()
    missing = secretary.get(of("minutes", minutes.pk, "lacking")).json()["lacking"]
    assert [each["part"] for each in missing] == ["order"]
    refused = secretary.post(of("minutes", minutes.pk, "circulate"))
    assert (refused.status_code, refused.json()["problems"]) == (409, [missing[0]["sentence"]])


def test_a_section_is_written_and_a_text_on_an_older_revision_refused(cast: Cast, call: Call):
    section, secretary = section_of(drafted(cast)), call(cast.secretary)
    assert secretary.patch(of("sections", section.pk), {"text": "하나", "revision": 1}).json()["revision"] == 2
    assert secretary.patch(of("sections", section.pk), {"text": "둘", "revision": 1}).status_code == 409
    assert secretary.patch(of("sections", section.pk), {"revision": 2}).status_code == 400
    revisions = secretary.get(of("sections", section.pk, "revisions")).json()["results"]
    assert {each["revision"] for each in revisions} == {1, 2}
    assert GIST in secretary.get(of("sections", section.pk, "fresh")).json()["text"]
    assert secretary.post(of("sections", section.pk, "redraft")).status_code == 200


def test_those_who_read_minutes_do_not_read_their_drafts(cast: Cast, call: Call):
    section = section_of(circulated(cast))
    supplier = call(cast.supplier)
    assert supplier.get(of("sections", section.pk)).status_code == 200
    assert supplier.get(of("sections", section.pk, "revisions")).status_code == 403
    assert supplier.get(of("sections", section.pk, "fresh")).status_code == 403
    assert supplier.patch(of("sections", section.pk), {"text": "내 글"}).status_code == 403


def test_a_correction_is_asked_for_and_decided(cast: Cast, call: Call):
    section = section_of(circulated(cast))
    asked: dict[str, Any] = {"section": str(section.pk), "quote": GIST, "proposed": "30%로 하자고 하였다."}
    assert call(cast.tp).post(of("corrections"), asked).status_code == 400  # cannot see it
    wrong = call(cast.supplier).post(of("corrections"), asked | {"quote": "하지 않은 말"})
    assert wrong.json()["errors"].keys() == {"quote"}
    made = call(cast.supplier).post(of("corrections"), asked)
    assert made.status_code == 201
    pk = made.json()["id"]
    decision = {"state": "accepted", "answer": "맞습니다."}
    assert call(cast.supplier).post(of("corrections", pk, "decide"), decision).status_code == 403
    assert call(cast.secretary).post(of("corrections", pk, "decide"), decision).json()["state"] == "accepted"
    assert Correction.objects.get().section.text.count("30%로 하자고 하였다.") == 1


def test_circulated_minutes_are_recalled_with_a_reason(cast: Cast, call: Call):
    minutes = circulated(cast)
    assert call(cast.secretary).post(of("minutes", minutes.pk, "recall"), {}).status_code == 400
    answer = call(cast.secretary).post(of("minutes", minutes.pk, "recall"), {"reason": "빠진 것이 있습니다."})
    assert answer.json()["state"] == "draft"


def test_an_annex_is_added_to_approved_minutes_alone(cast: Cast, call: Call):
    annex = {"text": "정오표", "reason": "오기"}
    minutes = circulated(cast)
    corrected(cast, minutes)
    assert call(cast.secretary).post(of("minutes", minutes.pk, "annexes"), annex).status_code == 409
    Minutes.objects.all().delete()
    locked = approved(cast, title="제2차 전체회의")
    with clock.at(after(locked)):
        made = call(cast.secretary).post(of("minutes", locked.pk, "annexes"), annex)
    assert (made.status_code, made.json()["number"]) == (201, 1)
    assert call(cast.tp).get(of("minutes", locked.pk)).json()["annexes"][0]["text"] == "정오표"


def test_a_recording_with_its_transcript(cast: Cast, call: Call):
    meeting, secretary = held(cast), call(cast.secretary)
    made = secretary.post(of("recordings"), {"meeting": str(meeting.pk), "file": sound()}, format="multipart")
    assert made.status_code == 201
    pk = made.json()["id"]
    broken = {"file": transcript(WEBVTT.replace("00:05:00.000 -->", "? -->"))}
    assert "file" in secretary.post(of("recordings", pk, "transcript"), broken, format="multipart").json()["errors"]
    read = secretary.post(of("recordings", pk, "transcript"), {"file": transcript()}, format="multipart")
    assert read.status_code == 200
    item = meeting.items.get()
    offsets = secretary.get(of("recordings", pk, "offsets")).json()["offsets"]
    assert [(each["item"]["id"], each["begins_ms"]) for each in offsets] == [(str(item.pk), 4 * 60 * 1000)]
    lines = secretary.get(of("recordings", pk, "lines")).json()["results"]
    assert [(line["speaker"], line["begins_ms"]) for line in lines] == [("의장", 5000), ("공급 대표", 300_000)]
    assert lines[0]["item"] is None
    assert lines[1]["item"]["id"] == str(item.pk)
    assert len(secretary.get(of("recordings", pk, "lines") + "?q=부담").json()["results"]) == 1
    assert call(cast.supplier).get(of("recordings", pk)).status_code == 404
    secretary.post(of("recordings", pk, "release"))
    assert call(cast.supplier).get(of("recordings", pk)).status_code == 200
    assert call(cast.supplier).post(of("recordings", pk, "remove"), {"reason": "…"}).status_code == 403
    assert secretary.post(of("recordings", pk, "remove"), {"reason": "확정됨"}).status_code == 204
    assert not Recording.objects.exists()


def test_a_recording_elsewhere_is_an_address(cast: Cast, call: Call):
    meeting = held(cast)
    secretary = call(cast.secretary)
    address = {"meeting": str(meeting.pk), "url": "https://video.example/1"}
    assert secretary.post(of("recordings"), address).json()["url"] == "https://video.example/1"
    assert secretary.post(of("recordings"), {"meeting": str(meeting.pk)}).status_code == 400
    assert call(cast.supplier).post(of("recordings"), address).status_code == 403


def test_an_invited_member_downloads_a_released_recording_and_no_other(cast: Cast, call: Call):
    recording = recorded(cast)
    file = of("attachments", recording.attachment_id, "file")
    assert call(cast.supplier).get(file).status_code == 404
    call(cast.secretary).post(of("recordings", recording.pk, "release"))
    assert b"".join(call(cast.supplier).get(file)).startswith(b"ID3")
