"""When and about what: meetings, the agenda tree with its papers, and who comes."""

from django.db import models
from django.db.models import Exists, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource, Visibility
from council.documents.models import Attachment, Version, seats_of
from council.people.models import Council, Membership, Subcommittee, User


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings by time and by who may see them."""

    def visible_to(self, user: User) -> "MeetingQuerySet":
        """Those of one's councils that have been convened; planned ones only for those who run the council."""
        return self.filter(Exists(seats_of(user).officers()) | (Exists(seats_of(user)) & Q(convened_at__isnull=False)))

    def upcoming(self) -> "MeetingQuerySet":
        """Convened and not over yet, soonest first."""
        return self.filter(state=Meeting.State.CONVENED, ends_at__gte=clock.now()).order_by("starts_at")


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
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:meeting", args=[self.pk])

    def entitled(self) -> models.QuerySet[Membership]:
        """Who is invited: the subcommittee's members, or everyone who sits on the council."""
        of_council = Membership.objects.current().filter(council=self.council_id)
        return of_council.filter(subcommittees=self.subcommittee_id) if self.subcommittee_id else of_council


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    """Agenda items by who may see them."""

    def visible_to(self, user: User) -> "AgendaItemQuerySet":
        """Those of the meetings one may see; what is for officers only for them alone."""
        return self.filter(
            Exists(seats_of(user).officers()) | Q(visibility=Visibility.COUNCIL),
            meeting__in=Meeting.objects.visible_to(user),
        )


class AgendaItem(Resource):
    """안건: something the meeting takes up, numbered, possibly with items below it."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        DISCUSSION = "discussion", _("Discussion")
        DELIBERATION = "deliberation", _("Deliberation")
        DECISION = "decision", _("Decision")

    class State(models.TextChoices):
        PLANNED = "planned", _("To come")
        DONE = "done", _("Dealt with")
        POSTPONED = "postponed", _("Postponed")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items", verbose_name=_("meeting"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    position = models.PositiveSmallIntegerField(_("place"))
    number = models.CharField(_("number"), max_length=12, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.DISCUSSION)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    visibility = models.CharField(
        _("who may see it"), max_length=10, choices=Visibility.choices, default=Visibility.COUNCIL
    )
    title = models.CharField(_("title"), max_length=200)
    note = models.TextField(_("explanation"), blank=True)
    presenter = models.CharField(_("presented by"), max_length=120, blank=True)
    minutes_planned = models.PositiveSmallIntegerField(_("time planned, minutes"), default=10)
    minutes = models.TextField(_("what was said"), blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["meeting", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"],
                name="one_agenda_item_per_place",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def get_absolute_url(self) -> str:
        """Its place in the meeting's page."""
        return f"{reverse('web:meeting', args=[self.meeting_id])}#item-{self.pk}"


class PaperQuerySet(models.QuerySet["Paper"]):
    """Papers by who may see them."""

    def visible_to(self, user: User) -> "PaperQuerySet":
        """Those of the items one may see, as far as one may see what they hold."""
        return self.filter(
            Q(attachment__in=Attachment.objects.visible_to(user)) | Q(version__in=Version.objects.visible_to(user)),
            item__in=AgendaItem.objects.visible_to(user),
        )


class Paper(models.Model):
    """회의 자료: what lies on the table for an item, a file or a version of a document."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="papers", verbose_name=_("agenda item"))
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("file")
    )
    version = models.ForeignKey(
        Version, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("version")
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(attachment__isnull=False, version=None) | Q(attachment=None, version__isnull=False),
                name="a_paper_is_a_file_or_a_version",
                violation_error_message=_("A paper is either a file or a version of a document."),
            ),
            models.UniqueConstraint(fields=["item", "attachment"], name="file_once_per_item"),
            models.UniqueConstraint(fields=["item", "version"], name="version_once_per_item"),
        ]

    def __str__(self) -> str:
        return str(self.attachment or self.version)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by who may see them."""

    def visible_to(self, user: User) -> "InvitationQuerySet":
        """Those to the meetings one may see: members know who comes."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))

    def unanswered(self) -> "InvitationQuerySet":
        """To meetings that are still to come, without an answer."""
        return self.filter(
            answer=Invitation.Answer.NONE, meeting__state=Meeting.State.CONVENED, meeting__starts_at__gte=clock.now()
        )


class Invitation(Resource):
    """A membership's invitation to a meeting and the answer to it (참석 여부)."""

    class Answer(models.TextChoices):
        NONE = "none", _("No answer yet")
        ATTENDING = "attending", _("Attending")
        ONLINE = "online", _("Attending online")
        DECLINED = "declined", _("Not attending")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitations", verbose_name=_("meeting"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="invitations", verbose_name=_("membership"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, default=Answer.NONE)
    note = models.CharField(_("note"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["membership__seat__number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "membership"], name="one_invitation_per_meeting_and_member")
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.membership}"

    def get_absolute_url(self) -> str:
        """The meeting it invites to."""
        return reverse("web:meeting", args=[self.meeting_id])
