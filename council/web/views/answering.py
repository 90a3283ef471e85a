"""Answering many points with one disposition, each with a reason of its own; and the templates for it."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from council.core.permissions import require
from council.opinions import actions
from council.opinions.models import AnswerTemplate, Batch, Consultation, Disposition, Point, PointQuerySet
from council.people.models import Council
from council.web.forms.answers import (
    AnswerForm,
    AnswerManyForm,
    OwnAnswerForm,
    TemplateForm,
    later_passages,
    read_choices,
)
from council.web.requests import Request
from council.web.submitting import filled, submitted
from council.web.views.board import board_address, chosen_points, done, inside, on_board

MOST = 100


@dataclass
class Row:
    """One of many points to be answered, its form, and what kept it from being answered with the others."""

    point: Point
    form: OwnAnswerForm
    problem: str = ""

    @property
    def answer(self) -> Disposition | None:
        """The answer it has, which someone may have written meanwhile."""
        return getattr(self.point, "disposition", None)


@require_POST
def answer_many(request: Request, pk: UUID) -> HttpResponse:
    """Answer the chosen points together; those that fail stay on the page with what was typed."""
    consultation = on_board(request, pk)
    points = _points(request, chosen_points(request, consultation))
    if not points:
        messages.error(request, _("Choose at least one opinion."))
        return redirect(board_address(request, consultation))
    saves = request.POST.get("then") == "save"
    templates = AnswerTemplate.objects.visible_to(request.user).filter(council=consultation.council_id)
    form = AnswerManyForm(request.POST if saves else None, templates=templates)
    rows = _rows(request, consultation, points[:MOST], request.POST if saves else None)
    step = None
    if saves and not [row for row in rows if not row.form.is_valid()]:
        step = submitted(form, partial(_answer, rows, by=request.user))
    if step and step.applied == step.total:
        return done(request, step, board_address(request, consultation))
    if step:
        rows = _failed(request, consultation, step)
    page = {"form": form, "rows": rows, "batch": step, "more": len(points) > MOST}
    status = 422 if saves and not step else 200
    return render(request, "board/answer_many.html", {**inside(consultation), **page}, status=status)


def _points(request: Request, points: PointQuerySet) -> list[Point]:
    answers = Prefetch("disposition", Disposition.objects.visible_to(request.user).select_related("prepared_by"))
    related = points.select_related("opinion__organisation", "opinion__passage").prefetch_related(answers)
    return list(related[: MOST + 1])


def _rows(request: Request, consultation: Consultation, points: list[Point], data: Any = None) -> list[Row]:
    passages = later_passages(consultation, request.user)
    choices = read_choices(AnswerForm(consultation=consultation, user=request.user), "changed_passage")
    newest = {passage.identity: passage.pk for passage in reversed(passages)}
    return [
        Row(
            point,
            OwnAnswerForm(
                data,
                prefix=point.pk.hex,
                initial={"revision": point.revision, "changed_passage": newest.get(point.opinion.passage.identity)},
                rows=passages,
                passages=choices,
            ),
        )
        for point in points
    ]


def _answer(rows: list[Row], *, verdict: str, template: AnswerTemplate | None, by: Any) -> Batch:
    own = {row.point.pk: row.form.cleaned_data for row in rows}
    accepts = verdict in Disposition.CHANGES_TEXT
    return actions.dispose_all(
        [row.point for row in rows],
        verdict=verdict,
        template=template,
        reasons={pk: said["reason"] for pk, said in own.items()},
        changed_passages={
            pk: said["changed_passage"] for pk, said in own.items() if accepts and said["changed_passage"]
        },
        revisions={pk: said["revision"] for pk, said in own.items()},
        by=by,
    )


def _failed(request: Request, consultation: Consultation, step: Batch) -> list[Row]:
    """The rows that were not answered, as they were typed, on the newest revision of their points."""
    problems = dict(step.rows.exclude(problem="").values_list("point", "problem"))
    fresh = Point.objects.visible_to(request.user).filter(pk__in=problems)
    points = _points(request, fresh.order_by("opinion__number", "number"))
    typed = request.POST.copy()
    for point in points:
        typed[f"{point.pk.hex}-revision"] = str(point.revision)
    rows = _rows(request, consultation, points, typed)
    for row in rows:
        row.problem = problems[row.point.pk]
    return rows


def templates(request: Request, pk: UUID) -> HttpResponse:
    """The openings that many answers of a council share: keep one, remove one."""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "opinions.keep_template", council)
    form = filled(TemplateForm, request)
    if kept := submitted(form, partial(actions.keep_template, council, by=request.user)):
        messages.success(request, _("The template “%(title)s” is kept.") % {"title": kept.title})
        return redirect("web:answer_templates", pk)
    kept_before = AnswerTemplate.objects.visible_to(request.user).filter(council=council).select_related("by")
    page = {"council": council, "place": "documents", "form": form, "templates": kept_before}
    return render(request, "board/templates.html", page)


@require_POST
def remove_template(request: Request, pk: UUID) -> HttpResponse:
    """Throw a template away."""
    template = get_object_or_404(AnswerTemplate.objects.visible_to(request.user), pk=pk)
    actions.remove_template(template, by=request.user)
    messages.success(request, _("The template “%(title)s” is removed.") % {"title": template.title})
    return redirect("web:answer_templates", template.council_id)
