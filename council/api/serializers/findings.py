"""Findings, terms of voting and one's own standing, as they are read and sent."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from council.api.fields import ById
from council.api.serializers.base import Read, Sent
from council.api.serializers.short import ConsultationRefSerializer
from council.core.models import Sector
from council.findings.models import Finding
from council.findings.votes import counted
from council.people.models import Membership, User


class UnitSerializer(serializers.Serializer[Any]):
    """Sectors that are shown as one, fixed before anyone voted."""

    unit = serializers.CharField()
    sectors = serializers.ListField(child=serializers.ChoiceField(Sector.choices))
    members = serializers.IntegerField(help_text="Organisations, and experts, that may vote.")
    in_the_open = serializers.BooleanField(help_text="Positions are shown by name.")
    answered = serializers.FloatField(
        allow_null=True,
        required=False,
        help_text="The share that has answered anything, to 0.05; none of fewer than 5.",
    )
    silent = serializers.ListField(child=serializers.ChoiceField(Sector.choices), help_text="Sectors without a vote.")


class BandSerializer(serializers.Serializer[Any]):
    """In which of how many bands, from 0, the share that agrees lies; never the share itself."""

    band = serializers.IntegerField()
    bands = serializers.IntegerField()
    seen = serializers.IntegerField(help_text="How many reacted.")


class OverallSerializer(serializers.Serializer[Any]):
    """The share of all that agrees, rounded; comes with the last batch."""

    share = serializers.FloatField()
    step = serializers.FloatField(help_text="What it is rounded to.")


class FoundSerializer(serializers.Serializer[Any]):
    """What was found of one opinion; null and empty where too few reacted."""

    opinion = serializers.UUIDField()
    unites = serializers.FloatField(allow_null=True, help_text="How sure it is that most of every unit agree, 0 to 1.")
    weakest = serializers.CharField(allow_null=True, help_text="The unit whose majority is least sure.")
    weakest_unites = serializers.FloatField(
        allow_null=True, required=False, help_text="How sure it is that most of this unit agree, 0 to 1."
    )
    rejects = serializers.FloatField(
        allow_null=True, required=False, help_text="How sure it is that most of every unit do not agree, 0 to 1."
    )
    gic = serializers.FloatField(allow_null=True, required=False, help_text="Group-informed consensus of the units.")
    divides = serializers.FloatField(allow_null=True, help_text="How far apart the units are, 0 to 1.")
    pair = serializers.ListField(child=serializers.CharField(), help_text="The two units most likely opposed.")
    bands = serializers.DictField(child=BandSerializer(allow_null=True))
    before = serializers.DictField(child=BandSerializer(allow_null=True), help_text="As it stood before the meeting.")
    total = OverallSerializer(allow_null=True)


class SayingSerializer(serializers.Serializer[Any]):
    """An opinion that sets a group apart."""

    opinion = serializers.UUIDField()
    direction = serializers.ChoiceField([("agree", "agree"), ("disagree", "disagree")])


class GroupSerializer(serializers.Serializer[Any]):
    """Members who vote alike across sectors."""

    number = serializers.IntegerField()
    size = serializers.IntegerField(help_text="To the nearest five.")
    says = SayingSerializer(many=True)


class SpreadSerializer(serializers.Serializer[Any]):
    """In which of how many bands, from 0, the share of a unit lies that stands in each group, in their order."""

    bands = serializers.IntegerField()
    band = serializers.ListField(child=serializers.IntegerField())


class BySectorSerializer(serializers.Serializer[Any]):
    """How units and groups go together; comes with the last batch."""

    units = serializers.DictField(child=SpreadSerializer(allow_null=True))
    strength = serializers.FloatField(allow_null=True, help_text="Bias-corrected Cramér's V, 0 to 1.")
    chance = serializers.FloatField(allow_null=True, help_text="How often chance alone brings about as much.")


class GroupsSerializer(serializers.Serializer[Any]):
    """Groups, if there are any that stay the same when a fifth of the members is left out."""

    shown = serializers.BooleanField()
    why = serializers.CharField(allow_blank=True, help_text="Why none are shown: too_few, unstable, changing or small.")
    stability = serializers.FloatField(allow_null=True, help_text="Up to 1; below 0.8 none are shown.")
    groups = GroupSerializer(many=True, required=False)
    by_sector = BySectorSerializer(allow_null=True, required=False)


class PortraitSerializer(serializers.Serializer[Any]):
    """What a unit is like, computed from the bands and open positions above alone."""

    unit = serializers.CharField()
    likeness = serializers.FloatField(
        allow_null=True,
        help_text="Krippendorff's alpha to 0.1: 1 if all answer alike, 0 as by chance; null where too little is shown.",
    )
    says = SayingSerializer(many=True, help_text="What sets it apart; `disagree` stands for not agreeing.")


class PortraitsSerializer(serializers.Serializer[Any]):
    """How much all answer alike, and what each unit is like."""

    likeness = serializers.FloatField(allow_null=True, help_text="The same of all together.")
    units = PortraitSerializer(many=True)


class ReleasedSerializer(serializers.Serializer[Any]):
    """All that is shown of a batch."""

    units = UnitSerializer(many=True)
    opinions = FoundSerializer(many=True)
    named = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        help_text="Per opinion the position of each body that speaks in the open.",
    )
    squares = serializers.IntegerField(required=False, help_text="Squares along each side of the map; 12 if not said.")
    map = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Squares in which five members or more stand: column, row, how dark (1 to 3).",
    )
    sides = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        required=False,
        help_text="Per opinion where on the map those stand who agree with it: -1, 0 or 1 along and up.",
    )
    groups = GroupsSerializer()
    portraits = PortraitsSerializer(required=False, help_text="Missing in batches of earlier versions.")
    seed = serializers.IntegerField()


class FindingSerializer(Read):
    """What unites and what divides as of one moment, as far as it can be shown without giving a vote away."""

    related: ClassVar[tuple[str, ...]] = ("consultation",)
    consultation = ConsultationRefSerializer()
    released = serializers.SerializerMethodField()

    @extend_schema_field(ReleasedSerializer)
    def get_released(self, finding: Finding) -> dict[str, Any]:
        """What is stored to be shown, without opinions that were hidden or taken back since."""
        seen = {str(opinion.pk) for opinion in finding.consultation.seen}  # type: ignore[attr-defined]  # of rows()
        return finding.released_of(seen)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the opinions of each consultation that are counted still."""
        opinions = counted().only("consultation")
        return super().rows(user).prefetch_related(Prefetch("consultation__opinions", opinions, to_attr="seen"))

    class Meta:
        model = Finding
        fields = (
            "id",
            "consultation",
            "number",
            "phase",
            "is_last",
            "votes",
            "code_version",
            "released",
            "created_at",
            "modified_at",
        )


class TermsSerializer(serializers.Serializer[Any]):
    """Under which terms members vote."""

    in_the_open = serializers.ListField(child=serializers.ChoiceField(Sector.choices))
    units = serializers.DictField(child=serializers.CharField(), help_text="Per sector the unit it is shown in.")
    members = serializers.DictField(child=serializers.IntegerField(), help_text="Per unit how many may vote.")


class FixedTerms(Sent):
    """Terms to fix, before anyone votes."""

    in_the_open = serializers.ListField(
        child=serializers.ChoiceField(Sector.choices), help_text="Sectors whose bodies' positions are shown by name."
    )


class ForWhom(Sent):
    """For whom one asks; can be left out by who has one membership."""

    membership = ById(Membership, required=False)


class StandingSerializer(serializers.Serializer[Any]):
    """Where the caller stands, for themselves alone."""

    answered = serializers.IntegerField()
    of = serializers.IntegerField()
    place = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="On the map, from 0 to 1 along and up."
    )
    group = serializers.IntegerField(allow_null=True)
