"""Documents, versions, passages and files, as they are read and sent."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from council.api.fields import ById, Upload
from council.api.serializers.base import Change, Read, Sent, SentModel
from council.api.serializers.people import CouncilRefSerializer, OrganisationRefSerializer, PersonSerializer
from council.core.models import Visibility
from council.documents.models import Attachment, Document, Passage, Version
from council.people.models import Council, Organisation, User

SPAN_KINDS = ["same", "added", "removed"]
CHANGE_KINDS = [*SPAN_KINDS, "changed"]

# --- Read ------------------------------------------------------------------------------------------------------------


class VersionOfDocumentSerializer(Read):
    """A version, within its document."""

    class Meta:
        model = Version
        fields = ("id", "number", "note", "published_at")


class DocumentSerializer(Read):
    """A document with those of its versions that the caller may see."""

    related = ("council", "owner")
    council = CouncilRefSerializer()
    owner = OrganisationRefSerializer(allow_null=True)
    versions = VersionOfDocumentSerializer(many=True)

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the versions, in one more statement."""
        versions = Version.objects.visible_to(user).order_by("number")
        return super().rows(user).prefetch_related(Prefetch("versions", versions))

    class Meta:
        model = Document
        fields = ("id", "council", "owner", "title", "title_en", "summary", "versions", "created_at", "modified_at")


class DocumentRefSerializer(Read):
    """A document, in short."""

    class Meta:
        model = Document
        fields = ("id", "title")


class VersionSerializer(Read):
    """One state of a document's text; ``published_at`` is empty while it is in work."""

    related = ("council", "document")
    council = CouncilRefSerializer()
    document = DocumentRefSerializer()

    class Meta:
        model = Version
        fields = ("id", "council", "document", "number", "note", "published_at", "created_at", "modified_at")


class VersionRefSerializer(Read):
    """A version, in short, with its document."""

    document = DocumentRefSerializer()

    class Meta:
        model = Version
        fields = ("id", "number", "document")


class PassageRefSerializer(Read):
    """A passage, in short."""

    class Meta:
        model = Passage
        fields: tuple[str, ...] = ("id", "identity", "number", "heading")


class PassageSerializer(Read):
    """A numbered piece of a version; ``identity`` stays the same from version to version."""

    related = ("version__document", "parent")
    version = VersionRefSerializer()
    parent = PassageRefSerializer(allow_null=True)

    class Meta:
        model = Passage
        fields = (
            "id",
            "identity",
            "version",
            "parent",
            "position",
            "depth",
            "number",
            "heading",
            "text",
            "revision",
            "created_at",
            "modified_at",
        )


class PassageInVersionSerializer(Read):
    """A passage's words in one version; its ``version`` is an id."""

    version = serializers.UUIDField(source="version_id")

    class Meta:
        model = Passage
        fields = ("id", "identity", "version", "number", "heading", "text")


class AttachmentRefSerializer(Read):
    """A file, in short."""

    class Meta:
        model = Attachment
        fields = ("id", "name", "media_type", "size")


class AttachmentSerializer(Read):
    """A file with its size, its type told from its content, and its SHA-256."""

    related = ("council", "added_by")
    council = CouncilRefSerializer()
    document = DocumentRefSerializer(allow_null=True)
    added_by = PersonSerializer()

    @classmethod
    def rows(cls, user: User) -> QuerySet[Any]:
        """With the document, as far as the caller may see it."""
        return super().rows(user).prefetch_related(Prefetch("document", Document.objects.visible_to(user)))

    class Meta:
        model = Attachment
        fields = (
            "id",
            "council",
            "document",
            "visibility",
            "name",
            "media_type",
            "size",
            "sha256",
            "added_by",
            "created_at",
        )


class SpanSerializer(serializers.Serializer[Any]):
    """A stretch of text that both sides share, or only one has."""

    kind = serializers.ChoiceField(SPAN_KINDS)
    text = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """One passage on both sides; ``before`` or ``after`` is null where it was added or removed."""

    kind = serializers.ChoiceField(CHANGE_KINDS)
    before = PassageInVersionSerializer(allow_null=True)
    after = PassageInVersionSerializer(allow_null=True)
    spans = SpanSerializer(many=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    """What changed from one version to another, passage by passage and word by word."""

    before = VersionRefSerializer(allow_null=True)
    after = VersionRefSerializer()
    changes = ChangeSerializer(many=True)


# --- Sent ------------------------------------------------------------------------------------------------------------


class NewDocument(SentModel):
    """A document to enter."""

    council = ById(Council)
    owner = ById(Organisation, required=False, allow_null=True)

    class Meta(SentModel.Meta):
        model = Document
        fields = ("council", "owner", "title", "title_en", "summary")


class NewVersion(Sent):
    """A version to start."""

    note = serializers.CharField(required=False, allow_blank=True)


class ComparedWith(Sent):
    """With which version to compare."""

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word of Python, hence not an attribute."""
        return {"from": ById(Version, required=False, help_text="A version of the same document; the one before.")}


class NewPassage(SentModel):
    """A passage to add; it needs a heading or a text."""

    version = ById(Version)
    parent = ById(Passage, required=False, allow_null=True)  # type: ignore[assignment]  # no attribute, a field
    after = ById(Passage, required=False, allow_null=True, help_text="The passage it follows; last when left out.")

    class Meta(SentModel.Meta):
        model = Passage
        fields = ("version", "parent", "after", "number", "heading", "text")


class PassageChange(Change):
    """What to change in a passage."""

    revision = serializers.IntegerField(
        required=False, help_text="The revision the change was made on; where there is a newer one it is refused."
    )

    class Meta(Change.Meta):
        model = Passage
        fields = ("number", "heading", "text", "revision")


class NewAttachment(Sent):
    """A file to keep."""

    council = ById(Council)
    file = Upload(max_length=300)
    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    document = ById(Document, required=False, allow_null=True)
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
