"""Agreeing, disagreeing, and keeping order."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource, Sector
from council.opinions.models.consultations import Consultation
from council.opinions.models.opinions import Opinion, colleagues_of
from council.people.models import Council, Organisation, User, sits


class ReactionQuerySet(models.QuerySet["Reaction"]):
    """Reactions by who may see them."""

    def visible_to(self, user: User) -> "ReactionQuerySet":
        """One's own and one's organisation's. How others voted is nobody's business; figures are released banded."""
        shared = colleagues_of(user) & ~Q(sector=Sector.EXPERT)
        return self.filter(shared | Q(by=user.pk) & sits(user))


class Reaction(models.Model):
    """A vote on an opinion: one per organisation, for experts one per person."""

    class Value(models.IntegerChoices):
        AGREE = 1, _("Agree")
        PASS = 0, _("Pass")
        DISAGREE = -1, _("Disagree")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="reactions")
    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="reactions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sector = models.CharField(max_length=20, choices=Sector.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    value = models.SmallIntegerField(choices=Value.choices)
    at = models.DateTimeField(default=clock.now)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        indexes = [models.Index(fields=["consultation", "opinion"], name="reaction_consultation")]
        constraints = [
            models.UniqueConstraint(
                fields=["opinion", "organisation"], condition=~Q(sector="expert"), name="one_vote_per_organisation"
            ),
            models.UniqueConstraint(fields=["opinion", "by"], condition=Q(sector="expert"), name="one_vote_per_expert"),
            models.CheckConstraint(condition=Q(value__in=[-1, 0, 1]), name="reaction_is_agree_pass_or_disagree"),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id}: {self.value}"


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports by who may see them."""

    def visible_to(self, user: User) -> "ReportQuerySet":
        """One's own, and all of the councils one runs."""
        return self.filter(Q(by=user.pk) & sits(user) | sits(user, officer=True))

    def open(self) -> "ReportQuerySet":
        """Not handled yet."""
        return self.filter(handled_at=None)


class Report(Resource):
    """신고: someone thinks that an opinion breaks the rules of conduct."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="reports")
    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="reports", verbose_name=_("opinion"))
    reason = models.TextField(_("what is wrong with it"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    handled_at = models.DateTimeField(null=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["opinion", "by"],
                condition=Q(handled_at=None),
                name="one_open_report_per_person",
                violation_error_message=_("You have reported this opinion already."),
            ),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="a_report_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.opinion}: {self.reason[:40]}"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns by who may see them."""

    def visible_to(self, user: User) -> "CampaignQuerySet":
        """Those of the consultations one may see; which opinions belong to it is another question."""
        return self.filter(consultation__in=Consultation.objects.visible_to(user))


class Campaign(Resource):
    """Near-identical opinions, linked so that they can be read and answered together. None is ever removed for it."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="campaigns")
    first = models.ForeignKey(Opinion, models.CASCADE, related_name="+", verbose_name=_("first of them"))
    size = models.PositiveIntegerField(_("opinions"))

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-size", "id"]

    def __str__(self) -> str:
        return f"{self.first} × {self.size}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:campaign", args=[self.pk])
