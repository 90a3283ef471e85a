"""Messages as the log has them, mailboxes that fail, and who was told of what."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from council.api.serializers.base import Read, Sent
from council.api.serializers.people import PersonSerializer
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications import told
from council.notifications.log import Line
from council.notifications.models import Channel, Kind, Mailbox, Sending
from council.people.models import User


class MessageSerializer(serializers.Serializer[Line]):
    """A message: to whom, by which way, and how it stands; ``subject`` is null for who may not see what it is about.

    What stands on screen takes no sending: its ``state`` is null. What goes in a digest stands where the digest does.
    """

    id = serializers.IntegerField(source="row.pk")
    event = serializers.IntegerField(source="row.entry_id")
    verb = serializers.ChoiceField([verb.value for verb in Verb], source="row.entry.verb")
    kind = serializers.ChoiceField(Kind.choices)
    channel = serializers.ChoiceField(Channel.choices, source="row.channel")
    to = PersonSerializer(source="row.recipient")
    subject = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    written_at = serializers.DateTimeField(source="row.created_at")
    read_at = serializers.DateTimeField(source="row.read_at", allow_null=True)
    address = serializers.CharField(source="carrier.address")
    attempts = serializers.IntegerField(source="carrier.attempts")
    sent_at = serializers.DateTimeField(source="carrier.sent_at", allow_null=True)
    retry_at = serializers.DateTimeField(source="carrier.retry_at", allow_null=True)
    failed_at = serializers.DateTimeField(source="carrier.failed_at", allow_null=True)
    why = serializers.ChoiceField(Sending.Why.choices, source="carrier.why", allow_blank=True)
    bounced_at = serializers.DateTimeField(source="carrier.bounced_at", allow_null=True)
    bounce = serializers.CharField(source="carrier.bounce")
    complained_at = serializers.DateTimeField(source="carrier.complained_at", allow_null=True)
    error = serializers.CharField(source="carrier.error")

    def get_subject(self, line: Line) -> str | None:
        """What it says."""
        return line.subject or None

    @extend_schema_field(serializers.ChoiceField(Sending.State.choices, allow_null=True))
    def get_state(self, line: Line) -> str | None:
        """How far it is."""
        return None if line.is_delivered else str(line.carrier.state.value)


class PreviewSerializer(serializers.Serializer[Any]):
    """A mail as it reads, without the links that need no login."""

    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()


class MailboxSerializer(Read):
    """What is known of somebody's address from what came back."""

    user = PersonSerializer()
    failing = serializers.BooleanField(source="is_failing")
    related = ("user",)
    unshown = ("user__email",)

    class Meta:
        model = Mailbox
        fields = [
            "id",
            "user",
            "address",
            "failing",
            "failing_since",
            "reason",
            "delays",
            "delayed_at",
            "complained_at",
        ]


class EventSerializer(Read):
    """Something that happened of which people were told."""

    sentence = serializers.SerializerMethodField()

    @classmethod
    def rows(cls, user: User) -> QuerySet[Entry]:
        """What happened in the councils one runs."""
        return told.entries_for(user)

    def get_sentence(self, entry: Entry) -> str:
        """What people were told."""
        return told.announcement_of(entry)

    class Meta:
        model = Entry
        fields = ["id", "at", "verb", "council_id", "sentence"]


class FiguresSerializer(serializers.Serializer[Any]):
    """How many people stand where."""

    read = serializers.IntegerField()
    told = serializers.IntegerField()
    waiting = serializers.IntegerField()
    not_reached = serializers.IntegerField()


class EventWithFiguresSerializer(EventSerializer):
    """Something that happened, with how many people know of it."""

    people = serializers.SerializerMethodField()

    @extend_schema_field(FiguresSerializer)
    def get_people(self, entry: Entry) -> dict[str, int]:
        """How many were told, and how many of them know."""
        figures = told.figures(entry)
        names = {told.Knows.NOT: "not_reached"}
        return {names.get(state, state.value): number for state, number in figures.items()}

    class Meta(EventSerializer.Meta):
        fields = [*EventSerializer.Meta.fields, "people"]


class WaySerializer(serializers.Serializer[Any]):
    """One message to one person."""

    message = serializers.IntegerField(source="row.pk")
    channel = serializers.ChoiceField(Channel.choices)
    at = serializers.DateTimeField(allow_null=True)
    trouble = serializers.CharField()


class WhoKnowsSerializer(serializers.Serializer[Any]):
    """One person, and everything that was done to let them know."""

    person = PersonSerializer()
    knows = serializers.ChoiceField(told.Knows.choices)
    told_at = serializers.DateTimeField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)
    ways = WaySerializer(many=True)


class WhoseState(Sent):
    """Only those who stand there."""

    knows = serializers.ChoiceField(told.Knows.choices, required=False)
