"""Files on their way in, row by row, and files on their way out."""

from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.documents.models import Passage, Version
from council.exchange.columns import Field, kind_of
from council.meetings.models import Alternate, Meeting, Recusal
from council.opinions.models import Consultation, Opinion
from council.people.models import Council, Membership, Organisation, User, sits

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Job(Resource):
    """Work done by the clock: who asked for it, how far it is, and what became of it.

    ``attempt`` tells a worker that took a job over from one that was thought dead: only the last one may go on.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    error = models.TextField(_("what went wrong"), blank=True)
    attempt = models.PositiveIntegerField(default=0, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    class Meta:
        abstract = True


class ImportQuerySet(models.QuerySet["Import"]):
    """Files that came in, by who may see them."""

    def visible_to(self, user: User) -> "ImportQuerySet":
        """All of the councils one runs; those of one's own organisation for who uploaded them."""
        return self.filter(sits(user, officer=True) | Q(by=user.pk) & sits(user, speaking=True))


class Import(Job):
    """가져오기: a file of opinions as it was given, looked through, corrected, then entered.

    ``total`` are the rows of the file, or those being entered once it was started; ``added`` and ``repeated`` what
    became of the rows entered so far.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", _("To be looked through")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being entered")
        DONE = "done", _("Entered")
        FAILED = "failed", _("Stopped")
        DISCARDED = "discarded", _("Discarded")

    OPEN = (State.PREVIEW, State.DONE, State.FAILED)
    AT_WORK = (State.QUEUED, State.RUNNING)

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="imports")
    membership = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given for")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whose the rows are that name nobody"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PREVIEW)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/", max_length=300)
    form = models.CharField(max_length=8)
    format = models.CharField(_("format"), max_length=4)
    encoding = models.CharField(_("encoding"), max_length=12, blank=True)
    untouched = models.PositiveIntegerField(_("rows without an opinion"), default=0)
    added = models.PositiveIntegerField(_("opinions entered"), default=0)
    repeated = models.PositiveIntegerField(_("rows that were there already"), default=0)

    objects = ImportQuerySet.as_manager()

    if TYPE_CHECKING:
        rows: RelatedManager["ImportRow"]

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "sha256"],
                condition=~Q(state="discarded"),
                name="the_same_file_once_per_consultation",
            ),
            models.CheckConstraint(condition=Q(done__lte=models.F("total")), name="import_does_no_more_than_all"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its preview, progress and result."""
        return reverse("web:import", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether its rows can be corrected and entered."""
        return self.state in self.OPEN

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has it, or soon will."""
        return self.state in self.AT_WORK

    def counts(self) -> dict[str, int]:
        """How many rows there are in each state."""
        found = dict(self.rows.order_by().values_list("state").annotate(models.Count("pk")))
        return {state: found.get(state, 0) for state in ImportRow.State.values}


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    """Rows by who may see them."""

    def visible_to(self, user: User) -> "ImportRowQuerySet":
        """Those of the files one may see."""
        return self.filter(upload__in=Import.objects.visible_to(user))


class ImportRow(Resource):
    """One row of a file: what its cells say, what they were found to mean, and what is wrong with it.

    ``values`` are the cells by :class:`council.exchange.columns.Field`; correcting a row corrects them.
    """

    class State(models.TextChoices):
        READY = "ready", _("Ready")
        PROBLEM = "problem", _("To correct")
        REPEATED = "repeated", _("There already")
        LEFT_OUT = "left_out", _("Left out")
        ADDED = "added", _("Entered")

    OPEN = (State.READY, State.PROBLEM, State.REPEATED, State.LEFT_OUT)

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    upload = models.ForeignKey(Import, models.CASCADE, related_name="rows", verbose_name=_("file"))
    position = models.PositiveIntegerField(_("place in the file"))
    where = models.CharField(_("where it stands"), max_length=120)
    values = models.JSONField(_("cells"), default=dict, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    passage = models.ForeignKey(
        Passage, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("passage")
    )
    membership = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("seat")
    )
    problems = models.JSONField(_("what is wrong"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    opinion = models.ForeignKey(
        Opinion, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("opinion")
    )

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row")
        verbose_name_plural = _("rows")
        ordering = ["position"]
        indexes = [models.Index(fields=["upload", "state", "position"], name="import_row_upload_state")]
        constraints = [models.UniqueConstraint(fields=["upload", "position"], name="row_place_once_per_file")]

    def __str__(self) -> str:
        return self.where

    def get_absolute_url(self) -> str:
        """Where it is corrected."""
        return reverse("web:import_row", args=[self.pk])

    @property
    def note(self) -> str:
        """Where the original stands, for the opinion's source."""
        return f"{self.upload.name} {self.where}"

    @property
    def kind_label(self) -> str:
        """The kind of opinion its word means, in the reader's language; the word itself where it means none."""
        word = self.said(Field.KIND)
        kind = kind_of(word, proposes=bool(self.said(Field.PROPOSED)))
        return str(Opinion.Kind(kind).label) if kind else word

    def said(self, field: Field) -> str:
        """What a cell says; nothing where it is empty."""
        return str(self.values.get(field, ""))


def seats_now(user: User) -> dict[UUID, list[str]]:
    """How someone sits on each council today: their memberships and roles, in order."""
    seats: dict[UUID, list[str]] = defaultdict(list)
    current = Membership.objects.current().filter(user=user.pk).order_by("pk")
    for council, pk, role in current.values_list("council", "pk", "role"):
        seats[council].append(f"{pk}:{role}")
    return dict(seats)


def mandates_now(user: User) -> dict[UUID, list[str]]:
    """At which meetings someone comes in place of a member, and for whom."""
    mandates: dict[UUID, list[str]] = defaultdict(list)
    own = Alternate.objects.filter(user=user.pk).order_by("pk")
    for meeting, pk in own.values_list("invitation__meeting", "pk"):
        mandates[meeting].append(f"{pk}:alternate")
    return dict(mandates)


def standing(user: User, council: UUID, meeting: UUID | None) -> list[str]:
    """As what someone takes something away: their seats on the council, and their mandates at the meeting."""
    mandates = mandates_now(user).get(meeting, []) if meeting else []
    return seats_now(user).get(council, []) + mandates


def kept_out_since(user: User) -> Exists:
    """Files of a meeting made before someone, or the member they come for, was to keep out of one of its items."""
    own = Q(membership__user=user.pk) | Q(invitation__alternate__user=user.pk)
    since = Recusal.objects.granted().filter(own, item__meeting=OuterRef("meeting"))
    granted_at = Coalesce("decided_at", "created_at")
    return Exists(since.alias(granted_at=granted_at).filter(granted_at__gte=OuterRef("finished_at")))


class ExportQuerySet(models.QuerySet["Export"]):
    """Files that went out, by who may have them."""

    def visible_to(self, user: User) -> "ExportQuerySet":
        """One's own, while one sits on the council just as when the file was made: it holds what one could see then."""
        mandates = mandates_now(user)
        seats = seats_now(user)
        same = Q(pk__in=[])
        for council, held in seats.items():
            same |= Q(council=council, seats=held) & ~Q(meeting__in=mandates)
        for meeting, council in Meeting.objects.filter(pk__in=mandates).values_list("pk", "council"):
            same |= Q(meeting=meeting, seats=seats.get(council, []) + mandates[meeting])
        return self.filter(same & (Q(meeting=None) | ~kept_out_since(user)), by=user.pk)

    def expired(self) -> "ExportQuerySet":
        """Those whose file has been kept long enough."""
        return self.filter(expires_at__lte=clock.now()).exclude(file="")


class Export(Job):
    """내보내기: a document someone asked for, with what they may see and nothing else, kept for some days."""

    class Kind(models.TextChoices):
        DISPOSITIONS = "dispositions", _("Table of dispositions")
        REPORT = "report", _("Report on the consultation")
        OPINIONS = "opinions", _("List of opinions")
        ISO = "iso", _("ISO comment table with observations")
        COMPARISON = "comparison", _("Comparison of two versions")
        FINDINGS = "findings", _("What unites and what divides, in figures")
        UNITY = "unity", _("What unites and what divides, a report")
        FORMS = "forms", _("Blank forms")
        AGENDA_BOOK = "agenda_book", _("Agenda book")
        ATTENDANCE = "attendance", _("Attendance list")
        MINUTES = "minutes", _("Minutes")
        BALLOTS = "ballots", _("Results of the ballots")
        DECISIONS = "decisions", _("Decisions and actions")
        DOSSIER = "dossier", _("Dossier of the meeting")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being written")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")

    AT_WORK = (State.QUEUED, State.RUNNING)
    FORMATS = {
        Kind.DISPOSITIONS: ("xlsx", "hwpx", "docx", "pdf", "csv"),
        Kind.REPORT: ("hwpx", "docx", "pdf", "xlsx", "csv"),
        Kind.OPINIONS: ("xlsx", "hwpx", "docx", "pdf", "csv"),
        Kind.ISO: ("docx", "xlsx", "csv", "pdf"),
        Kind.COMPARISON: ("hwpx", "docx", "pdf", "xlsx", "csv"),
        Kind.FINDINGS: ("xlsx", "csv"),
        Kind.UNITY: ("hwpx", "docx", "pdf"),
        Kind.FORMS: ("xlsx", "hwpx", "docx", "csv"),
        Kind.AGENDA_BOOK: ("pdf", "hwpx", "docx"),
        Kind.ATTENDANCE: ("xlsx", "hwpx", "docx", "pdf", "csv"),
        Kind.MINUTES: ("hwpx", "docx", "pdf"),
        Kind.BALLOTS: ("xlsx", "hwpx", "docx", "pdf"),
        Kind.DECISIONS: ("xlsx", "hwpx", "docx", "pdf"),
        Kind.DOSSIER: ("zip", "pdf"),
    }
    OF_MEETING = (Kind.AGENDA_BOOK, Kind.ATTENDANCE, Kind.MINUTES, Kind.BALLOTS, Kind.DECISIONS, Kind.DOSSIER)

    consultation = models.ForeignKey(Consultation, models.PROTECT, null=True, blank=True, related_name="exports")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="exports")
    before = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("what"), max_length=12, choices=Kind.choices)
    format = models.CharField(_("format"), max_length=4)
    options = models.JSONField(default=dict, blank=True)
    seats = models.JSONField(default=list, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    file = models.FileField(_("file"), upload_to="exports/%Y/%m/", max_length=300, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, editable=False)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-id"], name="export_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(consultation__isnull=False)
                | Q(meeting__isnull=False)
                | Q(before__isnull=False, version__isnull=False),
                name="an_export_is_of_something",
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.get_kind_display())

    def get_absolute_url(self) -> str:
        """Where one waits for it and downloads it."""
        return reverse("web:export", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has it, or soon will."""
        return self.state in self.AT_WORK

    @property
    def is_kept(self) -> bool:
        """Whether its file can be downloaded."""
        return self.state == self.State.DONE and bool(self.file)
