"""The forms for files: bringing one in, asking for one."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from council.documents.models import Version
from council.exchange.models import Export
from council.exchange.reading import ENCODINGS
from council.opinions.models import Consultation
from council.people.models import Organisation, User
from council.web.forms.base import Form
from council.web.forms.choosing import any_of, offer, seated

FORMATS = {
    "xlsx": _("Spreadsheet (XLSX)"),
    "hwpx": _("Hangul document (HWPX)"),
    "docx": _("Word document (DOCX)"),
    "pdf": _("PDF"),
    "csv": _("Text (CSV)"),
}


def formats_of(*kinds: str) -> list[tuple[str, Any]]:
    """The formats some kinds of documents come in, with their names."""
    offered = {each for kind in kinds for each in Export.FORMATS[Export.Kind(kind)]}
    return [(name, label) for name, label in FORMATS.items() if name in offered]


class UploadForm(Form):
    """A file of opinions."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX, CSV, DOCX or HWPX with the columns of the blank form, or the ISO/IEC commenting template."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt,.docx,.hwpx"}),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding of a CSV file"), choices=any_of(_("Find out"), ENCODINGS.items()), required=False
    )
    organisation = forms.ModelChoiceField(
        label=_("Whose the rows are that name nobody"),
        help_text=_("For a file from one organisation that left the column empty."),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Nobody's: mark them"),
    )

    def __init__(self, *args: Any, consultation: Consultation, for_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if for_all:
            offer(self, "organisation", seated(consultation.council))
        else:
            del self.fields["organisation"]

    def clean_encoding(self) -> str | None:
        """None where it is to be found out."""
        return self.cleaned_data["encoding"] or None


class ExportForm(Form):
    """A document of a consultation, as a file."""

    KINDS = (
        Export.Kind.DISPOSITIONS,
        Export.Kind.REPORT,
        Export.Kind.OPINIONS,
        Export.Kind.UNITY,
        Export.Kind.FINDINGS,
        Export.Kind.ISO,
    )

    kind = forms.ChoiceField(label=_("What"), choices=[(each.value, each.label) for each in KINDS])
    format = forms.ChoiceField(label=_("Format"), choices=formats_of(*KINDS))


class CompareForm(Form):
    """신·구조문대비표 of two versions."""

    before = forms.TypedChoiceField(label=_("Older version"))
    version = forms.TypedChoiceField(label=_("Newer version"))
    format = forms.ChoiceField(label=_("Format"), choices=formats_of(Export.Kind.COMPARISON))
    unchanged = forms.BooleanField(label=_("Show unchanged passages too"), required=False)

    def __init__(self, *args: Any, consultation: Consultation, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = Version.objects.visible_to(user).filter(document=consultation.version.document_id)
        found = {str(each.pk): each for each in versions.select_related("document").order_by("number")}
        later = [pk for pk, each in found.items() if each.number > consultation.version.number]
        initial = {"before": str(consultation.version_id), "version": later[0] if later else None}
        for name, pk in initial.items():
            field = cast("forms.TypedChoiceField", self.fields[name])
            field.choices = [(pk, str(each)) for pk, each in found.items()]
            field.coerce = found.__getitem__
            field.initial = pk


class BlankFormsForm(Form):
    """Forms to hand out."""

    format = forms.ChoiceField(label=_("Format"), choices=formats_of(Export.Kind.FORMS))
    organisation = forms.ModelChoiceField(
        label=_("For whom"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Everyone who was asked, in one ZIP file"),
    )
    iso = forms.BooleanField(label=_("The ISO/IEC commenting template, in English"), required=False)

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", seated(consultation.council))
