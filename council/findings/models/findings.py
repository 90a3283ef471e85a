"""What was found in the votes of a consultation, batch by batch."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core.models import Resource
from council.opinions.models import Consultation, Phase
from council.people.models import Council, User


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings by who may see them."""

    def visible_to(self, user: User) -> "FindingQuerySet":
        """Those of the consultations one may see. The same for everybody, those who run the site included."""
        return self.filter(consultation__in=Consultation.objects.visible_to(user)).defer("snapshot", "kept")


class Finding(Resource):
    """What unites and what divides, as of one moment.

    ``released`` is all that leaves the house, at any door. ``kept`` is what the next batch goes on from and what is
    needed to find someone's own place; ``snapshot`` the votes, so that every figure can be computed again. Neither is
    ever shown.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="findings")
    number = models.PositiveIntegerField(_("number"))
    phase = models.CharField(_("phase"), max_length=6, choices=Phase.Kind.choices, blank=True)
    is_last = models.BooleanField(_("voting has ended"), default=False)
    votes = models.PositiveIntegerField(_("votes counted"))
    parameters = models.JSONField(default=dict)
    code_version = models.CharField(max_length=20)
    digest = models.CharField(_("SHA-256 of the votes"), max_length=64)
    released = models.JSONField(default=dict)
    kept = models.JSONField(default=dict, editable=False)
    snapshot = models.BinaryField(editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="finding_number_once_per_consultation")
        ]

    def __str__(self) -> str:
        return f"{self.consultation} {self.number}"

    def released_of(self, opinions: Collection[str]) -> dict[str, Any]:
        """What is released, without any opinion but these: the others were hidden or taken back since."""
        released: dict[str, Any] = dict(self.released)
        released["opinions"] = [row for row in released["opinions"] if row["opinion"] in opinions]
        for part in ("named", "sides"):
            released[part] = {pk: each for pk, each in released.get(part, {}).items() if pk in opinions}
        for part, several in (("groups", "groups"), ("portraits", "units")):
            whole = released.get(part, {})
            if several in whole:
                shown = [
                    each | {"says": [one for one in each["says"] if one["opinion"] in opinions]}
                    for each in whole[several]
                ]
                released[part] = whole | {several: shown}
        return released

    def get_absolute_url(self) -> str:
        """The page of the newest."""
        return reverse("web:findings", args=[self.consultation_id])
