"""Streams and pages as one ASGI application."""

import asyncio
import resource
import signal
from collections.abc import Callable
from types import FrameType

from council.web.push.events import PREFIX, Events, Message, Receive, Send
from council.web.push.hub import Count, Hub, Read
from council.web.push.pages import Application as WSGIApplication
from council.web.push.pages import Pages

THREADS = 8


class Application:
    """What an ASGI server runs."""

    def __init__(self, pages: WSGIApplication, read: Read, count: Count) -> None:
        """Join `pages`, a WSGI application, with streams of what `read` says of a meeting and `count` of notices."""
        self.hub = Hub(read, count)
        self.events = Events(self.hub)
        self.pages = Pages(pages, threads=THREADS)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or live as long as the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self.events(scope, receive, send)
        else:
            await self.pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        allow_many_connections()
        at_the_end(self.hub.close)
        self.hub.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.hub.stop()
        await send({"type": "lifespan.shutdown.complete"})


def allow_many_connections() -> None:
    """Each watcher is an open file; take as many as the machine allows, up to what we would ever use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def at_the_end(close: Callable[[], None]) -> None:
    """Call `close` as soon as the process is asked to end: servers wait for open streams before they say so."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _before(signal.getsignal(number), loop, close))


def _before(handler: object, loop: asyncio.AbstractEventLoop, close: Callable[[], None]) -> Callable[..., None]:
    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(close)
        if callable(handler):
            handler(number, frame)

    return handle
