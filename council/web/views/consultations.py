"""A draft with what is said about it, the board on which it is answered, and the result."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from council.core import clock
from council.core.permissions import require
from council.documents.models import Passage, Version
from council.meetings.models import AgendaItem
from council.opinions import actions
from council.opinions.models import Consultation, ConsultationQuerySet, Disposition, Opinion, OpinionQuerySet
from council.people.models import User
from council.web.forms.consultations import ConsultationForm
from council.web.forms.opinions import BoardFilter, OpinionFilter
from council.web.gathered.board import check, progress, tabs
from council.web.gathered.changes import proposal
from council.web.gathered.results import result as published_result
from council.web.gathered.turnout import turnout, with_figures
from council.web.may import may
from council.web.paging import page_of_opinions
from council.web.requests import Request
from council.web.submitting import filled, submitted


def prepare(request: Request, pk: UUID) -> HttpResponse:
    """Prepare to ask the council about a version."""
    versions = Version.objects.visible_to(request.user).select_related("document__council")
    version = get_object_or_404(versions, pk=pk)
    council = version.document.council
    require(request.user, "opinions.prepare_consultation", version)
    form = filled(ConsultationForm, request, council=council, user=request.user)
    if consultation := submitted(
        form, partial(actions.prepare_consultation, council, version=version, by=request.user)
    ):
        messages.success(request, _("The consultation is prepared. Members see it once you open it."))
        return redirect(consultation)
    return render(
        request,
        "consultations/prepare.html",
        {"council": council, "place": "documents", "version": version, "form": form},
    )


def consultation(request: Request, pk: UUID) -> HttpResponse:
    """The text, with a count of the opinions beside each passage and those of the chosen one at the side."""
    consultation = _counted(request, pk)
    chosen = OpinionFilter(request.GET)
    passages = list(consultation.version.passages.order_by("position"))
    counts = _counts(chosen.narrow(_given(consultation, request.user), request.user))
    current = next((each for each in passages if str(each.pk) == request.GET.get("passage")), None)
    return render(
        request,
        "consultations/consultation.html",
        {
            **_inside(consultation),
            "turnout": turnout(consultation),
            "rows": [(each, counts.get(each.pk, 0)) for each in passages],
            "most": sorted(((each, counts[each.pk]) for each in passages if each.pk in counts), key=_by_count)[:5],
            "filter": chosen,
            "drafts": _drafts(consultation, request.user),
            "may": _may(request.user, consultation),
            "running": consultation.phase_at(clock.now()),
            **(_passage(request, consultation, current, chosen, counts.get(current.pk, 0)) if current else {}),
        },
    )


@require_POST
def open_(request: Request, pk: UUID) -> HttpResponse:
    """Put the version before the council."""
    consultation = actions.open_consultation(_consultation(request, pk), by=request.user)
    messages.success(request, _("The consultation is open; every member is told."))
    return redirect(consultation)


def passage(request: Request, pk: UUID, passage: UUID) -> HttpResponse:
    """One passage and the opinions on it; with htmx what stands at the side of the text."""
    consultation = _consultation(request, pk)
    current = get_object_or_404(consultation.version.passages.all(), pk=passage)
    template = "consultations/_opinions.html" if request.htmx else "consultations/passage.html"
    return render(
        request,
        template,
        {
            **_inside(consultation),
            "may": may(request.user, consultation, "opinions.give"),
            **_passage(request, consultation, current, OpinionFilter(request.GET)),
        },
    )


def board(request: Request, pk: UUID) -> HttpResponse:
    """Which opinions still need an answer, and from whom."""
    consultation = _consultation(request, pk)
    require(request.user, "opinions.see_board", consultation)
    chosen = BoardFilter(request.GET, consultation=consultation, user=request.user)
    opinions = _opinions(consultation, request.user).exclude(state=Opinion.State.DRAFT)
    figures = progress(consultation, request.user)
    return render(
        request,
        "consultations/board.html",
        {
            **_inside(consultation),
            "progress": figures,
            "check": check(consultation, figures, request.user),
            "tabs": tabs(figures, chosen.chosen),
            "filter": chosen,
            "page": page_of_opinions(chosen.narrow(opinions, request.user), request.GET.get("after"), size=50),
            "may": may(request.user, consultation, "opinions.release"),
        },
    )


@require_POST
def release(request: Request, pk: UUID) -> HttpResponse:
    """Publish all prepared answers together."""
    consultation = _consultation(request, pk)
    count = actions.release(consultation, by=request.user)
    said = ngettext("%(n)d answer is published.", "%(n)d answers are published.", count) % {"n": count}
    messages.success(request, said)
    return redirect("web:result", consultation.pk)


def result(request: Request, pk: UUID) -> HttpResponse:
    """What we heard, what we did, and why: the answers published so far."""
    consultation = _counted(request, pk)
    return render(
        request,
        "consultations/result.html",
        {
            **_inside(consultation),
            "turnout": turnout(consultation),
            "result": published_result(consultation, request.user),
        },
    )


def _inside(consultation: Consultation) -> dict[str, Any]:
    return {"council": consultation.council, "place": "documents", "consultation": consultation}


def _consultations(user: User) -> ConsultationQuerySet:
    """With what their pages name; ``shows_item`` says whether the agenda item may be seen too."""
    item = AgendaItem.objects.visible_to(user).filter(pk=OuterRef("agenda_item"))
    related = "council", "office", "version__document", "agenda_item__meeting"
    return Consultation.objects.visible_to(user).select_related(*related).annotate(shows_item=Exists(item))


def _consultation(request: Request, pk: UUID) -> Consultation:
    return get_object_or_404(_consultations(request.user), pk=pk)


def _counted(request: Request, pk: UUID) -> Consultation:
    """A consultation with its figures and phases."""
    consultations = with_figures(_consultations(request.user), request.user)
    return get_object_or_404(consultations.prefetch_related("phases"), pk=pk)


def _may(user: User, consultation: Consultation) -> dict[str, bool]:
    """What the pages of a consultation offer; opening it only before it is open."""
    names = ["opinions.give", "opinions.see_board"]
    names += [] if consultation.opened_at else ["opinions.open_consultation"]
    return may(user, consultation, *names)


def _opinions(consultation: Consultation, user: User) -> OpinionQuerySet:
    """A consultation's opinions with what their rows show; answers only where they may be seen."""
    answers = Prefetch("disposition", Disposition.objects.visible_to(user))
    opinions = Opinion.objects.visible_to(user).filter(consultation=consultation)
    return opinions.select_related("organisation", "passage", "office", "author").prefetch_related(answers)


