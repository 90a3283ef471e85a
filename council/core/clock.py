"""What time it is, and what a day is, for everyone alike: UTC inside, Asia/Seoul for people."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")

_set: ContextVar[dt.datetime | None] = ContextVar("clock", default=None)


def now() -> dt.datetime:
    """The present moment, aware; inside :func:`at` the moment that was set."""
    return _set.get() or dt.datetime.now(dt.UTC)


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let everything inside the block happen at ``moment`` (aware): the demo's past, and tests."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)


def today() -> dt.date:
    """The date on a wall calendar in Seoul."""
    return seoul_date(now())


def seoul_date(moment: dt.datetime) -> dt.date:
    """The Seoul date of an aware moment."""
    return moment.astimezone(SEOUL).date()


def end_of_day(day: dt.date) -> dt.datetime:
    """The last second of a day in Seoul: a limit given as a day ends at 23:59:59 there."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=SEOUL)
