"""What is said: noted by the secretary while it is said, written by those who said it."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from council.core.permissions import require
from council.meetings import actions
from council.meetings.models import AgendaItem, Meeting, Statement
from council.web.forms.running import OwnStatementForm, SpokenForm, StatementForm
from council.web.gathered import running as gathered
from council.web.paging import page
from council.web.requests import Request
from council.web.submitting import filled, submitted
from council.web.views.meetings import of_meeting, visible_meeting

_form = require_http_methods(["GET", "HEAD", "POST"])


@_form
def statements(request: Request, pk: UUID) -> HttpResponse:
    """What is said; who runs the meeting notes one after the other, who was there their own."""
    meeting = visible_meeting(request, str(pk))
    if request.user.has_perm("meetings.record_statement", meeting):
        return _noting(request, meeting)
    form = _own_form(request, meeting)
    if form and submitted(form, partial(actions.write_statement, meeting, by=request.user)):
        messages.success(request, _("It is written down."))
        return redirect(f"{reverse('web:statements', args=[meeting.pk])}#said")
    status = 422 if form and form.is_bound else 200
    return render(request, "running/statements.html", _context(request, meeting, form), status=status)


def _own_form(request: Request, meeting: Meeting) -> OwnStatementForm | None:
    """The form for one's own words; none for those who may not speak, unless they try."""
    if request.method == "POST":
        require(request.user, "meetings.write_statement", meeting)
    elif meeting.state != Meeting.State.RUNNING or not request.user.has_perm("meetings.write_statement", meeting):
        return None
    return filled(OwnStatementForm, request, **_offered(request, meeting))


def _noting(request: Request, meeting: Meeting) -> HttpResponse:
    """Note what someone says; speaker and item stay as they were last."""
    places = gathered.invitations(request.user, meeting)
    initial = {name: request.GET.get(name, "") for name in ("speaker", "item") if name in request.GET}
    form = filled(SpokenForm, request, places=places, **_offered(request, meeting, initial))

    def act(**_cleaned: Any) -> Statement:
        return actions.record_statement(meeting, by=request.user, **form.answers)

    said = submitted(form, act)
    if said is None:
        status = 422 if request.htmx and form.is_bound else 200
        return render(request, "running/statements.html", _context(request, meeting, form, places), status=status)
    last = {"speaker": request.POST.get("speaker", ""), "item": str(said.item_id or "")}
    if not request.htmx:
        return redirect(f"{reverse('web:statements', args=[meeting.pk])}?{urlencode(last)}#said")
    again = SpokenForm(places=places, **_offered(request, meeting, last))
    return render(request, "running/statements.html", _context(request, meeting, again, places) | {"new": said})


def _offered(request: Request, meeting: Meeting, initial: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a form offers, and begins with: the present item, and a key of its own."""
    started = {"item": meeting.current_item_id, **(initial or {}), "key": uuid4()}
    return {"items": _items(request, meeting), "initial": started}


def _items(request: Request, meeting: Meeting) -> QuerySet[AgendaItem]:
    return AgendaItem.objects.visible_to(request.user).filter(meeting=meeting).order_by("position")


def _context(request: Request, meeting: Meeting, form: Any, places: Any = None) -> dict[str, Any]:
    return {
        **of_meeting(meeting),
        "form": form,
        "places": places,
        "may_note": places is not None,
        "is_running": meeting.state == Meeting.State.RUNNING,
        "said": page(request, gathered.statements(request.user, meeting), newest_by="said_at"),
    }


@_form
def revise(request: Request, pk: UUID) -> HttpResponse:
    """Put a statement right."""
    statement = _statement(request, pk)
    require(request.user, "meetings.revise_statement", statement)
    form = filled(StatementForm, request, statement=statement, items=_items(request, statement.meeting))
    if submitted(form, partial(actions.revise_statement, statement, by=request.user)):
        messages.success(request, _("The statement has been changed."))
        return redirect(_to_statements(statement))
    context = {**of_meeting(statement.meeting), "statement": statement, "form": form}
    return render(request, "running/revise_statement.html", context)


@require_POST
def remove(request: Request, pk: UUID) -> HttpResponse:
    """Take a statement out."""
    statement = _statement(request, pk)
    way = _to_statements(statement)
    actions.remove_statement(statement, by=request.user)
    messages.success(request, _("The statement has been taken out."))
    return redirect(way)


def _statement(request: Request, pk: UUID) -> Statement:
    said = Statement.objects.visible_to(request.user).select_related("meeting__council", "item")
    return get_object_or_404(said, pk=pk)


def _to_statements(statement: Statement) -> str:
    return f"{reverse('web:statements', args=[statement.meeting_id])}#said"
