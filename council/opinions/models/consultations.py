"""Asking a council about a version: consultations, their phases, and how these were extended."""

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.documents.models import Version
from council.meetings.models import AgendaItem
from council.people.models import Council, Membership, Organisation, User, sits

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Consultations by time and by who may see them."""

    def visible_to(self, user: User) -> "ConsultationQuerySet":
        """Those of one's councils that have been opened; those in preparation only for those who run the council."""
        return self.filter(sits(user, officer=True) | (sits(user) & Q(opened_at__isnull=False)))

    def result_visible_to(self, user: User | AnonymousUser) -> "ConsultationQuerySet":
        """Those whose result page one may read: the public ones for everybody, others as :meth:`visible_to`."""
        public = Q(public_at__isnull=False, published__gt=0)
        if user.is_anonymous:
            return self.filter(public)
        return self.filter(public | Q(pk__in=Consultation.objects.visible_to(user)))

    def public(self) -> "ConsultationQuerySet":
        """Those of councils open to the public whose result everybody may read."""
        return self.result_visible_to(AnonymousUser()).filter(council__open_to_public=True)

    def taking_opinions(self) -> "ConsultationQuerySet":
        """Those with a phase that runs now."""
        now = clock.now()
        running = Phase.objects.filter(consultation=OuterRef("pk"), opens_at__lte=now, closes_at__gte=now)
        return self.filter(Exists(running), opened_at__isnull=False)


class Consultation(Resource):
    """의견수렴: a version put before a council for its opinions, before, during and after a meeting.

    ``office`` answers what is not assigned to another one. The counters are kept by the actions that change them, and
    count what was given whoever may read it.
    """

    class Procedure(models.TextChoices):
        """What kind of hearing it is in law, which says how long it lasts at least."""

        COUNCIL = "council", _("Council's own rules")
        ADMINISTRATIVE = "administrative", _("Administrative pre-announcement (20 days)")
        LEGISLATIVE = "legislative", _("Legislative pre-announcement (40 days)")
        AGENCIES = "agencies", _("Inquiry among agencies (10 days)")

    # 행정절차법 43 (40 days), 46 with Decree 24-4 (20 days); 법제업무 운영규정 11 (4) (10 days)
    STATUTORY_DAYS = {Procedure.ADMINISTRATIVE: 20, Procedure.LEGISLATIVE: 40, Procedure.AGENCIES: 10}

    council = models.ForeignKey(Council, models.PROTECT, related_name="consultations", verbose_name=_("council"))
    version = models.ForeignKey(Version, models.PROTECT, related_name="consultations", verbose_name=_("version"))
    agenda_item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="consultations", verbose_name=_("agenda item")
    )
    office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("office that owes the answers")
    )
    title = models.CharField(_("title"), max_length=200)
    question = models.TextField(_("what is asked"), blank=True)
    procedure = models.CharField(_("procedure"), max_length=14, choices=Procedure.choices, default=Procedure.COUNCIL)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    public_at = models.DateTimeField(_("result public since"), null=True, editable=False)
    submitted = models.PositiveIntegerField(_("opinions given"), default=0, editable=False)
    answered = models.PositiveIntegerField(_("answers prepared or published"), default=0, editable=False)
    published = models.PositiveIntegerField(_("answers published"), default=0, editable=False)
    said = models.PositiveIntegerField(_("times anything was given, changed or withdrawn"), default=0, editable=False)
    compared = models.PositiveIntegerField(_("as of when similar ones were looked for"), default=0, editable=False)

    objects = ConsultationQuerySet.as_manager()

    if TYPE_CHECKING:
        phases: RelatedManager["Phase"]

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published__lte=models.F("answered"), answered__lte=models.F("submitted")),
                name="consultation_counters_nest",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page: the text with the opinions."""
        return reverse("web:consultation", args=[self.pk])

    def phase_at(self, moment: dt.datetime) -> "Phase | None":
        """The phase that runs at a moment; the one of the meeting itself where two overlap."""
        if self.opened_at is None:
            return None
        running = [phase for phase in self.phases.all() if phase.opens_at <= moment <= phase.closes_at]
        return min(running, key=lambda phase: phase.kind != Phase.Kind.DURING, default=None)

    def phase_of(self, moment: dt.datetime) -> "Phase | None":
        """The phase something received at a moment belongs to: the one that ran, else the last that had opened."""
        begun = [phase for phase in self.phases.all() if phase.opens_at <= moment]
        return self.phase_at(moment) or max(begun, key=lambda phase: phase.opens_at, default=None)

    @property
    def opens_at(self) -> dt.datetime | None:
        """When the first phase opens."""
        return min((phase.opens_at for phase in self.phases.all()), default=None)

    @property
    def closes_at(self) -> dt.datetime | None:
        """When the last phase closes."""
        return max((phase.closes_at for phase in self.phases.all()), default=None)

    @property
    def is_taking_opinions(self) -> bool:
        """Whether an opinion can be given now."""
        return self.phase_at(clock.now()) is not None

    @property
    def is_taking_reactions(self) -> bool:
        """Whether one can agree or disagree now: from opening until the last phase closes."""
        closes_at = self.closes_at
        return self.opened_at is not None and closes_at is not None and self.opened_at <= clock.now() <= closes_at

    @property
    def shortest_days(self) -> int:
        """How many days it lasts at least: what the law asks for, or the council's rules where these ask for more."""
        return max(self.STATUTORY_DAYS.get(self.Procedure(self.procedure), 0), self.council.consultation_days)

    def asked(self) -> QuerySet[Organisation]:
        """The organisations that owe a reply: all that sit on the council, but for those who wrote the text or answer."""
        seated = Membership.objects.current().filter(council=self.council_id)
        seated = seated.exclude(role__in=[Membership.Role.OBSERVER, Membership.Role.SECRETARY])
        writers = [each for each in (self.office_id, self.office.parent_id, self.version.document.owner_id) if each]
        return Organisation.objects.filter(pk__in=seated.values("organisation")).exclude(
            Q(pk__in=writers) | Q(parent__in=writers)
        )


class Phase(models.Model):
    """단계: the time before, during or after the meeting in which opinions are taken."""

    class Kind(models.TextChoices):
        BEFORE = "before", _("Before the meeting")
        DURING = "during", _("During the meeting")
        AFTER = "after", _("After the meeting")

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="phases")
    kind = models.CharField(_("phase"), max_length=6, choices=Kind.choices)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    reminded_for = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text=_("How many days before closing people were last reminded.")
    )

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["opens_at"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "kind"], name="phase_once_per_consultation"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")),
                name="phase_closes_after_it_opens",
                violation_error_message=_("A phase closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Extensions by who may see them."""

    def visible_to(self, user: User) -> "ExtensionQuerySet":
        """Those of the consultations one may see."""
        return self.filter(phase__consultation__in=Consultation.objects.visible_to(user))


class Extension(models.Model):
    """연장: a phase was given more time, and why."""

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="extensions")
    closed_at = models.DateTimeField(_("would have closed"))
    closes_at = models.DateTimeField(_("closes"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="an_extension_has_a_reason"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("closed_at")), name="an_extension_gives_more_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phase} → {self.closes_at:%Y-%m-%d %H:%M}"
