"""Who may see what, at every door: each of the cast × each kind of thing × page, API, API list.

A stranger never learns that a thing exists: the answer is the one for a thing that does not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import models
from django.test import Client
from rest_framework.test import APIClient
from rules.permissions import permissions

from council.meetings import actions as meetings
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.opinions import actions as opinions
from council.people import actions as people
from council.people.models import User
from tests.cast import Cast

NOWHERE = UUID("01a00000-0000-7000-8000-000000000000")
PEOPLE = (
    "chair",
    "secretary",
    "officer",
    "tp",
    "supplier",
    "adopter",
    "observer",
    "expired",
    "stranger",
    "operator",
)
MEMBERS = {"chair", "secretary", "officer", "tp", "supplier", "adopter", "observer"}
RUNNERS = {"chair", "secretary"}
SITTING = MEMBERS | {"operator"}  # who sits on a council is known to those who set it up
OFFICE = RUNNERS | {"officer"}


@dataclass(frozen=True)
class Thing:
    """A kind of thing: how one comes to be, who may see it, and where it stands in the API."""

    make: Callable[[Cast], Any]
    seen_by: set[str]
    api: str
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
    return cast.published(cast.consultation()).disposition


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
        lambda cast: cast.triaged(cast.consultation(), audience="office"), OFFICE | {"supplier"}, "opinions"
    ),
    "withdrawn opinion": Thing(withdrawn, RUNNERS | {"supplier"}, "opinions"),
    "prepared answer": Thing(
        lambda cast: cast.answered(cast.consultation()).disposition, OFFICE, "dispositions", page=False
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


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_who_sees_it(cast: Cast, thing: Thing):
    instance = thing.make(cast)
    everyone = {name: getattr(cast, name) for name in PEOPLE}
    address = f"/api/v1/{thing.api}/{instance.pk}/"
    by_queryset = {
        name
        for name, person in everyone.items()
        if type(instance)._default_manager.visible_to(person).filter(pk=instance.pk).exists()
    }
    assert by_queryset == thing.seen_by
    assert {name for name, person in everyone.items() if program(person).get(address).status_code == 200} == by_queryset
    assert {name for name, person in everyone.items() if listed(person, thing, instance)} == by_queryset
    if thing.page:
        page = instance.get_absolute_url()
        assert {name for name, person in everyone.items() if opens(person, page)} == by_queryset


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_to_others_it_is_as_if_it_did_not_exist(cast: Cast, thing: Thing):
    instance = thing.make(cast)
    others = [name for name in PEOPLE if name not in thing.seen_by]
    nowhere = 0 if isinstance(instance.pk, int) else NOWHERE
    for person in (getattr(cast, name) for name in others):
        hidden = program(person).get(f"/api/v1/{thing.api}/{instance.pk}/")
        absent = program(person).get(f"/api/v1/{thing.api}/{nowhere}/")
        assert (hidden.status_code, hidden.json()) == (absent.status_code, absent.json()) == (404, absent.json())
        if thing.page:
            page = instance.get_absolute_url()
            assert browser(person).get(page).status_code == 404


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_who_is_not_logged_in_is_asked_to_whether_it_exists_or_not(cast: Cast, thing: Thing, client: Client):
    instance = thing.make(cast)
    assert APIClient().get(f"/api/v1/{thing.api}/{instance.pk}/").status_code == 401
    assert APIClient().get(f"/api/v1/{thing.api}/").status_code == 401
    if thing.page:
        page = instance.get_absolute_url()
        absent = page.replace(str(instance.pk), str(NOWHERE))
        assert client.get(page)["Location"] == f"/account/login/?next={page}"
        assert client.get(absent)["Location"] == f"/account/login/?next={absent}"


def test_an_expired_member_keeps_what_they_said_and_nothing_else(cast: Cast):
    mine = cast.published(cast.consultation())
    people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.secretary)
    assert browser(cast.supplier).get(mine.get_absolute_url()).status_code == 200
    assert browser(cast.supplier).get(mine.consultation.get_absolute_url()).status_code == 404
    assert program(cast.supplier).get(f"/api/v1/opinions/{mine.pk}/").json()["disposition"]["verdict"] == "not_accepted"


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
    told = {name: program(getattr(cast, name)).get(address).json()["state"] for name in MEMBERS}
    assert {name for name, state in told.items() if state == "answered"} == OFFICE
    for name in MEMBERS:
        found = program(getattr(cast, name)).get(f"/api/v1/opinions/?state={told[name]}").json()["results"]
        assert [row["id"] for row in found] == [str(opinion.pk)]
    assert program(cast.supplier).get("/api/v1/opinions/?state=answered").json()["results"] == []


# --- who may do what


PERMISSIONS: dict[str, tuple[Callable[[Cast], Any], set[str]]] = {
    "people.establish_council": (lambda cast: None, {"operator"}),
    "people.register_organisation": (lambda cast: None, RUNNERS | {"operator"}),
    "people.invite_user": (lambda cast: None, RUNNERS | {"operator"}),
    "people.form_subcommittee": (lambda cast: cast.council, RUNNERS | {"operator"}),
    "people.create_seat": (lambda cast: cast.council, RUNNERS | {"operator"}),
    "people.appoint": (lambda cast: cast.council, RUNNERS | {"operator"}),
    "people.dismiss": (lambda cast: cast.membership(cast.tp), RUNNERS | {"operator"}),
    "people.revoke_token": (lambda cast: people.create_token(name="연계", by=cast.supplier)[0], {"supplier"}),
    "documents.create_document": (lambda cast: cast.council, RUNNERS),
    "documents.attach": (lambda cast: cast.council, RUNNERS),
    "documents.start_version": (lambda cast: cast.version().document, OFFICE),
    "documents.edit_version": (lambda cast: cast.document().versions.get(), OFFICE),
    "documents.publish_version": (lambda cast: cast.document().versions.get(), RUNNERS),
    "meetings.plan_meeting": (lambda cast: cast.council, RUNNERS),
    "meetings.revise_meeting": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.convene_meeting": (lambda cast: cast.planned_meeting(), RUNNERS),
    "meetings.cancel_meeting": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.close_meeting": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.edit_agenda": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.answer_invitation": (
        lambda cast: cast.invitation(cast.meeting(), cast.supplier),
        RUNNERS | {"supplier"},
    ),
    "opinions.prepare_consultation": (lambda cast: cast.council, RUNNERS),
    "opinions.open_consultation": (lambda cast: cast.prepared_consultation(), RUNNERS),
    "opinions.give": (lambda cast: cast.consultation(), MEMBERS - {"observer"}),
    "opinions.edit": (lambda cast: cast.submitted(cast.consultation()), {"supplier"}),
    "opinions.submit": (lambda cast: cast.drafted(cast.consultation()), {"supplier"}),
    "opinions.withdraw": (lambda cast: cast.submitted(cast.consultation()), {"supplier"}),
    "opinions.triage": (lambda cast: cast.submitted(cast.consultation()), RUNNERS),
    "opinions.dispose": (lambda cast: cast.triaged(cast.consultation()), OFFICE),
    "opinions.see_board": (lambda cast: cast.consultation(), OFFICE),
    "opinions.release": (lambda cast: cast.consultation(), RUNNERS),
}


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_who_may_do_it(cast: Cast, permission: str):
    make, allowed = PERMISSIONS[permission]
    thing = make(cast)
    assert {name for name in PEOPLE if getattr(cast, name).has_perm(permission, thing)} == allowed


def test_no_permission_is_left_out_of_the_table():
    assert set(permissions) == set(PERMISSIONS)
