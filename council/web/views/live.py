"""A meeting as it goes on: for members on their phones, for the screen in the room, and for those who run it."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.decisions import actions as decisions
from council.decisions.models import Ballot, Voter
from council.meetings import actions, door
from council.meetings.models import AgendaItem, FloorRequest, Invitation, Meeting, Paper
from council.meetings.places import attending, is_recused, places, takes_attendance
from council.web.gathered import live as gathered
from council.web.gathered.running import code_to_scan
from council.web.push.entry import audience_of
from council.web.requests import Request

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponse]


def verb(view: View[P]) -> View[P]:
    """A button or a small form: what is wrong with it is said in one sentence, on the page one is on."""

    @wraps(view)
    def answered(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from error

    return cast(View[P], require_POST(answered))


# --- Looking ---------------------------------------------------------------------------------------------------------


@require_safe
def live(request: Request, pk: UUID) -> HttpResponse:
    """Where are we now?"""
    meeting, audience = _watched(request, pk)
    context = {
        **_of(meeting, audience),
        **_own(request, meeting),
        "may_run": request.user.has_perm("meetings.run_meeting", meeting),
    }
    return render(request, "live/live.html", context)


@require_safe
def own(request: Request, pk: UUID) -> HttpResponse:
    """What is one's own in the live view: checking in, the vote card, the papers one may read."""
    meeting = _followed(request, pk)
    return render(request, "live/_own.html", {"meeting": meeting, **_own(request, meeting)})


@require_safe
def projector(request: Request, pk: UUID) -> HttpResponse:
    """The page for the screen in the room."""
    meeting, audience = _watched(request, pk)
    require(request.user, "meetings.run_meeting", meeting)
    return render(request, "live/projector.html", {**_of(meeting, audience), "qr": _code(meeting)})


@require_safe
def projector_door(request: Request, pk: UUID) -> HttpResponse:
    """The code at the door, as it is this minute."""
    meeting = _followed(request, pk)
    require(request.user, "meetings.run_meeting", meeting)
    return render(request, "live/_door.html", {"qr": _code(meeting)})


@require_safe
def control(request: Request, pk: UUID) -> HttpResponse:
    """What do I do next?"""
    meeting, audience = _watched(request, pk)
    require(request.user, "meetings.run_meeting", meeting)
    present = meeting.attendance.here().filter(invitation__isnull=False)
    page = _of(meeting, audience)
    return render(
        request, "live/control.html", {**page, **_steps(meeting, page["state"]["quorum"]), "present": present}
    )


@require_safe
def steps(request: Request, pk: UUID) -> HttpResponse:
    """The buttons of the control page, as they are now."""
    meeting = _followed(request, pk)
    require(request.user, "meetings.run_meeting", meeting)
    return render(request, "live/_steps.html", {"meeting": meeting, **_steps(meeting)})


# --- Members ---------------------------------------------------------------------------------------------------------


@verb
def check_in(request: Request, pk: UUID) -> HttpResponse:
    """Say that one is there."""
    meeting = _followed(request, pk)
    actions.check_in(meeting, by=request.user, mode=request.POST.get("mode", ""))
    return _done(request, meeting)


@verb
def ask_for_floor(request: Request, pk: UUID) -> HttpResponse:
    """Ask to speak, or raise a point of order."""
    meeting = _followed(request, pk)
    kind = request.POST.get("kind", FloorRequest.Kind.SPEECH)
    actions.ask_for_floor(meeting, by=request.user, kind=kind, key=_key(request))
    return _done(request, meeting)


@verb
def leave_floor(request: Request, pk: UUID) -> HttpResponse:
    """Leave the queue."""
    meeting = _followed(request, pk)
    for waiting in meeting.floor.waiting().filter(user=request.user):
        actions.withdraw_request(waiting, by=request.user)
    return _done(request, meeting)


@verb
def withdraw_request(request: Request, pk: UUID) -> HttpResponse:
    """Leave the queue, or take someone out of it."""
    floor_request = _request(request, pk)
    actions.withdraw_request(floor_request, by=request.user)
    return _done(request, floor_request.meeting)


@verb
def vote(request: Request, pk: int) -> HttpResponse:
    """Vote for a seat."""
    voter = get_object_or_404(Voter.objects.of(request.user).select_related("ballot__meeting__council"), pk=pk)
    given = {"choice": request.POST.get("choice", ""), "statement": request.POST.get("statement", "")}
    decisions.cast(voter, by=request.user, key=_key(request), **given)
    return _done(request, voter.ballot.meeting)


