"""Fields of what is sent: other things named by their id, and times that a calendar and a database can hold."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from council.core.seeing import visible
from council.people.models import User

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2999, 12, 31)


def _unknown(model: type[Model]) -> str:
    return _("There is no such %(thing)s.") % {"thing": model._meta.verbose_name}


class _Named(serializers.Field[Any, Any, Any, Any]):
    """Turns a key that was sent into the thing it names, if the caller may see it; otherwise it does not exist."""

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        """Check the key and look up what it names."""
        key = super().run_validation(data)
        if key in (None, ""):
            return None
        thing = visible(self.model, self.context["request"].user).filter(pk=key).first()
        if thing is None:
            raise serializers.ValidationError(_unknown(self.model), code="unknown")
        return thing


class ById(_Named, serializers.UUIDField):
    """The id of something the caller may see."""


def all_visible(
    model: type[Model], keys: Sequence[UUID | None], user: User, *related: str, within: str = ""
) -> list[Any]:
    """The things that keys name, in one statement and in their order; nothing where there is no key.

    Args:
        related: Relations to read with them.
        within: The field of a row the keys stand in, if they stand in rows.

    Raises:
        ValidationError: Someone may not see one of them; the places of the unknown ones are named.
    """
    rows = visible(model, user).filter(pk__in={key for key in keys if key})
    found = (rows.select_related(*related) if related else rows).in_bulk()
    problem: list[str] = [str(_unknown(model))]
    unknown: dict[Any, Any] = {
        index: {within: problem} if within else problem for index, key in enumerate(keys) if key and key not in found
    }
    if unknown:
        raise serializers.ValidationError(unknown, code="unknown")
    return [found[key] if key else None for key in keys]


class AllById(serializers.ListField):
    """The ids of several things the caller may see, looked up together; one that is named twice counts once."""

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**{"child": serializers.UUIDField(), "allow_empty": False, **kwargs})

    def to_internal_value(self, data: Any) -> list[Any]:
        """Check the keys and look up what they name."""
        keys = super().to_internal_value(data)
        return list(dict.fromkeys(all_visible(self.model, keys, self.context["request"].user)))


class BySlug(_Named, serializers.SlugField):
    """The slug or code of reference data."""


@extend_schema_field(OpenApiTypes.BINARY)
class Upload(serializers.FileField):
    """A file, in multipart/form-data."""


class Moment(serializers.DateTimeField):
    """RFC 3339 with offset; without one it is Seoul time."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        """Read a moment between 1900 and 2999."""
        try:
            moment = super().to_internal_value(value)
        except OverflowError:  # in Seoul's first hours of the calendar, which the library does not foresee
            self.fail("overflow")
        if not FIRST_DAY.year <= moment.year <= LAST_DAY.year:
            self.fail("overflow")
        return moment


class Day(serializers.DateField):
    """A date in Seoul, between 1900 and 2999."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators += [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
