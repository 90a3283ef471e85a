"""Questions about access tokens and OAuth clients."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.people.models import ApiToken
from council.people.scopes import READ, WRITE, Area, needed
from council.web.forms.base import Choices, Form

LIFETIMES: list[tuple[str, str | Promise]] = [
    ("30", _("In 30 days")),
    ("90", _("In 90 days")),
    ("365", _("In a year")),
    ("730", _("In two years")),
]
SOME = "some"
REACHES: list[tuple[str, str | Promise]] = [
    (READ, _("Read everything the account may see")),
    (WRITE, _("Read and write everything the account may")),
    (SOME, _("Only what is chosen below")),
]


def _end_of_lifetime(days: str) -> dt.datetime:
    return clock.end_of_day(clock.today() + dt.timedelta(days=int(days)))


class AccessForm(Form):
    """What a program comes in with, and what it may do."""

    name = forms.CharField(
        label=_("Name of the system"),
        max_length=ApiToken._meta.get_field("name").max_length,
        help_text=_("Name the system that will use it, so that you know later what to revoke."),
    )
    reach = forms.ChoiceField(label=_("What it may do"), choices=REACHES, widget=Choices, initial=READ)
    reads = forms.MultipleChoiceField(
        label=_("Read"), choices=Area.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    writes = forms.MultipleChoiceField(
        label=_("Read and write"), choices=Area.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Turn the choices into scopes."""
        answers = super().clean() or {}
        reach, reads, writes = (answers.pop(name, "") for name in ("reach", "reads", "writes"))
        if reach == SOME and not (reads or writes):
            self.add_error("reads", _("Choose at least one."))
        chosen = [needed(area, writing=False) for area in reads] + [needed(area, writing=True) for area in writes]
        return answers | {"scopes": chosen if reach == SOME else [reach]}


class TokenForm(AccessForm):
    """A new token."""

    expires_at = forms.TypedChoiceField(
        label=_("When it runs out"),
        choices=LIFETIMES,
        coerce=_end_of_lifetime,
        initial="365",
        help_text=_("You are told two weeks before."),
    )


class ClientForm(AccessForm):
    """A new OAuth client."""
