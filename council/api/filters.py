"""What lists can be narrowed to. Every filter is written out, and one that does not exist is refused."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView

from council.api.pagination import SINCE, takes_since
from council.core import clock
from council.core.models import Sector
from council.decisions.models import Correction, Minutes
from council.exchange.models import Export, Import, ImportRow
from council.meetings.models import Attendance, FloorRequest, Invitation, Meeting, Proposal, Recusal, Referral
from council.notifications.announcements import verbs_of
from council.notifications.models import Kind
from council.notifications.models.notifications import UNREAD
from council.opinions.models import Batch, Consultation, Disposition, Opinion, Phase, Point, Reply, prepares
from council.people.models import Membership, Organisation, User
from council.people.models.organisations import RegionQuerySet

BESIDE_FILTERS = {"cursor", "limit", "format"}


class FilterBackend(filters.DjangoFilterBackend):  # type: ignore[misc]  # the library is untyped
    """Filters a list, and refuses parameters nobody knows: a misspelt filter would show everything."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """Narrow down the list."""
        filterset = self.get_filterset_class(view, queryset)
        known = set(filterset.base_filters) if filterset else set()
        if takes_since(view, queryset):
            known |= {SINCE}
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
    """Filters that know who calls; those nobody asks for are not made."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        known: dict[str, Any] = type(self).base_filters
        self.base_filters: dict[str, Any] = {name: each for name, each in known.items() if name in (data or ())}
        super().__init__(data, *args, **kwargs)

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
    series = filters.UUIDFilter(field_name="series")
    subcommittee = filters.UUIDFilter(field_name="subcommittee")
    takes_proposals = Flag(method="that_take_proposals", label="Whether agenda items may be proposed now.")

    def that_take_proposals(self, meetings: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """Those whose deadline has not passed, or the others."""
        open_ = Q(proposals_until__gte=clock.now(), state__in=[Meeting.State.PLANNED, Meeting.State.CONVENED])
        now = Meeting.objects.filter(open_).values("pk")
        return meetings.filter(pk__in=now) if wanted else meetings.exclude(pk__in=now)


class ProposalFilters(Filters):
    """By meeting, state and organisation."""

    meeting = filters.UUIDFilter(field_name="meeting")
    state = filters.ChoiceFilter(choices=Proposal.State.choices)
    organisation = filters.UUIDFilter(field_name="organisation")


class ReferralFilters(Filters):
    """By item, sender, receiver and state."""

    item = filters.UUIDFilter(field_name="item")
    council = filters.UUIDFilter(field_name="council", label="The council that forwarded it.")
    to_council = filters.UUIDFilter(field_name="to_council")
    to_subcommittee = filters.UUIDFilter(field_name="to_subcommittee")
    state = filters.ChoiceFilter(choices=Referral.State.choices)


class SeriesFilters(Filters):
    """By council."""

    council = filters.UUIDFilter(field_name="council")


class MeetingTemplateFilters(SeriesFilters):
    """By council."""


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


class AttendanceFilters(Filters):
    """By meeting, whether they are there now, and how they take part."""

    meeting = filters.UUIDFilter(field_name="meeting")
    present = Flag(field_name="present")
    mode = filters.ChoiceFilter(choices=Attendance.Mode.choices)


class FloorRequestFilters(Filters):
    """By meeting and state."""

    meeting = filters.UUIDFilter(field_name="meeting")
    state = filters.ChoiceFilter(choices=FloorRequest.State.choices)


class StatementFilters(Filters):
    """By meeting and item."""

    meeting = filters.UUIDFilter(field_name="meeting")
    item = filters.UUIDFilter(field_name="item")


class AlternateFilters(Filters):
    """By meeting, and whether it is oneself."""

    meeting = filters.UUIDFilter(field_name="invitation__meeting")
    mine = Flag(method="by_me", label="Whether it is oneself who comes for another.")

    def by_me(self, alternates: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """One's own mandates, or the others'."""
        own = Q(user=self.user.pk)
        return alternates.filter(own if wanted else ~own)


class RecusalFilters(Filters):
    """By meeting, item, kind and state."""

    meeting = filters.UUIDFilter(field_name="item__meeting")
    item = filters.UUIDFilter(field_name="item")
    kind = filters.ChoiceFilter(choices=Recusal.Kind.choices)
    state = filters.ChoiceFilter(choices=Recusal.State.choices)


class MinutesFilters(Filters):
    """By council, meeting and state."""

    council = filters.UUIDFilter(field_name="council")
    meeting = filters.UUIDFilter(field_name="meeting")
    state = filters.ChoiceFilter(choices=Minutes.State.choices)


class SectionFilters(Filters):
    """By minutes or meeting."""

    minutes = filters.UUIDFilter(field_name="minutes", label="The list is then in the order of the agenda.")
    meeting = filters.UUIDFilter(field_name="minutes__meeting", label="The list is then in the order of the agenda.")


class CorrectionFilters(Filters):
    """By minutes, section and state."""

    minutes = filters.UUIDFilter(field_name="section__minutes")
    section = filters.UUIDFilter(field_name="section")
    state = filters.ChoiceFilter(choices=Correction.State.choices)


class RecordingFilters(Filters):
    """By meeting."""

    meeting = filters.UUIDFilter(field_name="meeting")


class ConsultationFilters(Filters):
    """By council, version and time."""

    council = filters.UUIDFilter(field_name="council")
    version = filters.UUIDFilter(field_name="version")
    open = Flag(method="that_are_open", label="Whether it takes opinions now.")

    def that_are_open(self, consultations: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """Those with a phase that runs now, or the others."""
        open_now = Consultation.objects.taking_opinions()
        return consultations.filter(pk__in=open_now) if wanted else consultations.exclude(pk__in=open_now)


class ReplyFilters(Filters):
    """By consultation, organisation and kind."""

    consultation = filters.UUIDFilter(field_name="consultation")
    organisation = filters.UUIDFilter(field_name="organisation")
    kind = filters.ChoiceFilter(choices=Reply.Kind.choices)


class OpinionFilters(Filters):
    """By where it stands, who gave it and how far it has come."""

    consultation = filters.UUIDFilter(field_name="consultation")
    passage = filters.UUIDFilter(field_name="passage")
    state = filters.MultipleChoiceFilter(choices=Opinion.State.choices, method="in_state", label="May be repeated.")
    organisation = filters.UUIDFilter(field_name="organisation")
    sector = filters.ChoiceFilter(choices=Sector.choices)
    phase = filters.ChoiceFilter(choices=Phase.Kind.choices)
    source = filters.ChoiceFilter(choices=Opinion.Source.choices)
    office = filters.UUIDFilter(method="for_office", label="The office that answers one of its points.")
    campaign = filters.UUIDFilter(field_name="campaign")
    hidden = Flag(field_name="hidden_at", lookup_expr="isnull", exclude=True)
    mine = Flag(method="by_me", label="Whether it is one's own.")
    unconfirmed = Flag(method="to_confirm", label="Whether its speaker has still to confirm it.")

    def in_state(self, opinions: QuerySet[Any], _name: str, wanted: list[str]) -> QuerySet[Any]:
        """In the states as the caller is told them: an answer prepared unseen counts as being answered."""
        points = Point.objects.filter(unseen(self.user), opinion=OuterRef("pk"))
        unseen_by_caller = Q(Exists(points), state=Opinion.State.ANSWERED)
        told = Q(state__in=wanted) & ~unseen_by_caller
        if Opinion.State.TRIAGED in wanted:
            told |= unseen_by_caller
        return opinions.filter(told) if wanted else opinions

    def for_office(self, opinions: QuerySet[Any], _name: str, office: UUID) -> QuerySet[Any]:
        """With a point an office answers."""
        return opinions.filter(pk__in=Point.objects.filter(office=office).values("opinion"))

    def by_me(self, opinions: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """One's own, or the others'."""
        own = Q(author=self.user.pk)
        return opinions.filter(own) if wanted else opinions.exclude(own)

    def to_confirm(self, opinions: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """Those to be confirmed, or the others."""
        waiting = Q(pk__in=Opinion.objects.unconfirmed())
        return opinions.filter(waiting if wanted else ~waiting)


class PointFilters(Filters):
    """By where it stands, who answers it, by when, and what was said."""

    consultation = filters.UUIDFilter(field_name="consultation")
    opinion = filters.UUIDFilter(field_name="opinion")
    passage = filters.UUIDFilter(field_name="opinion__passage")
    state = filters.MultipleChoiceFilter(choices=Point.State.choices, method="in_state", label="May be repeated.")
    office = filters.UUIDFilter(field_name="office")
    overdue = Flag(method="that_are_overdue", label="Whether its answer should have been there by yesterday.")
    tag = filters.CharFilter(method="with_tag", label="For those who work on the board.")
    campaign = filters.UUIDFilter(field_name="opinion__campaign")
    verdict = filters.ChoiceFilter(choices=Disposition.Verdict.choices, method="with_verdict")
    q = filters.CharFilter(
        method="that_say", label="Words in what was said, in what it is about, or the organisation's name."
    )

    @property
    def unseen(self) -> Q:
        """Those whose prepared answer the caller is not shown: to them it is still to be answered."""
        return unseen(self.user)

    def in_state(self, points: QuerySet[Any], _name: str, wanted: list[str]) -> QuerySet[Any]:
        """In the states as the caller is told them."""
        told = (Q(state__in=wanted) & ~self.unseen) | (self.unseen if Point.State.TRIAGED in wanted else Q(pk=None))
        return points.filter(told) if wanted else points

    def that_are_overdue(self, points: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 - as above
        """Overdue as the caller is told it, or not."""
        late = Q(Q(state__in=Point.OPEN) | self.unseen, due_on__isnull=False, due_on__lt=clock.today())
        return points.filter(late) if wanted else points.exclude(late)

    def with_tag(self, points: QuerySet[Any], _name: str, tag: str) -> QuerySet[Any]:
        """With a tag, as far as the caller works on the board."""
        return points.filter(is_on_board=True, tags__contains=[tag])

    def with_verdict(self, points: QuerySet[Any], _name: str, verdict: str) -> QuerySet[Any]:
        """Answered so, as far as the caller may see it."""
        answers = Disposition.objects.visible_to(self.user).filter(verdict=verdict)
        return points.filter(pk__in=answers.values("point"))

    def that_say(self, points: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        """With words in what was said, or whose."""
        places = ("gist", "opinion__reason", "opinion__proposed_text", "opinion__organisation__name")
        return points.filter(reduce(or_, (Q(**{f"{place}__icontains": words}) for place in places)))


def unseen(user: User) -> Q:
    """The points with a prepared answer that someone is not shown, whoever of the council they are to whom they belong."""
    return Q(state=Point.State.ANSWERED) & ~prepares(user, "office")


class DispositionFilters(Filters):
    """By opinion, point and verdict."""

    consultation = filters.UUIDFilter(field_name="point__consultation")
    opinion = filters.UUIDFilter(field_name="point__opinion")
    point = filters.UUIDFilter(field_name="point")
    office = filters.UUIDFilter(field_name="office")
    verdict = filters.ChoiceFilter(choices=Disposition.Verdict.choices)
    released = Flag(field_name="released_at", lookup_expr="isnull", exclude=True)


class ObjectionFilters(Filters):
    """By consultation, and whether it was decided on."""

    consultation = filters.UUIDFilter(field_name="disposition__point__consultation")
    disposition = filters.UUIDFilter(field_name="disposition")
    decided = Flag(field_name="decided_at", lookup_expr="isnull", exclude=True)


class BatchFilters(Filters):
    """By consultation and step."""

    consultation = filters.UUIDFilter(field_name="consultation")
    step = filters.ChoiceFilter(choices=Batch.Step.choices)
    undone = Flag(field_name="undone_at", lookup_expr="isnull", exclude=True)


class AnswerTemplateFilters(Filters):
    """By council and verdict."""

    council = filters.UUIDFilter(field_name="council")
    verdict = filters.ChoiceFilter(choices=Disposition.Verdict.choices)


class RedactionFilters(Filters):
    """By consultation, opinion and whether it was approved."""

    consultation = filters.UUIDFilter(field_name="opinion__consultation")
    opinion = filters.UUIDFilter(method="of_opinion", label="One the caller may see.")
    approved = Flag(field_name="approved_at", lookup_expr="isnull", exclude=True)

    def of_opinion(self, redactions: QuerySet[Any], _name: str, opinion: UUID) -> QuerySet[Any]:
        """That of an opinion, as far as the caller may see the opinion itself."""
        return redactions.filter(sees_opinion=True, opinion=opinion)


class ReportFilters(Filters):
    """By opinion, and whether it was handled."""

    consultation = filters.UUIDFilter(field_name="consultation")
    opinion = filters.UUIDFilter(field_name="opinion")
    handled = Flag(field_name="handled_at", lookup_expr="isnull", exclude=True)


class CampaignFilters(Filters):
    """By consultation."""

    consultation = filters.UUIDFilter(field_name="consultation")


class ImportFilters(Filters):
    """By consultation and state."""

    consultation = filters.UUIDFilter(field_name="consultation")
    state = filters.ChoiceFilter(choices=Import.State.choices)


class ImportRowFilters(Filters):
    """By file and state."""

    upload = filters.UUIDFilter(field_name="upload", label="The list is then in the order of the file.")
    state = filters.ChoiceFilter(choices=ImportRow.State.choices)


class ExportFilters(Filters):
    """By consultation, meeting, kind and state."""

    consultation = filters.UUIDFilter(field_name="consultation")
    meeting = filters.UUIDFilter(field_name="meeting")
    kind = filters.ChoiceFilter(choices=Export.Kind.choices)
    state = filters.ChoiceFilter(choices=Export.State.choices)


class NoticeFilters(Filters):
    """By kind, and by whether it is unread."""

    kind = filters.ChoiceFilter(choices=Kind.choices, method="of_kind")
    unread = Flag(method="by_unread")

    def of_kind(self, rows: QuerySet[Any], _name: str, kind: str) -> QuerySet[Any]:
        """Those of one kind."""
        return rows.filter(entry__verb__in=verbs_of(Kind(kind)))

    def by_unread(self, rows: QuerySet[Any], _name: str, unread: bool) -> QuerySet[Any]:  # noqa: FBT001 - the library calls it so
        """Those that are unread, or the others."""
        return rows.filter(UNREAD) if unread else rows.exclude(UNREAD)
