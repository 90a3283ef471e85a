"""Writing it down, and keeping what was written whole."""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from council.journal.bell import committed
from council.journal.models import Change, Entry, Seal
from council.journal.verbs import Verb

if TYPE_CHECKING:
    from council.people.models import User

SEAL_LOCK = 0x5EA1
NOTHING_BEFORE = bytes(32)


def record(
    verb: Verb,
    target: models.Model,
    *,
    by: "User | None",
    organisation_id: UUID | None = None,
    **data: Any,
) -> Entry:
    """Write one entry in the caller's transaction and ring once it is committed.

    Args:
        verb: What happened.
        target: What it happened to; its ``council_id`` is noted where it has one.
        by: Who did it; ``None`` only for verbs that the clock or a stranger sets off.
        organisation_id: For whom they acted, where they acted for someone.
        data: Words a notice or an auditor needs later, JSON-ready; never the secret or the private text itself.
    """
    return record_each(verb, [target], by=by, organisation_id=organisation_id, **data)[0]


def record_each(
    verb: Verb,
    targets: Iterable[models.Model],
    *,
    by: "User | None",
    organisation_id: UUID | None = None,
    each: Callable[[Any], dict[str, Any]] = lambda target: {},
    **data: Any,
) -> list[Entry]:
    """Write an entry for each of several targets of one kind in one statement, and ring once.

    Args:
        each: Gives the words that differ from one target to the next.
    """
    targets = list(targets)
    if not targets:
        return []
    entries = Entry.objects.bulk_create(
        Entry(
            verb=verb,
            actor=by,
            organisation_id=organisation_id,
            council_id=getattr(target, "council_id", None),
            target_type=ContentType.objects.get_for_model(target),
            target_id=target.pk,
            data=json.loads(json.dumps(data | each(target), cls=DjangoJSONEncoder)),
        )
        for target in targets
    )
    transaction.on_commit(lambda: committed.send_robust(sender=Entry))
    return entries


@transaction.atomic
def seal(*, limit: int = 5000) -> int:
    """Chain the entries not sealed yet, in id order, into one new seal. Set off by the bell and by the clock.

    An entry whose transaction commits after a later one was sealed goes into the next seal, and so does one that is
    just being dispatched: nobody waits for a lock here. What lies between two rounds is unprotected for those seconds, and cutting off the newest seals together
    with their entries shows only against a digest kept elsewhere.

    The changes noted by triggers get their place with the same seal; of several about one thing the last stays, and
    with it the first that says who had seen it before.

    Returns:
        How many entries were sealed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
    unsealed = Entry.objects.filter(seal=None).order_by("id")
    entries = list(unsealed.select_for_update(skip_locked=True, no_key=True)[:limit])
    if not entries and not Change.objects.filter(seal=None).exists():
        return 0
    previous = Seal.objects.order_by("id").last()
    new = Seal.objects.create(
        entries=len(entries), digest=_digest(bytes(previous.digest) if previous else NOTHING_BEFORE, entries)
    )
    Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(seal=new)
    with connection.cursor() as cursor:
        cursor.execute(_SEAL_CHANGES, {"seal": new.pk})
    return len(entries)


# Alike are changes about one thing that tell the same people: those who see it now, and the same who saw it before.
_SEAL_CHANGES = """
WITH waiting AS (
    SELECT id, row_number() OVER (PARTITION BY noun, thing_id, seen_by, inside, public ORDER BY id DESC) AS place
    FROM journal_change WHERE seal_id IS NULL
), repeated AS (
    DELETE FROM journal_change USING waiting WHERE journal_change.id = waiting.id AND place > 1
)
UPDATE journal_change SET seal_id = %(seal)s FROM waiting WHERE journal_change.id = waiting.id AND place = 1
"""


def broken_seals() -> list[int]:
    """Recompute the chain and name every seal whose entries were changed, added to or removed since."""
    broken, previous = [], NOTHING_BEFORE
    for link in Seal.objects.order_by("id").iterator():
        entries = list(link.sealed.order_by("id"))
        if len(entries) != link.entries or _digest(previous, entries) != bytes(link.digest):
            broken.append(link.pk)
        previous = bytes(link.digest)
    return broken


def _digest(previous: bytes, entries: Iterable[Entry]) -> bytes:
    digest = hashlib.sha256(previous)
    for entry in entries:
        row = [
            entry.pk,
            entry.at.isoformat(),
            entry.verb,
            entry.actor_id,
            entry.organisation_id,
            entry.council_id,
            entry.target_type_id,
            entry.target_id,
            entry.data,
        ]
        digest.update(json.dumps(row, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False).encode())
    return digest.digest()
