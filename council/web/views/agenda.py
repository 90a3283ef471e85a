"""The agenda: its items and papers, their order, and where an item goes on."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from council.core.permissions import require
from council.meetings import actions
from council.meetings.models import AgendaItem, Meeting, Paper
from council.meetings.timing import minutes_over, schedule
from council.web.forms.agenda import CarryOverForm, ItemForm, NewItemForm, PaperForm
from council.web.gathered.agenda import agenda, flat
from council.web.gathered.ordering import DIRECTIONS, Order, moved, read, written
from council.web.requests import Request
from council.web.submitting import filled, submitted
from council.web.views.meetings import of_meeting, visible_meeting

_form = require_http_methods(["GET", "HEAD", "POST"])


# --- Items -----------------------------------------------------------------------------------------------------------


@_form
def add_item(request: Request, pk: str) -> HttpResponse:
    """Put an item on the agenda."""
    meeting = visible_meeting(request, pk)
    require(request.user, "meetings.edit_agenda", meeting)
    form = filled(NewItemForm, request, meeting=meeting, user=request.user)
    if item := submitted(form, partial(actions.add_item, meeting, by=request.user)):
        messages.success(request, _("Item %(number)s is on the agenda.") % {"number": item.number})
        return redirect(item)
    return render(request, "meetings/add_item.html", {**of_meeting(meeting), "form": form})


@_form
def revise_item(request: Request, pk: str) -> HttpResponse:
    """Change what an item is about, who presents it, how long it takes and who may read it."""
    item = visible_item(request, pk)
    require(request.user, "meetings.edit_agenda", item)
    form = filled(ItemForm, request, initial=model_to_dict(item, list(ItemForm.base_fields)))
    if submitted(form, partial(actions.revise_item, item, by=request.user)):
        messages.success(request, _("Item %(number)s has been changed.") % {"number": item.number})
        return redirect(item)
    return render(request, "meetings/revise_item.html", {**of_meeting(item.meeting), "item": item, "form": form})


@require_POST
def remove_item(request: Request, pk: str) -> HttpResponse:
    """Take an item off the agenda."""
    item = visible_item(request, pk)
    actions.remove_item(item, by=request.user)
    messages.success(request, _("“%(title)s” is no longer on the agenda.") % {"title": item.title})
    return redirect(item.meeting)


@_form
def carry_over(request: Request, pk: str) -> HttpResponse:
    """Take an item that was not dealt with to a later meeting."""
    item = visible_item(request, pk)
    require(request.user, "meetings.edit_agenda", item)
    form = filled(CarryOverForm, request, item=item)
    if carried := submitted(form, partial(actions.carry_over, item, by=request.user)):
        place = {"title": carried.title, "meeting": carried.meeting}
        messages.success(request, _("“%(title)s” is on the agenda of %(meeting)s.") % place)
        return redirect(item)
    return render(request, "meetings/carry_over.html", {**of_meeting(item.meeting), "item": item, "form": form})


# --- Papers ----------------------------------------------------------------------------------------------------------


@_form
def add_paper(request: Request, pk: str) -> HttpResponse:
    """Lay a paper on the table for an item."""
    item = visible_item(request, pk)
    require(request.user, "meetings.edit_agenda", item)
    form = filled(PaperForm, request, council=item.meeting.council, user=request.user)
    if paper := submitted(form, partial(_add_paper, request, item)):
        messages.success(request, _("“%(paper)s” lies on the table.") % {"paper": paper})
        return redirect(item)
    return render(request, "meetings/add_paper.html", {**of_meeting(item.meeting), "item": item, "form": form})


def _add_paper(request: Request, item: AgendaItem, **chosen: Any) -> Paper:
    """The one of the two that was chosen."""
    if chosen["file"]:
        return actions.add_paper_file(item, file=chosen["file"], by=request.user)
    return actions.add_paper(item, version=chosen["version"], by=request.user)


@require_POST
def remove_paper(request: Request, pk: int) -> HttpResponse:
    """Take a paper off the table."""
    papers = Paper.objects.visible_to(request.user).select_related("item__meeting__council", "version", "attachment")
    paper = get_object_or_404(papers, pk=pk)
    name = str(paper)
    item = actions.remove_paper(paper, by=request.user)
    messages.success(request, _("“%(paper)s” no longer lies on the table.") % {"paper": name})
    return redirect(item)


# --- Order -----------------------------------------------------------------------------------------------------------


@_form
def order(request: Request, pk: str) -> HttpResponse:
    """In which order are the items taken up? Moved by their buttons, or dragged."""
    meeting = visible_meeting(request, pk)
    require(request.user, "meetings.edit_agenda", meeting)
    said, status = "", 200
    if request.method == "POST":
        said, status = _reorder(request, meeting)
        if not request.htmx:
            return redirect("web:order_agenda", pk=meeting.pk)
    lines = flat(agenda(meeting, request.user))
    context = {
        **of_meeting(meeting),
        "lines": lines,
        "order": written(actions.arrangement(meeting)),
        "minutes_over": minutes_over(meeting, schedule(meeting)),
        "said": said,
    }
    template = "meetings/order_list.html" if request.htmx else "meetings/order.html"
    return render(request, template, context, status=status)


def _reorder(request: Request, meeting: Meeting) -> tuple[str, int]:
    """Do what was asked for, and say where the item stands now."""
    seen, new, pk = _asked(request)
    try:
        actions.order_items(meeting, order=new, seen=seen, by=request.user)
    except ValidationError as error:
        sentence = " ".join(error.messages)
        if not request.htmx:
            messages.error(request, sentence)
        return sentence, 422
    item = meeting.items.filter(pk=pk).first()
    return (
        (_("“%(title)s” is now number %(number)s.") % {"title": item.title, "number": item.number}, 200)
        if item
        else ("", 200)
    )


def _asked(request: Request) -> tuple[Order, Order, str]:
    """The order that was seen, the one that is wanted, and the item that moves."""
    try:
        seen = read(request.POST.get("seen", ""))
        if request.POST.get("order"):
            return seen, read(request.POST["order"]), request.POST.get("item", "") or str(seen[0][0])
        direction, _separator, pk = request.POST.get("move", "").partition(":")
        [item] = [item for item, _parent in seen if str(item) == pk]
        if direction not in DIRECTIONS:
            raise ValueError(direction)
        return seen, moved(seen, item, direction), pk
    except (ValueError, IndexError, KeyError) as error:
        raise BadRequest("This is no order of an agenda.") from error


def visible_item(request: Request, pk: str) -> AgendaItem:
    """An item one may see, with its meeting and council."""
    items = AgendaItem.objects.visible_to(request.user).select_related("meeting__council", "meeting__subcommittee")
    return get_object_or_404(items, pk=pk)
