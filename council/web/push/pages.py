"""Everything that is no stream: Django's WSGI application in a fixed number of threads, on the same port."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from wsgiref.util import FileWrapper

from a2wsgi import WSGIMiddleware

from council.web.push.events import Message, Receive, Send

CHUNK = 256 * 1024  # bytes of a file that go to the loop at once

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class UploadCutOffError(OSError):
    """The other side went away while it was sending; Django answers such a request with nothing."""


class Pages:
    """A WSGI application behind an ASGI server."""

    def __init__(self, application: Application, *, threads: int) -> None:
        """Run `application` in so many threads: each keeps its database connection."""
        self._pages: Any = WSGIMiddleware(partial(with_files, application), workers=threads)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._pages(scope, partial(whole, receive), Outlet(send))


def with_files(application: Application, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Let Django hand files over in large pieces."""
    environ["wsgi.file_wrapper"] = file_in_chunks
    return application(environ, start_response)


def file_in_chunks(file: Any, _size: int) -> FileWrapper:
    """A file as the body of an answer."""
    return FileWrapper(file, CHUNK)


async def whole(receive: Receive) -> Message:
    """A piece of an upload; half an upload is none."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise UploadCutOffError
    return message


class Outlet:
    """The way out to a browser. What comes after it has gone is dropped, so that the thread that sends gets free."""

    PATIENCE = 60.0

    def __init__(self, send: Send) -> None:
        """Prepare."""
        self._send = send
        self._gone = False

    async def __call__(self, message: Message) -> None:
        """Send a piece."""
        if self._gone:
            return
        try:
            await asyncio.wait_for(self._send(message), self.PATIENCE)
        except (OSError, RuntimeError, TimeoutError):
            self._gone = True
