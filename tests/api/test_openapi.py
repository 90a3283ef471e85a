"""What the OpenAPI document promises: names that stay, examples that are true, every error, each condition once."""

import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from council.api.schema import HEADERS, PARAMETERS
from tests.api.contract import document, resolved

NAMES = Path(__file__).with_name("operations.txt")


def operations() -> list[tuple[str, str]]:
    return [(path, method) for path, ways in document()["paths"].items() for method in ways]


def writing() -> list[tuple[str, str]]:
    return [(path, method) for path, method in operations() if method != "get"]


def operation(path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"][path][method]
    return found


def parameters(path: str, method: str) -> set[str]:
    return {resolved(each)["name"] for each in operation(path, method).get("parameters", [])}


def test_it_is_a_valid_openapi_3_1_document():
    assert document()["openapi"].startswith("3.1")
    validate(document())


def test_operations_keep_their_names():
    """To give an operation another name is to break clients; a new one is added with UPDATE_OPERATIONS=1."""
    names = [f"{operation(path, method)['operationId']} {method.upper()} {path}" for path, method in operations()]
    if os.environ.get("UPDATE_OPERATIONS"):
        NAMES.write_text("\n".join(sorted(names)) + "\n")

    assert sorted(names) == NAMES.read_text().splitlines()


def contents() -> list[Any]:
    """Every content of every request and answer, once for each shared answer."""
    found = {}
    for path, method in operations():
        said = operation(path, method)
        for where, each in [("request", said.get("requestBody", {})), *said["responses"].items()]:
            key = each.get("$ref", f"{said['operationId']} {where}")
            found[key] = resolved(each).get("content", {})
    return [pytest.param(media, id=f"{key} {kind}") for key, each in found.items() for kind, media in each.items()]


def test_every_request_and_answer_has_examples_that_are_true():
    wrong = {}
    for each in contents():
        [media] = each.values
        schema = media.get("schema", {})
        if schema.get("format") == "binary":
            continue
        shown = [resolved(one)["value"] for one in media.get("examples", {}).values()]
        shown += [media["example"]] if "example" in media else []
        whole = {**schema, "components": {"schemas": document()["components"]["schemas"]}}
        check = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        problems = [problem.message for one in shown for problem in check.iter_errors(one)]
        if problems or not shown:
            wrong[each.id] = problems or "no example"
    assert wrong == {}


def test_every_operation_says_which_errors_it_can_answer():
    for path, method in operations():
        said = operation(path, method)["responses"].keys()
        public = operation(path, method)["security"] == [] or {} in operation(path, method)["security"]
        assert ({"400", "404", "429"} | (set() if public else {"401", "403"})) <= said, (path, method)
    for path, method in writing():
        assert {"409", "413", "415", "422"} <= operation(path, method)["responses"].keys(), (path, method)


def test_every_write_takes_an_idempotency_key_and_every_read_a_known_state():
    for path, method in operations():
        assert ("Idempotency-Key" if method != "get" else "If-None-Match") in parameters(path, method), (path, method)


def test_what_is_done_to_one_thing_can_be_bound_to_its_known_state():
    for path, method in writing():
        bound = "If-Match" in parameters(path, method)
        read = document()["paths"][path].get("get", {}).get("operationId", "")
        assert bound == ("{" in path or read.endswith("_retrieve")), (path, method)
        assert bound == ("412" in operation(path, method)["responses"])


def test_header_fields_are_described_once():
    components = document()["components"]
    assert components["headers"] == HEADERS
    assert components["parameters"] == PARAMETERS
    for path, method in operations():
        for response in operation(path, method)["responses"].values():
            assert all("$ref" in each for each in resolved(response).get("headers", {}).values()), (path, method)


def test_where_many_can_be_done_at_once_so_can_one():
    names = {operation(path, method)["operationId"] for path, method in operations()}
    many = {name for name in names if "_bulk_" in name}

    assert len(many) > 15
    assert {name.replace("_bulk_", "_") for name in many} <= names
