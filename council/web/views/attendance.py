"""Who is there: by seat, at the door, by oneself."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core.permissions import require
from council.meetings import actions, door
from council.meetings.models import Attendance, Meeting
from council.meetings.places import attending, places, takes_attendance
from council.meetings.quorum import quorum
from council.web.forms.running import GuestForm
from council.web.gathered import running as gathered
from council.web.requests import Request
from council.web.states import Here
from council.web.submitting import filled, submitted
from council.web.views.meetings import of_meeting, visible_meeting

_MODE = Attendance.Mode


# --- By seat ---------------------------------------------------------------------------------------------------------


@require_safe
def attendance(request: Request, pk: UUID) -> HttpResponse:
    """Who is there, and is that enough?"""
    meeting = _meeting(request, pk)
    return render(request, "running/attendance.html", _attendance(request, meeting, GuestForm(meeting=meeting)))


def _attendance(request: Request, meeting: Meeting, form: GuestForm) -> dict[str, object]:
    return {
        **of_meeting(meeting),
        **gathered.attendance(request.user, meeting),
        "form": form,
        "own": attending(request.user, meeting),
        "takes_attendance": takes_attendance(meeting),
        "may_note": request.user.has_perm("meetings.note_attendance", meeting),
    }


@require_POST
def note(request: Request, pk: UUID) -> HttpResponse:
    """Note one seat, with one tap: in the room, by video, the member in person, has left, not there."""
    invitations = gathered.invitations(request.user, _meeting(request, pk))
    invitation = get_object_or_404(
        invitations.select_related("meeting__council", "meeting__current_item"), pk=_id(request)
    )
    tapped = request.POST.get("here", "")
    if tapped == Here.LEFT:
        row = get_object_or_404(Attendance.objects.select_related("meeting", "invitation"), invitation=invitation)
        actions.check_out(row, by=request.user)
    else:
        mode = _MODE.ONLINE if tapped == Here.ONLINE else _MODE.IN_PERSON
        who = {"alternate": request.POST["who"] == "alternate"} if request.POST.get("who") else {}
        actions.note_attendance(invitation, present=tapped != Here.ABSENT, mode=mode, by=request.user, **who)
    meeting = invitation.meeting
    if not request.htmx:
        return redirect(f"{reverse('web:attendance', args=[meeting.pk])}#seat-{invitation.pk}")
    shown = {"line": gathered.line(invitation), "quorum": quorum(meeting, meeting.current_item), "may_note": True}
    return render(request, "running/_noted.html", {**of_meeting(meeting), **shown})


def _id(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("invitation", ""))
    except ValueError as error:
        raise Http404 from error


@require_POST
def note_all(request: Request, pk: UUID) -> HttpResponse:
    """Note everyone who said they would come."""
    meeting = _meeting(request, pk)
    expected = [line.invitation for line in gathered.attendance(request.user, meeting)["expected"]]
    noted = len(actions.note_all(meeting, invitations=expected, by=request.user))
    said = ngettext("%(n)d person is noted as there.", "%(n)d people are noted as there.", noted)
    messages.success(request, said % {"n": noted})
    return redirect("web:attendance", meeting.pk)


@require_POST
def add_guest(request: Request, pk: UUID) -> HttpResponse:
    """Note someone who is there without an invitation."""
    meeting = _meeting(request, pk)
    require(request.user, "meetings.note_attendance", meeting)
    form = filled(GuestForm, request, meeting=meeting)
    if guest := submitted(form, partial(actions.add_guest, meeting, by=request.user)):
        messages.success(request, _("%(name)s is noted as a guest.") % {"name": guest.name})
        return _to_guests(meeting)
    return render(request, "running/attendance.html", _attendance(request, meeting, form), status=422)


@require_POST
def remove_guest(request: Request, pk: UUID) -> HttpResponse:
    """Take a guest off the list."""
    guest = _row(request, pk)
    actions.remove_guest(guest, by=request.user)
    return _to_guests(guest.meeting)


@require_POST
def check_out(request: Request, pk: UUID) -> HttpResponse:
    """Note that one, or someone, has left."""
    row = actions.check_out(_row(request, pk), by=request.user)
    messages.success(request, _("%(name)s has left.") % {"name": row.name})
    return _to_guests(row.meeting) if row.invitation_id is None else redirect("web:attendance", row.meeting_id)


def _row(request: Request, pk: UUID) -> Attendance:
    rows = Attendance.objects.visible_to(request.user).select_related("meeting__council", "invitation__membership")
    return get_object_or_404(rows, pk=pk)


def _to_guests(meeting: Meeting) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('web:attendance', args=[meeting.pk])}#guests")


@require_safe
def sign_in_list(request: Request, pk: UUID) -> HttpResponse:
    """A list to print and sign."""
    meeting = _meeting(request, pk)
    require(request.user, "meetings.note_attendance", meeting)
    context = {**of_meeting(meeting), **gathered.attendance(request.user, meeting), "blank": range(5)}
    return render(request, "running/sign_in_list.html", context)


# --- At the door -----------------------------------------------------------------------------------------------------


@require_safe
def at_door(request: Request, pk: UUID) -> HttpResponse:
    """The code to scan, on a screen a new one every minute, or one for the day to print."""
    meeting = _meeting(request, pk)
    require(request.user, "meetings.note_attendance", meeting)
    printed = "printed" in request.GET
    code = door.code_of_the_day(meeting) if printed else door.code(meeting)
    context = {**of_meeting(meeting), "qr": gathered.code_to_scan(meeting, code), "printed": printed}
    template = "running/_door.html" if request.htmx else "running/door.html"
    return render(request, template, {**context, "quorum": quorum(meeting, meeting.current_item)})


@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: Request, pk: UUID) -> HttpResponse:
    """Say with one button that one is there; who scanned the code comes here with it."""
    meeting = _meeting(request, pk)
    require(request.user, "meetings.check_in", meeting)
    code = request.POST.get("code", request.GET.get("code", ""))[:100]
    if request.method == "POST":
        if code:
            actions.check_in_at_door(meeting, code, by=request.user)
        else:
            actions.check_in(meeting, mode=_mode(request), by=request.user)
        messages.success(request, _("You are checked in. Welcome."))
        return redirect("web:live" if meeting.state == Meeting.State.RUNNING else "web:meeting", meeting.pk)
    context = {
        "code": code,
        "is_taken": not code or door.is_valid(meeting, code),
        "seat": places(request.user, meeting)[0],
        "own": attending(request.user, meeting),
        "takes_attendance": takes_attendance(meeting),
    }
    return render(request, "running/check_in.html", {**of_meeting(meeting), **context})


def _mode(request: Request) -> str:
    return _MODE.ONLINE if request.POST.get("mode") == _MODE.ONLINE else _MODE.IN_PERSON


def _meeting(request: Request, pk: UUID) -> Meeting:
    """A meeting whose attendance one may see: of a closed one those entitled; a written review has none."""
    meeting = visible_meeting(request, str(pk))
    seen = Meeting.objects.entitled_to(request.user) if meeting.closed else Meeting.objects.all()
    held = seen.exclude(kind=Meeting.Kind.WRITTEN).exclude(convened_at=None)
    if not held.filter(pk=meeting.pk).exists():
        raise Http404
    return meeting
