"""The second round: an author replies once to an answer; the office confirms or revises it."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from council.core.permissions import require
from council.opinions import actions
from council.opinions.models import Consultation, Disposition, Objection
from council.web.forms.results import DecisionForm, ObjectionForm
from council.web.paging import page
from council.web.requests import Request
from council.web.submitting import filled, submitted

RELATED = (
    "point__opinion__organisation",
    "point__opinion__passage",
    "point__opinion__author",
    "point__opinion__membership",
    "point__consultation__version__document",
    "changed_passage__version",
    "office",
    "council",
)


@require_safe
def objections(request: Request, pk: UUID) -> HttpResponse:
    """The replies that wait for a decision, and with ``?state=decided`` those that were decided on."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user).select_related("council"), pk=pk)
    require(request.user, "opinions.see_board", consultation)
    visible = Objection.objects.visible_to(request.user).filter(disposition__point__consultation=consultation)
    decided = request.GET.get("state") == "decided"
    shown = visible.exclude(decided_at=None) if decided else visible.open()
    related = [f"disposition__{name}" for name in RELATED]
    return render(
        request,
        "results/objections.html",
        {
            "council": consultation.council,
            "place": "documents",
            "consultation": consultation,
            "page": page(request, shown.select_related(*related)),
            "shows_decided": decided,
            "shows_open": not decided,
            "open": visible.open().count(),
            "decided": visible.exclude(decided_at=None).count(),
        },
    )


def object_to(request: Request, pk: UUID) -> HttpResponse:
    """Reply to an answer to one's own opinion."""
    answers = Disposition.objects.visible_to(request.user).filter(released_at__isnull=False).select_related(*RELATED)
    answer = get_object_or_404(answers, pk=pk)
    opinion = answer.point.opinion
    require(request.user, "opinions.object", opinion)
    form = filled(ObjectionForm, request)
    if submitted(form, partial(actions.object_to, answer, by=request.user)):
        messages.success(request, _("Your reply is given. You will be told what the office decides."))
        return redirect(answer.get_absolute_url())
    context = {"council": answer.council, "place": "documents", "answer": answer, "opinion": opinion, "form": form}
    return render(request, "results/object.html", context, status=422 if form.errors and request.htmx else 200)


def decide(request: Request, pk: UUID) -> HttpResponse:
    """Confirm the answer that was replied to, or revise it."""
    visible = Objection.objects.visible_to(request.user).select_related(*[f"disposition__{name}" for name in RELATED])
    objection = get_object_or_404(visible, pk=pk)
    require(request.user, "opinions.decide_objection", objection)
    answer = objection.disposition
    consultation = answer.point.consultation
    initial = {"verdict": answer.verdict, "answer": answer.reason, "changed_passage": answer.changed_passage_id}
    form = filled(DecisionForm, request, consultation=consultation, initial=initial)
    if submitted(form, partial(actions.decide_objection, objection, by=request.user)):
        messages.success(request, _("Decided. The author is told."))
        return redirect(answer.get_absolute_url())
    context = {
        "council": consultation.council,
        "place": "documents",
        "consultation": consultation,
        "objection": objection,
        "answer": answer,
        "opinion": answer.point.opinion,
        "form": form,
    }
    return render(request, "results/decide.html", context)
