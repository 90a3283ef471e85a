"""May they: the first beat of every verb. A thin, typed front of the ``rules`` package."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import rules
from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from council.people.models import User


def predicate(test: Callable[..., bool]) -> Any:
    """Turn a question about a person, and the thing they want to act on, into something ``&``, ``|`` and ``~`` combine."""
    return rules.predicate(test)


def allow(permission: str, who: Any) -> None:
    """Give a permission, named ``room.verb``, to whom a predicate says yes."""
    rules.add_perm(permission, who)


def require(user: "User", permission: str, obj: Any = None) -> None:
    """Stop unless ``user`` holds the named permission on ``obj``.

    Raises:
        PermissionDenied: The rule of that name says no; both doors answer 403.
    """
    if not user.has_perm(permission, obj):
        raise PermissionDenied(permission)


@predicate
def is_operator(user: "User") -> bool:
    """Whether someone may use the back office."""
    return user.is_staff
