"""Claiming: several rows for one worker at a time, each row for one worker only, and free at once when that worker dies.

A row that is claimed is locked by its name (an advisory lock of the database session), not in a transaction: so each row
is marked, for good, the moment it was sent, while the worker goes on with the others. The database frees the locks of a
connection that ends, however it ends. PgBouncer would have to pool by session.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, TypeVar

from django.db import Error, connection, models
from django.db.models.sql.compiler import SQLCompiler

from council.notifications.models.sending import Sending

M = TypeVar("M", bound=Sending)

LOOKED_AT = 20
"""How many times as many rows as are wanted are looked at, when others hold the first ones."""


@contextlib.contextmanager
def claimed(waiting: models.QuerySet[M], limit: int) -> Iterator[list[M]]:
    """Rows that nobody else has while the block runs, in their order.

    Args:
        waiting: Those whose turn it is, in the order in which they are to go; with whatever is to be read with them.
        limit: How many.
    """
    keys = _lock(waiting, limit)
    try:
        # Read anew: between being looked at and being locked a row may have been sent by whoever had it before.
        yield list(waiting.filter(pk__in=keys)) if keys else []
    finally:
        _unlock(waiting, keys)


def _lock(waiting: models.QuerySet[M], limit: int) -> list[Any]:
    candidates = waiting.select_related(None).values(key=models.F("pk"))[: limit * LOOKED_AT]
    compiler: SQLCompiler = candidates.query.get_compiler(connection=connection)
    inner, params = compiler.as_sql()
    with connection.cursor() as cursor:
        cursor.execute(
            # The inner limit keeps the order and the outer one stops the locking as soon as there are enough.
            f"SELECT key FROM ({inner}) AS candidate"  # noqa: S608 - Django's own words, with parameters
            " WHERE pg_try_advisory_lock(hashtextextended(%s || key::text, 0)) LIMIT %s",
            [*params, _name(waiting), limit],
        )
        return [key for (key,) in cursor.fetchall()]


def _unlock(waiting: models.QuerySet[M], keys: list[Any]) -> None:
    with contextlib.suppress(Error), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_unlock(hashtextextended(%s || key, 0)) FROM unnest(%s::text[]) AS key",
            [_name(waiting), [str(key) for key in keys]],
        )


def _name(waiting: models.QuerySet[M]) -> str:
    return f"{waiting.model._meta.db_table}:"
