"""Agreeing and disagreeing one opinion after another, and what unites and divides."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from council.findings import actions, words
from council.opinions import actions as opinions
from council.opinions.models import Consultation, Opinion, Reaction
from council.people.models import Membership
from council.web import acting
from council.web.forms.findings import TermsForm, VoteForm
from council.web.gathered import findings as gathered
from council.web.gathered.changes import proposal
from council.web.may import may
from council.web.requests import Request
from council.web.submitting import filled, submitted


@require_http_methods(["GET", "HEAD", "POST"])
def react(request: Request, pk: UUID) -> HttpResponse:
    """One opinion after another: agree, disagree or pass. ``begin`` leads past the terms, ``opinion`` back to one."""
    consultation = _consultation(request, pk)
    membership = _voting(request, consultation)
    if request.method == "POST":
        return _vote(request, consultation, membership)
    standing = actions.standing(consultation, membership, request.user)
    asked = _asked(request, consultation, membership)
    shown = asked or actions.next_opinion(consultation, membership, request.user, but=_put_off(request))
    vote = _own_vote(consultation, membership, request, asked) if asked else None
    return render(
        request,
        "findings/react.html",
        {
            **_page(consultation),
            "membership": membership,
            "is_open": consultation.is_taking_reactions,
            "terms": gathered.in_words(actions.terms_of(consultation)),
            "tells_terms": not standing.answered and "begin" not in request.GET,
            "standing": standing,
            "opinion": shown,
            "proposed": proposal(shown) if shown else None,
            "vote": vote,
            "done": request.GET.get("done", ""),
            "later": _later(request, shown),
        },
    )


@require_safe
def findings(request: Request, pk: UUID) -> HttpResponse:
    """What unites, what divides, who has not spoken."""
    consultation = _consultation(request, pk)
    found = words.found(consultation, request.user)
    return render(
        request,
        "findings/findings.html",
        {
            **_page(consultation),
            "found": found,
            "own": gathered.own(consultation, acting.acting_membership(request, consultation.council), request.user),
            "is_open": consultation.is_taking_reactions,
            "terms": gathered.in_words(actions.terms_of(consultation)),
            "may": may(request.user, consultation, "findings.fix_terms"),
            "voted": found is not None or Reaction.objects.filter(consultation=consultation).exists(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def fix_terms(request: Request, pk: UUID) -> HttpResponse:
    """Fix, before anyone votes, which sectors speak in the open; for others, and after that, read how they are."""
    consultation = _consultation(request, pk)
    terms = actions.terms_of(consultation)
    form = filled(TermsForm, request, initial={"in_the_open": terms.in_the_open})
    if submitted(form, partial(actions.fix_terms, consultation, by=request.user)):
        messages.success(request, _("The terms are fixed."))
        return redirect("web:findings", consultation.pk)
    voted = Reaction.objects.filter(consultation=consultation).exists()
    return render(
        request,
        "findings/fix_terms.html",
        {
            **_page(consultation),
            "form": form,
            "fixes": form.is_bound or (not voted and request.user.has_perm("findings.fix_terms", consultation)),
            "voted": voted,
            "terms": gathered.in_words(terms),
        },
    )


# --- parts -----------------------------------------------------------------------------------------------------------


def _consultation(request: Request, pk: UUID) -> Consultation:
    seen = Consultation.objects.visible_to(request.user).select_related("council", "version__document")
    return get_object_or_404(seen.prefetch_related("phases"), pk=pk)


def _page(consultation: Consultation) -> dict[str, Any]:
    return {"council": consultation.council, "place": "documents", "consultation": consultation}


def _voting(request: Request, consultation: Consultation) -> Membership:
    membership = acting.acting_membership(request, consultation.council)
    if membership is None or membership.role == Membership.Role.OBSERVER:
        raise PermissionDenied("opinions.react")
    return membership


def _vote(request: Request, consultation: Consultation, membership: Membership) -> HttpResponse:
    form = VoteForm(request.POST, opinions=actions.answerable(consultation, membership, request.user))
    if not form.is_valid():
        messages.error(request, _("This opinion is not there any more; here is another one."))
        return redirect(f"{reverse('web:react_to_opinions', args=[consultation.pk])}?begin")
    opinion = form.cleaned_data["opinion"]
    opinions.react(opinion, value=form.cleaned_data["value"], membership=membership, by=request.user)
    address = QueryDict(mutable=True)
    address["begin"], address["done"] = "", str(opinion.pk)
    return redirect(f"{reverse('web:react_to_opinions', args=[consultation.pk])}?{address.urlencode()}")


def _asked(request: Request, consultation: Consultation, membership: Membership) -> Opinion | None:
    """The opinion one goes back to."""
    pk = _uuid(request.GET.get("opinion", ""))
    return actions.answerable(consultation, membership, request.user).filter(pk=pk).first() if pk else None


def _put_off(request: Request) -> list[UUID]:
    return [pk for text in request.GET.getlist("later")[-50:] if (pk := _uuid(text))]


def _later(request: Request, shown: Opinion | None) -> str:
    """The address that puts off the opinion shown."""
    address = QueryDict(mutable=True)
    address["begin"] = ""
    address.setlist("later", [str(pk) for pk in [*_put_off(request), *([shown.pk] if shown else [])]][-50:])
    return address.urlencode()


def _own_vote(consultation: Consultation, membership: Membership, request: Request, opinion: Opinion) -> int | None:
    mine = actions.answered(consultation, membership, request.user).filter(opinion=opinion)
    return mine.values_list("value", flat=True).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
