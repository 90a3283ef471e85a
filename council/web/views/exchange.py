"""Files on their way out: asked for, waited for, downloaded; and blank forms."""

import io
from functools import partial
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from council.exchange import actions
from council.exchange.models import Export
from council.exchange.writing import Format
from council.opinions.models import Consultation
from council.people.models import Organisation
from council.web.acting import acting_membership
from council.web.forms.exchange import BlankFormsForm, CompareForm, ExportForm
from council.web.may import may
from council.web.paging import page
from council.web.requests import Request
from council.web.submitting import submitted

SIZE = 20


def files(request: Request, pk: UUID) -> HttpResponse:
    """Choose what to take away and in which format; one's own files with how far they are."""
    consultation = _consultation(request, pk)
    allowed = may(request.user, consultation, "exchange.hand_out_forms", "exchange.upload", "exchange.export")
    forms = _forms(request, consultation)
    asked = request.POST.get("ask", "")
    if asked in forms and (export := submitted(forms[asked], partial(_ask, request, consultation, asked))):
        return redirect(export)
    own = Export.objects.visible_to(request.user).filter(consultation=consultation)
    seat = acting_membership(request, consultation.council)
    context = {"forms": forms, "page": page(request, own, size=SIZE), "may": allowed, "seat": seat}
    return render(request, "exchange/files.html", _inside(consultation) | context)


def _forms(request: Request, consultation: Consultation) -> dict[str, Any]:
    """The forms of the page, the one that was sent filled in."""

    def made(name: str, form: Any, **kwargs: Any) -> Any:
        sent = request.method == "POST" and request.POST.get("ask") == name
        return form(request.POST if sent else None, auto_id=f"{name}-%s", **kwargs)

    return {
        "document": made("document", ExportForm, initial={"kind": request.GET.get("kind")}),
        "comparison": made("comparison", CompareForm, consultation=consultation, user=request.user),
        "forms": made("forms", BlankFormsForm, consultation=consultation),
    }


def _ask(request: Request, consultation: Consultation, asked: str, **answers: Any) -> Export:
    if asked == "forms":
        organisation: Organisation | None = answers.pop("organisation")
        chosen = [organisation] if organisation else None
        return actions.blank_forms(consultation, organisations=chosen, by=request.user, **answers)
    kind = answers.pop("kind", Export.Kind.COMPARISON)
    return actions.request_export(kind=kind, consultation=consultation, by=request.user, **answers)


@require_safe
def blank_form(request: Request, pk: UUID) -> FileResponse:
    """The blank form of the organisation one speaks for, made out to it."""
    consultation = _consultation(request, pk)
    seat = acting_membership(request, consultation.council)
    if seat is None:
        raise Http404
    name = request.GET.get("format", "xlsx")
    file = io.BytesIO()
    iso = request.GET.get("iso") == "1"
    if name not in Export.FORMATS[Export.Kind.FORMS]:
        raise Http404
    called = actions.blank_form_of(consultation, seat.organisation, format=name, by=request.user, to=file, iso=iso)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=called, content_type=Format(name).media_type)


@require_safe
def export(request: Request, pk: UUID) -> HttpResponse:
    """A file: how far it is, and where to get it; with htmx its place in a list or a page."""
    export = _export(request, pk)
    if request.htmx:
        return render(request, "exchange/_export.html", {"export": export})
    context = {
        "council": export.council,
        "place": "meetings" if export.meeting else "documents",
        "consultation": export.consultation,
        "meeting": export.meeting,
        "export": export,
    }
    return render(request, "exchange/export.html", context)


@require_safe
def download(request: Request, pk: UUID) -> FileResponse:
    """The file itself; always saved, never shown as a page of ours."""
    export = _export(request, pk)
    if not export.is_kept:
        raise Http404
    kind = "application/zip" if export.name.endswith(".zip") else Format(export.format).media_type
    response = FileResponse(export.file.open("rb"), as_attachment=True, filename=export.name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _export(request: Request, pk: UUID) -> Export:
    related = "council", "consultation__council", "meeting"
    return get_object_or_404(Export.objects.visible_to(request.user).select_related(*related), pk=pk)


def _consultation(request: Request, pk: UUID) -> Consultation:
    consultations = Consultation.objects.visible_to(request.user).select_related("council", "version__document")
    return get_object_or_404(consultations, pk=pk)


def _inside(consultation: Consultation) -> dict[str, Any]:
    return {"council": consultation.council, "place": "documents", "consultation": consultation}
