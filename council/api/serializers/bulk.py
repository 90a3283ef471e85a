"""Many rows at once: how they are sent, and what became of each."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from council.api.serializers.base import Sent

MOST = 200


class Rows(serializers.ListField):
    """Rows as they were sent, one at least and not too many; each is checked when its turn comes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_length": 1, "max_length": MOST, **kwargs})

    def run_child_validation(self, data: Any) -> Any:
        """Leave a row for later."""
        return data


class Id(Sent):
    """One thing, by its id."""

    id = serializers.UUIDField(help_text="Which one it is done to.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Ask for it, also where a change asks for nothing else."""
        fields = super().get_fields()
        fields["id"].required = True
        return fields


@extend_schema_field({"$ref": "#/components/schemas/Problem"})
class ProblemField(serializers.DictField):
    """Why a row was not done."""


class RowResultSerializer(serializers.Serializer[Any]):
    """What became of a row: the status it would have had alone, and the thing or the problem."""

    index = serializers.IntegerField(help_text="Which row, from 0.")
    status = serializers.IntegerField()
    id = serializers.UUIDField(required=False, help_text="The thing that was made or changed.")
    problem = ProblemField(required=False)


class BulkResultSerializer(serializers.Serializer[Any]):
    """How many rows were done, and what became of each."""

    applied = serializers.IntegerField(help_text="How many were done.")
    of = serializers.IntegerField(help_text="How many were sent.")
    results = RowResultSerializer(many=True)
