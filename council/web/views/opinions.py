"""One opinion: written, kept while one types, given or shared, changed, withdrawn, read, agreed with."""

from functools import partial
from typing import Any
from uuid import UUID
from zlib import crc32

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef, Prefetch, Subquery
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.documents.models import Passage, Version
from council.opinions import actions
from council.opinions.models import Consultation, Disposition, Opinion, Point, Reaction
from council.people.models import Membership
from council.web import acting
from council.web.forms.opinions import SHARE, SUBMIT, NewOpinionForm, OpinionForm
from council.web.gathered.changes import proposal
from council.web.gathered.history import history
from council.web.gathered.points import have_read
from council.web.gathered.voices import similar_to, voice
from council.web.may import may
from council.web.requests import Request
from council.web.returning import way_back
from council.web.submitting import filled, seen_revision, submitted

# --- Writing ---------------------------------------------------------------------------------------------------------


def give(request: Request, pk: UUID, passage: UUID) -> HttpResponse:
    """Write an opinion on a passage, or on the words of it named by ``?quote=``, and keep, share or give it."""
    consultation, current = _asked(request, pk, passage)
    require(request.user, "opinions.give", consultation)
    quote = _quote(request, current)
    form, speaks_through = _new_form(request, consultation, quote)
    if opinion := submitted(form, partial(_begin, request, consultation, current, form.then, current_text=quote)):
        return _written(request, opinion)
    return _writing(request, form, consultation, current, quote, speaks_for=speaks_through)


def edit(request: Request, pk: UUID) -> HttpResponse:
    """Change an opinion; what someone else changed meanwhile is shown beside what was typed."""
    opinion = _opinion(request, pk)
    require(request.user, "opinions.edit", opinion)
    form = filled(OpinionForm, request, quote=opinion.current_text, initial=_words(opinion))
    seen = seen_revision(request)
    if changed := submitted(form, partial(_change_words, request, opinion, seen, form.then)):
        if opinion.number:
            messages.success(request, _("Opinion %(number)d is changed.") % {"number": opinion.number})
            return redirect(opinion)
        return _written(request, changed)
    opinion = _opinion(request, pk)
    return _writing(
        request,
        form,
        opinion.consultation,
        opinion.passage,
        opinion.current_text,
        opinion=opinion,
        newer=opinion if seen not in (None, opinion.revision) else None,
        speaks_for=opinion.membership,
    )


@require_POST
def keep_new(request: Request, pk: UUID, passage: UUID) -> HttpResponse:
    """Keep what is being typed as a draft; answers where to keep on."""
    consultation, current = _asked(request, pk, passage)
    require(request.user, "opinions.give", consultation)
    quote = _quote(request, current)
    form, _speaks_through = _new_form(request, consultation, quote)
    return _kept(request, form, partial(_begin, request, consultation, current, "", current_text=quote))


@require_POST
def keep(request: Request, pk: UUID) -> HttpResponse:
    """Keep what is being typed of an opinion that has not left its organisation."""
    opinion = _opinion(request, pk)
    require(request.user, "opinions.edit", opinion)
    form = filled(OpinionForm, request, quote=opinion.current_text)
    if not opinion.is_inside:
        raise Refused(_("This opinion is given; it changes only when you save it."))
    return _kept(request, form, partial(_change_words, request, opinion, seen_revision(request), ""), opinion=opinion)


@require_POST
def similar(request: Request, pk: UUID, passage: UUID) -> HttpResponse:
    """What others have said already that is like what is being typed."""
    consultation, current = _asked(request, pk, passage)
    require(request.user, "opinions.give", consultation)
    membership = acting.acting_membership(request, consultation.council)
    alike = similar_to(request.POST.get("reason", "")[:5000], current, consultation, request.user, membership)
    return render(request, "opinions/_similar.html", {"alike": alike, "consultation": consultation, "typed": True})


@require_POST
def submit(request: Request, pk: UUID) -> HttpResponse:
    """Give an opinion that was a draft; what is missing is asked for in its form."""
    opinion = _opinion(request, pk)
    try:
        return _written(request, actions.submit(opinion, by=request.user))
    except ValidationError as error:
        form = OpinionForm({**_words(opinion), "then": SUBMIT}, quote=opinion.current_text)
        form.is_valid()
        form.accept_problems(error)
    action = reverse("web:edit_opinion", args=[opinion.pk])
    return _writing(
        request,
        form,
        opinion.consultation,
        opinion.passage,
        opinion.current_text,
        opinion=opinion,
        speaks_for=opinion.membership,
        action=action,
    )


@require_POST
def share(request: Request, pk: UUID) -> HttpResponse:
    """Put a draft before one's own organisation."""
    opinion = actions.share(_opinion(request, pk), by=request.user)
    messages.success(request, _("Your colleagues can read and comment on it now."))
    return redirect(way_back(request) or opinion)


