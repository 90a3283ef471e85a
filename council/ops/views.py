"""The operator's pages: is it up, is it ready, and, in the embedded run, which mails went out."""

from email.message import EmailMessage

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from council.notifications import folder
from council.ops import health


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up and answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations, broker and worker are there; 503 with what is not."""
    faults = health.faults()
    return JsonResponse({"ready": not faults, "faults": faults}, status=503 if faults else 200)


@login_not_required
@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """For developers: the mails of the embedded run. Not there where mail is really sent."""
    if settings.MAIL_FOLDER is None:
        raise Http404
    to = request.GET.get("to", "")
    found = [{"mail": mail, "text": _text(mail)} for mail in folder.mails(to=to)]
    return render(request, "ops/mails.html", {"mails": found, "to": to})


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain",))
    return body.get_content() if body else ""
