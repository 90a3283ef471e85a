"""What a process watches: however many watch a meeting, a change is read once and handed to all."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import Error as DatabaseError
from django.db import close_old_connections
from redis import RedisError

from council.web.push import bell

PAUSE = 0.2  # seconds between two looks at one meeting: many changes at once are one
SWEEP = 5.0  # seconds after which a change is found that nobody rang for
PATIENCE = 1.0  # seconds before Redis is tried again
READERS = 2

log = logging.getLogger(__name__)

States = Mapping[str, Any]  # what each audience may see
Read = Callable[[UUID], States | None]


class Snapshot(NamedTuple):
    """A meeting's state at a moment; two of the same id say the same."""

    id: str
    data: bytes


def snapshot_of(state: dict[str, Any]) -> Snapshot:
    """The state as JSON, named by what is in it."""
    data = orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
    return Snapshot(blake2b(data, digest_size=12).hexdigest(), data)


class Room:
    """One meeting that is watched."""

    def __init__(self, look: Callable[[], Coroutine[Any, Any, States | None]]) -> None:
        """Prepare to watch; `look` asks for the states, None for a meeting that is gone."""
        self.look = look
        self.watchers = 0
        self.snapshots: dict[str, Snapshot] = {}
        self.over = False
        self.rung = asyncio.Event()
        self.changed = asyncio.Event()  # a new one after each change: who holds the old one is told once
        self.rung.set()

    async def keep(self) -> None:
        """Look at once, and again whenever it is rung for, but not more often than every `PAUSE`."""
        while not self.over:
            await self.rung.wait()
            self.rung.clear()
            try:
                states = await self.look()
            except DatabaseError as error:
                log.warning("a watched meeting could not be read, the next sweep tries again: %s", error)
            except Exception:  # whoever watches goes on watching, whatever went wrong with one look
                log.exception("a watched meeting could not be read")
            else:
                self.show(states)
            await asyncio.sleep(PAUSE)

    def show(self, states: States | None) -> None:
        """Wake everyone who watches, if there is something new; None ends the watching."""
        snapshots = {audience: snapshot_of(state) for audience, state in (states or {}).items()}
        if states is not None and snapshots == self.snapshots:
            return
        self.snapshots = snapshots
        self.over = states is None
        self.changed.set()
        self.changed = asyncio.Event()


class Hub:
    """The rooms of this process, the ear at the doorbell, and the sweep."""

    def __init__(self, read: Read) -> None:
        """Prepare; `read` looks a meeting's state up in the database."""
        self.read = read
        self.rooms: dict[UUID, Room] = {}
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="live-state")
        self.tasks: set[asyncio.Task[None]] = set()
        self.open = False

    def start(self) -> None:
        """Begin to listen and to sweep."""
        self.open = True
        self._spawn(self._listen())
        self._spawn(self._sweep())

    def close(self) -> None:
        """Send every watcher away, and take no more."""
        self.open = False
        for room in self.rooms.values():
            room.show(None)

    async def stop(self) -> None:
        """Stop listening."""
        self.close()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.readers.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def watching(self, meeting: UUID) -> AsyncIterator[Room]:
        """The room of a meeting for as long as one watches; it is read while anyone does."""
        room = self.rooms.get(meeting)
        if room is None or room.over:
            room = self.rooms[meeting] = Room(lambda: self._look(meeting))
            self._spawn(room.keep())
        room.watchers += 1
        try:
            yield room
        finally:
            room.watchers -= 1
            if not room.watchers:
                room.show(None)
                if self.rooms.get(meeting) is room:
                    del self.rooms[meeting]
                room.rung.set()

    def ring(self, meeting: UUID) -> None:
        """Look at a meeting soon, if anyone here watches it."""
        if room := self.rooms.get(meeting):
            room.rung.set()

    def ring_for_all(self) -> None:
        """Look at everything that is watched."""
        for room in self.rooms.values():
            room.rung.set()

    async def _look(self, meeting: UUID) -> States | None:
        loop = asyncio.get_running_loop()
        states: States | None = await loop.run_in_executor(self.readers, in_database, self.read, meeting)
        return states

    async def _listen(self) -> None:
        heard = True
        while True:
            try:
                async for meeting in bell.heard():
                    heard = True
                    if meeting:
                        self.ring(meeting)
                    else:
                        self.ring_for_all()
            except (RedisError, OSError, ValueError) as error:
                if heard:  # said once, however long it lasts
                    log.warning("Redis not reached, changes are found by the sweep: %s", error)
                heard = False
            await asyncio.sleep(PATIENCE)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            self.ring_for_all()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a task of the live view failed", exc_info=error)


def in_database(function: Callable[..., Any], *args: Any) -> Any:
    """Call something in a thread of ours, with a database connection that is not too old."""
    close_old_connections()
    try:
        return function(*args)
    finally:
        close_old_connections()
