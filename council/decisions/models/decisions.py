"""Decisions: what was resolved, on what it rests, and the actions that follow from it."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.decisions.models.ballots import Ballot
from council.decisions.models.common import of_open_matters
from council.documents.models import Attachment, Passage
from council.meetings.models import AgendaItem, Meeting
from council.opinions.models import Opinion
from council.people.models import Council, Organisation, User, sits


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions by who may see them."""

    def visible_to(self, user: User) -> "DecisionQuerySet":
        """Those of the meetings and items that are open to one."""
        return self.filter(of_open_matters(user))

    def public(self) -> "DecisionQuerySet":
        """Those everybody may read: of public meetings and, where they rest on an item, of public items."""
        of_item = Q(item=None) | Q(item__in=AgendaItem.objects.public())
        return self.filter(of_item, meeting__in=Meeting.objects.public())


class Decision(Resource):
    """의결 사항: a resolution with its text, what it rests on, and from when it holds.

    ``number`` is the council's own count within a year, e.g. 2023-1.
    """

    class State(models.TextChoices):
        IN_FORCE = "in_force", _("In force")
        REPEALED = "repealed", _("Repealed")

    council = models.ForeignKey(Council, models.PROTECT, related_name="decisions", verbose_name=_("council"))
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions", verbose_name=_("meeting"))
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("agenda item")
    )
    ballot = models.OneToOneField(
        Ballot, models.PROTECT, null=True, blank=True, related_name="decision", verbose_name=_("ballot")
    )
    number = models.CharField(_("number"), max_length=12, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.IN_FORCE)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    basis = models.TextField(_("reasons"), blank=True)
    legal_reference = models.CharField(_("legal reference"), max_length=300, blank=True)
    decided_on = models.DateField(_("decided on"))
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    repealed_reason = models.TextField(_("reason for the repeal"), blank=True)
    passages = models.ManyToManyField(
        Passage, related_name="decisions", blank=True, verbose_name=_("passages it rests on")
    )
    opinions = models.ManyToManyField(
        Opinion, related_name="decisions", blank=True, verbose_name=_("opinions it rests on")
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["council", "number"], name="decision_number_once_per_council"),
            models.CheckConstraint(
                condition=~Q(state="repealed") | Q(repealed_reason__regex=r"\S"), name="a_repeal_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:decision", args=[self.pk])


class ActionQuerySet(models.QuerySet["Action"]):
    """Actions by who may see them and by how they stand."""

    def visible_to(self, user: User) -> "ActionQuerySet":
        """Those that follow from what is open to one; one's own and one's organisation's in any case."""
        own = sits(user, organisation="organisation") | (sits(user) & Q(owner=user.pk))
        return self.filter(of_open_matters(user) | own)

    def open(self) -> "ActionQuerySet":
        """Neither done nor dropped."""
        return self.filter(state__in=Action.OPEN)

    def overdue(self, day: dt.date | None = None) -> "ActionQuerySet":
        """Open and past their day."""
        return self.open().filter(due_on__lt=day or clock.today())


class Action(Resource):
    """과제: something an organisation does by a day because the council agreed on it, until it is shown to be done."""

    class State(models.TextChoices):
        ASSIGNED = "assigned", _("Assigned")
        IN_PROGRESS = "in_progress", _("In progress")
        REPORTED = "reported", _("Reported as done")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    OPEN = (State.ASSIGNED, State.IN_PROGRESS, State.REPORTED)

    council = models.ForeignKey(Council, models.PROTECT, related_name="actions", verbose_name=_("council"))
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="actions", verbose_name=_("meeting"))
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("agenda item")
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("decision")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="actions", verbose_name=_("responsible organisation")
    )
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("responsible person")
    )
    head = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("head to escalate to"),
        help_text=_("Otherwise the organisation's coordinator, or the chair."),
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ASSIGNED)
    title = models.CharField(_("title"), max_length=200)
    note = models.TextField(_("what is to be done"), blank=True)
    due_on = models.DateField(_("due"))
    ended_at = models.DateTimeField(_("done or dropped"), null=True, blank=True, editable=False)
    reminded_on = models.DateField(null=True, blank=True, editable=False)
    escalated_on = models.DateField(null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["council", "state", "due_on"], name="action_council_state_due"),
            models.Index(fields=["due_on"], condition=Q(ended_at=None), name="action_open_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "dropped"], ended_at__isnull=False)
                | (~Q(state__in=["done", "dropped"]) & Q(ended_at=None)),
                name="an_ended_action_says_when",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:action", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        """Whether it should be done already."""
        return self.state in self.OPEN and self.due_on < clock.today()


class ActionReportQuerySet(models.QuerySet["ActionReport"]):
    """Reports by who may see the action."""

    def visible_to(self, user: User) -> "ActionReportQuerySet":
        """Those of the actions one may see."""
        return self.filter(action__in=Action.objects.visible_to(user))


class ActionReport(models.Model):
    """이행 보고: how far an action has come, with what shows it."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="reports", verbose_name=_("action"))
    state = models.CharField(_("state"), max_length=12, choices=Action.State.choices)
    note = models.TextField(_("report"))
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)

    objects = ActionReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report on an action")
        verbose_name_plural = _("reports on actions")
        ordering = [F("id").asc()]
