"""The OpenAPI document is whole and valid."""

import json
import re

import pytest
from django.core.management import call_command

from council.api.about import SPECTACULAR
from council.people.scopes import SCOPES
from tests.api.at_once import at_once


@pytest.fixture
def document(db, client):
    return client.get("/api/v1/schema/?format=json").json()


def operations(document):
    return [one for path in document["paths"].values() for one in path.values()]


def test_it_is_valid_and_raises_no_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", f"--file={tmp_path / 'schema.yaml'}")


def test_the_settings_say_what_it_says_of_itself(settings):
    assert {name: settings.SPECTACULAR_SETTINGS.get(name) for name in SPECTACULAR} == SPECTACULAR


def test_it_comes_as_json_and_as_yaml_without_logging_in(db, client):
    as_json = client.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json")
    as_yaml = client.get("/api/v1/schema/")

    assert as_json.json()["openapi"] == "3.1.0"
    assert as_yaml.content.startswith(b"openapi: 3.1.0\n")


def test_every_operation_has_a_sentence_an_id_of_its_own_and_its_problems(document):
    found = operations(document)

    assert len(found) > 130
    assert all(re.fullmatch(r"[^\n]+[.]", one["summary"]) for one in found)
    assert len({one["operationId"] for one in found}) == len(found)
    for one in found:
        assert {"400", "401", "403", "404", "429"} <= one["responses"].keys()
        if one["security"] != [{}]:  # what is open to everybody
            by_token, by_client, by_browser = one["security"]
            assert (by_token, by_browser) == ({"token": []}, {"cookieAuth": []})
            assert set(by_client["oauth2"]) <= set(SCOPES)


def test_operations_are_called_by_noun_and_verb(document):
    called = {one["operationId"] for one in operations(document)}

    assert {
        "meetings_convene",
        "opinions_list",
        "opinions_partial_update",
        "versions_changes",
        "notices_read_all",
    } <= called


def test_an_upload_is_multipart(document):
    body = document["paths"]["/api/v1/attachments/"]["post"]["requestBody"]["content"]

    assert list(body) == ["multipart/form-data"]
    name = body["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]
    assert document["components"]["schemas"][name]["properties"]["file"] == {"type": "string", "format": "binary"}


def test_nothing_in_it_is_left_over_from_openapi_3_0(document):
    assert '"nullable"' not in json.dumps(document)


def test_a_change_of_an_opinion_needs_its_revision(document):
    assert document["components"]["schemas"]["OpinionChangeRequest"]["required"] == ["revision"]


@pytest.mark.django_db(transaction=True)
def test_several_may_read_it_at_the_same_moment(call):
    callers = [call(None) for _each in range(4)]

    answers = at_once(*(lambda caller=caller: caller.get("/api/v1/schema/?format=json") for caller in callers))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.content for answer in answers}) == 1
