"""People, organisations, councils and their seats, as they are read and sent."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from council.api.fields import ById, BySlug, Day
from council.api.serializers.base import Change, Read, Sent, SentModel
from council.core.models import Sector
from council.people.actions import RULES
from council.people.models import (
    Council,
    FactoryLevel,
    Industry,
    Membership,
    Organisation,
    Region,
    Seat,
    Subcommittee,
    User,
)

# --- Read ------------------------------------------------------------------------------------------------------------


class PersonSerializer(Read):
    """A person, or a system that acts by itself; addresses are not given out."""

    class Meta:
        model = User
        fields = ("id", "name", "is_system")


class RegionRefSerializer(Read):
    """A region, in short."""

    class Meta:
        model = Region
        fields = ("slug", "name")


class RegionSerializer(Read):
    """A region with the three numberings in use, which disagree."""

    related = ("successor",)
    successor = RegionRefSerializer(allow_null=True)

    class Meta:
        model = Region
        fields = (
            "slug",
            "name",
            "name_en",
            "short_name",
            "iso_code",
            "admin_code",
            "kostat_code",
            "valid_from",
            "valid_to",
            "successor",
        )


class IndustrySerializer(Read):
    """A division of the Korean standard industrial classification."""

    class Meta:
        model = Industry
        fields = ("code", "name", "name_en")


class FactoryLevelSerializer(Read):
    """A step of one of the smart-factory schemes."""

    class Meta:
        model = FactoryLevel
        fields = ("slug", "scheme", "ordinal", "name", "name_en")


class IndustryRefSerializer(Read):
    """An industry, in short."""

    class Meta:
        model = Industry
        fields = ("code", "name")


class FactoryLevelRefSerializer(Read):
    """A smart-factory level, in short."""

    class Meta:
        model = FactoryLevel
        fields = ("slug", "name")


class OrganisationRefSerializer(Read):
    """An organisation, in short."""

    class Meta:
        model = Organisation
        fields = ("id", "name")


class OrganisationSerializer(Read):
    """An organisation that sits on councils, or may."""

    related = ("parent", "region", "industry", "level")
    parent = OrganisationRefSerializer(allow_null=True)
    region = RegionRefSerializer(allow_null=True)
    industry = IndustryRefSerializer(allow_null=True)
    level = FactoryLevelRefSerializer(allow_null=True)
    business_number = serializers.CharField(source="business_number_formatted")

    class Meta:
        model = Organisation
        fields = (
            "id",
            "kind",
            "name",
            "name_en",
            "parent",
            "region",
            "size",
            "industry",
            "level",
            "level_source",
            "level_on",
            "business_number",
            "created_at",
            "modified_at",
        )


class CouncilRefSerializer(Read):
    """A council, in short."""

    class Meta:
        model = Council
        fields = ("id", "name")


class CouncilSerializer(Read):
    """A council with its legal basis and its rules."""

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
            "quorum",
            "majority",
            "notice_days",
            "term_years",
            "gender_share_percent",
            "consultation_days",
            "answer_days",
            "objection_days",
            "majority_of",
            "open_to_public",
            "chair_breaks_ties",
            "below_quorum",
            "alternates_vote",
            "challenges_decided_by",
            "speech_minutes",
            "correction_days",
            "action_notice_days",
            "action_escalation_days",
            "created_at",
            "modified_at",
        )


class SeatRefSerializer(Read):
    """A seat, in short."""

    class Meta:
        model = Seat
        fields = ("id", "number")


class SeatSerializer(Read):
    """A place at the table."""

    related = ("council",)
    council = CouncilRefSerializer()

    class Meta:
        model = Seat
        fields = ("id", "council", "number", "sector", "ex_officio", "created_at")


class MembershipRefSerializer(Read):
    """A membership, in short: who, for whom."""

    person = PersonSerializer(source="user")
    organisation = OrganisationRefSerializer()

    class Meta:
        model = Membership
        fields = ("id", "person", "organisation")


class MembershipSerializer(Read):
    """Someone in a council, for an organisation and a sector, in a role, for a term."""

    related = ("council", "seat", "user", "organisation")
    council = CouncilRefSerializer()
    seat = SeatRefSerializer(allow_null=True)
    person = PersonSerializer(source="user")
    organisation = OrganisationRefSerializer()

    class Meta:
        model = Membership
        fields = (
            "id",
            "council",
            "seat",
            "person",
            "organisation",
            "sector",
            "role",
            "title",
            "coordinates",
            "starts_on",
            "ends_on",
            "dismissed_on",
            "created_at",
            "modified_at",
        )


class SubcommitteeRefSerializer(Read):
    """A subcommittee, in short."""

    class Meta:
        model = Subcommittee
        fields = ("id", "name")


class SubcommitteeSerializer(Read):
    """A subcommittee and its members."""

    related = ("council",)
    council = CouncilRefSerializer()
    members = MembershipRefSerializer(many=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the members, in one more statement."""
        members = Membership.objects.select_related("user", "organisation")
        return super().rows(user).prefetch_related(Prefetch("members", members))

    class Meta:
        model = Subcommittee
        fields = ("id", "council", "name", "name_en", "purpose", "members", "created_at")


