"""People, organisations, councils, seats and memberships."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from council.api.filters import (
    MembershipFilters,
    OrganisationFilters,
    RegionFilters,
    SeatFilters,
    SubcommitteeFilters,
)
from council.api.serializers import people as shapes
from council.api.serializers.base import Reason
from council.api.views.base import Noun, Readable, verb
from council.api.views.bulk import bulk
from council.people import actions
from council.people.models import Council, Membership, Organisation, Seat, Subcommittee, User
from council.people.scopes import Area


class Me(Noun):
    """Whoever calls, with the memberships that run today."""

    area = Area.ACCOUNT
    reads = shapes.MeSerializer

    def get_object(self) -> User:
        """Oneself."""
        return self.user

    def retrieve(self, request: Request) -> Response:
        """Whoever calls, with the memberships that run today."""
        return self.answer(self.user)

    @verb(shapes.ProfileChange)
    def partial_update(self, me: User, **sent: Any) -> User:
        """Change your name or language."""
        return actions.change_profile(me, **sent)


class Users(Noun):
    """People with an account."""

    area = Area.COUNCILS
    reads = shapes.PersonSerializer

    @verb(shapes.Invitee)
    def create(self, **sent: Any) -> User:
        """Make an account for someone; a link to set a password comes by mail."""
        return actions.invite_user(by=self.user, **sent)

    bulk_create = bulk(create)


class Reference(Readable):
    """Reference data, the same for everyone."""

    area = Area.REFERENCE
    lookup_value_converter = "slug"

    @property
    def order(self) -> str:
        """By slug or code."""
        return "pk"


class Regions(Reference):
    """Regions (시·도) as they stand or stood, with the three numberings in use."""

    reads = shapes.RegionSerializer
    filterset_class = RegionFilters


class Industries(Reference):
    """Divisions of the Korean standard industrial classification (KSIC)."""

    reads = shapes.IndustrySerializer


class FactoryLevels(Reference):
    """Steps of the smart-factory schemes."""

    reads = shapes.FactoryLevelSerializer


class Organisations(Readable):
    """Bodies that sit on councils, or may."""

    area = Area.COUNCILS
    reads = shapes.OrganisationSerializer
    filterset_class = OrganisationFilters

    @verb(shapes.NewOrganisation)
    def create(self, **sent: Any) -> Organisation:
        """Enter an organisation."""
        return actions.register_organisation(by=self.user, **sent)

    bulk_create = bulk(create)


class Councils(Readable):
    """The councils you sit on."""

    area = Area.COUNCILS
    reads = shapes.CouncilSerializer

    @verb(shapes.NewCouncil)
    def create(self, **sent: Any) -> Council:
        """Set up a council with its legal basis and rules."""
        return actions.establish_council(by=self.user, **sent)

    @verb(shapes.RulesChange)
    def partial_update(self, council: Council, **sent: Any) -> Council:
        """Change how the council works: quorum, majority, notice and the other rules."""
        return actions.revise_rules(council, by=self.user, **sent)

    @verb(shapes.NewSeat, gives=shapes.SeatSerializer, status=201)
    def seats(self, council: Council, **sent: Any) -> Seat:
        """Put another seat at the table."""
        return actions.create_seat(council, by=self.user, **sent)

    bulk_seats = bulk(seats, of_one=True)

    @verb(shapes.Appointment, gives=shapes.MembershipSerializer, status=201)
    def appoint(self, council: Council, **sent: Any) -> Membership:
        """Appoint someone (위촉) to a seat, or as secretary or observer without one."""
        return actions.appoint(council, by=self.user, **sent)

    bulk_appoint = bulk(appoint, of_one=True)

    @verb(shapes.NewAppointment, gives=shapes.MembershipSerializer, status=201)
    def appoint_new(self, council: Council, **sent: Any) -> Membership:
        """Appoint someone with a new account, a new seat, or both, where there is none: all of it, or nothing."""
        return actions.appoint_new(council, by=self.user, **sent)

    bulk_appoint_new = bulk(appoint_new, of_one=True)

    @verb(shapes.NewSubcommittee, gives=shapes.SubcommitteeSerializer, status=201)
    def subcommittees(self, council: Council, **sent: Any) -> Subcommittee:
        """Form a subcommittee (분과) of members of the council."""
        return actions.form_subcommittee(council, by=self.user, **sent)


class Seats(Readable):
    """Seats at the tables of your councils."""

    area = Area.COUNCILS
    reads = shapes.SeatSerializer
    filterset_class = SeatFilters


class Subcommittees(Readable):
    """Subcommittees (분과) of your councils, with their members."""

    area = Area.COUNCILS
    reads = shapes.SubcommitteeSerializer
    filterset_class = SubcommitteeFilters


class Memberships(Readable):
    """Who sits, or sat, on your councils, for whom and how long."""

    area = Area.COUNCILS
    reads = shapes.MembershipSerializer
    filterset_class = MembershipFilters

    @verb(Reason)
    def dismiss(self, membership: Membership, reason: str) -> Membership:
        """End a membership before its term (해촉), with a reason."""
        return actions.dismiss(membership, reason=reason, by=self.user)

    bulk_dismiss = bulk(dismiss)

    @verb(shapes.Coordination)
    def name_coordinator(self, membership: Membership, *, coordinates: bool) -> Membership:
        """Say that a member gives their organisation's official word (총괄 담당), or no longer does."""
        return actions.name_coordinator(membership, coordinates=coordinates, by=self.user)
