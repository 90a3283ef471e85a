"""Minutes: drafted from what happened, corrected by those who were there, approved, locked, and amended by annex alone."""

from typing import TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.decisions.models.ballots import Voter
from council.meetings.models import AgendaItem, Attendance, Invitation, Meeting
from council.meetings.models.coming import InvitationQuerySet
from council.people.models import Council, User, sits


def attendees(meeting: Meeting) -> InvitationQuerySet:
    """The invitations of those who were there, themselves or by an alternate; in writing, who returned a form."""
    returned = Voter.objects.filter(has_voted=True, ballot__meeting=meeting, ballot__meeting__kind=Meeting.Kind.WRITTEN)
    there = Q(attendance__isnull=False) | Q(pk__in=returned.values("invitation"))
    return meeting.invitations.filter(there).distinct()


def of_own(user: User) -> Q:
    """Invitations that someone follows, as the member or as the alternate."""
    return Q(membership__user=user.pk) | Q(attendance__alternate__user=user.pk)


def was_there(user: User) -> Q:
    """Rows of a meeting at which someone was, as a member or as an alternate, or to which they returned a form."""
    own = Q(invitation__membership__user=user.pk) | Q(alternate__user=user.pk)
    attendance = Attendance.objects.filter(own, meeting=OuterRef("meeting"))
    written = Q(ballot__meeting__kind=Meeting.Kind.WRITTEN, ballot__meeting=OuterRef("meeting"))
    returned = Voter.objects.filter(written, user=user.pk, has_voted=True)
    return Q(Exists(attendance)) | Q(Exists(returned))


class MinutesQuerySet(models.QuerySet["Minutes"]):
    """Minutes by who may see them."""

    def visible_to(self, user: User) -> "MinutesQuerySet":
        """Drafts to who runs the council, circulated ones to those who attended too, approved ones to all entitled."""
        visible, entitled = Meeting.objects.visible_to(user), Meeting.objects.entitled_to(user)
        circulated = Q(circulated_at__isnull=False) & was_there(user)
        approved = Q(approved_at__isnull=False) & (Q(meeting__closed=False) | Q(meeting__in=entitled))
        return self.filter(sits(user, officer=True) | circulated | approved, meeting__in=visible)


class Minutes(Resource):
    """회의록, of one meeting.

    Name, host, date and place, attendees and observers, order, agenda, gist of statements, decisions and votes
    (공공기록물법 시행령 18 (2)). Once approved it is locked: later corrections are annexes. ``head`` is what stands above
    the sections, kept as it was on approval; until then it is read from the meeting. ``digest`` is over both.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CIRCULATED = "circulated", _("Circulated")
        APPROVED = "approved", _("Approved")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="record", verbose_name=_("meeting"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    circulated_at = models.DateTimeField(_("circulated"), null=True, blank=True)
    corrections_until = models.DateTimeField(_("corrections until"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    head = models.JSONField(default=dict, blank=True, editable=False)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", circulated_at=None, approved_at=None)
                | Q(state="circulated", circulated_at__isnull=False, approved_at=None)
                | Q(
                    state="approved",
                    circulated_at__isnull=False,
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    digest__regex=r"^[0-9a-f]{64}$",
                ),
                name="minutes_are_draft_circulated_or_approved",
            )
        ]

    def __str__(self) -> str:
        return str(self.meeting)

    def get_absolute_url(self) -> str:
        """Their page."""
        return reverse("web:minutes", args=[self.meeting_id])


class SectionQuerySet(models.QuerySet["Section"]):
    """Sections by who may see them."""

    def visible_to(self, user: User) -> "SectionQuerySet":
        """Those of the minutes one may see; what is closed for those entitled alone, officers' items for officers."""
        entitled = Meeting.objects.entitled_to(user)
        return self.filter(
            Q(closed=False) | Q(minutes__meeting__in=entitled),
            Q(item=None) | Q(item__in=AgendaItem.objects.open_to(user)),
            minutes__in=Minutes.objects.visible_to(user),
        )


