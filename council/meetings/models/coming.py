"""Coming: invitations, alternates, recusals, and who was there."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.documents.models import Attachment
from council.meetings.models.agenda import AgendaItem
from council.meetings.models.meetings import Meeting
from council.people.models import Council, Membership, User, sits


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by who may see them."""

    def visible_to(self, user: User) -> "InvitationQuerySet":
        """Those to the meetings one may see: members know who comes; of closed ones those entitled."""
        visible, entitled = Meeting.objects.visible_to(user), Meeting.objects.entitled_to(user)
        return self.filter(Q(meeting__closed=False) | Q(meeting__in=entitled), meeting__in=visible)

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
        WAITING = "waiting", _("On the waiting list")
        DECLINED = "declined", _("Not attending")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitations", verbose_name=_("meeting"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="invitations", verbose_name=_("membership"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, default=Answer.NONE)
    note = models.CharField(_("note"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    interests_declared_at = models.DateTimeField(_("interests declared"), null=True, blank=True, editable=False)

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

    @property
    def votes(self) -> bool:
        """Whether it is for a seat, which counts toward the quorum and votes."""
        return self.membership.role in Membership.SEATED


class AlternateQuerySet(models.QuerySet["Alternate"]):
    """Alternates by who may see them."""

    def visible_to(self, user: User) -> "AlternateQuerySet":
        """Those of the invitations one may see."""
        return self.filter(invitation__in=Invitation.objects.visible_to(user))


class Alternate(Resource):
    """대리참석: who comes to one meeting in place of a member, with which mandate (위임)."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    invitation = models.OneToOneField(
        Invitation, models.CASCADE, related_name="alternate", verbose_name=_("in place of")
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="mandates", verbose_name=_("alternate"))
    title = models.CharField(_("position"), max_length=60, blank=True)
    mandate = models.TextField(_("mandate"), help_text=_("What the alternate may say and vote, e.g. everything."))
    letter = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("letter of mandate")
    )
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("named by"))

    objects = AlternateQuerySet.as_manager()

    class Meta:
        verbose_name = _("alternate")
        verbose_name_plural = _("alternates")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.user} ({self.invitation.membership})"

    def get_absolute_url(self) -> str:
        """The meeting it is for."""
        return reverse("web:meeting", args=[self.invitation.meeting_id])


class RecusalQuerySet(models.QuerySet["Recusal"]):
    """Recusals by who may see them and by what they do."""

    def visible_to(self, user: User) -> "RecusalQuerySet":
        """One's own and those one asked for; all to who runs the council; granted ones to those to whom the item is open."""
        own = Q(membership__user=user.pk) | Q(raised_by=user.pk)
        for_another = Q(invitation__in=Alternate.objects.filter(user=user.pk).values("invitation"))
        granted = Q(state=Recusal.State.GRANTED, item__in=AgendaItem.objects.open_to(user))
        return self.filter(sits(user, officer=True) | (own & sits(user)) | for_another | granted)

    def granted(self) -> "RecusalQuerySet":
        """Those in force."""
        return self.filter(state=Recusal.State.GRANTED)


class Recusal(Resource):
    """제척·기피·회피: a member keeps out of one item, with the reason.

    Exclusion (제척) holds once a ground is established and abstention (회피) once it is declared; a challenge (기피) is
    decided as the council's rules say, by vote without the challenged member or by the chair (the grounds follow the
    statutory example, 국가바이오혁신위원회 규정 7).
    """

    class Kind(models.TextChoices):
        EXCLUSION = "exclusion", _("Exclusion")
        CHALLENGE = "challenge", _("Challenge")
        ABSTENTION = "abstention", _("Abstention")

    class Ground(models.TextChoices):
        PARTY = "party", _("Party to the matter, or married to one")
        RELATIVE = "relative", _("Relative of a party")
        SERVICE = "service", _("Gave service, advice, research or appraisal on it")
        AGENT = "agent", _("Is or was an agent of a party")
        OTHER = "other", _("Another reason to doubt fairness")

    class State(models.TextChoices):
        RAISED = "raised", _("To be decided")
        GRANTED = "granted", _("In force")
        DENIED = "denied", _("Denied")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    STANDING = (State.RAISED, State.GRANTED)

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="recusals", verbose_name=_("agenda item"))
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="recusals", verbose_name=_("member"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="recusals")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    ground = models.CharField(_("ground"), max_length=10, choices=Ground.choices)
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RAISED)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("raised by"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision = models.TextField(_("how it was decided"), blank=True)

    objects = RecusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "membership"],
                condition=Q(state__in=["raised", "granted"]),
                name="a_member_is_recused_once_per_item",
                violation_error_message=_("This member's recusal from the item is raised already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.item}"

    def get_absolute_url(self) -> str:
        """Where the recusals of a meeting stand."""
        return reverse("web:recusals", args=[self.item.meeting_id])


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Attendance by who may see it."""

    def visible_to(self, user: User) -> "AttendanceQuerySet":
        """That of the meetings one may see, of closed ones by those entitled."""
        visible, entitled = Meeting.objects.visible_to(user), Meeting.objects.entitled_to(user)
        return self.filter(Q(meeting__closed=False) | Q(meeting__in=entitled), meeting__in=visible)

    def here(self) -> "AttendanceQuerySet":
        """Who is there now."""
        return self.filter(present=True)

    def for_seats(self) -> "AttendanceQuerySet":
        """Those that count toward the quorum."""
        return self.filter(invitation__membership__role__in=Membership.SEATED)


class Attendance(Resource):
    """출석: who was at a meeting: a member or the alternate for the seat, an observer, or a guest (배석) without a seat."""

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", _("In the room")
        ONLINE = "online", _("By video")

    class How(models.TextChoices):
        CODE = "code", _("Code at the door")
        SELF = "self", _("Checked in")
        SECRETARY = "secretary", _("Noted by the secretary")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance", verbose_name=_("meeting"))
    invitation = models.OneToOneField(
        Invitation, models.PROTECT, null=True, blank=True, related_name="attendance", verbose_name=_("invitation")
    )
    alternate = models.ForeignKey(
        Alternate, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("alternate")
    )
    name = models.CharField(_("name"), max_length=80)
    organisation_name = models.CharField(_("organisation"), max_length=120, blank=True)
    title = models.CharField(_("position"), max_length=60, blank=True)
    present = models.BooleanField(_("present"), default=True)
    mode = models.CharField(_("how they take part"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    how = models.CharField(_("how it is known"), max_length=10, choices=How.choices, default=How.SECRETARY)
    arrived_at = models.DateTimeField(_("arrived"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["invitation__membership__seat__number", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where the meeting's attendance stands."""
        return reverse("web:attendance", args=[self.meeting_id])
