"""Points, their answers, second rounds and steps on the board, as they are read and sent."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from rest_framework import serializers

from council.api.fields import AllById, ById, Day, all_visible
from council.api.serializers.base import Read, Sent, SentModel
from council.api.serializers.documents import PassageRefSerializer, VersionRefSerializer
from council.api.serializers.people import CouncilRefSerializer, OrganisationRefSerializer, PersonSerializer
from council.api.serializers.short import ConsultationRefSerializer, OpinionRefSerializer, PointRefSerializer
from council.core import clock
from council.documents.models import Passage
from council.opinions.models import AnswerTemplate, Batch, BatchRow, Disposition, Objection, Opinion, Point, prepares
from council.people.models import Council, Organisation, User, sits

MANY = 5000

# --- Read ------------------------------------------------------------------------------------------------------------


class ChangedPassageSerializer(PassageRefSerializer):
    """The passage in which what was accepted can be read."""

    version = VersionRefSerializer()

    class Meta(PassageRefSerializer.Meta):
        fields = (*PassageRefSerializer.Meta.fields, "version")


class ReplyToAnswerSerializer(Read):
    """The author's reply to an answer (재의견), within the answer, and what was decided on it."""

    related: ClassVar[tuple[str, ...]] = ("raised_by", "decided_by")
    raised_by = PersonSerializer()
    decided_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Objection
        fields: tuple[str, ...] = (
            "id",
            "text",
            "raised_by",
            "raised_at",
            "outcome",
            "reason",
            "decided_by",
            "decided_at",
            "first_verdict",
            "first_reason",
        )


class AnswerToPointSerializer(Read):
    """The answer, within the point it belongs to."""

    related: ClassVar[tuple[str, ...]] = (
        "council",
        "office",
        "changed_passage__version__document",
        *(f"objection__{name}" for name in ReplyToAnswerSerializer.related),
    )
    office = OrganisationRefSerializer()
    changed_passage = ChangedPassageSerializer(allow_null=True)
    objections_until = serializers.DateField(allow_null=True, help_text="The last day on which its author may reply.")
    objection = ReplyToAnswerSerializer(allow_null=True)

    class Meta:
        model = Disposition
        fields: tuple[str, ...] = (
            "id",
            "verdict",
            "reason",
            "changed_passage",
            "office",
            "revision",
            "released_at",
            "objections_until",
            "objection",
            "created_at",
            "modified_at",
        )


class DispositionSerializer(AnswerToPointSerializer):
    """What was decided on a point, and why; before publication it is seen by office and officers only."""

    related = (*AnswerToPointSerializer.related, "point__opinion__consultation")
    point = PointRefSerializer()
    opinion = OpinionRefSerializer(source="point.opinion")
    consultation = ConsultationRefSerializer(source="point.opinion.consultation")

    class Meta(AnswerToPointSerializer.Meta):
        fields = ("point", "opinion", "consultation", *AnswerToPointSerializer.Meta.fields)


class ObjectionSerializer(ReplyToAnswerSerializer):
    """An author's one reply to an answer (재의견), and what the office decided on it."""

    related = (*ReplyToAnswerSerializer.related, "disposition__point__opinion__consultation")
    disposition = serializers.UUIDField(source="disposition_id")
    point = PointRefSerializer(source="disposition.point")
    consultation = ConsultationRefSerializer(source="disposition.point.opinion.consultation")

    class Meta(ReplyToAnswerSerializer.Meta):
        fields = ("disposition", "point", "consultation", *ReplyToAnswerSerializer.Meta.fields)


