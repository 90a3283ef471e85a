"""Opinions, what an organisation says of them inside, and how order is kept; as they are read and sent."""

from typing import Any, ClassVar, cast

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from council.api.fields import AllById, ById, Day
from council.api.serializers.answers import PointOfOpinionSerializer
from council.api.serializers.base import Read, Sent
from council.api.serializers.consultations import Speaking
from council.api.serializers.documents import PassageRefSerializer
from council.api.serializers.people import MembershipRefSerializer, OrganisationRefSerializer, PersonSerializer
from council.api.serializers.short import ConsultationRefSerializer, OpinionRefSerializer
from council.core.models import Sector
from council.documents.models import Passage
from council.opinions.models import (
    Campaign,
    Consultation,
    Opinion,
    Point,
    Reaction,
    Redaction,
    Remark,
    Report,
    Revision,
    Told,
    derived_state,
)
from council.people.models import User

# --- Read ------------------------------------------------------------------------------------------------------------


class RedactionOfOpinionSerializer(Read):
    """The form in which others may read a confidential opinion (공개본), within the opinion."""

    class Meta:
        model = Redaction
        fields = ("id", "proposed_text", "reason", "by_officers", "approved_at")


class OpinionSerializer(Read):
    """What someone wants changed in a passage, or says of it; ``points`` hold the answers once they may be seen.

    ``author`` and ``membership`` are null where it was entered for an organisation without an account here. No opinion
    shows how others voted on it.
    """

    related = (
        "consultation",
        "passage",
        "author",
        "membership__user",
        "membership__organisation",
        "organisation",
        "recorded_by",
        "redaction",
    )
    consultation = ConsultationRefSerializer()
    passage = PassageRefSerializer()
    author = PersonSerializer(allow_null=True)
    membership = MembershipRefSerializer(allow_null=True)
    organisation = OrganisationRefSerializer()
    recorded_by = PersonSerializer(allow_null=True)
    needs_confirming = serializers.BooleanField()
    merged_into = serializers.UUIDField(source="merged_into_id", allow_null=True)
    campaign = serializers.UUIDField(source="campaign_id", allow_null=True)
    redaction = RedactionOfOpinionSerializer(allow_null=True)
    points = PointOfOpinionSerializer(many=True)
    my_reaction = serializers.SerializerMethodField(help_text="Your vote, or that of your organisation.")

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the caller's own vote; points, and the answers to them that the caller may see, in two more statements."""
        points = PointOfOpinionSerializer.within(Point.objects.order_by("number"), user)
        votes = Reaction.objects.visible_to(user).filter(opinion=OuterRef("pk")).order_by("-id")
        own = super().rows(user).annotate(own_vote=Subquery(votes.values("value")[:1]))
        return cast(QuerySet[Any], own.prefetch_related(Prefetch("points", points)))

    @extend_schema_field(serializers.ChoiceField(Reaction.Value.choices, allow_null=True))
    def get_my_reaction(self, opinion: Opinion) -> int | None:
        """The caller's vote, or that of their organisation."""
        return vars(opinion).get("own_vote")

    def to_representation(self, opinion: Opinion) -> Any:
        """Its state as its points are shown: to whom a prepared answer is not shown, it is still being answered."""
        shown = super().to_representation(opinion)
        if opinion.state not in Opinion.NOT_GIVEN:
            shown["state"] = derived_state([point["state"] for point in shown["points"]]).value
        return shown

    class Meta:
        model = Opinion
        fields = (
            "id",
            "consultation",
            "passage",
            "number",
            "kind",
            "phase",
            "state",
            "current_text",
            "proposed_text",
            "reason",
            "audience",
            "revision",
            "author",
            "membership",
            "organisation",
            "sector",
            "submitted_at",
            "source",
            "source_note",
            "submitter",
            "recorded_by",
            "confirmed_at",
            "needs_confirming",
            "merged_into",
            "hidden_at",
            "hidden_reason",
            "campaign",
            "redaction",
            "points",
            "my_reaction",
            "created_at",
        )


class SimilarOpinionSerializer(Read):
    """An opinion that was given already, and how much of what is being written it says, from 0 to 1."""

    organisation = OrganisationRefSerializer()
    likeness = serializers.FloatField()

    class Meta:
        model = Opinion
        fields = ("id", "number", "kind", "current_text", "proposed_text", "reason", "organisation", "likeness")


class SimilarSerializer(serializers.Serializer[Any]):
    """Similar opinions, the most alike first."""

    similar = SimilarOpinionSerializer(many=True)


class RevisionSerializer(Read):
    """A given opinion as it read at one time."""

    related = ("by",)
    by = PersonSerializer()

    class Meta:
        model = Revision
        fields = ("number", "at", "by", "kind", "proposed_text", "reason", "audience")


class RemarkSerializer(Read):
    """A colleague's comment; it never leaves the organisation."""

    related = ("by",)
    by = PersonSerializer()

    class Meta:
        model = Remark
        fields = ("id", "text", "by", "created_at")


