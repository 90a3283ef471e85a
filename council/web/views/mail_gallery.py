"""Every mail there is, to be looked at: Korean and English, as it looks and as plain text."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from council.core.permissions import require
from council.notifications import gallery as mails
from council.notifications.log import Preview
from council.web.requests import Request
from council.web.views.message_log import framed, framing


@require_safe
@framing
def gallery(request: Request) -> HttpResponse:
    """How does what we send look? All of it from sample data; one at a time, since a page of sixty frames is none."""
    require(request.user, "notifications.review_mails")
    samples = list(mails.samples())
    chosen = request.GET.get("mail") or samples[0].name
    language = request.GET.get("language") or translation.get_language()
    context = {
        "samples": samples,
        "chosen": next((each for each in samples if each.name == chosen), samples[0]),
        "spoken": language,
        "languages": mails.LANGUAGES,
        "shown": _sample(chosen, language),
    }
    return render(request, "messages_sent/gallery.html", context)


@require_safe
@framed
@xframe_options_sameorigin
def mail(request: Request, name: str, language: str) -> HttpResponse:
    """One sample, for its frame."""
    require(request.user, "notifications.review_mails")
    return HttpResponse(_sample(name, language).html)


def _sample(name: str, language: str) -> Preview:
    if language not in mails.LANGUAGES:
        raise Http404
    try:
        return mails.sample(name, language)
    except KeyError as error:
        raise Http404 from error
