"""What waits for someone, across councils: invitations, consultations, drafts, answers owed, and a secretary's work."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from council.core import clock
from council.journal.verbs import Verb
from council.meetings.models import Invitation
from council.notifications.models import Notification
from council.opinions.models import Consultation, Opinion
from council.people.models import Membership, User
from council.web.forms.meetings import possible_answers

RESULTS_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing to do.

    Attributes:
        icon: The drawing of its kind.
        asks: What is to be done, in a few words.
        title: What it is about.
        council: Where.
        for_whom: The organisation it is done for; empty where that does not matter.
        due: By when; ``None`` where no day is set.
        is_day: Whether ``due`` is the end of a day rather than an hour.
        url: Where it is done.
        action: What the button says.
        invitation: The invitation to answer, where it is one.
        answers: The possible answers to it, with their words.
    """

    icon: str
    asks: str
    title: str
    council: str
    url: str
    action: str
    for_whom: str = ""
    due: dt.datetime | None = None
    is_day: bool = False
    invitation: Invitation | None = None
    answers: Sequence[tuple[str, str | Promise]] = ()

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.due is not None and self.due < clock.now()


@dataclass(frozen=True)
class Result:
    """An answer to one's opinion that one has not read yet, and the notice that told of it."""

    notification: Notification
    opinion: Opinion


def waiting(user: User, memberships: Sequence[Membership]) -> list[Waiting]:
    """Everything that waits for someone, the earliest due date first, what has none last.

    Args:
        memberships: Their current ones, with council and organisation.
    """
    things = chain(
        _invitations(user),
        _to_say(user, memberships),
        _owed(user, memberships),
        _to_assign_and_publish(user, memberships),
    )
    return sorted(things, key=lambda each: (each.due is None, each.due or clock.now()))


def results(user: User) -> list[Result]:
    """The newest answers one has not read yet."""
    unread = Notification.objects.visible_to(user).unread().filter(entry__verb=Verb.ANSWER_RELEASED)
    notifications = list(unread.select_related("entry").order_by("-id")[:RESULTS_SHOWN])
    answered = (
        Opinion.objects.visible_to(user)
        .filter(pk__in=[each.entry.target_id for each in notifications], disposition__released_at__isnull=False)
        .select_related("disposition", "passage", "consultation")
    )
    by_id = {opinion.pk: opinion for opinion in answered}
    return [Result(each, by_id[each.entry.target_id]) for each in notifications if each.entry.target_id in by_id]


def _invitations(user: User) -> Iterator[Waiting]:
    own = Membership.objects.current().filter(user=user)
    unanswered = Invitation.objects.visible_to(user).unanswered().filter(membership__in=own)
    for invitation in unanswered.select_related("meeting__council", "membership__organisation"):
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


def _to_say(user: User, memberships: Iterable[Membership]) -> Iterator[Waiting]:
    """Opinions begun, and for every organisation that has said nothing yet the open consultation."""
    consultations = Consultation.objects.visible_to(user).taking_opinions()
    consultations = consultations.select_related("council", "version__document").prefetch_related("phases")
    open_now = {consultation.pk: consultation for consultation in consultations}
    spoken: set[tuple[UUID, UUID]] = set()
    for opinion in _said(user, memberships, open_now):
        consultation = open_now[opinion.consultation_id]
        spoken.add((consultation.pk, opinion.organisation_id))
        if opinion.state == Opinion.State.DRAFT:
            yield Waiting(
                icon="pencil",
                asks=_("Finish and submit your opinion"),
                title=f"{opinion.passage} · {consultation.title}",
                council=str(consultation.council),
                for_whom=str(opinion.organisation),
                due=consultation.closes_at,
                url=reverse("web:edit_opinion", args=[opinion.pk]),
                action=_("Continue writing"),
            )
    for consultation in open_now.values():
        for membership in memberships:
            if _is_asked(membership, consultation) and (consultation.pk, membership.organisation_id) not in spoken:
                yield Waiting(
                    icon="speech",
                    asks=_("Say what should change"),
                    title=consultation.title,
                    council=str(consultation.council),
                    for_whom=str(membership.organisation),
                    due=consultation.closes_at,
                    url=consultation.get_absolute_url(),
                    action=_("Give an opinion"),
                )


