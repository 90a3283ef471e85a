"""The calendar: a month of meetings on a page, and private addresses for calendar programs."""

import hashlib
from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.exchange.calendar import feed_ics
from council.meetings import actions
from council.meetings.models import CalendarFeed
from council.web.forms.calendar import CalendarFilter, FeedForm
from council.web.gathered.months import month, month_of
from council.web.limits import too_often
from council.web.requests import Request
from council.web.submitting import filled, submitted

MOST_A_MINUTE = 120


@require_safe
def calendar(request: Request) -> HttpResponse:
    """What meets when? One month, of one council or of all one sits on."""
    chosen = CalendarFilter(request.GET, user=request.user)
    council = chosen.cleaned_data["council"] if chosen.is_valid() else None
    shown = month(request.user, month_of(request.GET.get("month", "")), council)
    context = {"filter": chosen, "chosen": council, "month": shown}
    return render(request, "calendar/calendar.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: Request) -> HttpResponse:
    """Which calendars read along? A new address is in the answer to the form, and nowhere else."""
    form = filled(FeedForm, request, user=request.user)
    made = submitted(form, partial(actions.create_feed, by=request.user))
    own = CalendarFeed.objects.visible_to(request.user).select_related("council").order_by("-id")
    context = {
        "made": made[0] if made else None,
        "address": feed_address(made[1]) if made else "",
        "form": FeedForm(user=request.user) if made else form,
        "usable": own.filter(revoked_at=None),
        "revoked": own.exclude(revoked_at=None),
    }
    return render(request, "calendar/feeds.html", context)


def feed_address(secret: str) -> str:
    """The whole address a calendar program is given."""
    return f"{settings.SITE_URL}{reverse('web:feed', args=[secret])}"


@require_POST
def revoke(request: Request, pk: UUID) -> HttpResponse:
    """Make an address useless."""
    feed = get_object_or_404(CalendarFeed.objects.visible_to(request.user), pk=pk)
    actions.revoke_feed(feed, by=request.user)
    messages.success(request, _("“%(name)s” no longer reads along.") % {"name": feed.name})
    return redirect("web:calendar_feeds")


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The meetings the owner of an address may see now, for a calendar program; the address is the proof."""
    if too_often(request, "calendar", most=MOST_A_MINUTE):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    found = CalendarFeed.objects.matching(secret).select_related("user", "council").first()
    if found is None:
        raise Http404
    with translation.override(found.user.language):
        text = feed_ics(found.user, found.council)
    actions.note_feed_use(found)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'inline; filename="council.ics"',
        "X-Robots-Tag": "noindex, nofollow",
    }
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
    answer = get_conditional_response(request, etag=tag, response=response)
    return answer if isinstance(answer, HttpResponse) else response
