"""Who may call at all, and what a caller hears who may not."""

import datetime as dt

import pytest
from rest_framework.test import APIClient

from council.core import clock
from council.people import actions as people

ME = "/api/v1/me/"


def with_header(value: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=value)
    return client


def test_a_token_acts_as_the_person_it_belongs_to(cast, call):
    answer = call(cast.supplier).get(ME)

    assert answer.status_code == 200
    assert answer.json()["email"] == "supplier@council.example"
    assert [seat["organisation"]["name"] for seat in answer.json()["memberships"]] == ["누리솔루션"]


def test_without_a_token_the_answer_is_a_problem_and_no_way_to_the_login_page(cast, call):
    answer = call(None).get(ME)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == 'Bearer realm="council"'
    assert answer.json() == {
        "type": "urn:council:problem:not-authenticated",
        "title": answer.json()["title"],
        "status": 401,
        "detail": answer.json()["detail"],
    }


@pytest.mark.parametrize("value", ["Bearer nonsense", "Bearer ", "Bearer", "Bearer \0", "bearer 가"])
def test_an_unknown_token_is_refused(cast, value):
    answer = with_header(value).get(ME)

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:council:problem:authentication-failed"


@pytest.mark.parametrize("scheme", ["Token", "Basic", ""])
def test_another_scheme_than_bearer_is_no_login(cast, scheme):
    _token, secret = people.create_token(name="test", by=cast.supplier)

    assert with_header(f"{scheme} {secret}".strip()).get(ME).status_code == 401


def test_a_revoked_token_is_refused(cast):
    token, secret = people.create_token(name="test", by=cast.supplier)
    people.revoke_token(token, by=cast.supplier)

    assert with_header(f"Bearer {secret}").get(ME).status_code == 401


def test_a_token_that_has_run_out_is_refused(cast):
    _token, secret = people.create_token(name="test", by=cast.supplier, expires_at=clock.now() + dt.timedelta(hours=1))
    caller = with_header(f"Bearer {secret}")

    assert caller.get(ME).status_code == 200
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        assert caller.get(ME).status_code == 401


def test_the_token_of_someone_who_may_no_longer_log_in_is_refused(cast, call):
    caller = call(cast.supplier)
    cast.supplier.is_active = False
    cast.supplier.save()

    assert caller.get(ME).status_code == 401


def test_a_logged_in_browser_may_read(cast, browse):
    assert browse(cast.supplier).get(ME).json()["name"] == "공급 대표"


def test_a_logged_in_browser_changes_nothing_without_the_csrf_token(cast):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(cast.supplier)

    answer = client.patch(ME, {"name": "다른 이름"})

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:council:problem:forbidden"


def test_the_use_of_a_token_is_noted(cast):
    token, secret = people.create_token(name="test", by=cast.supplier)

    with_header(f"Bearer {secret}").get(ME)

    token.refresh_from_db()
    assert token.last_used_at is not None


def test_a_token_is_made_shown_once_listed_and_revoked(cast, call):
    caller = call(cast.supplier)

    made = caller.post("/api/v1/tokens/", {"name": "사내 시스템"})

    assert made.status_code == 201
    assert made.json()["secret"].startswith("council_")
    other = with_header(f"Bearer {made.json()['secret']}")
    assert other.get(ME).json()["name"] == "공급 대표"
    listed = caller.get("/api/v1/tokens/").json()["results"]
    assert [token["name"] for token in listed] == ["사내 시스템", "test"]
    assert all("secret" not in token and "digest" not in token for token in listed)

    assert caller.delete(f"/api/v1/tokens/{made.json()['id']}/").status_code == 204

    assert other.get(ME).status_code == 401
    again = caller.delete(f"/api/v1/tokens/{made.json()['id']}/")
    assert again.status_code == 409
    assert again.json()["type"] == "urn:council:problem:refused"


def test_nobody_finds_the_token_of_another(cast, call):
    token, _secret = people.create_token(name="test", by=cast.supplier)

    assert call(cast.adopter).delete(f"/api/v1/tokens/{token.pk}/").status_code == 404
