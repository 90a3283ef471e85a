"""A meeting as it goes on: one state for all who watch it, in a number of queries that does not grow.

The state holds what every watcher may see and nothing of one's own: no papers, no votes, no one's draft. Times are
milliseconds since 1970, the browser's own unit; words are the page's.
"""

import datetime as dt
from typing import Any, TypedDict
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum, TextChoices
from django.utils.translation import gettext

from council.core.models import Sector, Visibility
from council.decisions.models import Ballot
from council.meetings.actions.running import last_step
from council.meetings.models import AgendaItem, FloorRequest, Meeting, Recusal
from council.meetings.quorum import quorum
from council.opinions.models import Opinion
from council.people.models.councils import ChallengesBy

State = dict[str, Any]
IN_TURN = ("-kind", "position", "id")  # as FloorRequestQuerySet.waiting has it
LATEST = 5  # opinions shown as they are recorded
NO_OPINIONS: State = {"count": 0, "latest": []}


class States(TypedDict):
    """What each audience sees."""

    inside: State
    outside: State


def states(pk: UUID) -> States | None:
    """The state for those entitled to the meeting, and for everyone else who sees it; None for one that is gone."""
    meeting = Meeting.objects.select_related("council", "current_item").filter(pk=pk).first()
    if meeting is None:
        return None
    inside = state(meeting)
    return {"inside": inside, "outside": outside(inside)}


def state_for(audience: str, meeting: Meeting) -> State:
    """The state as one audience sees it."""
    return state(meeting) if audience == "inside" else outside(state(meeting))


def state(meeting: Meeting) -> State:
    """Everything those entitled may see."""
    item = meeting.current_item
    shown = item if item and item.visibility == Visibility.COUNCIL else None
    return {
        "meeting": {
            "state": meeting.state,
            "starts": ms(meeting.starts_at),
            "ends": ms(meeting.ends_at),
            "opened": ms(meeting.opened_at),
            "closed": ms(meeting.closed_at),
            "title": meeting.title,
        },
        "current": _current(shown) if shown else None,
        "items": _items(meeting),
        "quorum": quorum_of(meeting),
        "speech_minutes": meeting.council.speech_minutes,
        **_floor(meeting),
        **_ballots(meeting),
        "opinions": _opinions(shown) if shown else NO_OPINIONS,
    }


def outside(inside: State) -> State:
    """What is left for those not entitled: of a closed item its number and title."""

    def in_the_open(part: State | None) -> State | None:
        return None if part and part["closed"] else part

    closed = bool(inside["current"] and inside["current"]["closed"])
    return {
        **inside,
        "speaking": in_the_open(inside["speaking"]),
        "queue": list(filter(in_the_open, inside["queue"])),
        "ballot": in_the_open(inside["ballot"]),
        "result": in_the_open(inside["result"]),
        "opinions": NO_OPINIONS if closed else inside["opinions"],
    }


def ms(moment: dt.datetime | None) -> int | None:
    """A moment as a browser counts it."""
    return int(moment.timestamp() * 1000) if moment else None


def _current(item: AgendaItem) -> State:
    return {
        "id": item.pk,
        "number": item.number,
        "title": item.title,
        "kind": item.kind,
        "closed": item.closed,
        "presenter": "" if item.closed else item.presenter,
        "minutes": item.minutes_planned,
        "spent": item.seconds_spent,
        "since": ms(item.taken_up_at),
    }


def _items(meeting: Meeting) -> list[State]:
    fields = ("pk", "parent", "number", "title", "kind", "state", "closed", "minutes_planned")
    rows = meeting.items.filter(visibility=Visibility.COUNCIL).order_by("position").values_list(*fields)
    return [
        {
            "id": pk,
            "below": parent is not None,
            "number": number,
            "title": title,
            "kind": kind,
            "state": state,
            "closed": closed,
            "minutes": minutes,
        }
        for pk, parent, number, title, kind, state, closed, minutes in rows
    ]


def quorum_of(meeting: Meeting) -> State:
    """How many seats are taken of those that count for the item being dealt with."""
    found = quorum(meeting, meeting.current_item)
    return {"present": found.present, "needed": found.needed, "seats": found.seats, "met": found.met}


def challenges(meeting: Meeting) -> QuerySet[Recusal]:
    """The challenges (기피) of a meeting that wait to be put to the vote, where the council decides on them so."""
    if meeting.council.challenges_decided_by != ChallengesBy.BALLOT:
        return Recusal.objects.none()
    raised = Recusal.objects.filter(item__meeting=meeting, kind=Recusal.Kind.CHALLENGE, state=Recusal.State.RAISED)
    waiting = raised.exclude(item__state=AgendaItem.State.DONE).order_by("item__position", "id")
    return waiting.select_related("item", "membership__user", "membership__organisation")


def question_on(challenge: Recusal) -> str:
    """What is asked about a challenge; the title of its item may be closed, so its number stands for it."""
    words = {"member": challenge.membership.user.name, "number": challenge.item.number}
    return gettext("Does %(member)s keep out of item %(number)s?") % words


def undoable(meeting: Meeting) -> int | None:
    """The number of the last step through the agenda, if it can be taken back."""
    step = last_step(meeting) if meeting.state == Meeting.State.RUNNING else None
    return step.pk if step else None


