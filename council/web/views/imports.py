"""Files of opinions on their way in: uploaded, looked through row by row, corrected, entered."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from council.core.permissions import require
from council.exchange import actions
from council.exchange.columns import Field, audience_of, kind_of
from council.exchange.models import Import, ImportRow
from council.opinions.models import Consultation
from council.web.acting import acting_membership
from council.web.forms.entering import RowForm
from council.web.forms.exchange import UploadForm
from council.web.may import may
from council.web.paging import page
from council.web.requests import Request
from council.web.submitting import filled, submitted

SIZE = 30
HTMX_REFRESH = "HX-Refresh"


def imports(request: Request, pk: UUID) -> HttpResponse:
    """Bring a file in, and see which ones came before."""
    consultations = Consultation.objects.visible_to(request.user).select_related("council", "version__document")
    consultation = get_object_or_404(consultations, pk=pk)
    require(request.user, "exchange.upload", consultation)
    allowed = may(request.user, consultation, "opinions.enter")
    form = filled(UploadForm, request, consultation=consultation, for_all=allowed["enter"])
    seat = None if allowed["enter"] else acting_membership(request, consultation.council)
    if upload := submitted(form, partial(_upload, request, consultation, membership=seat)):
        return redirect(upload)
    came = Import.objects.visible_to(request.user).filter(consultation=consultation).select_related("by")
    context = {"form": form, "page": page(request, came, size=SIZE), "may": allowed, "seat": seat}
    return render(request, "exchange/imports.html", _inside(consultation) | context)


def _upload(request: Request, consultation: Consultation, **answers: Any) -> Import:
    """The file that was brought in; the same one of before, with a word, where one may see what became of it."""
    try:
        return actions.upload(consultation, by=request.user, **answers)
    except actions.SeenBefore as refusal:
        if not Import.objects.visible_to(request.user).filter(pk=refusal.earlier.pk).exists():
            raise
        messages.warning(request, refusal.message)
        return refusal.earlier


@require_safe
def import_(request: Request, pk: UUID) -> HttpResponse:
    """A file: its rows with what they were found to mean, how far entering them is, what came of it."""
    upload = _import(request, pk)
    counts = upload.counts()
    state = request.GET.get("state", "")
    state = state if state in ImportRow.State.values else ""
    rows = upload.rows.select_related("organisation", "passage", "membership__user", "opinion")
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 10:
        rows = rows.filter(position__gt=int(after))
    found = list((rows.filter(state=state) if state else rows).order_by("position")[: SIZE + 1])
    context = {
        "upload": upload,
        "counts": counts,
        "every": sum(counts.values()),
        "tabs": [(each.label, each.value, each.value == state, counts[each.value]) for each in ImportRow.State],
        "state": state,
        "rows": found[:SIZE],
        "after": found[SIZE - 1].position if len(found) > SIZE else None,
        "may": may(request.user, upload, "exchange.import"),
    }
    return render(request, "exchange/import.html", _inside(upload.consultation) | context)


@require_safe
def import_progress(request: Request, pk: UUID) -> HttpResponse:
    """How far a file is; the page is read anew once it is through."""
    upload = _import(request, pk)
    response = render(request, "exchange/_import_progress.html", {"upload": upload})
    if not upload.is_at_work:
        response[HTMX_REFRESH] = "true"
    return response


@require_safe
def import_file(request: Request, pk: UUID) -> FileResponse:
    """The file as it was given; always saved, never shown as a page of ours."""
    upload = _import(request, pk)
    response = FileResponse(upload.file.open("rb"), as_attachment=True, filename=upload.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def start(request: Request, pk: UUID) -> HttpResponse:
    """Have the rows that are ready entered."""
    return redirect(actions.start(_import(request, pk), by=request.user))


@require_POST
def discard(request: Request, pk: UUID) -> HttpResponse:
    """Put a file aside."""
    upload = actions.discard(_import(request, pk), by=request.user)
    messages.success(request, _("%(name)s is discarded; nothing of it was entered.") % {"name": upload.name})
    return redirect("web:imports", upload.consultation_id)


def import_row(request: Request, pk: UUID) -> HttpResponse:
    """Correct a row; with htmx in its place in the list."""
    row = _row(request, pk)
    require(request.user, "exchange.import", row.upload)
    proposes = bool(row.said(Field.PROPOSED))
    kind = (kind_of(row.said(Field.KIND), proposes=proposes) or "") if row.said(Field.KIND) else ""
    audience = audience_of(row.said(Field.AUDIENCE)) or "council"
    form = filled(RowForm, request, row=row, kind=kind, audience=audience)
    if corrected := submitted(form, partial(actions.correct_row, row, by=request.user)):
        if request.htmx and form.cleaned_data["alike"]:
            return HttpResponse(headers={HTMX_REFRESH: "true"})
        return _shown(request, corrected)
    template = "exchange/_row_form.html" if request.htmx else "exchange/import_row.html"
    context = _inside(row.upload.consultation) | {"row": row, "upload": row.upload, "form": form}
    return render(request, template, context, status=422 if form.is_bound and request.htmx else 200)


@require_POST
def leave_out(request: Request, pk: UUID) -> HttpResponse:
    """Do not enter a row."""
    return _shown(request, actions.leave_out(_row(request, pk), by=request.user))


@require_POST
def take_in(request: Request, pk: UUID) -> HttpResponse:
    """Take back a row that was left out."""
    return _shown(request, actions.take_in(_row(request, pk), by=request.user))


def _shown(request: Request, row: ImportRow) -> HttpResponse:
    """The row in its place, and the figures above; or the page it stands in."""
    if not request.htmx:
        return redirect(row.upload)
    context = {"row": row, "upload": row.upload, "counts": row.upload.counts(), "may": {"import": True}}
    return render(request, "exchange/_row_changed.html", context)


def _import(request: Request, pk: UUID) -> Import:
    related = "consultation__council", "consultation__version__document", "by", "membership__organisation"
    return get_object_or_404(Import.objects.visible_to(request.user).select_related(*related), pk=pk)


def _row(request: Request, pk: UUID) -> ImportRow:
    related = "upload__consultation__council", "upload__consultation__version", "upload__membership"
    rows = ImportRow.objects.visible_to(request.user).select_related(*related, "organisation", "passage")
    return get_object_or_404(rows, pk=pk)


def _inside(consultation: Consultation) -> dict[str, Any]:
    return {"council": consultation.council, "place": "documents", "consultation": consultation}
