"""What waits for someone, across councils: to come, to say, to agree inside, to confirm, to answer, to keep in order."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from council.core import clock
from council.journal.verbs import Verb
from council.meetings.models import Alternate, Invitation, Meeting
from council.notifications.models import Notification
from council.opinions.models import Consultation, Disposition, Objection, Opinion, Phase, Point, Reply, Report
from council.people.models import Membership, User
from council.web.forms.meetings import possible_answers
from council.web.gathered import waiting_decisions, waiting_meetings
from council.web.gathered.waiting_minutes import minutes_waiting
from council.web.gathered.waiting_things import Kind, Waiting, of_kinds

RESULTS_SHOWN = 10


@dataclass(frozen=True)
class Result:
    """The answers to one's opinion that one has not read yet, and the notice that told of them."""

    notification: Notification
    opinion: Opinion
    answers: Sequence[Disposition]


def waiting(user: User, memberships: Sequence[Membership]) -> list[Waiting]:
    """Everything that waits for someone, the earliest due date first, what has none last.

    Args:
        memberships: Their current ones, with council and organisation.
    """
    kinds = (
        _invitations(user),
        _mandates(user),
        _to_confirm_or_approve(user, memberships),
        _owed(user, memberships),
        _objections(memberships),
        minutes_waiting(user, memberships),
        waiting_meetings.proposals(user, memberships),
        waiting_meetings.referrals(memberships),
        waiting_decisions.ballots(user),
        waiting_decisions.actions(user, memberships),
    )
    things = chain(of_kinds(kinds, user), _to_say(user, memberships), _to_run(user, memberships))
    return sorted(things, key=lambda each: (each.due is None, each.due or clock.now()))


def results(user: User) -> list[Result]:
    """The newest answers one has not read yet, and decisions on what one replied to them."""
    told = Verb.ANSWER_RELEASED, Verb.OBJECTION_DECIDED
    unread = Notification.objects.visible_to(user).unread().filter(entry__verb__in=told)
    notifications = list(unread.select_related("entry").order_by("-id")[:RESULTS_SHOWN])
    targets = [each.entry.target_id for each in notifications]
    of_opinions, of_replies = (
        Disposition.objects.filter(**{f"{by}__in": targets}).order_by().values("pk")
        for by in ("point__opinion", "objection")
    )
    answers = (
        Disposition.objects.visible_to(user)
        .filter(pk__in=of_opinions.union(of_replies), released_at__isnull=False)  # each by its index; either, by none
        .select_related("point__opinion__passage", "point__opinion__consultation", "objection")
        .order_by("point__number")
    )
    found: defaultdict[UUID, list[Disposition]] = defaultdict(list)
    for answer in answers:
        found[answer.point.opinion_id].append(answer)
        if objection := getattr(answer, "objection", None):
            found[objection.pk].append(answer)
    known = [(each, found[each.entry.target_id]) for each in notifications if each.entry.target_id in found]
    return [Result(each, its[0].point.opinion, its) for each, its in known]


def _invitations(user: User) -> Kind:
    own = Membership.objects.current().filter(user=user)
    return Kind(Invitation.objects.unanswered().filter(membership__in=own), _to_answer)


def _to_answer(found: QuerySet[Invitation]) -> Iterator[Waiting]:
    for invitation in found.select_related("meeting__council", "membership__organisation"):
        meeting = invitation.meeting
        yield Waiting(
            icon="calendar",
            asks=_("Say whether you come"),
            title=meeting.title,
            council=str(meeting.council),
            for_whom=str(invitation.membership.organisation),
            due=meeting.starts_at,
            url=meeting.get_absolute_url(),
            action=_("Answer the invitation"),
            invitation=invitation,
            answers=possible_answers(meeting),
        )


def _mandates(user: User) -> Kind:
    """The meetings to come at which someone takes a member's place."""
    upcoming = Meeting.objects.upcoming().order_by()
    return Kind(Alternate.objects.filter(user=user.pk, invitation__meeting__in=upcoming), _to_come)


def _to_come(found: QuerySet[Alternate]) -> Iterator[Waiting]:
    related = "invitation__meeting__council", "invitation__membership__user", "invitation__membership__organisation"
    for alternate in found.select_related(*related):
        invitation = alternate.invitation
        yield Waiting(
            icon="users",
            asks=_("Come in place of %(member)s") % {"member": invitation.membership.user},
            title=invitation.meeting.title,
            council=str(invitation.meeting.council),
            for_whom=str(invitation.membership.organisation),
            due=invitation.meeting.starts_at,
            url=invitation.meeting.get_absolute_url(),
            action=_("See agenda and papers"),
        )


