"""What members say: opinions on passages, their history, and the public form of what is confidential."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource, Sector
from council.documents.models import Passage
from council.opinions.models.consultations import Consultation, Phase
from council.people.models import Council, Membership, Organisation, User, sits


def colleagues_of(user: User, of: str = "") -> Q:
    """The rows for whose organisation, or whose opinion's, someone speaks in the row's council."""
    return sits(user, speaking=True, organisation=f"{of}organisation")


def seen_by(user: User, of: str = "") -> Q:
    """The opinions someone may see, as :meth:`OpinionQuerySet.visible_to` says; or the rows whose opinion, ``of``, they are.

    Beside other conditions this looks at a row's own opinion, where a subquery would go through all opinions first.
    """

    def where(**conditions: object) -> Q:
        return Q(**{f"{of}{name}": value for name, value in conditions.items()})

    given = ~where(state__in=Opinion.NOT_GIVEN)
    points = apps.get_model("opinions", "Point").objects.filter(opinion=OuterRef(f"{of}pk"))  # defined on opinions
    return (
        where(author=user.pk)
        | (~where(state=Opinion.State.DRAFT) & colleagues_of(user, of))
        | (~where(state__in=Opinion.INSIDE) & sits(user, officer=True))
        | (given & where(audience=Opinion.Audience.COUNCIL, hidden_at=None) & sits(user))
        | (
            given & Q(Exists(points.filter(sits(user, organisation="office"))))
        )  # last: the only one PostgreSQL looks up row by row
    )


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Opinions by state and by who may see them."""

    def visible_to(self, user: User) -> "OpinionQuerySet":
        """One's own always, and what one's organisation shares or gave; of one's councils those given to the council.

        Those who run the council see everything given; an office what it answers, whoever it is for. What is hidden
        stays with these and its author. A draft is its author's alone.
        """
        return self.filter(seen_by(user))

    def given(self) -> "OpinionQuerySet":
        """Submitted and not withdrawn."""
        return self.exclude(state__in=Opinion.NOT_GIVEN)

    def public(self) -> "OpinionQuerySet":
        """What everybody may read once it is answered: given to the whole council, answered in public, not hidden."""
        return self.filter(audience=Opinion.Audience.COUNCIL, state=Opinion.State.PUBLISHED, hidden_at=None)

    def unconfirmed(self) -> "OpinionQuerySet":
        """Spoken words someone else wrote down and their speaker has not confirmed yet."""
        spoken = self.filter(source=Opinion.Source.SPOKEN, confirmed_at=None, author__isnull=False)
        return spoken.exclude(state=Opinion.State.WITHDRAWN)


