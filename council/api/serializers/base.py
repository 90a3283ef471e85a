"""Two kinds of serializer: what is read says which rows it needs, what is sent says its shape and nothing more."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from council.api.fields import Day, Moment
from council.api.seeing import visible
from council.people.models import User


class Read(serializers.ModelSerializer[Any]):
    """A representation: every field listed, nothing writable.

    A related thing is an object with its id and the few words a client needs to show it.

    Attributes:
        related: The forward relations it shows, read in the same statement.
    """

    related: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """What someone may see, with everything the representation shows."""
        return visible(cls.Meta.model, user).select_related(*cls.related)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Mark every field as one that is only read."""
        fields = super().get_fields()
        for field in fields.values():
            field.read_only = True
        return fields

    class Meta:
        model: type[models.Model]


class Sent(serializers.Serializer[Any]):
    """What a request says."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse fields that do not exist, so that a misspelt one does not go unnoticed."""
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in unknown})
        return super().to_internal_value(data)


class SentModel(Sent, serializers.ModelSerializer[Any]):
    """What a request says of a new or changed row; what is left out keeps its value or takes the model's default.

    A subclass lists its fields, and related things as :class:`~council.api.fields.ById`. Its ``Meta`` inherits this
    one: what the database promises is asked by the action, after it has asked whether the caller may at all.
    """

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: Moment,
        models.DateField: Day,
    }

    class Meta:
        validators: ClassVar[list[Any]] = []


class Change(SentModel):
    """What a PATCH says: any of the fields, and only what is to change."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Ask for none of the fields."""
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class Reason(Sent):
    """Why."""

    reason = serializers.CharField()
