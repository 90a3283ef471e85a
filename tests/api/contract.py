"""Whether an answer is what the OpenAPI document says it can be."""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from council.api.rendering import JSONRenderer
from council.api.views.root import OpenApi

WHOLE = "urn:council:openapi"
NOT_DESCRIBED = {405}  # said of no operation, because it is no operation


def document() -> dict[str, Any]:
    """The OpenAPI document, as it is given out; callers at the same moment wait for the one who writes it."""
    with OpenApi.writing:
        return _document()


@cache
def _document() -> dict[str, Any]:
    written: dict[str, Any] = json.loads(JSONRenderer().render(SchemaGenerator().get_schema(request=None, public=True)))
    return written


@cache
def _validator(path: str, method: str, status: int, media_type: str) -> Any:
    said = document()["paths"][path][method]["responses"][str(status)]
    steps = said["$ref"].split("/")[1:] if "$ref" in said else ["paths", path, method, "responses", str(status)]
    pointer = "".join(f"/{quote(step.replace('/', '~1'))}" for step in (*steps, "content", media_type, "schema"))
    schema = {"$ref": f"{WHOLE}#{pointer}"}
    return jsonschema_rs.Draft202012Validator(schema, registry=_registry(), validate_formats=True)


@cache
def _registry() -> Any:
    """The document, once for all that is held against parts of it."""
    return jsonschema_rs.Registry([(WHOLE, document())], draft=jsonschema_rs.Draft202012)


def response_of(path: str, method: str, status: int) -> dict[str, Any]:
    """What is said of an answer with some status."""
    responses = document()["paths"][path][method]["responses"]
    assert str(status) in responses, f"{method} {path} is not said to answer {status}"
    return resolved(responses[str(status)])


def resolved(found: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    while "$ref" in found:
        _hash, _components, kind, name = found["$ref"].split("/")
        found = document()["components"][kind][name]
    return found


def check_answer(answer: Any, method: str) -> None:
    """Fail unless status, content type and content of an answer are described."""
    route = getattr(answer.resolver_match, "route", "")
    path = "/" + re.sub(r"<[^>]+>", "{id}", route)
    if method not in document()["paths"].get(path, {}) or answer.status_code in NOT_DESCRIBED:
        return
    said = response_of(path, method, answer.status_code)
    if not answer.streaming and answer.content:
        media_type = answer["Content-Type"].partition(";")[0]
        assert {media_type, "*/*"} & said.get("content", {}).keys(), f"{method} {path} answers {media_type}"
        if media_type.endswith("json"):
            validator = _validator(path, method, answer.status_code, media_type)
            wrong = [f"{list(each.instance_path)}: {each.message}" for each in validator.iter_errors(answer.json())]
            assert wrong == [], f"{method} {path} {answer.status_code}: {wrong}"


class CheckedClient(APIClient):
    """A program that trusts no answer."""

    def request(self, **kwargs: Any) -> Any:
        """Call, and look at the answer."""
        answer = super().request(**kwargs)
        if answer.status_code < 500:
            check_answer(answer, kwargs["REQUEST_METHOD"].lower())
        return answer
