"""Questions about meetings: when, where, how, how often, and who comes."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.meetings.actions import FITTING
from council.meetings.models import Invitation, Meeting, MeetingTemplate, Series
from council.meetings.rhythm import MOST
from council.people.models import Council, Subcommittee
from council.web.forms.base import Choices, Form, LongText, MomentInput
from council.web.forms.choosing import any_of, offer


def _longest(model: type[Model], field: str) -> int | None:
    return model._meta.get_field(field).max_length  # type: ignore[union-attr]  # relations have none


class MeetingForm(Form):
    """When, where and what kind of meeting."""

    title = forms.CharField(label=_("Title"), max_length=_longest(Meeting, "title"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Meeting.Kind.choices, initial=Meeting.Kind.PLENARY)
    subcommittee = forms.ModelChoiceField(
        Subcommittee.objects.none(),
        label=_("subcommittee"),
        help_text=_("Only for the meeting of a subcommittee; its members are invited."),
        empty_label=_("None"),
        required=False,
    )
    starts_at = forms.DateTimeField(label=_("Begins"), widget=MomentInput, help_text=_("Seoul time."))
    ends_at = forms.DateTimeField(label=_("Ends"), widget=MomentInput, help_text=_("Seoul time."))
    mode = forms.ChoiceField(
        label=_("How it is held"), choices=Meeting.Mode.choices, widget=Choices, initial=Meeting.Mode.IN_PERSON
    )
    place = forms.CharField(label=_("Place"), max_length=_longest(Meeting, "place"), required=False)
    online_url = forms.URLField(
        label=_("Address to join online"),
        max_length=_longest(Meeting, "online_url"),
        assume_scheme="https",
        required=False,
    )

    capacity = forms.IntegerField(
        label=_("Places in the room"),
        min_value=1,
        max_value=32767,
        required=False,
        help_text=_("Who says they come when all are taken goes on a waiting list. Empty: as many as come."),
    )
    closed = forms.BooleanField(
        label=_("Closed meeting"),
        required=False,
        help_text=_("That it takes place is known to the council; agenda, papers and minutes are for those invited."),
    )

    proposals_until = forms.DateTimeField(
        label=_("Agenda items may be proposed until"),
        widget=MomentInput,
        help_text=_("Members hear of it, and see from then on that the meeting is in preparation."),
        required=False,
    )

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "subcommittee", council.subcommittees.all())


class MeetingsFilter(Form):
    """Which meetings to show."""

    kind = forms.ChoiceField(label=_("Kind"), choices=any_of(_("All kinds"), Meeting.Kind.choices), required=False)
    series = forms.ModelChoiceField(
        Series.objects.none(), label=_("Series"), empty_label=_("All series"), required=False
    )

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "series", council.series.all())


class SeriesForm(MeetingForm):
    """Meetings that come back: the first one, how often, and how many."""

    name = forms.CharField(label=_("Name of the series"), max_length=_longest(Series, "name"))
    rhythm = forms.ChoiceField(
        label=_("How often"),
        choices=Series.Rhythm.choices,
        initial=Series.Rhythm.MONTHLY,
        help_text=_("Every month means the same weekday of the same week, e.g. the first Tuesday."),
    )
    count = forms.IntegerField(label=_("How many meetings"), min_value=2, max_value=MOST, initial=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("title", "proposals_until"):
            del self.fields[name]
        self.fields["starts_at"].label = _("The first one begins")
        self.fields["ends_at"].label = _("The first one ends")
        self.order_fields(["name", "rhythm", "count", "starts_at", "ends_at"])


class CopyForm(Form):
    """When a copy of a meeting takes place."""

    title = forms.CharField(label=_("Title"), max_length=_longest(Meeting, "title"))
    starts_at = forms.DateTimeField(label=_("Begins"), widget=MomentInput, help_text=_("Seoul time; it is as long."))
    papers = forms.BooleanField(label=_("The papers lie on the new table too"), required=False)


class TemplateForm(Form):
    """What a template is called."""

    name = forms.CharField(label=_("Name of the template"), max_length=_longest(MeetingTemplate, "name"))


class FromTemplateForm(Form):
    """When a meeting from a template takes place."""

    title = forms.CharField(label=_("Title"), max_length=_longest(Meeting, "title"))
    starts_at = forms.DateTimeField(label=_("Begins"), widget=MomentInput, help_text=_("Seoul time."))
    proposals_until = forms.DateTimeField(
        label=_("Agenda items may be proposed until"),
        widget=MomentInput,
        help_text=_("Members hear of it, and see from then on that the meeting is in preparation."),
        required=False,
    )


class AnswerForm(Form):
    """Whether someone comes."""

    answer = forms.ChoiceField(label=_("Do you come?"), widget=Choices)
    note = forms.CharField(
        label=_("A note to the secretary"),
        max_length=_longest(Invitation, "note"),
        help_text=_("The members of the council can read it."),
        required=False,
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = possible_answers(meeting)  # type: ignore[attr-defined]  # a ChoiceField


class ConveneForm(Form):
    """The reason for a notice that is shorter than the rules ask."""

    urgent_reason = forms.CharField(
        label=_("Reason for the short notice"),
        widget=LongText(rows=3),
        max_length=2000,
        help_text=_("Only where the meeting is urgent; it is shown on the meeting's page."),
        required=False,
    )


class CancelForm(Form):
    """Why a meeting is called off."""

    reason = forms.CharField(
        label=_("Reason"), widget=LongText(rows=3), max_length=2000, help_text=_("Everyone who was invited reads it.")
    )


def possible_answers(meeting: Meeting) -> list[tuple[str, str | Promise]]:
    """The answers that fit how a meeting is held, with their words."""
    return [(answer.value, answer.label) for answer in FITTING[Meeting.Mode(meeting.mode)]]
