"""Who may see what, at every door: each of the cast × each kind of thing × page, API, API list.

A stranger never learns that a thing exists: the answer is the one for a thing that does not.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from rest_framework.test import APIClient

from council.exchange import actions as exchange
from council.meetings import actions as meetings
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.opinions import actions as opinions
from council.people import actions as people
from council.people.models import Organisation, User
from tests.cast import Cast
from tests.exchange.files import HEADER, as_csv

NOWHERE = UUID("01a00000-0000-7000-8000-000000000000")
PEOPLE = (
    "chair",
    "secretary",
    "officer",
    "tp",
    "supplier",
    "colleague",  # of the supplier
    "adopter",
    "observer",
    "expired",
    "stranger",
    "operator",
)
MEMBERS = {"chair", "secretary", "officer", "tp", "supplier", "colleague", "adopter", "observer"}
RUNNERS = {"chair", "secretary"}
SITTING = MEMBERS | {"operator"}  # who sits on a council is known to those who set it up
OFFICE = RUNNERS | {"officer"}
INSIDE = {"supplier", "colleague"}


@dataclass(frozen=True)
class Thing:
    """A kind of thing: how one comes to be, who may see it, and where it stands in the API and among the pages.

    What stands in no list of its own has no ``api``: it is read inside something else.
    """

    make: Callable[[Cast], Any]
    seen_by: set[str]
    api: str = ""
    page: bool = True


def restricted_item(cast: Cast) -> Any:
    meeting = cast.planned_meeting()
    item = cast.item(meeting, title="인사", visibility="officers")
    meetings.convene(meeting, by=cast.secretary)
    return item


def withdrawn(cast: Cast) -> Any:
    return opinions.withdraw(cast.submitted(cast.consultation()), by=cast.supplier)


def notice(cast: Cast) -> Any:
    cast.published(cast.consultation())
    while notifications.dispatch():
        pass
    return Notification.objects.on_screen().get(recipient=cast.supplier, entry__verb="opinion.answer_released")


def released(cast: Cast) -> Any:
    return cast.published(cast.consultation()).points.get().disposition


def inside(cast: Cast, verb: Callable[..., Any] | None = None) -> Any:
    """A draft shared in the supplier's organisation, and perhaps decided on there."""
    shared = opinions.share(cast.drafted(cast.consultation()), by=cast.supplier)
    return verb(shared, by=cast.supplier) if verb else shared


def hidden(cast: Cast) -> Any:
    return opinions.hide(cast.submitted(cast.consultation()), reason="운영 규칙 제7조", by=cast.secretary)


def letter(cast: Cast, organisation: Organisation | None = None, **fields: Any) -> Any:
    """What came on paper from someone without an account."""
    consultation = cast.consultation()
    return opinions.enter(
        consultation,
        consultation.version.passages.earliest("position"),
        source="paper",
        organisation=organisation or people.register_organisation(by=cast.secretary, name="여울목재", kind="adopter"),
        reason="종이로도 받아 주십시오.",
        submitter="대표",
        source_note="접수번호 1",
        by=cast.secretary,
        **fields,
    )


def redaction(cast: Cast, *, approved: bool = False) -> Any:
    secret = cast.submitted(cast.consultation(), audience="confidential", reason="불량률은 3.1%입니다.")
    form = opinions.redact(secret, reason="불량률이 높습니다.", by=cast.secretary)
    return opinions.approve_redaction(form, by=cast.supplier) if approved else form


def vote(cast: Cast) -> Any:
    given = cast.submitted(cast.consultation(), by=cast.adopter)
    return opinions.react(given, value=1, membership=cast.membership(cast.supplier), by=cast.supplier)


def campaign(cast: Cast) -> Any:
    consultation = cast.consultation()
    for person in (cast.supplier, cast.adopter, cast.tp):
        cast.submitted(
            consultation, by=person, kind="general", proposed_text="", reason="자부담을 30%로 낮추어 주십시오. " * 2
        )
    while opinions.recognise_campaigns() >= 0:
        pass
    return consultation.campaigns.get()


def objection(cast: Cast, **words: Any) -> Any:
    answer = cast.published(cast.consultation(), **words).points.get().disposition
    return opinions.object_to(answer, text="소기업만이라도 낮추어 주십시오.", by=cast.supplier)


