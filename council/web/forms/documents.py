"""The forms for texts and files."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.core.models import Visibility
from council.documents.models import Document, Passage, Version
from council.people.models import Council, Organisation
from council.web.forms.base import Choices, Form, LongText
from council.web.forms.choosing import offer, seated


class DocumentForm(Form):
    """A new document."""

    title = forms.CharField(label=_("Title"), max_length=Document._meta.get_field("title").max_length)
    title_en = forms.CharField(label=_("English title"), max_length=240, required=False)
    summary = forms.CharField(label=_("What it is about"), widget=LongText(rows=4), required=False)
    owner = forms.ModelChoiceField(
        label=_("Written by"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Nobody in particular"),
        help_text=_("The members of this organisation, and of its offices, write versions in work."),
    )

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", seated(council))


class VersionForm(Form):
    """The next version."""

    note = forms.CharField(
        label=_("What it is"),
        max_length=Version._meta.get_field("note").max_length,
        required=False,
        help_text=_("A few words, e.g. “after the hearing of 5 September”."),
    )


class PassageForm(Form):
    """The words of a passage."""

    number = forms.CharField(label=_("Number"), max_length=20, help_text=_("As it is cited, e.g. 2-가-1)."))
    heading = forms.CharField(label=_("Heading"), max_length=200, required=False)
    text = forms.CharField(label=_("Text"), widget=LongText(rows=10), required=False)


class NewPassageForm(PassageForm):
    """A new passage and its place."""

    parent = forms.ModelChoiceField(
        label=_("Part of"),
        queryset=Passage.objects.none(),
        required=False,
        empty_label=_("Nothing, it stands by itself"),
    )
    after = forms.ModelChoiceField(
        label=_("Comes after"), queryset=Passage.objects.none(), required=False, empty_label=_("The end of the text")
    )

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("parent", "after"):
            offer(self, name, version.passages.order_by("position"))


class AttachForm(Form):
    """A file for a document."""

    file = forms.FileField(label=_("File"), allow_empty_file=True)
    visibility = forms.ChoiceField(
        label=_("Who may see it"), choices=Visibility.choices, widget=Choices, initial=Visibility.COUNCIL
    )
