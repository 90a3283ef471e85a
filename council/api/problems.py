"""Errors as RFC 9457 problem details: one shape for everything that can go wrong."""

import math
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import OperationalError
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import DeadlockDetected, SerializationFailure
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from council.core.errors import Refused

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("Malformed request"),
    401: gettext_lazy("Not logged in"),
    405: gettext_lazy("Not possible here"),
    406: gettext_lazy("No such representation"),
    415: gettext_lazy("Unsupported media type"),
    429: gettext_lazy("Too many requests"),
}


class Problem(exceptions.APIException):
    """What goes wrong at this door alone.

    Attributes:
        kind: The last part of its ``type``.
        title: What it is, in two or three words.
        more: Members beside the usual ones.
        headers: Header fields of the answer.
    """

    kind: ClassVar[str]
    title: ClassVar[str | Promise]
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}


class InUse(Problem):
    """Two callers wait for each other; the database has sent one of them back."""

    status_code = status.HTTP_409_CONFLICT
    kind = "in-use"
    title = gettext_lazy("Not possible now")
    default_detail = gettext_lazy("Somebody else is changing this at the same moment; try again.")
    headers = {"Retry-After": "1"}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception of a view into a problem; ``None`` for what is a defect and stays a 500.

    400 carries ``errors`` (field: messages), 409 carries ``problems`` (what is missing, a sentence each).
    """
    if isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected | SerializationFailure):
        error = InUse()
    problem = problem_of(error)
    if problem is None:
        return None
    set_rollback()
    headers: dict[str, str] = {}
    if isinstance(error, exceptions.APIException):
        headers |= getattr(error, "headers", {})
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(math.ceil(wait))
    return Response(problem, status=problem["status"], headers=headers, content_type=MEDIA_TYPE)


def problem_of(error: Exception) -> dict[str, Any] | None:
    """What is told of an exception; nothing of a defect."""
    match error:
        case Problem():
            return problem(error.kind, error.status_code, str(error.title), str(error.detail), **error.more)
        case Refused():
            more = {"problems": error.problems} if error.problems else {}
            return problem("refused", status.HTTP_409_CONFLICT, _("Not possible now"), error.message, **more)
        case ValidationError():
            return _invalid(_django_errors(error))
        case exceptions.ValidationError():
            return _invalid(error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail})
        case PermissionDenied():
            return _forbidden()
        case exceptions.PermissionDenied():
            return _forbidden(str(error.detail))
        case Http404() | exceptions.NotFound():
            return problem("not-found", status.HTTP_404_NOT_FOUND, _("Not found"), _("There is nothing here for you."))
        case exceptions.APIException():
            kind = str(error.default_code).replace("_", "-")
            title = TITLES.get(error.status_code) or HTTPStatus(error.status_code).phrase
            return problem(kind, error.status_code, str(title), str(error.detail))
        case RequestDataTooBig():
            detail = _("What was sent is larger than this server takes.")
            return problem("too-large", status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, _("Too large"), detail)
        case SuspiciousOperation():
            return problem("malformed", status.HTTP_400_BAD_REQUEST, _("Malformed request"), _("This cannot be read."))
    return None


def problem(kind: str, code: int, title: str, detail: str, **more: Any) -> dict[str, Any]:
    """One problem; ``type`` names its kind and stays the same in every language."""
    return {"type": f"urn:council:problem:{kind}", "title": title, "status": code, "detail": detail, **more}


def _forbidden(detail: str = "") -> dict[str, Any]:
    return problem(
        "forbidden", status.HTTP_403_FORBIDDEN, _("Not allowed"), detail or _("Your role does not allow this.")
    )


def _invalid(errors: Any) -> dict[str, Any]:
    detail = _("Some of what was sent is wrong; see errors.")
    return problem("invalid", status.HTTP_400_BAD_REQUEST, _("Invalid input"), detail, errors=errors)


def _django_errors(error: ValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return {
            ("non_field_errors" if name == "__all__" else name): found for name, found in error.message_dict.items()
        }
    return {"non_field_errors": error.messages}
