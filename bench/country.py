"""A country of councils, made fast: rows through COPY, those that follow from others as INSERT … SELECT.

The rows are consistent by construction, so foreign keys and triggers rest meanwhile (``session_replication_role``), and
what the triggers would have left is written along: when each row was changed, and the notes of the change feed. The
seals of the journal bear no true digests.
"""

from dataclasses import dataclass, replace
from time import perf_counter
from uuid import UUID

from django.db import connection, transaction

from bench.making import after, meetings, people, said, texts
from bench.making.common import LARGEST, PASSWORD, Maker, Shape
from bench.making.copying import run

__all__ = ["LARGEST", "PASSWORD", "Country", "Shape", "build"]


@dataclass(frozen=True)
class Country:
    """What was built, by the keys one needs to look at it; everybody logs in with ``PASSWORD``.

    Attributes:
        council: the first one, on which all those sit who are named here.
        consultation: its first: open now, with ``LARGEST`` opinions on the 200 passages of its version.
        meeting: of the first council: convened, still to come, with 50 agenda items.
        secretary: of the first council.
        officer: speaks for the office that answers there.
        member: speaks for a supplier there.
        overseer: secretary of every council, and so sees every opinion given.
        took: seconds, to make it.
    """

    shape: Shape
    council: UUID
    consultation: UUID
    version: UUID
    meeting: UUID
    secretary: UUID
    officer: UUID
    member: UUID
    overseer: UUID
    took: float = 0.0


def build(shape: Shape) -> Country:
    """Write a country into Django's database, which is migrated and empty otherwise; the same one from the same shape.

    The database's user has to be a superuser, or one who may set ``session_replication_role``.
    """
    start = perf_counter()
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica")
        country = _build(Maker(shape))
        run("SET LOCAL session_replication_role = origin")
    run("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")
    return replace(country, took=perf_counter() - start)


def _build(maker: Maker) -> Country:
    tables = people.make(maker)
    asked = texts.make(maker, tables)
    said.make(maker, asked)
    meeting = meetings.make(maker, tables)
    after.make(maker)
    first = tables[0]
    return Country(
        shape=maker.shape,
        council=UUID(first.pk),
        consultation=UUID(asked[0].pk),
        version=UUID(asked[0].version),
        meeting=UUID(meeting),
        secretary=UUID(first.secretary),
        officer=UUID(first.officer),
        member=UUID(first.member),
        overseer=UUID(first.overseer),
    )
