"""What members say: consultations with phases, opinions on passages, their history, and the answers they get."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource, Sector
from council.documents.models import Passage, Version, seats_of
from council.meetings.models import AgendaItem
from council.people.models import Council, Membership, Organisation, User

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Consultations by time and by who may see them."""

    def visible_to(self, user: User) -> "ConsultationQuerySet":
        """Those of one's councils that have been opened; those in preparation only for those who run the council."""
        return self.filter(Exists(seats_of(user).officers()) | (Exists(seats_of(user)) & Q(opened_at__isnull=False)))

    def taking_opinions(self) -> "ConsultationQuerySet":
        """Those with a phase that runs now."""
        now = clock.now()
        running = Phase.objects.filter(consultation=OuterRef("pk"), opens_at__lte=now, closes_at__gte=now)
        return self.filter(Exists(running), opened_at__isnull=False)


class Consultation(Resource):
    """의견수렴: a version put before a council for its opinions, before, during and after a meeting.

    ``office`` answers what is not triaged to another one. The counters are kept by the actions that change them.
    """

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
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    submitted = models.PositiveIntegerField(_("opinions given"), default=0, editable=False)
    answered = models.PositiveIntegerField(_("answers prepared or published"), default=0, editable=False)
    published = models.PositiveIntegerField(_("answers published"), default=0, editable=False)

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


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Opinions by state and by who may see them."""

    def visible_to(self, user: User) -> "OpinionQuerySet":
        """One's own always; of one's councils those given to the council; those to the office for office and officers.

        A draft is its author's alone, and so is what was withdrawn, but for those who run the council.
        """
        given = ~Q(state__in=[Opinion.State.DRAFT, Opinion.State.WITHDRAWN])
        officers = Exists(seats_of(user).officers())
        in_office = Exists(seats_of(user).filter(organisation=OuterRef("office")))
        to_council = Q(audience=Opinion.Audience.COUNCIL)
        return self.filter(
            Q(author=user.pk)
            | (officers & ~Q(state=Opinion.State.DRAFT))
            | (given & in_office)
            | (given & to_council & Exists(seats_of(user)))
        )

    def given(self) -> "OpinionQuerySet":
        """Submitted and not withdrawn."""
        return self.exclude(state__in=[Opinion.State.DRAFT, Opinion.State.WITHDRAWN])

    def owed_by(self, user: User) -> "OpinionQuerySet":
        """Triaged to an office someone speaks for, and without an answer yet, the most urgent first."""
        return self.filter(
            Exists(seats_of(user).filter(organisation=OuterRef("office"))), state=Opinion.State.TRIAGED
        ).order_by("due_on", "id")


class Opinion(Resource):
    """의견: what someone wants changed in a passage, or says of it, for an organisation.

    Organisation and sector are those of the moment it was given, and the passage is quoted as it read then.
    Workflow state and disposition are two things: the state says how far it has come, the disposition what was decided.
    """

    class Kind(models.TextChoices):
        AMEND = "amend", _("Change the wording")
        DELETE = "delete", _("Delete")
        ADD = "add", _("Add something")
        SUPPORT = "support", _("Support")
        QUESTION = "question", _("Question")
        GENERAL = "general", _("General remark")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Given")
        TRIAGED = "triaged", _("Being answered")
        ANSWERED = "answered", _("Answer prepared")
        PUBLISHED = "published", _("Answered")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Audience(models.TextChoices):
        COUNCIL = "council", _("All members of the council")
        OFFICE = "office", _("The answering office and the secretary only")

    EDITABLE = (State.DRAFT, State.SUBMITTED)
    NEEDS_WORDING = (Kind.AMEND, Kind.ADD)

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="opinions", verbose_name=_("consultation")
    )
    passage = models.ForeignKey(Passage, models.PROTECT, related_name="opinions", verbose_name=_("passage"))
    phase = models.CharField(_("phase"), max_length=6, choices=Phase.Kind.choices, blank=True)
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.AMEND)
    current_text = models.TextField(_("current text"))
    proposed_text = models.TextField(_("proposed wording"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    audience = models.CharField(_("who may see it"), max_length=8, choices=Audience.choices, default=Audience.COUNCIL)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=1, editable=False)

    author = models.ForeignKey(User, models.PROTECT, related_name="opinions", verbose_name=_("author"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="opinions", verbose_name=_("membership"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="opinions", verbose_name=_("organisation")
    )
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices)
    submitted_at = models.DateTimeField(_("given"), null=True, editable=False)

    office = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible office")
    )
    due_on = models.DateField(_("answer due"), null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["consultation", "passage"], name="opinion_consultation_passage"),
            models.Index(fields=["consultation", "state", "id"], name="opinion_consultation_state"),
            models.Index(fields=["office", "state", "due_on"], name="opinion_office_state_due"),
            models.Index(fields=["author", "id"], name="opinion_author"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="opinion_number_once_per_consultation"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(number__isnull=False, submitted_at__isnull=False) & ~Q(phase=""),
                name="a_given_opinion_has_number_time_and_phase",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(reason__regex=r"\S"), name="a_given_opinion_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="triaged") | Q(office__isnull=False, due_on__isnull=False),
                name="a_triaged_opinion_has_an_office_and_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}" if self.number else str(self.State.DRAFT.label)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:opinion", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        """Whether its answer should have been there by the end of yesterday."""
        return self.state == self.State.TRIAGED and self.due_on is not None and self.due_on < clock.today()


class RevisionQuerySet(models.QuerySet["Revision"]):
    """History by who may see it."""

    def visible_to(self, user: User) -> "RevisionQuerySet":
        """That of the opinions one may see; what was once for the office only stays so."""
        seats = Membership.objects.current().filter(user=user.pk, council=OuterRef("opinion__council"))
        return self.filter(
            Q(audience=Opinion.Audience.COUNCIL)
            | Q(opinion__author=user.pk)
            | Exists(seats.officers())
            | Exists(seats.filter(organisation=OuterRef("opinion__office"))),
            opinion__in=Opinion.objects.visible_to(user),
        )


class Revision(models.Model):
    """A given opinion as it read at one time; the first is what was submitted."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Opinion.Kind.choices)
    proposed_text = models.TextField(blank=True)
    reason = models.TextField()
    audience = models.CharField(max_length=8, choices=Opinion.Audience.choices)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["opinion", "number"]
        constraints = [models.UniqueConstraint(fields=["opinion", "number"], name="revision_number_once_per_opinion")]

    def __str__(self) -> str:
        return f"{self.opinion} r{self.number}"


