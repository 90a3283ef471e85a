"""One opinion: giving it, changing it, assigning it, answering it."""

from functools import partial
from typing import Any
from uuid import UUID
from zlib import crc32

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from council.core.permissions import require
from council.documents.models import Passage
from council.opinions import actions
from council.opinions.models import Consultation, Disposition, Opinion
from council.people.models import Membership
from council.web import acting
from council.web.forms.opinions import AnswerForm, NewOpinionForm, OpinionForm, TriageForm, later_passages
from council.web.gathered.board import progress
from council.web.gathered.changes import ChangedPassage, proposal, side_by_side
from council.web.gathered.history import history
from council.web.may import may
from council.web.requests import Request
from council.web.submitting import filled, seen_revision, submitted


def give(request: Request, pk: UUID, passage: UUID) -> HttpResponse:
    """Write an opinion on a passage, or on the words of it named by ``?quote=``, and keep or give it."""
    consultations = Consultation.objects.visible_to(request.user).select_related("council", "version__document")
    consultation = get_object_or_404(consultations.prefetch_related("phases"), pk=pk)
    current = get_object_or_404(consultation.version.passages.all(), pk=passage)
    require(request.user, "opinions.give", consultation)
    quote = _quote(request, current)
    own = _speaking(request, consultation)
    chosen = acting.acting_membership(request, consultation.council)
    speaks_through = chosen if chosen in own else own[0]
    initial = {"membership": speaks_through.pk}
    form = filled(NewOpinionForm, request, quote=quote, memberships=own, initial=initial)
    verb = actions.give if form.submits else actions.draft
    if opinion := submitted(form, partial(verb, consultation, current, by=request.user, current_text=quote)):
        return _written(request, opinion)
    return _writing(request, form, consultation, current, quote, speaks_for=speaks_through)


def edit(request: Request, pk: UUID) -> HttpResponse:
    """Change one's opinion; what someone else changed meanwhile is shown beside what was typed."""
    opinion = _opinion(request, pk)
    require(request.user, "opinions.edit", opinion)
    words = {name: getattr(opinion, name) for name in actions.WORDS}
    words["proposed_text"] = words["proposed_text"] or opinion.current_text
    form = filled(OpinionForm, request, quote=opinion.current_text, initial=words)
    seen = seen_revision(request)
    if changed := submitted(form, partial(_change_words, request, opinion, seen, submits=form.submits)):
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
def submit(request: Request, pk: UUID) -> HttpResponse:
    """Give an opinion that was a draft."""
    return _written(request, actions.submit(_opinion(request, pk), by=request.user))


@require_POST
def withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Take an opinion back."""
    opinion = actions.withdraw(_opinion(request, pk), by=request.user)
    if opinion.number is None:
        messages.success(request, _("The draft is gone."))
        return redirect(opinion.consultation)
    messages.success(request, _("Opinion %(number)d is withdrawn.") % {"number": opinion.number})
    return redirect(opinion)


def opinion(request: Request, pk: UUID) -> HttpResponse:
    """An opinion, the answer to it, and how it went; with htmx what the board opens below its row."""
    return _shown(request, _opinion(request, pk))


def triage(request: Request, pk: UUID) -> HttpResponse:
    """Assign an opinion to the office that answers, by a day."""
    opinion = _opinion(request, pk)
    if request.method != "POST":
        return redirect(opinion)
    form = filled(TriageForm, request, opinion=opinion, prefix="triage")
    if submitted(form, partial(actions.triage, opinion, by=request.user)):
        return _worked(request, pk, _("Assigned."))
    return _shown(request, opinion, triage_form=form)


def dispose(request: Request, pk: UUID) -> HttpResponse:
    """Prepare the answer to an opinion."""
    opinion = _opinion(request, pk)
    if request.method != "POST":
        return redirect(opinion)
    form = filled(AnswerForm, request, opinion=opinion, user=request.user, prefix="answer")
    if submitted(form, partial(actions.dispose, opinion, by=request.user, revision=seen_revision(request))):
        return _worked(request, pk, _("The answer is saved. Nobody else sees it before the answers are published."))
    return _shown(request, _opinion(request, pk), answer_form=form)


def _opinion(request: Request, pk: UUID) -> Opinion:
    changed = Prefetch("changed_passage", Passage.objects.visible_to(request.user).select_related("version"))
    answers = Disposition.objects.visible_to(request.user).select_related("office").prefetch_related(changed)
    opinions = Opinion.objects.visible_to(request.user).select_related(
        "consultation__council", "consultation__version__document", "consultation__office", "passage", "organisation",
        "membership__organisation", "author", "office",
    )  # fmt: skip
    related = opinions.prefetch_related("consultation__phases", Prefetch("disposition", answers))
    return get_object_or_404(related, pk=pk)


def _speaking(request: Request, consultation: Consultation) -> list[Membership]:
    """The memberships through which someone may speak here."""
    own = [each for each in acting.memberships(request) if each.council_id == consultation.council_id]
    return [each for each in own if each.role != Membership.Role.OBSERVER]


def _quote(request: Request, passage: Passage) -> str:
    """The words an opinion is about: those named in the address if they stand in the passage, or else all of it."""
    words = (request.GET.get("quote") or "").strip()
    return words if words and words in passage.text else passage.text or passage.heading


@transaction.atomic
def _change_words(request: Request, opinion: Opinion, seen: int | None, *, submits: bool, **words: str) -> Opinion:
    """Change an opinion's words and, where that is wanted of a draft, give it; both or neither."""
    opinion = actions.edit(opinion, by=request.user, revision=seen, **words)
    gives = submits and opinion.state == Opinion.State.DRAFT
    return actions.submit(opinion, by=request.user) if gives else opinion