def _to_say(user: User, memberships: Sequence[Membership]) -> Iterator[Waiting]:
    """Opinions begun, what an organisation has to agree on and to give, and the replies it owes."""
    running = Phase.objects.filter(
        consultation=OuterRef("pk"), opens_at__lte=clock.now(), closes_at__gte=clock.now()
    ).order_by("closes_at")
    consultations = Consultation.objects.visible_to(user).taking_opinions().select_related(
        "council", "office", "version__document"
    )  # fmt: skip
    open_now = {each.pk: each for each in consultations.annotate(until=Subquery(running.values("closes_at")[:1]))}
    seats = {(each.council_id, each.organisation_id): each for each in memberships if _speaks(each)}
    inside: defaultdict[tuple[UUID, UUID], Counter[str]] = defaultdict(Counter)
    occupied = set()
    for opinion in _inside(user, seats, open_now):
        consultation, where = open_now[opinion.consultation_id], (opinion.consultation_id, opinion.organisation_id)
        seat = seats.get((consultation.council_id, opinion.organisation_id))
        if opinion.author_id == user.pk:
            occupied.add(where)
        if opinion.state == Opinion.State.DRAFT:
            yield _draft(opinion, consultation)
        elif seat and (seat.coordinates or not opinion.has_coordinator):  # type: ignore[attr-defined]  # annotated
            occupied.add(where)
            inside[where][opinion.state] += 1
    for (pk, organisation), states in inside.items():
        consultation = open_now[pk]
        yield from _together(consultation, seats[consultation.council_id, organisation], states)
    occupied |= _replied(seats, open_now)
    for consultation in open_now.values():
        for membership in memberships:
            if _is_asked(membership, consultation) and (consultation.pk, membership.organisation_id) not in occupied:
                yield _thing(
                    consultation,
                    membership,
                    icon="speech",
                    asks=_("Say what should change"),
                    url=consultation.get_absolute_url(),
                    action=_("Give an opinion"),
                )


def _speaks(membership: Membership) -> bool:
    return membership.role != Membership.Role.OBSERVER


def _inside(user: User, seats: Iterable[tuple[UUID, UUID]], consultations: Iterable[UUID]) -> QuerySet[Opinion]:
    """What one's organisations have not given yet in some consultations, and whether someone else coordinates it."""
    beside = Membership.objects.current().speaking().filter(council=OuterRef("council"), coordinates=True)
    states = Opinion.State.DRAFT, Opinion.State.SHARED, Opinion.State.CHOSEN
    found = Opinion.objects.visible_to(user).filter(
        organisation__in={organisation for _council, organisation in seats},
        consultation__in=list(consultations),
        state__in=states,
    )
    found = found.annotate(has_coordinator=Exists(beside.filter(organisation=OuterRef("organisation"))))
    texts = "current_text", "proposed_text", "reason", "passage__text"
    return found.select_related("passage", "organisation").defer(*texts).order_by("id")


