"""Proposals, referrals, series and templates, and what is sent to order an agenda."""

from typing import Any, cast

from django.db.models import F, Prefetch, QuerySet
from rest_framework import serializers

from council.api.fields import ById, Moment, Upload
from council.api.serializers.base import Read, Sent, SentModel
from council.api.serializers.meetings import AgendaItemRefSerializer, MeetingRefSerializer, NewMeeting
from council.api.serializers.people import (
    CouncilRefSerializer,
    OrganisationRefSerializer,
    PersonSerializer,
    SubcommitteeRefSerializer,
)
from council.meetings.models import AgendaItem, Meeting, MeetingTemplate, Proposal, Referral, Series
from council.people.models import Council, Membership, Subcommittee, User

# --- Read ------------------------------------------------------------------------------------------------------------


class ProposalSerializer(Read):
    """An item a member asks a meeting to take up; seen by their organisation and those who run the council."""

    related = ("meeting", "proposed_by", "organisation")
    meeting = MeetingRefSerializer()
    proposed_by = PersonSerializer()
    organisation = OrganisationRefSerializer()
    item = AgendaItemRefSerializer(allow_null=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the item it became, as far as the caller may see it."""
        return super().rows(user).prefetch_related(Prefetch("item", AgendaItem.objects.visible_to(user)))

    class Meta:
        model = Proposal
        fields = (
            "id",
            "meeting",
            "proposed_by",
            "organisation",
            "sector",
            "state",
            "kind",
            "title",
            "note",
            "minutes_planned",
            "item",
            "reason",
            "decided_at",
            "created_at",
        )


class ReferralSerializer(Read):
    """An item handed to another body; both sides see what is asked and what became of it."""

    related = ("council", "to_council", "to_subcommittee")
    council = CouncilRefSerializer()
    to_council = CouncilRefSerializer()
    to_subcommittee = SubcommitteeRefSerializer(allow_null=True)
    item = AgendaItemRefSerializer(allow_null=True)
    title = serializers.CharField()
    note = serializers.CharField()
    kind = serializers.ChoiceField(AgendaItem.Kind.choices)
    taken_up_as = AgendaItemRefSerializer(allow_null=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the items of both sides as far as the caller may see them, and what the item says for both."""
        items = AgendaItem.objects.visible_to(user)
        words = {"title": F("item__title"), "note": F("item__note"), "kind": F("item__kind")}
        rows: Any = super().rows(user).annotate(**words)
        return cast("QuerySet[Any]", rows.prefetch_related(Prefetch("item", items), Prefetch("taken_up_as", items)))

    class Meta:
        model = Referral
        fields = (
            "id",
            "council",
            "item",
            "title",
            "note",
            "kind",
            "to_council",
            "to_subcommittee",
            "state",
            "request",
            "taken_up_as",
            "result",
            "returned_at",
            "created_at",
        )


class SeriesSerializer(Read):
    """Meetings planned together because they come back; list them with ``/meetings/?series=``."""

    related = ("council",)
    council = CouncilRefSerializer()

    class Meta:
        model = Series
        fields = ("id", "council", "name", "rhythm", "created_at")


class MeetingTemplateSerializer(Read):
    """What meetings of one sort have in common, for those who run the council."""

    related = ("council",)
    council = CouncilRefSerializer()

    class Meta:
        model = MeetingTemplate
        fields = ("id", "council", "name", "details", "lines", "created_at")


class ItemTimeSerializer(serializers.Serializer[Any]):
    """When an item comes up, as planned."""

    item = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class TimetableSerializer(serializers.Serializer[Any]):
    """When the items come up, and how many minutes the agenda takes longer than the meeting."""

    items = ItemTimeSerializer(many=True)
    minutes_over = serializers.IntegerField()


# --- Sent ------------------------------------------------------------------------------------------------------------


class Place(Sent):
    """An item, and the one it is part of."""

    item = serializers.UUIDField()
    parent = serializers.UUIDField(  # type: ignore[assignment]  # a serializer has a parent of its own, in another sense
        required=False, allow_null=True, default=None
    )


class Ordering(Sent):
    """The whole agenda in its new order."""

    order = Place(many=True, help_text="Every item once; parts come in the order they are named.")
    seen = Place(
        many=True, required=False, help_text="The order the change was made on; refused if it is another by now."
    )


class NewPaperFile(Sent):
    """A file to lay on the table."""

    file = Upload(max_length=300)
    name = serializers.CharField(required=False, allow_blank=True, max_length=200)


class CarryingOver(Sent):
    """To which meeting an item goes on."""

    to = ById(Meeting)


class Forwarding(Sent):
    """To whom an item goes, and what is asked of them: either a subcommittee of the council, or another council."""

    council = serializers.UUIDField(
        required=False, allow_null=True, help_text="One of your own, or one that the same organisation runs."
    )
    subcommittee = ById(Subcommittee, required=False, allow_null=True)
    request = serializers.CharField(max_length=3000)


class TakingUp(Sent):
    """In which meeting a forwarded item is taken up."""

    meeting = ById(Meeting)
    parent = ById(AgendaItem, required=False, allow_null=True)  # type: ignore[assignment]  # no attribute, a field


class Returning(Sent):
    """What became of a forwarded item."""

    result = serializers.CharField(max_length=3000)
    declined = serializers.BooleanField(default=False, help_text="Whether it goes back undone.")


class NewProposal(SentModel):
    """What a meeting should take up."""

    meeting = ById(Meeting)
    membership = ById(Membership, required=False, allow_null=True, help_text="For whom you speak; asked if unclear.")

    class Meta(SentModel.Meta):
        model = Proposal
        fields = ("meeting", "membership", "title", "note", "kind", "minutes_planned")


class Accepting(Sent):
    """Where an accepted proposal goes."""

    parent = ById(AgendaItem, required=False, allow_null=True)  # type: ignore[assignment]  # no attribute, a field


class ProposalMerging(Sent):
    """Which proposals become one item: one there is, or a new one with a title."""

    proposals = serializers.ListField(child=ById(Proposal), allow_empty=False, max_length=100)
    into = ById(AgendaItem, required=False, allow_null=True)
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    parent = ById(AgendaItem, required=False, allow_null=True)  # type: ignore[assignment]  # no attribute, a field


class NewSeries(SentModel):
    """Meetings that come back: the first one, how often, and how many."""

    council = ById(Council)
    subcommittee = ById(Subcommittee, required=False, allow_null=True)
    name = serializers.CharField(max_length=120)
    rhythm = serializers.ChoiceField(Series.Rhythm.choices)
    count = serializers.IntegerField(min_value=2, max_value=24)
    title = serializers.CharField(required=False, allow_blank=True, max_length=180)

    class Meta(SentModel.Meta):
        model = Meeting
        fields = (*(name for name in NewMeeting.Meta.fields if name != "proposals_until"), "name", "rhythm", "count")


class Copying(Sent):
    """When a copy of a meeting takes place."""

    starts_at = Moment()
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    papers = serializers.BooleanField(default=False, help_text="Whether the papers lie on the new table too.")


class NewTemplate(Sent):
    """A meeting to plan others from."""

    meeting = ById(Meeting)
    name = serializers.CharField(max_length=120)


class FromTemplate(Sent):
    """When a meeting from a template takes place."""

    starts_at = Moment()
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    proposals_until = Moment(required=False, allow_null=True)
