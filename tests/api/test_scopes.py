"""What a token may do: scopes narrow down what its account may, and never widen it."""

import datetime as dt
from typing import Any

import pytest
from rest_framework.test import APIClient

from council.api.urls import router
from council.api.views.people import Me
from council.core import clock
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.people import actions as people
from council.people import scopes
from council.people.models import ApiToken, User
from council.people.scopes import Area

ME, TOKENS = "/api/v1/me/", "/api/v1/tokens/"


def scoped(user: User, *granted: str) -> APIClient:
    """A program with a token that may do just this."""
    client = APIClient()
    _token, secret = people.create_token(name="test", by=user, scopes=granted)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.mark.parametrize("view", [Me, *(view for _prefix, view, _name in router.registry)], ids=lambda v: v.__name__)
def test_every_noun_is_in_an_area_or_open_to_everybody(view: Any):
    assert view.area in Area.values or view.authentication_classes == []


@pytest.mark.parametrize(
    ("granted", "opens", "closed"),
    [
        (["read"], {"meetings:read", "changes:read"}, {"meetings:write", "write"}),
        (["write"], set(scopes.SCOPES), set()),
        (["opinions:read"], {"opinions:read"}, {"opinions:write", "meetings:read", "read"}),
        (["opinions:write"], {"opinions:read", "opinions:write"}, {"answers:write", "read", "write"}),
        (["read", "files:write"], {"meetings:read", "files:write"}, {"meetings:write", "write"}),
    ],
)
def test_what_a_scope_includes(granted, opens, closed):
    found = scopes.implied(granted)
    assert opens <= found
    assert not closed & found


@pytest.mark.parametrize("granted", [["read"], ["meetings:read"], ["meetings:write"], ["read", "opinions:write"]])
def test_a_token_opens_what_its_scopes_name(cast, granted):
    assert scoped(cast.supplier, *granted).get(f"/api/v1/meetings/{cast.meeting().pk}/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "/api/v1/me/", "account:read"),
        ("patch", "/api/v1/me/", "account:write"),
        ("get", "/api/v1/tokens/", "access:read"),
        ("post", "/api/v1/opinions/", "opinions:write"),
        ("head", "/api/v1/meetings/", "meetings:read"),
        ("post", "/api/v1/meetings/01a00000-0000-7000-8000-000000000000/convene/", "meetings:write"),
    ],
)
def test_what_no_scope_opens_is_a_problem_that_names_the_scope(cast, method, path, scope):
    answer = getattr(scoped(cast.secretary, "documents:write"), method)(path, HTTP_ACCEPT_LANGUAGE="en")

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'
    if method != "head":
        assert answer.json() == {
            "type": "urn:council:problem:insufficient-scope",
            "title": "Not allowed",
            "status": 403,
            "detail": f"This token lacks the scope “{scope}”.",
            "scope": scope,
        }


def test_a_scope_gives_nothing_that_the_role_does_not(cast):
    answer = scoped(cast.supplier, "write").post(f"/api/v1/meetings/{cast.meeting().pk}/cancel/", {"reason": "…"})

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:council:problem:forbidden"


def test_a_logged_in_browser_needs_no_scope(cast, browse):
    assert browse(cast.supplier).get("/api/v1/meetings/").status_code == 200


def test_the_list_of_nouns_is_open_to_any_token(cast):
    assert scoped(cast.supplier, "opinions:read").get("/api/v1/").status_code == 200


def test_a_token_from_before_there_were_scopes_may_do_everything(cast, call):
    token = ApiToken.objects.create(user=cast.supplier, name="옛 토큰", hint="council_abcd", digest="0" * 64)

    assert token.scopes == ["read", "write"]
    assert token.expires_at is None
    assert token in ApiToken.objects.usable()


class TestMaking:
    def test_a_token_has_the_scopes_that_are_asked_for(self, cast, call):
        made = call(cast.supplier).post(TOKENS, {"name": "거울", "scopes": ["meetings:read", "changes:read"]})

        assert made.status_code == 201
        assert made.json()["scopes"] == ["meetings:read", "changes:read"]
        assert made.json()["owner"]["name"] == "공급 대표"

    @pytest.mark.parametrize("asked", [["meetings:write"], ["write"], ["access:write", "read"]])
    def test_no_token_makes_a_mightier_one(self, cast, asked):
        answer = scoped(cast.supplier, "access:write").post(TOKENS, {"name": "더", "scopes": asked})

        assert answer.status_code == 400
        assert "scopes" in answer.json()["errors"]

    def test_a_token_that_asks_for_none_in_particular_gives_what_it_has(self, cast):
        made = scoped(cast.supplier, "access:write", "meetings:read").post(TOKENS, {"name": "같이"})

        assert made.json()["scopes"] == ["access:read", "access:write", "meetings:read"]

    @pytest.mark.parametrize("asked", [[], ["everything"], ["opinions:delete"], "read", [""], None])
    def test_scopes_that_do_not_exist_are_refused(self, cast, call, asked):
        answer = call(cast.supplier).post(TOKENS, {"name": "x", "scopes": asked})

        assert answer.status_code == 400
        assert "scopes" in answer.json()["errors"]

    def test_a_token_lasts_a_year_unless_it_is_said(self, cast, call):
        call(cast.supplier).post(TOKENS, {"name": "거울"})

        lasts = ApiToken.objects.get(name="거울").expires_at - clock.now()
        assert abs(lasts - dt.timedelta(days=365)) < dt.timedelta(minutes=1)

    @pytest.mark.parametrize("days", [-1, 0, 732, 3650])
    def test_a_token_ends_in_the_future_and_within_two_years(self, cast, call, days):
        until = clock.now() + dt.timedelta(days=days)

        answer = call(cast.supplier).post(TOKENS, {"name": "거울", "expires_at": until.isoformat()})

        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["expires_at"]


class TestEnding:
    def test_its_owner_is_told_once_two_weeks_before(self, cast):
        token, _secret = people.create_token(name="거울", by=cast.supplier)
        assert people.announce_ends() == 0
        with clock.at(token.expires_at - dt.timedelta(days=13)):
            assert [people.announce_ends(), people.announce_ends()] == [1, 0]
        entry = Entry.objects.get(verb=Verb.TOKEN_END_ANNOUNCED)
        assert (entry.target_id, entry.data["name"], entry.actor) == (token.pk, "거울", None)

    def test_a_missed_run_is_made_good_as_long_as_the_token_works(self, cast):
        token, _secret = people.create_token(name="거울", by=cast.supplier)
        with clock.at(token.expires_at - dt.timedelta(minutes=1)):
            assert people.announce_ends() == 1

    def test_nothing_is_said_of_what_is_revoked_over_or_was_made_for_days(self, cast):
        revoked, _secret = people.create_token(name="취소", by=cast.supplier)
        people.create_token(name="며칠", by=cast.supplier, expires_at=clock.now() + dt.timedelta(days=3))
        people.revoke_token(revoked, by=cast.supplier)
        assert people.announce_ends() == 0
        with clock.at(revoked.expires_at):
            assert people.announce_ends() == 0
