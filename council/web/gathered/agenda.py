"""The agenda as a reader sees it: a tree with the times at which its items come up."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Prefetch

from council.meetings.models import AgendaItem, Meeting, Paper
from council.opinions.models import Consultation
from council.people.models import User

Times = dict[UUID, tuple[dt.datetime, dt.datetime]]


@dataclass
class Line:
    """An item with what lies on the table for it, and the items below it."""

    item: AgendaItem
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    consultations: list[Consultation]
    below: list["Line"] = field(default_factory=list)


def agenda(meeting: Meeting, user: User) -> list[Line]:
    """The items someone may see; one whose upper item they may not see stands by itself."""
    papers = Prefetch(
        "papers", Paper.objects.visible_to(user).select_related("attachment", "version__document").order_by("id")
    )
    items = AgendaItem.objects.visible_to(user).filter(meeting=meeting).order_by("position").prefetch_related(papers)
    times, asked = schedule(meeting), _consultations(meeting, user)
    lines: dict[UUID, Line] = {}
    top: list[Line] = []
    for item in items:
        starts_at, ends_at = times.get(item.pk, (None, None))
        line = lines[item.pk] = Line(item, starts_at, ends_at, asked[item.pk])
        upper = lines.get(item.parent_id) if item.parent_id else None
        (upper.below if upper else top).append(line)
    return top


def schedule(meeting: Meeting) -> Times:
    """When each item comes up, one after the other; nothing for a review in writing, or an item without a time.

    Items for officers only take their time for everyone, so only the lengths of all items are read here. An item lasts
    as long as the items below it, if that is longer than planned.
    """
    if meeting.kind == Meeting.Kind.WRITTEN:
        return {}
    minutes: dict[UUID, int] = {}
    below: dict[UUID | None, list[UUID]] = defaultdict(list)
    for pk, parent, planned in meeting.items.order_by("position").values_list("pk", "parent", "minutes_planned"):
        minutes[pk] = planned
        below[parent].append(pk)
    times: Times = {}

    def length(pk: UUID) -> int:
        return max(minutes[pk], sum(map(length, below[pk])))

    def lay(items: list[UUID], start: dt.datetime) -> None:
        for pk in items:
            end = start + dt.timedelta(minutes=length(pk))
            if end > start:
                times[pk] = start, end
            lay(below[pk], start)
            start = end

    lay(below[None], meeting.starts_at)
    return times


def _consultations(meeting: Meeting, user: User) -> dict[UUID, list[Consultation]]:
    found: dict[UUID, list[Consultation]] = defaultdict(list)
    visible = Consultation.objects.visible_to(user).filter(agenda_item__meeting=meeting)
    for consultation in visible.prefetch_related("phases").order_by("id"):
        if consultation.agenda_item_id:
            found[consultation.agenda_item_id].append(consultation)
    return found
