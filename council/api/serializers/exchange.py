"""Files on their way in, row by row, and files on their way out; as they are read and sent."""

from typing import Any, ClassVar

from rest_framework import serializers

from council.api.fields import AllById, ById, Upload
from council.api.serializers.base import Read, Sent
from council.api.serializers.documents import PassageRefSerializer, VersionRefSerializer
from council.api.serializers.meetings import MeetingRefSerializer
from council.api.serializers.people import MembershipRefSerializer, OrganisationRefSerializer, PersonSerializer
from council.api.serializers.short import ConsultationRefSerializer
from council.documents.models import Passage, Version
from council.exchange.models import Export, Import, ImportRow
from council.exchange.reading import ENCODINGS
from council.meetings.models import Meeting
from council.opinions.models import Consultation
from council.people.models import Membership, Organisation

FORM_FORMATS = Export.FORMATS[Export.Kind.FORMS]
FORMATS = sorted({name for formats in Export.FORMATS.values() for name in formats})

# --- Read ------------------------------------------------------------------------------------------------------------


class ImportSerializer(Read):
    """A file of opinions that came in: looked through, corrected, then entered; ``done`` of ``total`` says how far."""

    related: ClassVar[tuple[str, ...]] = (
        "consultation",
        "organisation",
        "membership__user",
        "membership__organisation",
        "by",
    )
    consultation = ConsultationRefSerializer()
    organisation = OrganisationRefSerializer(allow_null=True)
    membership = MembershipRefSerializer(allow_null=True)
    by = PersonSerializer()

    class Meta:
        model = Import
        fields: tuple[str, ...] = (
            "id",
            "consultation",
            "name",
            "size",
            "sha256",
            "form",
            "format",
            "encoding",
            "organisation",
            "membership",
            "by",
            "state",
            "total",
            "done",
            "untouched",
            "added",
            "repeated",
            "error",
            "created_at",
            "finished_at",
        )


class RowCountsSerializer(serializers.Serializer[Any]):
    """How many rows of a file are how far."""

    ready = serializers.IntegerField()
    problem = serializers.IntegerField()
    repeated = serializers.IntegerField()
    left_out = serializers.IntegerField()
    added = serializers.IntegerField()


class ImportWithCountsSerializer(ImportSerializer):
    """A file of opinions that came in, with how many of its rows are how far."""

    counts = RowCountsSerializer()

    class Meta(ImportSerializer.Meta):
        fields = (*ImportSerializer.Meta.fields, "counts")


class ImportRowSerializer(Read):
    """A row of a file: what its cells say, what they were found to mean, and what is wrong with it."""

    related = ("organisation", "passage", "membership__user", "membership__organisation")
    upload = serializers.UUIDField(source="upload_id", help_text="The import it is of.")
    values = serializers.DictField(child=serializers.CharField())
    organisation = OrganisationRefSerializer(allow_null=True)
    passage = PassageRefSerializer(allow_null=True)
    membership = MembershipRefSerializer(allow_null=True)
    problems = serializers.ListField(child=serializers.CharField())
    opinion = serializers.UUIDField(source="opinion_id", allow_null=True, help_text="What it was entered as.")

    class Meta:
        model = ImportRow
        fields = (
            "id",
            "upload",
            "position",
            "where",
            "values",
            "organisation",
            "passage",
            "membership",
            "problems",
            "state",
            "opinion",
        )


class ExportSerializer(Read):
    """A document that was asked for as a file: with what one could see, kept for some days."""

    related = ("consultation", "meeting", "before__document", "version__document", "by")
    consultation = ConsultationRefSerializer(allow_null=True)
    meeting = MeetingRefSerializer(allow_null=True)
    before = VersionRefSerializer(allow_null=True)
    version = VersionRefSerializer(allow_null=True)
    by = PersonSerializer()
    is_kept = serializers.BooleanField(help_text="Whether its file can be downloaded.")

    class Meta:
        model = Export
        fields = (
            "id",
            "consultation",
            "meeting",
            "before",
            "version",
            "kind",
            "format",
            "state",
            "name",
            "size",
            "sha256",
            "total",
            "done",
            "error",
            "is_kept",
            "by",
            "created_at",
            "finished_at",
            "expires_at",
        )


# --- Sent ------------------------------------------------------------------------------------------------------------


class NewImport(Sent):
    """A file of opinions to bring in: XLSX, CSV, DOCX or HWPX."""

    consultation = ById(Consultation)
    file = Upload(max_length=200)
    encoding = serializers.ChoiceField(sorted(ENCODINGS), required=False, help_text="Of a CSV file that is not UTF-8.")
    organisation = ById(
        Organisation, required=False, help_text="Whose the rows are that name nobody; for those who run the council."
    )
    membership = ById(
        Membership, required=False, help_text="For whom one gives them; may be left out where there is one choice only."
    )


class RowChange(Sent):
    """What to correct in a row: what it means, or what its cells say."""

    organisation = ById(Organisation, required=False)
    passage = ById(Passage, required=False)
    place = serializers.CharField(required=False, allow_blank=True)
    submitter = serializers.CharField(required=False, allow_blank=True)
    kind = serializers.CharField(required=False, allow_blank=True)
    current = serializers.CharField(required=False, allow_blank=True)
    proposed = serializers.CharField(required=False, allow_blank=True)
    reason = serializers.CharField(required=False, allow_blank=True)
    audience = serializers.CharField(required=False, allow_blank=True)


class NewExport(Sent):
    """A document to write: what, of what, in which format. A comparison names two versions, a file of a meeting it."""

    kind = serializers.ChoiceField([choice for choice in Export.Kind.choices if choice[0] != Export.Kind.FORMS])
    format = serializers.ChoiceField(FORMATS)
    consultation = ById(Consultation, required=False, allow_null=True)
    meeting = ById(
        Meeting,
        required=False,
        allow_null=True,
        help_text="For agenda_book, attendance, minutes, ballots, decisions, dossier.",
    )
    before = ById(Version, required=False, allow_null=True)
    version = ById(Version, required=False, allow_null=True)
    unchanged = serializers.BooleanField(
        required=False, help_text="Whether a comparison shows what stayed the same, too."
    )


class BlankForms(Sent):
    """For whom to write blank forms, in which format."""

    format = serializers.ChoiceField(FORM_FORMATS)
    organisations = AllById(
        Organisation, required=False, max_length=1000, help_text="All that were asked when left out."
    )
    iso = serializers.BooleanField(required=False, help_text="The ISO/IEC commenting template instead.")


class BlankForm(Sent):
    """In which format."""

    type = serializers.ChoiceField(FORM_FORMATS, default="xlsx")
    membership = ById(Membership, required=False, help_text="For whom; may be left out where there is one choice only.")
    iso = serializers.BooleanField(default=False, help_text="The ISO/IEC commenting template instead.")
