"""When the items of an agenda come up, as planned; nothing of it is stored."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from council.meetings.models import Meeting

Times = dict[UUID, tuple[dt.datetime, dt.datetime]]


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


def minutes_over(meeting: Meeting, times: Times) -> int:
    """How many minutes the agenda takes longer than the meeting is planned for; none where it fits."""
    ends_at = max((end for _start, end in times.values()), default=meeting.ends_at)
    return max(0, -(-int((ends_at - meeting.ends_at).total_seconds()) // 60))
