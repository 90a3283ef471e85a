"""Questions about access tokens."""

import datetime as dt

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.people.models import ApiToken
from council.web.forms.base import Form

LIFETIMES: list[tuple[str, str | Promise]] = [
    ("30", _("In 30 days")),
    ("90", _("In 90 days")),
    ("365", _("In a year")),
    ("", _("Never; only when it is revoked")),
]


def _end_of_lifetime(days: str) -> dt.datetime:
    return clock.end_of_day(clock.today() + dt.timedelta(days=int(days)))


class TokenForm(Form):
    """A new token."""

    name = forms.CharField(
        label=_("Name of the system"),
        max_length=ApiToken._meta.get_field("name").max_length,
        help_text=_("Name the system that will use it, so that you know later what to revoke."),
    )
    expires_at = forms.TypedChoiceField(
        label=_("When it runs out"),
        choices=LIFETIMES,
        coerce=_end_of_lifetime,
        empty_value=None,
        initial="90",
        required=False,
    )
