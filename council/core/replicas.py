"""Reads from a streaming replica as if there were one database: on where `REPLICA_URL` is set (docs/decisions/0029).

A request that only reads notes how far the primary had come when it began, and reads the replica if that has come as far;
so nobody sees less there than on the primary, whoever wrote it. Everything else reads and writes the primary.
"""

import logging
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import Model

log = logging.getLogger(__name__)

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, "replica"
PAUSE = 5.0  # seconds for which a replica that does not answer is left alone
IDENTITY_ROOMS = frozenset({"sessions", "account", "allauth_idp_oidc"})
IDENTITY = frozenset({"people.user", "people.apitoken", "people.apiclient"})

# What is visible has been flushed, unless commits do not wait for the disk.
_POSITION = (
    "SELECT CASE current_setting('synchronous_commit')"
    " WHEN 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END::text"
)
_REACHED = "SELECT coalesce(pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= %s::pg_lsn, false)"


class Reading:
    """A request that has only read so far: where the primary stood when it began, and whether the replica is there yet."""

    silent_until = 0.0  # of the process

    def __init__(self) -> None:
        self.position: str | None = None
        self.reached: bool | None = None

    def begin(self) -> None:
        """Note how far the primary has come, at the first question of the request."""
        if self.position is None and time.monotonic() >= Reading.silent_until:
            with connections[PRIMARY].cursor() as cursor:
                cursor.execute(_POSITION)
                self.position = cursor.fetchall()[0][0]

    def is_reached(self) -> bool:
        """Whether the replica shows all that; asked once, so that a request reads from one of the two."""
        if self.reached is None:
            self.reached = self.position is not None and _has_reached(self.position)
        return self.reached


def _has_reached(position: str) -> bool:
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_REACHED, [position])
            return bool(cursor.fetchall()[0][0])
    except DatabaseError as error:
        connections[REPLICA].close()
        Reading.silent_until = time.monotonic() + PAUSE
        log.warning("replica not reached, the primary answers alone for a while: %s", error)
        return False


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


def read_primary(**_: object) -> None:
    """Read the primary for the rest of this request, for an answer made of both what it knows now and what is read next."""
    if _reading.get():
        _reading.set(None)


def begin(environ: Mapping[str, Any] | None = None, **_: object) -> None:
    """Let the questions of GET and HEAD go to the replica; a task or command never begins this."""
    reads = environ is not None and environ.get("REQUEST_METHOD") in ("GET", "HEAD")
    _reading.set(Reading() if reads else None)


class ReplicaRouter:
    """Django's router: who someone is, whatever locks, and whatever follows a write, is asked of the primary."""

    def __init__(self) -> None:
        request_started.connect(begin)
        request_finished.connect(read_primary)  # once a streamed answer has been sent, too

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        """Which of the two answers a question."""
        reading = _reading.get()
        if reading is None or connections[PRIMARY].in_atomic_block:
            return PRIMARY
        reading.begin()
        return PRIMARY if _is_identity(model) or not reading.is_reached() else REPLICA

    def db_for_write(self, model: type[Model], **_hints: Any) -> str:
        """The primary; from here on for reading too, unless it only notes the use of a session or token."""
        if not _is_identity(model):
            read_primary()
        return PRIMARY

    def allow_relation(self, _one: Model, _other: Model, **_hints: Any) -> bool:
        """Rows of both are rows of one database."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """What is migrated there arrives here."""
        return db == PRIMARY


def _is_identity(model: type[Model]) -> bool:
    return model._meta.app_label in IDENTITY_ROOMS or model._meta.label_lower in IDENTITY
