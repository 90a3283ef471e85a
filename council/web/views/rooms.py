"""An organisation's room: what will we say together? And confirming what one said."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from council.core.permissions import require
from council.opinions import actions
from council.opinions.models import Consultation, Opinion
from council.people.models import Membership
from council.web import acting
from council.web.forms.rooms import MergeForm, RemarkForm, SubmitSetForm
from council.web.gathered.room import opinions_of, room, with_proposals
from council.web.requests import Request
from council.web.returning import way_back
from council.web.submitting import filled, submitted


@require_safe
def show(request: Request, pk: UUID) -> HttpResponse:
    """What will we say together?"""
    consultation = _consultation(request, pk)
    return _shown(request, consultation, _membership(request, consultation, request.GET.get("organisation")))


def _shown(request: Request, consultation: Consultation, membership: Membership, **context: Any) -> HttpResponse:
    here = acting.memberships(request)
    speaking = [each for each in here if each.council_id == consultation.council_id and _speaks(each)]
    page = {
        "council": consultation.council,
        "place": "documents",
        "consultation": consultation,
        "room": room(consultation, membership, request.user),
        "organisations": [
            (each.organisation, address(consultation.pk, each.organisation_id), each == membership) for each in speaking
        ],
        "set_form": SubmitSetForm(),
        **context,
    }
    return render(request, "rooms/room.html", page)


def _consultation(request: Request, pk: UUID) -> Consultation:
    consultations = Consultation.objects.visible_to(request.user).prefetch_related("phases")
    return get_object_or_404(consultations.select_related("council", "office", "version__document"), pk=pk)


def _membership(request: Request, consultation: Consultation, organisation: str | None) -> Membership:
    """Through which one is here: that of the organisation asked for, or of the one acted for.

    Raises:
        Http404: One does not speak for that organisation here.
        PermissionDenied: One may only watch.
    """
    own = [each for each in acting.memberships(request) if each.council_id == consultation.council_id]
    speaking = [each for each in own if _speaks(each)]
    if organisation:
        for each in speaking:
            if str(each.organisation_id) == organisation:
                return each
        raise Http404
    if not speaking:
        raise PermissionDenied("opinions.give")
    chosen = acting.acting_membership(request, consultation.council)
    return chosen if chosen in speaking else speaking[0]


def _speaks(membership: Membership) -> bool:
    return membership.role != Membership.Role.OBSERVER


def _opinion(request: Request, pk: UUID) -> Opinion:
    return get_object_or_404(opinions_of(request.user).select_related("consultation__council"), pk=pk)


def _back(opinion: Opinion) -> HttpResponse:
    """To the opinion's place in the room of its organisation."""
    return redirect(f"{address(opinion.consultation_id, opinion.organisation_id)}#opinion-{opinion.pk}")


def address(consultation: UUID, organisation: UUID) -> str:
    """Where an organisation's room is."""
    return reverse("web:room", args=[consultation], query={"organisation": organisation})


@require_POST
def remark(request: Request, pk: UUID) -> HttpResponse:
    """Comment on a colleague's draft; with htmx only the comments are drawn anew."""
    opinion = _opinion(request, pk)
    form = filled(RemarkForm, request)
    made = submitted(form, partial(actions.remark, opinion, by=request.user))
    if made and not request.htmx:
        return _back(opinion)
    page = {"opinion": _opinion(request, pk), "remark_form": None if made else form}
    if request.htmx:
        return render(request, "rooms/_remarks.html", page, status=200 if made else 422)
    return render(request, "rooms/remark.html", page | {"council": opinion.consultation.council, "place": "documents"})


@require_POST
def choose(request: Request, pk: UUID) -> HttpResponse:
    """Take an opinion into the official set."""
    return _decided(request, pk, actions.choose, _("It is in the official set."))


@require_POST
def keep_inside(request: Request, pk: UUID) -> HttpResponse:
    """Leave an opinion out of the official set."""
    return _decided(request, pk, actions.keep_inside, _("It stays inside your organisation."))


def _decided(request: Request, pk: UUID, verb: Callable[..., Opinion], said: str) -> HttpResponse:
    opinion = verb(_opinion(request, pk), by=request.user)
    messages.success(request, said)
    return _back(opinion)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, pk: UUID) -> HttpResponse:
    """Make one opinion of several on the same passage (``?opinion=…&opinion=…``), the reasons of all to begin with."""
    consultation = _consultation(request, pk)
    parts = _parts(request, consultation)
    if len(parts) < 2:
        messages.warning(request, _("Choose at least two opinions to merge."))
        return redirect(way_back(request) or reverse("web:room", args=[pk]))
    first = parts[0]
    require(request.user, "opinions.coordinate", first)
    initial = {
        "kind": first.kind,
        "proposed_text": first.proposed_text,
        "audience": first.audience,
        "reason": "\n\n".join(part.reason for part in parts if part.reason.strip()),
    }
    form = filled(MergeForm, request, initial=initial)
    if merged := submitted(form, partial(actions.merge, parts, by=request.user)):
        messages.success(request, _("Made one opinion of them. It is in the official set."))
        return _back(merged)
    page = {
        "council": consultation.council,
        "place": "documents",
        "consultation": consultation,
        "room_url": address(consultation.pk, first.organisation_id),
        "parts": with_proposals(parts),
        "passage": first.passage,
        "current_text": first.current_text,
        "form": form,
    }
    return render(request, "rooms/merge.html", page)


def _parts(request: Request, consultation: Consultation) -> list[Opinion]:
    """The opinions named in the address, as far as one may see them."""
    try:
        return list(
            opinions_of(request.user)
            .filter(consultation=consultation, pk__in=request.GET.getlist("opinion"), state__in=Opinion.INSIDE)
            .order_by("id")
        )
    except ValidationError as error:
        raise Http404 from error


@require_POST
def submit_set(request: Request, pk: UUID) -> HttpResponse:
    """Give the official set."""
    consultation = _consultation(request, pk)
    membership = _membership(request, consultation, request.POST.get("organisation"))
    form = filled(SubmitSetForm, request)
    verb = partial(actions.submit_set, consultation, membership=membership, by=request.user)
    if not submitted(form, verb):
        return _shown(request, consultation, membership, set_form=form)
    said = _("The opinions of %(organisation)s are given. You will be told when they are answered.")
    messages.success(request, said % {"organisation": membership.organisation})
    return redirect(address(consultation.pk, membership.organisation_id))


@require_POST
def reply_without_opinion(request: Request, pk: UUID) -> HttpResponse:
    """Reply that one's organisation has no opinion."""
    consultation = _consultation(request, pk)
    membership = _membership(request, consultation, request.POST.get("organisation"))
    actions.reply_without_opinion(consultation, membership=membership, by=request.user)
    said = _("The reply of %(organisation)s is noted: it has no opinion.") % {"organisation": membership.organisation}
    messages.success(request, said)
    return redirect(way_back(request) or address(consultation.pk, membership.organisation_id))


@require_POST
def confirm(request: Request, pk: UUID) -> HttpResponse:
    """Say that what was written down is what one said."""
    opinion = actions.confirm(_opinion(request, pk), by=request.user)
    messages.success(request, _("Thank you. Opinion %(number)d is confirmed.") % {"number": opinion.number})
    return redirect("web:home" if request.POST.get("from") == "home" else opinion)
