"""OAuth 2.0 client credentials: a system gets tokens for its client's id and secret."""

import base64
import datetime as dt

import pytest
from allauth.idp.oidc.models import Token as AccessToken
from django.test import Client
from rest_framework.test import APIClient

from council.core import clock
from council.people import actions as people
from council.people.scopes import SCOPES
from tests.people.systems import client_of, system

TOKEN, REVOKE = "/identity/o/api/token", "/identity/o/api/revoke"
ME = "/api/v1/me/"


def basic(name: str, secret: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def asked(client, secret: str, **more: str):
    """What the token endpoint answers to a client."""
    sent = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret, **more}
    return Client().post(TOKEN, sent)


def caller(token: str) -> APIClient:
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return program


def test_a_client_gets_a_token_and_acts_as_its_system(cast):
    client, secret = client_of(cast, "read")

    got = asked(client, secret)

    assert got.status_code == 200
    assert got["Cache-Control"] == "no-store"
    assert got.json() | {"access_token": ""} == {
        "access_token": "",
        "expires_in": 3600,
        "token_type": "Bearer",
        "scope": "read",
    }
    me = caller(got.json()["access_token"]).get(ME)
    assert (me.status_code, me.json()["name"]) == (200, "통계 연계")


def test_id_and_secret_may_come_as_basic_authentication(cast):
    client, secret = client_of(cast)
    sent = {"grant_type": "client_credentials"}

    assert Client().post(TOKEN, sent, **basic(client.client_id, secret)).status_code == 200
    wrong = Client().post(TOKEN, sent, **basic(client.client_id, "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


def test_it_asks_for_less_than_it_may(cast):
    client, secret = client_of(cast, "read", "opinions:write")

    got = asked(client, secret, scope="meetings:read").json()

    assert got["scope"] == "meetings:read"
    program = caller(got["access_token"])
    assert program.get("/api/v1/meetings/").status_code == 200
    refused = program.get("/api/v1/opinions/")
    assert (refused.status_code, refused.json()["scope"]) == (403, "opinions:read")


@pytest.mark.parametrize("scope", ["write", "meetings:write", "openid", "nonsense", "read write"])
def test_it_gets_no_more_than_it_may(cast, scope):
    client, secret = client_of(cast, "read")

    answer = asked(client, secret, scope=scope)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "grant",
    ["password", "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", "", "x"],
)
def test_there_is_no_other_way_to_get_one(cast, grant):
    client, secret = client_of(cast)

    answer = asked(client, secret, grant_type=grant, code="x", device_code="x", refresh_token="x")

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("path", ["/identity/o/authorize", "/identity/o/device", "/identity/o/api/userinfo"])
def test_nothing_else_of_the_server_is_there(db, client, path):
    assert client.get(path).status_code in {302, 404}
    assert client.post("/identity/o/api/clients", {}).status_code in {302, 404}


def test_a_get_gives_no_token(db, client):
    assert client.get(TOKEN).status_code == 405


@pytest.mark.parametrize("resource", ["x", "http://a/../b", "http://a#b"])
def test_a_resource_that_is_none_is_an_invalid_target(cast, resource):
    client, secret = client_of(cast)

    answer = asked(client, secret, resource=resource)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")


def test_a_token_lasts_an_hour(cast):
    client, secret = client_of(cast)
    program = caller(asked(client, secret).json()["access_token"])
    assert program.get(ME).status_code == 200

    AccessToken.objects.update(expires_at=clock.now() - dt.timedelta(seconds=1))

    assert program.get(ME).status_code == 401
    assert people.forget_ended_access_tokens() == 1
    assert not AccessToken.objects.exists()


def test_a_revoked_client_and_its_tokens_are_useless_at_once(cast):
    client, secret = client_of(cast)
    program = caller(asked(client, secret).json()["access_token"])

    people.revoke_client(client, by=cast.secretary)

    assert program.get(ME).status_code == 401
    assert asked(client, secret).status_code == 401


def test_a_new_secret_ends_the_old_one_and_what_was_got_with_it(cast, call):
    client, secret = client_of(cast)
    program = caller(asked(client, secret).json()["access_token"])

    fresh = call(cast.supplier).post(f"/api/v1/clients/{client.pk}/renew-secret/").json()["client_secret"]

    assert program.get(ME).status_code == 401
    assert asked(client, secret).status_code == 401
    assert asked(client, fresh).status_code == 200


def test_a_client_gives_its_token_back(cast):
    client, secret = client_of(cast)
    token = asked(client, secret).json()["access_token"]

    done = Client().post(REVOKE, {"token": token}, **basic(client.client_id, secret))

    assert done.status_code == 200
    assert caller(token).get(ME).status_code == 401


def test_nothing_that_is_kept_opens_anything(cast):
    client, secret = client_of(cast)
    token = asked(client, secret).json()["access_token"]
    kept = AccessToken.objects.get()

    assert secret.startswith("council_client_")
    assert secret not in client.registration.secret
    assert token not in kept.hash
    assert caller(kept.hash).get(ME).status_code == 401
    assert caller(secret).get(ME).status_code == 401


def test_the_use_of_a_client_is_noted_by_time_alone(cast):
    client, secret = client_of(cast)
    caller(asked(client, secret).json()["access_token"]).get(ME)

    client.refresh_from_db()
    assert client.last_used_at is not None


def test_a_client_made_by_a_token_is_no_mightier(cast):
    account = system(cast)
    _token, secret = people.create_token(name="x", scopes=["access:write"], by=cast.supplier)
    answer = caller(secret).post(
        f"/api/v1/service-accounts/{account.pk}/clients/", {"name": "x", "scopes": ["opinions:read"]}
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["scopes"])


def test_the_server_describes_itself(db, client):
    described = client.get("/.well-known/oauth-authorization-server").json()

    assert described["token_endpoint"].endswith(TOKEN)
    assert described["revocation_endpoint"].endswith(REVOKE)
    assert described["grant_types_supported"] == ["client_credentials"]
    assert described["scopes_supported"] == list(SCOPES)


def test_the_openapi_document_tells_how_to_get_a_token(db, client):
    document = client.get("/api/v1/schema/?format=json").json()
    schemes = document["components"]["securitySchemes"]
    flow = schemes["oauth2"]["flows"]["clientCredentials"]

    assert flow["tokenUrl"] == TOKEN
    assert list(flow["scopes"]) == list(SCOPES)
    assert schemes["token"]["scheme"] == "bearer"
    assert {"oauth2": ["opinions:write"]} in document["paths"]["/api/v1/opinions/"]["post"]["security"]
    assert {"oauth2": ["meetings:read"]} in document["paths"]["/api/v1/meetings/"]["get"]["security"]