def _drafts(consultation: Consultation, user: User) -> list[Opinion]:
    own = Opinion.objects.visible_to(user).filter(consultation=consultation, author=user, state=Opinion.State.DRAFT)
    return list(own.select_related("passage"))


def _given(consultation: Consultation, user: User) -> OpinionQuerySet:
    return _opinions(consultation, user).given()


def _counts(opinions: OpinionQuerySet) -> dict[UUID, int]:
    return dict(opinions.order_by().values_list("passage").annotate(Count("pk")))


def _by_count(row: tuple[Passage, int]) -> int:
    return -row[1]


def _passage(
    request: Request, consultation: Consultation, current: Passage, chosen: OpinionFilter, total: int | None = None
) -> dict[str, Any]:
    """What the piece with a passage's opinions needs; ``total`` where it was counted already."""
    given = chosen.narrow(_given(consultation, request.user).filter(passage=current), request.user)
    here = reverse("web:passage", args=[consultation.pk, current.pk])
    opinions = page_of_opinions(given, request.GET.get("after"), size=20)
    return {
        "passage": current,
        "opinions": [(opinion, proposal(opinion)) for opinion in opinions.rows],
        "more_url": f"{here}?{chosen.query}&after={opinions.after}" if opinions.after else None,
        "total": given.count() if total is None else total,
        "filter": chosen,
    }