class Section(Resource):
    """A part of the minutes: how the meeting opened, one agenda item, or how it ended.

    ``drafted`` is the text last drafted from what happened, so that what came since can be told from what was edited.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("Opening")
        ITEM = "item", _("Agenda item")
        CLOSING = "closing", _("Closing")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="sections", verbose_name=_("minutes"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.ITEM)
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="sections", verbose_name=_("agenda item")
    )
    position = models.PositiveSmallIntegerField(_("place"))
    heading = models.CharField(_("heading"), max_length=220)
    text = models.TextField(_("text"), blank=True)
    drafted = models.TextField(blank=True, editable=False)
    closed = models.BooleanField(_("for those invited alone"), default=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section of the minutes")
        verbose_name_plural = _("sections of the minutes")
        ordering = ["minutes", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "position"], name="one_section_per_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["minutes", "item"], name="one_section_per_item"),
        ]

    def __str__(self) -> str:
        return self.heading

    def get_absolute_url(self) -> str:
        """Its place in the minutes."""
        return f"{reverse('web:minutes', args=[self.minutes.meeting_id])}#section-{self.pk}"


class SectionRevisionQuerySet(models.QuerySet["SectionRevision"]):
    """Revisions by who may see the section."""

    def visible_to(self, user: User) -> "SectionRevisionQuerySet":
        """Those of the sections one may see."""
        return self.filter(section__in=Section.objects.visible_to(user))


class SectionRevision(models.Model):
    """How a section read after each time it was saved; of what is saved while one types, only the last is kept.

    ``by`` is empty for what was brought over from before there were minutes.
    """

    section = models.ForeignKey(Section, models.CASCADE, related_name="revisions", verbose_name=_("section"))
    revision = models.PositiveIntegerField(_("revision"))
    text = models.TextField(_("text"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)
    while_typing = models.BooleanField(_("saved while typing"), default=False)

    objects = SectionRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision of a section")
        verbose_name_plural = _("revisions of sections")
        ordering = ["section", "revision"]
        constraints = [models.UniqueConstraint(fields=["section", "revision"], name="one_text_per_revision")]


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Requested corrections by who may see them."""

    def visible_to(self, user: User) -> "CorrectionQuerySet":
        """Those of the sections one may see: everyone the minutes went to knows what is asked and answered."""
        return self.filter(section__in=Section.objects.visible_to(user))


class Correction(Resource):
    """정정 요청: what someone who was there wants said otherwise, and what the secretary made of it, with a reason."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        ACCEPTED = "accepted", _("Accepted")
        PARTLY = "partly", _("Partly accepted")
        DECLINED = "declined", _("Not accepted")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    section = models.ForeignKey(Section, models.CASCADE, related_name="corrections", verbose_name=_("section"))
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="+", verbose_name=_("for the seat of"))
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("requested by"))
    quote = models.TextField(_("sentence as it stands"), blank=True)
    proposed = models.TextField(_("sentence as it should be"))
    reason = models.TextField(_("reason"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.REQUESTED)
    answer = models.TextField(_("answer"), blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("requested correction")
        verbose_name_plural = _("requested corrections")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="requested") | Q(answer__regex=r"\S", decided_at__isnull=False),
                name="a_decided_correction_has_an_answer",
            )
        ]

    def __str__(self) -> str:
        return self.proposed[:80]

    def get_absolute_url(self) -> str:
        """Its place in the minutes."""
        return self.section.get_absolute_url()


M = TypeVar("M", bound=models.Model)


class OfMinutesQuerySet(models.QuerySet[M]):
    """What hangs on minutes, by who may see those."""

    def visible_to(self, user: User) -> "OfMinutesQuerySet[M]":
        """Those of the minutes one may see."""
        return self.filter(minutes__in=Minutes.objects.visible_to(user))


class Confirmation(models.Model):
    """확인: someone who was there read the minutes and has nothing to correct."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="confirmations", verbose_name=_("minutes"))
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="+", verbose_name=_("for the seat of"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)

    objects = OfMinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation of minutes")
        verbose_name_plural = _("confirmations of minutes")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "invitation"], name="minutes_are_confirmed_once_per_invitation")
        ]


class Annex(Resource):
    """별지: a correction made after the minutes were approved; the approved text stays as it is."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="annexes", verbose_name=_("minutes"))
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("text"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = OfMinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("annex to the minutes")
        verbose_name_plural = _("annexes to the minutes")
        ordering = ["minutes", "number"]
        constraints = [models.UniqueConstraint(fields=["minutes", "number"], name="annex_number_once_per_minutes")]

    def __str__(self) -> str:
        return f"{self.minutes} {self.number}"

    def get_absolute_url(self) -> str:
        """Its place below the minutes."""
        return f"{self.minutes.get_absolute_url()}#annex-{self.pk}"
