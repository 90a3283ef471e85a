"""Coming: answers to invitations, also from the mail, alternates, declared interests and recusals."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature
from django.db import transaction
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from council.core.errors import Refused
from council.core.permissions import require
from council.meetings import actions
from council.meetings.models import Alternate, Invitation, Meeting, Recusal
from council.meetings.rsvp import invitation_of, seats_of
from council.people.models import Membership, User
from council.web.forms.base import Form
from council.web.forms.coming import AbstainForm, AlternateForm, DecisionForm, MandateForm, RecusalForm
from council.web.forms.meetings import AnswerForm, possible_answers
from council.web.gathered.coming import own_invitations
from council.web.limits import too_often
from council.web.requests import Request
from council.web.submitting import filled, submitted

MOST_A_MINUTE = 60
_form = require_http_methods(["GET", "HEAD", "POST"])


# --- Answers ---------------------------------------------------------------------------------------------------------


@_form
def answer_invitation(request: Request, pk: UUID) -> HttpResponse:
    """Say whether one comes, or, for those who run the council, whether someone else does."""
    invitation = _invitation(request, pk)
    require(request.user, "meetings.answer_invitation", invitation)
    given = model_to_dict(invitation, ["answer", "note"])
    if given["answer"] == Invitation.Answer.WAITING:
        given["answer"] = Invitation.Answer.ATTENDING
    form = filled(AnswerForm, request, meeting=invitation.meeting, initial=given)
    if submitted(form, partial(actions.answer_invitation, invitation, by=request.user)):
        answer = {"meeting": invitation.meeting, "answer": invitation.get_answer_display()}
        messages.success(request, _("%(meeting)s: %(answer)s.") % answer)
        return redirect("web:home" if request.POST.get("from") == "home" else invitation)
    return render(request, "meetings/answer.html", {**_of(invitation.meeting), "invitation": invitation, "form": form})


@login_not_required
@csrf_exempt  # the word in the address is the proof; the page sends no referrer, and so no origin, that could be checked
@never_cache
@_form
def rsvp(request: HttpRequest, token: str) -> HttpResponse:
    """Do you come? From the mail, without logging in: looking changes nothing, because mail scanners look."""
    if too_often(request, "rsvp", most=MOST_A_MINUTE):
        return _unfound(render(request, "429.html", status=429))
    try:
        invitation = invitation_of(token)
    except (BadSignature, ValueError) as error:
        raise Http404 from error
    if invitation is None:
        return _unfound(render(request, "coming/rsvp_over.html", status=410))
    person = invitation.membership.user
    with translation.override(person.language):
        seats = seats_of(invitation)
        refusal = _answer(request, seats, person) if request.method == "POST" else None
        if request.method == "POST" and refusal is None:
            return _unfound(redirect("web:rsvp", token))
        context = {
            "seats": seats,
            "person": person,
            "meeting": invitation.meeting,
            "refusal": refusal,
            "possible_answers": possible_answers(invitation.meeting),
        }
        response = render(request, "coming/rsvp.html", context, status=409 if refusal else 200)
        response["Content-Language"] = person.language
    return _unfound(response)


def _answer(request: HttpRequest, seats: list[Invitation], person: User) -> Refused | None:
    """For the seat whose button was pressed; for the only one where there are not several."""
    pressed = request.POST.get("seat", "")
    invitation = next((each for each in seats if len(seats) == 1 or str(each.pk) == pressed), None)
    if invitation is None:
        return Refused(_("Choose a seat of yours."))
    answer = request.POST.get("answer", "")
    if answer not in dict(possible_answers(invitation.meeting)):
        return Refused(_("Choose an answer."))
    try:
        actions.answer_invitation(invitation, answer=answer, note=invitation.note, by=person, by_link=True)
    except Refused as refusal:
        return refusal
    return None


def _unfound(response: HttpResponse) -> HttpResponse:
    """A page for who has the link alone: in no index, and its address is told to nobody."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def invite(request: Request, pk: UUID) -> HttpResponse:
    """Invite someone who was appointed after the meeting was convened."""
    meeting = _meeting(request, pk)
    memberships = Membership.objects.visible_to(request.user).filter(council=meeting.council)
    membership = get_object_or_404(memberships, pk=_uuid(request.POST.get("membership", "")))
    actions.invite(meeting, membership, by=request.user)
    messages.success(request, _("%(person)s has been invited.") % {"person": membership.user})
    return redirect(meeting)


