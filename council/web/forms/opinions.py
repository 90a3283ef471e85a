"""The forms for opinions and answers, and the filters of lists of opinions."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.db.models import Model, Q
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.documents.models import Passage
from council.opinions.models import Consultation, Disposition, Opinion, OpinionQuerySet, Phase
from council.people.models import Membership, Organisation, User
from council.web.forms.base import Choices, DayInput, Form, LongText
from council.web.forms.choosing import GroupedChoiceField, any_of, offer, offer_offices, office_field, sectors

SUBMIT = "submit"
LONGEST = 5000


class OpinionForm(Form):
    """What someone wants changed, and why."""

    kind = forms.ChoiceField(
        label=_("What do you want?"), choices=Opinion.Kind.choices, widget=Choices, initial=Opinion.Kind.AMEND
    )
    proposed_text = forms.CharField(
        label=_("Your wording"),
        help_text=_("Change the text as it should read. What you change is shown below while you type."),
        max_length=LONGEST,
        required=False,
        widget=LongText(attrs={"data-diff-of": "#current-text"}),
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("The office that answers decides by your reason. An example from your work helps most."),
        max_length=LONGEST,
        required=False,
        widget=LongText(),
    )
    audience = forms.ChoiceField(
        label=_("Who may read it?"),
        choices=Opinion.Audience.choices,
        widget=Choices,
        initial=Opinion.Audience.COUNCIL,
    )

    def __init__(self, *args: Any, quote: str, **kwargs: Any) -> None:
        self.quote = quote
        kwargs["initial"] = {"proposed_text": quote, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    @property
    def submits(self) -> bool:
        """Whether the button pressed was the one that gives the opinion."""
        return self.data.get("then") == SUBMIT

    def clean_proposed_text(self) -> str:
        """The text the field was filled with is no proposal."""
        proposed: str = self.cleaned_data["proposed_text"]
        return "" if proposed.split() == self.quote.split() else proposed


class NewOpinionForm(OpinionForm):
    """An opinion, and for which of one's organisations."""

    membership = forms.ModelChoiceField(
        label=_("For whom do you speak?"), queryset=Membership.objects.none(), empty_label=None
    )
    field_order = ["membership"]

    def __init__(self, *args: Any, memberships: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Membership.objects.filter(pk__in=[each.pk for each in memberships])
        offer(self, "membership", own.select_related("organisation"))
        membership = self.fields["membership"]
        membership.label_from_instance = _seat_name  # type: ignore[attr-defined]  # a ModelChoiceField by another name
        if len(memberships) == 1:
            membership.widget = forms.HiddenInput()


def _seat_name(membership: Membership) -> str:
    return f"{membership.organisation} · {membership.get_sector_display()}"


class TriageForm(Form):
    """Who answers, and by when."""

    office = office_field(_("Office that answers"), empty_label=None)
    due_on = forms.DateField(label=_("Answer due"), widget=DayInput, required=False)

    def __init__(self, *args: Any, opinion: Opinion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_offices(self, "office", opinion.consultation.council)


class AnswerForm(Form):
    """What becomes of an opinion, and why."""

    verdict = forms.ChoiceField(label=_("Disposition"), choices=Disposition.Verdict.choices, widget=Choices)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The author reads this. Say what was weighed, not only what was decided."),
        max_length=LONGEST,
        widget=LongText(),
    )
    changed_passage = GroupedChoiceField(
        label=_("Changed passage"),
        help_text=_("Where it can be read. Needed when something is accepted."),
        queryset=None,
        required=False,
        empty_label=_("None"),
        heading=lambda passage: _("Version %(number)d") % {"number": passage.version.number},
    )

    def __init__(self, *args: Any, opinion: Opinion, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "changed_passage", later_passages(opinion, user))


def later_passages(opinion: Opinion, user: User) -> Any:
    """The passages of the later versions of the text an opinion is about, the newest version first."""
    asked = opinion.consultation.version
    return (
        Passage.objects.visible_to(user)
        .filter(version__document=asked.document_id, version__number__gt=asked.number)
        .select_related("version")
        .order_by("-version__number", "position")
    )


class OpinionFilter(Form):
    """Whose opinions, from when, and how they were answered; kept in the address."""

    sector = forms.ChoiceField(label=_("Sector"), choices=sectors(_("All sectors")), required=False)
    phase = forms.ChoiceField(label=_("Phase"), choices=any_of(_("All phases"), Phase.Kind.choices), required=False)
    verdict = forms.ChoiceField(
        label=_("Answer"), choices=any_of(_("All answers"), Disposition.Verdict.choices), required=False
    )

    @property
    def chosen(self) -> dict[str, Any]:
        """What is filtered by; a value that is none of the choices is passed over."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        return urlencode({name: self.data[name] for name in self.chosen})

    def narrow(self, opinions: OpinionQuerySet, user: User) -> OpinionQuerySet:
        """The opinions that are asked for. An answer counts only for those who may see it."""
        chosen = self.chosen
        for name in ("sector", "phase"):
            if name in chosen:
                opinions = opinions.filter(**{name: chosen[name]})
        if "verdict" in chosen:
            answers = Disposition.objects.visible_to(user).filter(verdict=chosen["verdict"])
            opinions = opinions.filter(disposition__in=answers)
        return opinions


class BoardFilter(OpinionFilter):
    """What the board shows."""

    office = forms.ChoiceField(label=_("Office"), required=False)
    passage = forms.ChoiceField(label=_("Passage"), required=False)
    q = forms.CharField(label=_("Words in it"), max_length=100, required=False)
    state = forms.ChoiceField(choices=any_of(_("All"), Opinion.State.choices), required=False, widget=forms.HiddenInput)
    overdue = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, consultation: Consultation, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = Opinion.objects.visible_to(user).given().filter(consultation=consultation).order_by()
        offices = Organisation.objects.filter(Q(pk__in=given.values("office")) | Q(pk=consultation.office_id))
        passages = Passage.objects.filter(pk__in=given.values("passage"))
        self._offer("office", _("All offices"), offices.order_by("name"))
        self._offer("passage", _("All passages"), passages.order_by("position"))

    def _offer(self, name: str, every: Any, rows: Iterable[Model]) -> None:
        """Read the choices once, for showing them and for checking them."""
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = any_of(every, [(str(row.pk), str(row)) for row in rows])

    def narrow(self, opinions: OpinionQuerySet, user: User) -> OpinionQuerySet:
        """The opinions that are asked for; withdrawn ones only when they are."""
        chosen = self.chosen
        opinions = super().narrow(opinions, user)
        opinions = opinions.filter(state=chosen["state"]) if "state" in chosen else opinions.given()
        for name in ("office", "passage"):
            if name in chosen:
                opinions = opinions.filter(**{name: chosen[name]})
        if "overdue" in chosen:
            opinions = opinions.filter(state=Opinion.State.TRIAGED, due_on__lt=clock.today())
        if "q" in chosen:
            words = chosen["q"]
            opinions = opinions.filter(Q(reason__icontains=words) | Q(proposed_text__icontains=words))
        return opinions
