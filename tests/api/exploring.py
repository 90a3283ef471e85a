"""Requests nobody thought of: schemathesis makes them of the OpenAPI document, and holds the answers against it."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from uuid import UUID

import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
CALLED = {
    "item": "agenda-items",
    "parent": "agenda-items",
    "user": "users",
    "owner": "organisations",
    "operator": "organisations",
    "office": "organisations",
    "changed_passage": "passages",
    "after": "passages",
    "template": "answer-templates",
    "upload": "imports",
    "from": "versions",
}
NOWHERE = "01a00000-0000-7000-8000-000000000000"


class Explorer:
    """Someone of the cast, as a program that sends whatever fits the document, and much that does not.

    Args:
        schema: The document, as schemathesis has read it.
        url: Where the product runs.
        secret: Their token; empty for nobody.
    """

    def __init__(self, schema: Any, url: str, secret: str) -> None:
        self.schema, self.url = schema, url
        self.session = requests.Session()
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self._known: dict[str, list[str]] = {}
        self.sent = 0

    @cached_property
    def operations(self) -> list[Any]:
        """Everything there is to call."""
        return [each.ok() for each in self.schema.get_all_operations()]

    def known(self, noun: str) -> list[str]:
        """Ids of a noun that the caller can see."""
        if noun not in self._known:
            answer = self.session.get(f"{self.url}/api/v1/{noun}/", headers=self.headers, timeout=60)
            rows = answer.json().get("results", []) if answer.ok else []
            self._known[noun] = [str(row["id"]) for row in rows if "id" in row][:20]
        return self._known[noun]

    def explore(self, operation: Any, examples: int) -> Iterator[str]:
        """What is wrong with an operation, after so many requests of either kind."""
        found: list[str] = []

        def run(case: Any, data: st.DataObject) -> None:
            self._name_what_there_is(case, data)
            self.sent += 1
            checks = CHECKS[:-1] if _may_be_fine(case) else CHECKS
            try:
                case.call_and_validate(base_url=self.url, session=self.session, headers=self.headers, checks=checks)
            except FailureGroup as failures:
                found.extend(
                    f"{operation.label}: {failure}\n{case.as_curl_command()}" for failure in failures.exceptions
                )

        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode == GenerationMode.NEGATIVE and operation.method == "get" and not operation.query:
                continue
            run_often = settings(
                max_examples=examples,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            run_often(given(case=operation.as_strategy(generation_mode=mode), data=st.data())(run))()
        yield from dict.fromkeys(found)

    def _name_what_there_is(self, case: Any, data: st.DataObject) -> None:
        """Put ids of things that exist where some id stands; an own token stays usable."""
        noun = case.operation.path.split("/")[3]
        if "id" in (case.path_parameters or {}) and noun != "tokens" and _is_id(case.path_parameters["id"]):
            case.path_parameters["id"] = data.draw(st.sampled_from([*self.known(noun), NOWHERE]))
        if "If-Match" in (case.headers or {}) and case.headers["If-Match"] != "*":
            del case.headers["If-Match"]  # a state nobody knows: 412, whatever else is sent
        case.body = self._with_ids(case.body, "", data)
        for name, value in (case.query or {}).items():
            if _is_id(value):
                case.query[name] = self._with_ids(value, name, data)

    def _with_ids(self, value: Any, name: str, data: st.DataObject) -> Any:
        if isinstance(value, dict):
            return {key: self._with_ids(each, key, data) for key, each in value.items()}
        if isinstance(value, list):
            return [self._with_ids(each, name, data) for each in value]
        ids = self.known(CALLED.get(name) or _plural(name)) if name and _is_id(value) else []
        return data.draw(st.sampled_from(ids)) if ids else value


def _may_be_fine(case: Any) -> bool:
    """Whether what does not fit the document is answered 200 on purpose.

    A bad row has its own result; an empty filter is none; nothing sent is the same as no field sent; in a form all is text.
    """
    if str(case.media_type).startswith("multipart/"):
        return True
    return "/bulk/" in case.path or "" in (case.query or {}).values() or isinstance(case.body, NotSet)


def _is_id(value: Any) -> bool:
    try:
        return bool(UUID(value))
    except (AttributeError, TypeError, ValueError):
        return False


def _plural(name: str) -> str:
    name = name.replace("_", "-")
    return name if name.endswith("s") else re.sub("y$", "ie", name) + "s"
