"""Who comes to a meeting: one's own answer with whoever comes in one's place, everyone's, and who is not invited yet."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from council.core import clock
from council.meetings.models import Alternate, Invitation, Meeting
from council.meetings.places import named_for
from council.people.models import Membership, User
from council.web.forms.meetings import possible_answers
from council.web.states import LOOKS

_ANSWERS = Invitation.Answer
_COMING_FIRST = _ANSWERS.ATTENDING, _ANSWERS.ONLINE, _ANSWERS.WAITING, _ANSWERS.DECLINED, _ANSWERS.NONE
_COMING = _ANSWERS.ATTENDING, _ANSWERS.ONLINE
_PERSON = "name", "email", "is_system"
_SHOWN = (
    *("meeting", "answer", "note", "answered_at", "interests_declared_at", "created_at", "membership__role"),
    *(f"{whose}__user__{field}" for whose in ("membership", "alternate") for field in _PERSON),
    *("membership__organisation__name", "membership__organisation__name_en"),
    *("alternate__title", "alternate__letter", "alternate__mandate"),
)


@dataclass(frozen=True)
class Own:
    """One's own invitation, or the one for which one comes.

    Attributes:
        alternate: Who comes in place of the member.
        is_mandate: Whether that is oneself.
        keeps_out_of: Of how many items the seat keeps out, or how many such questions are open.
        in_line: One's place on the waiting list, counted from 1; 0 where one does not wait.
    """

    invitation: Invitation
    alternate: Alternate | None
    is_mandate: bool
    keeps_out_of: int
    in_line: int


def of_meeting(user: User, meeting: Meeting) -> dict[str, Any]:
    """Everyone's answers, one's own apart, how many there are of each, and who is still to be invited."""
    if meeting.state == Meeting.State.PLANNED or (meeting.state == "cancelled" and meeting.convened_at is None):
        return {}
    invitations = Invitation.objects.visible_to(user).filter(meeting=meeting)
    standing = Count("recusals", filter=Q(recusals__state__in=["raised", "granted"]), distinct=True)
    everyone = list(
        invitations.select_related("membership__user", "membership__organisation", "alternate__user")
        .only(*_SHOWN)
        .annotate(standing=standing)
        .order_by(*Invitation._meta.ordering or ())
    )
    places = [(each, named_for(each)) for each in everyone]
    counts = Counter(each.answer for each in everyone)
    looks = LOOKS["answer"][1]
    is_to_come = meeting.state == Meeting.State.CONVENED and meeting.starts_at > clock.now()
    may_invite = meeting.state in (Meeting.State.CONVENED, Meeting.State.RUNNING) and user.has_perm(
        "meetings.convene_meeting", meeting
    )
    return {
        "own": _own(user, places),
        "everyone": everyone,
        "places": places,
        "coming": sum(counts[answer] for answer in _COMING),
        "counts": [
            (str(each.label), counts[each], looks[each].tone)
            for each in _COMING_FIRST
            if counts[each] or each != _ANSWERS.WAITING
        ],
        "places_left": None if meeting.capacity is None else max(0, meeting.capacity - counts[_ANSWERS.ATTENDING]),
        "possible_answers": possible_answers(meeting),
        "takes_answers": is_to_come,
        "answers_for_others": is_to_come and user.has_perm("meetings.convene_meeting", meeting),
        "is_alive": meeting.state in (Meeting.State.CONVENED, Meeting.State.RUNNING),
        "uninvited": list(_uninvited(meeting)) if may_invite else [],
    }


def own_invitations(user: User, meeting: Meeting) -> list[Invitation]:
    """The invitations for which someone speaks, their own or as an alternate."""
    invitations = Invitation.objects.visible_to(user).filter(meeting=meeting)
    mine = Q(membership__user=user.pk, membership__in=Membership.objects.current()) | Q(alternate__user=user.pk)
    return list(invitations.filter(mine).select_related("membership__user", "membership__organisation"))


def _own(user: User, places: Iterable[tuple[Invitation, Alternate | None]]) -> list[Own]:
    line = _line(each for each, _alternate in places)
    return [
        Own(each, alternate, is_mandate, vars(each)["standing"], line.get(each.pk, 0))
        for each, alternate in places
        for is_mandate in [alternate is not None and alternate.user_id == user.pk]
        if is_mandate or each.membership.user_id == user.pk
    ]


def _line(everyone: Iterable[Invitation]) -> dict[UUID, int]:
    """Everyone's place on the waiting list."""
    waiting = [each for each in everyone if each.answer == _ANSWERS.WAITING]
    waiting.sort(key=lambda each: (each.answered_at or each.created_at, each.pk))
    return {each.pk: number for number, each in enumerate(waiting, start=1)}


def _uninvited(meeting: Meeting) -> Iterable[Membership]:
    return meeting.uninvited().select_related("user", "organisation")
