"""The whole story over the API alone: from a convened meeting to an answered opinion that its author reads."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from council.core import clock
from council.notifications import actions as notifications

API = "/api/v1"
Answer = dict[str, Any]


def test_from_a_convened_meeting_to_an_answered_opinion(cast, call):
    secretary, officer, supplier, adopter, chair = (
        Caller(call(person)) for person in (cast.secretary, cast.officer, cast.supplier, cast.adopter, cast.chair)
    )
    [council] = secretary.all("councils")

    # The secretary enters the draft strategy and publishes it.
    ministry = secretary.me()["memberships"][0]["organisation"]["id"]
    document = secretary.post("documents", council=council["id"], title="디지털 제조혁신 전략(안)", owner=ministry)
    [version] = document["versions"]
    for number, text in enumerate(("기초 기업의 자부담은 50%로 한다.", "로봇 보급을 늘린다."), start=1):
        officer.post("passages", version=version["id"], number=str(number), heading=f"과제 {number}", text=text)
    secretary.do("versions", version, "publish")

    # She convenes a meeting about it, with agenda and papers.
    starts_at = clock.now() + dt.timedelta(days=14)
    meeting = secretary.post(
        "meetings",
        council=council["id"],
        title="제1차 전체회의",
        place="중회의실",
        starts_at=starts_at.isoformat(),
        ends_at=(starts_at + dt.timedelta(hours=2)).isoformat(),
    )
    item = secretary.post(
        "agenda-items", meeting=meeting["id"], kind="deliberation", title="전략(안) 심의", presenter="담당 부서"
    )
    assert len(secretary.get(f"meetings/{meeting['id']}/lacking")["lacking"]) == 1
    file = secretary.upload("attachments", council=council["id"], file=SimpleUploadedFile("개요.txt", b"1"))
    secretary.do("agenda-items", item, "papers", status=201, version=version["id"])
    secretary.do("agenda-items", item, "papers", status=201, attachment=file["id"])
    secretary.do("meetings", meeting, "convene")

    # The supplier is told, reads the papers and says that they come.
    tell()
    assert supplier.all("notices", unread="true")[0]["verb"] == "meeting.convened"
    [read] = supplier.all("agenda-items", meeting=meeting["id"])
    assert [bool(paper["attachment"]) for paper in read["papers"]] == [False, True]
    [invitation] = supplier.all("invitations", mine="true")
    supplier.do("invitations", invitation, "answer", answer="attending")

    # The council is asked for its opinion; the supplier writes one and improves it, the adopter supports the passage.
    office = officer.me()["memberships"][0]["organisation"]["id"]
    phases = [
        {
            "kind": "before",
            "opens_at": clock.now().isoformat(),
            "closes_at": (clock.now() + dt.timedelta(days=13)).isoformat(),
        }
    ]
    consultation = secretary.post(
        "consultations",
        council=council["id"],
        version=version["id"],
        agenda_item=item["id"],
        office=office,
        title="전략(안) 의견수렴",
        phases=phases,
    )
    assert supplier.all("consultations", open="true") == []
    secretary.do("consultations", consultation, "open")
    [found] = supplier.all("consultations", open="true")
    first, second = supplier.all("passages", version=found["version"]["id"])
    opinion = supplier.post(
        "opinions",
        consultation=found["id"],
        passage=first["id"],
        current_text="50%",
        proposed_text="30%",
        reason="영세 기업은 감당하기 어렵습니다.",
    )
    assert adopter.all("opinions") == []
    supplier.do("opinions", opinion, "submit")
    supplier.patch("opinions", opinion, reason="매출 10억 원 미만 기업은 감당하기 어렵습니다.", revision=1)
    support = adopter.post(
        "opinions", consultation=found["id"], passage=second["id"], kind="support", reason="필요합니다.", submit=True
    )
    assert [one["number"] for one in chair.all("opinions")] == [2, 1]
    assert len(chair.all(f"opinions/{opinion['id']}/revisions")) == 2

    # The chair triages; the office changes the text and answers.
    [point, supporting] = chair.all("points", state="submitted")[::-1]
    for one in (point, supporting):
        chair.do("points", one, "triage", office=office)
    tell()
    assert {one["verb"] for one in officer.all("notices", unread="true")} >= {"opinion.triaged"}
    [mine, _other] = officer.all("points", office=office, state="triaged")[::-1]
    assert mine["opinion"]["id"] == opinion["id"]
    following = officer.do("documents", document, "versions", status=201, note="의견 반영")
    changed = officer.all("passages", version=following["id"])[0]
    officer.patch("passages", changed, text="기초 기업의 자부담은 30%로 한다.")
    officer.do(
        "points",
        point,
        "dispose",
        verdict="accepted",
        reason="제안을 반영하였습니다.",
        changed_passage=changed["id"],
    )
    officer.do("points", supporting, "dispose", verdict="already_reflected", reason="이미 담겨 있습니다.")
    assert support["id"] == supporting["opinion"]["id"]
    assert supplier.get(f"points/{point['id']}")["disposition"] is None

    # Answers are published together, once the version they point to is.
    refused = secretary.do("consultations", consultation, "release", status=409)
    assert len(refused["problems"]) == 1
    secretary.do("versions", following, "publish")
    secretary.do("consultations", consultation, "release")
    tell()

    # The author is told, and reads what was decided, why, and where it can be read.
    [notice] = [one for one in supplier.all("notices", unread="true") if one["verb"] == "opinion.answer_released"]
    answered = supplier.get(f"opinions/{notice['about']['id']}")
    assert answered["state"] == "published"
    [answer] = [one["disposition"] for one in answered["points"]]
    assert answer["verdict"] == "accepted"
    assert answer["changed_passage"]["identity"] == first["identity"]
    compared = supplier.get(f"versions/{answer['changed_passage']['version']['id']}/changes")
    [change] = [one for one in compared["changes"] if one["kind"] == "changed"]
    assert [(span["kind"], span["text"]) for span in change["spans"] if span["kind"] != "same"] == [
        ("removed", "50"),
        ("added", "30"),
    ]
    supplier.do("notices", notice, "read")
    assert notice["id"] not in {one["id"] for one in supplier.all("notices", unread="true")}
    assert secretary.get(f"consultations/{consultation['id']}")["published"] == 2


def test_from_a_shared_draft_to_a_decided_second_round(cast, call):
    consultation = cast.consultation()
    passage = str(consultation.version.passages.earliest("position").pk)
    people = (cast.secretary, cast.officer, cast.supplier, cast.colleague(coordinates=True), cast.adopter)
    secretary, officer, supplier, coordinator, adopter = (Caller(call(person)) for person in people)
    asked = {"id": str(consultation.pk)}

    # Inside the organisation a draft is shared, commented on and taken into the official set, which is given.
    draft = supplier.post(
        "opinions",
        consultation=asked["id"],
        passage=passage,
        current_text="50%",
        proposed_text="30%",
        reason="부담이 큽니다. 신청 기한도 늘려 주십시오.",
    )
    supplier.do("opinions", draft, "share")
    coordinator.do("opinions", draft, "remark", status=201, text="기한은 따로 적는 게 좋겠습니다.")
    supplier.do("opinions", draft, "submit", status=409)
    coordinator.do("opinions", draft, "choose")
    assert adopter.all("opinions") == []
    coordinator.do("consultations", asked, "submit-set")
    assert adopter.get(f"consultations/{asked['id']}/turnout")["replied"] == 1
    adopter.do("opinions", draft, "react", value=1)

    # The secretariat finds two matters in it and assigns them together.
    opinion = secretary.do("opinions", draft, "split", gists=["자부담 비율", "신청 기한"])
    ratio, deadline = opinion["points"]
    step = secretary.together("points", "triage-all", points=[ratio["id"], deadline["id"]])
    assert (step["applied"], step["total"], [row["problem"] for row in step["points"]]) == (2, 2, ["", ""])

    revised = step["points"][0]["revision"]

    # The office accepts the wording, which changes the next draft, and answers the other matter.
    accepted = officer.do("points", ratio, "accept-wording", reason="제안을 반영하였습니다.", revision=revised)
    changed = accepted["disposition"]["changed_passage"]
    officer.do("points", deadline, "dispose", verdict="not_accepted", reason="기한은 법으로 정해져 있습니다.")
    assert [point["state"] for point in supplier.get(f"opinions/{draft['id']}")["points"]] == ["triaged", "triaged"]

    # Nothing is published before the text is; then everything is, together.
    lacking = secretary.get(f"consultations/{asked['id']}/lacking")
    assert len(lacking["in_the_way"]) == len(lacking["without_reference"]) == 1
    secretary.do("consultations", asked, "release", status=409)
    secretary.do("versions", changed["version"], "publish")
    secretary.do("consultations", asked, "release")
    tell()
    assert [one["state"] for one in secretary.all(f"consultations/{asked['id']}/telling")] == ["otherwise"]

    # The author replies to one of the answers; the office stays with it, with a reason.
    answered = supplier.get(f"opinions/{draft['id']}")
    assert [point["disposition"]["verdict"] for point in answered["points"]] == ["accepted", "not_accepted"]
    assert "30%" in supplier.get(f"passages/{changed['id']}")["text"]
    refused = answered["points"][1]["disposition"]
    objection = supplier.do("dispositions", refused, "object", status=201, text="시행령으로 늘릴 수 있습니다.")
    officer.do("objections", objection, "decide", outcome="confirmed", reason="시행령 개정 사항이 아닙니다.")
    read = supplier.get(f"objections/{objection['id']}")
    assert (read["outcome"], read["reason"]) == ("confirmed", "시행령 개정 사항이 아닙니다.")
    supplier.do("dispositions", refused, "object", status=409, text="한 번 더")


def tell() -> None:
    while notifications.dispatch(channels=["screen"]):
        pass


class Caller:
    """A program that speaks for one person, and expects everything to succeed."""

    def __init__(self, client: APIClient) -> None:
        self.client = client

    def me(self) -> Answer:
        return self.get("me")

    def get(self, path: str, **query: str) -> Answer:
        return self._answer(self.client.get(f"{API}/{path}/", query), 200)

    def all(self, path: str, **query: str) -> list[Answer]:
        rows: list[Answer] = self.get(path, **query)["results"]
        return rows

    def post(self, noun: str, **fields: object) -> Answer:
        return self._answer(self.client.post(f"{API}/{noun}/", fields), 201)

    def upload(self, noun: str, **fields: object) -> Answer:
        return self._answer(self.client.post(f"{API}/{noun}/", fields, format="multipart"), 201)

    def patch(self, noun: str, thing: Answer, **fields: object) -> Answer:
        return self._answer(self.client.patch(f"{API}/{noun}/{thing['id']}/", fields), 200)

    def do(self, noun: str, thing: Answer, verb: str, status: int = 200, **fields: object) -> Answer:
        return self._answer(self.client.post(f"{API}/{noun}/{thing['id']}/{verb}/", fields), status)

    def refused(self, noun: str, thing: Answer, **fields: object) -> Answer:
        return self._answer(self.client.patch(f"{API}/{noun}/{thing['id']}/", fields), 409)

    def together(self, noun: str, verb: str, status: int = 200, **fields: object) -> Answer:
        return self._answer(self.client.post(f"{API}/{noun}/{verb}/", fields), status)

    @staticmethod
    def _answer(answer, status: int) -> Answer:
        assert answer.status_code == status, answer.content.decode()
        found: Answer = answer.json()
        return found
