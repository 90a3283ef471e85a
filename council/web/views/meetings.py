"""Meetings: when, where, about what, with which papers, and who comes."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core import clock
from council.core.permissions import require
from council.meetings import actions
from council.meetings.models import Invitation, Meeting, Proposal
from council.meetings.timing import minutes_over, schedule
from council.people.models import Council, User
from council.web.forms.meetings import CancelForm, ConveneForm, MeetingForm, MeetingsFilter
from council.web.gathered import coming, decisions, files, minutes, running
from council.web.gathered.agenda import agenda
from council.web.paging import page
from council.web.requests import Request
from council.web.submitting import filled, submitted

_form = require_http_methods(["GET", "HEAD", "POST"])


# --- Looking ---------------------------------------------------------------------------------------------------------


@require_safe
def meetings(request: Request, pk: str) -> HttpResponse:
    """When does the council meet?"""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    all_ = Meeting.objects.visible_to(request.user).filter(council=council).select_related("subcommittee", "series")
    chosen = MeetingsFilter(request.GET, council=council)
    if chosen.is_valid():
        all_ = all_.filter(**{name: value for name, value in chosen.cleaned_data.items() if value})
    ahead = list(all_.filter(state__in=actions.ALIVE).order_by("starts_at"))
    planned = [each for each in ahead if each.state == Meeting.State.PLANNED]
    upcoming = [each for each in ahead if each.state == Meeting.State.RUNNING]
    upcoming += [each for each in ahead if each.state == Meeting.State.CONVENED and each.ends_at >= clock.now()]
    over = all_.exclude(state=Meeting.State.PLANNED).exclude(pk__in=[each.pk for each in upcoming])
    own = Invitation.objects.visible_to(request.user).filter(meeting__in=upcoming, membership__user=request.user)
    answers = dict(own.order_by("-id").values_list("meeting", "answer"))
    context = {
        "council": council,
        "place": "meetings",
        "filter": chosen,
        "may_plan": request.user.has_perm("meetings.plan_meeting", council),
        "upcoming": [(each, answers.get(each.pk)) for each in upcoming],
        "planned": planned,
        "past": page(request, over, newest_by="starts_at"),
    }
    return render(request, "meetings/meetings.html", context)


@require_safe
def meeting(request: Request, pk: str) -> HttpResponse:
    """When, where, about what, with which papers, and do I come?"""
    meeting = visible_meeting(request, pk)
    may_run = request.user.has_perm("meetings.edit_agenda", meeting)
    times = schedule(meeting)
    context = {
        **of_meeting(meeting),
        "lines": agenda(meeting, request.user, times),
        "minutes_over": minutes_over(meeting, times) if may_run else 0,
        "is_officer": may_run,
        "may_run": may_run and meeting.state in actions.OPEN,
        "may_edit_agenda": may_run and meeting.state in actions.ALIVE,
        "may_send_on": may_run and meeting.state != Meeting.State.CANCELLED,
        "has_begun": meeting.starts_at <= clock.now(),
        "lacking": actions.lacking(meeting) if may_run and meeting.state == Meeting.State.PLANNED else [],
        **_proposals(request.user, meeting),
        **coming.of_meeting(request.user, meeting),
        **running.of_meeting(request.user, meeting),
        **decisions.of_meeting(request.user, meeting),
        **minutes.of_meeting(request.user, meeting),
        **files.of_meeting(request.user, meeting),
    }
    return render(request, "meetings/meeting.html", context)


def _proposals(user: User, meeting: Meeting) -> dict[str, Any]:
    """How many proposals someone may see, and whether they may make one now; nothing where none were asked for."""
    if meeting.proposals_until is None:
        return {}
    states = list(Proposal.objects.visible_to(user).filter(meeting=meeting).values_list("state", flat=True))
    takes = meeting.state in actions.OPEN and meeting.proposals_until >= clock.now()
    return {
        "proposals": len(states),
        "proposals_waiting": states.count(Proposal.State.OPEN),
        "takes_proposals": takes,
        "may_propose": takes and user.has_perm("meetings.propose_item", meeting),
    }


# --- Preparing -------------------------------------------------------------------------------------------------------


@_form
def plan(request: Request, pk: str) -> HttpResponse:
    """Begin to prepare a meeting."""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "meetings.plan_meeting", council)
    form = filled(MeetingForm, request, council=council)
    if meeting := submitted(form, partial(actions.plan_meeting, council, by=request.user)):
        if meeting.proposals_until:
            messages.success(request, _("The meeting is in preparation. Members are asked to propose agenda items."))
        else:
            messages.success(request, _("The meeting is in preparation. Only those who run the council see it so far."))
        return redirect(meeting)
    return render(request, "meetings/plan.html", {"council": council, "place": "meetings", "form": form})


@_form
def revise(request: Request, pk: str) -> HttpResponse:
    """Change when, where or how a meeting is held."""
    meeting = visible_meeting(request, pk)
    require(request.user, "meetings.revise_meeting", meeting)
    initial = model_to_dict(meeting, list(MeetingForm.base_fields))
    form = filled(MeetingForm, request, council=meeting.council, initial=initial)
    if submitted(form, partial(actions.revise_meeting, meeting, by=request.user)):
        messages.success(request, _("The meeting has been changed."))
        return redirect(meeting)
    return render(request, "meetings/revise.html", {**of_meeting(meeting), "form": form})


@_form
def convene(request: Request, pk: str) -> HttpResponse:
    """Invite everyone entitled, once nothing is missing."""
    meeting = visible_meeting(request, pk)
    require(request.user, "meetings.convene_meeting", meeting)
    if meeting.state != Meeting.State.PLANNED:
        messages.info(request, _("This meeting has been convened already."))
        return redirect(meeting)
    form = filled(ConveneForm, request)
    if submitted(form, partial(actions.convene, meeting, by=request.user)):
        messages.success(request, _("The meeting has been convened; everyone entitled is being invited."))
        return redirect(meeting)
    lacking, even_if_urgent = actions.lacking(meeting), actions.lacking(meeting, urgent=True)
    context = {"form": form, "lacking": lacking, "only_urgent": lacking and not even_if_urgent}
    invited = meeting.entitled().count()
    return render(request, "meetings/convene.html", {**of_meeting(meeting), **context, "invited": invited})


@_form
def cancel(request: Request, pk: str) -> HttpResponse:
    """Call a meeting off."""
    meeting = visible_meeting(request, pk)
    require(request.user, "meetings.cancel_meeting", meeting)
    form = filled(CancelForm, request)
    if submitted(form, partial(actions.cancel, meeting, by=request.user)):
        messages.success(request, _("The meeting has been called off."))
        return redirect(meeting)
    return render(request, "meetings/cancel.html", {**of_meeting(meeting), "form": form})


@require_POST
def close(request: Request, pk: str) -> HttpResponse:
    """End a meeting that has begun."""
    meeting = visible_meeting(request, pk)
    actions.close(meeting, by=request.user)
    messages.success(request, _("The meeting has been closed. Its minutes can still be written."))
    return redirect(meeting)


# --- Shared with the other pages of meetings -------------------------------------------------------------------------


def visible_meeting(request: Request, pk: str) -> Meeting:
    """A meeting one may see, with its council."""
    meetings = Meeting.objects.visible_to(request.user).select_related("council", "subcommittee", "series")
    return get_object_or_404(meetings, pk=pk)


def of_meeting(meeting: Meeting) -> dict[str, Any]:
    """What every page about a meeting says to the frame."""
    return {"meeting": meeting, "council": meeting.council, "place": "meetings"}
