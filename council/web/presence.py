"""Who works on what right now: kept in the cache for less than a minute, by those who have it open."""

from collections.abc import Iterable
from uuid import UUID

from django.core.cache import cache

from council.core import clock
from council.people.models import User

SECONDS = 40


def arrive(point: UUID, user: User) -> None:
    """Say that someone has a point open; to be said again before :data:`SECONDS` are over."""
    now = clock.now().timestamp()
    here = {pk: seen for pk, seen in (cache.get(_key(point)) or {}).items() if seen[1] > now}
    here[str(user.pk)] = (user.name, now + SECONDS)
    cache.set(_key(point), here, SECONDS)


def others(points: Iterable[UUID], user: User) -> dict[UUID, list[str]]:
    """The names of the others who have points open; points nobody else has open are left out."""
    keys = {_key(point): point for point in points}
    now = clock.now().timestamp()
    found = {
        keys[key]: sorted(name for pk, (name, until) in here.items() if until > now and pk != str(user.pk))
        for key, here in cache.get_many(keys).items()
    }
    return {point: names for point, names in found.items() if names}


def _key(point: UUID) -> str:
    return f"working:{point}"
