"""Telling people: rows beside COPY, mails beside Django's one connection, a notice beside a task that does nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from statistics import median
from typing import Any
from uuid import uuid4

from bench.measure import Measured, Size, alone, row, seconds
from bench.stage import free_port, stage

PEOPLE = {"usual": 20_000, "full": 100_000}
FEW = 100
FAN_OUTS = 5
READERS, LETTERS = 400, 9
"""So many mails are sent in a round, and so many rounds."""
NOTICES = 40
PATIENCE = 120.0
MEBIBYTE = 2**20
NOTES = "notifications_notification"
WORKER = ("celery", "-A", "config", "worker", "-c", "1", "--without-gossip", "--without-mingle")


def crowd(people: int) -> None:
    """Turn to a database in which so many sit on one council, where a consultation was opened."""
    stage().use(f"crowd{people}", partial(gather, people))


def gather(people: int) -> None:
    """Fill it."""
    from tests.cast import Cast  # noqa: PLC0415 - Django is set up by the stage
    from tests.storm import prepare  # noqa: PLC0415 - as above

    prepare(people, 1, cast=Cast())


# --- one event, many people -------------------------------------------------------------------------------------------


@row("telling-fan-out-against-copy", goal=0.75, unit="rows/s", at_least=True)
def fan_out(size: Size) -> Measured:
    """Who is told of one event, with everybody's switches looked at, beside COPY of the same rows into the same table."""
    crowd(PEOPLE[size])
    forget()
    dispatch()
    copied = copy_out()
    return of_rates([(rate(dispatch), rate(partial(copy_in, copied))) for _round in range(FAN_OUTS)])


@row("telling-fan-out-memory", goal=4 * MEBIBYTE, unit="bytes", goal_for="figure")
def fan_out_memory(size: Size) -> Measured:
    """How much more memory a process holds at most that tells all of them than one that tells a hundred."""
    held = []
    for people in (FEW, PEOPLE[size]):
        crowd(people)
        forget()
        held.append(alone(dispatch_alone)[1])
    return Measured(figure=max(0.0, held[1] - held[0]))


def rate(tell: Callable[[], object]) -> float:
    """How many rows a second are written where nobody was told of anything before."""
    forget()
    took = seconds(tell)
    return float(ask(f"SELECT count(*) FROM {NOTES}")[0][0]) / took


def of_rates(pairs: list[tuple[float, float]]) -> Measured:
    """The medians of what was done in a second, ours and theirs, and of the ratios."""
    return Measured(
        figure=median(ours for ours, _ in pairs),
        limit=median(theirs for _, theirs in pairs),
        ratio=median(ours / theirs for ours, theirs in pairs),
    )


def forget() -> None:
    """Nobody was told of anything, and the last event waits."""
    ask(f"TRUNCATE {NOTES}")
    ask("UPDATE journal_entry SET dispatched_at = NULL WHERE id = (SELECT max(id) FROM journal_entry)")
    ask("VACUUM ANALYZE journal_entry")


def dispatch() -> None:
    """Tell everybody."""
    from council.notifications import actions  # noqa: PLC0415 - Django is set up by the stage

    actions.dispatch()


def dispatch_alone() -> None:
    """The same in a process that has not been set up."""
    import django  # noqa: PLC0415 - as above

    django.setup()
    dispatch()


def copy_out() -> bytes:
    """All rows that tell somebody, as COPY writes them."""
    with cursor() as own, own.copy(f"COPY {NOTES} TO STDOUT (FORMAT binary)") as rows:
        return b"".join(bytes(piece) for piece in rows)


def copy_in(rows: bytes) -> None:
    """Copy such rows in."""
    with cursor() as own, own.copy(f"COPY {NOTES} FROM STDIN (FORMAT binary)") as into:
        for start in range(0, len(rows), MEBIBYTE):
            into.write(rows[start : start + MEBIBYTE])


# --- mail -------------------------------------------------------------------------------------------------------------