class RedactionSerializer(Read):
    """The form in which others may read a confidential opinion (공개본): no organisation named, its sector only.

    What would name the organisation is null for who may not see the opinion itself.
    """

    INSIDE: ClassVar[tuple[str, ...]] = ("opinion", "by_officers", "prepared_by", "approved_by")

    related = ("opinion__consultation", "opinion__passage", "prepared_by", "approved_by")
    opinion = OpinionRefSerializer(allow_null=True)
    by_officers = serializers.BooleanField(allow_null=True)
    prepared_by = PersonSerializer(allow_null=True)
    approved_by = PersonSerializer(allow_null=True)
    consultation = ConsultationRefSerializer(source="opinion.consultation")
    passage = PassageRefSerializer(source="opinion.passage")
    number = serializers.IntegerField(source="opinion.number")
    kind = serializers.ChoiceField(Opinion.Kind.choices, source="opinion.kind")
    sector = serializers.ChoiceField(Sector.choices, source="opinion.sector")

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With whether the caller may see the opinion itself."""
        opinion = Opinion.objects.visible_to(user).filter(pk=OuterRef("opinion"))
        return cast(QuerySet[Any], super().rows(user).annotate(sees_opinion=Exists(opinion)))

    def to_representation(self, redaction: Redaction) -> Any:
        """Keep from others what names the organisation."""
        shown = super().to_representation(redaction)
        return shown if getattr(redaction, "sees_opinion", False) else shown | dict.fromkeys(self.INSIDE)

    class Meta:
        model = Redaction
        fields = (
            "id",
            "consultation",
            "passage",
            "number",
            "kind",
            "sector",
            "proposed_text",
            "reason",
            "opinion",
            "by_officers",
            "prepared_by",
            "approved_by",
            "approved_at",
            "created_at",
        )


class ReportSerializer(Read):
    """A report (신고) that an opinion breaks the rules of conduct."""

    related = ("consultation", "by", "handled_by")
    consultation = ConsultationRefSerializer()
    opinion = OpinionRefSerializer(allow_null=True)
    by = PersonSerializer()
    handled_by = PersonSerializer(allow_null=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the opinion, as far as the caller may see it."""
        return super().rows(user).prefetch_related(Prefetch("opinion", Opinion.objects.visible_to(user)))

    class Meta:
        model = Report
        fields = ("id", "consultation", "opinion", "reason", "by", "handled_by", "handled_at", "created_at")


class CampaignSerializer(Read):
    """Near-identical opinions, linked; ``size`` counts those one may not read too."""

    related = ("consultation",)
    consultation = ConsultationRefSerializer()
    first = OpinionRefSerializer(allow_null=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the first of them, as far as the caller may see it."""
        return super().rows(user).prefetch_related(Prefetch("first", Opinion.objects.visible_to(user)))

    class Meta:
        model = Campaign
        fields = ("id", "consultation", "first", "size", "created_at", "modified_at")


# --- Sent ------------------------------------------------------------------------------------------------------------


class Checked(Sent):
    """Whether personal data may stay."""

    personal_data_checked = serializers.BooleanField(
        default=False, help_text="That what looks like personal data (`personal_data`) has been seen and may stay."
    )


class Words(Sent):
    """The words of an opinion."""

    kind = serializers.ChoiceField(Opinion.Kind.choices, required=False)
    proposed_text = serializers.CharField(required=False, allow_blank=True)
    reason = serializers.CharField(required=False, allow_blank=True)
    audience = serializers.ChoiceField(Opinion.Audience.choices, required=False)


class NewOpinion(Words, Speaking, Checked):
    """An opinion to draft or give."""

    consultation = ById(Consultation)
    passage = ById(Passage)
    current_text = serializers.CharField(
        required=False, allow_blank=True, help_text="The words it is about; the whole passage when left out."
    )
    submit = serializers.BooleanField(default=False, help_text="Give it at once instead of keeping a draft.")


class OpinionChange(Words, Checked):
    """What to change in an opinion."""

    revision = serializers.IntegerField(
        help_text="The revision the change was made on; where there is a newer one the change is refused."
    )


class Merging(Words):
    """Which shared opinions to make one of, and its words; those of the first, with all reasons, when left out."""

    opinions = AllById(Opinion, max_length=100)


class NewRemark(Sent):
    """What to comment."""

    text = serializers.CharField()


class Vote(Speaking):
    """A vote: 1 agrees, 0 passes, -1 disagrees, null takes it back."""

    value = serializers.ChoiceField(Reaction.Value.choices, allow_null=True)


class Redacting(Sent):
    """What others may read instead."""

    reason = serializers.CharField()
    proposed_text = serializers.CharField(required=False, allow_blank=True)


class Splitting(Sent):
    """What each point is about."""

    gists = serializers.ListField(child=serializers.CharField(), allow_empty=False, max_length=50)


class Telling(Sent):
    """How and when an author was told outside the product."""

    channel = serializers.ChoiceField(Told.Channel.choices)
    on = Day(required=False, help_text="Today when left out.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class Writing(Sent):
    """What is being written, and where."""

    passage = ById(Passage)
    text = serializers.CharField(max_length=4000)
