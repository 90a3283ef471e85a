"""The forms for entering what was not written here, and for correcting the rows of a file."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.documents.models import Passage
from council.exchange.columns import Field
from council.exchange.models import ImportRow
from council.opinions.models import Consultation, Opinion
from council.people.models import Membership, Organisation
from council.web.forms.base import DayInput, Form, LongText
from council.web.forms.choosing import GroupedChoiceField, any_of, offer, seated

LONGEST = 5000
OWN_WORDS = [Opinion.Source.PAPER, Opinion.Source.MAIL]


def _passage_field() -> Any:
    return forms.ModelChoiceField(label=_("Passage"), queryset=Passage.objects.none(), empty_label=None)


def _organisation_field(**kwargs: Any) -> GroupedChoiceField:
    heading = Organisation.get_kind_display
    return GroupedChoiceField(label=_("Organisation"), queryset=Organisation.objects.none(), heading=heading, **kwargs)


def _speaker_name(membership: Membership) -> str:
    return f"{membership.user.name} · {membership.organisation}"


def offer_speakers(form: Form, name: str, consultation: Consultation) -> None:
    """Let a field choose among those who may speak in a council, by name."""
    seats = Membership.objects.current().speaking().filter(council=consultation.council_id)
    offer(form, name, seats.select_related("user", "organisation").order_by("user__name", "pk"))
    form.fields[name].label_from_instance = _speaker_name  # type: ignore[attr-defined]  # a ModelChoiceField by another name


class SpokenForm(Form):
    """What someone says at the meeting, quickly."""

    membership = forms.ModelChoiceField(
        label=_("Who speaks"), queryset=Membership.objects.none(), empty_label=_("Choose who speaks")
    )
    passage = _passage_field()
    kind = forms.ChoiceField(label=_("Kind"), choices=Opinion.Kind.choices, initial=Opinion.Kind.GENERAL)
    reason = forms.CharField(
        label=_("What is said"), max_length=LONGEST, widget=LongText(rows=4, attrs={"autofocus": True})
    )
    proposed_text = forms.CharField(
        label=_("Proposed wording"),
        help_text=_("Needed only where somebody proposes one."),
        max_length=LONGEST,
        required=False,
        widget=LongText(rows=2),
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_speakers(self, "membership", consultation)
        offer(self, "passage", consultation.version.passages.order_by("position"))


class ReceivedForm(Form):
    """An opinion that came on paper or by mail."""

    source = forms.ChoiceField(
        label=_("How it came in"),
        choices=[(each.value, each.label) for each in OWN_WORDS],
        initial=Opinion.Source.PAPER,
    )
    source_note = forms.CharField(
        label=_("Where the original stands"),
        help_text=_("E.g. the letter's date and number, or the folder it is kept in."),
        max_length=200,
    )
    received_on = forms.DateField(label=_("Received"), widget=DayInput, help_text=_("The day decides on its phase."))
    organisation = _organisation_field(empty_label=_("Choose the organisation"))
    submitter = forms.CharField(label=_("Who signed it"), max_length=80, required=False)
    passage = _passage_field()
    kind = forms.ChoiceField(label=_("Kind"), choices=Opinion.Kind.choices, initial=Opinion.Kind.GENERAL)
    proposed_text = forms.CharField(
        label=_("Proposed wording"), max_length=LONGEST, required=False, widget=LongText(rows=4)
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST, widget=LongText(rows=6))
    audience = forms.ChoiceField(
        label=_("Who may see it"), choices=Opinion.Audience.choices, initial=Opinion.Audience.COUNCIL
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", Organisation.objects.order_by("kind", "name"))
        offer(self, "passage", consultation.version.passages.order_by("position"))

    def clean_received_on(self) -> dt.date:
        """Stop a day that has not come yet."""
        day: dt.date = self.cleaned_data["received_on"]
        if day > clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    @property
    def answers(self) -> dict[str, Any]:
        """What was filled in, the day as its last moment up to now: a limit given as a day ends with it."""
        answers = dict(self.cleaned_data)
        received = clock.end_of_day(answers.pop("received_on"))
        return answers | {"received_at": min(received, clock.now())}


class RowForm(Form):
    """A row of a file, as it should be."""

    organisation = _organisation_field(empty_label=_("Choose the organisation"), required=False)
    passage = forms.ModelChoiceField(
        label=_("Passage"), queryset=Passage.objects.none(), empty_label=_("Choose the passage"), required=False
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=any_of(_("By its words"), Opinion.Kind.choices), required=False)
    submitter = forms.CharField(label=_("Submitted by"), max_length=80, required=False)
    current = forms.CharField(
        label=_("Current text"),
        help_text=_("As it stands in the passage; all of the passage when empty."),
        required=False,
        widget=LongText(rows=2),
    )
    proposed = forms.CharField(label=_("Proposed wording"), required=False, widget=LongText(rows=3))
    reason = forms.CharField(label=_("Reason"), required=False, widget=LongText(rows=3))
    audience = forms.ChoiceField(label=_("Who may see it"), choices=Opinion.Audience.choices, required=False)

    alike = forms.BooleanField(
        label=_("Choose the same organisation and passage for every row that names them alike"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, row: ImportRow, kind: str, audience: str, **kwargs: Any) -> None:
        cells = {name: row.said(Field(name)) for name in ("submitter", "current", "proposed", "reason")}
        found = {"organisation": row.organisation_id, "passage": row.passage_id, "kind": kind, "audience": audience}
        kwargs |= {"initial": cells | found, "auto_id": f"{row.pk}-%s"}
        super().__init__(*args, **kwargs)
        council = row.upload.consultation.council
        offer(self, "organisation", _known(council, row).order_by("kind", "name"))
        offer(self, "passage", row.upload.consultation.version.passages.order_by("position"))


def _known(council: Any, row: ImportRow) -> Any:
    """Everyone registered for those who run the council; the one organisation for whoever brought its file."""
    if row.upload.membership_id:
        return seated(council).filter(memberships=row.upload.membership_id)
    return Organisation.objects.all()
