"""What the rooms above want to have checked before a meeting is closed, and before its record is corrected later."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from council.meetings.models import Meeting

Check = Callable[["Meeting"], list[str | Promise]]
_before_closing: list[Check] = []
_before_correcting: list[Check] = []


def before_closing(check: Check) -> Check:
    """Have a check asked before a meeting is closed or a step of it taken back; its sentences stand in the way."""
    _before_closing.append(check)
    return check


def before_correcting(check: Check) -> Check:
    """Have a check asked before attendance or statements of a closed meeting are corrected, e.g. for locked minutes."""
    _before_correcting.append(check)
    return check


def why_not_close(meeting: "Meeting") -> list[str | Promise]:
    """Everything that stands in the way of closing a meeting."""
    return [problem for check in _before_closing for problem in check(meeting)]


def why_not_correct(meeting: "Meeting") -> list[str | Promise]:
    """Everything that stands in the way of correcting who was there and what was said."""
    return [problem for check in _before_correcting for problem in check(meeting)]
