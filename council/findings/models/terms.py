"""The terms under which members agree and disagree: who speaks in the open, and which sectors are shown together."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Sector
from council.opinions.models import Consultation
from council.people.models import Council, User


class TermsQuerySet(models.QuerySet["Terms"]):
    """Terms by who may see them."""

    def visible_to(self, user: User) -> "TermsQuerySet":
        """Those of the consultations one may see: everyone knows the terms before they vote."""
        return self.filter(consultation__in=Consultation.objects.visible_to(user))


class Terms(models.Model):
    """What is fixed before anyone votes, and does not change after.

    Bodies of the sectors ``in_the_open`` take a named position, as a ministry may have to. All others vote in
    confidence: figures are shown by ``units``, a sector or several small ones together, so that nobody's vote can be
    derived. ``members`` says how many vote in each unit, one per organisation and one per expert.
    """

    consultation = models.OneToOneField(Consultation, models.CASCADE, related_name="terms")
    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    in_the_open = ArrayField(
        models.CharField(max_length=20, choices=Sector.choices),
        verbose_name=_("sectors that speak in the open"),
        default=list,
        blank=True,
        help_text=_("Their bodies' positions are shown by name."),
    )
    units = models.JSONField(default=dict, blank=True, editable=False)
    members = models.JSONField(default=dict, blank=True, editable=False)
    fixed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    fixed_at = models.DateTimeField(_("fixed"), default=clock.now, editable=False)

    objects = TermsQuerySet.as_manager()

    class Meta:
        verbose_name = _("terms of voting")
        verbose_name_plural = _("terms of voting")

    def __str__(self) -> str:
        return str(self.consultation)

    @property
    def in_confidence(self) -> dict[str, int]:
        """Per unit that is shown by figures alone how many members it has."""
        named = set(self.in_the_open)
        return {unit: size for unit, size in self.members.items() if unit not in named}
