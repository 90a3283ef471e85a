"""Entering what was not written here: at the meeting while it is said, and from paper or mail."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from council.core.permissions import require
from council.opinions import actions
from council.opinions.models import Consultation, Opinion
from council.web.forms.entering import ReceivedForm, SpokenForm
from council.web.requests import Request
from council.web.submitting import filled, submitted

SHOWN = 20


def record(request: Request, pk: UUID) -> HttpResponse:
    """Write down what is said, opinion after opinion; speaker and passage stay as they were last."""
    consultation = _consultation(request, pk)
    form = filled(SpokenForm, request, consultation=consultation, initial=request.GET.dict())
    source = Opinion.Source.SPOKEN
    enter = partial(actions.enter, consultation, source=source, by=request.user)
    opinion = submitted(form, enter)
    if opinion is None:
        status = 422 if request.htmx and form.is_bound else 200
        return render(request, "entering/record.html", _recording(request, consultation, form), status=status)
    last = {"membership": str(opinion.membership_id), "passage": str(opinion.passage_id)}
    if not request.htmx:
        return redirect(f"{reverse('web:record', args=[consultation.pk])}?{urlencode(last)}#said")
    again = SpokenForm(consultation=consultation, initial=last)
    return render(request, "entering/record.html", _recording(request, consultation, again, new=opinion))


def _recording(
    request: Request, consultation: Consultation, form: SpokenForm, new: Opinion | None = None
) -> dict[str, Any]:
    said = Opinion.objects.visible_to(request.user).given().filter(consultation=consultation, source="spoken")
    shown = list(said.select_related("author", "organisation", "passage").order_by("-number")[: SHOWN + 1])
    context = {"form": form, "said": shown[:SHOWN], "has_more": len(shown) > SHOWN, "new": new}
    return _inside(consultation) | context


def enter(request: Request, pk: UUID) -> HttpResponse:
    """Enter an opinion that came on paper or by mail."""
    consultation = _consultation(request, pk)
    form = filled(ReceivedForm, request, consultation=consultation)

    def act(**_cleaned: Any) -> Opinion:
        return actions.enter(consultation, by=request.user, **form.answers)

    if opinion := submitted(form, act):
        said = _("Opinion %(number)d is entered. You can enter the next one.") % {"number": opinion.number}
        messages.success(request, said)
        return redirect("web:enter", consultation.pk)
    return render(request, "entering/enter.html", _inside(consultation) | {"form": form})


def _consultation(request: Request, pk: UUID) -> Consultation:
    consultations = Consultation.objects.visible_to(request.user).select_related("council", "version__document")
    consultation = get_object_or_404(consultations, pk=pk)
    require(request.user, "opinions.enter", consultation)
    return consultation


def _inside(consultation: Consultation) -> dict[str, Any]:
    return {"council": consultation.council, "place": "documents", "consultation": consultation}
