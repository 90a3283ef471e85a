"""Rows in bulk: COPY, and INSERT … SELECT, with what a model says of the columns nobody names."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

NULL = r"\N"
AT_ONCE = 5000
"""Rows handed to the server in one piece."""


def fill(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[str]], **same: Any) -> None:
    """COPY rows into a model's table.

    Args:
        model: Whose table.
        columns: What each row gives, as text without tabs, line ends and backslashes; ``NULL`` for none.
        rows: The rows.
        same: What is the same in all of them; what is not named gets the model's default.
    """
    constant = _constants(model, columns, same)
    suffix = "".join(f"\t{as_text(value)}" for value in constant.values()) + "\n"
    names = ", ".join(f'"{name}"' for name in (*columns, *constant))
    rows = iter(rows)
    with (
        connection.cursor() as cursor,
        _psycopg(cursor).copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy,
    ):
        while piece := list(islice(rows, AT_ONCE)):
            copy.write((suffix.join(["\t".join(row) for row in piece]) + suffix).encode())


def derive(model: type[models.Model], columns: Mapping[str, str], source: str, **same: Any) -> int:
    """Fill a model's table from others; gives how many rows that made.

    Args:
        model: Whose table.
        columns: An SQL expression for each column that is not the same in all rows.
        source: What stands behind SELECT … FROM.
        same: As in :func:`fill`.
    """
    constant = _constants(model, columns, same)
    names = ", ".join(f'"{name}"' for name in (*columns, *constant))
    values = ", ".join([*columns.values(), *(f"%s::{_type(model, name)}" for name in constant)])
    given = [_field(model, name).get_db_prep_save(value, connection) for name, value in constant.items()]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {source}", given)
        return int(cursor.rowcount)


def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run a statement, and give its rows if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def looked_at(*of: type[models.Model]) -> None:
    """Let the planner know what is there, for what is to follow from it."""
    for model in of:
        run(f"ANALYZE {model._meta.db_table}")


@contextmanager
def without_indexes(*of: type[models.Model]) -> Iterator[None]:
    """Take the indexes of some tables away, and make them again in one go: a sort costs less than as many insertions.

    Primary keys stay, since foreign keys lean on them.
    """
    tables = [model._meta.db_table for model in of]
    unique = run(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'u' AND conrelid = ANY(%s::regclass[])",
        tables,
    )
    plain = run(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index AS i"
        " WHERE indrelid = ANY(%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)",
        tables,
    )
    for table, name, _definition in unique:
        run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition in plain:
        run(f"DROP INDEX {name}")
    yield
    run("SET LOCAL maintenance_work_mem = '512MB'")
    for table, name, definition in unique:
        run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for _name, definition in plain:
        run(definition)


def as_text(value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, list):
        return f"{{{','.join(value)}}}"
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    return value.isoformat() if isinstance(value, (dt.datetime, dt.date)) else str(value)


def _constants(model: type[models.Model], given: Iterable[str], same: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a model that are the same in every row, with their values; none for numbers the database gives."""
    given = set(given)
    fields = [field for field in model._meta.concrete_fields if field.column not in given]
    unknown = (given | set(same)) - {field.column for field in model._meta.concrete_fields}
    assert not unknown, f"{model.__name__} has no {unknown}"
    return {
        field.column: same[field.column] if field.column in same else field.get_default()
        for field in fields
        if not isinstance(field, models.AutoField)
    }


def _field(model: type[models.Model], column: str) -> "models.Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if field.column == column)


def _type(model: type[models.Model], column: str) -> str:
    return _field(model, column).db_type(connection) or "text"


def _psycopg(cursor: CursorWrapper) -> Any:
    return cursor.cursor
