"""The language of a page, and what a page says when something cannot be done."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers

from council.core.errors import Refused
from council.web import acting
from council.web.beginning import Begun, compressed
from council.web.returning import way_back

SENT_COOKIE = "sent"

GetResponse = Callable[[HttpRequest], HttpResponse]


class CompressionMiddleware(GZipMiddleware):
    """Sends pages and data compressed, their length blurred against BREACH; files go as they are."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is not streamed, and the pieces of a page each by itself."""
        if not isinstance(response, Begun):
            return response if response.streaming else super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Encoding",))
        if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
            response.streaming_content = compressed(iter(response), blur=self.max_random_bytes)
            response.headers["Content-Encoding"] = "gzip"
        return response


class LanguageMiddleware:
    """Korean, unless someone chose English: in their account, or by a cookie before logging in.

    What the browser asks for is no choice: many offices in Korea run browsers that ask for English. Stands behind
    the authentication middleware, because the account decides first.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the chosen language, and tell caches that the choice stands in a cookie."""
        language = _chosen_language(request)
        with translation.override(language):
            response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response


class SeatsMiddleware:
    """Reads the seats of whoever is logged in before a page asks about them, which every page does many times."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Only once a view was found that answers."""
        if request.method in acting.SAFE:
            acting.memberships(request)


class SentBack(HttpResponseRedirect):
    """Back to the page a refused form came from; 303, so that it is fetched anew."""

    status_code = HTTPStatus.SEE_OTHER


class RefusalMiddleware:
    """Turns what cannot be done into words on the page one was on; a refusal is never an error page.

    A plain form is sent back where it came from, with the message; htmx receives the message alone, under the status
    that says what it is: 409 refused, 403 not allowed, 401 no longer logged in.

    A form that keeps what is typed (``data-keep``) sends along under which name; the cookie set here tells the page
    that follows that this was received and may be forgotten.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through; look at what comes back."""
        response = self.get_response(request)
        if _is_htmx(request) and _leads_to_login(response):
            return _message_alone(request, HTTPStatus.UNAUTHORIZED)
        if request.method == "POST" and _was_received(response) and (name := request.POST.get("kept")):
            response.set_cookie(SENT_COOKIE, name[:200], max_age=60, samesite="Lax")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal, and a missing permission where htmx asked; leave the rest to Django."""
        if isinstance(exception, PermissionDenied) and _is_htmx(request):
            return _message_alone(request, HTTPStatus.FORBIDDEN, permission=str(exception))
        if not isinstance(exception, Refused):
            return None
        if _is_htmx(request):
            return _message_alone(request, HTTPStatus.CONFLICT, refusal=exception)
        if request.method == "POST" and (page := way_back(request)):
            messages.error(request, render_to_string("components/refusal.html", {"refusal": exception}))
            return SentBack(page)
        return render(request, "refused.html", {"refusal": exception}, status=HTTPStatus.CONFLICT)


def _chosen_language(request: HttpRequest) -> str:
    account = request.user.language if request.user.is_authenticated else None
    wanted = account or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _leads_to_login(response: HttpResponse) -> bool:
    return response.headers.get("Location", "").startswith(resolve_url(settings.LOGIN_URL))


def _was_received(response: HttpResponse) -> bool:
    is_redirect = response.status_code in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)
    return is_redirect and not isinstance(response, SentBack) and not _leads_to_login(response)


def _message_alone(request: HttpRequest, status: HTTPStatus, **context: object) -> HttpResponse:
    response = render(request, "components/htmx_message.html", {"status": status, **context}, status=status)
    response["HX-Retarget"] = "#messages"
    response["HX-Reswap"] = "innerHTML show:#messages:top"
    return response
