"""Questions about people and their seats."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Sector
from council.people.actions import RULES
from council.people.models import Council, Membership, Organisation, Seat, User
from council.web.forms.base import Choices, DayInput, Form, LongText

NEW_SEAT = "new:"


class ProfileForm(Form):
    """Oneself."""

    name = forms.CharField(label=_("Name"), max_length=User._meta.get_field("name").max_length)
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices, widget=Choices)


class RulesForm(Form):
    """How a council works: the fields of its rules, as the model has them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(Council, RULES)


class SectorFilter(Form):
    """Whom to show."""

    sector = forms.ChoiceField(label=_("Sector"), choices=[("", _("All sectors")), *Sector.choices], required=False)


class AppointForm(Form):
    """An appointment: who, for whom, on which seat, for how long."""

    email = forms.EmailField(label=_("E-mail"), help_text=_("The address the person logs in with."))
    make_account = forms.BooleanField(
        label=_("This person has no account yet; make one"),
        help_text=_("They get a mail with a link to set a password."),
        required=False,
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=User._meta.get_field("name").max_length,
        help_text=_("Only for a new account."),
        required=False,
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.order_by("name"),
        label=_("Organisation"),
        help_text=_("For whom the person speaks."),
        empty_label=_("Choose one"),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER)
    seat = forms.ChoiceField(label=_("Seat"), help_text=_("Secretaries and observers need none."), required=False)
    title = forms.CharField(
        label=_("Position"),
        max_length=Membership._meta.get_field("title").max_length,
        help_text=_("As it stands on the name plate, for example “Head of department”."),
        required=False,
    )
    starts_on = forms.DateField(label=_("Term begins"), widget=DayInput, initial=clock.today)
    ends_on = forms.DateField(
        label=_("Term ends"), widget=DayInput, help_text=_("May stay open for ex-officio seats."), required=False
    )

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._free = {str(seat.pk): seat for seat in free_seats(council)}
        self.fields["seat"].choices = list(self._seats())  # type: ignore[attr-defined]  # a ChoiceField by another name

    def _seats(self) -> Iterator[tuple[str | Promise, Any]]:
        yield "", _("No seat")
        if self._free:
            yield _("Free seats"), [(pk, _seat_name(seat)) for pk, seat in self._free.items()]
        yield _("A new seat"), [(f"{NEW_SEAT}{value}", label) for value, label in Sector.choices]

    def clean_seat(self) -> Seat | str | None:
        """The free seat, the sector of a new one, or nothing."""
        chosen: str = self.cleaned_data["seat"]
        return chosen.removeprefix(NEW_SEAT) if chosen.startswith(NEW_SEAT) else self._free.get(chosen)

    def clean(self) -> dict[str, Any]:
        """Find the account, or make sure that there can be a new one."""
        answers = super().clean() or {}
        wants_account, email = answers.pop("make_account", False), answers.pop("email", "")
        answers["user"] = User.objects.filter(email=email.lower()).first()
        if answers["user"] is None and email and not wants_account:
            self.add_error(
                "email", _("Nobody has an account with this address. Check it, or have an account made below.")
            )
        if answers["user"] is None and wants_account and not answers.get("name"):
            self.add_error("name", _("A new account needs a name."))
        seat = answers.get("seat")
        sector = {"seat": None, "sector": seat} if isinstance(seat, str) else {}
        return {**answers, "email": email, **sector}


class DismissForm(Form):
    """The end of a membership before its term."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=LongText(rows=4),
        max_length=2000,
        help_text=_("The person is told that the membership has ended."),
    )


def free_seats(council: Council) -> list[Seat]:
    """The seats nobody holds today."""
    taken = Membership.objects.current().filter(council=council, seat__isnull=False).values("seat")
    return cast("list[Seat]", list(council.seats.exclude(pk__in=taken)))


def _seat_name(seat: Seat) -> str:
    return f"{seat.number} · {seat.get_sector_display()}"
