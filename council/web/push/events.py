"""``/events/meetings/<uuid>/`` and ``/events/notices/``: server-sent events for one watcher (HTML standard, section 9.2).

Each event ``state`` carries the whole state and the server's time, under the digest of the state as its id: whoever
connects, for the first time or again, is told where things stand unless the id they bring is that already.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from django.db import Error as DatabaseError

from council.core import clock
from council.web.push.entry import Admission, Headers, admission, admission_to_notices
from council.web.push.hub import Hub, Room, Snapshot, in_database

PREFIX = "/events/"
ADDRESS = re.compile(r"/events/meetings/([0-9a-fA-F-]{36})/")
NOTICES = "/events/notices/"
HEARTBEAT = 15.0  # seconds after which a silent stream says that it lives; proxies cut what is silent for a minute
ENTITLED = 60.0  # seconds for which an admission holds
LOGGED_IN = 600.0  # seconds for which that to one's own notices does
PATIENCE = 20.0  # seconds a watcher may take to receive one event
LEAVING = 1.0  # seconds a watcher may take to receive the end
RETRY = 2000  # milliseconds after which a browser connects again
MOST = 3000  # watchers a process takes
DOORKEEPERS = 4

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)


class Watched(NamedTuple):
    """What a stream tells of: who is let in, for how long, and the room where it is told."""

    admit: Callable[[Headers], Admission]
    enter: Callable[[Admission], AbstractAsyncContextManager[Room]]
    entitled: Callable[[], float]


class Events:
    """The streams of a process."""

    def __init__(self, hub: Hub) -> None:
        """Prepare to answer from a hub."""
        self.hub = hub
        self.doorkeepers = ThreadPoolExecutor(DOORKEEPERS, thread_name_prefix="live-entry")
        self.watching = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request: a stream until one of the two sides ends it."""
        watched = self._watched(scope["path"])
        if not watched:
            return await refuse(send, HTTPStatus.NOT_FOUND)
        if scope["method"] != "GET":
            return await refuse(send, HTTPStatus.METHOD_NOT_ALLOWED)
        if self.watching >= MOST or not self.hub.open:
            return await refuse(send, HTTPStatus.SERVICE_UNAVAILABLE)
        self.watching += 1
        try:
            return await self._answer(watched, dict(scope["headers"]), receive, send)
        finally:
            self.watching -= 1

    def _watched(self, path: str) -> Watched | None:
        if path == NOTICES:
            return Watched(admission_to_notices, lambda who: self.hub.counting(UUID(who.audience)), lambda: LOGGED_IN)
        if not (found := ADDRESS.fullmatch(path)):
            return None
        meeting = UUID(found[1])
        admit = partial(admission, meeting=meeting)
        return Watched(admit, lambda _who: self.hub.watching(meeting), lambda: ENTITLED)

    async def _answer(self, watched: Watched, headers: Headers, receive: Receive, send: Send) -> None:
        status, audience = admitted = await self._admission(headers, watched)
        if status != HTTPStatus.OK:
            return await refuse(send, status)
        async with watched.enter(admitted) as room:
            watcher = Watcher(room, audience, send, seen=headers.get(b"last-event-id", b"").decode("latin-1"))
            stream = asyncio.ensure_future(watcher.follow())
            gone = asyncio.ensure_future(disconnected(receive))
            try:
                while not (stream.done() or gone.done()):
                    await asyncio.wait({stream, gone}, timeout=watched.entitled(), return_when=asyncio.FIRST_COMPLETED)
                    if not (stream.done() or gone.done()) and not await self._still(admitted, headers, watched):
                        break
            finally:
                reachable = not gone.done()
                for task in (stream, gone):
                    task.cancel()
                await asyncio.gather(stream, gone, return_exceptions=True)
        if reachable:
            await watcher.end()
        return None

    async def _still(self, admitted: Admission, headers: Headers, watched: Watched) -> bool:
        """Whether an admission still holds; while nobody can tell, it does."""
        now = await self._admission(headers, watched)
        return now == admitted or now.status == HTTPStatus.SERVICE_UNAVAILABLE

    async def _admission(self, headers: Headers, watched: Watched) -> Admission:
        """Ask the doorkeeper; one that cannot ask the database lets nobody in."""
        loop = asyncio.get_running_loop()
        try:
            found: Admission = await loop.run_in_executor(self.doorkeepers, in_database, watched.admit, headers)
        except DatabaseError as error:
            log.warning("who may watch could not be found out: %s", error)
            return Admission(HTTPStatus.SERVICE_UNAVAILABLE)
        return found


class Watcher:
    """One open stream. It is given the newest state, never a backlog; one too slow for that is let go."""

    def __init__(self, room: Room, audience: str, send: Send, *, seen: str) -> None:
        """Prepare; `seen` is the id of the state the watcher has."""
        self.room = room
        self.audience = audience
        self._send = send
        self.seen = seen
        self.begun = False

    async def follow(self) -> None:
        """Tell every change until the room is closed."""
        await self._begin()
        while not self.room.over:
            changed, snapshot = self.room.changed, self.room.snapshots.get(self.audience)
            if snapshot and snapshot.id != self.seen:
                await self.say(event(snapshot))
                self.seen = snapshot.id
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT)
            except TimeoutError:
                await self.say(b": here\n\n")

    async def _begin(self) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-accel-buffering", b"no"),
        ]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        self.begun = True
        await self.say(b"retry: %d\n\n" % RETRY)

    async def say(self, text: bytes) -> None:
        """Send a piece of the stream.

        Raises:
            TimeoutError: The watcher does not take it.
        """
        message = {"type": "http.response.body", "body": text, "more_body": True}
        await asyncio.wait_for(self._send(message), PATIENCE)

    async def end(self) -> None:
        """Close the stream; a browser connects again, and learns then what it may."""
        if self.begun:
            with suppress(OSError, RuntimeError, TimeoutError):
                last = {"type": "http.response.body", "body": b"", "more_body": False}
                await asyncio.wait_for(self._send(last), LEAVING)


def event(snapshot: Snapshot) -> bytes:
    """A state as an event, with the time at which it is sent."""
    now = int(clock.now().timestamp() * 1000)
    return b'event: state\nid: %s\ndata: {"now":%d,"state":%s}\n\n' % (snapshot.id.encode(), now, snapshot.data)


async def disconnected(receive: Receive) -> None:
    """Return once the other side is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def refuse(send: Send, status: HTTPStatus) -> None:
    """Answer without a stream."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": status.phrase.encode(), "more_body": False})
