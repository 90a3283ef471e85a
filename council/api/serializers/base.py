"""Two kinds of serializer: what is read says which rows it needs, what is sent says its shape and nothing more."""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.relations import RelatedField

from council.api.fields import Day, Moment
from council.api.serializers.words import VERBATIM, Words, words
from council.core.seeing import visible
from council.people.models import User


class Read(serializers.ModelSerializer[Any]):
    """A representation: every field listed, nothing writable.

    A related thing is an object with its id and the few words a client needs to show it. What is represented inside
    another thing knows no context.

    Attributes:
        related: The relations it shows, read in the same statement.
        unshown: Columns of these that what it shows is worked out from.
    """

    related: ClassVar[tuple[str, ...]] = ()
    unshown: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """What someone may see, with everything the representation shows."""
        return visible(cls.Meta.model, user).select_related(*cls.related)

    @classmethod
    def narrowed(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows that are only shown: of what they relate to no more is read than the words that stand for it."""
        joined = ["__".join(path) for path in joined_of(cls)]
        shown: QuerySet[Any] = rows.select_related(None).only(*columns_of(cls)).annotate(**words_of(cls))
        return shown.select_related(*joined) if joined else shown

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Mark every field as one that is only read."""
        fields = super().get_fields()
        for field in fields.values():
            field.read_only = True
        return fields

    def to_representation(self, thing: Any) -> dict[str, Any]:
        """What the library makes of it; how each field is read is found out once, not for every request and row."""
        shown: dict[str, Any] = {}
        for name, value_of, represent in parts_of(type(self)):
            try:
                value = value_of(thing)
            except SkipField:
                continue
            shown[name] = None if value is None else represent(value)
        return shown

    class Meta:
        model: type[models.Model]


class Part(NamedTuple):
    """A field of a representation: its name, what it holds of a thing, and how that is written."""

    name: str
    value_of: Callable[[Any], Any]
    represent: Callable[[Any], Any]


@cache
def parts_of(shape: type[Read]) -> list[Part]:
    """The fields of a representation."""
    columns = {field.name for field in shape.Meta.model._meta.concrete_fields if not field.is_relation}
    worded = worded_of(shape)
    return [
        Part(name, _words_or_thing(name, field), _as_it_is)
        if name in worded
        else Part(name, _reader(field, columns), field.to_representation)
        for name, field in shape().fields.items()
    ]


def _reader(field: Any, columns: set[str]) -> Callable[[Any], Any]:
    """How a field's value is had: straight from the row where it is a column of it; what it relates to may be hidden."""
    if isinstance(field, RelatedField):  # of which the library gives a stand-in even where there is nothing
        return lambda thing: named if (named := field.get_attribute(thing)) and named.pk else None
    is_column = len(field.source_attrs) == 1 and field.source_attrs[0] in columns
    return attrgetter(field.source) if is_column else field.get_attribute


def _words_or_thing(name: str, field: Any) -> Callable[[Any], Any]:
    """A related thing as the database has represented it; as it stands beside a row that was not only read to be shown."""

    def represented(thing: Any) -> Any:
        words = vars(thing).get(WORDS)
        if words is not None:
            return words[name]
        related = field.get_attribute(thing)
        return None if related is None else field.to_representation(related)

    return represented


def _as_it_is(value: Any) -> Any:
    return value


# --- What is read of related things -----------------------------------------------------------------------------------

Path = tuple[str, ...]
WORDS = "related_words"


@cache
def worded_of(shape: type[Read]) -> dict[str, Any]:
    """The fields for related things that the database can represent."""
    steps = _steps_of(shape)
    return {
        name: field
        for name, field in shape().fields.items()
        if isinstance(field, Read) and tuple(field.source_attrs) in steps
        if _leads_by_keys(shape.Meta.model, field.source_attrs) and _is_verbatim(field)
    }


def _steps_of(shape: type[Read]) -> list[Path]:
    paths = [tuple(path.split("__")) for path in shape.related]
    return list(dict.fromkeys(path[:end] for path in paths for end in range(1, len(path) + 1)))


def _leads_by_keys(model: Any, path: list[str]) -> bool:
    """Whether each step is a column of the row before it."""
    for name in path:
        step = model._meta.get_field(name)
        if not step.concrete:
            return False
        model = step.related_model
    return True


def _is_verbatim(shape: Read) -> bool:
    """Whether a representation holds nothing but columns, of its own row and of rows that one leads to."""
    columns = {name: field for field in shape.Meta.model._meta.concrete_fields for name in (field.name, field.attname)}
    return type(shape).to_representation is Read.to_representation and all(
        field.source in columns and (_is_verbatim(field) if isinstance(field, Read) else type(field) in VERBATIM)
        for field in shape.fields.values()
    )


@cache
def words_of(shape: type[Read]) -> dict[str, Words]:
    """What has to be added to a row so that related things need not be read."""
    worded = worded_of(shape)
    return {WORDS: words(worded, shape.Meta.model)} if worded else {}


@cache
def joined_of(shape: type[Read]) -> list[Path]:
    """The related things that have to be read nevertheless, since something else is worked out from them."""
    worded = worded_of(shape)
    by_words = {tuple(field.source_attrs) for field in worded.values()}
    beside = [tuple(field.source_attrs[:-1]) for name, field in shape().fields.items() if name not in worded]
    beside += [tuple(path.split("__")[:-1]) for path in shape.unshown]
    beside += [
        path
        for path in (tuple(path.split("__")) for path in shape.related)
        if not any(path[:end] in by_words for end in range(1, len(path) + 1))
    ]
    return [step for step in _steps_of(shape) if any(path[: len(step)] == step for path in beside)]


@cache
def columns_of(shape: type[Read]) -> list[str]:
    """All columns of a representation's own rows, and of what is read beside them those it shows."""
    own: list[str] = [field.name for field in shape.Meta.model._meta.concrete_fields]
    own += shape.unshown
    for path in joined_of(shape):
        model, inner = _at_the_end(shape, path)
        beside = {field.source_attrs[-1] for field in shape().fields.values() if tuple(field.source_attrs[:-1]) == path}
        own += ["__".join((*path, name)) for name in _shown_of(model, inner, beside)]
    return own


def _at_the_end(shape: type[Read] | None, path: Path) -> tuple[type[models.Model], type[Read] | None]:
    """To what a path of relations leads, and how that is represented within what it starts from, if it is."""
    model: Any = shape.Meta.model if shape else None
    for name in path:
        inner = next((field for field in shape().fields.values() if field.source == name), None) if shape else None
        shape = type(inner) if isinstance(inner, Read) else None
        model = model._meta.get_field(name).related_model
    return model, shape


def _shown_of(model: type[models.Model], shape: type[Read] | None, beside: set[str]) -> list[str]:
    """The columns a representation reads, and others beside it; all of them where it may ask the thing itself for more."""
    columns = {field.name: field for field in model._meta.concrete_fields}
    if shape is None or shape.to_representation is not Read.to_representation:
        return list(columns)
    read = beside | {field.source_attrs[0] for field in shape().fields.values() if field.source != "*"}
    if not read <= columns.keys() or any(field.source == "*" for field in shape().fields.values()):
        return list(columns)
    return [name for name, field in columns.items() if name in read or field.primary_key or field.is_relation]


class Sent(serializers.Serializer[Any]):
    """What a request says."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse fields that do not exist, so that a misspelt one does not go unnoticed, and numbers in place of text."""
        if isinstance(data, Mapping):
            wrong = {name: [_("There is no such field.")] for name in data if name not in self.fields}
            wrong |= {
                name: [str(field.error_messages["invalid"])]
                for name, field in self.fields.items()
                if isinstance(field, serializers.CharField) and isinstance(data.get(name), int | float)
            }
            if wrong:
                raise serializers.ValidationError(wrong)
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
