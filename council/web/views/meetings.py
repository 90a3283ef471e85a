"""Meetings: when, where, about what, with which papers, and who comes."""

from collections import Counter
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core import clock
from council.core.permissions import require
from council.documents import actions as documents
from council.documents.models import Version
from council.meetings import actions
from council.meetings.models import AgendaItem, Invitation, Meeting, Paper
from council.people.models import Council, User
from council.web.forms.base import Form
from council.web.forms.meetings import (
    AnswerForm,
    CancelForm,
    ConveneForm,
    ItemForm,
    MeetingForm,
    MinutesForm,
    NewItemForm,
    PaperForm,
    possible_answers,
)
from council.web.gathered.agenda import agenda
from council.web.paging import page
from council.web.requests import Request
from council.web.states import LOOKS
from council.web.submitting import filled, submitted

_ANSWERS = Invitation.Answer
_COMING_FIRST = _ANSWERS.ATTENDING, _ANSWERS.ONLINE, _ANSWERS.DECLINED, _ANSWERS.NONE
_form = require_http_methods(["GET", "HEAD", "POST"])


# --- Looking ---------------------------------------------------------------------------------------------------------


@require_safe
def meetings(request: Request, pk: str) -> HttpResponse:
    """When does the council meet?"""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    all_ = Meeting.objects.visible_to(request.user).filter(council=council).select_related("subcommittee")
    upcoming = list(all_.upcoming())
    over = all_.exclude(state=Meeting.State.PLANNED).exclude(pk__in=[each.pk for each in upcoming])
    own = Invitation.objects.visible_to(request.user).filter(meeting__in=upcoming, membership__user=request.user)
    answers = dict(own.order_by("-id").values_list("meeting", "answer"))
    context = {
        "council": council,
        "place": "meetings",
        "may_plan": request.user.has_perm("meetings.plan_meeting", council),
        "upcoming": [(each, answers.get(each.pk)) for each in upcoming],
        "planned": all_.filter(state=Meeting.State.PLANNED).order_by("starts_at"),
        "past": page(request, over, newest_by="starts_at"),
    }
    return render(request, "meetings/meetings.html", context)


@require_safe
def meeting(request: Request, pk: str) -> HttpResponse:
    """When, where, about what, with which papers, and do I come?"""
    meeting = _visible(request, pk)
    may_run = request.user.has_perm("meetings.edit_agenda", meeting)
    context = {
        **_of(meeting),
        "lines": agenda(meeting, request.user),
        "may_run": may_run and meeting.state in actions.OPEN,
        "may_minute": may_run and meeting.state != Meeting.State.CANCELLED,
        "has_begun": meeting.starts_at <= clock.now(),
        "lacking": actions.lacking(meeting) if may_run and meeting.state == Meeting.State.PLANNED else [],
        **_who_comes(request.user, meeting),
    }
    return render(request, "meetings/meeting.html", context)


def _who_comes(user: User, meeting: Meeting) -> dict[str, Any]:
    """Everyone's answers, one's own apart, and how many there are of each."""
    if meeting.state == Meeting.State.PLANNED:
        return {}
    invitations = Invitation.objects.visible_to(user).filter(meeting=meeting)
    everyone = list(invitations.select_related("membership__user", "membership__organisation"))
    counts = Counter(each.answer for each in everyone)
    looks = LOOKS["answer"][1]
    return {
        "own": [each for each in everyone if each.membership.user_id == user.pk],
        "everyone": everyone,
        "coming": counts["attending"] + counts["online"],
        "counts": [(str(each.label), counts[each], looks[each].tone) for each in _COMING_FIRST],
        "possible_answers": possible_answers(meeting),
        "takes_answers": meeting.state == Meeting.State.CONVENED and meeting.starts_at > clock.now(),
    }


# --- Preparing -------------------------------------------------------------------------------------------------------


@_form
def plan(request: Request, pk: str) -> HttpResponse:
    """Begin to prepare a meeting."""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "meetings.plan_meeting", council)
    form = filled(MeetingForm, request, council=council)
    if meeting := submitted(form, partial(actions.plan_meeting, council, by=request.user)):
        messages.success(request, _("The meeting is in preparation. Only those who run the council see it so far."))
        return redirect(meeting)
    return render(request, "meetings/plan.html", {"council": council, "place": "meetings", "form": form})


@_form
def revise(request: Request, pk: str) -> HttpResponse:
    """Change when, where or how a meeting is held."""
    meeting = _visible(request, pk)
    require(request.user, "meetings.revise_meeting", meeting)
    initial = model_to_dict(meeting, list(MeetingForm.base_fields))
    form = filled(MeetingForm, request, council=meeting.council, initial=initial)
    if submitted(form, partial(actions.revise_meeting, meeting, by=request.user)):
        messages.success(request, _("The meeting has been changed."))
        return redirect(meeting)
    return render(request, "meetings/revise.html", {**_of(meeting), "form": form})


@_form
def convene(request: Request, pk: str) -> HttpResponse:
    """Invite everyone entitled, once nothing is missing."""
    meeting = _visible(request, pk)
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
    return render(request, "meetings/convene.html", {**_of(meeting), **context, "invited": meeting.entitled().count()})