def _written(request: Request, opinion: Opinion) -> HttpResponse:
    if opinion.number is None:
        messages.success(request, _("Your draft is saved. Only you see it until you submit it."))
    else:
        messages.success(
            request,
            _("Opinion %(number)d is given for %(organisation)s. You will be told when it is answered.")
            % {"number": opinion.number, "organisation": opinion.organisation},
        )
    return redirect(opinion)


def _writing(
    request: Request, form: OpinionForm, consultation: Consultation, passage: Passage, quote: str, **context: Any
) -> HttpResponse:
    page = {
        "council": consultation.council,
        "place": "documents",
        "consultation": consultation,
        "passage": passage,
        "quote": quote,
        "quote_key": crc32(quote.encode()),
        "form": form,
        **context,
    }
    return render(request, "opinions/write.html", page)


def _worked(request: Request, pk: UUID, said: str) -> HttpResponse:
    """After an opinion was worked on: its piece and its row for htmx, or else its page."""
    opinion = _opinion(request, pk)
    if request.htmx:
        figures = progress(opinion.consultation, request.user)
        return _shown(request, opinion, said=said, progress=figures, changed=True)
    messages.success(request, said)
    return redirect(opinion)


def _shown(request: Request, opinion: Opinion, **context: Any) -> HttpResponse:
    allowed = may(request.user, opinion, "opinions.triage", "opinions.dispose")
    author = may(request.user, opinion, "opinions.edit") if opinion.author_id == request.user.pk else {"edit": False}
    page = {
        "council": opinion.consultation.council,
        "place": "documents",
        "consultation": opinion.consultation,
        "opinion": opinion,
        "proposed": proposal(opinion),
        "change": _change(opinion),
        "may": allowed | author | _open_to(opinion),
        **_work(request, opinion, allowed),
        **context,
    }
    if request.htmx:
        objects = any(form.errors for form in (page.get("triage_form"), page.get("answer_form")) if form)
        return render(request, "opinions/_work.html", page, status=422 if objects else 200)
    page["events"] = history(opinion, request.user, inside=allowed["dispose"])
    return render(request, "opinions/opinion.html", page)


def _open_to(opinion: Opinion) -> dict[str, bool]:
    """What the state of an opinion still allows its author."""
    return {
        "is_editable": opinion.state in Opinion.EDITABLE,
        "is_withdrawable": opinion.state in (*Opinion.EDITABLE, Opinion.State.TRIAGED),
    }


def _change(opinion: Opinion) -> ChangedPassage | None:
    """What an answer changed: the passage as it was asked about, and as it reads now."""
    answer = getattr(opinion, "disposition", None)
    if answer is None or answer.changed_passage is None:
        return None
    asked = opinion.consultation.version.passages.filter(identity=answer.changed_passage.identity)
    return side_by_side(asked.first(), answer.changed_passage, [answer])


def _work(request: Request, opinion: Opinion, allowed: dict[str, bool]) -> dict[str, Any]:
    """The forms with which an opinion is worked on, as far as its state and the reader's rights allow."""
    forms: dict[str, Any] = {}
    answer = getattr(opinion, "disposition", None)
    if allowed["triage"] and opinion.state in (Opinion.State.SUBMITTED, Opinion.State.TRIAGED):
        initial = {"office": opinion.office_id or opinion.consultation.office_id, "due_on": opinion.due_on}
        forms["triage_form"] = TriageForm(opinion=opinion, prefix="triage", initial=initial)
    if allowed["dispose"] and opinion.state in (Opinion.State.TRIAGED, Opinion.State.ANSWERED):
        same = later_passages(opinion, request.user).filter(identity=opinion.passage.identity).first()
        initial = {"changed_passage": same and same.pk}
        if answer:
            initial = {name: getattr(answer, name) for name in ("verdict", "reason")}
            initial["changed_passage"] = answer.changed_passage_id
        forms["answer_form"] = AnswerForm(opinion=opinion, user=request.user, prefix="answer", initial=initial)
    return forms
