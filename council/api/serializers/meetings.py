"""Meetings, agenda items and invitations, as they are read and sent."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from council.api.fields import ById
from council.api.serializers.base import Change, Read, Sent, SentModel
from council.api.serializers.documents import AttachmentRefSerializer, VersionRefSerializer
from council.api.serializers.people import CouncilRefSerializer, MembershipRefSerializer, SubcommitteeRefSerializer
from council.documents.models import Attachment, Version
from council.meetings.models import AgendaItem, Invitation, Meeting, Paper
from council.people.models import Council, Subcommittee, User

# --- Read ------------------------------------------------------------------------------------------------------------


class MeetingRefSerializer(Read):
    """A meeting, in short."""

    class Meta:
        model = Meeting
        fields = ("id", "title")


class MeetingSerializer(Read):
    """A meeting; one in preparation is seen by those who run the council only."""

    related = ("council", "subcommittee")
    council = CouncilRefSerializer()
    subcommittee = SubcommitteeRefSerializer(allow_null=True)

    class Meta:
        model = Meeting
        fields = (
            "id",
            "council",
            "subcommittee",
            "kind",
            "mode",
            "state",
            "title",
            "starts_at",
            "ends_at",
            "place",
            "online_url",
            "convened_at",
            "urgent_reason",
            "cancelled_reason",
            "created_at",
            "modified_at",
        )


class LackingSerializer(serializers.Serializer[Any]):
    """What is missing, a sentence each; empty when the meeting can be convened."""

    lacking = serializers.ListField(child=serializers.CharField())


class PaperSerializer(Read):
    """What lies on the table: a file or a version of a document."""

    attachment = AttachmentRefSerializer(allow_null=True)
    version = VersionRefSerializer(allow_null=True)

    class Meta:
        model = Paper
        fields = ("attachment", "version")


class AgendaItemRefSerializer(Read):
    """An agenda item, in short."""

    class Meta:
        model = AgendaItem
        fields = ("id", "number", "title")


class AgendaItemSerializer(Read):
    """Something a meeting takes up, with those of its papers that the caller may see."""

    related = ("meeting",)
    meeting = MeetingRefSerializer()
    parent = AgendaItemRefSerializer(allow_null=True)
    papers = PaperSerializer(many=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With papers and parent as far as the caller may see them, in two more statements."""
        papers = Paper.objects.visible_to(user).select_related("attachment", "version__document")
        parents = AgendaItem.objects.visible_to(user)
        return super().rows(user).prefetch_related(Prefetch("papers", papers), Prefetch("parent", parents))

    class Meta:
        model = AgendaItem
        fields = (
            "id",
            "meeting",
            "parent",
            "position",
            "number",
            "kind",
            "state",
            "visibility",
            "title",
            "note",
            "presenter",
            "minutes_planned",
            "minutes",
            "papers",
            "created_at",
            "modified_at",
        )


class InvitationSerializer(Read):
    """An invitation and the answer to it."""

    related = ("meeting", "membership__user", "membership__organisation")
    meeting = MeetingRefSerializer()
    membership = MembershipRefSerializer()

    class Meta:
        model = Invitation
        fields = ("id", "meeting", "membership", "answer", "note", "answered_at", "created_at")


# --- Sent ------------------------------------------------------------------------------------------------------------


class NewMeeting(SentModel):
    """A meeting to prepare."""

    council = ById(Council)
    subcommittee = ById(Subcommittee, required=False, allow_null=True)

    class Meta(SentModel.Meta):
        model = Meeting
        fields: tuple[str, ...] = (
            "council",
            "subcommittee",
            "kind",
            "mode",
            "title",
            "starts_at",
            "ends_at",
            "place",
            "online_url",
        )


class MeetingChange(Change):
    """What to change in a meeting."""

    subcommittee = ById(Subcommittee, allow_null=True)

    class Meta(Change.Meta):
        model = Meeting
        fields = NewMeeting.Meta.fields[1:]


class Urgency(Sent):
    """Whether to ask as if it were urgent."""

    urgent = serializers.BooleanField(default=False, help_text="Leave the notice period out of account.")


class Convening(Sent):
    """How to convene."""

    urgent_reason = serializers.CharField(
        required=False, allow_blank=True, help_text="Why notice is shorter than the rules ask."
    )


class AgendaItemChange(Change):
    """What to change in an agenda item."""

    class Meta(Change.Meta):
        model = AgendaItem
        fields = ("kind", "state", "visibility", "title", "note", "presenter", "minutes_planned", "minutes")


class NewAgendaItem(SentModel):
    """An item to put on the agenda."""

    meeting = ById(Meeting)
    parent = ById(AgendaItem, required=False, allow_null=True)  # type: ignore[assignment]  # no attribute, a field

    class Meta(SentModel.Meta):
        model = AgendaItem
        fields = ("meeting", "parent", "kind", "visibility", "title", "note", "presenter", "minutes_planned")


class NewPaper(Sent):
    """Either a file or a version of a document."""

    attachment = ById(Attachment, required=False, allow_null=True)
    version = ById(Version, required=False, allow_null=True)


class Answer(Sent):
    """Whether one comes."""

    answer = serializers.ChoiceField(Invitation.Answer.choices)
    note = serializers.CharField(required=False, allow_blank=True)
