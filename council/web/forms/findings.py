"""What is said where members agree and disagree one opinion after another, and the terms under which they do."""

from django import forms
from django.utils.translation import gettext_lazy as _

from council.core.models import Sector
from council.opinions.models import Opinion, Reaction
from council.web.forms.base import Form


class VoteForm(Form):
    """How one votes on which opinion."""

    opinion = forms.ModelChoiceField(Opinion.objects.none())
    value = forms.TypedChoiceField(choices=Reaction.Value.choices, coerce=int)

    def __init__(self, *args: object, opinions: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they come
        self.fields["opinion"].queryset = opinions  # type: ignore[attr-defined]  # of a ModelChoiceField


class TermsForm(Form):
    """Which sectors speak in the open."""

    in_the_open = forms.MultipleChoiceField(
        label=_("Sectors that speak in the open"),
        help_text=_(
            "Their bodies' positions are shown by name; they have to agree to that. All others vote in confidence."
        ),
        choices=Sector.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
