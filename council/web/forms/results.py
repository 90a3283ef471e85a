"""The forms of what follows an answer: what the result shows, telling outside the product, the second round."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from council.documents.models import Passage
from council.notifications import telling
from council.opinions.models import Consultation, Disposition, DispositionQuerySet, Objection, Opinion, Told
from council.web.forms.base import Choices, DayInput, Form, LongText
from council.web.forms.choosing import GroupedChoiceField, any_of, offer, sectors

LONGEST = 5000


class Filter(Form):
    """A list's filters as they stand in its address; a value that is none of the choices is passed over."""

    @property
    def chosen(self) -> dict[str, Any]:
        """What is filtered by."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        return urlencode({name: self.data[name] for name in self.chosen})


class AnswerFilter(Filter):
    """Which published answers are shown.

    ``passage`` is what was asked about, ``changed`` the identity of what was changed, ``mine`` one's organisation's.
    """

    verdict = forms.ChoiceField(
        label=_("Disposition"), choices=any_of(_("All dispositions"), Disposition.Verdict.choices), required=False
    )
    sector = forms.ChoiceField(label=_("Sector"), choices=sectors(_("All sectors")), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=any_of(_("All kinds"), Opinion.Kind.choices), required=False)
    passage = forms.UUIDField(required=False, widget=forms.HiddenInput)
    changed = forms.UUIDField(required=False, widget=forms.HiddenInput)
    opinion = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    mine = forms.BooleanField(required=False, widget=forms.HiddenInput)

    FIELDS = {
        "verdict": "verdict",
        "sector": "point__opinion__sector",
        "kind": "point__opinion__kind",
        "passage": "point__opinion__passage",
        "opinion": "point__opinion__number",
    }

    def narrow(self, answers: DispositionQuerySet, mine: Q | None = None) -> DispositionQuerySet:
        """The answers that are asked for."""
        chosen = self.chosen
        asked = {field: chosen[name] for name, field in self.FIELDS.items() if name in chosen}
        answers = answers.filter(**asked)
        if "changed" in chosen:
            answers = answers.accepting().filter(changed_passage__identity=chosen["changed"])
        return answers.filter(mine) if "mine" in chosen and mine is not None else answers


class TellingFilter(Filter):
    """Whose telling is shown."""

    UNTOLD = "untold"

    state = forms.ChoiceField(
        choices=[(UNTOLD, _("Not told yet")), *telling.State.choices], required=False, widget=forms.HiddenInput
    )

    @property
    def states(self) -> tuple[telling.State, ...]:
        """The states that are shown; empty for all."""
        chosen = self.chosen.get("state")
        if not chosen:
            return ()
        return telling.UNTOLD if chosen == self.UNTOLD else (telling.State(chosen),)


class ToldForm(Form):
    """That someone was told outside the product, how and when."""

    channel = forms.ChoiceField(label=_("How"), choices=Told.Channel.choices)
    on = forms.DateField(label=_("On"), widget=DayInput)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class ObjectionForm(Form):
    """An author's reply to an answer."""

    text = forms.CharField(
        label=_("What does the answer leave out?"),
        help_text=_("You can reply once. The office then confirms its answer or revises it, and says why."),
        max_length=LONGEST,
        widget=LongText(),
    )


class DecisionForm(Form):
    """What becomes of a reply: the answer stays, or is revised."""

    REVISING = ("verdict", "answer", "changed_passage")

    outcome = forms.ChoiceField(
        label=_("Does the answer stay?"),
        choices=[
            (Objection.Outcome.CONFIRMED, _("Yes, it is confirmed")),
            (Objection.Outcome.REVISED, _("No, it is revised")),
        ],
        widget=Choices,
    )
    reason = forms.CharField(
        label=_("Why?"), help_text=_("The author reads this."), max_length=LONGEST, widget=LongText(rows=4)
    )
    verdict = forms.ChoiceField(
        label=_("New disposition"), choices=Disposition.Verdict.choices, widget=Choices, required=False
    )
    answer = forms.CharField(
        label=_("New answer"), max_length=LONGEST, required=False, widget=LongText(attrs={"data-diff-of": "#answer"})
    )
    changed_passage = GroupedChoiceField(
        label=_("Changed passage"),
        help_text=_("Of a published later version; needed where something is accepted."),
        queryset=Passage.objects.none(),
        heading=lambda passage: str(passage.version),
        required=False,
        empty_label=_("None"),
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = consultation.version
        later = Passage.objects.filter(
            version__document=asked.document_id, version__number__gt=asked.number, version__published_at__isnull=False
        )
        offer(
            self, "changed_passage", later.select_related("version__document").order_by("-version__number", "position")
        )

    def clean(self) -> dict[str, Any]:
        """Where the answer stays, a new one is not looked at."""
        answers = super().clean() or {}
        if answers.get("outcome") == Objection.Outcome.CONFIRMED:
            answers |= {"verdict": "", "answer": "", "changed_passage": None}
        return answers
