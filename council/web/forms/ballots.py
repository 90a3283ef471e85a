"""The forms with which a vote is opened and cast."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.decisions.models import Ballot, Voter
from council.meetings.models import AgendaItem, Meeting, Recusal
from council.people.models import Share, User
from council.web.forms.base import Choices, Form, LongText
from council.web.forms.choosing import any_of, offer


class BallotForm(Form):
    """A question to be put to the vote."""

    item = forms.ModelChoiceField(queryset=AgendaItem.objects.none(), label=_("Agenda item"), required=False)
    question = forms.CharField(label=_("Question"), max_length=300, help_text=_("To be answered with for or against."))
    text = forms.CharField(label=_("Text to be decided"), max_length=20000, required=False, widget=LongText(rows=6))
    secret = forms.BooleanField(
        label=_("Secret ballot"),
        required=False,
        help_text=_("What each one chooses is stored nowhere; it is only added up."),
    )
    majority = forms.ChoiceField(label=_("How many have to agree"), required=False)
    base = forms.ChoiceField(label=_("Of whom"), required=False)
    recusal = forms.ModelChoiceField(
        queryset=Recusal.objects.none(),
        label=_("Challenge that this decides"),
        required=False,
        help_text=_("The member does not vote."),
    )

    def __init__(self, *args: Any, meeting: Meeting, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "item", AgendaItem.objects.visible_to(user).filter(meeting=meeting).order_by("position"))
        raised = Recusal.objects.visible_to(user).filter(
            item__meeting=meeting, kind=Recusal.Kind.CHALLENGE, state=Recusal.State.RAISED
        )
        offer(self, "recusal", raised)
        if not raised.exists():
            del self.fields["recusal"]
        rule = _("As the council's rules say")
        self.fields["majority"].choices = any_of(rule, Share.choices)  # type: ignore[attr-defined]  # a choice field
        if meeting.kind == Meeting.Kind.WRITTEN:
            for name in ("secret", "base"):
                del self.fields[name]
        else:
            bases = [each for each in Ballot.Base.choices if each[0] != Ballot.Base.RETURNED]
            self.fields["base"].choices = any_of(rule, bases)  # type: ignore[attr-defined]  # a choice field


class VoteForm(Form):
    """For, against or abstain; the key makes sending twice harmless."""

    choice = forms.ChoiceField(label=_("Your vote"), choices=Voter.Choice.choices, widget=Choices)
    statement = forms.CharField(
        label=_("Statement"),
        max_length=2000,
        required=False,
        widget=LongText(rows=3),
        help_text=_("Stands beside your vote, for everyone to read."),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ballot.secret:
            del self.fields["statement"]


class PaperVoteForm(Form):
    """What a form that came back on paper says."""

    choice = forms.ChoiceField(label=_("Vote on the form"), choices=Voter.Choice.choices, widget=Choices)
    statement = forms.CharField(label=_("Statement"), max_length=2000, required=False, widget=LongText(rows=3))
