"""What changed, and what is gone."""

from typing import Any

from rest_framework import serializers

from council.api.mirroring import Page
from council.api.serializers.base import Sent
from council.integrations.mirroring import NOUNS, Line
from council.journal.models import Tombstone

AT_MOST = 200


class ChangeOfThingSerializer(serializers.Serializer[Line]):
    """Something happened to a thing, or it has to be read again."""

    cursor = serializers.CharField(help_text="Where the feed goes on after it.")
    at = serializers.DateTimeField()
    event = serializers.CharField(
        help_text="By the catalogue; `changed` where only the thing has changed, `thing.gone` where it is gone."
    )
    noun = serializers.ChoiceField(sorted(NOUNS))
    id = serializers.UUIDField()
    url = serializers.SerializerMethodField(help_text="Where it is read; null where it is gone.")
    council = serializers.UUIDField(allow_null=True)
    organisation = serializers.UUIDField(allow_null=True, help_text="For whom it was done.")
    gone = serializers.BooleanField(help_text="Whether it is no longer there for you: drop it.")

    def get_url(self, line: Line) -> str | None:
        """Where it is read; null where it is gone."""
        request = self.context.get("request")
        return request.build_absolute_uri(line.path) if request and line.path else line.path


class ChangesSerializer(serializers.Serializer[Page]):
    """What changed, in order. There may be more after a short or empty answer, see ``more``."""

    cursor = serializers.CharField(help_text="Send it as `after` to go on from here.")
    more = serializers.BooleanField(help_text="Whether there is more already.")
    standing = serializers.CharField(
        help_text="Another one than before: your seats or rights have changed; list everything anew."
    )
    nouns = serializers.ListField(
        child=serializers.CharField(), help_text="What is told of here: the lists to begin a mirror with."
    )
    changes = ChangeOfThingSerializer(many=True)


class AskedForChanges(Sent):
    """From where on, and of what."""

    after = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="A `cursor`; `newest` for the end; everything from the beginning without.",
    )
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=AT_MOST)
    council = serializers.UUIDField(required=False, help_text="Of one council alone.")
    noun = serializers.ChoiceField(sorted(NOUNS), required=False, help_text="About one kind of thing alone.")


class TombstoneSerializer(serializers.ModelSerializer[Tombstone]):
    """A thing that was deleted."""

    id = serializers.UUIDField(source="thing_id")
    council = serializers.UUIDField(source="council_id", allow_null=True)

    class Meta:
        model = Tombstone
        fields = ("noun", "id", "council", "deleted_at")
        read_only_fields = fields

    def get_fields(self) -> dict[str, Any]:
        """Mark every field as one that is only read."""
        fields = super().get_fields()
        for each in fields.values():
            each.read_only = True
        return fields
