"""Minutes, their sections and corrections, and recordings, as they are read and sent."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from rest_framework import serializers

from council.api.fields import ById, Moment, Upload
from council.api.serializers.base import Change, Read, Sent, SentModel
from council.api.serializers.documents import AttachmentRefSerializer
from council.api.serializers.meetings import AgendaItemRefSerializer, MeetingRefSerializer
from council.api.serializers.people import PersonSerializer
from council.decisions.completeness import Part
from council.decisions.models import Annex, Correction, Minutes, Recording, Section, SectionRevision, TranscriptLine
from council.meetings.models import Invitation, Meeting
from council.people.models import User

# --- Read ------------------------------------------------------------------------------------------------------------


class MinutesRefSerializer(Read):
    """Minutes, in short."""

    related = ("meeting",)
    meeting = MeetingRefSerializer()

    class Meta:
        model = Minutes
        fields = ("id", "meeting")


class AnnexSerializer(Read):
    """A correction made after the minutes were approved."""

    related = ("by",)
    by = PersonSerializer()

    class Meta:
        model = Annex
        fields = ("id", "number", "text", "reason", "by", "created_at")


class MinutesSerializer(Read):
    """Minutes of a meeting: a draft for those who run the council, circulated to those who were there, then approved."""

    related = ("meeting", "approved_by")
    meeting = MeetingRefSerializer()
    approved_by = PersonSerializer(allow_null=True)
    annexes = AnnexSerializer(many=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the annexes, in one more statement."""
        return super().rows(user).prefetch_related("annexes__by")

    class Meta:
        model = Minutes
        fields = (
            "id",
            "meeting",
            "state",
            "circulated_at",
            "corrections_until",
            "approved_at",
            "approved_by",
            "digest",
            "annexes",
            "created_at",
            "modified_at",
        )


class PersonThereSerializer(serializers.Serializer[Any]):
    """Someone who was there, or for whom nobody was."""

    name = serializers.CharField()
    organisation = serializers.CharField()
    title = serializers.CharField()
    sector = serializers.CharField()
    seat = serializers.IntegerField(allow_null=True)
    role = serializers.CharField()
    mode = serializers.CharField()
    in_place_of = serializers.CharField(help_text="The member for whom an alternate came.")


class AgendaLineSerializer(serializers.Serializer[Any]):
    """An item of the agenda, and when it was first taken up."""

    id = serializers.CharField()
    number = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    presenter = serializers.CharField()
    depth = serializers.IntegerField()
    opened_at = serializers.CharField()


class HeadSerializer(serializers.Serializer[Any]):
    """What stands above the sections, read from the meeting; kept as it was once the minutes are approved."""

    name = serializers.CharField()
    host = serializers.CharField()
    council = serializers.CharField()
    kind = serializers.CharField()
    mode = serializers.CharField()
    starts_at = serializers.CharField()
    ends_at = serializers.CharField()
    opened_at = serializers.CharField()
    closed_at = serializers.CharField()
    place = serializers.CharField()
    presided_by = serializers.CharField()
    seats = serializers.IntegerField()
    needed = serializers.IntegerField(help_text="The quorum.")
    present = serializers.IntegerField()
    attendees = PersonThereSerializer(many=True)
    absent = PersonThereSerializer(many=True)
    observers = PersonThereSerializer(many=True)
    guests = PersonThereSerializer(many=True)
    agenda = AgendaLineSerializer(many=True)
    order = serializers.ListField(child=serializers.CharField(), help_text="Items in the order they were taken up.")


class MissingSerializer(serializers.Serializer[Any]):
    """A part the law asks for that is missing, and where it is put right."""

    part = serializers.ChoiceField(Part.choices)
    sentence = serializers.CharField()
    url = serializers.CharField()


class LackingInMinutesSerializer(serializers.Serializer[Any]):
    """What is missing; empty when the minutes can be circulated."""

    lacking = MissingSerializer(many=True)


class IntegritySerializer(serializers.Serializer[Any]):
    """Whether approved minutes still say what was approved."""

    digest = serializers.CharField()
    computed = serializers.CharField()
    intact = serializers.BooleanField()


class SectionSerializer(Read):
    """A part of minutes: how the meeting opened, one item, or how it ended."""

    related = ("minutes__meeting", "item")
    minutes = MinutesRefSerializer()
    item = AgendaItemRefSerializer(allow_null=True)

    class Meta:
        model = Section
        fields = (
            "id",
            "minutes",
            "kind",
            "item",
            "position",
            "heading",
            "text",
            "closed",
            "revision",
            "created_at",
            "modified_at",
        )