@row("telling-mails-against-one-connection", goal=0.9, unit="mails/s", at_least=True)
def mails(size: Size) -> Measured:
    """Mails written, sent and marked one by one, beside Django sending the same ones, written already, in one go."""
    from django.core.mail import get_connection  # noqa: PLC0415 - as above
    from django.test import override_settings  # noqa: PLC0415 - as above

    crowd(READERS)
    forget()
    dispatch()
    port = free_port()
    sink = stage().start("sink", "bench.limits.sink", str(port))
    smtp = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}
    pairs = []
    with override_settings(**smtp, EMAIL_PORT=port):
        wait_for(lambda: get_connection(fail_silently=True).open())
        for _round in range(LETTERS):
            wait_again()
            letters = written()
            theirs = READERS / seconds(lambda: get_connection().send_messages(letters))  # noqa: B023 - at once
            pairs.append((READERS / seconds(send_all), theirs))
    sink.stop()
    return of_rates(pairs[1:])


def wait_again() -> None:
    """No mail was sent."""
    ask(f"UPDATE {NOTES} SET sent_at = NULL, attempts = 0, address = ''")
    ask(f"VACUUM ANALYZE {NOTES}")


def written() -> list[Any]:
    """The mails that wait, as they are sent."""
    from council.notifications import mails as letters  # noqa: PLC0415 - as above
    from council.notifications.actions.sending import SOURCES  # noqa: PLC0415 - as above

    rows = list(SOURCES[0].waiting())
    found = []
    letters.look_up(rows)
    for each in rows:
        found.append(letters.compose(each))
        letters.put_into_envelope(each, found[-1])
    return found


def send_all() -> None:
    """Send what waits."""
    from council.notifications import actions  # noqa: PLC0415 - as above

    while actions.send_mails():
        pass


# --- how soon ---------------------------------------------------------------------------------------------------------


@row("telling-notice-after-commit", goal=0.01, goal_for="figure")
def notice(size: Size) -> Measured:
    """From the commit of an event to its notice in the database, less what an idle task takes to a worker and back."""
    crowd(FEW)
    forget()
    dispatch()
    name = "tell"
    worker = stage().start("worker-tell", *WORKER, "-n", f"{name}@%h", "-Q", name, "-I", "bench.limits.echo")
    echoed_after()
    pairs = [(told_after(), echoed_after()) for _round in range(NOTICES)]
    worker.stop()
    pairs = pairs[NOTICES // 4 :]
    return Measured(
        figure=median(ours - bare for ours, bare in pairs),
        limit=median(bare for _, bare in pairs),
    )


def echoed_after() -> float:
    """Seconds a task that does nothing takes to the worker and back."""
    from config.celery import app  # noqa: PLC0415 - as above

    name = f"echo:{uuid4()}"
    start = time.perf_counter()
    app.send_task("bench.limits.echo.echo", [name], queue="tell", retry=False)
    if not redis().blpop([name], timeout=PATIENCE):
        raise TimeoutError("no worker answered")
    return time.perf_counter() - start


def told_after() -> float:
    """Seconds from the commit of an event until somebody's notice of it can be read."""
    from django.db import transaction  # noqa: PLC0415 - as above

    from council.journal.actions import record  # noqa: PLC0415 - as above
    from council.journal.verbs import Verb  # noqa: PLC0415 - as above
    from council.opinions.models import Consultation  # noqa: PLC0415 - as above

    committed = []
    consultation = Consultation.objects.get()
    with transaction.atomic():
        transaction.on_commit(lambda: committed.append(time.perf_counter()))
        entry = record(Verb.CONSULTATION_OPENED, consultation, by=None, title=consultation.title)
    wait_for(lambda: ask(f"SELECT 1 FROM {NOTES} WHERE entry_id = {entry.pk} LIMIT 1"))
    return time.perf_counter() - committed[0]


def wait_for(condition: Callable[[], object]) -> None:
    """Look until something is there."""
    patient_until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > patient_until:
            raise TimeoutError
        time.sleep(0.0005)


@cache
def redis() -> Any:
    """The stage's Redis."""
    from django.conf import settings  # noqa: PLC0415 - as above
    from redis import Redis  # noqa: PLC0415 - as above

    return Redis.from_url(settings.REDIS_URL, socket_timeout=2 * PATIENCE)


# --- the database -----------------------------------------------------------------------------------------------------


@contextmanager
def cursor() -> Iterator[Any]:
    """Psycopg's own, outside any transaction."""
    from django.db import connection  # noqa: PLC0415 - as above

    connection.ensure_connection()
    with connection.connection.cursor() as own:
        yield own


def ask(sql: str) -> list[Any]:
    """What the database answers."""
    with cursor() as own:
        own.execute(sql)
        return list(own.fetchall()) if own.description else []
