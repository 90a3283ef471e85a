"""What I was told."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.notifications import actions
from council.notifications.messages import notices as in_words
from council.notifications.models import Notification
from council.web.paging import page
from council.web.requests import Request


@require_safe
def notices(request: Request) -> HttpResponse:
    """What have I been told, and what of it have I not read?"""
    told = Notification.objects.visible_to(request.user).on_screen().select_related("entry__target_type")
    shown = page(request, told)
    context = {"notices": in_words(request.user, shown.rows), "next_url": shown.next_url}
    return render(request, "notices/notices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: Request, pk: int) -> HttpResponse:
    """Go to what a notice is about; by POST it is marked as read on the way."""
    told = Notification.objects.visible_to(request.user).on_screen().select_related("entry__target_type")
    notification = get_object_or_404(told, pk=pk)
    if request.method == "POST":
        actions.read(notification, by=request.user)
    [notice] = in_words(request.user, [notification])
    return redirect(notice.path or "web:notices")


@require_POST
def read_all(request: Request) -> HttpResponse:
    """Mark everything as read."""
    number = actions.read_all(by=request.user)
    text = ngettext("%(number)d notice marked as read.", "%(number)d notices marked as read.", number)
    messages.success(request, text % {"number": number} if number else _("There was nothing unread."))
    return redirect("web:notices")
