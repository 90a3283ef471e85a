"""What becomes of what was said: points, dispositions, second rounds, and the board's tools."""

import datetime as dt
from collections.abc import Collection, Mapping
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.documents.models import Passage, Version
from council.documents.publishing import before_publishing
from council.opinions.models.consultations import Consultation
from council.opinions.models.opinions import Opinion
from council.people.models import Council, Organisation, User, sits


class PointQuerySet(models.QuerySet["Point"]):
    """Points by work to be done and by who may see them."""

    def visible_to(self, user: User) -> "PointQuerySet":
        """Those of the opinions one may see."""
        return self.filter(opinion__in=Opinion.objects.visible_to(user))

    def of_offices(self, user: User) -> "PointQuerySet":
        """Assigned to an office someone speaks for in the council."""
        return self.filter(sits(user, organisation="office"))

    def given(self) -> "PointQuerySet":
        """Of opinions that were given and not withdrawn."""
        return self.exclude(opinion__state__in=Opinion.NOT_GIVEN)

    def owed_by(self, user: User) -> "PointQuerySet":
        """Assigned to an office someone speaks for, and without an answer yet, the most urgent first."""
        return self.given().of_offices(user).filter(state=Point.State.TRIAGED).order_by("due_on", "id")

    def overdue(self) -> "PointQuerySet":
        """Whose answer should have been there by the end of yesterday."""
        return self.filter(state__in=Point.OPEN, due_on__lt=clock.today())


class Point(Resource):
    """쟁점: one matter of an opinion, with the office that answers it, by when, and its disposition.

    An opinion has one point, itself, until someone splits it.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("To assign")
        TRIAGED = "triaged", _("To answer")
        WAITING = "waiting", _("Waiting for input")
        ANSWERED = "answered", _("Answer prepared")
        PUBLISHED = "published", _("Answered")

    OPEN = (State.TRIAGED, State.WAITING)
    UNANSWERED = (State.SUBMITTED, *OPEN)

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="points")
    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="points", verbose_name=_("opinion"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    gist = models.TextField(_("what it is about"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SUBMITTED)
    office = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_points",
        verbose_name=_("responsible office"),
    )
    due_on = models.DateField(_("answer due"), null=True, blank=True)
    waiting_for = models.CharField(_("what is waited for"), max_length=200, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("tags"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PointQuerySet.as_manager()

    class Meta:
        verbose_name = _("point")
        verbose_name_plural = _("points")
        ordering = ["opinion__number", "number"]
        indexes = [
            models.Index(fields=["consultation", "state", "id"], name="point_consultation_state"),
            models.Index(fields=["office", "state", "due_on"], name="point_office_state_due"),
            models.Index(fields=["opinion"], condition=Q(state="answered"), name="point_answer_prepared"),
            GinIndex(fields=["tags"], name="point_tags"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["opinion", "number"], name="point_number_once_per_opinion"),
            models.CheckConstraint(
                condition=Q(state="submitted") | Q(office__isnull=False, due_on__isnull=False),
                name="an_assigned_point_has_an_office_and_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(waiting_for__regex=r"\S"), name="who_waits_says_for_what"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | Q(gist__regex=r"\S"), name="a_split_point_says_what_it_is_about"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.label}"

    @property
    def label(self) -> str:
        """The opinion's number, and behind it the point's from the second on: 12, 12-2."""
        return f"{self.opinion.number}-{self.number}" if self.number > 1 else f"{self.opinion.number}"

    def get_absolute_url(self) -> str:
        """Its place in the opinion's page."""
        return f"{reverse('web:opinion', args=[self.opinion_id])}#point-{self.pk}"

    @property
    def is_overdue(self) -> bool:
        """Whether its answer should have been there by the end of yesterday."""
        return self.state in self.OPEN and self.due_on is not None and self.due_on < clock.today()


