"""What the rooms above put on the agenda of a meeting as soon as it is planned."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from council.meetings.models import Meeting
    from council.people.models import User

Source = Callable[["Meeting", "User"], None]
_sources: list[Source] = []


def brings_in(source: Source) -> Source:
    """Have something called with every meeting that is planned, and who plans it, inside the same transaction."""
    _sources.append(source)
    return source


def bring_in(meeting: "Meeting", by: "User") -> None:
    """Let every source put on the agenda what it has."""
    for source in _sources:
        source(meeting, by)