class PointOfOpinionSerializer(Read):
    """One matter of an opinion (쟁점), with the office that answers it, by when, and the answer once it may be seen.

    To whom the prepared answer is not shown, the point is still to be answered. ``tags`` and ``revision`` are null, and
    ``waiting_for`` is empty, for who does not work on the board.
    """

    related: ClassVar[tuple[str, ...]] = ("office",)
    office = OrganisationRefSerializer(allow_null=True)
    is_overdue = serializers.BooleanField()
    tags = serializers.ListField(child=serializers.CharField(), allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    disposition = AnswerToPointSerializer(allow_null=True)

    @classmethod
    def within(cls, points: QuerySet[Point], user: User) -> QuerySet[Point]:
        """Points of opinions somebody may see, with the answers they may see, and whether they may see the board."""
        answers = AnswerToPointSerializer.narrowed(Disposition.objects.shown_with_opinion(user))
        beside = Point.objects.filter(sits(user, organisation="office"), consultation=OuterRef("consultation"))
        on_board = prepares(user, "consultation__office") | Q(Exists(beside))
        rows = cls.narrowed(points.annotate(is_on_board=on_board))
        return rows.prefetch_related(Prefetch("disposition", answers))

    def to_representation(self, point: Point) -> Any:
        """To whom the prepared answer is not shown, the point is still to be answered."""
        shown = super().to_representation(point)
        if point.state == Point.State.ANSWERED and shown["disposition"] is None:
            shown["state"] = Point.State.TRIAGED.value
            shown["is_overdue"] = point.due_on is not None and point.due_on < clock.today()
        if not getattr(point, "is_on_board", False):
            shown |= {"tags": None, "revision": None, "waiting_for": ""}
        return shown

    class Meta:
        model = Point
        fields: tuple[str, ...] = (
            "id",
            "number",
            "gist",
            "state",
            "office",
            "due_on",
            "is_overdue",
            "waiting_for",
            "tags",
            "revision",
            "disposition",
        )


class OpinionOfPointSerializer(Read):
    """What was said, within a point of it."""

    passage = PassageRefSerializer()
    organisation = OrganisationRefSerializer()
    campaign = serializers.UUIDField(source="campaign_id", allow_null=True)

    class Meta:
        model = Opinion
        fields = (
            "id",
            "number",
            "kind",
            "phase",
            "passage",
            "current_text",
            "proposed_text",
            "reason",
            "audience",
            "organisation",
            "sector",
            "submitted_at",
            "campaign",
        )


class PointSerializer(PointOfOpinionSerializer):
    """One matter of an opinion (쟁점), with its opinion, the office that answers it, by when, and its answer.

    To whom the prepared answer is not shown, the point is still to be answered. ``tags`` and ``revision`` are null, and
    ``waiting_for`` is empty, for who does not work on the board.
    """

    related = (*PointOfOpinionSerializer.related, "consultation", "opinion__passage", "opinion__organisation")
    consultation = ConsultationRefSerializer()
    opinion = OpinionOfPointSerializer()

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the answers that the caller may see, in one more statement."""
        return cls.within(super().rows(user), user)

    class Meta(PointOfOpinionSerializer.Meta):
        fields = ("consultation", "opinion", *PointOfOpinionSerializer.Meta.fields)


class BatchSerializer(Read):
    """A step on the board: to how many of the points it was done, and whether it was taken back."""

    related: ClassVar[tuple[str, ...]] = ("consultation", "by")
    consultation = ConsultationRefSerializer()
    by = PersonSerializer()

    class Meta:
        model = Batch
        fields: tuple[str, ...] = (
            "id",
            "consultation",
            "step",
            "by",
            "applied",
            "total",
            "undone_at",
            "undone",
            "created_at",
        )


class BatchRowSerializer(Read):
    """What a step did to one point; ``problem`` says why it did nothing."""

    point = PointRefSerializer()
    revision = serializers.IntegerField(allow_null=True, help_text="The point's revision after the step.")

    class Meta:
        model = BatchRow
        fields = ("point", "revision", "problem")


class BatchWithRowsSerializer(BatchSerializer):
    """A step on the board, with what it did to every point."""

    points = BatchRowSerializer(many=True, source="rows")

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the rows, in one more statement."""
        rows = BatchRow.objects.select_related("point__opinion")
        return super().rows(user).prefetch_related(Prefetch("rows", rows))

    class Meta(BatchSerializer.Meta):
        fields = (*BatchSerializer.Meta.fields, "points")


class AnswerTemplateSerializer(Read):
    """An opening that many answers share."""

    related = ("council", "by")
    council = CouncilRefSerializer()
    by = PersonSerializer()

    class Meta:
        model = AnswerTemplate
        fields = ("id", "council", "title", "verdict", "text", "by", "created_at")


# --- Sent ------------------------------------------------------------------------------------------------------------


class Triage(Sent):
    """Which office answers, by which day."""

    office = ById(Organisation, required=False, help_text="The consultation's office when left out.")
    due_on = Day(required=False, help_text="By the council's rule when left out.")


class TriageOfOne(Triage):
    """Which office answers one point, by which day."""

    revision = serializers.IntegerField(
        required=False, help_text="The point's revision you saw; where there is a newer one it is refused."
    )


class TriageOfMany(Triage):
    """Which points, which office, by which day."""

    points = AllById(Point, max_length=MANY)


class Awaited(Sent):
    """What is waited for."""

    waiting_for = serializers.CharField(help_text="What is waited for, and from whom, in a sentence.")


class NewDisposition(Sent):
    """The answer to a point; what is accepted wholly or partly names the changed passage."""

    verdict = serializers.ChoiceField(Disposition.Verdict.choices)
    reason = serializers.CharField()
    changed_passage = ById(
        Passage, required=False, allow_null=True, help_text="Where what was accepted can be read; a later version."
    )
    revision = serializers.IntegerField(
        required=False, help_text="The point's revision it was written on; where there is a newer one it is refused."
    )


class AcceptedWording(Sent):
    """A proposal to accept, changing the next version's draft."""

    reason = serializers.CharField()
    text = serializers.CharField(
        required=False, allow_blank=True, help_text="How the passage shall read, if not word for word as proposed."
    )
    verdict = serializers.ChoiceField(
        [choice for choice in Disposition.Verdict.choices if choice[0] in Disposition.CHANGES_TEXT], required=False
    )
    revision = serializers.IntegerField(
        required=False, help_text="The point's revision it was written on; where there is a newer one it is refused."
    )


class AnswerOfMany(Sent):
    """The answer to one of many points."""

    point = serializers.UUIDField()
    reason = serializers.CharField(default="", allow_blank=True, help_text="Its own, beside what the template says.")
    changed_passage = serializers.UUIDField(required=False, allow_null=True)
    revision = serializers.IntegerField(required=False, help_text="The point's revision it was written on.")


class DispositionOfMany(Sent):
    """One disposition for many points, each with a reason of its own."""

    verdict = serializers.ChoiceField(Disposition.Verdict.choices)
    template = ById(AnswerTemplate, required=False, allow_null=True, help_text="What stands before each reason.")
    answers = AnswerOfMany(many=True, allow_empty=False, max_length=MANY)  # type: ignore[call-arg]  # the list takes it

    def validate_answers(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Look up what the rows name, in two statements."""
        user = self.context["request"].user
        points = all_visible(Point, [row["point"] for row in answers], user, within="point")
        named = [row.get("changed_passage") for row in answers]
        passages = all_visible(Passage, named, user, "version", within="changed_passage")
        return [
            row | {"point": point, "changed_passage": passage}
            for row, point, passage in zip(answers, points, passages, strict=True)
        ]


class TagsOfMany(Sent):
    """Tags to put on points, or to take off."""

    points = AllById(Point, max_length=MANY)
    add = serializers.ListField(child=serializers.CharField(), required=False)
    remove = serializers.ListField(child=serializers.CharField(), required=False)


class Objecting(Sent):
    """What the author replies."""

    text = serializers.CharField()


class Decision(Sent):
    """Whether an answer stays, and why; one that is revised has a new disposition and reason."""

    outcome = serializers.ChoiceField(Objection.Outcome.choices)
    reason = serializers.CharField(help_text="Why it stays, or why it changes; the author reads it.")
    verdict = serializers.ChoiceField(Disposition.Verdict.choices, required=False)
    answer = serializers.CharField(required=False, allow_blank=True, help_text="The new reason of the disposition.")
    changed_passage = ById(Passage, required=False, allow_null=True)


class NewAnswerTemplate(SentModel):
    """An opening to keep."""

    council = ById(Council)

    class Meta(SentModel.Meta):
        model = AnswerTemplate
        fields = ("council", "title", "verdict", "text")