def derived_state(points: Collection[str]) -> Opinion.State:
    """The state of a given opinion from the states of its points.

    Given while nobody works on it, being answered while one point is still open, and only as far as its last point.
    """
    if all(state == Point.State.SUBMITTED for state in points):
        return Opinion.State.SUBMITTED
    for state, made_by in (
        (Opinion.State.WAITING, (Point.State.WAITING,)),
        (Opinion.State.TRIAGED, (Point.State.SUBMITTED, Point.State.TRIAGED)),
        (Opinion.State.ANSWERED, (Point.State.ANSWERED,)),
    ):
        if any(each in made_by for each in points):
            return state
    return Opinion.State.PUBLISHED


def prepares(user: User, office: str) -> Q:
    """Where someone sees answers in preparation: they run the council of the row, or speak for the office that answers."""
    return sits(user, officer=True) | sits(user, organisation=office)


class DispositionQuerySet(models.QuerySet["Disposition"]):
    """Answers by who may see them."""

    def visible_to(self, user: User) -> "DispositionQuerySet":
        """Published ones with the opinion they answer; prepared ones for the office and those who run the council."""
        return self.shown_with_opinion(user).filter(point__opinion__in=Opinion.objects.visible_to(user))

    def shown_with_opinion(self, user: User) -> "DispositionQuerySet":
        """Those of them that someone sees where they see the opinion; for when that is certain."""
        return self.filter(Q(released_at__isnull=False) | prepares(user, "point__office"))

    def accepting(self) -> "DispositionQuerySet":
        """Those that change the text."""
        return self.filter(verdict__in=Disposition.CHANGES_TEXT)


class Disposition(Resource):
    """조치: what was decided on a point, and why. Kept private until the answers are published together.

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
    point = models.OneToOneField(Point, models.PROTECT, related_name="disposition", verbose_name=_("point"))
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
        indexes = [models.Index(fields=["point"], condition=Q(released_at=None), name="disposition_prepared")]
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
        return f"{self.point}: {self.get_verdict_display()}"

    def get_absolute_url(self) -> str:
        """The opinion it answers."""
        return self.point.get_absolute_url()

    @property
    def objections_until(self) -> dt.date | None:
        """The last day on which the author may reply to it; none before it is published."""
        if self.released_at is None:
            return None
        return clock.seoul_date(self.released_at) + dt.timedelta(days=self.council.objection_days)


def lacking_their_change(version: Version) -> list[Disposition]:
    """The answers that accept something a version still lacks, in the order of their opinions."""
    accepting = Disposition.objects.accepting().filter(changed_passage__version=version)
    accepting = accepting.select_related("changed_passage", "point__opinion__passage", "point__consultation__version")
    both = Passage.objects.filter(
        version__document=version.document_id, version__number__in=(version.number - 1, version.number)
    )
    before, present = {}, set()
    for passage in both:
        if passage.version_id == version.pk:
            present.add(passage.identity)
        else:
            before[passage.identity] = passage
    ordered = accepting.order_by("point__opinion__number", "point__number")
    return [answer for answer in ordered if _reads_as_before(answer, before, present)]


@before_publishing
def unmade_changes(version: Version) -> list[str | Promise]:
    """Name the accepted opinions whose change a version still lacks."""
    return [
        _("Opinion %(number)s is accepted, but passage %(passage)s still reads as before.")
        % {"number": answer.point.label, "passage": str(answer.changed_passage)}
        for answer in lacking_their_change(version)
    ]


def _reads_as_before(answer: Disposition, before: Mapping[UUID, Passage], present: Collection[UUID]) -> bool:
    named, asked = answer.changed_passage, answer.point.opinion.passage
    assert named is not None  # noqa: S101 - the database has it for whatever is accepted
    old = before.get(named.identity)
    return old is not None and (old.heading, old.text) == (named.heading, named.text) and asked.identity in present


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Second rounds by who may see them."""

    def visible_to(self, user: User) -> "ObjectionQuerySet":
        """Those of the answers one may see."""
        return self.filter(disposition__in=Disposition.objects.visible_to(user))

    def open(self) -> "ObjectionQuerySet":
        """Not decided yet."""
        return self.filter(decided_at=None)


