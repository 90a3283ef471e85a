"""Councils with their rules, seats by sector, and who holds them for how long."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, Func, OuterRef, Q
from django.db.models.sql.compiler import SQLCompiler
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource, Sector
from council.people.models.accounts import User
from council.people.models.organisations import Named, Organisation

if TYPE_CHECKING:
    from uuid import UUID


class Share(models.TextChoices):
    """How many of a whole are enough."""

    MAJORITY = "majority", _("more than half")
    HALF = "half", _("at least half")
    TWO_THIRDS = "two_thirds", _("at least two thirds")

    def needed(self, total: int) -> int:
        """The smallest number out of ``total`` that is enough."""
        if self is Share.MAJORITY:
            return total // 2 + 1
        part = Fraction(1, 2) if self is Share.HALF else Fraction(2, 3)
        return -(-total * part.numerator // part.denominator)


class BelowQuorum(models.TextChoices):
    """What stops while too few are present."""

    BALLOTS = "ballots", _("no ballot")
    AGENDA = "agenda", _("no ballot, and no further item")
    NOTHING = "nothing", _("nothing stops")


class MajorityOf(models.TextChoices):
    """Of whom a majority is needed; a written meeting counts the forms returned."""

    PRESENT = "present", _("those present")
    CAST = "cast", _("votes for and against")
    SEATS = "seats", _("all seats")


class ChallengesBy(models.TextChoices):
    """Who decides when a member is challenged (기피)."""

    BALLOT = "ballot", _("a vote without the member")
    CHAIR = "chair", _("the chair")


class CouncilQuerySet(models.QuerySet["Council"]):
    """Councils by who may know of them."""

    def visible_to(self, user: User) -> "CouncilQuerySet":
        """The councils one sits on today; all of them for the operators of the site, who set them up.

        An operator learns who sits on a council, and nothing of what is said there.
        """
        if user.is_staff:
            return self.all()
        return self.filter(sits(user, council="pk"))

    def public(self) -> "CouncilQuerySet":
        """Those of which everybody, without an account, may read what the ``public`` querysets of other models give."""
        return self.filter(open_to_public=True)


class Council(Resource, Named):
    """협의체. Its rules are data; the defaults are those of statutory committees.

    Defaults from the committees Act (행정기관 소속 위원회의 설치·운영에 관한 법률): notice of 7 days (9 (1), Decree 5 (1)),
    terms of at most 3 years (8 (2), Decree 4 (2)), sunset within 5 years (11, Decree 7); 60 % of one gender at most
    (양성평등기본법 21 (2)).
    """

    purpose = models.TextField(_("purpose"), blank=True)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    operator = models.ForeignKey(
        Organisation, models.PROTECT, related_name="operated_councils", verbose_name=_("run by")
    )
    founded_on = models.DateField(_("founded on"), default=clock.today)
    sunset_on = models.DateField(_("ends on"), null=True, blank=True)
    quorum = models.CharField(_("quorum"), max_length=12, choices=Share.choices, default=Share.MAJORITY)
    majority = models.CharField(_("majority"), max_length=12, choices=Share.choices, default=Share.MAJORITY)
    notice_days = models.PositiveSmallIntegerField(_("notice period in days"), default=7)
    term_years = models.PositiveSmallIntegerField(_("longest term in years"), default=3)
    gender_share_percent = models.PositiveSmallIntegerField(_("one gender at most, percent"), default=60)
    consultation_days = models.PositiveSmallIntegerField(_("shortest consultation in days"), default=7)
    answer_days = models.PositiveSmallIntegerField(_("days to answer an opinion"), default=14)
    objection_days = models.PositiveSmallIntegerField(_("days to reply to an answer"), default=7)
    below_quorum = models.CharField(
        _("without a quorum"), max_length=10, choices=BelowQuorum.choices, default=BelowQuorum.BALLOTS
    )
    majority_of = models.CharField(
        _("majority of"), max_length=8, choices=MajorityOf.choices, default=MajorityOf.PRESENT
    )
    chair_breaks_ties = models.BooleanField(_("the chair decides when votes are equal"), default=False)
    alternates_vote = models.BooleanField(_("alternates vote for the seat"), default=True)
    challenges_decided_by = models.CharField(
        _("challenges are decided by"), max_length=8, choices=ChallengesBy.choices, default=ChallengesBy.BALLOT
    )
    speech_minutes = models.PositiveSmallIntegerField(_("time to speak, minutes"), default=3)
    correction_days = models.PositiveSmallIntegerField(_("days to correct minutes"), default=7)
    action_notice_days = models.PositiveSmallIntegerField(_("remind of actions, days before"), default=3)
    action_escalation_days = models.PositiveSmallIntegerField(_("escalate actions, days after"), default=7)
    open_to_public = models.BooleanField(
        _("open to the public"),
        default=False,
        help_text=_("Everybody may read its open meetings, agendas and decisions, without names of people."),
    )

    objects = CouncilQuerySet.as_manager()

    class Meta:
        verbose_name = _("council")
        verbose_name_plural = _("councils")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gender_share_percent__gte=50, gender_share_percent__lte=100),
                name="gender_share_is_a_possible_share",
            ),
            models.CheckConstraint(
                condition=Q(sunset_on=None) | Q(sunset_on__gt=models.F("founded_on")),
                name="council_ends_after_it_begins",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:council", args=[self.pk])

    @property
    def council_id(self) -> "UUID":
        """A council belongs to itself, like every row below it."""
        return self.pk


class PartQuerySet(models.QuerySet[models.Model]):
    """What belongs to a council and is known to everyone who sits on it."""

    def visible_to(self, user: User) -> "PartQuerySet":
        """Those of the councils one sits on today."""
        return self.filter(council__in=Council.objects.visible_to(user))


class Subcommittee(Resource, Named):
    """분과."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="subcommittees", verbose_name=_("council"))
    purpose = models.TextField(_("purpose"), blank=True)
    members = models.ManyToManyField("people.Membership", related_name="subcommittees", blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("subcommittee")
        verbose_name_plural = _("subcommittees")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["council", "name"], name="subcommittee_name_once_per_council")]


