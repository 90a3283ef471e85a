"""One step in an agenda's order, as the buttons beside an item offer it."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

Order = Sequence[tuple[UUID, UUID | None]]
DIRECTIONS = ("up", "down", "in", "out")


def moved(order: Order, pk: UUID, direction: str) -> Order:
    """The order after one item, with its parts, has gone up or down among its like, into the one before, or out.

    A step that leads nowhere leaves everything as it is.
    """
    parents = dict(order)
    below: dict[UUID | None, list[UUID]] = defaultdict(list)
    for item, parent in order:
        below[parent].append(item)
    above = parents[pk]
    like = below[above]
    place = like.index(pk)
    if direction == "up" and place > 0:
        like.insert(place - 1, like.pop(place))
    elif direction == "down" and place < len(like) - 1:
        like.insert(place + 1, like.pop(place))
    elif direction == "in" and place > 0:
        like.remove(pk)
        below[like[place - 1]].append(pk)
    elif direction == "out" and above is not None:
        like.remove(pk)
        upper = below[parents[above]]
        upper.insert(upper.index(above) + 1, pk)
    return _laid(below, None)


def _laid(below: dict[UUID | None, list[UUID]], parent: UUID | None) -> list[tuple[UUID, UUID | None]]:
    return [found for pk in list(below[parent]) for found in [(pk, parent), *_laid(below, pk)]]


def written(order: Order) -> str:
    """An order as a form carries it along: ``item:parent,item:,…``."""
    return ",".join(f"{pk}:{parent or ''}" for pk, parent in order)


def read(text: str) -> Order:
    """An order that a form carried along.

    Raises:
        ValueError: It is none.
    """
    pairs = [pair.split(":") for pair in text.split(",") if pair]
    return [(UUID(pk), UUID(parent) if parent else None) for pk, parent in pairs]
