"""The forms of a meeting that is held: guests, and what is said."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from council.meetings.models import AgendaItem, Attendance, Invitation, Meeting, Statement
from council.web.forms.base import Form, LongText
from council.web.forms.choosing import offer

LONGEST = 5000


class GuestForm(Form):
    """Someone who is there without an invitation."""

    name = forms.CharField(label=_("Name"), max_length=80)
    organisation_name = forms.CharField(label=_("Organisation"), max_length=120, required=False)
    title = forms.CharField(label=_("Position"), max_length=60, required=False)
    mode = forms.ChoiceField(label=_("How they take part"), choices=Attendance.Mode.choices)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = {
            Meeting.Mode.IN_PERSON: Attendance.Mode.IN_PERSON,
            Meeting.Mode.ONLINE: Attendance.Mode.ONLINE,
        }.get(Meeting.Mode(meeting.mode))
        if only:
            self.fields["mode"].widget = forms.HiddenInput()
            self.initial.setdefault("mode", only)


class OwnStatementForm(Form):
    """The gist of what one said oneself."""

    item = forms.ModelChoiceField(
        label=_("On which item"), queryset=AgendaItem.objects.none(), required=False, empty_label=_("On no item")
    )
    text = forms.CharField(label=_("What was said"), max_length=LONGEST, widget=LongText(rows=4))
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, items: QuerySet[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "item", items)


class SpokenForm(OwnStatementForm):
    """What someone says, quickly: the seat's number and the words."""

    field_order = ("speaker", "item", "text")
    speaker = forms.CharField(
        label=_("Who speaks"),
        help_text=_("The seat’s number, or a name."),
        max_length=80,
        widget=forms.TextInput({"list": "speakers", "autocomplete": "off", "size": 24}),
    )

    def __init__(self, *args: Any, places: QuerySet[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def clean_speaker(self) -> str:
        """Find the seat whose number was typed."""
        typed: str = self.cleaned_data["speaker"].strip()
        if typed.isdecimal() and self._seat(typed) is None:
            raise forms.ValidationError(_("No seat here has the number %(number)s."), params={"number": typed})
        return typed

    def _seat(self, typed: str) -> Invitation | None:
        if typed.isdecimal():
            return self.places.filter(membership__seat__number=int(typed)).first() if len(typed) < 5 else None
        named = Q(membership__user__name=typed) | Q(alternate__user__name=typed)
        found = list(self.places.filter(named)[:2])
        return found[0] if len(found) == 1 else None

    @property
    def answers(self) -> dict[str, Any]:
        """What was filled in, the speaker as the seat it names, or as a name where it names none."""
        answers = dict(self.cleaned_data)
        seat = self._seat(answers["speaker"])
        return answers | {"invitation": seat, "speaker": "" if seat else answers["speaker"]}


class StatementForm(Form):
    """A statement, put right."""

    item = forms.ModelChoiceField(
        label=_("On which item"), queryset=AgendaItem.objects.none(), required=False, empty_label=_("On no item")
    )
    text = forms.CharField(label=_("What was said"), max_length=LONGEST, widget=LongText(rows=6))

    def __init__(self, *args: Any, statement: Statement, items: QuerySet[AgendaItem], **kwargs: Any) -> None:
        kwargs["initial"] = {"item": statement.item_id, "text": statement.text}
        super().__init__(*args, **kwargs)
        offer(self, "item", items)
