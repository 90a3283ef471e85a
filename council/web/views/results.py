"""What we heard, what we did, and why: for those who sit on the council, and without an account for everybody."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from council.opinions import actions
from council.opinions.models import Consultation, ConsultationQuerySet, Disposition, Opinion
from council.people.models import Membership, User
from council.web import acting
from council.web.forms.results import AnswerFilter
from council.web.gathered.results import in_words, page_of_answers, readable, released
from council.web.gathered.results import result as put_together
from council.web.gathered.turnout import turnout, with_figures
from council.web.may import may
from council.web.requests import Request

MOST_MINE = 10
ONE_MINUTE = 60


@require_safe
def result(request: Request, pk: UUID) -> HttpResponse:
    """What became of what was said; someone without a seat here is led to the public page where there is one."""
    consultation = _counted(Consultation.objects.visible_to(request.user)).filter(pk=pk).first()
    if consultation is None:
        return redirect("web:public_result", get_object_or_404(_public(request), pk=pk).pk)
    allowed = may(request.user, consultation, "opinions.publish_result")
    return render(
        request,
        "results/result.html",
        {**_page(consultation), **_own(request, consultation), "may": allowed, **_contents(consultation, request.user)},
    )


@require_safe
def answers(request: Request, pk: UUID) -> HttpResponse:
    """Published answers a page at a time, by what is asked for in the address."""
    consultation = get_object_or_404(_consultations(Consultation.objects.visible_to(request.user)), pk=pk)
    return render(
        request,
        "results/answers.html",
        {
            **_page(consultation),
            **_answers(request, consultation, request.user, mine=_mine(request, consultation, of="point__opinion__")),
            "answers_url": reverse("web:answers", args=[consultation.pk]),
        },
    )


@require_POST
def publish(request: Request, pk: UUID) -> HttpResponse:
    """Let everybody read the result, or with ``public=no`` nobody without a seat any more."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user), pk=pk)
    public = request.POST.get("public") != "no"
    actions.publish_result(consultation, by=request.user, public=public)
    messages.success(
        request, _("Everybody can read the result now.") if public else _("The result is no longer public.")
    )
    return redirect("web:result", consultation.pk)


@login_not_required
@require_safe
@cache_control(public=True, max_age=ONE_MINUTE)
def public_result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The result for everybody, without an account: no names of people, no personal data in what was said."""
    if response := _in_language(request):
        return response
    consultation = get_object_or_404(_counted(_public(request)), pk=pk)
    return render(request, "results/public.html", _contents(consultation, None))


@login_not_required
@require_safe
@cache_control(public=True, max_age=ONE_MINUTE)
def public_answers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The answers everybody may read, a page at a time."""
    if response := _in_language(request):
        return response
    consultation = get_object_or_404(_consultations(_public(request)), pk=pk)
    context = {
        "consultation": consultation,
        "is_public": True,
        "answers_url": reverse("web:public_answers", args=[consultation.pk]),
        **_answers(request, consultation, None),
    }
    return render(request, "results/public_answers.html", context)


def _public(request: HttpRequest) -> ConsultationQuerySet:
    visible = Consultation.objects.result_visible_to(request.user)
    return visible.filter(public_at__isnull=False, published__gt=0)


def _in_language(request: HttpRequest) -> HttpResponse | None:
    """Keep the language a reader without an account asks for (``?lang=en``), and lead back without the question."""
    asked = request.GET.get("lang")
    if asked not in dict(settings.LANGUAGES):
        return None
    address = request.GET.copy()
    del address["lang"]
    response = redirect(f"{request.path}?{address.urlencode()}" if address else request.path)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, max_age=settings.LANGUAGE_COOKIE_AGE, samesite="Lax")
    return response


def _consultations(consultations: ConsultationQuerySet) -> ConsultationQuerySet:
    return consultations.select_related("council", "office", "version__document")


def _counted(consultations: ConsultationQuerySet) -> ConsultationQuerySet:
    return with_figures(_consultations(consultations))


def _page(consultation: Consultation) -> dict[str, Any]:
    return {"council": consultation.council, "place": "documents", "consultation": consultation}


def _contents(consultation: Consultation, user: User | None) -> dict[str, Any]:
    """What both result pages show; ``None`` for the public one."""
    name = "web:answers" if user else "web:public_answers"
    return {
        "consultation": consultation,
        "turnout": turnout(consultation),
        "result": put_together(consultation, user) if consultation.published else None,
        "answers_url": reverse(name, args=[consultation.pk]),
        "is_public": user is None,
    }


def _mine(request: Request, consultation: Consultation, *, of: str = "") -> Q:
    """What is one's own or of an organisation one speaks for here; ``of`` leads from the row to its opinion."""
    seats = [each for each in acting.memberships(request) if each.council_id == consultation.council_id]
    own = {each.organisation_id for each in seats if each.role != Membership.Role.OBSERVER}
    return Q(**{f"{of}author": request.user.pk}) | Q(**{f"{of}organisation__in": own})


def _own(request: Request, consultation: Consultation) -> dict[str, Any]:
    """One's organisation's opinions: the first of those that are answered, and how many are not yet."""
    opinions = consultation.opinions.given().filter(_mine(request, consultation))
    own = released(consultation).filter(_mine(request, consultation, of="point__opinion__"))
    ordered = own.order_by("point__opinion__number", "point__number")[: MOST_MINE + 1]
    found = in_words(ordered, consultation, request.user)
    return {
        "mine": found[:MOST_MINE],
        "has_more_mine": len(found) > MOST_MINE,
        "mine_waiting": opinions.exclude(state=Opinion.State.PUBLISHED).count(),
    }


def _answers(
    request: HttpRequest, consultation: Consultation, user: User | None, *, mine: Q | None = None
) -> dict[str, Any]:
    """A page of answers, what it is filtered by, and the address of the next one."""
    chosen = AnswerFilter(request.GET)
    found = readable(consultation, user)
    narrowed = chosen.narrow(found, mine)
    rows, after = page_of_answers(narrowed, consultation, user, after=request.GET.get("after", ""))
    about = chosen.chosen
    text = consultation.version.passages
    passage = text.filter(pk=about["passage"]).first() if "passage" in about else None
    changed = text.filter(identity=about["changed"]).first() if "changed" in about else None
    return {
        "filter": chosen,
        "answers": rows,
        "total": narrowed.count(),
        "next_url": f"?{chosen.query}&after={after}" if after else "",
        "list_id": f"answers-{about.get('changed') or about.get('verdict') or 'all'}",
        "passage": passage,
        "changed": changed,
        "verdict": Disposition.Verdict(about["verdict"]) if "verdict" in about else None,
    }