@require_POST
def withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Take an opinion back."""
    opinion = actions.withdraw(_opinion(request, pk), by=request.user)
    if opinion.number is None:
        messages.success(request, _("The draft is gone."))
        return redirect(opinion.consultation)
    messages.success(request, _("Opinion %(number)d is withdrawn.") % {"number": opinion.number})
    return redirect(opinion)


# --- Reading and agreeing --------------------------------------------------------------------------------------------


def opinion(request: Request, pk: UUID) -> HttpResponse:
    """An opinion, the answers to its points, and how it went."""
    opinion = _opinion(request, pk)
    points = list(opinion.points.all())
    have_read(request, opinion, points)
    own = {each.organisation_id for each in acting.memberships(request) if each.council_id == opinion.council_id}
    runs = acting.runs(request, opinion.consultation.council)
    open_to = _open_to(opinion)
    is_ours = opinion.author_id == request.user.pk or opinion.organisation_id in own
    membership = acting.acting_membership(request, opinion.consultation.council)
    return render(
        request,
        "opinions/opinion.html",
        {
            **_inside(opinion.consultation),
            "opinion": opinion,
            "voice": voice(opinion, request.user, membership),
            "proposed": proposal(opinion),
            "points": points,
            "is_own": opinion.author_id == request.user.pk,
            "is_official": opinion.state == Opinion.State.DRAFT and _is_official(opinion.membership),
            "may": open_to | {"edit": any(open_to.values()) and is_ours and _may_edit(request, opinion)},
            "events": history(opinion, request.user, inside=runs or any(point.office_id in own for point in points)),
        },
    )


@require_POST
def react(request: Request, pk: UUID) -> HttpResponse:
    """Agree, pass or disagree for one's organisation, or take that back; with htmx the buttons as they are then."""
    opinion = _opinion(request, pk)
    membership = acting.acting_membership(request, opinion.consultation.council)
    if membership is None:
        raise PermissionDenied("opinions.react")
    said = request.POST.get("value", "")
    value = Reaction.Value(int(said)) if said in {str(each) for each in Reaction.Value.values} else None
    actions.react(opinion, value=value, membership=membership, by=request.user)
    if request.htmx:
        context = {"voice": voice(opinion, request.user, membership), "consultation": opinion.consultation}
        instead = "instead" in request.POST
        return render(request, "opinions/_agreed.html" if instead else "opinions/_reactions.html", context)
    return redirect(way_back(request) or opinion)


# --- What these share ------------------------------------------------------------------------------------------------


def _asked(request: Request, pk: UUID, passage: UUID) -> tuple[Consultation, Passage]:
    consultations = Consultation.objects.visible_to(request.user).select_related("council", "version__document")
    consultation = get_object_or_404(consultations.prefetch_related("phases"), pk=pk)
    return consultation, get_object_or_404(consultation.version.passages.all(), pk=passage)


def _opinion(request: Request, pk: UUID) -> Opinion:
    changed = Prefetch("changed_passage", Passage.objects.visible_to(request.user).select_related("version"))
    answers = Disposition.objects.visible_to(request.user).select_related(
        "office", "objection", "council", "prepared_by"
    )
    points = Point.objects.select_related("office").order_by("number")
    points = points.prefetch_related(Prefetch("disposition", answers.prefetch_related(changed)))
    opinions = Opinion.objects.visible_to(request.user).select_related(
        "consultation__council", "consultation__version__document", "consultation__office", "passage", "organisation",
        "membership__organisation", "author", "recorded_by", "campaign",
    )  # fmt: skip
    newer = Version.objects.visible_to(request.user).filter(
        document=OuterRef("consultation__version__document"), number__gt=OuterRef("consultation__version__number")
    )
    newest = newer.order_by("-number")
    opinions = opinions.annotate(
        newer_version=Subquery(newest.values("pk")[:1]), newer_number=Subquery(newest.values("number")[:1])
    )
    return get_object_or_404(opinions.prefetch_related("consultation__phases", Prefetch("points", points)), pk=pk)


def _inside(consultation: Consultation) -> dict[str, Any]:
    return {"council": consultation.council, "place": "documents", "consultation": consultation}


def _speaking(request: Request, consultation: Consultation) -> list[Membership]:
    """The memberships through which someone may speak here."""
    own = [each for each in acting.memberships(request) if each.council_id == consultation.council_id]
    return [each for each in own if each.role != Membership.Role.OBSERVER]


def _quote(request: Request, passage: Passage) -> str:
    """The words an opinion is about: those named in the address if they stand in the passage, or else all of it."""
    words = (request.GET.get("quote") or "").strip()
    return words if words and words in passage.text else passage.text or passage.heading


