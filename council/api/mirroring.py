"""The change feed and the tombstones as pages: of whatever a caller's token opens, from a cursor on."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from council.integrations.mirroring import NOUNS, Line, told
from council.integrations.standing import Standing
from council.journal.feed import Place, newest, read
from council.journal.models import Tombstone
from council.people.models import User
from council.people.scopes import needed

READ_AHEAD = 400


@dataclass
class Page:
    """Some changes, and how to go on.

    Attributes:
        cursor: Where to go on, also when there is nothing to tell.
        more: Whether there is more by now.
        standing: Stays the same as long as the caller is who they are in their councils.
        nouns: What is told of, as far as the caller's token opens it.
    """

    cursor: str
    more: bool
    standing: str
    nouns: list[str]
    changes: list[Line] = field(default_factory=list)


def changes(
    user: User,
    after: str,
    *,
    limit: int,
    scopes: Collection[str] | None = None,
    council: UUID | None = None,
    noun: str = "",
) -> Page:
    """What someone is told of what changed after a cursor, in order.

    Args:
        scopes: What the caller's token opens; everything for ``None``.
        council: Of one council alone.
        noun: About one kind of thing alone.

    Raises:
        ValidationError: There is no such cursor.
    """
    standing = Standing(user)
    place = Place.of(after)
    narrowed = {"council_id": council} if council else {}
    lines = read(place, limit=READ_AHEAD, **narrowed)
    nouns = _opened(scopes)
    heard = told(standing, lines, nouns & {noun} if noun else nouns)
    shown = heard[:limit]
    full = len(heard) > limit
    last = shown[-1].place if full else lines[-1][0] if lines else place
    more = full or len(lines) == READ_AHEAD
    return Page(last.cursor, more, standing.digest(scopes), sorted(nouns), shown)


def end() -> str:
    """The cursor after everything there is: whoever lists everything next misses nothing that comes behind it."""
    return newest().cursor


def tombstones(user: User, scopes: Collection[str] | None) -> QuerySet[Tombstone]:
    """What was deleted that someone may have seen."""
    return Tombstone.objects.filter(Standing(user).had_seen(), noun__in=_opened(scopes))


def _opened(scopes: Collection[str] | None) -> set[str]:
    """The nouns that a token opens."""
    return {name for name, each in NOUNS.items() if scopes is None or needed(each.area, writing=False) in scopes}