@verb
def remark(request: Request, pk: UUID) -> HttpResponse:
    """Write down what one said, or, for those who run the meeting, what the speaker said."""
    meeting = _followed(request, pk)
    text, key, said_at = request.POST.get("text", ""), _key(request), clock.now() - _waited(request)
    items = AgendaItem.objects.visible_to(request.user).filter(meeting=meeting)
    item = _chosen(items, request.POST.get("item"))
    if "speaker" in request.POST or "invitation" in request.POST:
        seats = Invitation.objects.visible_to(request.user).filter(meeting=meeting)
        whose = {
            "invitation": _chosen(seats, request.POST.get("invitation")),
            "speaker": request.POST.get("speaker", ""),
        }
        actions.record_statement(meeting, text=text, item=item, key=key, said_at=said_at, by=request.user, **whose)
    else:
        actions.write_statement(meeting, text=text, item=item, key=key, said_at=said_at, by=request.user)
    return _done(request, meeting)


# --- Chair and secretary ---------------------------------------------------------------------------------------------


@verb
def open_meeting(request: Request, pk: UUID) -> HttpResponse:
    """Begin the meeting."""
    meeting = _followed(request, pk)
    actions.open_meeting(meeting, by=request.user)
    return _next(request, meeting)


@verb
def take_up(request: Request, pk: UUID) -> HttpResponse:
    """Begin with an item."""
    item = _item(request, pk)
    actions.take_up(item, by=request.user)
    return _next(request, item.meeting)


@verb
def end_item(request: Request, pk: UUID) -> HttpResponse:
    """Finish with an item."""
    item = _item(request, pk)
    actions.end_item(item, by=request.user)
    return _next(request, item.meeting)


@verb
def postpone_item(request: Request, pk: UUID) -> HttpResponse:
    """Put an item off."""
    item = _item(request, pk)
    actions.postpone_item(item, reason=request.POST.get("reason", ""), by=request.user)
    return _next(request, item.meeting)


@verb
def undo_step(request: Request, pk: UUID) -> HttpResponse:
    """Take the last step through the agenda back."""
    meeting = _followed(request, pk)
    step = request.POST.get("step", "")
    actions.undo_step(meeting, by=request.user, step=int(step) if step.isdecimal() else None)
    return _next(request, meeting)


@verb
def give_floor(request: Request, pk: UUID) -> HttpResponse:
    """Let someone speak."""
    floor_request = _request(request, pk)
    actions.give_floor(floor_request, by=request.user)
    return _next(request, floor_request.meeting)


@verb
def end_speech(request: Request, pk: UUID) -> HttpResponse:
    """End the speech of whoever has the floor."""
    meeting = _followed(request, pk)
    actions.end_speech(meeting, by=request.user)
    return _next(request, meeting) if request.POST.get("from") == "control" else _done(request, meeting)


@verb
def move_request(request: Request, pk: UUID) -> HttpResponse:
    """Move someone one place up or down in the queue."""
    floor_request = _request(request, pk)
    queue = list(floor_request.meeting.floor.waiting())
    here = next((place for place, each in enumerate(queue) if each.pk == floor_request.pk), None)
    there = None if here is None else here + (-1 if request.POST.get("to") == "up" else 1)
    if here is not None and there is not None and 0 <= there < len(queue):
        queue[here], queue[there] = queue[there], queue[here]
        actions.order_floor(floor_request.meeting, requests=queue, by=request.user)
    return _next(request, floor_request.meeting)


@verb
def open_ballot(request: Request, pk: UUID) -> HttpResponse:
    """Put a question to the vote, or, with one press, whether a challenged member keeps out of an item (기피)."""
    meeting = _followed(request, pk)
    posted = request.POST
    challenge = _chosen(gathered.challenges(meeting), posted.get("recusal"))
    decisions.open_ballot(
        meeting,
        item=challenge.item if challenge else meeting.current_item,
        recusal=challenge,
        question=gathered.question_on(challenge) if challenge else posted.get("question", ""),
        text=posted.get("text", ""),
        secret="secret" in posted,
        by=request.user,
    )
    return _next(request, meeting)


@verb
def close_ballot(request: Request, pk: UUID) -> HttpResponse:
    """End a vote and count."""
    ballot = _ballot(request, pk)
    decisions.close_ballot(ballot, by=request.user)
    return _next(request, ballot.meeting)


@verb
def cancel_ballot(request: Request, pk: UUID) -> HttpResponse:
    """Call a vote off."""
    ballot = _ballot(request, pk)
    decisions.cancel_ballot(ballot, reason=request.POST.get("reason", ""), by=request.user)
    return _next(request, ballot.meeting)


@verb
def close(request: Request, pk: UUID) -> HttpResponse:
    """End the meeting."""
    meeting = _followed(request, pk)
    actions.close(meeting, by=request.user)
    return _next(request, meeting)


# --- Helpers ---------------------------------------------------------------------------------------------------------


def _followed(request: Request, pk: UUID) -> Meeting:
    """A meeting one may watch."""
    return _watched(request, pk)[0]


def _watched(request: Request, pk: UUID) -> tuple[Meeting, str]:
    """A meeting one may watch, and as whom."""
    audience = audience_of(request.user, pk)
    if not audience:
        raise Http404
    return Meeting.objects.select_related("council", "subcommittee", "current_item").get(pk=pk), audience


