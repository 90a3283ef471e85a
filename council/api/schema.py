"""How an endpoint describes itself in the OpenAPI document: from what it takes, what it gives, and its docstring."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_doc
from rest_framework import serializers

from council.api.problems import MEDIA_TYPE, problem

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": True, "description": "Field: messages (400)."},
        "problems": {"type": "array", "items": {"type": "string"}, "description": "What is missing (409)."},
        "scope": {"type": "string", "description": "What the token lacks (403)."},
        "current": {
            "type": "object",
            "additionalProperties": True,
            "description": "The thing as it is now (412); its state is named in `ETag`.",
        },
        "results": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": True},
            "description": "The rows that cannot be done (409, many at once).",
        },
    },
}
INVALID = problem(
    "invalid", 400, "Invalid input", "Some of what was sent is wrong; see errors.", errors={"name": ["…"]}
)
READING = [
    INVALID,
    problem("not-authenticated", 401, "Not logged in", "Authentication credentials were not provided."),
    problem("forbidden", 403, "Not allowed", "Your role does not allow this."),
    problem("not-found", 404, "Not found", "There is nothing here for you."),
    problem("not-acceptable", 406, "No such representation", "Could not satisfy the request Accept header."),
    problem("throttled", 429, "Too many requests", "Request was throttled. Expected available in 20 seconds."),
]
REFUSED = problem(
    "refused", 409, "Not possible now", "This cannot be convened yet.", problems=["The place is missing."]
)
WRITING = [
    REFUSED,
    problem("too-large", 413, "Too large", "What was sent is larger than this server takes."),
    problem("unsupported-media-type", 415, "Unsupported media type", "Unsupported media type in request."),
    problem("key-reused", 422, "Key used before", "This idempotency key was used for another request; make a new one."),
]
CHANGED = problem(
    "changed", 412, "Changed meanwhile", "This has changed since you read it; see current.", current={"id": "…"}
)
PARAMETERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Of your making, best a UUID: the same request sent again with it is done once and answered the same.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!#-\[\]-~]+$"},
        "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the state your change was made on; if there is a newer one, the answer is 412.",
        "schema": {"type": "string", "pattern": r'^(\*|"[0-9a-f]+")$'},
        "example": '"5d41402abc4b2a76b9719d911017c592"',
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of what you have already; if it is still the same, the answer is 304 without content.",
        "schema": {"type": "string"},
        "example": '"5d41402abc4b2a76b9719d911017c592"',
    },
}
HEADERS = {
    "ETag": {
        "description": "The name of the state that is shown, as you see it; for `If-Match` and `If-None-Match`.",
        "schema": {"type": "string"},
        "example": '"5d41402abc4b2a76b9719d911017c592"',
    },
    "Idempotency-Replayed": {
        "description": "`true` where this is the answer to an earlier request with the same key.",
        "schema": {"type": "string"},
        "example": "true",
    },
    "RateLimit": {
        "description": "How many calls are left (`r`), and in how many seconds there are more (`t`).",
        "schema": {"type": "string"},
        "example": '"person";r=1180;t=42',
    },
    "RateLimit-Policy": {
        "description": "How many calls (`q`) may be made in how many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"person";q=1200;w=60',
    },
    "Retry-After": {
        "description": "After how many seconds to try again.",
        "schema": {"type": "string"},
        "example": "20",
    },
}
ALWAYS = ("RateLimit", "RateLimit-Policy")
FILE = "application/octet-stream"
TAKEN = ("Client", "AuthenticatedClient")
"""What generated clients call themselves."""


class TimeOfDay(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # the library's base is untyped
    """A time of day in Seoul has no offset, which ``format: time`` asks for."""

    target_class = serializers.TimeField

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, str]:
        """Hours and minutes."""
        return {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$"}


class Schema(AutoSchema):
    """Reads what :func:`council.api.views.base.verb` knows of an endpoint."""

    def get_operation_id(self) -> str:
        """``meetings_convene``: the noun and the verb."""
        noun = self._tokenize_path()[0].replace("-", "_")
        return f"{noun}_{self._noun.action}"

    def get_summary(self) -> str:
        """The first sentence of the docstring."""
        return self.get_description().partition("\n")[0].replace("`", "")

    def get_description(self) -> str:  # type: ignore[override]  # the library overrides it so itself
        """The docstring of the endpoint, or of all the noun's endpoints."""
        return str(get_doc(self._endpoint) or get_doc(type(self.view))).replace("``", "`")

    def get_request_serializer(self) -> Any:
        """What the verb takes."""
        return getattr(self._endpoint, "takes", None)

    def get_override_parameters(self) -> list[Any]:
        """What a question asks."""
        asks = getattr(self._endpoint, "asks", None)
        return [asks] if asks else []

    def get_response_serializers(self) -> Any:
        """What the verb gives, under its status."""
        endpoint = self._endpoint
        one = getattr(self._noun, "reads_one", None) or getattr(self._noun, "reads", None)
        if self._noun.action == "retrieve" and one:
            return one
        if not hasattr(endpoint, "status"):
            return super().get_response_serializers()
        answers = {endpoint.status: None if endpoint.status == 204 else endpoint.gives or one}
        return answers | ({204: None} if getattr(endpoint, "may_leave_nothing", False) else {})

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Add what every operation has: conditions, header fields, and each problem it can answer."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        endpoint = self._endpoint
        writes, on_one = self.method != "GET", getattr(endpoint, "on_one", False)
        conditions = ["IdempotencyKey", *(["IfMatch"] if on_one else [])] if writes else ["IfNoneMatch"]
        operation["parameters"] = [*operation.get("parameters", []), *(_ref("parameters", name) for name in conditions)]
        responses = operation["responses"]
        for response in responses.values():
            if FILE in response.get("content", {}):
                response["content"]["*/*"] = response["content"][FILE]  # each file has a type of its own
            for kind, content in response.get("content", {}).items():
                if kind.startswith("text/"):
                    content["schema"] = {"type": "string"}  # generated clients read bytes of text as nothing at all
            shown = ("ETag",) if "content" in response else ()
            response["headers"] = _headers(*shown, *(["Idempotency-Replayed"] if writes else []), *ALWAYS)
        if not writes:
            responses.setdefault("304", {"description": "Not modified.", "headers": _headers("ETag", *ALWAYS)})
        possible = [*READING, *(WRITING if writes else []), *([CHANGED] if writes and on_one else [])]
        if not writes and hasattr(endpoint, "asks"):
            possible.append(REFUSED)
        for example in possible:
            code = str(example["status"])
            responses.setdefault(code, _ref("responses", code))
        operation["responses"] = dict(sorted(responses.items()))
        return operation

    @property
    def _noun(self) -> Any:
        return self.view

    @property
    def _endpoint(self) -> Any:
        return getattr(self._noun, self._noun.action)


