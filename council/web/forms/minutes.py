"""Questions about minutes and recordings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.decisions.models import Correction
from council.meetings.models import Invitation
from council.meetings.models.coming import InvitationQuerySet
from council.web.forms.base import Choices, Form, LongText, MomentInput
from council.web.forms.choosing import offer

LONGEST = 100_000


class SectionForm(Form):
    """What a section says."""

    text = forms.CharField(
        label=_("Text"),
        widget=LongText(rows=16),
        max_length=LONGEST,
        required=False,
        strip=False,
        help_text=_("One line for each statement: who, for whom, and the gist."),
    )
    closed = forms.BooleanField(
        label=_("For those invited alone"),
        help_text=_("Others do not read this section, also once the minutes are approved."),
        required=False,
    )


class CorrectionForm(Form):
    """What should be said otherwise."""

    quote = forms.CharField(
        label=_("The sentence as it stands"),
        widget=LongText(rows=3),
        max_length=5000,
        required=False,
        help_text=_("Copy it from the minutes. Leave it empty where something is missing."),
    )
    proposed = forms.CharField(label=_("As it should be"), widget=LongText(rows=3), max_length=5000)
    reason = forms.CharField(label=_("Why?"), widget=LongText(rows=2), max_length=2000, required=False)
    invitation = forms.ModelChoiceField(Invitation.objects.none(), label=_("For the seat of"), empty_label=None)

    def __init__(self, *args: Any, invitations: InvitationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "invitation", invitations)
        own = list(invitations)
        self.fields["invitation"].label_from_instance = lambda each: str(each.membership)  # type: ignore[attr-defined]  # a choice of rows
        if len(own) == 1:
            self.fields["invitation"].widget = forms.HiddenInput()
            self.initial["invitation"] = own[0].pk


class DecisionOnCorrectionForm(Form):
    """What the secretary makes of a requested correction."""

    state = forms.ChoiceField(label=_("Is it accepted?"), choices=list(Correction.State.choices)[1:], widget=Choices)
    text = forms.CharField(
        label=_("The section then"),
        widget=LongText(rows=10),
        max_length=LONGEST,
        required=False,
        strip=False,
        help_text=_("Where the correction is not accepted, the text stays as it is."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    answer = forms.CharField(
        label=_("Answer"), widget=LongText(rows=3), max_length=2000, help_text=_("Whoever asked for it reads it.")
    )


class RecallForm(Form):
    """Why minutes are taken back into work, or a recording is removed."""

    reason = forms.CharField(label=_("Reason"), widget=LongText(rows=3), max_length=2000)


class AnnexForm(Form):
    """A correction of approved minutes."""

    text = forms.CharField(label=_("What is corrected"), widget=LongText(rows=6), max_length=20_000)
    reason = forms.CharField(label=_("Why?"), widget=LongText(rows=3), max_length=2000)


class RecordingForm(Form):
    """A recording, as a file or as an address."""

    file = forms.FileField(label=_("A file with sound or picture"), max_length=200, required=False)
    url = forms.URLField(label=_("Or its address elsewhere"), max_length=200, assume_scheme="https", required=False)
    started_at = forms.DateTimeField(
        label=_("When it began"),
        widget=MomentInput,
        required=False,
        help_text=_("Seoul time; when the meeting opened, if left empty. From it follows where each item begins."),
    )
    ended_at = forms.DateTimeField(
        label=_("When it ended"),
        widget=MomentInput,
        required=False,
        help_text=_("With the meeting, if left empty. Who may not see an item that is heard in it cannot play it."),
    )


class TranscriptForm(Form):
    """A transcript."""

    file = forms.FileField(
        label=_("Transcript"),
        max_length=200,
        help_text=_("WebVTT or SRT. It takes the place of the transcript there is."),
    )
