"""Actions: who does what by when, and how far it is."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core.permissions import require
from council.decisions import actions as verbs
from council.decisions.models import Action, Decision
from council.meetings.models import AgendaItem
from council.web.forms.base import Form
from council.web.forms.decisions import (
    STATES,
    AcceptForm,
    ActionFilter,
    ActionForm,
    NewActionForm,
    ReopenForm,
    ReportForm,
)
from council.web.forms.order import ReasonForm
from council.web.gathered import decisions as gathered
from council.web.may import may
from council.web.paging import page, page_in_order
from council.web.requests import Request
from council.web.submitting import filled, seen_revision, submitted
from council.web.views.ballots import inside, visible_meeting

_form = require_http_methods(["GET", "HEAD", "POST"])
PERMISSIONS = tuple(f"decisions.{verb}_action" for verb in ("revise", "report", "accept", "reopen", "drop"))


@require_safe
def actions(request: Request) -> HttpResponse:
    """What is still to be done, by whom, until when? The most urgent first; what has ended, the latest first."""
    visible = Action.objects.visible_to(request.user)
    chosen = ActionFilter(request.GET, actions=visible)
    council = chosen.chosen.get("council")
    narrowed = chosen.narrow(visible)
    state = chosen.chosen.get("state", "")
    rows = gathered.in_tab(narrowed, state).select_related("organisation", "owner", "council", "meeting")
    labels = dict(STATES)
    shown = page(request, rows, newest_by="ended_at") if state == "ended" else page_in_order(request, rows, by="due_on")
    context = {
        "council": council,
        "place": "decisions",
        "filter": chosen,
        "tabs": [
            (labels[name], name or None, count, current) for name, count, current in gathered.tabs(narrowed, state)
        ],
        "state": state,
        "page": shown,
        "organisations": [] if chosen.chosen.get("organisation") else gathered.by_organisation(narrowed),
    }
    return render(request, "decisions/actions.html", context)


@require_safe
def action(request: Request, pk: UUID) -> HttpResponse:
    """What is to be done, by whom, until when, and how far is it?"""
    return _shown(request, _action(request, pk))


@_form
def assign_action(request: Request, pk: UUID) -> HttpResponse:
    """Give an organisation something to do."""
    meeting = visible_meeting(request, pk)
    require(request.user, "decisions.assign_action", meeting)
    decision = None
    if asked := request.GET.get("decision"):
        decisions = Decision.objects.visible_to(request.user).filter(meeting=meeting)
        decision = get_object_or_404(decisions, pk=UUID(asked) if _is_id(asked) else None)
    initial = {"item": decision.item_id if decision else request.GET.get("item")}
    form = filled(NewActionForm, request, council=meeting.council, meeting=meeting, user=request.user, initial=initial)
    if made := submitted(form, partial(verbs.assign_action, meeting, decision=decision, by=request.user)):
        messages.success(request, _("The action is assigned."))
        return redirect(made)
    return render(request, "decisions/assign_action.html", {**inside(meeting), "form": form, "decision": decision})


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@_form
def revise_action(request: Request, pk: UUID) -> HttpResponse:
    """Change an open action."""
    action = _action(request, pk)
    require(request.user, "decisions.revise_action", action)
    names = ("title", "note", "organisation", "owner", "head", "due_on")
    initial = {name: getattr(action, name) for name in names}
    form = filled(
        ActionForm, request, council=action.council, meeting=action.meeting, user=request.user, initial=initial
    )
    seen = seen_revision(request)
    if submitted(form, partial(verbs.revise_action, action, revision=seen, by=request.user)):
        messages.success(request, _("The action has been changed."))
        return redirect(action)
    context = {**inside(action.meeting), "form": form, "action": action, "revision": seen or action.revision}
    return render(request, "decisions/revise_action.html", context)


@require_POST
def report_action(request: Request, pk: UUID) -> HttpResponse:
    """Say how far an action has come."""
    action = _action(request, pk)
    require(request.user, "decisions.report_action", action)
    form = ReportForm(request.POST, request.FILES)
    if submitted(form, partial(verbs.report_action, action, by=request.user)):
        messages.success(request, _("Your report is kept."))
        return redirect(action)
    return _shown(request, action, report=form)


@_form
def accept_action(request: Request, pk: UUID) -> HttpResponse:
    """Accept that an action is done."""
    form = filled(AcceptForm, request)
    return _step(request, pk, "accept", form, _("The action is done."), _("Accept as done"))


@_form
def reopen_action(request: Request, pk: UUID) -> HttpResponse:
    """Send a report back, or take an action up again."""
    form = filled(ReopenForm, request)
    return _step(request, pk, "reopen", form, _("The action is open again."), _("Send back"))


@_form
def drop_action(request: Request, pk: UUID) -> HttpResponse:
    """Give an action up."""
    form = filled(ReasonForm, request, label=_("Why is it given up?"))
    return _step(request, pk, "drop", form, _("The action is given up."), _("Give up the action"))


def _step(request: Request, pk: UUID, verb: str, form: Form, said: str, label: str) -> HttpResponse:
    action = _action(request, pk)
    require(request.user, f"decisions.{verb}_action", action)
    if submitted(form, partial(getattr(verbs, f"{verb}_action"), action, by=request.user)):
        messages.success(request, said)
        return redirect(action)
    context = {
        **inside(action.meeting),
        "form": form,
        "heading": label,
        "about": action,
        "back": action.get_absolute_url(),
        "button": label,
    }
    return render(request, "decisions/reason.html", context)


def _action(request: Request, pk: UUID) -> Action:
    related = ("meeting__council", "council", "organisation", "owner", "head")
    return get_object_or_404(Action.objects.visible_to(request.user).select_related(*related), pk=pk)


def _shown(request: Request, action: Action, report: ReportForm | None = None) -> HttpResponse:
    allowed = may(request.user, action, *PERMISSIONS)
    offers_report = allowed["report_action"] and action.state in Action.OPEN
    context: dict[str, Any] = {
        **inside(action.meeting),
        "action": action,
        "reports": gathered.reports(request.user, action),
        "report": report or (ReportForm() if offers_report else None),
        "item": AgendaItem.objects.visible_to(request.user).filter(actions=action).first(),
        "decision": Decision.objects.visible_to(request.user).filter(actions=action).first(),
        "may": allowed,
        "is_open": action.state in Action.OPEN,
    }
    return render(request, "decisions/action.html", context, status=422 if report else 200)