@_form
def cancel(request: Request, pk: str) -> HttpResponse:
    """Call a meeting off."""
    meeting = _visible(request, pk)
    require(request.user, "meetings.cancel_meeting", meeting)
    form = filled(CancelForm, request)
    if submitted(form, partial(actions.cancel, meeting, by=request.user)):
        messages.success(request, _("The meeting has been called off."))
        return redirect(meeting)
    return render(request, "meetings/cancel.html", {**_of(meeting), "form": form})


@require_POST
def close(request: Request, pk: str) -> HttpResponse:
    """End a meeting that has begun."""
    meeting = _visible(request, pk)
    actions.close(meeting, by=request.user)
    messages.success(request, _("The meeting has been closed. Its minutes can still be written."))
    return redirect(meeting)


# --- The agenda ------------------------------------------------------------------------------------------------------


@_form
def add_item(request: Request, pk: str) -> HttpResponse:
    """Put an item on the agenda."""
    meeting = _visible(request, pk)
    require(request.user, "meetings.edit_agenda", meeting)
    form = filled(NewItemForm, request, meeting=meeting, user=request.user)
    if item := submitted(form, partial(actions.add_item, meeting, by=request.user)):
        messages.success(request, _("Item %(number)s is on the agenda.") % {"number": item.number})
        return redirect(item)
    return render(request, "meetings/add_item.html", {**_of(meeting), "form": form})


@_form
def revise_item(request: Request, pk: str) -> HttpResponse:
    """Change an item, or, once the meeting has begun, write down what became of it."""
    item = _visible_item(request, pk)
    require(request.user, "meetings.edit_agenda", item)
    has_begun = item.meeting.starts_at <= clock.now()
    kind: type[Form] = MinutesForm if has_begun else ItemForm
    form = filled(kind, request, initial=model_to_dict(item, list(kind.base_fields)))
    if submitted(form, partial(actions.revise_item, item, by=request.user)):
        messages.success(request, _("Item %(number)s has been changed.") % {"number": item.number})
        return redirect(item)
    context = {**_of(item.meeting), "item": item, "has_begun": has_begun, "form": form}
    return render(request, "meetings/revise_item.html", context)


@require_POST
def remove_item(request: Request, pk: str) -> HttpResponse:
    """Take an item off the agenda."""
    item = _visible_item(request, pk)
    actions.remove_item(item, by=request.user)
    messages.success(request, _("“%(title)s” is no longer on the agenda.") % {"title": item.title})
    return redirect(item.meeting)


@_form
def add_paper(request: Request, pk: str) -> HttpResponse:
    """Lay a paper on the table for an item."""
    item = _visible_item(request, pk)
    require(request.user, "meetings.edit_agenda", item)
    form = filled(PaperForm, request, council=item.meeting.council, user=request.user)
    if paper := submitted(form, partial(_add_paper, item, by=request.user)):
        messages.success(request, _("“%(paper)s” lies on the table.") % {"paper": paper})
        return redirect(item)
    return render(request, "meetings/add_paper.html", {**_of(item.meeting), "item": item, "form": form})


@transaction.atomic
def _add_paper(item: AgendaItem, *, by: User, file: UploadedFile | None, version: Version | None) -> Paper:
    """A file is attached to the council first, and seen by those who see the item: both, or nothing."""
    attachment = None
    if file:
        attachment = documents.attach(item.meeting.council, file=file, by=by, visibility=item.visibility)
    return actions.add_paper(item, by=by, attachment=attachment, version=version)


# --- Coming ----------------------------------------------------------------------------------------------------------


@_form
def answer_invitation(request: Request, pk: str) -> HttpResponse:
    """Say whether one comes, or, for those who run the council, whether someone else does."""
    invitations = Invitation.objects.visible_to(request.user)
    whose = ("meeting__council", "membership__user", "membership__organisation")
    invitation = get_object_or_404(invitations.select_related(*whose), pk=pk)
    require(request.user, "meetings.answer_invitation", invitation)
    given = model_to_dict(invitation, ["answer", "note"])
    form = filled(AnswerForm, request, meeting=invitation.meeting, initial=given)
    if submitted(form, partial(actions.answer_invitation, invitation, by=request.user)):
        answer = {"meeting": invitation.meeting, "answer": invitation.get_answer_display()}
        messages.success(request, _("%(meeting)s: %(answer)s.") % answer)
        return redirect("web:home" if request.POST.get("from") == "home" else invitation)
    return render(request, "meetings/answer.html", {**_of(invitation.meeting), "invitation": invitation, "form": form})


# --- Helpers ---------------------------------------------------------------------------------------------------------


def _visible(request: Request, pk: str) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related("council", "subcommittee")
    return get_object_or_404(meetings, pk=pk)


def _visible_item(request: Request, pk: str) -> AgendaItem:
    items = AgendaItem.objects.visible_to(request.user).select_related("meeting__council")
    return get_object_or_404(items, pk=pk)


def _of(meeting: Meeting) -> dict[str, Any]:
    """What every page about a meeting says to the frame."""
    return {"meeting": meeting, "council": meeting.council, "place": "meetings"}
