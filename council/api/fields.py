"""Fields of what is sent: other things named by their id, and times that a calendar and a database can hold."""

import datetime as dt
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from council.api.seeing import visible

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2999, 12, 31)


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
            name = self.model._meta.verbose_name
            raise serializers.ValidationError(_("There is no such %(thing)s.") % {"thing": name}, code="unknown")
        return thing


class ById(_Named, serializers.UUIDField):
    """The id of something the caller may see."""


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
