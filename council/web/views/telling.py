"""The duty to tell: whether every author knows of the answer, and noting it where the product could not tell them."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from council.core import clock
from council.core.permissions import require
from council.notifications import telling as duty
from council.notifications.telling import Telling
from council.opinions import actions
from council.opinions.models import Consultation, Opinion, OpinionQuerySet
from council.web.forms.results import TellingFilter, ToldForm
from council.web.paging import page_of_opinions
from council.web.requests import Request
from council.web.submitting import filled, submitted

ROWS = 30


@require_safe
def telling(request: Request, pk: UUID) -> HttpResponse:
    """Who has been told of the answers, when, by which channel, and who has not."""
    consultations = Consultation.objects.visible_to(request.user).select_related("council")
    consultation = get_object_or_404(consultations, pk=pk)
    require(request.user, "opinions.tell", consultation)
    chosen = TellingFilter(request.GET)
    opinions = _related(duty.answered(consultation, *chosen.states))
    page = page_of_opinions(opinions, request.GET.get("after"), size=ROWS)
    figures = duty.figures(consultation)
    return render(
        request,
        "results/telling.html",
        {
            "council": consultation.council,
            "place": "documents",
            "consultation": consultation,
            "figures": figures,
            "tabs": _tabs(figures, chosen.chosen.get("state", "")),
            "rows": [(each, _form(each)) for each in duty.tellings(page.rows)],
            "next_url": f"?{chosen.query}&after={page.after}" if page.after else None,
        },
    )


@require_POST
def tell(request: Request, pk: UUID) -> HttpResponse:
    """Note that an author was told by letter, by telephone or in person."""
    opinion = get_object_or_404(Opinion.objects.visible_to(request.user).select_related("consultation"), pk=pk)
    require(request.user, "opinions.tell", opinion)
    form = filled(ToldForm, request, auto_id=f"id_{opinion.number}_%s")
    told = submitted(form, partial(actions.tell_author, opinion, by=request.user))
    if told and not request.htmx:
        messages.success(request, _("Noted."))
        page = reverse("web:telling", args=[opinion.consultation_id])
        return redirect(f"{page}?after={(opinion.number or 1) - 1}#telling-{opinion.number}")
    rows = duty.tellings(_related(duty.answered(opinion.consultation)).filter(pk=opinion.pk))
    if not rows:
        return redirect("web:telling", opinion.consultation_id)
    context: dict[str, Any] = {"row": rows[0], "form": _form(rows[0]) if told else form, "just_told": bool(told)}
    if request.htmx:
        return render(request, "results/_telling.html", context, status=200 if told else 422)
    consultation = opinion.consultation
    context |= {"council": consultation.council, "place": "documents", "consultation": consultation}
    return render(request, "results/tell.html", context)


def _form(row: Telling) -> ToldForm:
    return ToldForm(auto_id=f"id_{row.opinion.number}_%s", initial={"on": clock.today()})


def _related(opinions: OpinionQuerySet) -> OpinionQuerySet:
    return opinions.select_related("organisation", "author", "passage")


def _tabs(figures: duty.Figures, current: str) -> list[tuple[str, str, bool, int]]:
    """Label, state, whether it is the one shown, and how many."""
    tabs = [("", _("All"), figures.answered), (TellingFilter.UNTOLD, _("Not told yet"), figures.untold)]
    tabs += [(state.value, str(state.label), getattr(figures, state.value)) for state in duty.State]
    return [(label, state, state == current, number) for state, label, number in tabs]
