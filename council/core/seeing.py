"""May they see it: the one question before anything is read, named in a request or told."""

from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from council.people.models import User


def visible(model: type[Model], user: "User") -> QuerySet[Any]:
    """The rows of a model that someone may see, by its own ``visible_to``."""
    rows: Any = model._default_manager
    found: QuerySet[Any] = rows.visible_to(user)
    return found
