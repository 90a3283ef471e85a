"""Who of many readers may see a thing: the question that ``visible_to`` answers for one, asked once for all of them.

The statement of one reader is taken as it is, their id in it replaced by that of each reader in turn, and the database
goes through them. So there is still one rule, the queryset's, and no list of who may see what is kept anywhere.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model

from council.people.models import User

_PLACE = re.compile(r"(?<!%)%s")
_MATTERS = ("is_staff", "is_superuser", "is_active", "is_system")
"""What a rule may ask of a reader in Python, besides who they are."""


class AskedTooEarlyError(Exception):
    """A rule asked the database while it was being put together; it holds for one reader only."""


def who_sees(model: type[Model], pk: Any, readers: Iterable[User]) -> set[UUID]:
    """Those of some readers who may see one thing; an account is its owner's alone."""
    readers = list(readers)
    if model is User:
        return {reader.pk for reader in readers if reader.pk == pk}
    alike: defaultdict[tuple[bool, ...], list[UUID]] = defaultdict(list)
    for reader in readers:
        alike[tuple(getattr(reader, name) for name in _MATTERS)].append(reader.pk)
    found: set[UUID] = set()
    try:
        for traits, ids in alike.items():
            found |= _among(model, pk, ids, dict(zip(_MATTERS, traits, strict=True)))
    except AskedTooEarlyError:
        rows: Any = model._default_manager
        return {reader.pk for reader in readers if rows.visible_to(reader).filter(pk=pk).exists()}
    return found


def _among(model: Any, pk: Any, ids: list[UUID], traits: dict[str, bool]) -> set[UUID]:
    somebody = User(pk=uuid4(), **traits)
    with connection.execute_wrapper(_too_early):
        rows = model.objects.visible_to(somebody).filter(pk=pk).order_by().values("pk")
        sql, params = rows.query.sql_with_params()
    words, kept = _PLACE.split(sql), []
    statement = words[0]
    for param, word in zip(params, words[1:], strict=True):
        is_reader = param == somebody.pk
        statement += ("reader.id" if is_reader else "%s") + word
        kept += [] if is_reader else [param]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT reader.id FROM unnest(%s::uuid[]) AS reader (id) WHERE EXISTS ({statement})",  # noqa: S608 - Django's
            [ids, *kept],
        )
        return {found for (found,) in cursor.fetchall()}


def _too_early(*_: object) -> Any:
    raise AskedTooEarlyError
