"""What of each model a caller may see: the one question before anything is read or named in a request."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet

from council.people.models import FactoryLevel, Industry, Membership, Organisation, Region, User


def visible(model: type[Model], user: User) -> QuerySet[Any]:
    """The rows of a model that someone may see."""
    rows: Any = model._default_manager
    return WITHOUT_A_METHOD[model](user) if model in WITHOUT_A_METHOD else rows.visible_to(user)


def _organisations(user: User) -> QuerySet[Organisation]:
    sits_somewhere = user.is_staff or Membership.objects.current().filter(user=user.pk).exists()
    return Organisation.objects.all() if sits_somewhere else Organisation.objects.none()


def _people(user: User) -> QuerySet[User]:
    if user.is_staff:
        return User.objects.all()
    met = Membership.objects.visible_to(user).values("user")
    return User.objects.filter(Q(pk__in=met) | Q(memberships=None))


WITHOUT_A_METHOD: dict[type[Model], Callable[[User], QuerySet[Any]]] = {
    FactoryLevel: lambda _user: FactoryLevel.objects.all(),
    Industry: lambda _user: Industry.objects.all(),
    Organisation: _organisations,
    Region: lambda _user: Region.objects.all(),
    User: _people,
}
