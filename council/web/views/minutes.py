"""Minutes: drafted, written by several at once, circulated, corrected, approved, read."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core import clock
from council.core.permissions import require
from council.decisions import actions, drafting
from council.decisions.models import Correction, Minutes, Section
from council.decisions.models.minutes import attendees, of_own
from council.documents.comparison import compare
from council.meetings.models import Meeting
from council.web import presence
from council.web.forms.minutes import AnnexForm, CorrectionForm, DecisionOnCorrectionForm, RecallForm, SectionForm
from council.web.gathered.minutes import page_of
from council.web.requests import Request
from council.web.submitting import filled, seen_revision, submitted

_form = require_http_methods(["GET", "HEAD", "POST"])


# --- Reading ---------------------------------------------------------------------------------------------------------


@require_safe
def minutes(request: Request, pk: UUID) -> HttpResponse:
    """Is this what was said?"""
    found = _visible(request).filter(meeting=pk).first()
    if found is None:
        meeting = _meeting(request, pk)
        if not request.user.has_perm("decisions.write_minutes", meeting):
            raise Http404
        return render(request, "minutes/none.html", _inside(meeting))
    page = {**_inside(found.meeting), "minutes": found, **page_of(found, request.user)}
    return render(request, "minutes/minutes.html", page)


@require_POST
def draft(request: Request, pk: UUID) -> HttpResponse:
    """Draft the minutes of a meeting from what happened."""
    drafted = actions.draft_minutes(_meeting(request, pk), by=request.user)
    messages.success(request, _("The minutes are drafted. Only those who run the council see them so far."))
    return redirect(drafted)


# --- Writing ---------------------------------------------------------------------------------------------------------


@_form
def section(request: Request, pk: UUID) -> HttpResponse:
    """Write a section; what someone else saved meanwhile is shown beside what was typed."""
    section = _section(request, pk)
    require(request.user, "decisions.write_minutes", section)
    initial = {"text": section.text, "closed": section.closed}
    form = filled(SectionForm, request, initial=initial)
    seen = seen_revision(request)
    if submitted(form, partial(actions.revise_section, section, revision=seen, by=request.user)):
        messages.success(request, _("“%(section)s” is saved.") % {"section": section.heading})
        return redirect(section)
    section = _section(request, pk)
    fresh = drafting.draft(section)
    page = {
        **_inside(section.minutes.meeting),
        "minutes": section.minutes,
        "section": section,
        "form": form,
        "newer": _newer(section, form) if seen not in (None, section.revision) else None,
        "came_since": drafting.came_since(section.drafted, fresh),
        "fresh": fresh if fresh != section.text else "",
        "spans": compare(section.text, fresh),
        "names": _others(request, section),
    }
    return render(request, "minutes/section.html", page, status=422 if form.is_bound else 200)


@require_POST
def keep_section(request: Request, pk: UUID) -> JsonResponse:
    """Save what is being typed; or say why not, with the newer text where someone else was faster."""
    section = _section(request, pk)
    require(request.user, "decisions.write_minutes", section)
    form = filled(SectionForm, request)
    act = partial(actions.revise_section, section, revision=seen_revision(request), while_typing=True, by=request.user)
    if kept := submitted(form, act):
        said = _("Saved %(time)s") % {"time": f"{clock.now().astimezone(clock.SEOUL):%H:%M}"}
        return JsonResponse({"said": said, "revision": kept.revision})
    reasons = " ".join(str(sentence) for errors in form.errors.values() for sentence in errors)
    answer: dict[str, Any] = {"said": _("Not saved: %(reasons)s") % {"reasons": reasons}}
    section = _section(request, pk)
    if seen_revision(request) in (None, section.revision):
        return JsonResponse(answer, status=422)
    newer = render_to_string("minutes/_newer.html", {"newer": _newer(section, form)}, request)
    return JsonResponse(answer | {"revision": section.revision, "newer": newer}, status=409)


@require_POST
def present_in_section(request: Request, pk: UUID) -> HttpResponse:
    """Say that one still has a section open, and hear who else has."""
    section = _section(request, pk)
    require(request.user, "decisions.write_minutes", section)
    return render(request, "board/_present.html", {"names": _others(request, section)})


@require_POST
def redraft_section(request: Request, pk: UUID) -> HttpResponse:
    """Take in what happened since a section was drafted."""
    section = actions.redraft_section(_section(request, pk), by=request.user)
    messages.success(request, _("What came since is in the text. What was written stays."))
    return redirect("web:section", section.pk)


@require_safe
def section_history(request: Request, pk: UUID) -> HttpResponse:
    """How a section came to read as it does: each revision with what it changed, the newest first."""
    section = _section(request, pk)
    require(request.user, "decisions.write_minutes", section)
    revisions = list(section.revisions.select_related("by").order_by("revision"))
    before = ["", *(each.text for each in revisions)]
    steps = [(each, compare(old, each.text)) for each, old in zip(revisions, before, strict=False)]
    page = {**_inside(section.minutes.meeting), "minutes": section.minutes, "section": section, "steps": steps[::-1]}
    return render(request, "minutes/history.html", page)


# --- From draft to record --------------------------------------------------------------------------------------------


@require_POST
def circulate(request: Request, pk: UUID) -> HttpResponse:
    """Give the draft to those who were there."""
    done = actions.circulate(_minutes(request, pk), by=request.user)
    messages.success(request, _("The minutes are circulated. Those who were there can ask for corrections."))
    return redirect(done)


@_form
def recall(request: Request, pk: UUID) -> HttpResponse:
    """Take circulated minutes back into work."""
    minutes = _minutes(request, pk)
    require(request.user, "decisions.circulate_minutes", minutes)
    form = filled(RecallForm, request)
    if submitted(form, partial(actions.recall, minutes, by=request.user)):
        messages.success(request, _("The minutes are a draft again."))
        return redirect(minutes)
    return render(request, "minutes/recall.html", {**_inside(minutes.meeting), "minutes": minutes, "form": form})


@require_POST
def confirm(request: Request, pk: UUID) -> HttpResponse:
    """Say that one has nothing to correct."""
    done = actions.confirm_minutes(_minutes(request, pk), by=request.user)
    messages.success(request, _("Thank you. You can still ask for corrections as long as they are taken."))
    return redirect("web:home" if request.POST.get("from") == "home" else done)


@_form
def request_correction(request: Request, pk: UUID) -> HttpResponse:
    """Ask that a sentence be put otherwise."""
    section = _section(request, pk)
    require(request.user, "decisions.correct_minutes", section)
    own = attendees(section.minutes.meeting).filter(of_own(request.user))
    own = own.select_related("membership__user", "membership__organisation")
    form = filled(CorrectionForm, request, invitations=own, initial={"quote": request.GET.get("quote", "")[:5000]})
    if submitted(form, partial(actions.request_correction, section, by=request.user)):
        messages.success(request, _("Your correction is with the secretary. You will be told what becomes of it."))
        return redirect(section)
    page = {**_inside(section.minutes.meeting), "minutes": section.minutes, "section": section, "form": form}
    return render(request, "minutes/correct.html", page)


@_form
def decide_correction(request: Request, pk: UUID) -> HttpResponse:
    """Decide on a correction, with an answer."""
    corrections = Correction.objects.visible_to(request.user).select_related(
        "section__minutes__meeting__council", "requested_by", "invitation__membership__organisation"
    )
    correction = get_object_or_404(corrections, pk=pk)
    require(request.user, "decisions.decide_correction", correction)
    section = correction.section
    proposed = actions.as_corrected(correction)
    initial = {"text": proposed or section.text, "revision": section.revision}
    if proposed:
        initial["state"] = Correction.State.ACCEPTED
    form = filled(DecisionOnCorrectionForm, request, initial=initial)
    if submitted(form, partial(actions.decide_correction, correction, by=request.user)):
        messages.success(request, _("The correction is decided."))
        return redirect(section)
    if form.is_bound:  # on the newest text from now on
        form.data = {**form.data, "revision": str(section.revision)}
    page = {
        **_inside(section.minutes.meeting),
        "minutes": section.minutes,
        "section": _section(request, section.pk),
        "correction": correction,
        "spans": compare(correction.quote, correction.proposed),
        "form": form,
    }
    return render(request, "minutes/decide.html", page)


@require_POST
def approve(request: Request, pk: UUID) -> HttpResponse:
    """Approve and lock the minutes."""
    done = actions.approve_minutes(_minutes(request, pk), by=request.user)
    messages.success(request, _("The minutes are approved and locked."))
    return redirect(done)


@_form
def add_annex(request: Request, pk: UUID) -> HttpResponse:
    """Correct approved minutes by an annex."""
    minutes = _minutes(request, pk)
    require(request.user, "decisions.add_annex", minutes)
    form = filled(AnnexForm, request)
    if annex := submitted(form, partial(actions.add_annex, minutes, by=request.user)):
        messages.success(request, _("Annex %(number)d is added.") % {"number": annex.number})
        return redirect(annex)
    return render(request, "minutes/annex.html", {**_inside(minutes.meeting), "minutes": minutes, "form": form})


# --- Helpers ---------------------------------------------------------------------------------------------------------


def _meeting(request: Request, pk: UUID) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user).select_related("council"), pk=pk)


def _visible(request: Request) -> Any:
    return Minutes.objects.visible_to(request.user).select_related("meeting__council__operator", "approved_by")


def _minutes(request: Request, pk: UUID) -> Minutes:
    found: Minutes = get_object_or_404(_visible(request), meeting=pk)
    return found


def _section(request: Request, pk: UUID) -> Section:
    related = "minutes__meeting__council__operator", "item__meeting"
    return get_object_or_404(Section.objects.visible_to(request.user).select_related(*related), pk=pk)


def _inside(meeting: Meeting) -> dict[str, Any]:
    return {"council": meeting.council, "place": "meetings", "meeting": meeting}


def _newer(section: Section, form: SectionForm) -> dict[str, Any]:
    """The text as someone else saved it, the one typed here, and the words in which they differ."""
    typed = form.data.get("text", "").replace("\r\n", "\n")
    last = section.revisions.select_related("by").order_by("-revision").first()
    return {"text": section.text, "typed": typed, "spans": compare(section.text, typed), "last": last}


def _others(request: Request, section: Section) -> list[str]:
    presence.arrive(section.pk, request.user)
    return presence.others([section.pk], request.user).get(section.pk, [])
