"""The forms with which decisions are recorded, and actions assigned and reported on."""

import re
from operator import attrgetter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from council.decisions.models import Action, Decision
from council.documents.models import Passage, Version
from council.meetings.models import AgendaItem, Meeting
from council.opinions.models import Opinion
from council.people.models import Council, Membership, Organisation, User
from council.web.forms.base import Choices, DayInput, Form, LongText
from council.web.forms.choosing import GroupedChoicesField, any_of, offer, seated

LONG = 20000


def versions_behind(meeting: Meeting, user: User) -> QuerySet[Version]:
    """The texts a decision of a meeting may rest on: those on its table, or else all that are published."""
    published = Version.objects.visible_to(user).filter(council=meeting.council_id, published_at__isnull=False)
    on_table = published.filter(papers__item__meeting=meeting).distinct()
    return on_table if on_table.exists() else published


class DecisionForm(Form):
    """What was resolved, and what it rests on."""

    item = forms.ModelChoiceField(queryset=AgendaItem.objects.none(), label=_("Agenda item"), required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=LONG, widget=LongText(rows=6))
    basis = forms.CharField(label=_("Reasons"), max_length=LONG, required=False, widget=LongText(rows=4))
    legal_reference = forms.CharField(
        label=_("Legal reference"), max_length=300, required=False, help_text=_("Act, decree or rule it rests on.")
    )
    effective_on = forms.DateField(label=_("In force from"), required=False, widget=DayInput)
    passages = GroupedChoicesField(
        queryset=Passage.objects.none(),
        heading=attrgetter("version"),
        label=_("Passages it rests on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    opinions = forms.CharField(
        label=_("Opinions it rests on"),
        max_length=500,
        required=False,
        help_text=_("Their numbers, separated by commas, e.g. 3, 17."),
    )

    def __init__(self, *args: Any, meeting: Meeting, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._versions, self._user = versions_behind(meeting, user), user
        offer(self, "item", AgendaItem.objects.visible_to(user).filter(meeting=meeting).order_by("position"))
        kept = (self.initial or {}).get("passages") or []
        passages = Passage.objects.visible_to(user).filter(Q(version__in=self._versions) | Q(pk__in=kept))
        offer(self, "passages", passages.select_related("version__document").order_by("version", "position"))
        if not passages.exists():
            del self.fields["passages"], self.fields["opinions"]

    def clean_opinions(self) -> list[Opinion]:
        """The opinions behind the numbers.

        Raises:
            ValidationError: A number is that of no opinion one may see on these texts.
        """
        numbers = {int(each) for each in re.findall(r"\d{1,6}", self.cleaned_data["opinions"])}
        of_texts = Opinion.objects.visible_to(self._user).filter(consultation__version__in=self._versions)
        found = list(of_texts.given().filter(number__in=numbers)) if numbers else []
        if unknown := sorted(numbers - {opinion.number for opinion in found}):
            raise ValidationError(
                _("There is no opinion of this number on these texts: %(numbers)s."),
                params={"numbers": ", ".join(map(str, unknown))},
            )
        return found


class NewActionForm(Form):
    """Something to be done by an organisation."""

    item = forms.ModelChoiceField(queryset=AgendaItem.objects.none(), label=_("Agenda item"), required=False)
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    note = forms.CharField(label=_("Details"), max_length=LONG, required=False, widget=LongText(rows=4))
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none(), label=_("Responsible organisation"))
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Responsible person"),
        required=False,
        help_text=_("Speaks for this organisation."),
    )
    head = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Head to escalate to"),
        required=False,
        help_text=_("Otherwise the organisation's coordinator, or the chair."),
    )
    due_on = forms.DateField(label=_("Due"), widget=DayInput)

    def __init__(self, *args: Any, council: Council, meeting: Meeting, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = User.objects.filter(pk__in=Membership.objects.current().filter(council=council).values("user"))
        offer(self, "organisation", seated(council))
        for name in ("owner", "head"):
            offer(self, name, members.order_by("name"))
        if "item" in self.fields:
            offer(self, "item", AgendaItem.objects.visible_to(user).filter(meeting=meeting).order_by("position"))


class ActionForm(NewActionForm):
    """An open action, to be changed."""

    item = None  # type: ignore[assignment]  # how Django leaves out a field of the form above
    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        required=False,
        widget=LongText(rows=2),
        help_text=_("Needed where somebody else does it, or by another day."),
    )


class ReportForm(Form):
    """How far an action has come."""

    state = forms.ChoiceField(
        label=_("How far is it?"),
        choices=[(Action.State.IN_PROGRESS, _("In progress")), (Action.State.REPORTED, _("Done"))],
        widget=Choices,
    )
    note = forms.CharField(label=_("What was done"), max_length=5000, widget=LongText(rows=4))
    evidence = forms.FileField(label=_("Evidence"), required=False, help_text=_("A file that shows it."))


class AcceptForm(Form):
    """That an action is done."""

    note = forms.CharField(label=_("Note"), max_length=1000, required=False, widget=LongText(rows=2))


class ReopenForm(Form):
    """What is still to be done, and by when."""

    reason = forms.CharField(label=_("What is still to be done?"), max_length=1000, widget=LongText(rows=3))
    due_on = forms.DateField(label=_("New due date"), required=False, widget=DayInput)


STATES = [("", _("Open")), ("overdue", _("Overdue")), ("reported", _("To accept")), ("ended", _("Ended"))]


class ActionFilter(Form):
    """What the board shows; kept in the address."""

    council = forms.ModelChoiceField(
        queryset=Council.objects.none(), label=_("Council"), required=False, empty_label=_("All councils")
    )
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Organisation"),
        required=False,
        empty_label=_("All organisations"),
    )
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), label=_("Person"), required=False, empty_label=_("Everyone")
    )
    state = forms.ChoiceField(choices=STATES, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actions: QuerySet[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "council", Council.objects.filter(pk__in=actions.order_by().values("council")))
        offer(self, "organisation", Organisation.objects.filter(pk__in=actions.order_by().values("organisation")))
        offer(self, "owner", User.objects.filter(pk__in=actions.order_by().values("owner")).order_by("name"))

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for, as far as it can be."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrow(self, actions: Any) -> Any:
        """Those of the council, organisation and person asked for."""
        return actions.filter(**{name: value for name, value in self.chosen.items() if name != "state"})


class DecisionFilter(Form):
    """Which decisions a list shows."""

    year = forms.ChoiceField(label=_("Year"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=any_of(_("All"), Decision.State.choices), required=False)
    q = forms.CharField(label=_("Words or number"), max_length=100, required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = any_of(_("All years"), [(str(year), str(year)) for year in years])  # type: ignore[attr-defined]  # a choice field

    def narrow(self, decisions: Any) -> Any:
        """Those asked for."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if year := chosen.get("year"):
            decisions = decisions.filter(decided_on__year=year)
        if state := chosen.get("state"):
            decisions = decisions.filter(state=state)
        if words := chosen.get("q"):
            decisions = decisions.filter(Q(number=words) | Q(title__icontains=words) | Q(text__icontains=words))
        return decisions
