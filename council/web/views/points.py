"""One point: read it, assign it, wait for input, answer it, and split the opinion it belongs to."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from council.core.errors import Refused
from council.core.permissions import require
from council.opinions import actions
from council.opinions.models import Batch, Disposition, Opinion, Point
from council.web import presence
from council.web.forms.answers import AnswerForm, WaitForm
from council.web.gathered.board import last_step, row
from council.web.gathered.changes import proposal
from council.web.gathered.points import Bench, answer_form, auto_id, triage_form, work_on
from council.web.requests import Request
from council.web.returning import way_back
from council.web.submitting import seen_revision, submitted
from council.web.views.board import inside, said


def point(request: Request, pk: UUID) -> HttpResponse:
    """A point with its opinion and the forms to work on it; with htmx what the board opens below its row."""
    return _shown(request, _point(request, pk))


@require_POST
def present(request: Request, pk: UUID) -> HttpResponse:
    """Say that one still has a point open, and hear who else has."""
    point = _point(request, pk)
    require(request.user, "opinions.dispose", point)
    presence.arrive(point.pk, request.user)
    others = presence.others([point.pk], request.user)
    return render(request, "board/_present.html", {"names": others.get(point.pk, [])})


def triage(request: Request, pk: UUID) -> HttpResponse:
    """Assign a point to the office that answers, by a day."""
    point = _point(request, pk)
    if request.method != "POST":
        return redirect("web:point", pk)
    form = triage_form(Bench(point.opinion, request.user), point, request.POST)
    if submitted(form, partial(actions.triage, point, by=request.user, revision=seen_revision(request))):
        return _worked(request, pk)
    return _shown(request, point, triage=form)


def await_input(request: Request, pk: UUID) -> HttpResponse:
    """Say what an answer waits for."""
    point = _point(request, pk)
    if request.method != "POST":
        return redirect("web:point", pk)
    form = WaitForm(request.POST, auto_id=auto_id("wait", point))
    if submitted(form, partial(actions.await_input, point, by=request.user)):
        return _worked(request, pk)
    return _shown(request, point, wait=form)


def dispose(request: Request, pk: UUID) -> HttpResponse:
    """Prepare the answer to a point; what someone else wrote meanwhile is shown beside what one wrote oneself."""
    point = _point(request, pk)
    if request.method != "POST":
        return redirect("web:point", pk)
    require(request.user, "opinions.dispose", point)
    form = answer_form(Bench(point.opinion, request.user), point, request.POST)
    if submitted(form, partial(_dispose, request, point, form)):
        return _worked(request, pk)
    return _shown(request, _point(request, pk), seen=seen_revision(request), answer=form)


def _dispose(request: Request, point: Point, form: AnswerForm, **said: Any) -> Disposition:
    """Answer a point and, where that is wanted, make its change in the draft with it."""
    words = {name: said[name] for name in ("verdict", "reason")} | {"by": request.user}
    seen = seen_revision(request)
    if not form.changes_draft:
        return actions.dispose(point, changed_passage=said["changed_passage"], revision=seen, **words)
    if form.keeps_suggestion:
        return actions.accept_wording(point, revision=seen, **words)
    draft = seen_revision(request, "text_revision")
    return actions.accept_wording(point, text=said["text"], revision=seen, text_revision=draft, **words)


def split(request: Request, pk: UUID) -> HttpResponse:
    """쟁점 분리: say which matters an opinion raises, one field each."""
    opinion = get_object_or_404(Opinion.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    require(request.user, "opinions.split", opinion)
    given = request.POST.getlist("gists") if request.method == "POST" else ["", ""]
    gists = [gist.strip() for gist in given]
    problems: list[str] = []
    if request.method == "POST" and request.POST.get("then") == "more":
        gists = [*gists[:19], ""]
    elif request.method == "POST":
        try:
            actions.split(opinion, gists=[gist for gist in gists if gist], by=request.user)
        except Refused as refusal:
            problems = [refusal.message, *refusal.problems]
        except ValidationError as error:
            problems = list(error.messages)
        else:
            messages.success(request, _("Each point is now answered by itself."))
            return redirect(opinion)
    page = {"opinion": opinion, "gists": gists, "problems": problems, "proposed": proposal(opinion)}
    return render(
        request, "board/split.html", {**inside(opinion.consultation), **page}, status=422 if problems else 200
    )


RELATED = (
    "consultation__council",
    "consultation__version__document",
    "consultation__office",
    "passage",
    "organisation",
    "membership__organisation",
    "author",
    "recorded_by",
)


def _point(request: Request, pk: UUID) -> Point:
    """A point whose opinion one may see, with what its forms and texts name."""
    related = "office", *(f"opinion__{name}" for name in RELATED)
    return get_object_or_404(Point.objects.visible_to(request.user).select_related(*related), pk=pk)


def _worked(request: Request, pk: UUID) -> HttpResponse:
    """After a step: the piece and its row for htmx, or else where one came from."""
    step = Batch.objects.filter(by=request.user.pk).first()
    assert step is not None  # noqa: S101 - every step leaves one
    if request.htmx:
        return _shown(request, _point(request, pk), said=said(request, step), changed=True)
    messages.success(request, said(request, step))
    return redirect(way_back(request) or reverse("web:point", args=[pk]))


def _shown(request: Request, point: Point, *, seen: int | None = None, **context: Any) -> HttpResponse:
    posted = {name: context.pop(name) for name in ("triage", "wait", "answer") if name in context}
    consultation = point.opinion.consultation
    work = work_on(request, point, point.opinion, seen=seen, **posted)
    if work.works:
        presence.arrive(point.pk, request.user)
    page = {
        **inside(consultation),
        "opinion": point.opinion,
        "point": point,
        "proposed": proposal(point.opinion),
        "work": work,
        **context,
    }
    if context.get("changed"):
        page |= {"row": row(point, request.user), "step": last_step(consultation, request.user)}
    template = "board/_open.html" if request.htmx else "board/point.html"
    return render(request, template, page, status=422 if posted else 200)