def _new_form(request: Request, consultation: Consultation, quote: str) -> tuple[NewOpinionForm, Membership]:
    own = _speaking(request, consultation)
    chosen = acting.acting_membership(request, consultation.council)
    speaks_through = chosen if chosen in own else own[0]
    assert speaks_through is not None  # noqa: S101 - who may give an opinion has a seat
    initial = {"membership": speaks_through.pk}
    return filled(NewOpinionForm, request, quote=quote, memberships=own, initial=initial), speaks_through


def _words(opinion: Opinion) -> dict[str, str]:
    """The words of an opinion as its form shows them."""
    words = {name: getattr(opinion, name) for name in actions.WORDS}
    return words | {"proposed_text": words["proposed_text"] or opinion.current_text}


@transaction.atomic
def _begin(
    request: Request,
    consultation: Consultation,
    passage: Passage,
    then: str,
    *,
    personal_data_checked: bool,
    **words: Any,
) -> Opinion:
    """Draft an opinion and do with it what the button says; all of it or nothing."""
    opinion = actions.draft(consultation, passage, by=request.user, **words)
    return _then(request, opinion, then, personal_data_checked=personal_data_checked)


@transaction.atomic
def _change_words(
    request: Request, opinion: Opinion, seen: int | None, then: str, *, personal_data_checked: bool, **words: str
) -> Opinion:
    """Change an opinion's words and do with it what the button says; both or neither."""
    opinion = actions.edit(
        opinion, by=request.user, revision=seen, personal_data_checked=personal_data_checked, **words
    )
    return _then(request, opinion, then, personal_data_checked=personal_data_checked)


def _then(request: Request, opinion: Opinion, then: str, *, personal_data_checked: bool) -> Opinion:
    if opinion.state == Opinion.State.DRAFT and then == SHARE:
        return actions.share(opinion, by=request.user)
    if opinion.is_inside and then == SUBMIT:
        return actions.submit(opinion, by=request.user, personal_data_checked=personal_data_checked)
    return opinion


def _written(request: Request, opinion: Opinion) -> HttpResponse:
    if opinion.number:
        said = _("Opinion %(number)d is given for %(organisation)s. You will be told when it is answered.") % {
            "number": opinion.number,
            "organisation": opinion.organisation,
        }
    elif opinion.state == Opinion.State.DRAFT:
        said = _("Your draft is saved. Only you see it until you submit it.")
    elif opinion.state == Opinion.State.SHARED:
        said = _("Your colleagues can read it now. Your coordinator gives it together with the others.")
    else:
        said = _("Saved.")
    messages.success(request, said)
    return redirect(opinion)


def _kept(request: Request, form: OpinionForm, act: Any, opinion: Opinion | None = None) -> JsonResponse:
    """Say that words are kept and where to keep on; or why not, with the newer words where someone else was faster."""
    kept = submitted(form, act)
    if kept is None:
        return _not_kept(request, form, opinion)
    return JsonResponse(
        {
            "said": _("Saved %(time)s") % {"time": f"{clock.now().astimezone(clock.SEOUL):%H:%M}"},
            "id": str(kept.pk),
            "revision": kept.revision,
            "keep": reverse("web:keep_opinion", args=[kept.pk]),
            "edit": reverse("web:edit_opinion", args=[kept.pk]),
        }
    )


def _not_kept(request: Request, form: OpinionForm, opinion: Opinion | None) -> JsonResponse:
    reasons = " ".join(str(sentence) for errors in form.errors.values() for sentence in errors)
    answer: dict[str, Any] = {"said": _("Not saved: %(reasons)s") % {"reasons": reasons}}
    if opinion is None:
        return JsonResponse(answer, status=422)
    newer = _opinion(request, opinion.pk)
    if seen_revision(request) in (None, newer.revision):
        return JsonResponse(answer, status=422)
    answer |= {"revision": newer.revision, "newer": render_to_string("opinions/_newer.html", {"newer": newer}, request)}
    return JsonResponse(answer, status=409)


def _writing(
    request: Request, form: OpinionForm, consultation: Consultation, passage: Passage, quote: str, **context: Any
) -> HttpResponse:
    page = {
        **_inside(consultation),
        "passage": passage,
        "quote": quote,
        "quote_key": crc32(quote.encode()),
        "form": form,
        "is_official": _is_official(context["speaks_for"]),
        **context,
    }
    return render(request, "opinions/write.html", page)


def _may_edit(request: Request, opinion: Opinion) -> bool:
    return may(request.user, opinion, "opinions.edit")["edit"]


def _is_official(membership: Membership | None) -> bool:
    return membership is not None and membership.speaks_officially


def _open_to(opinion: Opinion) -> dict[str, bool]:
    """What the state of an opinion still allows its author, and their coordinator."""
    inside = opinion.is_inside and opinion.state != Opinion.State.MERGED
    return {
        "is_editable": inside or opinion.state == Opinion.State.SUBMITTED,
        "is_withdrawable": inside or opinion.state in Opinion.UNANSWERED,
    }