class Seat(Resource):
    """위원석: a place at the table that stays when its holder changes."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="seats", verbose_name=_("council"))
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices)
    number = models.PositiveSmallIntegerField(_("number"))
    ex_officio = models.BooleanField(_("ex officio"), default=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["council", "number"], name="seat_number_once_per_council")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_sector_display()}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by time and by who may see them."""

    def current(self) -> "MembershipQuerySet":
        """Those whose term covers today in Seoul, not dismissed, of people who may log in."""
        today = clock.today()
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=today),
            starts_on__lte=today,
            dismissed_on=None,
            user__is_active=True,
        )

    def officers(self) -> "MembershipQuerySet":
        """Those who run the council: chair, vice-chair, secretary."""
        return self.filter(role__in=Membership.OFFICERS)

    def speaking(self) -> "MembershipQuerySet":
        """Those that may speak: observers and systems may not."""
        return self.exclude(role=Membership.Role.OBSERVER).filter(user__is_system=False)

    def visible_to(self, user: User) -> "MembershipQuerySet":
        """Those of the councils one may see."""
        return self.filter(council__in=Council.objects.visible_to(user))


class Membership(Resource):
    """위촉: a person in a council, for an organisation and a sector, in a role, for a term.

    Members hold a seat; the secretary and observers need none.
    """

    class Role(models.TextChoices):
        CHAIR = "chair", _("Chair")
        VICE_CHAIR = "vice_chair", _("Vice-chair")
        SECRETARY = "secretary", _("Secretary")
        MEMBER = "member", _("Member")
        OBSERVER = "observer", _("Observer")

    OFFICERS = (Role.CHAIR, Role.VICE_CHAIR, Role.SECRETARY)
    SEATED = (Role.CHAIR, Role.VICE_CHAIR, Role.MEMBER)
    SEATLESS = (Role.SECRETARY, Role.OBSERVER)

    council = models.ForeignKey(Council, models.PROTECT, related_name="memberships", verbose_name=_("council"))
    seat = models.ForeignKey(
        Seat, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("seat")
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.MEMBER)
    title = models.CharField(_("position"), max_length=60, blank=True)
    coordinates = models.BooleanField(
        _("coordinator"), default=False, help_text=_("Gives the organisation's official opinions and replies.")
    )
    starts_on = models.DateField(_("term begins"))
    ends_on = models.DateField(_("term ends"), null=True, blank=True)
    dismissed_on = models.DateField(_("dismissed on"), null=True, blank=True)
    dismissal_reason = models.TextField(_("reason for dismissal"), blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["seat__number", "id"]
        indexes = [models.Index(fields=["user", "council"], name="membership_user_council")]
        constraints = [
            models.CheckConstraint(
                condition=Q(seat__isnull=False) | Q(role__in=["secretary", "observer"]),
                name="members_hold_a_seat",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="term_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(dismissed_on=None) | Q(dismissal_reason__regex=r"\S"), name="a_dismissal_has_a_reason"
            ),
            models.UniqueConstraint(
                fields=["council", "user", "organisation", "starts_on"], name="one_term_at_a_time_per_person_and_body"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.organisation})"

    def get_absolute_url(self) -> str:
        """Where the council's members stand."""
        return reverse("web:members", args=[self.council_id])

    @property
    def speaks_officially(self) -> bool:
        """Whether it gives the organisation's word: as its coordinator (총괄 담당), or where it has none."""
        if self.coordinates:
            return True
        beside = Membership.objects.current().speaking().filter(council=self.council_id)
        return not beside.filter(organisation=self.organisation_id, coordinates=True).exists()

    def covers(self, day: dt.date) -> bool:
        """Whether the term runs on a day."""
        return (
            self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
            and (self.dismissed_on is None or day < self.dismissed_on)
        )


def seats_today(user: User) -> list[Membership]:
    """Someone's current memberships with council and organisation.

    A request that only shows something reads them first and keeps them as ``User.known_memberships``.
    """
    current = Membership.objects.current().filter(user=user.pk)
    return list(current.select_related("council", "organisation").order_by("council__name", "pk"))


@contextmanager
def knowing_seats(user: User) -> Iterator[None]:
    """Keep someone's seats in mind for as long as something is only shown to them."""
    before = user.known_memberships
    user.known_memberships = seats_today(user) if before is None else before
    try:
        yield
    finally:
        user.known_memberships = before


def sits(
    user: User,
    *,
    council: str = "council",
    organisation: str = "",
    owner: str = "",
    kind: str = "",
    officer: bool = False,
    speaking: bool = False,
) -> Q:
    """The rows in whose council someone has a seat today: what every rule of who may see what begins with.

    Where someone's memberships are known the condition holds their keys, which are cheaper to put together and to plan
    for than questions; elsewhere it asks the database. Both say the same (tests/test_visibility.py).

    Args:
        council: the row's column of its council.
        organisation: the row's column of the organisation the seat has to be for.
        owner: the row's column of the organisation the seat has to be for, or for one of its offices.
        kind: of which kind the organisation has to be that it is for.
        officer: whether it has to be the seat of one who runs the council.
        speaking: whether it has to be one that may speak.
    """
    if user.known_memberships is None:
        seats = Membership.objects.current().filter(user=user.pk, council=OuterRef(council))
        seats = seats.officers() if officer else seats
        seats = seats.speaking() if speaking else seats
        seats = seats.filter(organisation__kind=kind) if kind else seats
        seats = seats.filter(organisation=OuterRef(organisation)) if organisation else seats
        body = OuterRef(owner)
        return Q(Exists(seats.filter(Q(organisation=body) | Q(organisation__parent=body)) if owner else seats))
    known = [
        each
        for each in user.known_memberships
        if (each.role in Membership.OFFICERS or not officer)
        and ((each.role != Membership.Role.OBSERVER and not user.is_system) or not speaking)
        and (each.organisation.kind == kind or not kind)
    ]
    if owner:
        bodies = [(each.organisation.parent_id, each) for each in known if each.organisation.parent_id]
        return _seats_for(owner, council, [*bodies, *((each.organisation_id, each) for each in known)])
    if organisation:
        return _seats_for(organisation, council, [(each.organisation_id, each) for each in known])
    return Q(**{f"{council}__in": sorted({each.council_id for each in known})})


def _seats_for(body: str, council: str, seats: "Iterable[tuple[UUID, Membership]]") -> Q:
    """The rows of one of these bodies in one of the councils where there is a seat for it."""
    pairs = sorted({(key, membership.council_id) for key, membership in seats})
    return Q(Seated(body, council, pairs=pairs)) if pairs else Q(pk__in=[])


class Seated(Func):
    """Whether a row's body and council are one of some pairs."""

    output_field = models.BooleanField()

    def as_sql(self, compiler: SQLCompiler, connection: Any, *_: Any, **_context: Any) -> tuple[str, list[Any]]:
        """The pairs in a list, which PostgreSQL takes like conditions on two columns each."""
        columns = [compiler.compile(each)[0] for each in self.get_source_expressions()]
        pairs = self.extra["pairs"]
        listed = ", ".join(["(%s, %s)"] * len(pairs))
        return f"(({', '.join(columns)}) IN ({listed}))", [key for pair in pairs for key in pair]
