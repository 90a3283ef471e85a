"""Consultations, opinions and the answers to them, as they are read and sent."""

import datetime as dt
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from council.api.fields import ById, Day, Moment
from council.api.serializers.base import Read, Sent, SentModel
from council.api.serializers.documents import PassageRefSerializer, VersionRefSerializer
from council.api.serializers.meetings import AgendaItemRefSerializer
from council.api.serializers.people import (
    CouncilRefSerializer,
    MembershipRefSerializer,
    OrganisationRefSerializer,
    PersonSerializer,
)
from council.documents.models import Passage, Version
from council.meetings.models import AgendaItem
from council.opinions.models import Consultation, Disposition, Opinion, Phase, Revision
from council.people.models import Council, Membership, Organisation, User

# --- Read ------------------------------------------------------------------------------------------------------------


class PhaseSerializer(Read):
    """A time in which opinions are taken."""

    class Meta:
        model = Phase
        fields = ("kind", "opens_at", "closes_at")


class ConsultationRefSerializer(Read):
    """A consultation, in short."""

    class Meta:
        model = Consultation
        fields = ("id", "title")


class ConsultationSerializer(Read):
    """A version put before a council, with its phases and how far the answers have come."""

    related = ("council", "version__document", "office")
    council = CouncilRefSerializer()
    version = VersionRefSerializer()
    agenda_item = AgendaItemRefSerializer(allow_null=True)
    office = OrganisationRefSerializer()
    phases = PhaseSerializer(many=True)
    is_taking_opinions = serializers.BooleanField()

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the phases, and the agenda item as far as the caller may see it, in two more statements."""
        items = AgendaItem.objects.visible_to(user)
        return super().rows(user).prefetch_related("phases", Prefetch("agenda_item", items))

    class Meta:
        model = Consultation
        fields = (
            "id",
            "council",
            "version",
            "agenda_item",
            "office",
            "title",
            "question",
            "phases",
            "opened_at",
            "is_taking_opinions",
            "submitted",
            "published",
            "created_at",
            "modified_at",
        )


class ChangedPassageSerializer(PassageRefSerializer):
    """The passage in which what was accepted can be read."""

    version = VersionRefSerializer()

    class Meta(PassageRefSerializer.Meta):
        fields = (*PassageRefSerializer.Meta.fields, "version")


class AnswerToOpinionSerializer(Read):
    """The answer, within the opinion it belongs to."""

    related: ClassVar[tuple[str, ...]] = ("office", "changed_passage__version__document")
    office = OrganisationRefSerializer()
    changed_passage = ChangedPassageSerializer(allow_null=True)

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
            "created_at",
            "modified_at",
        )


class OpinionRefSerializer(Read):
    """An opinion, in short."""

    class Meta:
        model = Opinion
        fields = ("id", "number", "kind", "state")


class DispositionSerializer(AnswerToOpinionSerializer):
    """What was decided on an opinion, and why; before publication it is seen by office and officers only."""

    related = (*AnswerToOpinionSerializer.related, "opinion__consultation")
    opinion = OpinionRefSerializer()
    consultation = ConsultationRefSerializer(source="opinion.consultation")

    class Meta(AnswerToOpinionSerializer.Meta):
        fields = ("opinion", "consultation", *AnswerToOpinionSerializer.Meta.fields)


class OpinionSerializer(Read):
    """What someone wants changed in a passage, or says of it; ``disposition`` is the answer once it may be seen."""

    related = (
        "consultation",
        "passage",
        "author",
        "membership__user",
        "membership__organisation",
        "organisation",
        "office",
    )
    consultation = ConsultationRefSerializer()
    passage = PassageRefSerializer()
    author = PersonSerializer()
    membership = MembershipRefSerializer()
    organisation = OrganisationRefSerializer()
    office = OrganisationRefSerializer(allow_null=True)
    is_overdue = serializers.BooleanField()
    disposition = AnswerToOpinionSerializer(allow_null=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the answers that the caller may see, in one more statement."""
        answers = Disposition.objects.visible_to(user).select_related(*AnswerToOpinionSerializer.related)
        return super().rows(user).prefetch_related(Prefetch("disposition", answers))

    def to_representation(self, opinion: Opinion) -> Any:
        """To whom the prepared answer is not shown, the opinion is still being answered."""
        shown = super().to_representation(opinion)
        if opinion.state == Opinion.State.ANSWERED and shown["disposition"] is None:
            shown["state"] = Opinion.State.TRIAGED.value
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
            "office",
            "due_on",
            "is_overdue",
            "disposition",
            "created_at",
            "modified_at",
        )


class RevisionSerializer(Read):
    """A given opinion as it read at one time."""

    related = ("by",)
    by = PersonSerializer()

    class Meta:
        model = Revision
        fields = ("number", "at", "by", "kind", "proposed_text", "reason", "audience")


# --- Sent ------------------------------------------------------------------------------------------------------------


class NewPhase(Sent):
    """A time in which opinions are to be taken."""

    kind = serializers.ChoiceField(Phase.Kind.choices)
    opens_at = Moment()
    closes_at = Moment()


class NewConsultation(SentModel):
    """A consultation to prepare."""

    council = ById(Council)
    version = ById(Version)
    agenda_item = ById(AgendaItem, required=False, allow_null=True)
    office = ById(Organisation)
    phases = NewPhase(many=True)

    def validate_phases(self, phases: list[dict[str, Any]]) -> dict[str, tuple[dt.datetime, dt.datetime]]:
        """Each phase once, by its kind."""
        by_kind = {phase["kind"]: (phase["opens_at"], phase["closes_at"]) for phase in phases}
        if len(by_kind) < len(phases):
            raise serializers.ValidationError(_("Each phase can be given once only."))
        return by_kind

    class Meta(SentModel.Meta):
        model = Consultation
        fields = ("council", "version", "agenda_item", "office", "title", "question", "phases")


class Words(Sent):
    """The words of an opinion."""

    kind = serializers.ChoiceField(Opinion.Kind.choices, required=False)
    proposed_text = serializers.CharField(required=False, allow_blank=True)
    reason = serializers.CharField(required=False, allow_blank=True)
    audience = serializers.ChoiceField(Opinion.Audience.choices, required=False)


class NewOpinion(Words):
    """An opinion to draft or give."""

    consultation = ById(Consultation)
    passage = ById(Passage)
    membership = ById(
        Membership, required=False, help_text="For whom one speaks; may be left out where there is one choice only."
    )
    current_text = serializers.CharField(
        required=False, allow_blank=True, help_text="The words it is about; the whole passage when left out."
    )
    submit = serializers.BooleanField(default=False, help_text="Give it at once instead of keeping a draft.")


class OpinionChange(Words):
    """What to change in an opinion."""

    revision = serializers.IntegerField(
        help_text="The revision the change was made on; where there is a newer one the change is refused."
    )


class Triage(Sent):
    """Which office answers, by which day."""

    office = ById(Organisation, required=False, help_text="The consultation's office when left out.")
    due_on = Day(required=False, help_text="By the council's rule when left out.")


class NewDisposition(Sent):
    """The answer to an opinion; what is accepted wholly or partly names the changed passage."""

    verdict = serializers.ChoiceField(Disposition.Verdict.choices)
    reason = serializers.CharField()
    changed_passage = ById(
        Passage, required=False, allow_null=True, help_text="Where what was accepted can be read; a later version."
    )
    revision = serializers.IntegerField(
        required=False, help_text="The answer's revision the change was made on; 0 for a first answer."
    )
