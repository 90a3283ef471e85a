"""Questions about calendars."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.meetings.models import CalendarFeed
from council.people.models import Council, Membership, User
from council.web.forms.base import Form
from council.web.forms.choosing import offer


def councils_of(user: User) -> Any:
    """The councils someone sits on today, by name."""
    seats = Membership.objects.current().filter(user=user).values("council")
    return Council.objects.filter(pk__in=seats).order_by("name")


class CalendarFilter(Form):
    """Whose meetings to show."""

    council = forms.ModelChoiceField(
        label=_("Council"), queryset=Council.objects.none(), required=False, empty_label=_("All my councils")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "council", councils_of(user))


class FeedForm(CalendarFilter):
    """A new private address."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=CalendarFeed._meta.get_field("name").max_length,
        help_text=_("For example your telephone, so that you know later which one to revoke."),
    )
    field_order = ["name", "council"]