def add_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe once what every operation refers to."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["parameters"], components["headers"] = PARAMETERS, HEADERS
    components["responses"] = {str(one["status"]): _response(one) for one in [*READING, *WRITING, CHANGED]}
    schemas = components["schemas"]
    names = {f"#/components/schemas/{name}": f"{name}Details" for name in schemas if _is_ambiguous(name, schemas[name])}
    components["schemas"] = {_schema_name(name, names): schema for name, schema in schemas.items()}
    _refer(result, names)
    return result


def _is_ambiguous(name: str, schema: dict[str, Any]) -> bool:
    """Whether a generated client would mistake a shape for one of its own fields, or for the client itself."""
    return name in TAKEN or re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() in schema.get("properties", ())


def _schema_name(name: str, names: dict[str, str]) -> str:
    return names.get(f"#/components/schemas/{name}", name)


def _refer(node: Any, names: dict[str, str]) -> None:
    """Let everything below a node refer to shapes by their new names."""
    if isinstance(node, dict) and node.get("$ref") in names:
        node["$ref"] = f"#/components/schemas/{names[node['$ref']]}"
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _refer(each, names)


def _response(example: dict[str, Any]) -> dict[str, Any]:
    extra = {409: ("Retry-After",), 412: ("ETag",), 429: ("Retry-After",)}.get(example["status"], ())
    return {
        "description": example["title"],
        "headers": _headers(*extra, *ALWAYS),
        "content": {MEDIA_TYPE: {"schema": _ref("schemas", "Problem"), "example": example}},
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: _ref("headers", name) for name in names}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
