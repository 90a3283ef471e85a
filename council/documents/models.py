"""The texts: documents, their versions, numbered passages that stay themselves across versions, and attached files."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core.models import Resource, Visibility, uuid7
from council.documents.access import closed_to, opened_to, versions_opened_to
from council.people.models import Council, Organisation, User, sits


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents by who may see them."""

    def visible_to(self, user: User) -> "DocumentQuerySet":
        """Those of one's councils that have a published version; all of them for who writes them or runs the council."""
        published = Version.objects.filter(document=OuterRef("pk")).published()
        return self.filter(sits(user, officer=True) | sits(user, owner="owner") | (sits(user) & Q(Exists(published))))

    def written_by(self, user: User) -> "DocumentQuerySet":
        """Those someone may write in because they sit on the council for the owner or one of its offices."""
        return self.filter(sits(user, owner="owner"))


class Document(Resource):
    """A text a council works on, e.g. a draft strategy."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="documents", verbose_name=_("council"))
    owner = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
        help_text=_("Its members, and those of its offices, see and edit versions in work."),
    )
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=240, blank=True)
    summary = models.TextField(_("summary"), blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:document", args=[self.pk])


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions by who may see them."""

    def published(self) -> "VersionQuerySet":
        """What has been given out."""
        return self.exclude(published_at=None)

    def visible_to(self, user: User) -> "VersionQuerySet":
        """The published versions of one's councils; those in work for who writes them or runs the council.

        Where a version lies on a table, the rooms above say who else may read it.
        """
        return self.filter(
            versions_opened_to(user)
            | sits(user, officer=True)
            | sits(user, owner="document__owner")
            | (sits(user) & Q(published_at__isnull=False))
        )


class Version(Resource):
    """판: one state of a document's text. It can be edited until it is published, then never again."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="versions", verbose_name=_("document"))
    number = models.PositiveSmallIntegerField(_("version"))
    note = models.CharField(_("what it is"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="version_number_once_per_document"),
            models.UniqueConstraint(
                fields=["document"], condition=Q(published_at=None), name="one_version_in_work_per_document"
            ),
        ]

    def __str__(self) -> str:
        return _("%(document)s, version %(number)d") % {"document": self.document, "number": self.number}

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:version", args=[self.pk])

    @property
    def is_published(self) -> bool:
        """Whether it has been given out and so can no longer change."""
        return self.published_at is not None


class PassageQuerySet(models.QuerySet["Passage"]):
    """Passages by who may see them."""

    def visible_to(self, user: User) -> "PassageQuerySet":
        """Those of the versions one may see."""
        return self.filter(version__in=Version.objects.visible_to(user))


class Passage(Resource):
    """조항: a numbered piece of one version's text.

    ``identity`` is the same in every version the passage lives in, so that it can be followed from one to the next;
    ``position`` is its place in reading order.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, models.CASCADE, related_name="passages", verbose_name=_("version"))
    identity = models.UUIDField(default=uuid7, editable=False)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    position = models.PositiveIntegerField(_("place"))
    depth = models.PositiveSmallIntegerField(default=0, editable=False)
    number = models.CharField(_("number"), max_length=20)
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="one_passage_per_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["version", "identity"], name="passage_once_per_version"),
            models.UniqueConstraint(fields=["version", "number"], name="passage_number_once_per_version"),
            models.CheckConstraint(
                condition=Q(heading__regex=r"\S") | Q(text__regex=r"\S"),
                name="passage_says_something",
                violation_error_message=_("A passage needs a heading or a text."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.heading}".strip()

    def get_absolute_url(self) -> str:
        """Its place in the version's page."""
        return f"{reverse('web:version', args=[self.version_id])}#p-{self.pk}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Files by who may see them."""

    def visible_to(self, user: User) -> "AttachmentQuerySet":
        """Those of one's councils and of the documents one may see, what is for officers only for them alone.

        Where a file lies on a table, the rooms above say who else may see it and who may not.
        """
        by_seat = sits(user, officer=True) | (sits(user) & Q(visibility=Visibility.COUNCIL))
        by_document = Q(document=None) | Q(document__in=Document.objects.visible_to(user))
        return self.filter((by_seat & by_document) | opened_to(user)).exclude(closed_to(user))


class Attachment(Resource):
    """붙임: a file as it was given, with its size, type and SHA-256."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="attachments", verbose_name=_("council"))
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name=_("document")
    )
    visibility = models.CharField(
        _("who may see it"), max_length=10, choices=Visibility.choices, default=Visibility.COUNCIL
    )
    file = models.FileField(_("file"), upload_to="attachments/%Y/%m/", max_length=300)
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(_("type"), max_length=120)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("added by"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where it is downloaded."""
        return reverse("web:attachment", args=[self.pk])
