"""Which state of a thing a caller knows: ``ETag``, ``If-Match`` and ``If-None-Match`` (RFC 9110)."""

import hashlib
from typing import Any

from django.db.models import Model
from django.http import HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from council.api.problems import Problem
from council.api.rendering import JSONRenderer

KEPT_WHEN_NOT_MODIFIED = ("Cache-Control", "Content-Language", "ETag", "RateLimit", "RateLimit-Policy", "Vary")


class Changed(Problem):
    """A thing is no longer what the caller knows of it; carries what it is now."""

    status_code = 412
    kind = "changed"
    title = _("Changed meanwhile")
    default_detail = _("This has changed since you read it; see current.")

    def __init__(self, current: Any) -> None:
        super().__init__()
        self.more = {"current": current}
        self.headers = {"ETag": etag(current)}


def etag(data: Any) -> str:
    """The name of a state: a digest of the representation as the caller sees it."""
    return etag_of(JSONRenderer().render(data))


def etag_of(content: bytes) -> str:
    """The name of a representation."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_guarded(request: Request) -> bool:
    """Whether a request is to be done to a known state alone."""
    return "If-Match" in request.headers


def check_match(request: Request, current: Any) -> None:
    """Go on only if the thing is as the caller knows it.

    Args:
        current: Its representation now, read under a lock.

    Raises:
        Changed: It is not.
    """
    known = [
        each.removeprefix("W/") for each in parse_etags(request.headers["If-Match"])
    ]  # weak is what was compressed
    if known != ["*"] and etag(current) not in known:
        raise Changed(current)


def refuse_match(request: Request) -> None:
    """Do not ignore a condition on what is not one thing.

    Raises:
        ValidationError: There is one.
    """
    if is_guarded(request):
        raise ValidationError({"If-Match": [_("This is understood where one thing is changed.")]})


def lock(thing: Model) -> None:
    """Let nobody else write a thing for the rest of the transaction."""
    rows = type(thing)._default_manager.select_for_update(of=("self",), no_key=True)
    rows.filter(pk=thing.pk).first()


def not_modified(request: Request, response: HttpResponseBase) -> HttpResponseBase:
    """Name the state an answer to a GET shows, and leave the content out where the caller has it already."""
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or not isinstance(response, Response):
        return response
    response["ETag"] = etag_of(response.render().content)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if known != ["*"] and response["ETag"] not in {each.removeprefix("W/") for each in known}:
        return response
    short = HttpResponseNotModified()
    for name in KEPT_WHEN_NOT_MODIFIED:
        if name in response:
            short[name] = response[name]
    return short
