"""The form for an opinion, and the filter of lists of opinions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from council.opinions.models import Disposition, Opinion, OpinionQuerySet, Phase
from council.people.models import Membership, User
from council.web.forms.base import Choices, Form, LongText
from council.web.forms.choosing import any_of, offer, sectors

SUBMIT, SHARE = "submit", "share"
LONGEST = 5000

WHAT_IT_MEANS = {
    Opinion.Audience.COUNCIL: _("Every member reads it, with the name of your organisation."),
    Opinion.Audience.OFFICE: _(
        "Only the office that answers and those who run the council read it. Everybody else sees that there is one more."
    ),
    Opinion.Audience.CONFIDENTIAL: _(
        "Others read a form without the secret and without your name, once both your organisation and those who run "
        "the council agree to it."
    ),
}


def _explained(value: str, label: Any) -> tuple[str, Any]:
    """A choice with a sentence that says what it means."""
    sentence = WHAT_IT_MEANS[Opinion.Audience(value)]
    return value, lazy(format_html, SafeString)('<span>{}<span class="choice-hint">{}</span></span>', label, sentence)


class OpinionForm(Form):
    """What someone wants changed, and why."""

    kind = forms.ChoiceField(
        label=_("What do you want?"), choices=Opinion.Kind.choices, widget=Choices, initial=Opinion.Kind.AMEND
    )
    proposed_text = forms.CharField(
        label=_("Your wording"),
        help_text=_("Change the text as it should read. What you change is shown below while you type."),
        max_length=LONGEST,
        required=False,
        widget=LongText(attrs={"data-diff-of": "#current-text"}),
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("The office that answers decides by your reason. An example from your work helps most."),
        max_length=LONGEST,
        required=False,
        widget=LongText(),
    )
    audience = forms.ChoiceField(
        label=_("Who may read it?"),
        choices=[_explained(value, label) for value, label in Opinion.Audience.choices],
        widget=Choices,
        initial=Opinion.Audience.COUNCIL,
    )
    personal_data_checked = forms.BooleanField(label=_("I have seen this, and it may stay."), required=False)

    def __init__(self, *args: Any, quote: str, **kwargs: Any) -> None:
        self.quote = quote
        kwargs["initial"] = {"proposed_text": quote, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    @property
    def then(self) -> str:
        """Which button was pressed: submit, share with the organisation, or save."""
        return str(self.data.get("then", ""))

    @property
    def asks_about_personal_data(self) -> bool:
        """Whether something was found that may stay if its author says so; only then the box is shown."""
        return "personal_data_checked" in self.errors or "personal_data_checked" in self.data

    def accept_problems(self, error: ValidationError) -> None:
        """Put what was found beside the box that lets it stay."""
        problems = dict(error.error_dict) if hasattr(error, "error_dict") else {}
        found = problems.pop("personal_data", None)
        if found:
            self.add_error("personal_data_checked", found)
        if problems or not found:
            super().accept_problems(ValidationError(problems) if found else error)

    def clean_proposed_text(self) -> str:
        """The text the field was filled with is no proposal."""
        proposed: str = self.cleaned_data["proposed_text"]
        return "" if proposed.split() == self.quote.split() else proposed


class NewOpinionForm(OpinionForm):
    """An opinion, and for which of one's organisations."""

    membership = forms.ModelChoiceField(
        label=_("For whom do you speak?"), queryset=Membership.objects.none(), empty_label=None
    )
    field_order = ["membership"]

    def __init__(self, *args: Any, memberships: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Membership.objects.filter(pk__in=[each.pk for each in memberships])
        offer(self, "membership", own.select_related("organisation"))
        membership = self.fields["membership"]
        membership.label_from_instance = _seat_name  # type: ignore[attr-defined]  # a ModelChoiceField by another name
        if len(memberships) == 1:
            membership.widget = forms.HiddenInput()


def _seat_name(membership: Membership) -> str:
    return f"{membership.organisation} · {membership.get_sector_display()}"


class OpinionFilter(Form):
    """Whose opinions, from when, and how they were answered; kept in the address."""

    sector = forms.ChoiceField(label=_("Sector"), choices=sectors(_("All sectors")), required=False)
    phase = forms.ChoiceField(label=_("Phase"), choices=any_of(_("All phases"), Phase.Kind.choices), required=False)
    verdict = forms.ChoiceField(
        label=_("Answer"), choices=any_of(_("All answers"), Disposition.Verdict.choices), required=False
    )

    @property
    def chosen(self) -> dict[str, Any]:
        """What is filtered by; a value that is none of the choices is passed over."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        return urlencode({name: self.data[name] for name in self.chosen})

    def narrow(self, opinions: OpinionQuerySet, user: User) -> OpinionQuerySet:
        """The opinions that are asked for. An answer counts only for those who may see it."""
        chosen = self.chosen
        for name in ("sector", "phase"):
            if name in chosen:
                opinions = opinions.filter(**{name: chosen[name]})
        if "verdict" in chosen:
            answers = Disposition.objects.visible_to(user).filter(verdict=chosen["verdict"])
            opinions = opinions.filter(pk__in=answers.values("point__opinion"))
        return opinions
