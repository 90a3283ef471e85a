"""Who else may see a file, and who may not: asked of the rooms above, where a file lies on a table.

A file that lies on the table for a closed agenda item is not for everyone; someone's alternate may read one without a
seat. Documents know nothing of tables, so the room that does registers a condition here.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from council.people.models import User

Condition = Callable[["User"], Q]
_opening: list[Condition] = []
_closing: list[Condition] = []
_opening_versions: list[Condition] = []


def opens(condition: Condition) -> Condition:
    """Let people see the attachments for which a condition holds, beside those who see them anyway."""
    _opening.append(condition)
    return condition


def closes(condition: Condition) -> Condition:
    """Keep people from the attachments for which a condition holds, whoever else lets them."""
    _closing.append(condition)
    return condition


def opens_versions(condition: Condition) -> Condition:
    """Let people read the versions for which a condition holds, beside those who read them anyway.

    Nothing closes a version: what was published to a council is not taken back from one of its members.
    """
    _opening_versions.append(condition)
    return condition


def versions_opened_to(user: "User") -> Q:
    """Which versions are open to someone by the rooms above."""
    found = Q(pk__in=[])
    for condition in _opening_versions:
        found |= condition(user)
    return found


def opened_to(user: "User") -> Q:
    """What is open to someone by the rooms above."""
    found = Q(pk__in=[])
    for condition in _opening:
        found |= condition(user)
    return found


def closed_to(user: "User") -> Q:
    """What is closed to someone by the rooms above."""
    found = Q(pk__in=[])
    for condition in _closing:
        found |= condition(user)
    return found
