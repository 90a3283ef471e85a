"""Choices that depend on the thing a form is about."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, cast

from django import forms
from django.db.models import Case, Model, QuerySet, When
from django.forms.models import ModelChoiceIterator

from council.core.models import Sector
from council.people.models import Council, Membership, Organisation
from council.web.forms.base import Form


class GroupedIterator(ModelChoiceIterator):
    """The choices under the headings that the field's ``heading`` gives them; rows come in that order."""

    def __iter__(self) -> Iterator[Any]:
        field = cast("GroupedChoiceField | GroupedChoicesField", self.field)
        if field.empty_label is not None:
            yield "", field.empty_label
        for heading, rows in groupby(self.queryset, key=field.heading):
            yield heading, [self.choice(row) for row in rows]


class GroupedChoiceField(forms.ModelChoiceField[Any]):
    """One of several rows, shown in groups."""

    iterator = GroupedIterator

    def __init__(self, *args: Any, heading: Callable[[Any], Any], **kwargs: Any) -> None:
        self.heading = heading
        super().__init__(*args, **kwargs)


class GroupedChoicesField(forms.ModelMultipleChoiceField[Any]):
    """Some of several rows, shown in groups."""

    iterator = GroupedIterator

    def __init__(self, *args: Any, heading: Callable[[Any], Any], **kwargs: Any) -> None:
        self.heading = heading
        super().__init__(*args, **kwargs)


def office_field(label: Any, **kwargs: Any) -> GroupedChoiceField:
    """Which organisation answers; offered with :func:`offer_offices`."""
    return GroupedChoiceField(queryset=Organisation.objects.none(), label=label, heading=_kind, **kwargs)


def _kind(organisation: Organisation) -> str:
    return str(Organisation.Kind(organisation.kind).label)


def offer_offices(form: Form, name: str, council: Council) -> None:
    """Let a field choose among those who sit on a council, the ministries and their offices first."""
    last = Case(When(kind=Organisation.Kind.CENTRAL_GOVERNMENT, then=0), default=1)
    offer(form, name, seated(council).order_by(last, "kind", "name"))


def offer(form: Form, name: str, rows: QuerySet[Any]) -> None:
    """Let a field choose among some rows."""
    cast("forms.ModelChoiceField[Model]", form.fields[name]).queryset = rows


def seated(council: Council) -> QuerySet[Organisation]:
    """The organisations someone speaks for on a council today, by name."""
    speaking = Membership.objects.current().filter(council=council).values("organisation")
    return Organisation.objects.filter(pk__in=speaking).order_by("name")


def any_of(label: Any, choices: Any) -> list[Any]:
    """Choices with one before them that stands for all."""
    return [("", label), *choices]


def sectors(label: Any) -> list[Any]:
    """All sectors, or one of them."""
    return any_of(label, Sector.choices)
