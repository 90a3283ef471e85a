"""Ballots: opened, voted in, closed, and read with how the result came about."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core.permissions import require
from council.decisions import actions
from council.decisions.models import Ballot, Voter
from council.meetings.models import Meeting
from council.web.forms.ballots import BallotForm, PaperVoteForm, VoteForm
from council.web.forms.order import ReasonForm
from council.web.gathered import ballots as gathered
from council.web.requests import Request
from council.web.submitting import filled, submitted

_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def ballots(request: Request, pk: UUID) -> HttpResponse:
    """What was, and is, put to the vote at a meeting?"""
    meeting = visible_meeting(request, pk)
    in_writing = meeting.kind == Meeting.Kind.WRITTEN and meeting.state == Meeting.State.CONVENED
    takes_votes = in_writing or meeting.state == Meeting.State.RUNNING
    context = {
        **inside(meeting),
        "ballots": gathered.of(request.user, meeting),
        "may_open": takes_votes and request.user.has_perm("decisions.open_ballot", meeting),
    }
    return render(request, "decisions/ballots.html", context)


@_form
def open_ballot(request: Request, pk: UUID) -> HttpResponse:
    """Put a question to the vote."""
    meeting = visible_meeting(request, pk)
    require(request.user, "decisions.open_ballot", meeting)
    initial = {name: request.GET.get(name) for name in ("item", "recusal")}
    form = filled(BallotForm, request, meeting=meeting, user=request.user, initial=initial)
    if ballot := submitted(form, partial(actions.open_ballot, meeting, by=request.user)):
        messages.success(request, _("The vote is open to %(number)d.") % {"number": ballot.entitled})
        return redirect(ballot)
    return render(request, "decisions/open_ballot.html", {**inside(meeting), "form": form})


@require_safe
def ballot(request: Request, pk: UUID) -> HttpResponse:
    """What is asked, how do I vote, and what came of it?"""
    return _shown(request, _ballot(request, pk))


@require_safe
def vote_card(request: Request, pk: UUID) -> HttpResponse:
    """One's own lines of the roll alone, to be put into another page."""
    return _card(request, _ballot(request, pk))


@require_POST
def vote(request: Request, pk: int) -> HttpResponse:
    """Vote for a seat."""
    voters = Voter.objects.visible_to(request.user).select_related("ballot__meeting__council")
    voter = get_object_or_404(voters, pk=pk)
    require(request.user, "decisions.cast", voter)
    ballot = voter.ballot
    form = gathered.new_form(ballot, voter, request.POST)
    if submitted(form, partial(actions.cast, voter, by=request.user)):
        if request.htmx:
            return _card(request, ballot)
        messages.success(request, _("Your vote is counted."))
        return redirect(ballot)
    if request.htmx:
        return _card(request, ballot, form, voter)
    return _shown(request, ballot, form, voter)


@_form
def cast_on_paper(request: Request, pk: int) -> HttpResponse:
    """Enter what a form that came back on paper says."""
    voters = Voter.objects.visible_to(request.user).select_related("ballot__meeting__council", *gathered.RELATED)
    voter = get_object_or_404(voters, pk=pk)
    require(request.user, "decisions.cast_on_paper", voter.ballot)
    form = filled(PaperVoteForm, request)
    if submitted(form, partial(actions.cast_on_paper, voter, by=request.user)):
        messages.success(request, _("The form of %(who)s is entered.") % {"who": voter.membership.user})
        return redirect(voter.ballot)
    context = {**inside(voter.ballot.meeting), "ballot": voter.ballot, "voter": voter, "form": form}
    return render(request, "decisions/cast_on_paper.html", context)


@require_POST
def close_ballot(request: Request, pk: UUID) -> HttpResponse:
    """End the vote and count."""
    ballot = actions.close_ballot(_ballot(request, pk), by=request.user)
    said = _("The vote is closed: adopted.") if ballot.adopted else _("The vote is closed: not adopted.")
    messages.success(request, said)
    return redirect(ballot)


@_form
def cancel_ballot(request: Request, pk: UUID) -> HttpResponse:
    """Call a vote off."""
    ballot = _ballot(request, pk)
    require(request.user, "decisions.cancel_ballot", ballot)
    form = filled(ReasonForm, request, label=_("Why is it called off?"))
    if submitted(form, partial(actions.cancel_ballot, ballot, by=request.user)):
        messages.success(request, _("The vote has been called off."))
        return redirect(ballot)
    context = {
        **inside(ballot.meeting),
        "form": form,
        "heading": _("Call the vote off"),
        "about": ballot,
        "back": ballot.get_absolute_url(),
        "button": _("Call it off"),
    }
    return render(request, "decisions/reason.html", context)


def inside(meeting: Meeting) -> dict[str, Any]:
    """What every page about what came of a meeting says to the frame."""
    return {"meeting": meeting, "council": meeting.council, "place": "decisions"}


def visible_meeting(request: Request, pk: UUID) -> Meeting:
    """A meeting one may see."""
    return get_object_or_404(Meeting.objects.visible_to(request.user).select_related("council"), pk=pk)


def _ballot(request: Request, pk: UUID) -> Ballot:
    related = ("meeting__council", "item", "recusal__membership__user", "recusal__membership__organisation", "decision")
    return get_object_or_404(Ballot.objects.visible_to(request.user).select_related(*related), pk=pk)


def _shown(request: Request, ballot: Ballot, form: VoteForm | None = None, voter: Voter | None = None) -> HttpResponse:
    context = {
        **inside(ballot.meeting),
        **gathered.shown(request.user, ballot),
        "cards": gathered.cards(request.user, ballot, form, voter),
    }
    return render(request, "decisions/ballot.html", context, status=422 if form else 200)


def _card(request: Request, ballot: Ballot, form: VoteForm | None = None, voter: Voter | None = None) -> HttpResponse:
    context = {"ballot": ballot, "cards": gathered.cards(request.user, ballot, form, voter)}
    return render(request, "decisions/_vote_card.html", context, status=422 if form else 200)
