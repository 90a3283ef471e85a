"""Questions about the agenda: its items, papers, and what members propose."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.core.models import Visibility
from council.documents.models import Version
from council.meetings.actions import OPEN
from council.meetings.models import AgendaItem, Meeting, Proposal, Referral
from council.people.models import Council, Subcommittee, User
from council.web.forms.base import Choices, Form, LongText
from council.web.forms.choosing import offer

_TITLE, _PRESENTER = 200, 120


class ItemForm(Form):
    """An item on the agenda."""

    title = forms.CharField(label=_("Title"), max_length=_TITLE)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=AgendaItem.Kind.choices,
        initial=AgendaItem.Kind.DISCUSSION,
        help_text=_("Deliberations and decisions need a paper before the meeting can be convened."),
    )
    presenter = forms.CharField(label=_("Presented by"), max_length=_PRESENTER, required=False)
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
    closed = forms.BooleanField(
        label=_("Closed item"),
        help_text=_("Everyone sees its title; explanation, papers and minutes are for those invited alone."),
        required=False,
    )


class NewItemForm(ItemForm):
    """An item that is not on the agenda yet, and below which other one it goes."""

    parent = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("Part of"), empty_label=_("None; an item of its own"), required=False
    )

    def __init__(self, *args: Any, meeting: Meeting, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_items(self, "parent", meeting, user)
        self.order_fields(["title", "kind", "parent"])


def offer_items(form: Form, name: str, meeting: Meeting, user: User) -> None:
    """Let a field choose among the items of a meeting."""
    offer(form, name, AgendaItem.objects.visible_to(user).filter(meeting=meeting).order_by("position"))


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


class CarryOverForm(Form):
    """To which meeting an item goes on."""

    to = forms.ModelChoiceField(Meeting.objects.none(), label=_("To the meeting"), empty_label=None)

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", of_same_body(item.council, item.meeting.subcommittee).exclude(pk=item.meeting_id))


def of_same_body(council: Council, subcommittee: Subcommittee | None) -> Any:
    """The meetings of a body that are still to come."""
    return Meeting.objects.filter(council=council, subcommittee=subcommittee, state__in=OPEN).order_by("starts_at")


# --- Proposals -------------------------------------------------------------------------------------------------------


class ProposalForm(Form):
    """What a member asks a meeting to take up."""

    title = forms.CharField(label=_("What should the meeting take up?"), max_length=_TITLE)
    note = forms.CharField(label=_("What it is about, and why now"), widget=LongText(rows=6), max_length=5000)
    kind = forms.ChoiceField(
        label=_("What the meeting should do with it"),
        choices=AgendaItem.Kind.choices,
        widget=Choices,
        initial=AgendaItem.Kind.DISCUSSION,
    )
    minutes_planned = forms.IntegerField(label=_("Time it needs, in minutes"), min_value=1, max_value=480, initial=10)


class AcceptForm(Form):
    """Where an accepted proposal goes."""

    parent = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("Part of"), empty_label=_("None; an item of its own"), required=False
    )

    def __init__(self, *args: Any, meeting: Meeting, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_items(self, "parent", meeting, user)


class ProposalsField(forms.ModelMultipleChoiceField[Proposal]):
    """Some of the proposals, each with whose it is."""

    def label_from_instance(self, proposal: Proposal) -> str:
        """Its title and the organisation."""
        return f"{proposal.title} ({proposal.organisation})"


class MergeForm(Form):
    """Which proposals become one item, and which."""

    proposals = ProposalsField(Proposal.objects.none(), label=_("Proposals"), widget=forms.CheckboxSelectMultiple)
    into = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("Into the item"), empty_label=_("A new item"), required=False
    )
    title = forms.CharField(
        label=_("Title of the new item"), max_length=_TITLE, required=False, help_text=_("Only for a new item.")
    )

    def __init__(self, *args: Any, meeting: Meeting, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = meeting.proposals.filter(state=Proposal.State.OPEN).select_related("organisation", "meeting")
        offer(self, "proposals", waiting.order_by("id"))
        offer_items(self, "into", meeting, user)


class DeclineForm(Form):
    """Why a proposal is not taken up."""

    reason = forms.CharField(
        label=_("Reason"), widget=LongText(rows=3), max_length=2000, help_text=_("Whoever proposed it reads it.")
    )


# --- Forwarding ------------------------------------------------------------------------------------------------------


class ForwardForm(Form):
    """To whom an item is forwarded, and what is asked of them."""

    body = forms.ChoiceField(label=_("To whom"))
    request = forms.CharField(
        label=_("What is asked of them"),
        widget=LongText(rows=4),
        max_length=3000,
        help_text=_("Those who run the other body read this with the item's title and explanation."),
    )

    def __init__(self, *args: Any, item: AgendaItem, councils: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = item.council.subcommittees.exclude(meetings=item.meeting)
        self.bodies: dict[str, Council | Subcommittee] = {str(each.pk): each for each in [*own, *councils]}
        groups = [
            (_("Subcommittees"), [(str(each.pk), str(each)) for each in own]),
            (_("Councils"), [(str(each.pk), str(each)) for each in councils]),
        ]
        field = self.fields["body"]
        field.choices = [group for group in groups if group[1]]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Say which of the two kinds of body it is."""
        answers = super().clean() or {}
        body = self.bodies.get(answers.pop("body", ""))
        kind = "subcommittee" if isinstance(body, Subcommittee) else "council"
        return {**answers, kind: body}


class TakeUpForm(Form):
    """In which meeting a forwarded item is taken up."""

    meeting = forms.ModelChoiceField(Meeting.objects.none(), label=_("In the meeting"), empty_label=None)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "meeting", of_same_body(referral.to_council, referral.to_subcommittee))


class ReturnForm(Form):
    """What became of a forwarded item."""

    result = forms.CharField(
        label=_("What became of it"),
        widget=LongText(rows=4),
        max_length=3000,
        help_text=_("The body that forwarded it reads this; say why, if you do not take it up."),
    )
    declined = forms.BooleanField(label=_("We do not take it up"), required=False)