class MeSerializer(Read):
    """Whoever calls, with the memberships that run today."""

    memberships = MembershipSerializer(many=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """Oneself."""
        current = Membership.objects.current().select_related(*MembershipSerializer.related)
        return User.objects.filter(pk=user.pk).prefetch_related(Prefetch("memberships", current))

    class Meta:
        model = User
        fields = ("id", "email", "name", "language", "is_staff", "memberships")


# --- Sent ------------------------------------------------------------------------------------------------------------


class ProfileChange(Change):
    """One's own name and language."""

    class Meta(Change.Meta):
        model = User
        fields = ("name", "language")


class Invitee(Sent):
    """Whom to invite; an address that has an account is refused."""

    email = serializers.EmailField()
    name = serializers.CharField(max_length=80)
    language = serializers.ChoiceField(User.Language.choices, required=False)


class NewOrganisation(SentModel):
    """An organisation to enter; a smart-factory level needs its source and date."""

    parent = ById(Organisation, required=False, allow_null=True)  # type: ignore[assignment]  # no attribute, a field
    region = BySlug(Region, required=False, allow_null=True)
    industry = BySlug(Industry, required=False, allow_null=True)
    level = BySlug(FactoryLevel, required=False, allow_null=True)
    business_number = serializers.CharField(
        required=False, allow_blank=True, help_text="Ten digits, with or without hyphens."
    )

    class Meta(SentModel.Meta):
        model = Organisation
        fields = (
            "kind",
            "name",
            "name_en",
            "parent",
            "region",
            "size",
            "industry",
            "level",
            "level_source",
            "level_on",
            "business_number",
        )


class NewCouncil(SentModel):
    """A council to set up; rules left out are those of statutory committees."""

    operator = ById(Organisation)

    class Meta(SentModel.Meta):
        model = Council
        fields = (
            "name",
            "name_en",
            "purpose",
            "legal_basis",
            "operator",
            "founded_on",
            "sunset_on",
            "quorum",
            "majority",
            "notice_days",
            "term_years",
            "gender_share_percent",
            "consultation_days",
            "answer_days",
            "objection_days",
            "majority_of",
            "chair_breaks_ties",
            "below_quorum",
            "alternates_vote",
            "challenges_decided_by",
            "speech_minutes",
            "correction_days",
            "action_notice_days",
            "action_escalation_days",
        )


class RulesChange(Change):
    """How the council works; what is left out stays."""

    class Meta(SentModel.Meta):
        model = Council
        fields = RULES


class NewSeat(Sent):
    """A seat to add."""

    sector = serializers.ChoiceField(Sector.choices)
    ex_officio = serializers.BooleanField(required=False)


class Appointment(Sent):
    """Whom to appoint to what; a member needs a seat, the secretary and observers need none."""

    user = ById(User)
    organisation = ById(Organisation)
    role = serializers.ChoiceField(Membership.Role.choices)
    seat = ById(Seat, required=False, allow_null=True)
    starts_on = Day(required=False, help_text="Today when left out.")
    ends_on = Day(required=False, allow_null=True)
    title = serializers.CharField(required=False, allow_blank=True)
    coordinates = serializers.BooleanField(
        required=False, help_text="Whether they give the organisation's official word (총괄 담당)."
    )


class NewAppointment(Appointment):
    """Whom to appoint, with a new account or a new seat where there is none."""

    user = ById(User, required=False, allow_null=True)
    email = serializers.EmailField(required=False, allow_blank=True, help_text="Of a new account.")
    name = serializers.CharField(required=False, allow_blank=True, help_text="Of a new account.")
    sector = serializers.ChoiceField(Sector.choices, required=False, allow_blank=True, help_text="Of a new seat.")


class Coordination(Sent):
    """Whether a member gives their organisation's official word."""

    coordinates = serializers.BooleanField(default=True)


class NewSubcommittee(SentModel):
    """A subcommittee to form."""

    members = serializers.ListField(child=ById(Membership), required=False, help_text="Ids of memberships.")

    class Meta(SentModel.Meta):
        model = Subcommittee
        fields = ("name", "name_en", "purpose", "members")
