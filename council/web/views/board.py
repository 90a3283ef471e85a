"""The disposition board: which opinions still need an answer, and from whom; steps on many of them at once."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from council.core.permissions import require
from council.documents.models import Version
from council.opinions import actions
from council.opinions.models import Batch, Consultation, Disposition, Opinion, PointQuerySet, lacking_their_change
from council.web import presence
from council.web.forms.answers import BoardFilter, TagForm, TriageForm, ids
from council.web.forms.base import Form
from council.web.gathered.board import last_step, page_of_points, points_of, tabs
from council.web.may import may
from council.web.requests import Request
from council.web.returning import way_back
from council.web.submitting import submitted


def board(request: Request, pk: UUID) -> HttpResponse:
    """Which opinions still need an answer, and from whom."""
    consultation = on_board(request, pk)
    chosen = BoardFilter(request.GET, consultation=consultation)
    narrowed = chosen.narrow(points_of(consultation, request.user), request.user)
    shown = chosen.in_tab(narrowed)
    grouped = bool(chosen.chosen.get("group"))
    views = tabs(narrowed, chosen.chosen)
    allowed = may(request.user, consultation, "opinions.triage")
    return render(
        request,
        "board/board.html",
        {
            **inside(consultation),
            "tabs": views,
            "matching": next((tab.count for tab in views if tab.current), 0),
            "filter": chosen,
            "grouped": grouped,
            "page": page_of_points(shown, request.user, request.GET.get("after"), grouped=grouped),
            "step": last_step(consultation, request.user),
            "may": allowed,
            "triage": TriageForm(council=consultation.council, auto_id="all-%s") if allowed["triage"] else None,
            "tag": TagForm(auto_id="all-%s"),
        },
    )


@require_POST
def working(request: Request, pk: UUID) -> HttpResponse:
    """Who works on which of the rows one looks at."""
    on_board(request, pk)
    seen = ids(request.POST.getlist("seen"))[:1000]
    return render(request, "board/_working.html", {"working": presence.others(seen, request.user)})


@require_POST
def assign_many(request: Request, pk: UUID) -> HttpResponse:
    """Assign the chosen points to an office, by a day."""
    consultation = on_board(request, pk)
    form = TriageForm(request.POST, council=consultation.council)
    return _step(request, consultation, form, actions.triage_all, _("Assign"))


@require_POST
def tag_many(request: Request, pk: UUID) -> HttpResponse:
    """Put tags on the chosen points, or take them off."""
    return _step(request, on_board(request, pk), TagForm(request.POST), actions.tag_all, _("Tag"))


def _step(request: Request, consultation: Consultation, form: Form, verb: Any, label: str) -> HttpResponse:
    """One step on the chosen points; where its form is not in order, it comes back with the choice kept."""
    points = list(chosen_points(request, consultation))
    if not points:
        messages.error(request, _("Choose at least one opinion."))
        return redirect(board_address(request, consultation))
    if batch := submitted(form, partial(verb, points, by=request.user)):
        return done(request, batch, board_address(request, consultation))
    page = {**inside(consultation), "form": form, "points": points, "label": label}
    return render(request, "board/step.html", page, status=422)


def batch(request: Request, pk: UUID) -> HttpResponse:
    """What a step did, what failed and why, and the way to take it back."""
    step = _batch(request, pk)
    rows = step.rows.exclude(problem="").select_related("point__opinion__organisation", "point__opinion__passage")
    failed = rows.order_by("point__opinion__number", "point__number")
    page = {**inside(step.consultation), "batch": step, "failed": failed[:200]}
    return render(request, "board/batch.html", page)


@require_POST
def undo(request: Request, pk: UUID) -> HttpResponse:
    """Take a step back."""
    step = actions.undo(_batch(request, pk), by=request.user)
    said = _("Taken back: %(undone)d of %(applied)d.") % {"undone": step.undone, "applied": step.applied}
    if step.step == Batch.Step.DISPOSE:
        said = _("%(said)s Changes made to a text stay there.") % {"said": said}
    messages.success(request, said)
    return redirect(way_back(request) or reverse("web:board", args=[step.consultation_id]))


def before_release(request: Request, pk: UUID) -> HttpResponse:
    """공개 전 점검: what still lacks before the answers are published, each with the way to it."""
    consultation = on_board(request, pk)
    lacking = actions.lacking(consultation)
    visible = Opinion.objects.visible_to(request.user)
    ready = visible.filter(consultation=consultation, state=Opinion.State.ANSWERED).count()
    in_work = Version.objects.visible_to(request.user).filter(
        document=consultation.version.document_id, published_at=None, number__gt=consultation.version.number
    )
    version = in_work.first()
    return render(
        request,
        "board/before_release.html",
        {
            **inside(consultation),
            "ready": ready,
            "lists": [
                ("undisposed", *_first(lacking.undisposed.filter(pk__in=visible.values("pk")))),
                ("untold", *_first(lacking.untold.filter(pk__in=visible.values("pk")))),
            ],
            "without_reference": list(
                lacking.without_reference.filter(pk__in=Disposition.objects.visible_to(request.user).values("pk"))[:100]
            ),
            "in_the_way": lacking.in_the_way,
            "version": version,
            "unmade": lacking_their_change(version) if version else [],
            "may": may(request.user, consultation, "opinions.release"),
        },
    )


@require_POST
def release(request: Request, pk: UUID) -> HttpResponse:
    """Publish all prepared answers together."""
    consultation = on_board(request, pk)
    count = actions.release(consultation, by=request.user)
    messages.success(
        request, ngettext("%(n)d answer is published.", "%(n)d answers are published.", count) % {"n": count}
    )
    return redirect("web:result", consultation.pk)


def _first(opinions: Any) -> tuple[list[Opinion], int]:
    """The first of them, and how many there are."""
    found = list(opinions.select_related("organisation", "passage")[:21])
    return found[:20], len(found) if len(found) <= 20 else opinions.count()


# --- shared by the views of the board -----------------------------------------------------------------------------------


def on_board(request: Request, pk: UUID) -> Consultation:
    """A consultation whose board one may see."""
    consultations = Consultation.objects.visible_to(request.user)
    consultation = get_object_or_404(consultations.select_related("council", "office", "version__document"), pk=pk)
    require(request.user, "opinions.see_board", consultation)
    return consultation


def inside(consultation: Consultation) -> dict[str, Any]:
    """What every page of the board names."""
    return {"council": consultation.council, "place": "documents", "consultation": consultation}


def chosen_points(request: Request, consultation: Consultation) -> PointQuerySet:
    """The points someone chose: those ticked, or all that match the filters in the address."""
    points = points_of(consultation, request.user).order_by("opinion__number", "number")
    if request.POST.get("everything"):
        chosen = BoardFilter(request.GET, consultation=consultation)
        return chosen.in_tab(chosen.narrow(points, request.user))
    return points.filter(pk__in=ids(request.POST.getlist("points")))


def board_address(request: Request, consultation: Consultation) -> str:
    """The board with the filters one had."""
    query = request.GET.urlencode()
    return reverse("web:board", args=[consultation.pk]) + (f"?{query}" if query else "")


def done(request: Request, step: Batch, back: str) -> HttpResponse:
    """After a step: back with the way to undo it, or to the rows that failed."""
    if step.applied < step.total:
        return redirect(step)
    messages.success(request, said(request, step))
    return redirect(back)


def said(request: Request, step: Batch) -> str:
    """What a step did, with the button that takes it back."""
    return render_to_string("board/_done.html", {"batch": step}, request=request)


def _batch(request: Request, pk: UUID) -> Batch:
    steps = Batch.objects.visible_to(request.user).select_related("by", "consultation__council")
    return get_object_or_404(steps, pk=pk)
