"""What the rooms above want to have checked before a version is published."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from council.documents.models import Version

Check = Callable[["Version"], list[str | Promise]]
_checks: list[Check] = []


def before_publishing(check: Check) -> Check:
    """Have a check asked whenever a version is about to be published; each sentence it returns stands in the way."""
    _checks.append(check)
    return check


def why_not_publish(version: "Version") -> list[str | Promise]:
    """Everything that stands in the way of publishing a version."""
    return [problem for check in _checks for problem in check(version)]
