"""How an endpoint describes itself in the OpenAPI document: from what it takes, what it gives, and its docstring."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_doc

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
    },
}
READING = [
    problem("invalid", 400, "Invalid input", "Some of what was sent is wrong; see errors.", errors={"name": ["…"]}),
    problem("not-authenticated", 401, "Not logged in", "Authentication credentials were not provided."),
    problem("forbidden", 403, "Not allowed", "Your role does not allow this."),
    problem("not-found", 404, "Not found", "There is nothing here for you."),
    problem("not-acceptable", 406, "No such representation", "Could not satisfy the request Accept header."),
    problem("throttled", 429, "Too many requests", "Request was throttled. Expected available in 20 seconds."),
]
WRITING = [
    problem("refused", 409, "Not possible now", "This cannot be convened yet.", problems=["The place is missing."]),
    problem("too-large", 413, "Too large", "What was sent is larger than this server takes."),
    problem("unsupported-media-type", 415, "Unsupported media type", "Unsupported media type in request."),
]


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
        if not hasattr(endpoint, "status"):
            return super().get_response_serializers()
        answers = {endpoint.status: None if endpoint.status == 204 else endpoint.gives or self._noun.reads}
        return answers | ({204: None} if getattr(endpoint, "may_leave_nothing", False) else {})

    @property
    def _noun(self) -> Any:
        return self.view

    @property
    def _endpoint(self) -> Any:
        return getattr(self._noun, self._noun.action)


def add_problem_responses(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the problem responses to every operation of the document."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {str(example["status"]): _response(example) for example in READING + WRITING}
    for operations in result.get("paths", {}).values():
        for method, operation in operations.items():
            for example in READING if method == "get" else READING + WRITING:
                code = str(example["status"])
                operation["responses"].setdefault(code, {"$ref": f"#/components/responses/{code}"})
    return result


def _response(example: dict[str, Any]) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": example["title"], "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}
