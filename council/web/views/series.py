"""Meetings that come back: series, copies, templates."""

import datetime as dt
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core.permissions import require
from council.meetings import actions
from council.meetings.models import MeetingTemplate
from council.meetings.rhythm import dates
from council.people.models import Council
from council.web.forms.meetings import CopyForm, FromTemplateForm, SeriesForm, TemplateForm
from council.web.requests import Request
from council.web.submitting import filled, submitted
from council.web.views.meetings import of_meeting, visible_meeting

_form = require_http_methods(["GET", "HEAD", "POST"])


@_form
def plan_series(request: Request, pk: str) -> HttpResponse:
    """Plan meetings that come back: first their days are shown, then they are planned."""
    council = _council(request, pk)
    form = filled(SeriesForm, request, council=council)
    days: list[dt.datetime] = []
    if request.POST.get("step") == "plan":
        if series := submitted(form, partial(actions.plan_series, council, by=request.user)):
            number = series.meetings.count()
            done = ngettext("%(number)d meeting is in preparation.", "%(number)d meetings are in preparation.", number)
            messages.success(request, done % {"number": number})
            return redirect(f"{reverse('web:meetings', args=[council.pk])}?series={series.pk}")
    elif form.is_valid():
        answers = form.cleaned_data
        days = dates(answers["starts_at"], answers["rhythm"], answers["count"])
    context = {"council": council, "place": "meetings", "form": form, "days": days}
    return render(request, "meetings/plan_series.html", context)


@_form
def copy(request: Request, pk: str) -> HttpResponse:
    """Plan another meeting like this one."""
    meeting = visible_meeting(request, pk)
    require(request.user, "meetings.plan_meeting", meeting)
    form = filled(CopyForm, request, initial={"title": meeting.title})
    if copied := submitted(form, partial(actions.copy_meeting, meeting, by=request.user)):
        messages.success(request, _("The copy is in preparation."))
        return redirect(copied)
    return render(request, "meetings/copy.html", {**of_meeting(meeting), "form": form})


@_form
def keep_template(request: Request, pk: str) -> HttpResponse:
    """Keep how a meeting is held, and its agenda, to plan others from."""
    meeting = visible_meeting(request, pk)
    require(request.user, "meetings.plan_meeting", meeting)
    form = filled(TemplateForm, request, initial={"name": meeting.get_kind_display()})
    if template := submitted(form, partial(actions.keep_template, meeting, by=request.user)):
        messages.success(request, _("The template “%(name)s” is kept.") % {"name": template.name})
        return redirect("web:meeting_templates", pk=meeting.council_id)
    return render(request, "meetings/keep_template.html", {**of_meeting(meeting), "form": form})


@require_safe
def templates(request: Request, pk: str) -> HttpResponse:
    """From what can a meeting be planned?"""
    council = _council(request, pk)
    found = MeetingTemplate.objects.visible_to(request.user).filter(council=council)
    return render(request, "meetings/templates.html", {"council": council, "place": "meetings", "templates": found})


@_form
def plan_from_template(request: Request, pk: str) -> HttpResponse:
    """Plan a meeting as a template says."""
    template = _template(request, pk)
    require(request.user, "meetings.plan_meeting", template)
    form = filled(FromTemplateForm, request, initial={"title": template.details.get("title") or template.name})
    if meeting := submitted(form, partial(actions.plan_from_template, template, by=request.user)):
        messages.success(request, _("The meeting is in preparation, with the agenda of the template."))
        return redirect(meeting)
    context = {"council": template.council, "place": "meetings", "template": template, "form": form}
    return render(request, "meetings/plan_from_template.html", context)


@require_POST
def remove_template(request: Request, pk: str) -> HttpResponse:
    """Throw a template away."""
    template = _template(request, pk)
    council, name = template.council_id, template.name
    actions.remove_template(template, by=request.user)
    messages.success(request, _("The template “%(name)s” is gone.") % {"name": name})
    return redirect("web:meeting_templates", pk=council)


def _council(request: Request, pk: str) -> Council:
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "meetings.plan_meeting", council)
    return council


def _template(request: Request, pk: str) -> MeetingTemplate:
    return get_object_or_404(MeetingTemplate.objects.visible_to(request.user).select_related("council"), pk=pk)