class SectionRevisionSerializer(Read):
    """How a section read after it was saved."""

    by = PersonSerializer(allow_null=True)

    class Meta:
        model = SectionRevision
        fields = ("revision", "text", "by", "at", "while_typing")


class FreshDraftSerializer(serializers.Serializer[Any]):
    """What a section would say if it were drafted now."""

    text = serializers.CharField()
    came_since = serializers.CharField(help_text="The lines that are new since it was drafted.")


class SectionRefSerializer(Read):
    """A section, in short."""

    class Meta:
        model = Section
        fields = ("id", "heading")


class CorrectionSerializer(Read):
    """A correction someone who was there asks for, and the answer."""

    related = ("section", "requested_by")
    section = SectionRefSerializer()
    requested_by = PersonSerializer()

    class Meta:
        model = Correction
        fields = (
            "id",
            "section",
            "requested_by",
            "quote",
            "proposed",
            "reason",
            "state",
            "answer",
            "decided_at",
            "created_at",
            "modified_at",
        )


class RecordingSerializer(Read):
    """A recording of a meeting, as a file or an address elsewhere; neither is said where part of it is closed to one."""

    related = ("meeting", "attachment")
    meeting = MeetingRefSerializer()
    attachment = AttachmentRefSerializer(allow_null=True)

    class Meta:
        model = Recording
        fields = (
            "id",
            "meeting",
            "attachment",
            "url",
            "started_at",
            "ended_at",
            "released",
            "created_at",
            "modified_at",
        )

    @classmethod
    def rows(cls, user: User) -> QuerySet[Recording]:
        """With whether all of it may be heard."""
        playable = Exists(Recording.objects.playable_by(user).filter(pk=OuterRef("pk")))
        rows: QuerySet[Recording] = super().rows(user).annotate(playable=playable)
        return rows

    def to_representation(self, recording: Recording) -> dict[str, Any]:
        """Leave out where it is heard for who may not hear all of it."""
        shown = super().to_representation(recording)
        return shown if vars(recording).get("playable", True) else shown | {"attachment": None, "url": ""}


class OffsetSerializer(serializers.Serializer[Any]):
    """Where in a recording an item was taken up."""

    item = AgendaItemRefSerializer()
    begins_ms = serializers.IntegerField()


class OffsetsSerializer(serializers.Serializer[Any]):
    """The agenda in a recording."""

    offsets = OffsetSerializer(many=True)


class TranscriptLineSerializer(Read):
    """What is heard from an offset on."""

    item = AgendaItemRefSerializer(allow_null=True)

    class Meta:
        model = TranscriptLine
        fields = ("id", "begins_ms", "ends_ms", "speaker", "text", "item")


# --- Sent ------------------------------------------------------------------------------------------------------------


class NewMinutes(Sent):
    """Of which meeting."""

    meeting = ById(Meeting)


class NewAnnex(SentModel):
    """A correction of approved minutes."""

    class Meta(SentModel.Meta):
        model = Annex
        fields = ("text", "reason")


class SectionChange(Change):
    """What a section says, and on which revision that was written."""

    text = serializers.CharField(allow_blank=True, trim_whitespace=False)
    revision = serializers.IntegerField(help_text="A newer one refuses the change instead of overwriting it.")

    class Meta(Change.Meta):
        model = Section
        fields = ("text", "revision", "closed")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Ask for the text; the rest may be left out."""
        fields = super().get_fields()
        fields["text"].required = True
        return fields


class NewCorrection(SentModel):
    """What should be said otherwise."""

    section = ById(Section)
    invitation = ById(Invitation, required=False, allow_null=True)

    class Meta(SentModel.Meta):
        model = Correction
        fields = ("section", "quote", "proposed", "reason", "invitation")


class DecisionOnCorrection(Sent):
    """What becomes of a correction."""

    state = serializers.ChoiceField(Correction.State.choices[1:])
    answer = serializers.CharField()
    text = serializers.CharField(
        required=False, trim_whitespace=False, help_text="How the section reads then, if not as asked for."
    )
    revision = serializers.IntegerField(required=False, help_text="The section's revision it was written on.")


class NewRecording(Sent):
    """Either a file, as multipart/form-data, or an address."""

    meeting = ById(Meeting)
    file = Upload(required=False)
    url = serializers.URLField(required=False)
    started_at = Moment(required=False, help_text="When it began; when the meeting opened, if left out.")
    ended_at = Moment(required=False, help_text="When it ended; with the meeting, if left out.")


class NewTranscript(Sent):
    """WebVTT or SRT, as multipart/form-data."""

    file = Upload()


class Words(Sent):
    """What to look for in a transcript."""

    q = serializers.CharField(required=False)
    item = serializers.CharField(required=False, help_text="The number of an agenda item.")
