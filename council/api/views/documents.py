"""Documents, versions, passages and files."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser

from council.api.filters import AttachmentFilters, DocumentFilters, PassageFilters, VersionFilters
from council.api.rendering import FileRenderer
from council.api.serializers import documents as shapes
from council.api.views.base import Readable, question, verb
from council.documents import actions
from council.documents.comparison import pair
from council.documents.models import Attachment, Document, Passage, Version
from council.people.scopes import Area


class Documents(Readable):
    """Texts your councils work on, with those of their versions that you may see."""

    area = Area.DOCUMENTS
    reads = shapes.DocumentSerializer
    filterset_class = DocumentFilters

    @verb(shapes.NewDocument)
    def create(self, **sent: Any) -> Document:
        """Enter a document, with an empty first version to write in."""
        return actions.create_document(by=self.user, **sent)

    @verb(shapes.NewVersion, gives=shapes.VersionSerializer, status=201)
    def versions(self, document: Document, **sent: Any) -> Version:
        """Begin the next version as a copy of the last one; every passage keeps its identity."""
        return actions.start_version(document, by=self.user, **sent)


class Versions(Readable):
    """Versions of documents: published ones, and those in work that you write or whose council you run."""

    area = Area.DOCUMENTS
    reads = shapes.VersionSerializer
    filterset_class = VersionFilters

    @verb()
    def publish(self, version: Version) -> Version:
        """Give a version out to the council; from now on its text stands."""
        return actions.publish_version(version, by=self.user)

    @question(shapes.ComparisonSerializer, asks=shapes.ComparedWith)
    def changes(self, version: Version, **asked: Any) -> dict[str, Any]:
        """Compare a version with an earlier one, or any other: passage by passage, and word by word."""
        other = asked.get("from") or self._before(version)
        if other and other.document_id != version.document_id:
            raise ValidationError({"from": [_("This version belongs to another document.")]})
        changes = pair(self._passages(other) if other else (), self._passages(version))
        return {"before": other, "after": version, "changes": changes}

    @staticmethod
    def _passages(version: Version) -> QuerySet[Passage]:
        return Passage.objects.filter(version=version).order_by("position")

    def _before(self, version: Version) -> Version | None:
        earlier = self.get_queryset().filter(document=version.document_id, number__lt=version.number)
        return earlier.order_by("number").last()


class Passages(Readable):
    """Numbered pieces of versions; those of one version in reading order."""

    area = Area.DOCUMENTS
    reads = shapes.PassageSerializer
    filterset_class = PassageFilters

    @property
    def order(self) -> str:
        """In reading order where one version is asked for."""
        return "position" if self.request.query_params.get("version") else super().order

    @verb(shapes.NewPassage)
    def create(self, **sent: Any) -> Passage:
        """Put a passage into a version in work: after another one, or last."""
        return actions.add_passage(by=self.user, **sent)

    @verb(shapes.PassageChange)
    def partial_update(self, passage: Passage, **sent: Any) -> Passage:
        """Change number, heading or text of a passage of a version in work."""
        return actions.change_passage(passage, by=self.user, **sent)

    @verb()
    def destroy(self, passage: Passage) -> None:
        """Take a passage out of a version in work; earlier versions keep it."""
        actions.remove_passage(passage, by=self.user)


class Attachments(Readable):
    """Files of your councils, each as it was given."""

    area = Area.DOCUMENTS
    reads = shapes.AttachmentSerializer
    filterset_class = AttachmentFilters
    parser_classes = [MultiPartParser]

    @verb(shapes.NewAttachment)
    def create(self, **sent: Any) -> Attachment:
        """Keep a file, as multipart/form-data."""
        return actions.attach(by=self.user, **sent)

    @question(bytes, renderer_classes=[FileRenderer])
    def file(self, attachment: Attachment) -> FileResponse:
        """Download a file."""
        return FileResponse(
            attachment.file.open(), as_attachment=True, filename=attachment.name, content_type=attachment.media_type
        )
