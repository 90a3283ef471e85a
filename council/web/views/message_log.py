"""The log of messages: what was sent, how it stands, how it reads, and sending it anew."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from council.core.permissions import require
from council.notifications import actions
from council.notifications import log as message_log
from council.notifications.log import Line
from council.notifications.models import Mailbox, Notification
from council.people.models import Council
from council.web.forms.messages import MessageFilter
from council.web.paging import page
from council.web.requests import Request
from council.web.returning import way_back

View = TypeVar("View", bound=Callable[..., HttpResponse])

framing: Callable[[View], View] = csp_update({"frame-src": [SELF]})  # type: ignore[assignment]  # it takes any view
"""What the page around it may do besides."""

framed: Callable[[View], View] = csp(  # type: ignore[assignment]  # it takes any view
    {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "base-uri": [NONE], "frame-ancestors": [SELF]}
)
"""What a mail may do in its frame: look as it does in a mail program, and nothing else."""


@require_safe
def own(request: Request) -> HttpResponse:
    """What was sent to me, and how it stands? For operators: to everybody."""
    return _log(request, message_log.messages_for(request.user), {})


@require_safe
def of_council(request: Request, pk: UUID) -> HttpResponse:
    """What was sent about what happened in this council, and did it arrive?"""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "notifications.read_log", council)
    rows = message_log.messages_for(request.user).filter(entry__council_id=council.pk)
    failing = Mailbox.objects.failing().visible_to(request.user).filter(user__memberships__council=council).distinct()
    return _log(request, rows, {"council": council, "place": "members", "failing": failing.select_related("user")[:20]})


def _log(request: Request, rows: QuerySet[Notification], context: dict[str, Any]) -> HttpResponse:
    chosen = MessageFilter(request.GET)
    shown = page(request, chosen.narrow(rows))
    lines = message_log.lines(request.user, shown.rows)
    context |= {
        "filter": chosen,
        "lines": lines,
        "next_url": shown.next_url,
        "of_others": bool(context) or request.user.is_staff,
    }
    return render(request, "messages_sent/log.html", context)


@require_safe
@framing
def message(request: Request, pk: int) -> HttpResponse:
    """One message: to whom, how often it was tried, what came back, and how it reads."""
    line = _line(request, pk)
    shown = message_log.preview(request.user, line)
    return render(
        request,
        "messages_sent/message.html",
        {
            "line": line,
            "row": line.row,
            "carrier": line.carrier,
            "preview": shown,
            "may_resend": request.user.has_perm("notifications.resend", line.row) and line.row.channel == "mail",
        },
    )


@require_safe
@framed
@xframe_options_sameorigin
def as_sent(request: Request, pk: int) -> HttpResponse:
    """The mail itself, for the frame on its page."""
    shown = message_log.preview(request.user, _line(request, pk))
    if shown is None:
        raise Http404
    return HttpResponse(shown.html)


@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    """Send a mail anew."""
    row = _line(request, pk).row
    again = actions.resend(row, by=request.user)
    messages.success(request, _("The mail to %(person)s is being sent anew.") % {"person": row.recipient.name})
    return redirect("web:message", again.pk)


@require_POST
def confirm_address(request: Request, pk: int) -> HttpResponse:
    """Say that somebody's address works after all."""
    mailbox = get_object_or_404(Mailbox.objects.visible_to(request.user).select_related("user"), pk=pk)
    actions.confirm_address(mailbox, by=request.user)
    messages.success(request, _("Mail goes to %(address)s again.") % {"address": mailbox.user.email})
    return redirect(way_back(request) or reverse("web:message_log"))


def _line(request: Request, pk: int) -> Line:
    return message_log.line(request.user, get_object_or_404(message_log.messages_for(request.user), pk=pk))
