"""The words that stand for related things, made by the database: one JSON object for each row instead of a join for each thing.

With a join for each of them PostgreSQL weighs every order of the joins, which takes longer than all the reading.
"""

from typing import Any

from django.db.models import Field, Func, JSONField
from django.db.models.sql.compiler import SQLCompiler
from rest_framework import serializers

VERBATIM = {
    serializers.BooleanField,
    serializers.CharField,
    serializers.ChoiceField,
    serializers.IntegerField,
    serializers.SlugField,
    serializers.UUIDField,
}
"""What the database writes exactly as the library does."""


class Words(Func):
    """Several objects in one."""

    output_field = JSONField()

    def as_sql(self, compiler: SQLCompiler, connection: Any, *_: Any, **_context: Any) -> tuple[str, tuple[()]]:
        """The statement, with the row's own columns put in."""
        columns = (compiler.compile(column)[0] for column in self.get_source_expressions())
        return self.extra["statement"].format(*columns), ()


def words(shapes: dict[str, Any], model: Any) -> Words:
    """An expression for what some fields of a representation say of a row's related things.

    Args:
        shapes: The fields by name, whose own fields are of a kind in ``VERBATIM``, or such shapes themselves.
        model: Of the row.
    """
    columns: list[str] = []
    objects = []
    for name, shape in shapes.items():
        relation = model._meta.get_field(shape.source_attrs[0])
        key = f"{{{len(columns)}}}"
        columns.append(relation.attname)
        for step in shape.source_attrs[1:]:
            after = relation.related_model._meta.get_field(step)
            key = f"(SELECT via.{_quoted(after)} {_where('via', relation, key)})"
            relation = after
        objects.append(f"'{name}', {_object(shape, relation, key)}")
    # as text, since rows may be asked to be distinct; jsonb, which knows equality too, would bring names in its own order
    return Words(*columns, statement=f"json_build_object({', '.join(objects)})::text")


def _object(shape: Any, relation: Any, key: str, depth: int = 1) -> str:
    """SQL for the representation of what a relation leads to; null where it leads nowhere."""
    row = f"related_{depth}"
    parts = []
    for name, field in shape.fields.items():
        column = relation.related_model._meta.get_field(field.source)
        own = f"{row}.{_quoted(column)}"
        is_related = isinstance(field, serializers.ModelSerializer)
        parts.append(f"'{name}', {_object(field, column, own, depth + 1) if is_related else own}")
    return f"(SELECT json_build_object({', '.join(parts)}) {_where(row, relation, key)})"


def _where(row: str, relation: Any, key: str) -> str:
    table = relation.related_model._meta.db_table
    return f'FROM "{table}" {row} WHERE {row}.{_quoted(relation.target_field)} = {key}'


def _quoted(field: Field[Any, Any]) -> str:
    return f'"{field.column}"'
