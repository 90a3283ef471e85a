"""What a process watches: however many watch, a change is read once and handed to all."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
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
COUNTING = 1.0  # seconds between two countings of unread notices
SWEEP = 5.0  # seconds after which a change is found that nobody rang for
LONG_SWEEP = 30.0  # seconds after which notices are counted though nobody rang
PATIENCE = 1.0  # seconds before Redis is tried again
READERS = 2

log = logging.getLogger(__name__)

States = Mapping[str, Any]  # what each audience may see
Read = Callable[[UUID], States | None]
Count = Callable[[Collection[UUID]], Mapping[UUID, int]]


class Snapshot(NamedTuple):
    """A meeting's state at a moment; two of the same id say the same."""

    id: str
    data: bytes


def snapshot_of(state: dict[str, Any]) -> Snapshot:
    """The state as JSON, named by what is in it."""
    data = orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
    return Snapshot(blake2b(data, digest_size=12).hexdigest(), data)


class Room:
    """What is watched: one meeting, or everybody's unread notices."""

    def __init__(self, look: Callable[[], Coroutine[Any, Any, States | None]], *, pause: float | None = None) -> None:
        """Prepare to watch; `look` asks for the states, None for a meeting that is gone, at most every `pause` seconds."""
        self.look = look
        self.pause = PAUSE if pause is None else pause
        self.watchers = 0
        self.snapshots: dict[str, Snapshot] = {}
        self.over = False
        self.rung = asyncio.Event()
        self.changed = asyncio.Event()  # a new one after each change: who holds the old one is told once
        self.rung.set()

    async def keep(self) -> None:
        """Look at once, and again whenever it is rung for, but not more often than every `pause`."""
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
            await asyncio.sleep(self.pause)

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

    def __init__(self, read: Read, count: Count = lambda _people: {}) -> None:
        """Prepare; `read` looks a meeting's state up in the database, `count` the unread notices of some people."""
        self.read = read
        self.count = count
        self.people: Counter[UUID] = Counter()
        self.desk: Room | None = None
        self.rooms: dict[UUID, Room] = {}
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="live-state")
        self.tasks: set[asyncio.Task[None]] = set()
        self.open = False

    def start(self) -> None:
        """Begin to listen and to sweep."""
        self.open = True
        self._spawn(self._listen())
        self._spawn(self._sweep())
        self._spawn(self._count_now_and_then())

    def close(self) -> None:
        """Send every watcher away, and take no more."""
        self.open = False
        for room in [*self.rooms.values(), *filter(None, [self.desk])]:
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

    @asynccontextmanager
    async def counting(self, person: UUID) -> AsyncIterator[Room]:
        """Where someone's unread notices are told for as long as they have a page open: one room for all, one question."""
        if self.desk is None or self.desk.over:
            self.desk = Room(self._count, pause=COUNTING)
            self._spawn(self.desk.keep())
        room = self.desk
        room.watchers += 1
        self.people[person] += 1
        room.rung.set()
        try:
            yield room
        finally:
            room.watchers -= 1
            self.people[person] -= 1
            if not self.people[person]:
                del self.people[person]
            if not room.watchers:
                room.show(None)
                room.rung.set()

    def ring(self, meeting: UUID) -> None:
        """Look at a meeting soon, if anyone here watches it."""
        if room := self.rooms.get(meeting):
            room.rung.set()

    def ring_for_notices(self) -> None:
        """Count everybody's unread notices soon, if anybody is here."""
        if self.desk:
            self.desk.rung.set()

    def ring_for_all(self) -> None:
        """Look at everything that is watched."""
        for room in self.rooms.values():
            room.rung.set()

    async def _look(self, meeting: UUID) -> States | None:
        loop = asyncio.get_running_loop()
        states: States | None = await loop.run_in_executor(self.readers, in_database, self.read, meeting)
        return states

    async def _count(self) -> States:
        loop = asyncio.get_running_loop()
        people = list(self.people)
        counts = await loop.run_in_executor(self.readers, in_database, self.count, people)
        return {str(person): {"unread": counts.get(person, 0)} for person in people}

    async def _count_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(LONG_SWEEP)
            self.ring_for_notices()

    async def _listen(self) -> None:
        heard = True
        while True:
            try:
                async for rung in bell.heard():
                    heard = True
                    if isinstance(rung, UUID):
                        self.ring(rung)
                    else:
                        self.ring_for_notices()
                    if rung is None:
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