# --- In place of a member --------------------------------------------------------------------------------------------


@_form
def name_alternate(request: Request, pk: UUID) -> HttpResponse:
    """Name who comes in place of a member."""
    invitation = _invitation(request, pk)
    require(request.user, "meetings.name_alternate", invitation)
    form = filled(AlternateForm, request)
    if alternate := submitted(form, partial(_name, invitation, by=request.user)):
        names = {"person": alternate.user, "member": invitation.membership.user}
        messages.success(request, _("%(person)s comes in place of %(member)s, and hears of it by mail.") % names)
        return redirect(invitation)
    return render(request, "coming/alternate.html", {**_of(invitation.meeting), "invitation": invitation, "form": form})


@transaction.atomic
def _name(invitation: Invitation, *, by: User, file: UploadedFile | None, **answers: Any) -> Alternate:
    alternate = actions.name_alternate(invitation, by=by, **answers)
    return actions.hand_in_mandate(alternate, file=file, by=by) if file else alternate


@_form
def mandate(request: Request, pk: UUID) -> HttpResponse:
    """Hand in the letter of mandate."""
    alternate = _alternate(request, pk)
    require(request.user, "meetings.name_alternate", alternate.invitation)
    form = filled(MandateForm, request)
    if submitted(form, partial(actions.hand_in_mandate, alternate, by=request.user)):
        messages.success(request, _("The letter of mandate has been handed in."))
        return redirect(alternate)
    context = {**_of(alternate.invitation.meeting), "alternate": alternate, "form": form}
    return render(request, "coming/mandate.html", context)


@require_POST
def withdraw_alternate(request: Request, pk: UUID) -> HttpResponse:
    """Nobody comes in place of the member any more."""
    alternate = _alternate(request, pk)
    meeting = alternate.invitation.meeting
    is_own = alternate.user_id == request.user.pk
    actions.withdraw_alternate(alternate, by=request.user)
    messages.success(request, _("Nobody comes in place of %(member)s.") % {"member": alternate.invitation.membership})
    return redirect("web:home") if is_own else redirect(meeting)


# --- Interests and recusals ------------------------------------------------------------------------------------------


@require_POST
def declare_no_interest(request: Request, pk: UUID) -> HttpResponse:
    """Declare that one has no interest of one's own in what is on the agenda."""
    invitation = _invitation(request, pk)
    actions.declare_no_interest(invitation, by=request.user)
    messages.success(request, _("Your declaration has been noted."))
    return redirect(invitation)


@_form
def recusals(request: Request, pk: UUID) -> HttpResponse:
    """Who keeps out of which item? And: I do, or someone should."""
    meeting = _meeting(request, pk)
    own = own_invitations(request.user, meeting)
    is_alive = meeting.state in (Meeting.State.CONVENED, Meeting.State.RUNNING)
    may_raise = is_alive and (any(each.votes for each in own) or request.user.has_perm("meetings.edit_agenda", meeting))
    kinds: dict[str, type[Form]] = {"own": AbstainForm} if own and is_alive else {}
    kinds |= {"other": RecusalForm} if may_raise else {}
    forms = {name: _recusal_form(kind, request, name, meeting, own) for name, kind in kinds.items()}
    for form in forms.values():
        if recusal := submitted(form, partial(_raise, by=request.user)):
            messages.success(request, _said(recusal))
            return redirect("web:recusals", meeting.pk)
    found = list(_recusals(request).filter(item__meeting=meeting).order_by("item__position", "id"))
    context = {
        **_of(meeting),
        "recusals": [(each, _possible(request.user, each)) for each in found],
        "granted": sum(each.state == Recusal.State.GRANTED for each in found),
        "open": sum(each.state == Recusal.State.RAISED for each in found),
        "forms": forms,
        "own": own,
        "failed": {name for name, form in forms.items() if form.errors},
    }
    return render(request, "coming/recusals.html", context)


