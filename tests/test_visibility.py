"""Who may see what, at every door: each of the cast × each kind of thing × page, API, API list.

A stranger never learns that a thing exists: the answer is the one for a thing that does not.
"""

from typing import Any

import pytest
from django.db import models
from django.test import Client
from rest_framework.test import APIClient

from council.people import actions as people
from council.people.models import User
from tests.cast import Cast
from tests.things import MEMBERS, NOWHERE, OFFICE, PEOPLE, THINGS, Thing, person


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def program(person: User) -> APIClient:
    _token, secret = people.create_token(name="looking", by=person)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
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


def listed(client: APIClient, thing: Thing, instance: models.Model) -> bool:
    """Whether a thing stands in the list the API gives someone, on whatever page."""
    url = f"/api/v1/{thing.api}/?limit=200"
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
        programs = {name: program(who) for name, who in everyone.items()}
        assert {name for name, asks in programs.items() if asks.get(address).status_code == 200} == by_queryset
        assert {name for name, asks in programs.items() if listed(asks, thing, instance)} == by_queryset
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
            asks = program(who)
            present = asks.get(f"/api/v1/{thing.api}/{instance.pk}/")
            absent = asks.get(f"/api/v1/{thing.api}/{nowhere}/")
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
    assert not listed(program(foreign), THINGS["opinion"], opinion)


def test_that_an_answer_is_prepared_is_known_to_those_who_prepare_it(cast: Cast):
    opinion = cast.answered(cast.consultation())
    address = f"/api/v1/opinions/{opinion.pk}/"
    told = {name: program(person(cast, name)).get(address).json()["state"] for name in MEMBERS}
    assert {name for name, state in told.items() if state == "answered"} == OFFICE
    for name in MEMBERS:
        found = program(person(cast, name)).get(f"/api/v1/opinions/?state={told[name]}").json()["results"]
        assert [row["id"] for row in found] == [str(opinion.pk)]
    assert program(cast.supplier).get("/api/v1/opinions/?state=answered").json()["results"] == []
