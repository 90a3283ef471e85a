"""Files of a meeting: what there is to take away, and one's own with how far they are."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from council.exchange import actions
from council.exchange.models import Export
from council.meetings.models import Meeting
from council.web.forms.files import MeetingFileForm
from council.web.gathered.files import offered
from council.web.paging import page
from council.web.requests import Request
from council.web.submitting import filled, submitted

SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: Request, pk: UUID) -> HttpResponse:
    """Ask for a document of a meeting; a worker writes it."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("council"), pk=pk)
    form = filled(MeetingFileForm, request)
    if export := submitted(form, partial(actions.request_export, meeting=meeting, by=request.user)):
        return redirect(export)
    own = Export.objects.visible_to(request.user).filter(meeting=meeting)
    context = {
        "meeting": meeting,
        "council": meeting.council,
        "place": "meetings",
        "form": form,
        "offered": offered(request.user, meeting),
        "page": page(request, own, size=SIZE),
    }
    return render(request, "files/files.html", context)
