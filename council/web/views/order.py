"""Keeping order: reporting, hiding and restoring opinions, their public forms, and those that are near-identical."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core.permissions import require
from council.opinions import actions, personal_data
from council.opinions.models import Campaign, Consultation, Opinion, OpinionQuerySet, Redaction
from council.web import acting
from council.web.forms.order import ReasonForm, RedactForm
from council.web.gathered import order as gathered
from council.web.gathered.changes import proposal
from council.web.paging import page, page_from_oldest, page_of_opinions
from council.web.requests import Request
from council.web.submitting import filled, submitted

SIZE = 30
LISTS: dict[str, str | Promise] = {
    "reports": gettext_lazy("Reports"),
    "hidden": gettext_lazy("Hidden"),
    "campaigns": gettext_lazy("Near-identical"),
    "confidential": gettext_lazy("Confidential"),
}
WHAT_IS_WRONG: str | Promise = gettext_lazy("What is wrong with it?")
WHY_HIDE: str | Promise = gettext_lazy("Why is it hidden?")
WHY_RESTORE: str | Promise = gettext_lazy("Why is it shown again?")


@require_safe
def queue(request: Request, pk: UUID) -> HttpResponse:
    """What needs a decision, and what is hidden, near-identical or confidential."""
    consultations = Consultation.objects.visible_to(request.user).select_related("council")
    consultation = get_object_or_404(consultations, pk=pk)
    require(request.user, "opinions.moderate", consultation)
    shown = request.GET.get("list")
    shown = shown if shown in LISTS else "reports"
    counts = gathered.counts(consultation, request.user)
    context = {
        "council": consultation.council,
        "place": "documents",
        "consultation": consultation,
        "shown": shown,
        "counts": counts,
        "lists": [(name, label, counts[name]) for name, label in LISTS.items()],
        "page": _page(request, consultation, shown),
        "hide_form": ReasonForm(label=WHY_HIDE, auto_id=False),
        "restore_form": ReasonForm(label=WHY_RESTORE, auto_id=False),
    }
    if shown == "reports":
        context["cases"] = [_with_proposal(each.opinion) for each in context["page"].rows]
    return render(request, "order/queue.html", context)


def _page(request: Request, consultation: Consultation, shown: str) -> Any:
    user = request.user
    if shown == "hidden":
        return page(request, gathered.hidden(consultation, user), newest_by="hidden_at", size=SIZE)
    if shown == "campaigns":
        return page(request, gathered.campaigns(consultation, user), newest_by="size", size=SIZE)
    if shown == "confidential":
        return page_from_oldest(request, gathered.unapproved(consultation, user), size=SIZE)
    return page_from_oldest(request, gathered.reported(consultation, user), size=SIZE)


def _with_proposal(opinion: Opinion) -> Opinion:
    opinion.spans = proposal(opinion)  # type: ignore[attr-defined]  # for the page alone
    return opinion


def _opinion(request: Request, pk: UUID) -> Opinion:
    return get_object_or_404(_opinions(request), pk=pk)


def _opinions(request: Request) -> OpinionQuerySet:
    related = "consultation__council", "passage", "organisation", "author", "campaign"
    return Opinion.objects.visible_to(request.user).select_related(*related)


# --- Reporting, hiding, restoring


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request, pk: UUID) -> HttpResponse:
    """Tell those who run the council that an opinion breaks the rules."""
    said = _("Thank you. Those who run the council look at it.")
    return _with_reason(request, pk, actions.report, "opinions.report", WHAT_IS_WRONG, said)


@require_http_methods(["GET", "HEAD", "POST"])
def hide(request: Request, pk: UUID) -> HttpResponse:
    """Hide an opinion from the council; its author is told why."""
    said = _("It is hidden. Its author is told why; it is still counted and answered.")
    return _with_reason(request, pk, actions.hide, "opinions.moderate", WHY_HIDE, said)


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: Request, pk: UUID) -> HttpResponse:
    """Show a hidden opinion again."""
    return _with_reason(request, pk, actions.restore, "opinions.moderate", WHY_RESTORE, _("It is shown again."))


@require_POST
def dismiss(request: Request, pk: UUID) -> HttpResponse:
    """Leave a reported opinion as it is."""
    opinion = actions.dismiss_reports(_opinion(request, pk), by=request.user)
    return _done(request, opinion, _("It stays as it is."))


def _with_reason(
    request: Request, pk: UUID, verb: Callable[..., Any], permission: str, label: str | Promise, said: str
) -> HttpResponse:
    opinion = _opinion(request, pk)
    require(request.user, permission, opinion)
    form = filled(ReasonForm, request, label=label)
    if submitted(form, partial(verb, opinion, by=request.user)):
        return _done(request, opinion, said)
    context = {
        "council": opinion.consultation.council,
        "place": "documents",
        "opinion": opinion,
        "verb": verb.__name__,
        "form": form,
    }
    return render(request, "order/reason.html", context)


def _done(request: Request, opinion: Opinion, said: str) -> HttpResponse:
    """Back to where one decided it; for htmx a line in its place."""
    if request.htmx:
        return render(request, "order/_decided.html", {"opinion": opinion, "said": said})
    messages.success(request, said)
    if shown := request.POST.get("from"):
        shown = shown if shown in LISTS else "reports"
        return redirect(reverse("web:order", args=[opinion.consultation_id], query={"list": shown}))
    return redirect(opinion)


# --- The public form of what is confidential


@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: Request, pk: UUID) -> HttpResponse:
    """Prepare the form in which others may read a confidential opinion."""
    opinion = _opinion(request, pk)
    require(request.user, "opinions.redact", opinion)
    before = Redaction.objects.visible_to(request.user).filter(opinion=opinion).select_related("prepared_by").first()
    words = {
        "proposed_text": before.proposed_text if before else personal_data.mask(opinion.proposed_text),
        "reason": before.reason if before else personal_data.mask(opinion.reason),
    }
    form = filled(RedactForm, request, initial=words)
    if redaction := submitted(form, partial(actions.redact, opinion, by=request.user)):
        messages.success(request, _("The public form is prepared. The other side is asked to approve it."))
        return redirect(redaction)
    context = {
        "council": opinion.consultation.council,
        "place": "documents",
        "opinion": opinion,
        "redaction": before,
        "form": form,
    }
    return render(request, "order/redact.html", context)


@require_safe
def redaction(request: Request, pk: UUID) -> HttpResponse:
    """The public form of a confidential opinion; beside the original for those who may read that."""
    forms = Redaction.objects.visible_to(request.user).select_related(
        "opinion__consultation__council", "opinion__passage", "prepared_by", "approved_by"
    )
    redaction = get_object_or_404(forms, pk=pk)
    original = _opinions(request).filter(pk=redaction.opinion_id).first()
    by = gathered.sides(redaction.opinion, acting.memberships(request))
    context = {
        "council": redaction.opinion.consultation.council,
        "consultation": redaction.opinion.consultation,
        "place": "documents",
        "redaction": redaction,
        "passage": redaction.opinion.passage,
        "number": redaction.opinion.number,
        "sector": redaction.opinion.get_sector_display(),
        "opinion": original,
        "spans": gathered.redacted_spans(original, redaction) if original else None,
        "may_redact": original is not None and (by.runs or by.colleague),
        "may_approve": original is not None and gathered.may_approve(redaction, original, request.user, by),
    }
    return render(request, "order/redaction.html", context)


@require_POST
def approve(request: Request, pk: UUID) -> HttpResponse:
    """Approve the public form the other side prepared."""
    forms = Redaction.objects.visible_to(request.user).select_related("opinion__consultation")
    redaction = actions.approve_redaction(get_object_or_404(forms, pk=pk), by=request.user)
    messages.success(request, _("Approved. The council can read it now."))
    return redirect(redaction)


# --- Near-identical opinions


@require_safe
def campaign(request: Request, pk: UUID) -> HttpResponse:
    """Opinions that read alike, as far as one may see them."""
    campaigns = Campaign.objects.visible_to(request.user).select_related("consultation__council")
    campaign = get_object_or_404(campaigns, pk=pk)
    visible = _opinions(request).given().filter(campaign=campaign)
    context = {
        "council": campaign.consultation.council,
        "place": "documents",
        "consultation": campaign.consultation,
        "campaign": campaign,
        "visible": visible.count(),
        "page": page_of_opinions(visible, request.GET.get("after"), size=SIZE),
    }
    return render(request, "order/campaign.html", context)