def _of(meeting: Meeting, audience: str) -> dict[str, Any]:
    """What every live page says to the frame and to its script."""
    words = {"names": gathered.names(), "says": gathered.says()}
    state = gathered.state_for(audience, meeting)
    return {"meeting": meeting, "council": meeting.council, "place": "meetings", "state": state, "words": words}


def _own(request: Request, meeting: Meeting) -> dict[str, Any]:
    user, item = request.user, meeting.current_item
    own_places = places(user, meeting)
    attendance = attending(user, meeting)
    papers = Paper.objects.visible_to(user).filter(item=item).select_related("attachment", "version__document")
    open_lines = Voter.objects.of(user).filter(ballot__meeting=meeting, ballot__state=Ballot.State.OPEN)
    return {
        "places": own_places,
        "seats": " ".join(str(place.invitation.pk) for place in own_places),
        "speaks": any(place.speaks for place in own_places),
        "attendance": attendance,
        "may_check_in": bool(own_places) and takes_attendance(meeting),
        "recused": any(is_recused(place.invitation, meeting) for place in own_places),
        "papers": papers if item else [],
        "lines": open_lines.select_related("ballot", "membership__seat", "organisation"),
        "item": item,
    }


def _steps(meeting: Meeting, quorum: gathered.State | None = None) -> dict[str, Any]:
    """What can be done next, in the order in which it is done.

    Args:
        quorum: How many seats are taken, where that is known already.
    """
    items = list(meeting.items.order_by("position"))
    waiting, speaks = FloorRequest.State.WAITING, FloorRequest.State.SPEAKING
    active = meeting.floor.filter(state__in=[waiting, speaks]).order_by(*gathered.IN_TURN)
    requests = list(active.select_related("user", "organisation", "invitation__membership__seat"))
    ballot = meeting.ballots.open().first()
    current = next((item for item in items if item.pk == meeting.current_item_id), None)
    to_come = [item for item in items if item.state == AgendaItem.State.PLANNED]
    behind = [item for item in to_come if current and item.position > current.position]
    return {
        "items": items,
        "item": current,
        "following": next(iter(behind or to_come), None),
        "speaking": next((each for each in requests if each.state == speaks), None),
        "queue": [each for each in requests if each.state == waiting],
        "ballot": ballot,
        "challenges": [] if ballot else gathered.challenges(meeting),
        "cast": ballot.roll.filter(has_voted=True).count() if ballot else 0,
        "quorum": quorum or gathered.quorum_of(meeting),
        "undoable": gathered.undoable(meeting),
        "door_open": takes_attendance(meeting),
    }


def _code(meeting: Meeting) -> dict[str, Any] | None:
    """What to scan in the room; nothing once nobody can check in there."""
    in_a_room = meeting.mode != Meeting.Mode.ONLINE and takes_attendance(meeting)
    return code_to_scan(meeting, door.code(meeting)) if in_a_room else None


def _request(request: Request, pk: UUID) -> FloorRequest:
    requests = FloorRequest.objects.visible_to(request.user).select_related("meeting__council", "user")
    return get_object_or_404(requests, pk=pk)


def _item(request: Request, pk: UUID) -> AgendaItem:
    items = AgendaItem.objects.visible_to(request.user).select_related("meeting__council")
    return get_object_or_404(items, pk=pk)


def _ballot(request: Request, pk: UUID) -> Ballot:
    return get_object_or_404(Ballot.objects.visible_to(request.user).select_related("meeting__council"), pk=pk)


def _chosen(rows: Any, pk: str | None) -> Any:
    """The row someone chose of those they may; None without a choice."""
    try:
        return get_object_or_404(rows, pk=UUID(pk)) if pk else None
    except ValueError as error:
        raise Http404 from error


def _waited(request: Request) -> dt.timedelta:
    """How long the browser kept what was written before it could send it, at most a day."""
    seconds = request.POST.get("waited", "")
    return (
        dt.timedelta(seconds=int(seconds))
        if seconds.isascii() and seconds.isdecimal() and len(seconds) < 6
        else dt.timedelta()
    )


def _key(request: Request) -> UUID | None:
    """The browser's own name for what it sends, by which it counts once."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _done(request: Request, meeting: Meeting) -> HttpResponse:
    """Received: a script needs no more, a plain form goes back to the live view."""
    return HttpResponse(status=204) if request.htmx else redirect("web:live", meeting.pk)


def _next(request: Request, meeting: Meeting) -> HttpResponse:
    """The buttons as they are after a step."""
    if not request.htmx:
        return redirect("web:control", meeting.pk)
    fresh = Meeting.objects.select_related("council", "current_item").get(pk=meeting.pk)
    return render(request, "live/_steps.html", {"meeting": fresh, **_steps(fresh)})
