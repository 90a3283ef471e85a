"""The time in which opinions are taken: extended, and how many replied in it; what changed from phase to phase."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from council.core import clock
from council.core.permissions import require
from council.opinions import actions, figures
from council.opinions.models import Phase
from council.web.forms.consultations import ExtensionForm
from council.web.gathered.phases import phases_of
from council.web.may import may
from council.web.requests import Request
from council.web.submitting import filled, submitted
from council.web.views.consultations import found, inside


def extend(request: Request, pk: UUID) -> HttpResponse:
    """Give a phase more time, with a reason everyone reads."""
    consultation = found(request, pk)
    require(request.user, "opinions.extend", consultation)
    running = consultation.phase_at(clock.now()) or consultation.phases.last()
    form = filled(ExtensionForm, request, consultation=consultation, initial={"phase": running and running.pk})

    def act(*, phase: Phase, **fields: Any) -> Phase:
        return actions.extend(phase, by=request.user, **fields)

    if submitted(form, act):
        messages.success(request, _("The phase is extended; everyone who was asked is told."))
        return redirect(consultation)
    return render(request, "consultations/extend.html", {**inside(consultation), "form": form})


def turnout(request: Request, pk: UUID) -> HttpResponse:
    """Who has replied: by sector and region for everyone, by organisation for those who run the council."""
    consultation = found(request, pk)
    allowed = may(request.user, consultation, "opinions.remind")
    figures_ = figures.turnout(consultation)
    return render(
        request,
        "consultations/_turnout.html" if request.htmx else "consultations/turnout.html",
        {
            **inside(consultation),
            "turnout": figures_,
            "organisations": sorted(figures_.organisations, key=_owing_first) if allowed["remind"] else [],
            "may": allowed,
        },
    )


@require_POST
def remind(request: Request, pk: UUID) -> HttpResponse:
    """Remind whoever still owes a reply."""
    consultation = found(request, pk)
    actions.remind(consultation, by=request.user)
    messages.success(request, _("The organisations that still owe a reply are reminded."))
    return redirect("web:turnout", consultation.pk)


def phases(request: Request, pk: UUID) -> HttpResponse:
    """What changed from before the meeting to after it, passage by passage."""
    consultation = found(request, pk)
    context = {**inside(consultation), "phases": phases_of(consultation, request.user)}
    return render(request, "consultations/phases.html", context)


def _owing_first(row: figures.Answering) -> tuple[bool, str]:
    return row.reply is not None, str(row.organisation)
