"""What everybody may read of the councils that are open to the public: no names of people, no papers, no explanations."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from rest_framework import serializers

from council.api.serializers.base import Read
from council.api.serializers.meetings import AgendaItemRefSerializer, MeetingRefSerializer
from council.api.serializers.people import CouncilRefSerializer, OrganisationRefSerializer, SubcommitteeRefSerializer
from council.decisions.models import Ballot, Decision
from council.meetings.models import AgendaItem, Meeting
from council.opinions.models import Consultation
from council.people.models import Council, User


class PublicRead(Read):
    """The same for everybody, whoever asks."""

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """What is public."""
        manager: Any = cls.Meta.model._default_manager
        rows: QuerySet[Any] = manager.public().select_related(*cls.related)
        return rows


class PublicCouncilSerializer(PublicRead):
    """A council that is open to the public."""

    related = ("operator",)
    operator = OrganisationRefSerializer()

    class Meta:
        model = Council
        fields = (
            "id",
            "name",
            "name_en",
            "purpose",
            "legal_basis",
            "operator",
            "founded_on",
            "sunset_on",
            "created_at",
            "modified_at",
        )


class PublicAgendaItemSerializer(PublicRead):
    """An open agenda item."""

    related = ("council", "meeting")
    council = CouncilRefSerializer()
    meeting = MeetingRefSerializer()

    class Meta:
        model = AgendaItem
        fields = (
            "id",
            "council",
            "meeting",
            "parent",
            "position",
            "number",
            "kind",
            "state",
            "title",
            "minutes_planned",
            "created_at",
            "modified_at",
        )


class PublicAgendaLineSerializer(Read):
    """An agenda item in its meeting."""

    class Meta:
        model = AgendaItem
        fields = ("id", "parent", "number", "kind", "state", "title")


class PublicMeetingSerializer(PublicRead):
    """A meeting that was announced, with its open agenda items in order; how to join online is for those invited."""

    related = ("council", "subcommittee")
    council = CouncilRefSerializer()
    subcommittee = SubcommitteeRefSerializer(allow_null=True)
    agenda = PublicAgendaLineSerializer(many=True, source="items")

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the open items."""
        return super().rows(user).prefetch_related(Prefetch("items", AgendaItem.objects.public().order_by("position")))

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
            "cancelled_reason",
            "agenda",
            "created_at",
            "modified_at",
        )


class CountsSerializer(Read):
    """How a vote ended."""

    class Meta:
        model = Ballot
        fields = ("votes_for", "votes_against", "abstentions")


class PublicDecisionSerializer(PublicRead):
    """A decision of an open meeting; of a vote the counts alone."""

    related = ("council", "meeting", "item", "ballot")
    council = CouncilRefSerializer()
    meeting = MeetingRefSerializer()
    item = AgendaItemRefSerializer(allow_null=True)
    vote = CountsSerializer(source="ballot", allow_null=True)

    class Meta:
        model = Decision
        fields = (
            "id",
            "council",
            "meeting",
            "item",
            "number",
            "state",
            "title",
            "text",
            "legal_reference",
            "decided_on",
            "effective_on",
            "repealed_reason",
            "vote",
            "created_at",
            "modified_at",
        )


class PublicResultSerializer(PublicRead):
    """The published result of a consultation; the answers themselves stand on the page it links to."""

    related = ("council",)
    council = CouncilRefSerializer()
    page = serializers.SerializerMethodField()

    def get_page(self, consultation: Consultation) -> str:
        """The page with what was heard, what was done and why."""
        return f"{settings.SITE_URL}{reverse('web:public_result', args=[consultation.pk])}"

    class Meta:
        model = Consultation
        fields = ("id", "council", "title", "question", "submitted", "published", "public_at", "page", "modified_at")