def _replied(seats: Iterable[tuple[UUID, UUID]], consultations: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Which of one's organisations have replied to which consultation, that they have no opinion included."""
    organisations = {organisation for _council, organisation in seats}
    replies = Reply.objects.filter(organisation__in=organisations, consultation__in=list(consultations))
    return set(replies.values_list("consultation", "organisation"))


def _thing(consultation: Consultation, membership: Membership, **fields: Any) -> Waiting:
    """Something to do for an organisation before the phase that runs closes."""
    return Waiting(
        title=consultation.title,
        council=str(consultation.council),
        for_whom=str(membership.organisation),
        due=consultation.until,  # type: ignore[attr-defined]  # annotated
        **fields,
    )


def _draft(opinion: Opinion, consultation: Consultation) -> Waiting:
    return Waiting(
        icon="pencil",
        asks=_("Finish your opinion"),
        title=f"{opinion.passage} · {consultation.title}",
        council=str(consultation.council),
        for_whom=str(opinion.organisation),
        due=consultation.until,  # type: ignore[attr-defined]  # annotated
        url=reverse("web:edit_opinion", args=[opinion.pk]),
        action=_("Continue writing"),
    )


def _together(consultation: Consultation, membership: Membership, states: Counter[str]) -> Iterator[Waiting]:
    """What waits for whoever gives an organisation's official word."""
    room = reverse("web:room", args=[consultation.pk], query={"organisation": membership.organisation_id})
    if shared := states[Opinion.State.SHARED]:
        asks = ngettext(
            "Decide on %(number)d opinion a colleague shares",
            "Decide on %(number)d opinions colleagues share",
            shared,
        )
        yield _thing(
            consultation,
            membership,
            icon="users",
            asks=asks % {"number": shared},
            url=f"{room}#talk",
            action=_("Open the room"),
        )
    if chosen := states[Opinion.State.CHOSEN]:
        asks = ngettext(
            "Submit the official set of %(number)d opinion", "Submit the official set of %(number)d opinions", chosen
        )
        yield _thing(
            consultation,
            membership,
            icon="send",
            asks=asks % {"number": chosen},
            url=f"{room}#set",
            action=_("Check and submit"),
        )


def _is_asked(membership: Membership, consultation: Consultation) -> bool:
    """Whether a reply is expected (``Consultation.asked``), of an organisation one speaks for."""
    organisation, office = membership.organisation, consultation.office
    writers = {office.pk, office.parent_id, consultation.version.document.owner_id} - {None}
    return (
        membership.council_id == consultation.council_id
        and membership.role not in (Membership.Role.OBSERVER, Membership.Role.SECRETARY)
        and writers.isdisjoint({organisation.pk, organisation.parent_id})
    )


def _to_confirm_or_approve(user: User, memberships: Sequence[Membership]) -> Kind:
    """What one said and someone else wrote down, and public forms the other side prepared."""
    runs = {each.council_id for each in memberships if each.role in Membership.OFFICERS}
    seats = {(each.council_id, each.organisation_id) for each in memberships if _speaks(each)}
    mine = Q(pk__in=Opinion.objects.unconfirmed().filter(author=user, membership__in=memberships).values("pk"))
    own = Q(redaction__by_officers=True, organisation__in={organisation for _council, organisation in seats})
    others = Q(council__in=runs) & (Q(redaction__by_officers=False) | Q(author=None))
    prepared = Q(redaction__isnull=False, redaction__approved_at=None) & ~Q(redaction__prepared_by=user)
    return Kind(Opinion.objects.filter(mine | prepared & (own | others)), partial(_written, user))


def _written(user: User, found: QuerySet[Opinion]) -> Iterator[Waiting]:
    for opinion in found.select_related("redaction", "passage", "organisation", "consultation__council").order_by("id"):
        redaction = getattr(opinion, "redaction", None)
        fields: dict[str, Any] = {
            "title": f"{opinion} {opinion.passage} · {opinion.consultation.title}",
            "council": str(opinion.consultation.council),
            "for_whom": str(opinion.organisation),
        }
        if opinion.needs_confirming and opinion.author_id == user.pk:
            yield Waiting(
                icon="question",
                asks=_("Confirm what was written down for you"),
                url=opinion.get_absolute_url(),
                action=_("Correct it"),
                quote=opinion.reason,
                confirm=reverse("web:confirm_opinion", args=[opinion.pk]),
                **fields,
            )
        elif redaction:
            yield Waiting(
                icon="eye",
                asks=_("Approve the public form of a confidential opinion"),
                url=redaction.get_absolute_url(),
                action=_("Read and approve"),
                **fields,
            )


def _owed(user: User, memberships: Iterable[Membership]) -> Kind:
    """Answers one's offices owe, a line for each consultation."""
    own = {(each.council_id, each.organisation_id): each for each in memberships}
    return Kind(Point.objects.owed_by(user), partial(_to_prepare, own))


def _to_prepare(own: Mapping[tuple[UUID, UUID], Membership], found: QuerySet[Point]) -> Iterator[Waiting]:
    late = Count("pk", filter=Q(due_on__lt=clock.today()))
    of_each = found.order_by().values("council", "office", "consultation", "consultation__title")
    for each in of_each.annotate(number=Count("pk"), due=Min("due_on"), late=late):
        membership = own[each["council"], each["office"]]
        yield Waiting(
            icon="answer",
            asks=_answers(each["number"], each["late"]),
            title=each["consultation__title"],
            council=str(membership.council),
            for_whom=str(membership.organisation),
            due=clock.end_of_day(each["due"]),
            is_day=True,
            url=_board(each["consultation"], state=Point.State.TRIAGED, office=each["office"]),
            action=_("Prepare answers"),
        )


def _answers(number: int, late: int) -> str:
    if late:
        text = ngettext(
            "Answer %(number)d point, %(late)d of them overdue",
            "Answer %(number)d points, %(late)d of them overdue",
            number,
        )
    else:
        text = ngettext("Answer %(number)d point", "Answer %(number)d points", number)
    return text % {"number": number, "late": late}


def _objections(memberships: Iterable[Membership]) -> Kind:
    """Replies of authors to answers of one's offices."""
    own = {(each.council_id, each.organisation_id): each for each in memberships}
    offices = {organisation for _council, organisation in own}
    return Kind(Objection.objects.open().filter(disposition__point__office__in=offices), partial(_replies, own))


def _replies(own: Mapping[tuple[UUID, UUID], Membership], found: QuerySet[Objection]) -> Iterator[Waiting]:
    point = "disposition__point"
    for objection in found.select_related(f"{point}__opinion__passage", f"{point}__consultation").order_by("id"):
        answered = objection.disposition.point
        if membership := own.get((objection.council_id, answered.office_id)):  # type: ignore[arg-type]  # has an office
            yield Waiting(
                icon="speech",
                asks=_("Decide on a reply to your answer"),
                title=f"{answered} {answered.opinion.passage} · {answered.consultation.title}",
                council=str(membership.council),
                for_whom=str(membership.organisation),
                url=answered.get_absolute_url(),
                action=_("Confirm or revise"),
            )


def _to_run(user: User, memberships: Iterable[Membership]) -> Iterator[Waiting]:
    """What only those who run a council can move on: reports; and for the secretary assigning and publishing."""
    councils = {each.council_id: each.council for each in memberships if each.role in Membership.OFFICERS}
    if not councils:
        return
    keeps = {each.council_id for each in memberships if each.role == Membership.Role.SECRETARY}
    counted = Consultation.objects.visible_to(user).filter(council__in=councils).annotate(
        new=_number(Point.objects.given().filter(state=Point.State.SUBMITTED)),
        prepared=_number(Opinion.objects.filter(state=Opinion.State.ANSWERED)),
        reported=_number(Report.objects.open(), "opinion"),
    )  # fmt: skip
    some = Q(reported__gt=0) | Q(council__in=keeps) & (Q(new__gt=0) | Q(prepared__gt=0))
    for each in counted.filter(some).order_by("-pk"):
        yield from _steps(each, str(councils[each.council_id]), assigns=each.council_id in keeps)


def _number(rows: QuerySet[Any], of: str = "pk") -> Coalesce:
    """How many rows, or different ones of a field, belong to the outer consultation."""
    counted = rows.filter(consultation=OuterRef("pk")).order_by().values("consultation")
    return Coalesce(Subquery(counted.annotate(number=Count(of, distinct=of != "pk")).values("number")), 0)


def _steps(consultation: Any, council: str, *, assigns: bool) -> Iterator[Waiting]:
    """A line for each kind of work in a consultation, whose numbers were annotated."""
    new, prepared, reported = consultation.new, consultation.prepared, consultation.reported
    where = {"title": consultation.title, "council": council}
    if reported:
        asks = ngettext("Decide on %(number)d reported opinion", "Decide on %(number)d reported opinions", reported)
        url = reverse("web:order", args=[consultation.pk])
        yield Waiting(icon="flag", asks=asks % {"number": reported}, url=url, action=_("Decide"), **where)
    if new and assigns:
        asks = ngettext("Assign %(number)d new point", "Assign %(number)d new points", new)
        url = _board(consultation.pk, state=Point.State.SUBMITTED)
        yield Waiting(icon="inbox", asks=asks % {"number": new}, url=url, action=_("Assign"), **where)
    if prepared and assigns:
        asks = ngettext("Publish %(number)d prepared answer", "Publish %(number)d prepared answers", prepared)
        url = _board(consultation.pk, state=Point.State.ANSWERED)
        yield Waiting(icon="send", asks=asks % {"number": prepared}, url=url, action=_("Check and publish"), **where)


def _board(consultation: UUID, **filters: UUID | str) -> str:
    return reverse("web:board", args=[consultation], query=filters)