def _recusal_form(kind: type[Form], request: Request, name: str, meeting: Meeting, own: list[Invitation]) -> Form:
    asked: dict[str, Any] = {"meeting": meeting, "user": request.user, "own": own, "prefix": name}
    if request.method == "POST" and request.POST.get("form") == name:
        return filled(kind, request, **asked)
    return kind(**asked)


def _raise(*, by: User, item: Any, kind: str = Recusal.Kind.ABSTENTION, **answers: Any) -> Recusal:
    return actions.raise_recusal(item, kind=kind, by=by, **answers)


def _said(recusal: Recusal) -> str:
    names = {"person": recusal.membership.user, "number": recusal.item.number}
    if recusal.state == Recusal.State.GRANTED:
        return _("%(person)s keeps out of item %(number)s.") % names
    return _("Whether %(person)s keeps out of item %(number)s will be decided.") % names


def _possible(user: User, recusal: Recusal) -> dict[str, bool]:
    """What someone can do about a recusal, so that the page offers only that."""
    is_open, by_ballot = recusal.state == Recusal.State.RAISED, actions.is_for_the_ballot(recusal)
    needed = "meetings.decide_challenge" if recusal.kind == Recusal.Kind.CHALLENGE else "meetings.decide_recusal"
    at_once = recusal.state == Recusal.State.GRANTED and recusal.decided_by_id == recusal.raised_by_id
    not_begun = recusal.item.opened_at is None
    return {
        "decide": is_open and not by_ballot and user.has_perm(needed, recusal),
        "ballot": is_open and by_ballot,
        "withdraw": (is_open or (at_once and not_begun)) and user.has_perm("meetings.withdraw_recusal", recusal),
    }


@_form
def decide_recusal(request: Request, pk: UUID) -> HttpResponse:
    """Decide whether a member keeps out of an item."""
    recusal = get_object_or_404(_recusals(request), pk=pk)
    require(request.user, "meetings.decide_recusal", recusal)
    form = filled(DecisionForm, request)
    if submitted(form, partial(actions.decide_recusal, recusal, by=request.user)):
        messages.success(request, _("The decision has been noted; those concerned hear of it."))
        return redirect(recusal)
    return render(request, "coming/decide.html", {**_of(recusal.item.meeting), "recusal": recusal, "form": form})


@require_POST
def withdraw_recusal(request: Request, pk: UUID) -> HttpResponse:
    """Take back what one raised."""
    recusal = get_object_or_404(_recusals(request), pk=pk)
    actions.withdraw_recusal(recusal, by=request.user)
    messages.success(request, _("This has been withdrawn."))
    return redirect(recusal)


# --- Helpers ---------------------------------------------------------------------------------------------------------


def _meeting(request: Request, pk: UUID) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user).select_related("council"), pk=pk)


def _invitation(request: Request, pk: UUID) -> Invitation:
    whose = ("meeting__council", "membership__user", "membership__organisation")
    return get_object_or_404(Invitation.objects.visible_to(request.user).select_related(*whose), pk=pk)


def _alternate(request: Request, pk: UUID) -> Alternate:
    related = ("user", "invitation__meeting__council", "invitation__membership__user")
    return get_object_or_404(Alternate.objects.visible_to(request.user).select_related(*related), pk=pk)


def _recusals(request: Request) -> Any:
    related = ("item__meeting", "item__council", "membership__user", "membership__organisation", "raised_by")
    return Recusal.objects.visible_to(request.user).select_related(*related, "decided_by")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _of(meeting: Meeting) -> dict[str, Any]:
    """What every page about a meeting says to the frame."""
    return {"meeting": meeting, "council": meeting.council, "place": "meetings"}
