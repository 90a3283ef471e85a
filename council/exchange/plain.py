"""A row of a table as data for other programs: every field but those that hold secrets."""

import datetime as dt
from typing import Any

from django.db.models import BinaryField, FileField, ForeignKey, Model

_SECRET = frozenset({"key", "password", "email"})
_NAMES = ("name", "title", "number", "heading")


def plain(row: Model) -> dict[str, Any]:
    """The fields of a row: relations as id and name, moments and days in ISO 8601, no bytes and no keys.

    Relations are named only where they have been loaded.
    """
    data: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in _SECRET or isinstance(field, BinaryField | FileField):
            continue
        data[field.name] = _related(row, field) if isinstance(field, ForeignKey) else _value(getattr(row, field.name))
    for many in row._meta.many_to_many:
        data[many.name] = [str(pk) for pk in getattr(row, many.name).order_by("pk").values_list("pk", flat=True)]
    return data


def _related(row: Model, field: "ForeignKey[Any, Any]") -> dict[str, Any] | None:
    key = getattr(row, field.attname)
    if key is None:
        return None
    found = {"id": _value(key)}
    if field.is_cached(row):
        other = getattr(row, field.name)
        name = next((str(getattr(other, each)) for each in _NAMES if getattr(other, each, "")), "")
        if name:
            found["name"] = name
    return found


def _value(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)
