"""The forms with which order is kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.web.forms.base import Form, LongText

LONGEST = 5000


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(max_length=1000, widget=LongText(rows=3))

    def __init__(self, *args: Any, label: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = help_text


class RedactForm(Form):
    """The form in which others may read a confidential opinion."""

    proposed_text = forms.CharField(
        label=_("Proposed wording, as others may read it"),
        max_length=LONGEST,
        required=False,
        widget=LongText(attrs={"data-diff-of": "#original-wording"}),
    )
    reason = forms.CharField(
        label=_("Reason, as others may read it"),
        help_text=_("Take out what is secret: names, figures, customers. What you change is shown below."),
        max_length=LONGEST,
        widget=LongText(attrs={"data-diff-of": "#original-reason"}),
    )
