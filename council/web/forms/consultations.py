"""The form with which a consultation is prepared."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.meetings.models import AgendaItem
from council.opinions.models import Consultation, Phase
from council.people.models import Council, User
from council.web.forms.base import Form, LongText, MomentInput
from council.web.forms.choosing import GroupedChoiceField, offer, offer_offices, office_field


class ConsultationForm(Form):
    """What is asked, who answers, and when opinions are taken."""

    title = forms.CharField(label=_("Title"), max_length=Consultation._meta.get_field("title").max_length)
    question = forms.CharField(
        label=_("What is asked"),
        help_text=_("What the members should look at, in a sentence or two."),
        widget=LongText(rows=4),
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
        phases = {}
        for kind in Phase.Kind.values:
            opens, closes = answers.pop(f"{kind}_opens", None), answers.pop(f"{kind}_closes", None)
            if opens and closes:
                phases[kind] = (opens, closes)
            elif (opens or closes) and not {f"{kind}_opens", f"{kind}_closes"} & self.errors.keys():
                self.add_error(f"{kind}_{'closes' if opens else 'opens'}", _("A phase needs both moments."))
        return {**answers, "phases": phases}
