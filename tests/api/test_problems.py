"""Whatever goes wrong has one shape, RFC 9457."""

import pytest
from django.test import Client

from council.documents import actions as documents

PROBLEM = "application/problem+json"


def test_bad_input_names_the_fields(cast, call):
    answer = call(cast.secretary).post("/api/v1/documents/", {"council": str(cast.council.pk)})

    assert answer.status_code == 400
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["type"] == "urn:council:problem:invalid"
    assert list(answer.json()["errors"]) == ["title"]


def test_what_an_action_finds_wrong_has_the_same_shape(cast, call):
    meeting = cast.planned_meeting()

    answer = call(cast.secretary).patch(f"/api/v1/meetings/{meeting.pk}/", {"ends_at": "2020-01-01T00:00:00Z"})

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:council:problem:invalid"
    assert list(answer.json()["errors"]) == ["non_field_errors"]


def test_a_refusal_says_what_is_missing(cast, call):
    meeting = cast.planned_meeting(days=3, place="")

    answer = call(cast.secretary).post(f"/api/v1/meetings/{meeting.pk}/convene/", HTTP_ACCEPT_LANGUAGE="en")

    assert answer.status_code == 409
    assert answer["Content-Type"] == PROBLEM
    assert answer.json() == {
        "type": "urn:council:problem:refused",
        "title": "Not possible now",
        "status": 409,
        "detail": "This meeting cannot be convened yet.",
        "problems": [
            "Notice is 3 days before the meeting, the rules ask for 7; "
            "move the meeting, or convene it as urgent with a reason.",
            "The place is missing.",
        ],
    }


def test_what_the_role_does_not_allow_is_forbidden(cast, call):
    meeting = cast.meeting()

    answer = call(cast.supplier).post(f"/api/v1/meetings/{meeting.pk}/cancel/", {"reason": "…"})

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:council:problem:forbidden"


def test_what_one_may_not_see_is_not_there(cast, call):
    meeting = cast.planned_meeting()
    unseen = call(cast.supplier).get(f"/api/v1/meetings/{meeting.pk}/")
    missing = call(cast.supplier).get("/api/v1/meetings/00000000-0000-7000-8000-000000000000/")

    assert unseen.status_code == missing.status_code == 404
    assert unseen.json() == missing.json()
    assert unseen["Content-Type"] == PROBLEM


@pytest.mark.parametrize("field", ["version", "council", "office", "agenda_item"])
def test_naming_what_one_may_not_see_is_like_naming_nothing(cast, call, field):
    version = cast.version()
    hidden = {
        "version": documents.start_version(version.document, by=cast.secretary).pk,
        "council": cast.council.pk,
        "office": cast.office.pk,
        "agenda_item": cast.item(cast.planned_meeting()).pk,
    }
    caller = call(cast.stranger)
    sent = {"title": "…", "phases": []}

    unseen = caller.post("/api/v1/consultations/", {**sent, field: str(hidden[field])})
    missing = caller.post("/api/v1/consultations/", {**sent, field: "00000000-0000-7000-8000-000000000000"})

    assert unseen.status_code == missing.status_code == 400
    assert unseen.json() == missing.json()
    assert field in unseen.json()["errors"]


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["nonsense/", "nonsense", "meetings", "meetings/1/", "regions/%00/", "me/more/"])
@pytest.mark.parametrize("method", ["get", "post", "patch", "delete", "put"])
def test_an_address_the_api_does_not_have_is_a_problem(db, settings, debug, path, method):
    settings.DEBUG = debug

    answer = getattr(Client(), method)(f"/api/v1/{path}")

    assert answer.status_code == 404
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["type"] == "urn:council:problem:not-found"


@pytest.mark.parametrize("method", ["put", "options", "post"])
def test_what_an_address_does_not_do_is_a_problem(cast, call, method):
    answer = getattr(call(cast.secretary), method)(f"/api/v1/meetings/{cast.meeting().pk}/")

    assert answer.status_code == 405
    assert answer["Content-Type"] == PROBLEM
    assert answer["Allow"] == "GET, HEAD, PATCH"


def test_another_representation_is_not_to_be_had(cast, call):
    answer = call(cast.secretary).get("/api/v1/me/", HTTP_ACCEPT="text/html")

    assert answer.status_code == 406
    assert answer["Content-Type"] == PROBLEM


def test_another_media_type_is_not_understood(cast, call):
    answer = call(cast.secretary).post("/api/v1/meetings/", "title: x", content_type="text/yaml")

    assert answer.status_code == 415
    assert answer["Content-Type"] == PROBLEM


def test_too_much_is_too_large(cast, call, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = call(cast.secretary).post("/api/v1/meetings/", {"title": "가" * 100})

    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:council:problem:too-large"


def test_a_misspelt_field_is_refused(cast, call):
    answer = call(cast.supplier).patch("/api/v1/me/", {"nmae": "…"}, HTTP_ACCEPT_LANGUAGE="en")

    assert answer.json()["errors"] == {"nmae": ["There is no such field."]}


def test_a_misspelt_filter_is_refused(cast, call):
    answer = call(cast.supplier).get("/api/v1/opinions/?consultaton=1", HTTP_ACCEPT_LANGUAGE="en")

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"consultaton": ["There is no such filter."]}


@pytest.mark.parametrize(
    ("account", "header", "language"),
    [("ko", "", "ko"), ("en", "", "en"), ("ko", "en-GB,ko;q=0.5", "en"), ("en", "ko-KR", "ko"), ("en", "fr", "en")],
)
def test_the_language_is_that_of_the_header_or_else_of_the_account(cast, call, account, header, language):
    cast.supplier.language = account
    cast.supplier.save()

    answer = call(cast.supplier).post("/api/v1/tokens/", {}, HTTP_ACCEPT_LANGUAGE=header)

    assert answer["Content-Language"] == language
    asked = {"ko": "이 항목을 입력해 주십시오.", "en": "This field is required."}
    assert answer.json()["errors"] == {"name": [asked[language]]}
    assert "Accept-Language" in answer["Vary"]
