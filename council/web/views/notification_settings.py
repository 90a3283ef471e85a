"""What I hear of, by which way, and when."""

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.meetings.models import Meeting
from council.notifications import actions, webpush
from council.notifications.digesting import waiting_sentence
from council.notifications.models import Browser, Channel, Mute
from council.notifications.unsubscribing import leave_of
from council.opinions.models import Consultation
from council.people.models import Council, Membership, User
from council.web.browsers import name_of
from council.web.forms.base import Form
from council.web.forms.notification_settings import DigestForm, QuietForm
from council.web.gathered.notification_settings import Switches, rows_of, standing_of
from council.web.limits import too_often
from council.web.requests import Request
from council.web.returning import way_back
from council.web.submitting import submitted

MOST_A_MINUTE = 60
MUTABLE: dict[str, type[Council] | type[Meeting] | type[Consultation]] = {
    "council": Council,
    "meeting": Meeting,
    "consultation": Consultation,
}


@require_safe
def show(request: Request) -> HttpResponse:
    """What do I hear of, why, and by which way?"""
    return _page(request)


def _page(
    request: Request,
    *,
    digest: Form | None = None,
    quiet: Form | None = None,
    posted: Switches | None = None,
    problems: dict[str, list[str]] | None = None,
) -> HttpResponse:
    user = request.user
    habits = model_to_dict(actions.habits_of(user))
    mutes = list(Mute.objects.visible_to(user).select_related("council", "meeting", "consultation").order_by("id"))
    context = {
        "rows": rows_of(user, posted or standing_of(user), problems),
        "channels": list(Channel),
        "digest": digest or DigestForm(initial=habits),
        "quiet": quiet or QuietForm(initial=habits),
        "waiting": waiting_sentence(actions.waiting_for_digest(user)),
        "own": Membership.objects.current().filter(user=user).select_related("council", "organisation"),
        "muted": {mute.council_id for mute in mutes if mute.council_id},
        "mutes": mutes,
        "browsers": Browser.objects.visible_to(user).order_by("-id"),
        "push_key": webpush.public_key(),
    }
    failed = digest or quiet or problems
    return render(request, "notification_settings/settings.html", context, status=422 if failed else 200)


def _saved(request: Request, anchor: str) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('web:notification_settings')}#{anchor}")


@require_POST
def switch(request: Request) -> HttpResponse:
    """Save the switches that were on the form, and no others."""
    standing = standing_of(request.user)
    by_name = {f"{kind}.{channel}": (kind, channel) for kind, channel in standing}
    shown = [by_name[name] for name in request.POST.getlist("shown") if name in by_name]
    choices = {(kind, channel): f"{kind}.{channel}" in request.POST for kind, channel in shown}
    try:
        actions.prefer(by=request.user, choices=choices)
    except ValidationError as error:
        return _page(request, posted={**standing, **choices}, problems=error.message_dict)
    return _saved(request, "switches")


@require_POST
def digest(request: Request) -> HttpResponse:
    """Save how often a digest comes."""
    form = DigestForm(request.POST)
    if submitted(form, partial(actions.change_habits, by=request.user)):
        return _saved(request, "digest")
    return _page(request, digest=form)


@require_POST
def quiet(request: Request) -> HttpResponse:
    """Save when nothing is sent."""
    form = QuietForm(request.POST)
    if submitted(form, partial(actions.change_habits, by=request.user)):
        return _saved(request, "quiet")
    return _page(request, quiet=form)


@require_POST
def mute(request: Request, noun: str, pk: UUID) -> HttpResponse:
    """Hear no more of something, or, where that is so already, hear of it again."""
    if noun not in MUTABLE:
        raise Http404
    rows: QuerySet[Any] = MUTABLE[noun].objects.visible_to(request.user)
    thing = get_object_or_404(rows, pk=pk)
    if request.POST.get("muted") == "no":
        actions.unmute(thing, by=request.user)
        messages.success(request, _("You hear of “%(thing)s” again.") % {"thing": thing})
    else:
        actions.mute(thing, by=request.user)
        messages.success(request, _("Of “%(thing)s” you now hear what is a duty, nothing else.") % {"thing": thing})
    return redirect(way_back(request) or "web:notification_settings")


# --- Browsers that take push messages ---------------------------------------------------------------------------------


@require_POST
def add_browser(request: Request) -> HttpResponse:
    """Let the browser that asks receive push messages; asked by its script."""
    sent = {name: request.POST.get(name, "") for name in ("endpoint", "key", "secret")}
    try:
        actions.add_browser(**sent, name=name_of(request.headers.get("User-Agent", "")), by=request.user)
    except ValidationError as error:
        return JsonResponse({"problems": error.message_dict}, status=400)
    messages.success(request, _("This browser receives push messages now."))
    return HttpResponse(status=204)


@require_POST
def remove_browser(request: Request, pk: UUID) -> HttpResponse:
    """Send no more push messages to a browser."""
    browser = get_object_or_404(Browser.objects.visible_to(request.user), pk=pk)
    actions.remove_browser(browser, by=request.user)
    messages.success(request, _("“%(name)s” receives no more push messages.") % {"name": browser.name})
    return redirect(f"{reverse('web:notification_settings')}#push")


@login_not_required
@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows push messages while no page is open; at the top, so that it may open every page."""
    response = render(request, "notification_settings/push-worker.js", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


# --- Leaving, from a mail -----------------------------------------------------------------------------------------------


@login_not_required
@csrf_exempt  # the word in the address is the proof; a mailbox provider has neither a cookie nor a form of ours (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Leave what a mail came by, and come back. Looking changes nothing, because mail scanners look."""
    if too_often(request, "unsubscribe", most=MOST_A_MINUTE):
        return _unfound(render(request, "429.html", status=429))
    what = leave_of(token)
    reader = User.objects.filter(pk=what.user).first() if what else None
    if what is None or reader is None:
        raise Http404
    if request.method == "POST":
        if "again" in request.POST:
            actions.come_back(what)
        else:
            actions.leave(what)
        if "List-Unsubscribe" in request.POST:
            return _unfound(HttpResponse(status=204))
        return _unfound(redirect("web:unsubscribe", token))
    with translation.override(reader.language):
        context = {"what": what, "reader": reader, "left": actions.has_left(what), "site": settings.SITE_URL}
        response = render(request, "notification_settings/unsubscribe.html", context)
        response["Content-Language"] = reader.language
    return _unfound(response)


def _unfound(response: HttpResponse) -> HttpResponse:
    """A page for who has the link alone: in no index, and its address is told to nobody."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
