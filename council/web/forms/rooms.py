"""The forms of an organisation's room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.opinions.models import Opinion
from council.web.forms.base import Choices, Form, LongText

LONGEST = 5000


class RemarkForm(Form):
    """A comment on a colleague's draft."""

    text = forms.CharField(label=_("Your comment"), max_length=2000, widget=LongText(rows=2))


class SubmitSetForm(Form):
    """The official set, given. The question about personal data is asked only where some was found."""

    personal_data_checked = forms.BooleanField(
        label=_("I have looked at what was found. It may stay."), required=False, widget=forms.HiddenInput
    )

    def accept_problems(self, error: Any) -> None:
        """Ask about personal data where that is among what is wrong."""
        if "personal_data" in getattr(error, "error_dict", {}):
            self.fields["personal_data_checked"].widget = forms.CheckboxInput()
        super().accept_problems(error)


class MergeForm(Form):
    """One opinion made of several."""

    kind = forms.ChoiceField(label=_("What do you want?"), choices=Opinion.Kind.choices, widget=Choices)
    proposed_text = forms.CharField(
        label=_("Your wording"),
        help_text=_("What differs from the current text is shown below while you type."),
        max_length=LONGEST,
        required=False,
        widget=LongText(attrs={"data-diff-of": "#current-text"}),
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("The reasons of all stand here; make one of them."),
        max_length=LONGEST,
        widget=LongText(rows=8),
    )
    audience = forms.ChoiceField(label=_("Who may read it?"), choices=Opinion.Audience.choices, widget=Choices)
