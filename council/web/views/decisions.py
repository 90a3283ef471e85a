"""Decisions: what was resolved, on what it rests, and what follows from it."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from council.core.permissions import require
from council.decisions import actions
from council.decisions.models import Action, Ballot, Decision
from council.people.models import Council
from council.web.forms.decisions import DecisionFilter, DecisionForm
from council.web.forms.order import ReasonForm
from council.web.gathered import decisions as gathered
from council.web.may import may
from council.web.paging import page
from council.web.requests import Request
from council.web.submitting import filled, seen_revision, submitted
from council.web.views.ballots import inside, visible_meeting

_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def decisions(request: Request, pk: UUID) -> HttpResponse:
    """What has the council decided?"""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    all_ = Decision.objects.visible_to(request.user).filter(council=council).select_related("meeting")
    years = sorted({day.year for day in all_.order_by().values_list("decided_on", flat=True).distinct()}, reverse=True)
    chosen = DecisionFilter(request.GET, years=years)
    open_ = Action.objects.visible_to(request.user).filter(council=council).open()
    context = {
        "council": council,
        "place": "decisions",
        "filter": chosen,
        "page": page(request, chosen.narrow(all_)),
        "number": all_.count(),
        "open_actions": open_.count(),
        "late_actions": open_.overdue().count(),
    }
    return render(request, "decisions/decisions.html", context)


@require_safe
def decision(request: Request, pk: UUID) -> HttpResponse:
    """What was decided, on what does it rest, and what follows from it?"""
    decision = _decision(request, pk)
    verbs = ("decisions.revise_decision", "decisions.repeal_decision", "decisions.assign_action")
    context = {
        **inside(decision.meeting),
        "decision": decision,
        **gathered.behind(request.user, decision),
        "may": may(request.user, decision, *verbs),
    }
    return render(request, "decisions/decision.html", context)


@_form
def record_decision(request: Request, pk: UUID) -> HttpResponse:
    """Record what was resolved; from an adopted ballot it is filled in already."""
    meeting = visible_meeting(request, pk)
    require(request.user, "decisions.record_decision", meeting)
    ballot = _adopted(request, meeting)
    initial: dict[str, Any] = {"item": request.GET.get("item")}
    if ballot:
        initial = {"item": ballot.item_id, "title": ballot.question[:200], "text": ballot.text or ballot.question}
    form = filled(DecisionForm, request, meeting=meeting, user=request.user, initial=initial)
    if made := submitted(form, partial(actions.record_decision, meeting, ballot=ballot, by=request.user)):
        messages.success(request, _("Decision %(number)s is recorded.") % {"number": made.number})
        return redirect(made)
    context = {**inside(meeting), "form": form, "ballot": ballot}
    return render(request, "decisions/record_decision.html", context)


def _adopted(request: Request, meeting: Any) -> Ballot | None:
    if not (pk := request.GET.get("ballot")):
        return None
    ballots = Ballot.objects.visible_to(request.user).filter(meeting=meeting, adopted=True, recusal=None, decision=None)
    try:
        chosen = UUID(pk)
    except ValueError:
        return None
    return get_object_or_404(ballots, pk=chosen)


@_form
def revise_decision(request: Request, pk: UUID) -> HttpResponse:
    """Change the words of a decision, or what it rests on."""
    decision = _decision(request, pk)
    require(request.user, "decisions.revise_decision", decision)
    opinions = decision.opinions.order_by("number").values_list("number", flat=True)
    initial = {
        **{name: getattr(decision, name) for name in ("title", "text", "basis", "legal_reference", "effective_on")},
        "passages": list(decision.passages.values_list("pk", flat=True)),
        "opinions": ", ".join(map(str, opinions)),
    }
    form = filled(DecisionForm, request, meeting=decision.meeting, user=request.user, initial=initial)
    form.fields.pop("item")
    seen = seen_revision(request)
    if submitted(form, partial(actions.revise_decision, decision, revision=seen, by=request.user)):
        messages.success(request, _("The decision has been changed."))
        return redirect(decision)
    context = {**inside(decision.meeting), "form": form, "decision": decision, "revision": seen or decision.revision}
    return render(request, "decisions/revise_decision.html", context)


@_form
def repeal_decision(request: Request, pk: UUID) -> HttpResponse:
    """End a decision, with a reason."""
    decision = _decision(request, pk)
    require(request.user, "decisions.repeal_decision", decision)
    form = filled(ReasonForm, request, label=_("Why is it repealed?"))
    if submitted(form, partial(actions.repeal_decision, decision, by=request.user)):
        messages.success(request, _("The decision is no longer in force."))
        return redirect(decision)
    context = {
        **inside(decision.meeting),
        "form": form,
        "heading": _("Repeal the decision"),
        "about": decision,
        "back": decision.get_absolute_url(),
        "button": _("Repeal it"),
    }
    return render(request, "decisions/reason.html", context)


def _decision(request: Request, pk: UUID) -> Decision:
    return get_object_or_404(Decision.objects.visible_to(request.user).select_related("meeting__council"), pk=pk)