def told(cast: Cast) -> Any:
    return opinions.tell_author(cast.published(cast.consultation()), channel="letter", by=cast.secretary)


def extension(cast: Cast) -> Any:
    phase = cast.consultation().phases.get()
    later = phase.closes_at + dt.timedelta(days=3)
    return opinions.extend(phase, closes_at=later, reason="추석 연휴", by=cast.secretary).extensions.get()


def upload(cast: Cast, by: str) -> Any:
    """A file of opinions somebody brought in, not entered yet."""
    rows = [["1", "누리솔루션", "공급 대표", "1 과제 1", "찬성", "", "", "지역에 필요합니다."]]
    file = SimpleUploadedFile("의견.csv", as_csv([HEADER, *rows]))
    return exchange.upload(cast.consultation(), file=file, by=getattr(cast, by))


def export(cast: Cast) -> Any:
    return exchange.request_export(kind="opinions", format="csv", consultation=cast.consultation(), by=cast.supplier)


THINGS: dict[str, Thing] = {
    "council": Thing(lambda cast: cast.council, SITTING, "councils"),
    "membership": Thing(lambda cast: cast.membership(cast.supplier), SITTING, "memberships", page=False),
    "seat": Thing(lambda cast: cast.council.seats.first(), SITTING, "seats", page=False),
    "subcommittee": Thing(
        lambda cast: people.form_subcommittee(cast.council, name="분과", by=cast.secretary),
        SITTING,
        "subcommittees",
        page=False,
    ),
    "document": Thing(lambda cast: cast.version().document, MEMBERS, "documents"),
    "document nobody has been given": Thing(lambda cast: cast.document(), OFFICE, "documents"),
    "version": Thing(lambda cast: cast.version(), MEMBERS, "versions"),
    "version in work": Thing(lambda cast: cast.next_version(cast.version()), OFFICE, "versions"),
    "passage": Thing(lambda cast: cast.version().passages.first(), MEMBERS, "passages", page=False),
    "passage in work": Thing(
        lambda cast: cast.next_version(cast.version()).passages.first(), OFFICE, "passages", page=False
    ),
    "attachment": Thing(lambda cast: cast.attachment(), MEMBERS, "attachments"),
    "attachment of a document nobody has been given": Thing(
        lambda cast: cast.attachment(document=cast.document()), OFFICE, "attachments"
    ),
    "attachment for officers": Thing(lambda cast: cast.attachment(visibility="officers"), RUNNERS, "attachments"),
    "meeting": Thing(lambda cast: cast.meeting(), MEMBERS, "meetings"),
    "meeting called off before it was convened": Thing(
        lambda cast: meetings.cancel(cast.planned_meeting(), reason="취소", by=cast.secretary), RUNNERS, "meetings"
    ),
    "meeting in preparation": Thing(lambda cast: cast.planned_meeting(), RUNNERS, "meetings"),
    "agenda item": Thing(lambda cast: cast.meeting().items.get(), MEMBERS, "agenda-items", page=False),
    "agenda item for officers": Thing(restricted_item, RUNNERS, "agenda-items", page=False),
    "invitation": Thing(
        lambda cast: cast.invitation(cast.meeting(), cast.supplier), MEMBERS, "invitations", page=False
    ),
    "consultation": Thing(lambda cast: cast.consultation(), MEMBERS, "consultations"),
    "consultation in preparation": Thing(lambda cast: cast.prepared_consultation(), RUNNERS, "consultations"),
    "draft of an opinion": Thing(lambda cast: cast.drafted(cast.consultation()), {"supplier"}, "opinions"),
    "opinion": Thing(lambda cast: cast.submitted(cast.consultation()), MEMBERS, "opinions"),
    "opinion for the office": Thing(
        lambda cast: cast.triaged(cast.consultation(), audience="office"), OFFICE | INSIDE, "opinions"
    ),
    "withdrawn opinion": Thing(withdrawn, RUNNERS | INSIDE, "opinions"),
    "draft shared in an organisation": Thing(inside, INSIDE, "opinions"),
    "opinion in an official set": Thing(lambda cast: inside(cast, opinions.choose), INSIDE, "opinions"),
    "dissent kept inside": Thing(lambda cast: inside(cast, opinions.keep_inside), INSIDE, "opinions"),
    "confidential opinion": Thing(
        lambda cast: cast.submitted(cast.consultation(), audience="confidential"), RUNNERS | INSIDE, "opinions"
    ),
    "confidential opinion an office answers": Thing(
        lambda cast: cast.triaged(cast.consultation(), audience="confidential"), OFFICE | INSIDE, "opinions"
    ),
    "hidden opinion": Thing(hidden, RUNNERS | INSIDE, "opinions"),
    "letter": Thing(letter, MEMBERS, "opinions"),
    "letter of a member's organisation for the office": Thing(
        lambda cast: letter(cast, cast.adopting, audience="office"), RUNNERS | {"adopter"}, "opinions"
    ),
    "comment on a draft": Thing(
        lambda cast: opinions.remark(inside(cast), text="한 줄 더 넣읍시다.", by=cast.supplier), INSIDE, page=False
    ),
    "public form in preparation": Thing(redaction, RUNNERS | INSIDE, "redactions"),
    "public form": Thing(lambda cast: redaction(cast, approved=True), MEMBERS, "redactions"),
    "vote": Thing(vote, INSIDE, page=False),
    "reply": Thing(
        lambda cast: cast.submitted(cast.consultation()).consultation.replies.get(),
        RUNNERS | INSIDE,
        "replies",
        page=False,
    ),
    "report": Thing(
        lambda cast: opinions.report(cast.submitted(cast.consultation()), reason="광고입니다.", by=cast.adopter),
        RUNNERS | {"adopter"},
        "reports",
        page=False,
    ),
    "campaign": Thing(campaign, MEMBERS, "campaigns"),
    "extension": Thing(extension, MEMBERS, page=False),
    "point": Thing(lambda cast: cast.point(cast.consultation()), MEMBERS, "points"),
    "point of an opinion for the office": Thing(
        lambda cast: cast.point(cast.consultation(), audience="office"), OFFICE | INSIDE, "points"
    ),
    "objection": Thing(objection, MEMBERS, "objections"),
    "objection to an answer only its author reads": Thing(
        lambda cast: objection(cast, audience="office"), OFFICE | INSIDE, "objections"
    ),
    "telling": Thing(told, MEMBERS, page=False),
    "answer template": Thing(
        lambda cast: opinions.keep_template(
            cast.council, title="예산", verdict="longer_term", text="고맙습니다.", by=cast.officer
        ),
        OFFICE,
        "answer-templates",
        page=False,
    ),
    "step on the board": Thing(
        lambda cast: cast.answered(cast.consultation()).consultation.batches.get(step="dispose"), OFFICE, "batches"
    ),
    "secretary's step on the board": Thing(
        lambda cast: cast.triaged(cast.consultation()).consultation.batches.get(), RUNNERS, "batches"
    ),
    "file the secretary brought in": Thing(lambda cast: upload(cast, "secretary"), RUNNERS, "imports"),
    "file a member brought in": Thing(lambda cast: upload(cast, "supplier"), RUNNERS | {"supplier"}, "imports"),
    "row of a file": Thing(lambda cast: upload(cast, "supplier").rows.get(), RUNNERS | {"supplier"}, "import-rows"),
    "file to take away": Thing(export, {"supplier"}, "exports"),
    "prepared answer": Thing(
        lambda cast: cast.answered(cast.consultation()).points.get().disposition, OFFICE, "dispositions", page=False
    ),
    "published answer": Thing(released, MEMBERS, "dispositions", page=False),
    "notice": Thing(notice, {"supplier"}, "notices", page=False),
    "token": Thing(
        lambda cast: people.create_token(name="연계", by=cast.supplier)[0], {"supplier"}, "tokens", page=False
    ),
}


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def program(person: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def page_of(instance: Any) -> str:
    """Its page, without the place in it."""
    return str(instance.get_absolute_url()).partition("#")[0]


def opens(person: User, page: str) -> bool:
    """Whether someone's browser gets a page, and all of it."""
    response = browser(person).get(page)
    if response.streaming:
        response.getvalue()
    return response.status_code == 200


def listed(person: User, thing: Thing, instance: models.Model) -> bool:
    """Whether a thing stands in the list the API gives someone, on whatever page."""
    url = f"/api/v1/{thing.api}/?limit=200"
    client = program(person)
    while url:
        answer = client.get(url).json()
        if str(instance.pk) in {str(row["id"]) for row in answer["results"]}:
            return True
        url = answer["next"]
    return False


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """With a colleague of the supplier, who sits for the same organisation."""
    cast.colleague()
    return cast


def person(cast: Cast, name: str) -> User:
    return User.objects.get(email=f"{name}@council.example")


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_who_sees_it(cast: Cast, thing: Thing):
    instance = thing.make(cast)
    everyone = {name: person(cast, name) for name in PEOPLE}
    address = f"/api/v1/{thing.api}/{instance.pk}/"
    by_queryset = {
        name
        for name, who in everyone.items()
        if type(instance)._default_manager.visible_to(who).filter(pk=instance.pk).exists()
    }
    assert by_queryset == thing.seen_by
    if thing.api:
        assert {name for name, who in everyone.items() if program(who).get(address).status_code == 200} == by_queryset
        assert {name for name, who in everyone.items() if listed(who, thing, instance)} == by_queryset
    if thing.page:
        page = page_of(instance)
        assert {name for name, who in everyone.items() if opens(who, page)} == by_queryset


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_to_others_it_is_as_if_it_did_not_exist(cast: Cast, thing: Thing):
    instance = thing.make(cast)
    others = [name for name in PEOPLE if name not in thing.seen_by]
    nowhere = 0 if isinstance(instance.pk, int) else NOWHERE
    for who in (person(cast, name) for name in others):
        if thing.api:
            present = program(who).get(f"/api/v1/{thing.api}/{instance.pk}/")
            absent = program(who).get(f"/api/v1/{thing.api}/{nowhere}/")
            assert (present.status_code, present.json()) == (absent.status_code, absent.json()) == (404, absent.json())
        if thing.page:
            assert browser(who).get(page_of(instance)).status_code == 404


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_who_is_not_logged_in_is_asked_to_whether_it_exists_or_not(cast: Cast, thing: Thing, client: Client):
    instance = thing.make(cast)
    if thing.api:
        assert APIClient().get(f"/api/v1/{thing.api}/{instance.pk}/").status_code == 401
        assert APIClient().get(f"/api/v1/{thing.api}/").status_code == 401
    if thing.page:
        page = page_of(instance)
        absent = page.replace(str(instance.pk), str(NOWHERE))
        assert client.get(page)["Location"] == f"/account/login/?next={page}"
        assert client.get(absent)["Location"] == f"/account/login/?next={absent}"


def test_an_expired_member_keeps_what_they_said_and_nothing_else(cast: Cast):
    mine = cast.published(cast.consultation())
    people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.secretary)
    assert browser(cast.supplier).get(mine.get_absolute_url()).status_code == 200
    assert browser(cast.supplier).get(mine.consultation.get_absolute_url()).status_code == 404
    assert program(cast.supplier).get(f"/api/v1/points/{mine.points.get().pk}/").status_code == 200


def test_a_member_of_one_council_is_a_stranger_in_another(cast: Cast):
    other = people.establish_council(by=cast.operator, name="다른 협의체", operator=cast.ministry)
    cast.member("elsewhere", "남의 간사", cast.ministry, role="secretary", seated=False, council=other)
    foreign = User.objects.get(email="elsewhere@council.example")
    opinion = cast.submitted(cast.consultation())
    assert browser(foreign).get(opinion.get_absolute_url()).status_code == 404
    assert not listed(foreign, THINGS["opinion"], opinion)


def test_that_an_answer_is_prepared_is_known_to_those_who_prepare_it(cast: Cast):
    opinion = cast.answered(cast.consultation())
    address = f"/api/v1/opinions/{opinion.pk}/"
    told = {name: program(person(cast, name)).get(address).json()["state"] for name in MEMBERS}
    assert {name for name, state in told.items() if state == "answered"} == OFFICE
    for name in MEMBERS:
        found = program(person(cast, name)).get(f"/api/v1/opinions/?state={told[name]}").json()["results"]
        assert [row["id"] for row in found] == [str(opinion.pk)]
    assert program(cast.supplier).get("/api/v1/opinions/?state=answered").json()["results"] == []