class Opinion(Resource):
    """의견: what someone wants changed in a passage, or says of it, for an organisation.

    Organisation and sector are those of the moment it was given, and the passage is quoted as it read then.
    Workflow state and disposition are two things: the state says how far it has come, the disposition of each of its
    points what was decided. From submission on the state is derived from the points (``derived_state``).
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
        SHARED = "shared", _("Shared in the organisation")
        CHOSEN = "chosen", _("In the official set")
        KEPT = "kept", _("Kept inside the organisation")
        MERGED = "merged", _("Merged into another")
        SUBMITTED = "submitted", _("Given")
        TRIAGED = "triaged", _("Being answered")
        WAITING = "waiting", _("Waiting for input")
        ANSWERED = "answered", _("Answer prepared")
        PUBLISHED = "published", _("Answered")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Audience(models.TextChoices):
        COUNCIL = "council", _("All members of the council")
        OFFICE = "office", _("The answering office and the secretary only")
        CONFIDENTIAL = "confidential", _("Company secret: others read a redacted form")

    class Source(models.TextChoices):
        """How it came in."""

        WRITTEN = "written", _("Written here")
        SPOKEN = "spoken", _("Spoken at the meeting")
        MAIL = "mail", _("By mail")
        PAPER = "paper", _("On paper")
        FILE = "file", _("From a file")

    INSIDE = (State.DRAFT, State.SHARED, State.CHOSEN, State.KEPT, State.MERGED)
    NOT_GIVEN = (*INSIDE, State.WITHDRAWN)
    UNANSWERED = (State.SUBMITTED, State.TRIAGED, State.WAITING)
    NEEDS_WORDING = (Kind.AMEND, Kind.ADD)
    PROPOSES = (*NEEDS_WORDING, Kind.DELETE)

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
    audience = models.CharField(_("who may see it"), max_length=12, choices=Audience.choices, default=Audience.COUNCIL)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=1, editable=False)

    author = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name=_("author")
    )
    membership = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name=_("membership")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="opinions", verbose_name=_("organisation")
    )
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices)
    submitted_at = models.DateTimeField(_("given"), null=True, editable=False)

    source = models.CharField(_("how it came in"), max_length=8, choices=Source.choices, default=Source.WRITTEN)
    source_note = models.CharField(_("where it stands"), max_length=200, blank=True)
    submitter = models.CharField(_("given by"), max_length=80, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed by the speaker"), null=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    hidden_at = models.DateTimeField(_("hidden"), null=True, editable=False)
    hidden_reason = models.TextField(_("why it is hidden"), blank=True)
    campaign = models.ForeignKey(
        "opinions.Campaign", models.SET_NULL, null=True, blank=True, related_name="opinions", editable=False
    )

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["consultation", "passage"], name="opinion_consultation_passage"),
            models.Index(fields=["consultation", "state", "id"], name="opinion_consultation_state"),
            models.Index(fields=["author", "id"], name="opinion_author"),
            models.Index(fields=["consultation", "organisation"], name="opinion_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="opinion_number_once_per_consultation"),
            models.UniqueConstraint(
                fields=["consultation", "fingerprint"],
                condition=~Q(fingerprint=""),
                name="the_same_row_of_a_file_is_entered_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "shared", "chosen", "kept", "merged"])
                | Q(number__isnull=False, submitted_at__isnull=False) & ~Q(phase=""),
                name="a_given_opinion_has_number_time_and_phase",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "shared", "chosen", "kept", "merged"]) | Q(reason__regex=r"\S"),
                name="a_given_opinion_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=False, membership__isnull=False)
                | Q(recorded_by__isnull=False) & ~Q(source="written"),
                name="an_opinion_without_author_was_entered_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None) | Q(hidden_reason__regex=r"\S"), name="hiding_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}" if self.number else str(self.State.DRAFT.label)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:opinion", args=[self.pk])

    @property
    def is_inside(self) -> bool:
        """Whether it has not left its organisation."""
        return self.state in self.INSIDE

    @property
    def needs_confirming(self) -> bool:
        """Whether its speaker should say that this is what was said."""
        return self.source == self.Source.SPOKEN and self.confirmed_at is None and self.author_id is not None


class RevisionQuerySet(models.QuerySet["Revision"]):
    """History by who may see it."""

    def visible_to(self, user: User) -> "RevisionQuerySet":
        """That of the opinions one may see; what was once not for the whole council stays so."""
        points = apps.get_model("opinions", "Point").objects.filter(opinion=OuterRef("opinion"))
        return self.filter(
            Q(audience=Opinion.Audience.COUNCIL)
            | Q(opinion__author=user.pk)
            | sits(user, officer=True, council="opinion__council")
            | Q(Exists(points.filter(sits(user, organisation="office")))),
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
    audience = models.CharField(max_length=12, choices=Opinion.Audience.choices)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["opinion", "number"]
        constraints = [models.UniqueConstraint(fields=["opinion", "number"], name="revision_number_once_per_opinion")]

    def __str__(self) -> str:
        return f"{self.opinion} r{self.number}"


class RedactionQuerySet(models.QuerySet["Redaction"]):
    """Public forms by who may see them."""

    def visible_to(self, user: User) -> "RedactionQuerySet":
        """The approved ones for the whole council; those in preparation for who may see the opinion itself."""
        return self.filter(self._approved_for(user) | seen_by(user, "opinion__"))

    def instead_for(self, user: User) -> "RedactionQuerySet":
        """Those that stand for an opinion one may not see itself."""
        opinion = Opinion.objects.visible_to(user).filter(pk=OuterRef("opinion"))
        return self.filter(self._approved_for(user), ~Exists(opinion))

    @staticmethod
    def _approved_for(user: User) -> Q:
        approved = sits(user) & Q(approved_at__isnull=False, opinion__hidden_at=None)
        return approved & ~Q(opinion__state__in=Opinion.NOT_GIVEN)


class Redaction(Resource):
    """공개본: the form in which others may read a confidential opinion, without the company's secret or its name.

    Prepared by one side, its organisation or those who run the council, and approved by the other.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    opinion = models.OneToOneField(Opinion, models.CASCADE, related_name="redaction", verbose_name=_("opinion"))
    proposed_text = models.TextField(_("proposed wording"), blank=True)
    reason = models.TextField(_("reason"))
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("prepared by"))
    by_officers = models.BooleanField(_("prepared by those who run the council"))
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("redacted form")
        verbose_name_plural = _("redacted forms")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="a_redacted_form_says_something"),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(approved_by__isnull=False) & ~Q(approved_by=models.F("prepared_by")),
                name="two_pairs_of_eyes_see_a_redacted_form",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opinion}"

    def get_absolute_url(self) -> str:
        """The opinion it stands for."""
        return reverse("web:redaction", args=[self.pk])
