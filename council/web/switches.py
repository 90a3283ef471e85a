"""The switches in the frame: language, contrast, and for whom one speaks. Each is a POST that leads back to its page."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from council.people import actions
from council.people.models import User
from council.web import acting
from council.web.returning import way_back

CONTRAST_COOKIE = "contrast"
_YEAR = 60 * 60 * 24 * 365


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read on in another language; kept in the account, or in a cookie before logging in."""
    code = request.POST.get("language", "")
    if code not in User.Language.values:
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        actions.change_profile(request.user, language=code)
    response = _back(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, _YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
    return response


@login_not_required
@require_POST
def contrast(request: HttpRequest) -> HttpResponse:
    """Switch between the light and the high-contrast display, on this device."""
    high = request.POST.get("contrast") == "high"
    response = _back(request)
    response.set_cookie(
        CONTRAST_COOKIE, "high" if high else "light", _YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
    return response


@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """Speak for another of one's organisations."""
    organisation = acting.act_for(request, request.POST.get("organisation", ""))
    if organisation is None:
        return HttpResponseBadRequest()
    messages.success(request, _("You now act for %(organisation)s.") % {"organisation": organisation})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    response = HttpResponseRedirect(way_back(request) or resolve_url("web:home"))
    response.status_code = 303
    return response
