"""What happened and what changed, in the one order in which it never moves: by seal, entries before changes, by id."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from council.journal.models import Change, Entry, Seal

ENTRIES, CHANGES = 0, 1


@dataclass(frozen=True, order=True)
class Place:
    """A place in the feed, given out as an opaque cursor."""

    seal: int = 0
    kind: int = ENTRIES
    id: int = 0

    @property
    def cursor(self) -> str:
        """How a client keeps it."""
        text = f"{self.seal}.{self.kind}.{self.id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def of(cls, cursor: str) -> "Place":
        """The place a cursor stands for; the beginning for none.

        Raises:
            ValidationError: The feed gave out no such cursor.
        """
        if not cursor:
            return cls()
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            seal, kind, pk = map(int, base64.b64decode(padded, "-_", validate=True).decode().split("."))
            place = cls(seal, kind, pk)
        except (ValueError, binascii.Error) as error:
            raise ValidationError({"after": _("This is no cursor of this feed.")}) from error
        if (
            place.cursor != cursor
            or kind not in (ENTRIES, CHANGES)
            or not all(0 <= part < 2**63 for part in (seal, pk))
        ):
            raise ValidationError({"after": _("This is no cursor of this feed.")})
        return place


def newest() -> Place:
    """The end of the feed as it is now."""
    last = Seal.objects.order_by("-id").values_list("id", flat=True).first()
    return Place(last, CHANGES, 2**63 - 1) if last else Place()


def read(after: Place, *, limit: int, **narrowed: Any) -> list[tuple[Place, Entry | Change]]:
    """Up to ``limit`` entries and changes after a place, in order.

    Nothing is ever put before what was read once: seals are made one after the other, each in one transaction. The end is
    looked up first, so that a seal made between the two questions is not read by halves.
    """
    end = newest()
    entries = _after(Entry.objects.filter(**narrowed), after, end, ENTRIES)[:limit]
    changes = _after(Change.objects.filter(**narrowed), after, end, CHANGES)[:limit]
    found: list[tuple[Place, Entry | Change]] = []
    found += ((Place(entry.seal_id or 0, ENTRIES, entry.pk), entry) for entry in entries)
    found += ((Place(change.seal_id or 0, CHANGES, change.pk), change) for change in changes)
    return sorted(found, key=lambda line: line[0])[:limit]


def _after(rows: "QuerySet[Any]", place: Place, end: Place, kind: int) -> "QuerySet[Any]":
    table = rows.model._meta.db_table
    begin: Sequence[int] = (place.seal, place.id)
    if place.kind != kind:  # after an entry come all changes of its seal, after a change no entry of it
        begin = (place.seal, 0) if kind == CHANGES else (place.seal + 1, 0)
    later = RawSQL(f"({table}.seal_id, {table}.id) > (%s, %s)", begin, output_field=BooleanField())  # noqa: S611 - a table's name
    return rows.filter(later, seal__lte=end.seal).order_by("seal_id", "id")
