"""What someone may do with a thing, so that a page offers only that. The action decides again."""

from typing import Any

from council.people.models import User


def may(user: User, thing: Any, *permissions: str) -> dict[str, bool]:
    """Ask several permissions at once, by their short names: ``{% if may.edit_version %}``."""
    return {permission.partition(".")[2]: user.has_perm(permission, thing) for permission in permissions}
