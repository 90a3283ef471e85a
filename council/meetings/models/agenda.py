"""Agenda: items as they are proposed, ordered, carried over and forwarded, and the papers on the table for them."""

from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core.models import Resource, Sector, Visibility
from council.documents.models import Attachment, Version
from council.meetings.models.meetings import Meeting
from council.people.models import Council, Membership, Organisation, Subcommittee, User, sits


def recused_from(user: User) -> Q:
    """The items that someone, or the member they come for, keeps out of."""
    granted = {"recusals__state": "granted"}
    own = Membership.objects.filter(user=user.pk, **granted).values("recusals__item")
    mandates = {f"mandates__invitation__{name}": value for name, value in granted.items()}
    for_another = User.objects.filter(pk=user.pk, **mandates).values("mandates__invitation__recusals__item")
    return Q(pk__in=own) | Q(pk__in=for_another)


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    """Agenda items by who may see them."""

    def visible_to(self, user: User) -> "AgendaItemQuerySet":
        """Those of the convened meetings one may see, of closed ones by those entitled; officers' items for them alone."""
        entitled = Meeting.objects.entitled_to(user)
        announced = Q(visibility=Visibility.COUNCIL, meeting__convened_at__isnull=False)
        return self.filter(
            sits(user, officer=True) | (announced & (Q(meeting__closed=False) | Q(meeting__in=entitled))),
            meeting__in=Meeting.objects.visible_to(user),
        )

    def open_to(self, user: User) -> "AgendaItemQuerySet":
        """Those whose minutes and results one may read: closed items (비공개) are for those entitled to the meeting."""
        return self.visible_to(user).filter(Q(closed=False) | Q(meeting__in=Meeting.objects.entitled_to(user)))

    def readable_by(self, user: User) -> "AgendaItemQuerySet":
        """Those whose explanation and papers one may read: open to one, and not recused from (제척·기피·회피)."""
        return self.open_to(user).exclude(recused_from(user))

    def public(self) -> "AgendaItemQuerySet":
        """Those everybody may read, without explanation and papers: of public meetings, neither closed nor officers'."""
        return self.filter(meeting__in=Meeting.objects.public(), visibility=Visibility.COUNCIL, closed=False)

    def kept_from(self, user: User) -> "AgendaItemQuerySet":
        """With ``closed_to_reader`` and ``left_out``: why someone who sees an item does not get what lies on the table.

        Closed to a reader is the item with its minutes, for who is not entitled; left out is who is recused from it.
        """
        entitled = Meeting.objects.entitled_to(user)
        closed = (Q(closed=True) | Q(meeting__closed=True)) & ~Q(meeting__in=entitled)
        return self.annotate(
            closed_to_reader=ExpressionWrapper(closed, models.BooleanField()),
            left_out=ExpressionWrapper(recused_from(user), models.BooleanField()),
        )

    def unreadable_for(self, user: User) -> "AgendaItemQuerySet":
        """Those whose papers are kept from someone, whatever else they may see."""
        entitled = Meeting.objects.entitled_to(user)
        closed = Q(closed=True) | Q(meeting__closed=True)
        return self.filter((closed & ~Q(meeting__in=entitled)) | recused_from(user))


class AgendaItem(Resource):
    """안건: something the meeting takes up, numbered, possibly with items below it."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        DISCUSSION = "discussion", _("Discussion")
        DELIBERATION = "deliberation", _("Deliberation")
        DECISION = "decision", _("Decision")

    class State(models.TextChoices):
        PLANNED = "planned", _("To come")
        CURRENT = "current", _("Being dealt with")
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
    closed = models.BooleanField(
        _("closed item"), default=False, help_text=_("Papers and minutes are for those invited alone.")
    )
    follow_up = models.BooleanField(_("open actions of earlier meetings"), default=False, editable=False)
    carried_from = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="carried_to", verbose_name=_("carried over from")
    )
    opened_at = models.DateTimeField(_("first taken up"), null=True, blank=True, editable=False)
    taken_up_at = models.DateTimeField(_("taken up"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    seconds_spent = models.PositiveIntegerField(_("time spent, seconds"), default=0, editable=False)
    postponed_reason = models.TextField(_("reason for putting it off"), blank=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    note = models.TextField(_("explanation"), blank=True)
    presenter = models.CharField(_("presented by"), max_length=120, blank=True)
    minutes_planned = models.PositiveSmallIntegerField(_("time planned, minutes"), default=10)

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
        """Those of the items one may read, as far as one may see what they hold."""
        return self.holding_visible(user).filter(item__in=AgendaItem.objects.readable_by(user))

    def holding_visible(self, user: User) -> "PaperQuerySet":
        """Those that hold what one may see, for who has asked already whether one may read their items."""
        return self.filter(
            Q(attachment__in=Attachment.objects.visible_to(user)) | Q(version__in=Version.objects.visible_to(user))
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


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposed agenda items by who may see them."""

    def visible_to(self, user: User) -> "ProposalQuerySet":
        """Those of one's own organisations; all of a council for those who run it."""
        return self.filter(sits(user, officer=True) | sits(user, organisation="organisation"))


