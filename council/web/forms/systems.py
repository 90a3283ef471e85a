"""Questions about service accounts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.people.models import Council, Membership, Organisation, ServiceAccount, User
from council.web.forms.base import Choices, Form


class SystemForm(Form):
    """A system, whose it is, and who answers for it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=User._meta.get_field("name").max_length,
        help_text=_("It is shown with this name, and as a system, wherever it acts."),
    )
    purpose = forms.CharField(label=_("What it does"), max_length=ServiceAccount._meta.get_field("purpose").max_length)
    organisation = forms.ModelChoiceField(
        Organisation.objects.order_by("name"), label=_("Organisation"), empty_label=_("Choose one")
    )
    responsible = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Responsible person"),
        help_text=_("Makes and revokes its access tokens, and is told before they run out."),
        empty_label=_("Choose one"),
    )

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sitting = Membership.objects.current().filter(council=council, user__is_system=False)
        people = User.objects.filter(pk__in=sitting.values("user")).order_by("name")
        self.fields["responsible"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField by another name


class NewSystemForm(SystemForm):
    """A new one."""

    role = forms.ChoiceField(
        label=_("What it may do in the council"),
        choices=[
            (Membership.Role.OBSERVER, _("Observe: see what an observer of its organisation sees")),
            (Membership.Role.SECRETARY, _("Work for the secretary: see and do what the secretary may")),
        ],
        widget=Choices,
        initial=Membership.Role.OBSERVER,
        help_text=_("A system holds no seat; it neither counts toward the quorum nor votes."),
    )
