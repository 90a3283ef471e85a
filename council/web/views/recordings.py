"""Recordings of a meeting: heard from an item on, searched by their transcript, added, released, removed."""

import re
from collections.abc import Iterator
from functools import partial
from typing import IO, Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core.permissions import require
from council.decisions import actions
from council.decisions.models import Recording
from council.meetings.models import Meeting
from council.web.forms.minutes import RecallForm, RecordingForm, TranscriptForm
from council.web.gathered.recordings import recordings_of
from council.web.requests import Request
from council.web.submitting import filled, submitted

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
CHUNK = 64 * 1024
_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def recordings(request: Request, pk: UUID) -> HttpResponse:
    """What was said when?"""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("council"), pk=pk)
    words, item = request.GET.get("q", "").strip()[:100], request.GET.get("item", "")[:12]
    heard = recordings_of(meeting, request.user, words=words, item=item)
    keeps = request.user.has_perm("decisions.keep_recording", meeting)
    if not heard and not keeps:
        raise Http404
    page = {**_inside(meeting), "heard": heard, "keeps": keeps, "words": words, "item": item}
    return render(request, "minutes/recordings.html", page)


@_form
def add_recording(request: Request, pk: UUID) -> HttpResponse:
    """Keep a recording, as a file or an address."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("council"), pk=pk)
    require(request.user, "decisions.keep_recording", meeting)
    form = filled(RecordingForm, request)
    if recording := submitted(form, partial(actions.add_recording, meeting, by=request.user)):
        messages.success(request, _("The recording is kept. Only those who run the council hear it so far."))
        return redirect(recording)
    return render(request, "minutes/add_recording.html", {**_inside(meeting), "form": form})


@_form
def read_transcript(request: Request, pk: UUID) -> HttpResponse:
    """Read a transcript; lines that cannot be read are named."""
    recording = _recording(request, pk)
    require(request.user, "decisions.keep_recording", recording)
    form = filled(TranscriptForm, request)
    if done := submitted(form, partial(actions.read_transcript, recording, by=request.user)):
        said = _("%(number)d lines of the transcript are linked to the agenda.")
        messages.success(request, said % {"number": done.lines.count()})
        return redirect(done)
    page = {**_inside(recording.meeting), "recording": recording, "form": form}
    return render(request, "minutes/transcript.html", page)


@require_POST
def release_recording(request: Request, pk: UUID) -> HttpResponse:
    """Open a recording to those who were invited."""
    done = actions.release_recording(_recording(request, pk), by=request.user)
    messages.success(request, _("The recording is released to everyone who was invited."))
    return redirect(done)


@_form
def remove_recording(request: Request, pk: UUID) -> HttpResponse:
    """Remove a recording with its transcript, with a reason."""
    recording = _recording(request, pk)
    require(request.user, "decisions.keep_recording", recording)
    form = filled(RecallForm, request)
    if form.is_valid():
        actions.remove_recording(recording, by=request.user, **form.cleaned_data)
        messages.success(request, _("The recording is removed."))
        return redirect("web:recordings", recording.meeting_id)
    page = {**_inside(recording.meeting), "recording": recording, "form": form}
    return render(request, "minutes/remove_recording.html", page)


@require_safe
def recording_file(request: Request, pk: UUID) -> HttpResponseBase:
    """A recording for the browser's player, from any place in it on (RFC 9110, 14)."""
    playable = Recording.objects.playable_by(request.user).select_related("attachment")
    recording = get_object_or_404(playable, pk=pk, attachment__isnull=False)
    attachment: Any = recording.attachment
    size = attachment.file.size
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    response: HttpResponseBase
    if asked is None or not any(asked.groups()):
        response = FileResponse(attachment.file.open("rb"), content_type=attachment.media_type)
    else:
        first, last = _span(asked[1], asked[2], size)
        if first >= size or first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        response = StreamingHttpResponse(
            _part(attachment.file.open("rb"), first, last - first + 1), status=206, content_type=attachment.media_type
        )
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte asked for; a number alone behind the dash asks for the end."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(file: IO[bytes], first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


def _recording(request: Request, pk: UUID) -> Recording:
    recordings = Recording.objects.visible_to(request.user).select_related("meeting__council", "attachment")
    return get_object_or_404(recordings, pk=pk)


def _inside(meeting: Meeting) -> dict[str, Any]:
    return {"council": meeting.council, "place": "meetings", "meeting": meeting}
