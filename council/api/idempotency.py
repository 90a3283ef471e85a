"""Doing once what is sent twice: the header ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
import re
from collections.abc import Callable, Iterator
from hmac import compare_digest
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from council.api.problems import Problem
from council.api.rendering import JSONRenderer
from council.integrations import actions
from council.people.models import User

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("Content-Language", "ETag", "Location")
SHAPE = re.compile(r'"([ !#-\[\]-~]{1,255})"|([!#-\[\]-~]{1,255})')


class StillRunning(Problem):
    """A request with the same key has not come to its end."""

    status_code = 409
    kind = "still-running"
    title = _("Not possible now")
    default_detail = _("A request with this idempotency key is still being worked on.")
    headers = {"Retry-After": "1"}


class OtherRequest(Problem):
    """The key belongs to another request."""

    status_code = 422
    kind = "key-reused"
    title = _("Key used before")
    default_detail = _("This idempotency key was used for another request; make a new one.")


def key_of(request: Request) -> str | None:
    """The key that was sent, in quotes or without; nothing where there is none.

    Raises:
        ValidationError: It is not one to 255 printable ASCII characters.
    """
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    found = SHAPE.fullmatch(sent.strip())
    if found is None:
        raise ValidationError({HEADER: [_("Send 1 to 255 printable ASCII characters.")]})
    return found[1] or found[2]


def key_as_uuid(request: Request) -> UUID | None:
    """The key for a verb that does once what comes twice by itself."""
    key = key_of(request)
    return uuid5(NAMESPACE_URL, f"urn:council:idempotency-key:{key}") if key else None


def once(request: Request, account: User, act: Callable[[], Response]) -> Response:
    """Act, or answer as the first request with the same key was answered. Runs in the caller's transaction.

    What raises is not kept: the same key may try again.

    Raises:
        StillRunning: The first one is not done yet.
        OtherRequest: The first one said something else.
    """
    key = key_of(request)
    if key is None:
        return act()
    if not actions.claim(account, key):
        raise StillRunning
    asked = fingerprint(request)
    kept = actions.recall(account, key)
    if kept is None:
        answer = act()
        headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
        data = orjson.loads(JSONRenderer().render(answer.data) or b"null")
        actions.keep(account, key, {"asked": asked, "status": answer.status_code, "headers": headers, "data": data})
        return answer
    if not compare_digest(kept["asked"], asked):
        raise OtherRequest
    return Response(kept["data"], kept["status"], headers={**kept["headers"], REPLAYED: "true"})


def fingerprint(request: Request) -> str:
    """What tells one request from another: method, address and content, however it is written."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for piece in _content(request.data):
        digest.update(len(piece).to_bytes(8) + piece)
    return digest.hexdigest()


def _content(data: Any) -> Iterator[bytes]:
    if not isinstance(data, QueryDict):
        yield orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
        return
    for name, values in sorted(data.lists()):
        yield name.encode()
        for value in values:
            yield from _file(value) if hasattr(value, "chunks") else [str(value).encode()]


def _file(file: Any) -> Iterator[bytes]:
    yield str(file.name).encode()
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    yield digest.digest()
