"""Consultations: who is asked, who has replied, what still lacks; as they are read and sent."""

import datetime as dt
from typing import Any, cast

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from council.api.fields import ById, Moment
from council.api.serializers.base import Read, Sent, SentModel
from council.api.serializers.documents import PassageRefSerializer, VersionRefSerializer
from council.api.serializers.meetings import AgendaItemRefSerializer
from council.api.serializers.people import (
    CouncilRefSerializer,
    MembershipRefSerializer,
    OrganisationRefSerializer,
    PersonSerializer,
)
from council.api.serializers.short import ConsultationRefSerializer, OpinionRefSerializer, PointRefSerializer
from council.core.models import Sector
from council.documents.models import Passage, Version
from council.meetings.models import AgendaItem
from council.notifications.models import Notification
from council.notifications.telling import State as TellingState
from council.opinions.figures import with_figures
from council.opinions.models import (
    Consultation,
    ConsultationQuerySet,
    Disposition,
    Extension,
    Opinion,
    Phase,
    Reply,
    Told,
)
from council.people.models import Council, Membership, Organisation, User

# --- Read ------------------------------------------------------------------------------------------------------------


class ExtensionSerializer(Read):
    """More time for a phase (연장), and why."""

    by = PersonSerializer()

    class Meta:
        model = Extension
        fields = ("closed_at", "closes_at", "reason", "by", "at")


class PhaseSerializer(Read):
    """A time in which opinions are taken, and how it was extended."""

    extensions = ExtensionSerializer(many=True)

    class Meta:
        model = Phase
        fields = ("kind", "opens_at", "closes_at", "extensions")


class ConsultationSerializer(Read):
    """A version put before a council, with its phases, who has replied, and how far the answers have come."""

    related = ("council", "version__document", "office")
    unshown = ("council__consultation_days",)
    council = CouncilRefSerializer()
    version = VersionRefSerializer()
    agenda_item = AgendaItemRefSerializer(allow_null=True)
    office = OrganisationRefSerializer()
    phases = PhaseSerializer(many=True)
    is_taking_opinions = serializers.BooleanField()
    is_taking_reactions = serializers.BooleanField()
    shortest_days = serializers.IntegerField(help_text="How many days it lasts at least, by law and council's rules.")
    asked = serializers.IntegerField(source="figure_asked", help_text="Organisations that owe a reply.")
    replied = serializers.IntegerField(source="figure_replied", help_text="How many of them have replied.")

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With figures, phases and extensions, and the agenda item as far as the caller may see it."""
        items = AgendaItem.objects.visible_to(user)
        extensions = Extension.objects.select_related("by")
        rows = with_figures(cast(ConsultationQuerySet, super().rows(user)))
        return rows.prefetch_related(
            "phases", Prefetch("phases__extensions", extensions), Prefetch("agenda_item", items)
        )

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
            "procedure",
            "shortest_days",
            "phases",
            "opened_at",
            "is_taking_opinions",
            "is_taking_reactions",
            "asked",
            "replied",
            "submitted",
            "published",
            "public_at",
            "created_at",
            "modified_at",
        )


class ReplySerializer(Read):
    """An organisation's reply (회신): opinions, or the formal words that it has none."""

    related = ("consultation", "organisation", "by", "membership__user", "membership__organisation")
    consultation = ConsultationRefSerializer()
    organisation = OrganisationRefSerializer()
    by = PersonSerializer()
    membership = MembershipRefSerializer(allow_null=True)

    class Meta:
        model = Reply
        fields = ("id", "consultation", "organisation", "kind", "at", "by", "membership")


class ReferenceLackingSerializer(Read):
    """A prepared answer that accepts something, in a version that is not published yet."""

    point = PointRefSerializer()
    changed_passage = PassageRefSerializer(allow_null=True)

    class Meta:
        model = Disposition
        fields = ("id", "point", "changed_passage")


class LackingForReleaseSerializer(serializers.Serializer[Any]):
    """What lacks before everyone has an answer; only what stands in ``in_the_way`` stops the publishing."""

    in_the_way = serializers.ListField(child=serializers.CharField(), help_text="What must be done first.")
    undisposed = OpinionRefSerializer(many=True, help_text="Opinions with a point that has no answer yet.")
    without_reference = ReferenceLackingSerializer(many=True)
    untold = OpinionRefSerializer(many=True, help_text="Whose author has no account here and was not told otherwise.")


class ShareOfRepliesSerializer(serializers.Serializer[Any]):
    """How many of a sector's or region's organisations have replied; no ``key`` where an organisation has no region."""

    key = serializers.CharField(help_text="The sector, or the region's slug.")
    label = serializers.CharField()  # type: ignore[assignment]  # no attribute, a field
    asked = serializers.IntegerField()
    replied = serializers.IntegerField()
    without_opinion = serializers.IntegerField(help_text="Those of them that replied that they have no opinion.")