def _floor(meeting: Meeting) -> State:
    """Who speaks, who waits in which order, and how long each sector has spoken."""
    speaking, waiting = FloorRequest.State.SPEAKING, FloorRequest.State.WAITING
    requests = FloorRequest.objects.filter(meeting=meeting)
    whose = ("user", "organisation", "invitation__membership__seat", "item")
    active = list(requests.filter(state__in=[speaking, waiting]).select_related(*whose).order_by(*IN_TURN))
    spoken = F("ended_at") - F("started_at")
    ended = requests.exclude(state__in=[speaking, waiting]).filter(ended_at__isnull=False, started_at__isnull=False)
    times = ended.values("sector").annotate(spoken=Sum(spoken), times=Count("pk")).order_by("sector")
    return {
        "speaking": next((_request(each) for each in active if each.state == speaking), None),
        "queue": [_request(each) for each in active if each.state == waiting],
        "times": [
            {"sector": each["sector"], "seconds": int(each["spoken"].total_seconds()), "speeches": each["times"]}
            for each in times
        ],
    }


def _request(request: FloorRequest) -> State:
    seat = request.invitation.membership.seat
    return {
        "id": request.pk,
        "invitation": request.invitation_id,
        "name": request.user.name,
        "organisation": request.organisation.name,
        "seat": seat.number if seat else None,
        "sector": request.sector,
        "kind": request.kind,
        "closed": bool(request.item and request.item.closed),
        "since": ms(request.started_at),
    }


def _ballots(meeting: Meeting) -> State:
    """The open ballot without any choice, and what the last one on the current item came to."""
    ballots = meeting.ballots.select_related("item").exclude(item__visibility=Visibility.OFFICERS)
    last = ballots.exclude(state=Ballot.State.CANCELLED).order_by("-opened_at").first()
    if last is None:
        return {"ballot": None, "result": None}
    shown = {
        "id": last.pk,
        "question": last.question,
        "secret": last.secret,
        "entitled": last.entitled,
        "closed": bool(last.item and last.item.closed),
    }
    if last.state == Ballot.State.OPEN:
        return {"ballot": {**shown, "cast": last.roll.filter(has_voted=True).count()}, "result": None}
    if last.item_id != meeting.current_item_id:
        return {"ballot": None, "result": None}
    votes = {"for": last.votes_for, "against": last.votes_against, "abstain": last.abstentions}
    return {"ballot": None, "result": {**shown, **votes, "adopted": last.adopted}}


def _opinions(item: AgendaItem) -> State:
    """Opinions spoken on the item's drafts, as they are recorded: those for all members, newest first."""
    given = Opinion.objects.filter(
        consultation__agenda_item=item,
        source=Opinion.Source.SPOKEN,
        audience=Opinion.Audience.COUNCIL,
        hidden_at=None,
    ).exclude(state__in=Opinion.NOT_GIVEN)
    rows = given.order_by("-number").values_list(
        "pk", "number", "passage__number", "organisation__name", "sector", "proposed_text", "reason"
    )
    latest = [
        {"id": pk, "number": number, "passage": passage, "organisation": name, "sector": sector, "text": text or reason}
        for pk, number, passage, name, sector, text, reason in rows[:LATEST]
    ]
    return {"count": len(latest) if len(latest) < LATEST else given.count(), "latest": latest}


# --- Words for the script --------------------------------------------------------------------------------------------


def names() -> dict[str, dict[str, str]]:
    """What the codes in a state are called."""
    kinds: dict[str, type[TextChoices]] = {
        "sector": Sector,
        "item": AgendaItem.Kind,
        "state": AgendaItem.State,
        "request": FloorRequest.Kind,
        "meeting": Meeting.State,
    }
    return {name: {value: str(label) for value, label in kind.choices} for name, kind in kinds.items()}


def says() -> dict[str, str]:
    """The sentences a live page says by itself; what is in braces is filled in there."""
    return {
        "connecting": gettext("Connecting …"),
        "connected": gettext("Live"),
        "lost": gettext("No connection; trying again. What you write is kept."),
        "login": gettext("You are no longer logged in."),
        "gone": gettext("This meeting can no longer be followed."),
        "now": gettext("Now: {number}. {title}"),
        "pause": gettext("No item is being dealt with."),
        "not_begun": gettext("The meeting has not begun."),
        "over": gettext("The meeting is over."),
        "closed_item": gettext("Closed item"),
        "left": gettext("{time} left"),
        "beyond": gettext("{time} over"),
        "of_planned": gettext("of {minutes} minutes"),
        "minutes": gettext("{minutes} min"),
        "speaks": gettext("{name} has the floor."),
        "nobody": gettext("Nobody has the floor."),
        "your_turn": gettext("You have the floor."),
        "you_are_next": gettext("You speak next."),
        "you_wait": gettext("You are number {place} in the queue."),
        "empty_queue": gettext("Nobody waits to speak."),
        "waiting": gettext("{count} waiting"),
        "more": gettext("and {count} more"),
        "speeches": gettext("{count} speeches"),
        "quorum": gettext("{present} of {seats} seats taken, {needed} needed"),
        "quorum_met": gettext("There is a quorum."),
        "quorum_lost": gettext("There is no quorum."),
        "vote_open": gettext("The vote is open: {question}"),
        "cast": gettext("{cast} of {entitled} have voted"),
        "secret": gettext("Secret ballot"),
        "adopted": gettext("Adopted: {question}"),
        "rejected": gettext("Rejected: {question}"),
        "result": gettext("For {for}, against {against}, abstentions {abstain}"),
        "pending": gettext("Not yet sent"),
        "sending": gettext("Being sent …"),
        "sent": gettext("Sent"),
        "refused": gettext("Not accepted"),
        "retry": gettext("Try again"),
        "discard": gettext("Discard"),
        "log_in": gettext("Log in in a new window"),
        "opinions": gettext("{count} recorded"),
        "no_opinions": gettext("No opinion recorded on this item yet."),
    }
