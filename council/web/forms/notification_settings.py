"""Questions about when one wants to be written to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from council.notifications.models import Habits
from council.web.forms.base import Choices, Form


def _hours() -> list[tuple[int, str]]:
    return [(hour, f"{hour:02}:00") for hour in range(24)]


class TimeInput(forms.TimeInput):
    """A time of day, picked in the browser's own way."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class DigestForm(Form):
    """How often a digest comes, and when."""

    rhythm = forms.ChoiceField(label=_("How often"), choices=Habits.Rhythm.choices, widget=Choices)
    hour = forms.TypedChoiceField(label=_("Hour"), choices=_hours, coerce=int, help_text=_("Korean time."))
    weekday = forms.TypedChoiceField(
        label=_("Day of the week"),
        choices=Habits.Weekday.choices,
        coerce=int,
        help_text=_("For a digest once a week."),
    )


class QuietForm(Form):
    """When nothing is sent."""

    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=TimeInput)
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=TimeInput, help_text=_("Leave both empty for no quiet hours.")
    )
