"""What lists can be narrowed to. Every filter is written out, and one that does not exist is refused."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView

from council.core.models import Sector
from council.meetings.models import Invitation, Meeting
from council.opinions.models import Consultation, Disposition, Opinion, Phase
from council.people.models import Membership, Organisation, User
from council.people.models.organisations import RegionQuerySet

BESIDE_FILTERS = {"cursor", "limit", "format"}


class FilterBackend(filters.DjangoFilterBackend):  # type: ignore[misc]  # the library is untyped
    """Filters a list, and refuses parameters nobody knows: a misspelt filter would show everything."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """Narrow down the list."""
        filterset = self.get_filterset_class(view, queryset)
        known = set(filterset.base_filters) if filterset else set()
        if unknown := request.query_params.keys() - known - BESIDE_FILTERS:
            raise exceptions.ValidationError({name: [_("There is no such filter.")] for name in sorted(unknown)})
        return cast(QuerySet[Any], super().filter_queryset(request, queryset, view))


class Flag(filters.BooleanFilter):  # type: ignore[misc]  # the library is untyped
    """``true`` or ``false``; anything else is refused."""

    field_class = forms.TypedChoiceField

    def __init__(self, **kwargs: Any) -> None:
        answers = [(word, word) for word in ("true", "false")]
        super().__init__(
            choices=answers, coerce=lambda word: word == "true", empty_value=None, widget=forms.TextInput, **kwargs
        )


class Filters(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """Filters that know who calls."""

    @property
    def user(self) -> User:
        """Whoever calls."""
        return cast(User, self.request.user)


class RegionFilters(Filters):
    """By day."""

    on = filters.DateFilter(method="stood_on", label="The regions as they stood on a day.")

    def stood_on(self, regions: QuerySet[Any], _name: str, day: dt.date) -> QuerySet[Any]:
        """Those valid on a day."""
        return cast(RegionQuerySet, regions).on(day)


class OrganisationFilters(Filters):
    """By kind, region and parent."""

    kind = filters.ChoiceFilter(choices=Organisation.Kind.choices)
    region = filters.CharFilter(field_name="region", label="Its slug.")
    parent = filters.UUIDFilter(field_name="parent", label="The offices of an organisation.")


class SeatFilters(Filters):
    """By council and sector."""

    council = filters.UUIDFilter(field_name="council")
    sector = filters.ChoiceFilter(choices=Sector.choices)


class SubcommitteeFilters(Filters):
    """By council."""

    council = filters.UUIDFilter(field_name="council")


class MembershipFilters(SeatFilters):
    """By council, organisation, role, sector and time."""

    role = filters.ChoiceFilter(choices=Membership.Role.choices)
    organisation = filters.UUIDFilter(field_name="organisation")
    current = Flag(method="that_run_today", label="Whether the term runs today.")

    def that_run_today(self, memberships: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - the library passes it so
        """Those whose term covers today, or the others."""
        current = Membership.objects.current()
        return memberships.filter(pk__in=current) if wanted else memberships.exclude(pk__in=current)


class DocumentFilters(Filters):
    """By council."""

    council = filters.UUIDFilter(field_name="council")


class VersionFilters(Filters):
    """By document, and whether it is published."""

    document = filters.UUIDFilter(field_name="document")
    published = Flag(field_name="published_at", lookup_expr="isnull", exclude=True)


class PassageFilters(Filters):
    """By version and identity."""

    version = filters.UUIDFilter(field_name="version", label="The list is then in reading order.")
    identity = filters.UUIDFilter(field_name="identity", label="The same passage in all its versions.")


class AttachmentFilters(DocumentFilters):
    """By council and document."""

    document = filters.UUIDFilter(field_name="document")


class MeetingFilters(Filters):
    """By council, state and kind."""

    council = filters.UUIDFilter(field_name="council")
    state = filters.ChoiceFilter(choices=Meeting.State.choices)
    kind = filters.ChoiceFilter(choices=Meeting.Kind.choices)


class AgendaItemFilters(Filters):
    """By meeting."""

    meeting = filters.UUIDFilter(field_name="meeting", label="The list is then in the order of the agenda.")


class InvitationFilters(Filters):
    """By meeting and answer."""

    meeting = filters.UUIDFilter(field_name="meeting")
    answer = filters.ChoiceFilter(choices=Invitation.Answer.choices)
    mine = Flag(method="to_me", label="Whether it is one's own.")

    def to_me(self, invitations: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """One's own, or the others'."""
        own = Q(membership__user=self.user.pk)
        return invitations.filter(own if wanted else ~own)


class ConsultationFilters(Filters):
    """By council, version and time."""

    council = filters.UUIDFilter(field_name="council")
    version = filters.UUIDFilter(field_name="version")
    open = Flag(method="that_are_open", label="Whether it takes opinions now.")

    def that_are_open(self, consultations: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """Those with a phase that runs now, or the others."""
        open_now = Consultation.objects.taking_opinions()
        return consultations.filter(pk__in=open_now) if wanted else consultations.exclude(pk__in=open_now)


class OpinionFilters(Filters):
    """By where it stands, who gave it and how far it has come."""

    consultation = filters.UUIDFilter(field_name="consultation")
    passage = filters.UUIDFilter(field_name="passage")
    state = filters.MultipleChoiceFilter(choices=Opinion.State.choices, method="in_state", label="May be repeated.")
    sector = filters.ChoiceFilter(choices=Sector.choices)
    phase = filters.ChoiceFilter(choices=Phase.Kind.choices)
    office = filters.UUIDFilter(field_name="office")
    mine = Flag(method="by_me", label="Whether it is one's own.")

    def in_state(self, opinions: QuerySet[Any], _name: str, wanted: list[str]) -> QuerySet[Any]:
        """In the states as the caller is told them: an answer prepared unseen counts as being answered."""
        prepared = Q(pk__in=Disposition.objects.visible_to(self.user).values("opinion"))
        unseen = Q(state=Opinion.State.ANSWERED) & ~prepared
        told = (Q(state__in=wanted) & ~unseen) | (unseen if Opinion.State.TRIAGED in wanted else Q(pk=None))
        return opinions.filter(told) if wanted else opinions

    def by_me(self, opinions: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """One's own, or the others'."""
        own = Q(author=self.user.pk)
        return opinions.filter(own if wanted else ~own)


class DispositionFilters(Filters):
    """By opinion and verdict."""

    consultation = filters.UUIDFilter(field_name="opinion__consultation")
    opinion = filters.UUIDFilter(field_name="opinion")
    verdict = filters.ChoiceFilter(choices=Disposition.Verdict.choices)
    released = Flag(field_name="released_at", lookup_expr="isnull", exclude=True)


class NoticeFilters(Filters):
    """By whether it was read."""

    unread = Flag(field_name="read_at", lookup_expr="isnull")
