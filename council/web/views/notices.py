"""What I was told."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.notifications import actions
from council.notifications.announcements import verbs_of
from council.notifications.messages import notices as in_words
from council.notifications.models import Kind, Notification
from council.web.paging import page
from council.web.requests import Request
from council.web.returning import way_back


@require_safe
def notices(request: Request) -> HttpResponse:
    """What have I been told, and what of it have I not read?"""
    told = Notification.objects.visible_to(request.user).on_screen().select_related("entry__target_type")
    kind, unread = _kind(request), "unread" in request.GET
    if kind:
        told = told.filter(entry__verb__in=verbs_of(kind))
    shown = page(request, told.unread() if unread else told)
    context = {
        "notices": in_words(request.user, shown.rows),
        "next_url": shown.next_url,
        "kinds": Kind,
        "kind": kind,
        "only_unread": unread,
    }
    return render(request, "notices/notices.html", context)


def _kind(request: Request) -> Kind | None:
    """The kind the list is narrowed to."""
    name = request.GET.get("kind") or request.POST.get("kind", "")
    if not name:
        return None
    if name not in Kind.values:
        raise Http404
    return Kind(name)


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: Request, pk: int) -> HttpResponse:
    """Go to what a notice is about; by POST it is marked as read on the way. Looking ahead, as browsers do, marks nothing."""
    told = Notification.objects.visible_to(request.user).on_screen().select_related("entry__target_type")
    notification = get_object_or_404(told, pk=pk)
    if request.method == "POST":
        actions.read(notification, by=request.user)
        if "stay" in request.POST:
            return redirect(way_back(request) or "web:notices")
    [notice] = in_words(request.user, [notification])
    return redirect(notice.path or "web:notices")


@require_POST
def keep(request: Request, pk: int) -> HttpResponse:
    """Mark a notice as unread, to come back to it."""
    notification = get_object_or_404(Notification.objects.visible_to(request.user).on_screen(), pk=pk)
    actions.keep(notification, by=request.user)
    return redirect(way_back(request) or "web:notices")


@require_POST
def read_all(request: Request) -> HttpResponse:
    """Mark everything as read, or everything of a kind."""
    kind = _kind(request)
    number = actions.read_all(by=request.user, kind=kind or "")
    text = ngettext("%(number)d notice marked as read.", "%(number)d notices marked as read.", number)
    messages.success(request, text % {"number": number} if number else _("There was nothing unread."))
    return redirect(f"{reverse('web:notices')}?kind={kind}" if kind else "web:notices")
