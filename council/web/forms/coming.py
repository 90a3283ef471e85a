"""Questions about coming: an alternate with their mandate, and recusals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.meetings.models import AgendaItem, Alternate, Invitation, Meeting, Recusal
from council.people.models import User
from council.web.forms.base import Choices, Form, LongText
from council.web.forms.choosing import offer

REASON = 2000


class AlternateForm(Form):
    """Who comes in place of a member, and with which mandate."""

    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("The invitation goes there. Who has no account gets one.")
    )
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Needed where the address has no account."), required=False
    )
    title = forms.CharField(
        label=_("Position"), max_length=Alternate._meta.get_field("title").max_length, required=False
    )
    mandate = forms.CharField(
        label=_("Mandate"),
        widget=LongText(rows=3),
        max_length=REASON,
        help_text=_("What they may say and vote for the seat, e.g. everything on the agenda."),
    )
    file = forms.FileField(
        label=_("Letter of mandate"), max_length=200, required=False, help_text=_("Only if the council asks for one.")
    )


class MandateForm(Form):
    """The letter of mandate."""

    file = forms.FileField(label=_("Letter of mandate"), max_length=200)


class AbstainForm(Form):
    """An item one keeps out of oneself."""

    item = forms.ModelChoiceField(AgendaItem.objects.none(), label=_("Agenda item"), empty_label=_("Choose an item"))
    invitation = forms.ModelChoiceField(Invitation.objects.none(), label=_("For"), empty_label=None)
    ground = forms.ChoiceField(label=_("Ground"), choices=Recusal.Ground.choices)
    reason = forms.CharField(
        label=_("Reason"),
        widget=LongText(rows=3),
        max_length=REASON,
        help_text=_("Those who see the item can read it."),
    )

    def __init__(self, *args: Any, meeting: Meeting, user: User, own: list[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "item", _items(meeting, user))
        mine = Invitation.objects.filter(pk__in=[each.pk for each in own])
        offer(self, "invitation", mine.select_related("membership__user", "membership__organisation"))
        invitation: Any = self.fields["invitation"]
        invitation.label_from_instance = member_of
        if len(own) == 1:
            invitation.widget = forms.HiddenInput()
            invitation.initial = own[0].pk


class RecusalForm(Form):
    """A member who should keep out of an item."""

    item = forms.ModelChoiceField(AgendaItem.objects.none(), label=_("Agenda item"), empty_label=_("Choose an item"))
    invitation = forms.ModelChoiceField(Invitation.objects.none(), label=_("Member"), empty_label=_("Choose a member"))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in (Recusal.Kind.CHALLENGE, Recusal.Kind.EXCLUSION)],
        widget=Choices,
        help_text=_(
            "A challenge doubts that someone is fair. An exclusion says that one of the grounds in the rules holds; "
            "chair or secretary establish it."
        ),
    )
    ground = forms.ChoiceField(label=_("Ground"), choices=Recusal.Ground.choices)
    reason = forms.CharField(
        label=_("Reason"),
        widget=LongText(rows=3),
        max_length=REASON,
        help_text=_("The member reads it, and those who decide."),
    )

    def __init__(self, *args: Any, meeting: Meeting, user: User, own: list[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "item", _items(meeting, user))
        others = Invitation.objects.visible_to(user).filter(meeting=meeting).exclude(pk__in=[each.pk for each in own])
        offer(self, "invitation", others.select_related("membership__user", "membership__organisation"))
        invitation: Any = self.fields["invitation"]
        invitation.label_from_instance = member_of


class DecisionForm(Form):
    """What is decided on a recusal."""

    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("The member keeps out of the item")), ("no", _("The member stays"))],
        coerce=lambda word: word == "yes",
        widget=Choices,
    )
    decision = forms.CharField(
        label=_("Reason"),
        widget=LongText(rows=3),
        max_length=REASON,
        required=False,
        help_text=_("Needed where the member stays."),
    )


def member_of(invitation: Invitation) -> str:
    """Who is invited, and for whom."""
    return str(invitation.membership)


def _items(meeting: Meeting, user: User) -> Any:
    items = AgendaItem.objects.visible_to(user).filter(meeting=meeting)
    return items.exclude(state=AgendaItem.State.DONE).order_by("position")
