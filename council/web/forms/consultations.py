"""The forms with which a consultation is prepared and extended."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.meetings.models import AgendaItem
from council.opinions.models import Consultation, Phase
from council.people.models import Council, User
from council.web.forms.base import Choices, Form, LongText, MomentInput
from council.web.forms.choosing import GroupedChoiceField, offer, offer_offices, office_field
from council.web.templatetags.council import said


class ConsultationForm(Form):
    """What is asked, who answers, and when opinions are taken."""

    title = forms.CharField(label=_("Title"), max_length=Consultation._meta.get_field("title").max_length)
    question = forms.CharField(
        label=_("What is asked"),
        help_text=_("What the members should look at, in a sentence or two."),
        widget=LongText(rows=4),
        required=False,
    )
    procedure = forms.ChoiceField(
        label=_("Procedure"),
        help_text=_("The law says how long some of them last at least; without one the council's own rules hold."),
        choices=Consultation.Procedure.choices,
        initial=Consultation.Procedure.COUNCIL,
        required=False,
    )
    office = office_field(_("Office that owes the answers"), empty_label=_("Choose one"))
    agenda_item = GroupedChoiceField(
        label=_("Agenda item"),
        help_text=_("The item of a meeting at which this is discussed."),
        queryset=AgendaItem.objects.none(),
        required=False,
        empty_label=_("None"),
        heading=lambda item: item.meeting.title,
    )
    before_opens = forms.DateTimeField(label=_("Opens"), widget=MomentInput, required=False)
    before_closes = forms.DateTimeField(label=_("Closes"), widget=MomentInput, required=False)
    during_opens = forms.DateTimeField(label=_("Opens"), widget=MomentInput, required=False)
    during_closes = forms.DateTimeField(label=_("Closes"), widget=MomentInput, required=False)
    after_opens = forms.DateTimeField(label=_("Opens"), widget=MomentInput, required=False)
    after_closes = forms.DateTimeField(label=_("Closes"), widget=MomentInput, required=False)

    def __init__(self, *args: Any, council: Council, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_offices(self, "office", council)
        items = AgendaItem.objects.visible_to(user).filter(council=council).select_related("meeting")
        offer(self, "agenda_item", items.order_by("-meeting__starts_at", "position"))

    def phases(self) -> list[tuple[Any, Any, Any]]:
        """The phases with their two fields, for the page."""
        return [(label, self[f"{kind}_opens"], self[f"{kind}_closes"]) for kind, label in Phase.Kind.choices]

    def clean(self) -> dict[str, Any]:
        """Gather the moments into the phases they belong to; a phase without any is left out."""
        answers = super().clean() or {}
        answers["procedure"] = answers.get("procedure") or Consultation.Procedure.COUNCIL
        phases = {}
        for kind in Phase.Kind.values:
            opens, closes = answers.pop(f"{kind}_opens", None), answers.pop(f"{kind}_closes", None)
            if opens and closes:
                phases[kind] = (opens, closes)
            elif (opens or closes) and not {f"{kind}_opens", f"{kind}_closes"} & self.errors.keys():
                self.add_error(f"{kind}_{'closes' if opens else 'opens'}", _("A phase needs both moments."))
        return {**answers, "phases": phases}


class ExtensionForm(Form):
    """Which phase gets more time, until when, and why."""

    phase = forms.ModelChoiceField(label=_("Phase"), queryset=Phase.objects.none(), empty_label=None, widget=Choices)
    closes_at = forms.DateTimeField(label=_("New closing time"), widget=MomentInput)
    reason = forms.CharField(
        label=_("Reason"), help_text=_("Everyone who was asked reads it."), max_length=1000, widget=LongText(rows=3)
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "phase", consultation.phases.all())
        phase = self.fields["phase"]
        phase.label_from_instance = _closing  # type: ignore[attr-defined]  # a ModelChoiceField by another name


def _closing(phase: Phase) -> str:
    return _("%(phase)s, now until %(closes)s") % {"phase": phase, "closes": said(phase.closes_at)}
