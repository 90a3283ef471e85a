"""Questions about meetings, their agenda and papers, and who comes."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core.models import Visibility
from council.documents.models import Version
from council.meetings.models import AgendaItem, Invitation, Meeting
from council.people.models import Council, Subcommittee, User
from council.web.forms.base import Choices, Form, LongText, MomentInput
from council.web.forms.choosing import offer


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

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "subcommittee", council.subcommittees.all())


class ItemForm(Form):
    """An item on the agenda."""

    title = forms.CharField(label=_("Title"), max_length=_longest(AgendaItem, "title"))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=AgendaItem.Kind.choices,
        initial=AgendaItem.Kind.DISCUSSION,
        help_text=_("Deliberations and decisions need a paper before the meeting can be convened."),
    )
    presenter = forms.CharField(label=_("Presented by"), max_length=_longest(AgendaItem, "presenter"), required=False)
    minutes_planned = forms.IntegerField(
        label=_("Time planned, in minutes"),
        min_value=0,
        max_value=1440,
        initial=10,
        help_text=_("An item with items below it takes at least as long as they do."),
    )
    note = forms.CharField(label=_("Explanation"), widget=LongText(rows=3), max_length=5000, required=False)
    visibility = forms.ChoiceField(
        label=_("Who may see it"),
        choices=Visibility.choices,
        widget=Choices,
        initial=Visibility.COUNCIL,
        help_text=_("Its papers follow."),
    )


class NewItemForm(ItemForm):
    """An item that is not on the agenda yet, and below which other one it goes."""

    parent = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("Part of"), empty_label=_("None; an item of its own"), required=False
    )

    def __init__(self, *args: Any, meeting: Meeting, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = AgendaItem.objects.visible_to(user).filter(meeting=meeting).order_by("position")
        offer(self, "parent", items)
        self.order_fields(["title", "kind", "parent"])


class MinutesForm(Form):
    """What became of an item."""

    state = forms.ChoiceField(label=_("State"), choices=AgendaItem.State.choices, widget=Choices)
    minutes = forms.CharField(label=_("What was said"), widget=LongText(rows=8), max_length=20000, required=False)


class PaperForm(Form):
    """A paper: a file of one's own, or a version of a document."""

    file = forms.FileField(label=_("A file"), max_length=200, required=False)
    version = forms.ModelChoiceField(
        Version.objects.none(), label=_("Or a published version of a document"), empty_label=_("None"), required=False
    )

    def __init__(self, *args: Any, council: Council, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = Version.objects.visible_to(user).published().filter(council=council).select_related("document")
        offer(self, "version", published.order_by("-id"))

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        answers = super().clean() or {}
        if not self.errors and bool(answers["file"]) == bool(answers["version"]):
            self.add_error(None, _("Choose either a file or a version of a document."))
        return answers


class AnswerForm(Form):
    """Whether someone comes."""

    answer = forms.ChoiceField(label=_("Do you come?"), widget=Choices)
    note = forms.CharField(
        label=_("A note to the secretary"),
        max_length=_longest(Invitation, "note"),
        help_text=_("For example who comes in your place. The members of the council can read it."),
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
    answers = Invitation.Answer
    possible = {
        Meeting.Mode.IN_PERSON: (answers.ATTENDING, answers.DECLINED),
        Meeting.Mode.ONLINE: (answers.ONLINE, answers.DECLINED),
        Meeting.Mode.HYBRID: (answers.ATTENDING, answers.ONLINE, answers.DECLINED),
    }[Meeting.Mode(meeting.mode)]
    return [(answer.value, answer.label) for answer in possible]