class Proposal(Resource):
    """안건 제안: an item a member asks a meeting to take up, and what became of that."""

    class State(models.TextChoices):
        OPEN = "open", _("Proposed")
        ACCEPTED = "accepted", _("On the agenda")
        MERGED = "merged", _("Merged into another item")
        DECLINED = "declined", _("Not taken up")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="proposals", verbose_name=_("meeting"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    kind = models.CharField(
        _("kind"), max_length=12, choices=AgendaItem.Kind.choices, default=AgendaItem.Kind.DISCUSSION
    )
    title = models.CharField(_("title"), max_length=200)
    note = models.TextField(_("explanation"))
    minutes_planned = models.PositiveSmallIntegerField(_("time needed, minutes"), default=10)
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("agenda item")
    )
    reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed agenda item")
        verbose_name_plural = _("proposed agenda items")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="declined") | Q(reason__regex=r"\S"), name="declining_a_proposal_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where proposals to its meeting stand."""
        return f"{reverse('web:proposals', args=[self.meeting_id])}#proposal-{self.pk}"


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Forwarded items by who may see them."""

    def visible_to(self, user: User) -> "ReferralQuerySet":
        """Those of the items one may read, here or there; those that came to a body for the officers of its council."""
        readable = AgendaItem.objects.readable_by(user)
        return self.filter(
            Q(item__in=readable) | Q(taken_up_as__in=readable) | sits(user, officer=True, council="to_council")
        )


class Referral(Resource):
    """이송: an item handed to another body, a council or a subcommittee, which says what became of it."""

    class State(models.TextChoices):
        SENT = "sent", _("Forwarded")
        TAKEN_UP = "taken_up", _("On the other body's agenda")
        RETURNED = "returned", _("Returned with a result")
        DECLINED = "declined", _("Returned undone")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="referrals", verbose_name=_("agenda item"))
    to_council = models.ForeignKey(Council, models.PROTECT, related_name="referrals", verbose_name=_("to council"))
    to_subcommittee = models.ForeignKey(
        Subcommittee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to subcommittee")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SENT)
    request = models.TextField(_("what is asked of it"))
    taken_up_as = models.OneToOneField(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="referred_from", verbose_name=_("taken up as")
    )
    result = models.TextField(_("what became of it"), blank=True)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("forwarded item")
        verbose_name_plural = _("forwarded items")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "declined"]) | Q(result__regex=r"\S", returned_at__isnull=False),
                name="a_returned_item_says_what_became_of_it",
            ),
            models.UniqueConstraint(
                fields=["item", "to_council", "to_subcommittee"],
                condition=Q(state__in=["sent", "taken_up"]),
                nulls_distinct=False,
                name="an_item_is_once_with_a_body",
                violation_error_message=_("This item is with that body already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} → {self.to_subcommittee or self.to_council}"

    def get_absolute_url(self) -> str:
        """Its page, for both sides."""
        return reverse("web:referral", args=[self.pk])


def receivers(user: User, item: AgendaItem) -> models.QuerySet[Council]:
    """The other councils someone may forward an item to: those run by the same organisation, and their own."""
    council = item.council
    own = Membership.objects.current().filter(user=user.pk).values("council")
    within = Q(operator=council.operator_id) | Q(pk__in=own)
    found = Council.objects.filter(within)
    return found if item.meeting.subcommittee_id else found.exclude(pk=council.pk)
