"""Meetings, agenda items and invitations, as they are read and sent."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from council.api.fields import ById
from council.api.serializers.base import Change, Read, Sent, SentModel
from council.api.serializers.documents import AttachmentRefSerializer, VersionRefSerializer
from council.api.serializers.people import (
    CouncilRefSerializer,
    MembershipRefSerializer,
    PersonSerializer,
    SubcommitteeRefSerializer,
)
from council.documents.models import Attachment, Version
from council.meetings.models import AgendaItem, Alternate, Invitation, Meeting, Paper, Series
from council.people.models import Council, Subcommittee, User

# --- Read ------------------------------------------------------------------------------------------------------------


class MeetingRefSerializer(Read):
    """A meeting, in short."""

    class Meta:
        model = Meeting
        fields = ("id", "title")


class AgendaItemRefSerializer(Read):
    """An agenda item, in short."""

    class Meta:
        model = AgendaItem
        fields = ("id", "number", "title")


class SeriesRefSerializer(Read):
    """A series, in short."""

    class Meta:
        model = Series
        fields = ("id", "name")


class MeetingSerializer(Read):
    """A meeting; one in preparation is seen by those who run the council only."""

    related = ("council", "subcommittee", "series")
    series = SeriesRefSerializer(allow_null=True)
    council = CouncilRefSerializer()
    subcommittee = SubcommitteeRefSerializer(allow_null=True)
    current_item = AgendaItemRefSerializer(allow_null=True)
    online_url = serializers.SerializerMethodField(help_text="Empty where a closed meeting is not for you.")

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With whether the caller is entitled to its closed part, and the present item if they may see it."""
        entitled = Meeting.objects.entitled_to(user).filter(pk=OuterRef("pk"))
        current = Prefetch("current_item", AgendaItem.objects.visible_to(user))
        rows: QuerySet[Any] = super().rows(user).annotate(is_entitled=Exists(entitled)).prefetch_related(current)
        return rows

    def get_online_url(self, meeting: Meeting) -> str:
        """How to join, unless a closed meeting is not for the caller."""
        return meeting.online_url if not meeting.closed or vars(meeting).get("is_entitled") else ""

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
            "closed",
            "capacity",
            "proposals_until",
            "series",
            "sequence",
            "convened_at",
            "urgent_reason",
            "cancelled_reason",
            "opened_at",
            "closed_at",
            "current_item",
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


class AgendaItemSerializer(Read):
    """Something a meeting takes up, with those of its papers that the caller may see.

    Of a closed item explanation, papers and minutes are for those invited, and who keeps out of an item gets neither
    explanation nor papers; ``withheld`` says so, and is empty otherwise.
    """

    related = ("meeting",)
    meeting = MeetingRefSerializer()
    parent = AgendaItemRefSerializer(allow_null=True)
    carried_from = AgendaItemRefSerializer(allow_null=True)
    papers = PaperSerializer(many=True)
    withheld = serializers.SerializerMethodField()

    def get_withheld(self, item: AgendaItem) -> str:
        """Why the caller does not get everything there is."""
        if vars(item).get("left_out"):
            return _("This seat keeps out of the item: its explanation and papers are not shown here.")
        if vars(item).get("closed_to_reader"):
            return _("Explanation, papers and minutes of this closed item are for those invited.")
        return ""

    def to_representation(self, item: AgendaItem) -> dict[str, Any]:
        """Leave out what is withheld."""
        shown = super().to_representation(item)
        kept = vars(item)
        closed, left_out = kept.get("closed_to_reader"), kept.get("left_out")
        withheld = ("note", "postponed_reason") if closed else ("note",) if left_out else ()
        return shown | {name: "" for name in withheld if name in shown}

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With papers and parent as far as the caller may see them, in two more statements."""
        papers = Paper.objects.visible_to(user).select_related("attachment", "version__document")
        parents = AgendaItem.objects.visible_to(user)
        rows: Any = super().rows(user)
        return cast(
            "QuerySet[Any]",
            rows.kept_from(user).prefetch_related(
                Prefetch("papers", papers), Prefetch("parent", parents), Prefetch("carried_from", parents)
            ),
        )

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
            "closed",
            "title",
            "note",
            "presenter",
            "minutes_planned",
            "opened_at",
            "taken_up_at",
            "ended_at",
            "seconds_spent",
            "postponed_reason",
            "papers",
            "withheld",
            "follow_up",
            "carried_from",
            "created_at",
            "modified_at",
        )


class AlternateRefSerializer(Read):
    """Who comes in place of a member, in short."""

    user = PersonSerializer()

    class Meta:
        model = Alternate
        fields = ("id", "user", "title")


class InvitationSerializer(Read):
    """An invitation, the answer to it, and who comes in place of the member."""

    related = ("meeting", "membership__user", "membership__organisation", "alternate__user")
    meeting = MeetingRefSerializer()
    membership = MembershipRefSerializer()
    alternate = AlternateRefSerializer(allow_null=True)

    class Meta:
        model = Invitation
        fields = (
            "id",
            "meeting",
            "membership",
            "answer",
            "note",
            "answered_at",
            "alternate",
            "interests_declared_at",
            "created_at",
        )


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
            "closed",
            "capacity",
            "proposals_until",
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
        fields = ("kind", "state", "visibility", "closed", "title", "note", "presenter", "minutes_planned")


class NewAgendaItem(SentModel):
    """An item to put on the agenda."""

    meeting = ById(Meeting)
    parent = ById(AgendaItem, required=False, allow_null=True)  # type: ignore[assignment]  # no attribute, a field

    class Meta(SentModel.Meta):
        model = AgendaItem
        fields = ("meeting", "parent", "kind", "visibility", "closed", "title", "note", "presenter", "minutes_planned")


class NewPaper(Sent):
    """Either a file or a version of a document."""

    attachment = ById(Attachment, required=False, allow_null=True)
    version = ById(Version, required=False, allow_null=True)


class Answer(Sent):
    """Whether one comes."""

    answer = serializers.ChoiceField(Invitation.Answer.choices)
    note = serializers.CharField(required=False, allow_blank=True)