class Objection(Resource):
    """재의견: an author's one reply to an answer; the office confirms or revises it, with a reason."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        REVISED = "revised", _("Revised")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    disposition = models.OneToOneField(Disposition, models.PROTECT, related_name="objection", verbose_name=_("answer"))
    text = models.TextField(_("reply"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=clock.now)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    first_verdict = models.CharField(max_length=20, choices=Disposition.Verdict.choices, blank=True)
    first_reason = models.TextField(blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply to an answer")
        verbose_name_plural = _("replies to answers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(text__regex=r"\S"), name="a_reply_says_something"),
            models.CheckConstraint(
                condition=Q(decided_at=None, outcome="")
                | Q(decided_at__isnull=False, reason__regex=r"\S", outcome__in=["confirmed", "revised"]),
                name="a_decided_reply_has_an_outcome_and_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disposition}"

    def get_absolute_url(self) -> str:
        """The opinion it is about."""
        return self.disposition.get_absolute_url()


class OwnCouncilQuerySet(models.QuerySet["AnswerTemplate"]):
    """What the people who answer in a council share with each other."""

    def visible_to(self, user: User) -> "OwnCouncilQuerySet":
        """That of those who run one's councils, and of those who answer there: bodies of the central government."""
        return self.filter(sits(user, officer=True) | sits(user, kind=Organisation.Kind.CENTRAL_GOVERNMENT))


class AnswerTemplate(Resource):
    """An opening many answers share. Each still needs a reason of its own."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="answer_templates", verbose_name=_("council"))
    title = models.CharField(_("title"), max_length=80)
    verdict = models.CharField(_("disposition"), max_length=20, choices=Disposition.Verdict.choices)
    text = models.TextField(_("text"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OwnCouncilQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer template")
        verbose_name_plural = _("answer templates")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["council", "title"], name="template_title_once_per_council")]

    def __str__(self) -> str:
        return self.title


class BatchQuerySet(models.QuerySet["Batch"]):
    """Steps by whose they are."""

    def visible_to(self, user: User) -> "BatchQuerySet":
        """One's own, and those of the councils one runs."""
        return self.filter(sits(user) & Q(by=user.pk) | sits(user, officer=True))


class Batch(Resource):
    """A step on the board: what was done to how many points, what failed and why, and how to take it back."""

    class Step(models.TextChoices):
        TRIAGE = "triage", _("Assigned")
        WAIT = "wait", _("Set to waiting")
        DISPOSE = "dispose", _("Answer")
        TAG = "tag", _("Tagged")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="batches")
    step = models.CharField(_("what was done"), max_length=10, choices=Step.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    applied = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone = models.PositiveIntegerField(default=0)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("step on the board")
        verbose_name_plural = _("steps on the board")
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-id"], name="batch_of_person")]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.applied}/{self.total}"

    def get_absolute_url(self) -> str:
        """Its page, with the rows that failed."""
        return reverse("web:batch", args=[self.pk])


class BatchRow(models.Model):
    """One point of a step: how it was before, its revision after, or why nothing happened to it."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    point = models.ForeignKey(Point, models.CASCADE, related_name="+")
    before = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.point_id}"


class ToldQuerySet(models.QuerySet["Told"]):
    """Tellings outside the product by who may see them."""

    def visible_to(self, user: User) -> "ToldQuerySet":
        """Those of the opinions one may see."""
        return self.filter(opinion__in=Opinion.objects.visible_to(user))


class Told(Resource):
    """고지: an author was told of the result outside the product, e.g. by letter (행정절차법 44 (4))."""

    class Channel(models.TextChoices):
        LETTER = "letter", _("Letter")
        PHONE = "phone", _("Telephone")
        PERSON = "person", _("In person")
        MAIL = "mail", _("E-mail outside the product")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="tellings", verbose_name=_("opinion"))
    channel = models.CharField(_("how"), max_length=8, choices=Channel.choices)
    on = models.DateField(_("on"), default=clock.today)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ToldQuerySet.as_manager()

    class Meta:
        verbose_name = _("telling")
        verbose_name_plural = _("tellings")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.opinion} {self.get_channel_display()}"
