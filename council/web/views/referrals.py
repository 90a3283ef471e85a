"""이송: items handed to another body, and what it says became of them."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from council.core.permissions import require
from council.meetings import actions
from council.meetings.models import AgendaItem, Referral
from council.meetings.models.agenda import receivers
from council.people.models import Council
from council.web.forms.agenda import ForwardForm, ReturnForm, TakeUpForm
from council.web.requests import Request
from council.web.submitting import filled, submitted
from council.web.views.agenda import visible_item
from council.web.views.meetings import of_meeting

_form = require_http_methods(["GET", "HEAD", "POST"])
_WHOLE = ("item__council", "item__meeting__subcommittee", "to_council", "to_subcommittee", "taken_up_as__meeting")
WAITING = (Referral.State.SENT, Referral.State.TAKEN_UP)


@require_safe
def referrals(request: Request, pk: str) -> HttpResponse:
    """What came from other bodies, what went to them, and how does it stand?"""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    visible = Referral.objects.visible_to(request.user).select_related(*_WHOLE)
    came = list(visible.filter(to_council=council))
    context = {
        "council": council,
        "place": "meetings",
        "waiting": [each for each in came if each.state in WAITING],
        "done": [each for each in came if each.state not in WAITING],
        "sent": visible.filter(council=council).exclude(to_council=council),
    }
    return render(request, "referrals/referrals.html", context)


@_form
def referral(request: Request, pk: str) -> HttpResponse:
    """What is asked of the other body, and what became of it? Its officers take it up here."""
    referral = _visible(request, pk)
    may_receive = request.user.has_perm("meetings.receive_referral", referral)
    form = filled(TakeUpForm, request, referral=referral)
    if request.method == "POST":
        require(request.user, "meetings.receive_referral", referral)
        if item := submitted(form, partial(actions.take_up_referral, referral, by=request.user)):
            messages.success(request, _("It is item %(number)s on the agenda.") % {"number": item.number})
            return redirect(item)
    item = referral.item
    context = {
        "referral": referral,
        "item": item,
        "council": referral.to_council if may_receive else _own(request, referral),
        "place": "meetings",
        "papers": item.papers.count(),
        "item_is_open": AgendaItem.objects.visible_to(request.user).filter(pk=item.pk).exists(),
        "may_take_up": may_receive and referral.state == Referral.State.SENT,
        "may_return": may_receive and referral.state in WAITING,
        "form": form,
    }
    return render(request, "referrals/referral.html", context)


def _own(request: Request, referral: Referral) -> Council:
    """The one of the two councils in which one sits."""
    sender = Council.objects.visible_to(request.user).filter(pk=referral.council_id).first()
    return sender or referral.to_council


@_form
def forward(request: Request, pk: str) -> HttpResponse:
    """Hand an item to another body."""
    item = visible_item(request, pk)
    require(request.user, "meetings.edit_agenda", item)
    councils = receivers(request.user, item)
    form = filled(ForwardForm, request, item=item, councils=councils)
    if referral := submitted(form, partial(actions.forward, item, by=request.user)):
        body = referral.to_subcommittee or referral.to_council
        messages.success(request, _("“%(title)s” is forwarded to %(body)s.") % {"title": item.title, "body": body})
        return redirect(referral)
    return render(request, "referrals/forward.html", {**of_meeting(item.meeting), "item": item, "form": form})


@_form
def give_back(request: Request, pk: str) -> HttpResponse:
    """Tell the body that forwarded an item what became of it."""
    referral = _visible(request, pk)
    require(request.user, "meetings.receive_referral", referral)
    form = filled(ReturnForm, request)
    if submitted(form, partial(actions.return_referral, referral, by=request.user)):
        messages.success(request, _("The body that forwarded it hears of it."))
        return redirect(referral)
    context = {"council": referral.to_council, "place": "meetings", "referral": referral, "form": form}
    return render(request, "referrals/return.html", context)


def _visible(request: Request, pk: str) -> Referral:
    return get_object_or_404(Referral.objects.visible_to(request.user).select_related(*_WHOLE), pk=pk)
