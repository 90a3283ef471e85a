"""A council: what it is doing now, and who sits on it."""

from collections import Counter
from functools import partial
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, QuerySet
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core import clock
from council.core.models import Sector
from council.core.permissions import require
from council.meetings.models import Invitation, Meeting
from council.opinions.models import Consultation
from council.people import actions
from council.people.models import Council, Membership, Subcommittee, User
from council.web.forms.councils import AppointForm, DismissForm, RulesForm, SectorFilter, free_seats
from council.web.gathered.turnout import Turnout, turnout, with_figures
from council.web.requests import Request
from council.web.submitting import filled, submitted


@require_safe
def council(request: Request, pk: str) -> HttpResponse:
    """What is this council doing now?"""
    council = get_object_or_404(Council.objects.visible_to(request.user).select_related("operator"), pk=pk)
    meeting = Meeting.objects.visible_to(request.user).upcoming().filter(council=council).first()
    own = Invitation.objects.visible_to(request.user).filter(meeting=meeting, membership__user=request.user)
    context = {
        "council": council,
        "place": "council",
        "may_revise_rules": request.user.has_perm("people.revise_rules", council),
        "meeting": meeting,
        "invitations": own.select_related("membership__organisation") if meeting else [],
        "turnout": _current_consultation(request.user, council),
        "subcommittees": Subcommittee.objects.visible_to(request.user)
        .filter(council=council)
        .annotate(size=Count("members")),
        **_composition(council),
    }
    return render(request, "councils/council.html", context)


def _current_consultation(user: User, council: Council) -> Turnout | None:
    """The one that takes opinions the longest, or else the last one that did."""
    opened = Consultation.objects.visible_to(user).filter(council=council, opened_at__isnull=False)
    by_end = opened.annotate(until=Max("phases__closes_at")).order_by("-until", "-id").prefetch_related("phases")
    last = with_figures(by_end).first()
    return turnout(last) if last else None


def _composition(council: Council) -> dict[str, Any]:
    """How many people and organisations sit there, and how many seats each sector holds."""
    current = Membership.objects.current().filter(council=council, user__is_system=False).order_by()
    rows = list(current.values_list("user", "organisation", "sector", "seat"))
    seats = Counter(sector for _user, _organisation, sector, seat in rows if seat)
    return {
        "people": len({user for user, *_rest in rows}),
        "organisations": len({organisation for _user, organisation, *_rest in rows}),
        "sectors": [(Sector(sector).label, number) for sector, number in seats.most_common()],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def revise_rules(request: Request, pk: str) -> HttpResponse:
    """By which rules does this council work?"""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "people.revise_rules", council)
    form = filled(RulesForm, request, initial=model_to_dict(council, actions.RULES))
    if submitted(form, partial(actions.revise_rules, council, by=request.user)):
        messages.success(request, _("The rules have been changed."))
        return redirect(council)
    return render(request, "councils/revise_rules.html", {"council": council, "place": "council", "form": form})


@require_safe
def members(request: Request, pk: str) -> HttpResponse:
    """Who sits here, for whom, until when?"""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    chosen = SectorFilter(request.GET)
    sector = chosen.cleaned_data["sector"] if chosen.is_valid() else ""
    everyone = Membership.objects.visible_to(request.user).filter(council=council)
    everyone = everyone.select_related("user__mailbox", "organisation__region", "seat").prefetch_related(
        "subcommittees"
    )
    current = list(everyone.current())
    may_appoint = request.user.has_perm("people.appoint", council)
    context = {
        "council": council,
        "place": "members",
        "filter": chosen,
        "groups": _by_sector(each for each in current if sector in ("", each.sector)),
        "people": len({each.user_id for each in current if not each.user.is_system}),
        "organisations": len({each.organisation_id for each in current if not each.user.is_system}),
        "may_appoint": may_appoint,
        "may_read_log": request.user.has_perm("notifications.read_log", council),
        "may_name_coordinator": request.user.has_perm("people.name_coordinator", council),
        "free": len(free_seats(council)) if may_appoint else 0,
        "to_come": _to_come(everyone) if may_appoint else [],
    }
    return render(request, "councils/members.html", context)


def _by_sector(memberships: Any) -> list[tuple[str, list[Membership]]]:
    order = Sector.values
    ordered = sorted(memberships, key=lambda each: order.index(each.sector))
    return [(str(Sector(key).label), list(group)) for key, group in groupby(ordered, lambda each: each.sector)]


def _to_come(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    return memberships.filter(starts_on__gt=clock.today(), dismissed_on=None).order_by("starts_on", "id")


@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: Request, pk: str) -> HttpResponse:
    """Appoint someone to the council."""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "people.appoint", council)
    term = {"ends_on": clock.today().replace(month=12, day=31)}
    form = filled(AppointForm, request, council=council, initial=term)
    if membership := submitted(form, partial(actions.appoint_new, council, by=request.user)):
        messages.success(request, _("%(person)s has been appointed.") % {"person": membership.user})
        return redirect(membership)
    return render(request, "councils/appoint.html", {"council": council, "place": "members", "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: Request, pk: str) -> HttpResponse:
    """End a membership before its term."""
    memberships = Membership.objects.visible_to(request.user).select_related("council", "user", "organisation")
    membership = get_object_or_404(memberships, pk=pk)
    require(request.user, "people.dismiss", membership)
    form = filled(DismissForm, request)
    if submitted(form, partial(actions.dismiss, membership, by=request.user)):
        messages.success(request, _("The membership of %(person)s has ended.") % {"person": membership.user})
        return redirect(membership)
    context = {"council": membership.council, "place": "members", "membership": membership, "form": form}
    return render(request, "councils/dismiss.html", context)


@require_POST
def coordinate(request: Request, pk: str) -> HttpResponse:
    """Say that a member gives their organisation's official word, or no longer does."""
    memberships = Membership.objects.visible_to(request.user).select_related("council", "user", "organisation")
    coordinates = request.POST.get("coordinates") == "yes"
    membership = get_object_or_404(memberships, pk=pk)
    actions.name_coordinator(membership, by=request.user, coordinates=coordinates)
    names = {"person": membership.user, "organisation": membership.organisation}
    if coordinates:
        messages.success(request, _("%(person)s coordinates the opinions of %(organisation)s.") % names)
    else:
        messages.success(request, _("%(person)s no longer coordinates the opinions of %(organisation)s.") % names)
    return redirect(membership)
