"""The duty to tell: for anything that happened in a council, who was told, when, how, and whether they know."""

import io
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from council.core import clock
from council.core.permissions import require
from council.exchange.writing import Format
from council.journal.models import Entry
from council.notifications import told as duty
from council.notifications import told_table
from council.notifications.told import Knows
from council.people.models import Council
from council.web.forms.messages import ToldFilter
from council.web.paging import page, page_from_oldest
from council.web.requests import Request

ROWS = 50


@require_safe
def events(request: Request, pk: UUID) -> HttpResponse:
    """What happened here of which people were told; of one thing, where one is named."""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "notifications.read_told", council)
    entries = duty.entries_for(request.user).filter(council_id=council.pk)
    if about := request.GET.get("about"):
        try:
            entries = entries.filter(target_id=UUID(about))
        except ValueError as error:
            raise Http404 from error
    shown = page(request, entries)
    counts = duty.counts(shown.rows)
    context = {
        "council": council,
        "place": "members",
        "rows": [(entry, duty.announcement_of(entry), counts.get(entry.pk, 0)) for entry in shown.rows],
        "next_url": shown.next_url,
        "about": about,
    }
    return render(request, "messages_sent/events.html", context)


@require_safe
def told(request: Request, pk: int) -> HttpResponse:
    """Who was told of one event, and whether they know."""
    entry = _entry(request, pk)
    chosen = ToldFilter(request.GET)
    state = chosen.chosen.get("knows", "")
    figures = duty.figures(entry)
    people = duty.people(entry, *([Knows(state)] if state else []))
    shown = page_from_oldest(request, people, size=ROWS)
    context = {
        "council": get_object_or_404(Council, pk=entry.council_id),
        "place": "members",
        "entry": entry,
        "sentence": duty.announcement_of(entry),
        "figures": figures,
        "total": sum(figures.values()),
        "reached": figures[Knows.READ] + figures[Knows.TOLD],
        "tabs": _tabs(figures, state),
        "rows": duty.told(entry, shown.rows),
        "next_url": shown.next_url,
    }
    return render(request, "messages_sent/told.html", context)


@require_safe
def table(request: Request, pk: int, format: str) -> FileResponse:  # noqa: A002 - the word for it
    """The same as a file."""
    entry = _entry(request, pk)
    if format not in told_table.FORMATS:
        raise Http404
    file = io.BytesIO()
    told_table.write(entry, Format(format), file, language="en" if get_language() == "en" else "ko")
    file.seek(0)
    name = f"{_('who-was-told')}-{entry.pk}-{clock.today():%Y%m%d}{Format(format).extension}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=Format(format).media_type)


def _entry(request: Request, pk: int) -> Entry:
    entry: Entry = get_object_or_404(duty.entries_for(request.user).select_related("actor"), pk=pk)
    return entry


def _tabs(figures: dict[Knows, int], current: str) -> list[tuple[str, Any, bool, int]]:
    tabs: list[tuple[str, Any, bool, int]] = [("", _("Everyone"), not current, sum(figures.values()))]
    return tabs + [(state.value, state.label, state.value == current, number) for state, number in figures.items()]
