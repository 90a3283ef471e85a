"""How often one may call, and what every answer says of it."""

import datetime as dt
import re

import pytest
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError
from rest_framework.test import APIClient

from council.api import identity, throttling
from council.api.throttling import Policy
from council.core import clock

ME = "/api/v1/me/"
NOON = dt.datetime(2023, 9, 5, 3, 0, 10, tzinfo=dt.UTC)


@pytest.fixture
def few(monkeypatch):
    """A person may call three times a minute, twice to write; an address twice."""
    for name, quota in {"PERSON": 3, "WRITING": 2, "ADDRESS": 2}.items():
        monkeypatch.setattr(throttling, name, Policy(name.lower(), quota))


def test_every_answer_says_how_many_more_calls_there_are_and_until_when(cast, call, few):
    with clock.at(NOON):
        caller = call(cast.supplier)
        first, second = caller.get(ME), caller.get(ME)

    assert first["RateLimit-Policy"] == '"person";q=3;w=60'
    assert (first["RateLimit"], second["RateLimit"]) == ('"person";r=2;t=50', '"person";r=1;t=50')


def test_what_is_said_of_the_limit_is_true(cast, call, few):
    with clock.at(NOON):
        caller = call(cast.supplier)
        last = [caller.get(ME) for _each in range(3)][-1]
        refused = caller.get(ME)
    with clock.at(NOON + dt.timedelta(seconds=49)):
        still = caller.get(ME)
    with clock.at(NOON + dt.timedelta(seconds=50)):
        again = caller.get(ME)

    assert (last.status_code, last["RateLimit"]) == (200, '"person";r=0;t=50')
    assert (refused.status_code, refused["Retry-After"], refused["RateLimit"]) == (429, "50", '"person";r=0;t=50')
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:council:problem:throttled"
    assert (still.status_code, still["Retry-After"]) == (429, "1")
    assert (again.status_code, again["RateLimit"]) == (200, '"person";r=2;t=60')


def test_writing_has_a_limit_of_its_own_beside_the_other(cast, call, few):
    with clock.at(NOON):
        caller = call(cast.supplier)
        written = [caller.patch(ME, {"name": "공급 대표"}) for _each in range(3)]
        read = caller.get(ME)

    assert [answer.status_code for answer in written] == [200, 200, 429]
    assert written[0]["RateLimit-Policy"] == '"person";q=3;w=60, "writing";q=2;w=60'
    assert written[0]["RateLimit"] == '"person";r=2;t=50, "writing";r=1;t=50'
    assert read.status_code == 429  # every call counts


def test_a_person_is_counted_whatever_the_token(cast, call, few):
    with clock.at(NOON):
        for _each in range(3):
            call(cast.supplier).get(ME)

        assert call(cast.supplier).get(ME).status_code == 429
        assert call(cast.adopter).get(ME).status_code == 200


@pytest.mark.parametrize("path", ["me/", "nonsense/", "meetings/"])
def test_who_is_nobody_is_counted_by_address(cast, few, path):
    with clock.at(NOON):
        answers = [APIClient().get(f"/api/v1/{path}") for _each in range(3)]
        elsewhere = APIClient(REMOTE_ADDR="192.0.2.7").get(ME)

    assert [answer["RateLimit"] for answer in answers[:2]] == ['"address";r=1;t=50', '"address";r=0;t=50']
    assert answers[2].status_code == 429
    assert elsewhere.status_code == 401


def test_guessing_tokens_is_counted_too(cast, few):
    with clock.at(NOON):
        answers = [APIClient().get(ME, HTTP_AUTHORIZATION="Bearer council_x") for _each in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]


def test_what_is_not_understood_and_not_allowed_says_it_too(cast, call):
    caller = call(cast.supplier)
    answers = [
        caller.get(ME, HTTP_ACCEPT="text/html"),
        caller.put(ME, {}),
        caller.post("/api/v1/councils/", {}),
        caller.get("/api/v1/opinions/?consultaton=1"),
        caller.get("/api/v1/schema/"),
        caller.get("/api/v1/"),
        APIClient().get("/api/v1/schema/"),
    ]
    assert [answer.status_code for answer in answers] == [406, 405, 400, 400, 200, 200, 200]
    for answer in answers:
        assert re.fullmatch(r'"\w+";r=\d+;t=\d+(, "writing";r=\d+;t=\d+)?', answer["RateLimit"])
        assert answer["RateLimit-Policy"]


def test_the_token_endpoint_has_a_limit_by_address(db, client, monkeypatch):
    monkeypatch.setattr(identity, "TOKENS", Policy("tokens", 1))
    sent = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    with clock.at(NOON):
        first, second = (client.post("/identity/o/api/token", sent) for _each in range(2))

    assert (first.status_code, first["RateLimit"]) == (401, '"tokens";r=0;t=50')
    assert (second.status_code, second["Retry-After"]) == (429, "50")
    assert second.json()["error"] == "temporarily_unavailable"


def test_a_stopped_redis_stops_no_caller_and_says_nothing(cast, call, monkeypatch):
    monkeypatch.setattr("django_redis.client.default.DefaultClient.set", _no_redis)

    answer = call(cast.supplier).get(ME)

    assert answer.status_code == 200
    assert "RateLimit" not in answer


def _no_redis(*_args: object, **_kwargs: object) -> None:
    raise ConnectionInterrupted(None) from RedisError()
