"""Calendar feeds, as they are read and made."""

from rest_framework import serializers

from council.api.fields import ById
from council.api.serializers.base import Read, Sent
from council.api.serializers.people import CouncilRefSerializer
from council.meetings.models import CalendarFeed
from council.people.models import Council


class CalendarFeedSerializer(Read):
    """One of one's private calendar addresses; the address itself was shown when it was made."""

    related = ("council",)
    council = CouncilRefSerializer(allow_null=True)

    class Meta:
        model = CalendarFeed
        fields: tuple[str, ...] = ("id", "name", "council", "hint", "created_at", "last_used_at", "revoked_at")


class FreshCalendarFeedSerializer(CalendarFeedSerializer):
    """A new calendar address, which is shown this once."""

    address = serializers.URLField()

    class Meta(CalendarFeedSerializer.Meta):
        fields = (*CalendarFeedSerializer.Meta.fields, "address")


class NewCalendarFeed(Sent):
    """A private address for a calendar program."""

    name = serializers.CharField(max_length=80, help_text="What it is for, e.g. the telephone.")
    council = ById(Council, required=False, allow_null=True, help_text="All of one's councils when left out.")