def _said(user: User, memberships: Iterable[Membership], consultations: Iterable[UUID]) -> QuerySet[Opinion]:
    """What one's organisations gave in some consultations, and what one has begun to write oneself."""
    own = {each.organisation_id for each in memberships}
    said = Opinion.objects.visible_to(user).filter(organisation__in=own, consultation__in=list(consultations))
    said = said.exclude(state=Opinion.State.WITHDRAWN).select_related("passage", "organisation")
    return said.defer("current_text", "proposed_text", "reason", "passage__text").order_by("id")


def _is_asked(membership: Membership, consultation: Consultation) -> bool:
    """Whether an opinion is expected: not of those who wrote the text, answer the opinions or only watch."""
    organisation, owner = membership.organisation, consultation.version.document.owner_id
    wrote_it = owner is not None and owner in (organisation.pk, organisation.parent_id)
    return (
        membership.council_id == consultation.council_id
        and membership.role not in (Membership.Role.OBSERVER, Membership.Role.SECRETARY)
        and organisation.pk != consultation.office_id
        and not wrote_it
    )


def _owed(user: User, memberships: Iterable[Membership]) -> Iterator[Waiting]:
    """Answers one's offices owe, a line for each consultation."""
    own = {(each.council_id, each.organisation_id): each for each in memberships}
    owed = Opinion.objects.visible_to(user).owed_by(user).order_by()
    late = Count("pk", filter=Q(due_on__lt=clock.today()))
    for each in owed.values("council", "office", "consultation", "consultation__title").annotate(
        number=Count("pk"), due=Min("due_on"), late=late
    ):
        membership = own[each["council"], each["office"]]
        yield Waiting(
            icon="answer",
            asks=_answers(each["number"], each["late"]),
            title=each["consultation__title"],
            council=str(membership.council),
            for_whom=str(membership.organisation),
            due=clock.end_of_day(each["due"]),
            is_day=True,
            url=_board(each["consultation"], state=Opinion.State.TRIAGED, office=each["office"]),
            action=_("Prepare answers"),
        )


def _answers(number: int, late: int) -> str:
    if late:
        text = ngettext(
            "Answer %(number)d opinion, %(late)d of them overdue",
            "Answer %(number)d opinions, %(late)d of them overdue",
            number,
        )
    else:
        text = ngettext("Answer %(number)d opinion", "Answer %(number)d opinions", number)
    return text % {"number": number, "late": late}


def _to_assign_and_publish(user: User, memberships: Iterable[Membership]) -> Iterator[Waiting]:
    """What only the secretary can move on: opinions nobody was asked to answer yet, and prepared answers."""
    councils = {each.council_id: each.council for each in memberships if each.role == Membership.Role.SECRETARY}
    if not councils:
        return
    states = Opinion.State.SUBMITTED, Opinion.State.ANSWERED
    found = (
        Opinion.objects.visible_to(user)
        .filter(council__in=councils, state__in=states)
        .values("council", "consultation", "consultation__title", "state")
        .annotate(number=Count("pk"))
        .order_by("-consultation", "-state")
    )
    for each in found:
        number = {"number": each["number"]}
        new = each["state"] == Opinion.State.SUBMITTED
        if new:
            asks = ngettext("Assign %(number)d new opinion", "Assign %(number)d new opinions", each["number"])
        else:
            asks = ngettext("Publish %(number)d prepared answer", "Publish %(number)d prepared answers", each["number"])
        yield Waiting(
            icon="inbox" if new else "send",
            asks=asks % number,
            title=each["consultation__title"],
            council=str(councils[each["council"]]),
            url=_board(each["consultation"], state=each["state"]),
            action=_("Assign opinions") if new else _("Check and publish"),
        )


def _board(consultation: UUID, **filters: UUID | str) -> str:
    return reverse("web:board", args=[consultation], query=filters)