class ReplyOfOrganisationSerializer(serializers.Serializer[Any]):
    """An organisation that was asked, and its reply, if there is one."""

    organisation = OrganisationRefSerializer()
    sector = serializers.ChoiceField(Sector.choices)
    region = serializers.CharField(source="organisation.region_id", allow_null=True, help_text="Its slug.")
    reply = serializers.ChoiceField(Reply.Kind.choices, source="reply.kind", allow_null=True)
    replied_at = serializers.DateTimeField(source="reply.at", allow_null=True)
    opinions = serializers.IntegerField()


class TurnoutSerializer(serializers.Serializer[Any]):
    """How many of those who were asked have replied; ``organisations`` is null for who does not run the council."""

    asked = serializers.IntegerField()
    replied = serializers.IntegerField()
    without_opinion = serializers.IntegerField()
    opinions = serializers.IntegerField(help_text="What was given, whoever may read it.")
    others = serializers.IntegerField(help_text="Organisations that replied without having been asked.")
    sectors = ShareOfRepliesSerializer(many=True)
    regions = ShareOfRepliesSerializer(many=True)
    organisations = ReplyOfOrganisationSerializer(many=True, allow_null=True)


class NoticeOfAnswerSerializer(Read):
    """A notice of the answer: put on screen and read, or sent by mail or given up."""

    class Meta:
        model = Notification
        fields = ("created_at", "sent_at", "read_at", "failed_at")


class ToldSerializer(Read):
    """A telling outside the product (고지), e.g. by letter."""

    related = ("by",)
    by = PersonSerializer()

    class Meta:
        model = Told
        fields = ("id", "channel", "on", "note", "by", "created_at")


class ToldOtherwiseSerializer(Read):
    """A telling outside the product, in short."""

    class Meta:
        model = Told
        fields = ("channel", "on", "note")


class TellingSerializer(serializers.Serializer[Any]):
    """Whether and how the author of an answered opinion was told: once a mail went out, a notice was read, or otherwise."""

    opinion = OpinionRefSerializer()
    organisation = OrganisationRefSerializer(source="opinion.organisation")
    author = PersonSerializer(source="opinion.author", allow_null=True)
    submitter = serializers.CharField(source="opinion.submitter", help_text="Who gave it, without an account here.")
    state = serializers.ChoiceField(TellingState.choices)
    answered_at = serializers.DateTimeField(source="released_at")
    days_untold = serializers.IntegerField(allow_null=True, help_text="Since the answer; null once told.")
    screen = NoticeOfAnswerSerializer(allow_null=True)
    mail = NoticeOfAnswerSerializer(allow_null=True)
    outside = ToldOtherwiseSerializer(many=True)


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
        fields = ("council", "version", "agenda_item", "office", "title", "question", "procedure", "phases")


class MoreTime(Sent):
    """How much longer a phase runs, and why."""

    phase = serializers.ChoiceField(Phase.Kind.choices)
    closes_at = Moment()
    reason = serializers.CharField(help_text="Everyone who was asked reads it.")


class TellingFilter(Sent):
    """Whose authors."""

    state = serializers.ChoiceField(TellingState.choices, required=False)


class Publicity(Sent):
    """Whether everybody may read it."""

    public = serializers.BooleanField(default=True)


class Speaking(Sent):
    """For whom one speaks."""

    membership = ById(
        Membership, required=False, help_text="For whom one speaks; may be left out where there is one choice only."
    )


class OfficialSet(Speaking):
    """The official set to give."""

    personal_data_checked = serializers.BooleanField(
        default=False, help_text="That what looks like personal data has been seen and may stay."
    )


class EnteredOpinion(SentModel):
    """An opinion to enter for someone else."""

    passage = ById(Passage)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # no attribute, a field
        [choice for choice in Opinion.Source.choices if choice[0] in ("spoken", "mail", "paper")]
    )
    reason = serializers.CharField(help_text="What was said, or why.")
    organisation = ById(Organisation, required=False, help_text="Whose it is; that of the membership when left out.")
    membership = ById(Membership, required=False, help_text="The seat of whoever said it; needed for what was spoken.")
    current_text = serializers.CharField(
        required=False, allow_blank=True, help_text="The words it is about; the whole passage when left out."
    )
    source_note = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Where the original stands, e.g. a letter's number."
    )
    received_at = Moment(required=False, help_text="When it came in; now when left out.")

    class Meta(SentModel.Meta):
        model = Opinion
        fields = (
            "passage",
            "source",
            "reason",
            "organisation",
            "membership",
            "kind",
            "current_text",
            "proposed_text",
            "audience",
            "submitter",
            "source_note",
            "received_at",
        )