class DispositionQuerySet(models.QuerySet["Disposition"]):
    """Answers by who may see them."""

    def visible_to(self, user: User) -> "DispositionQuerySet":
        """Published ones with the opinion they answer; prepared ones for the office and those who run the council."""
        seats = Membership.objects.current().filter(user=user.pk, council=OuterRef("opinion__council"))
        preparing = Exists(seats.officers()) | Exists(seats.filter(organisation=OuterRef("opinion__office")))
        return self.filter(Q(released_at__isnull=False) | preparing, opinion__in=Opinion.objects.visible_to(user))


class Disposition(Resource):
    """조치: what was decided on an opinion, and why. Kept private until the answers are published together.

    Authors are owed the result and the reasons (행정절차법 44 (4), 46; 법제업무 운영규정 18 (1)), hence the reason always,
    and a changed passage wherever something was accepted: both hold in the database as well as in the action.
    """

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        PARTLY = "partly", _("Partly accepted")
        NOT_ACCEPTED = "not_accepted", _("Not accepted")
        LONGER_TERM = "longer_term", _("For longer-term study")
        ALREADY_REFLECTED = "already_reflected", _("Already in the text")
        NOT_APPLICABLE = "not_applicable", _("Not applicable")

    CHANGES_TEXT = (Verdict.ACCEPTED, Verdict.PARTLY)

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    opinion = models.OneToOneField(Opinion, models.PROTECT, related_name="disposition", verbose_name=_("opinion"))
    verdict = models.CharField(_("disposition"), max_length=20, choices=Verdict.choices)
    reason = models.TextField(_("reason"))
    changed_passage = models.ForeignKey(
        Passage, models.PROTECT, null=True, blank=True, related_name="dispositions", verbose_name=_("changed passage")
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("prepared by"))
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("office"))
    released_at = models.DateTimeField(_("published"), null=True, editable=False)

    objects = DispositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__regex=r"\S"),
                name="an_answer_has_a_reason",
                violation_error_message=_("An answer needs a reason."),
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=["accepted", "partly"]) | Q(changed_passage__isnull=False),
                name="what_is_accepted_names_the_changed_passage",
                violation_error_message=_("What is accepted wholly or partly names the passage that changed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opinion}: {self.get_verdict_display()}"

    def get_absolute_url(self) -> str:
        """The opinion it answers."""
        return reverse("web:opinion", args=[self.opinion_id])
