"""Meetings: of which kind, when, where, for whom, and how far they have come."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.people.models import Council, Membership, MembershipQuerySet, Subcommittee, User, sits
from council.people.models.councils import PartQuerySet


def places_of(user: User) -> models.QuerySet[Any, Any]:
    """The meetings to which someone is invited as a member whose term runs, or was in a term that was renewed."""
    seats = Membership.objects.speaking().filter(sits(user, speaking=True), user=user.pk, invitations__isnull=False)
    return seats.values("invitations__meeting")


def mandates_of(user: User) -> models.QuerySet[Any, Any]:
    """The meetings to which someone comes in place of a member (대리참석)."""
    return User.objects.filter(pk=user.pk, mandates__isnull=False).values("mandates__invitation__meeting")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings by time and by who may see them."""

    def visible_to(self, user: User) -> "MeetingQuerySet":
        """Those of one's councils that are convened or ask for proposals, and those one comes to as an alternate.

        Those in preparation are for who runs the council. That a closed meeting takes place is no secret; what it is
        about is (:meth:`entitled_to`).
        """
        announced = Q(convened_at__isnull=False) | Q(proposals_until__isnull=False)
        return self.filter(
            sits(user, officer=True) | (sits(user) & announced) | Q(pk__in=mandates_of(user), convened_at__isnull=False)
        )

    def entitled_to(self, user: User) -> "MeetingQuerySet":
        """Those whose closed part is for someone: who runs the council, was invited as a member, or is an alternate."""
        return self.filter(sits(user, officer=True) | Q(pk__in=places_of(user)) | Q(pk__in=mandates_of(user)))

    def public(self) -> "MeetingQuerySet":
        """Those everybody may know of: convened ones of councils open to the public, unless they are closed."""
        return self.filter(council__open_to_public=True, convened_at__isnull=False, closed=False)

    def upcoming(self) -> "MeetingQuerySet":
        """Convened and not over yet, soonest first; what is in session first of all."""
        return self.filter(
            Q(state=Meeting.State.RUNNING) | Q(state=Meeting.State.CONVENED, ends_at__gte=clock.now())
        ).order_by("starts_at")


class Meeting(Resource):
    """회의: plenary, subcommittee, hearing (간담회) or written review (서면심의)."""

    class Kind(models.TextChoices):
        PLENARY = "plenary", _("Plenary")
        SUBCOMMITTEE = "subcommittee", _("Subcommittee")
        HEARING = "hearing", _("Hearing")
        WRITTEN = "written", _("Written review")

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        ONLINE = "online", _("Online")
        HYBRID = "hybrid", _("In person and online")

    class State(models.TextChoices):
        PLANNED = "planned", _("In preparation")
        CONVENED = "convened", _("Convened")
        RUNNING = "running", _("In session")
        CLOSED = "closed", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    council = models.ForeignKey(Council, models.PROTECT, related_name="meetings", verbose_name=_("council"))
    subcommittee = models.ForeignKey(
        Subcommittee, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("subcommittee")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PLENARY)
    mode = models.CharField(_("how it is held"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    online_url = models.URLField(_("address to join online"), blank=True)
    closed = models.BooleanField(
        _("closed meeting"), default=False, help_text=_("Agenda, papers and minutes are for those invited alone.")
    )
    capacity = models.PositiveSmallIntegerField(
        _("places in the room"),
        null=True,
        blank=True,
        help_text=_("Who comes when all are taken goes on a waiting list."),
    )
    proposals_until = models.DateTimeField(
        _("agenda items may be proposed until"),
        null=True,
        blank=True,
        help_text=_("Members see the meeting from then on."),
    )
    series = models.ForeignKey(
        "meetings.Series", models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("series")
    )
    sequence = models.PositiveIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    current_item = models.ForeignKey(
        "meetings.AgendaItem", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    convened_at = models.DateTimeField(_("convened"), null=True, blank=True)
    urgent_reason = models.TextField(_("reason for the short notice"), blank=True)
    cancelled_reason = models.TextField(_("reason for the cancellation"), blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["council", "-starts_at"], name="meeting_council_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")),
                name="meeting_ends_after_it_begins",
                violation_error_message=_("A meeting ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(kind="subcommittee", subcommittee__isnull=False)
                | (~Q(kind="subcommittee") & Q(subcommittee=None)),
                name="subcommittee_meetings_name_theirs",
                violation_error_message=_("A subcommittee meeting names its subcommittee, other meetings none."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "cancelled"]) | Q(convened_at__isnull=False),
                name="a_held_meeting_was_convened",
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gt=0),
                name="a_room_has_a_place",
                violation_error_message=_("A room has at least one place."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:meeting", args=[self.pk])

    def entitled(self) -> MembershipQuerySet:
        """Who is invited: the subcommittee's members, or everyone who sits on the council; no system comes."""
        of_council = Membership.objects.current().filter(council=self.council_id, user__is_system=False)
        return of_council.filter(subcommittees=self.subcommittee_id) if self.subcommittee_id else of_council

    def uninvited(self) -> models.QuerySet[Membership]:
        """Who is entitled and has no invitation, because they were appointed after the meeting was convened."""
        return self.entitled().exclude(invitations__meeting=self.pk)

    def seated(self) -> models.QuerySet[Membership]:
        """Whose seats count toward the quorum: those entitled who hold one."""
        return self.entitled().filter(role__in=Membership.SEATED)


class Series(Resource):
    """정례회의: meetings planned together because they come back, e.g. every third month."""

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        FORTNIGHTLY = "fortnightly", _("Every two weeks")
        MONTHLY = "monthly", _("Every month")
        QUARTERLY = "quarterly", _("Every three months")

    council = models.ForeignKey(Council, models.PROTECT, related_name="series", verbose_name=_("council"))
    name = models.CharField(_("name"), max_length=120)
    rhythm = models.CharField(_("how often"), max_length=12, choices=Rhythm.choices, default=Rhythm.MONTHLY)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TemplateQuerySet(models.QuerySet["MeetingTemplate"]):
    """Meeting templates by who may see them."""

    def visible_to(self, user: User) -> "TemplateQuerySet":
        """Those of the councils one runs."""
        return self.filter(sits(user, officer=True))


class MeetingTemplate(Resource):
    """What meetings of one sort have in common: how they are held, and the items that come back every time.

    ``details`` holds fields of :class:`Meeting` and its length in ``minutes``, ``lines`` the items in order, each with
    the fields of an agenda item and ``depth``, the number of items above it.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="meeting_templates", verbose_name=_("council"))
    name = models.CharField(_("name"), max_length=120)
    details = models.JSONField(default=dict)
    lines = models.JSONField(default=list)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting template")
        verbose_name_plural = _("meeting templates")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "name"],
                name="meeting_template_once_per_council",
                violation_error_message=_("This council has a template of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
