"""안건 제안: what members ask a meeting to take up, and what becomes of it."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core import clock
from council.core.permissions import require
from council.meetings import actions
from council.meetings.models import AgendaItem, Meeting, Proposal
from council.people.models import Membership
from council.web import acting
from council.web.forms.agenda import AcceptForm, DeclineForm, MergeForm, ProposalForm
from council.web.requests import Request
from council.web.submitting import filled, submitted
from council.web.views.meetings import of_meeting, visible_meeting

_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def proposals(request: Request, pk: str) -> HttpResponse:
    """What was proposed, and what became of it?"""
    meeting = visible_meeting(request, pk)
    visible = Proposal.objects.visible_to(request.user).filter(meeting=meeting)
    found = list(visible.select_related("organisation", "proposed_by", "item", "membership").order_by("id"))
    is_officer = request.user.has_perm("meetings.edit_agenda", meeting)
    takes = meeting.state in actions.OPEN and meeting.proposals_until and meeting.proposals_until >= clock.now()
    context = {
        **of_meeting(meeting),
        "waiting": [each for each in found if each.state == Proposal.State.OPEN],
        "decided": [each for each in found if each.state != Proposal.State.OPEN],
        "takes_proposals": takes,
        "may_propose": takes and request.user.has_perm("meetings.propose_item", meeting),
        "may_decide": is_officer and meeting.state in actions.ALIVE,
        "sees_items": is_officer or meeting.convened_at is not None,
        "parents": _parents(request, meeting) if is_officer else [],
    }
    return render(request, "proposals/proposals.html", context)


def _parents(request: Request, meeting: Meeting) -> list[tuple[Any, str]]:
    """Below which item a proposal may go, asked once for all of them."""
    field: Any = AcceptForm(meeting=meeting, user=request.user).fields["parent"]
    return list(field.choices)


@_form
def propose(request: Request, pk: str) -> HttpResponse:
    """Ask a meeting to take something up."""
    meeting = visible_meeting(request, pk)
    require(request.user, "meetings.propose_item", meeting)
    membership = _speaks_through(request, meeting)
    form = filled(ProposalForm, request)
    if submitted(form, partial(actions.propose_item, meeting, membership=membership, by=request.user)):
        messages.success(request, _("Your proposal has come in. You will hear what becomes of it."))
        return redirect("web:proposals", pk=meeting.pk)
    return render(
        request, "proposals/propose.html", {**of_meeting(meeting), "form": form, "speaks_for": membership.organisation}
    )


def _speaks_through(request: Request, meeting: Meeting) -> Membership:
    """One's membership in the body that meets, the one of the organisation chosen in the header if there are several."""
    own = list(meeting.entitled().speaking().filter(user=request.user.pk).select_related("organisation"))
    chosen = acting.acting_membership(request, meeting.council)
    for membership in own:
        if membership == chosen:
            return membership
    if not own:
        raise PermissionDenied("meetings.propose_item")
    return own[0]


@require_POST
def withdraw(request: Request, pk: str) -> HttpResponse:
    """Take back what one proposed."""
    proposal = _visible(request, pk)
    actions.withdraw_proposal(proposal, by=request.user)
    messages.success(request, _("“%(title)s” has been withdrawn.") % {"title": proposal.title})
    return redirect(proposal)


@require_POST
def accept(request: Request, pk: str) -> HttpResponse:
    """Put a proposal on the agenda."""
    proposal = _visible(request, pk)
    require(request.user, "meetings.edit_agenda", proposal)
    form = filled(AcceptForm, request, meeting=proposal.meeting, user=request.user)
    if item := submitted(form, partial(actions.accept_proposal, proposal, by=request.user)):
        messages.success(request, _("Item %(number)s is on the agenda.") % {"number": item.number})
    else:
        messages.error(request, " ".join(str(message) for each in form.errors.values() for message in each))
    return redirect(proposal)


@_form
def decline(request: Request, pk: str) -> HttpResponse:
    """Say why a proposal is not taken up."""
    proposal = _visible(request, pk)
    require(request.user, "meetings.edit_agenda", proposal)
    form = filled(DeclineForm, request)
    if submitted(form, partial(actions.decline_proposal, proposal, by=request.user)):
        messages.success(
            request, _("“%(title)s” is not taken up; whoever proposed it hears why.") % {"title": proposal}
        )
        return redirect(proposal)
    context = {**of_meeting(proposal.meeting), "proposal": proposal, "form": form}
    return render(request, "proposals/decline.html", context)


@_form
def merge(request: Request, pk: str) -> HttpResponse:
    """Take proposals up in an item there is, or together in a new one."""
    meeting = visible_meeting(request, pk)
    require(request.user, "meetings.edit_agenda", meeting)
    initial = {"proposals": request.GET.getlist("proposal")}
    form = filled(MergeForm, request, meeting=meeting, user=request.user, initial=initial)
    if item := submitted(form, partial(_merge, request)):
        messages.success(request, _("The proposals are merged into item %(number)s.") % {"number": item.number})
        return redirect("web:proposals", pk=meeting.pk)
    return render(request, "proposals/merge.html", {**of_meeting(meeting), "form": form})


def _merge(request: Request, *, proposals: Iterable[Proposal], **fields: Any) -> AgendaItem:
    return actions.merge_proposals(list(proposals), by=request.user, **fields)


def _visible(request: Request, pk: str) -> Proposal:
    whole = ("meeting__council", "meeting__subcommittee", "organisation", "proposed_by", "membership")
    return get_object_or_404(Proposal.objects.visible_to(request.user).select_related(*whole), pk=pk)
