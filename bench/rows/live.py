"""A meeting that many watch, and a ballot in which all vote at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from bench.measure import Measured, Size, percentile, row
from bench.rows.serving import session
from bench.stage import Served, served, stage
from council.ops.serve import HOST

WATCHERS, CHANGES = 500, 20
STEPS = "take-up", "end"
VOTES, FORM, CSRF = 200, b"choice=for", "a" * 32
PATIENCE = 60.0
READ = '"ended_at" - "meetings_floorrequest"."started_at"'
"""Part of a question that is asked once whenever a meeting's state is read, and by nothing else here."""


class Hall(NamedTuple):
    """A meeting in session: where it is followed, its item, the ballot on it, and where and as whom each of them votes."""

    meeting: str
    item: str
    ballot: UUID
    secretary: str
    voters: list[tuple[str, str]]


# --- one change, many watchers ----------------------------------------------------------------------------------------


@row("live-change-to-500-watchers", goal=1.0, goal_for="figure")
def change(size: Size) -> Measured:
    """From sending a step through the agenda to seeing it, for 95 of 100 times somebody sees one."""
    return Measured(figure=percentile(watched()[0], 0.95))


@row("live-reads-of-the-state-per-change", goal=1.5, unit="reads", goal_for="figure")
def reads(size: Size) -> Measured:
    """How often the state is read, however many watch; besides by the sweep, every few seconds."""
    return Measured(figure=watched()[1] / CHANGES)


@cache
def watched() -> tuple[list[float], float]:
    """How long each watcher waited for each change, and how often the state was read for it."""
    hall = gathered()
    log_statements()
    with served() as server:
        return asyncio.run(watch(server, hall))


async def watch(server: Served, hall: Hall) -> tuple[list[float], float]:
    """Let many watch, and one go through the agenda."""
    from council.web.push.hub import SWEEP  # noqa: PLC0415 - Django is set up by the stage

    seen = Seen()
    watchers = [asyncio.create_task(follow(server, hall, seen)) for _watcher in range(WATCHERS)]
    try:
        await until(lambda: seen.times >= WATCHERS, watchers)
        await asyncio.sleep(1)
        before, began, waited = times_read(), time.monotonic(), []
        for number in range(CHANGES):
            seen.begin()
            await ask(server, f"{hall.item}{STEPS[number % 2]}/", hall.secretary)
            await until(lambda: seen.times >= WATCHERS, watchers)
            waited += seen.after
            await asyncio.sleep(0.3)
        return waited, times_read() - before - (time.monotonic() - began) / SWEEP
    finally:
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


class Seen:
    """When states arrived since a change was begun."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A change."""
        self.began, self.after = time.perf_counter(), list[float]()

    def note(self) -> None:
        """Somebody sees it."""
        self.after.append(time.perf_counter() - self.began)

    @property
    def times(self) -> int:
        """How many saw it."""
        return len(self.after)


async def follow(server: Served, hall: Hall, seen: Seen) -> None:
    """Watch a meeting."""
    reader, writer = await asyncio.open_connection(HOST, server.port, limit=2**20)
    try:
        writer.write(request(server, "GET", f"/events/meetings/{hall.meeting}/", hall.secretary))
        while line := await reader.readline():
            if line.startswith(b"data:"):
                seen.note()
    finally:
        writer.close()
    raise ConnectionError("a stream has ended")


async def until(condition: Callable[[], bool], watchers: list["asyncio.Task[None]"]) -> None:
    """Wait; a watcher that is gone ends the waiting."""
    patient_until = time.monotonic() + PATIENCE
    while not condition():
        if gone := next((each for each in watchers if each.done()), None):
            gone.result()
        if time.monotonic() > patient_until:
            raise TimeoutError("not every watcher saw it")
        await asyncio.sleep(0.002)


def log_statements() -> None:
    """Have PostgreSQL write down what it is asked in the database in use, by who comes from now on."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by the stage

    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} SET log_statement = 'all'")


def times_read() -> int:
    """How often a state was read so far."""
    return (stage().folder / "log" / "postgresql.log").read_text(errors="replace").count(READ)


# --- many votes at once -----------------------------------------------------------------------------------------------


@row("live-200-votes-from-200-connections", goal=5.0, goal_for="figure")
def votes(size: Size) -> Measured:
    """From the first vote sent to the last one answered; all are counted, each once."""
    hall = gathered()
    with served() as server:
        took = asyncio.run(vote(server, hall))
    counted = count_votes(hall)
    if counted != VOTES:
        return Measured(missing=f"{counted} of {VOTES} votes were counted")
    return Measured(figure=took)


async def vote(server: Served, hall: Hall) -> float:
    """Everybody connects, and then everybody votes."""
    go = asyncio.Event()
    tasks = [asyncio.create_task(ask(server, path, who, FORM, go.wait)) for path, who in hall.voters]
    await asyncio.sleep(1)
    start = time.perf_counter()
    go.set()
    await asyncio.gather(*tasks)
    return time.perf_counter() - start


def count_votes(hall: Hall) -> int:
    """How many count, once the ballot is closed."""
    from council.decisions import actions  # noqa: PLC0415 - as above
    from council.decisions.models import Ballot  # noqa: PLC0415 - as above
    from council.people.models import User  # noqa: PLC0415 - as above

    secretary = User.objects.get(email__startswith="secretary@")
    ballot = actions.close_ballot(Ballot.objects.get(pk=hall.ballot), by=secretary)
    return ballot.votes_for or 0


# --- requests ---------------------------------------------------------------------------------------------------------


async def ask(
    server: Served, path: str, who: str, body: bytes = b"", when: Callable[[], Awaitable[Any]] | None = None
) -> None:
    """Connect, wait for the moment, post something, and take the whole answer.

    Raises:
        RuntimeError: it was refused.
    """
    reader, writer = await asyncio.open_connection(HOST, server.port)
    if when:
        await when()
    writer.write(request(server, "POST", path, who, body))
    answer = await reader.read()
    writer.close()
    status = int(answer.split(maxsplit=2)[1])
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        message = f"{path} answers {answer[:600]!r}"
        raise RuntimeError(message)


def request(server: Served, method: str, path: str, who: str, body: bytes = b"") -> bytes:
    """A request as it goes over the wire, with the line that says whose it is."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}:{server.port}",
        who,
        f"X-CSRFToken: {CSRF}",
        "HX-Request: true",
    ]
    kind = "application/x-www-form-urlencoded" if body else "application/json"
    lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


# --- the hall ---------------------------------------------------------------------------------------------------------


def gathered() -> Hall:
    """Turn to a database with a full house in session."""
    return stage().use("hall", gather)


def gather() -> Hall:
    """Fill it."""
    from django.urls import reverse  # noqa: PLC0415 - as above

    from council.people.actions import create_token  # noqa: PLC0415 - as above
    from tests.cast import Cast  # noqa: PLC0415 - as above
    from tests.decisions.sessions import ballot_in, full_house  # noqa: PLC0415 - as above

    cast = Cast()
    meeting = full_house(cast, VOTES - 1)
    ballot = ballot_in(cast, meeting)
    _token, secret = create_token(name="bench", by=cast.secretary)
    return Hall(
        meeting=str(meeting.pk),
        item=f"/api/v1/agenda-items/{ballot.item_id}/",
        ballot=ballot.pk,
        secretary=f"Authorization: Bearer {secret}",
        voters=[
            (reverse("web:live_vote", args=[voter.pk]), f"Cookie: csrftoken={CSRF}; {session(voter.user_id)}")
            for voter in ballot.roll.all()
        ],
    )
