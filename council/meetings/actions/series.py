"""Meetings that come back: series, copies, templates."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core.permissions import require
from council.core.saving import create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.agenda import put
from council.meetings.actions.preparing import begin, invite_proposals, plan_meeting
from council.meetings.models import AgendaItem, Meeting, MeetingTemplate, Paper, Series
from council.meetings.planning import bring_in
from council.meetings.rhythm import MOST, dates
from council.people.models import Council, User

HELD_AS = ("kind", "mode", "place", "online_url", "closed", "capacity")
OF_AN_ITEM = ("title", "note", "kind", "presenter", "minutes_planned", "visibility", "closed")


@transaction.atomic
def plan_series(
    council: Council,
    *,
    name: str,
    rhythm: str,
    count: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: User,
    **fields: Any,
) -> Series:
    """Plan several meetings that come back in a rhythm, on the same weekday and at the same time in Seoul.

    Args:
        name: What the series is called; its meetings are numbered after it unless ``title`` says otherwise.
        rhythm: A :class:`Series.Rhythm`.
        count: How many meetings, 2 to 24.
        starts_at: When the first one begins.
        fields: What :func:`plan_meeting` takes, for the first one; all are as long. Until when agenda items may be
            proposed is said for each meeting when it comes near.

    Raises:
        ValidationError: There are too few or too many, or a meeting would not be possible.
    """
    require(by, "meetings.plan_meeting", council)
    if not 2 <= count <= MOST:
        raise ValidationError({"count": _("A series has 2 to %(most)d meetings.") % {"most": MOST}})
    series = create(Series(council=council, name=name, rhythm=rhythm))
    title = fields.pop("title", "") or name
    for number, begins_at in enumerate(dates(starts_at, rhythm, count), 1):
        plan_meeting(
            council,
            title=f"{title} ({number}/{count})",
            starts_at=begins_at,
            ends_at=begins_at + (ends_at - starts_at),
            series=series,
            by=by,
            **fields,
        )
    record(Verb.SERIES_PLANNED, series, by=by, name=name, rhythm=rhythm, meetings=count)
    return series


@transaction.atomic
def copy_meeting(
    meeting: Meeting, *, starts_at: dt.datetime, by: User, title: str = "", papers: bool = False
) -> Meeting:
    """Plan another meeting like one there is: held in the same way, as long, with the same agenda, nothing dealt with.

    What other rooms bring in by themselves, e.g. open actions, comes in anew instead of being copied.

    Args:
        papers: Whether the papers lie on the new table too.
    """
    require(by, "meetings.plan_meeting", meeting)
    new = begin(
        meeting.council,
        title=title or meeting.title,
        subcommittee=meeting.subcommittee,
        series=meeting.series,
        starts_at=starts_at,
        ends_at=starts_at + (meeting.ends_at - meeting.starts_at),
        **{name: getattr(meeting, name) for name in HELD_AS},
    )
    copies: dict[Any, AgendaItem] = {}
    for item in meeting.items.filter(follow_up=False).order_by("position").prefetch_related("papers"):
        parent = copies.get(item.parent_id)
        copies[item.pk] = put(new, parent=parent, **{name: getattr(item, name) for name in OF_AN_ITEM})
        if papers:
            lay_again(item, copies[item.pk])
    bring_in(new, by)
    record(Verb.MEETING_COPIED, new, by=by, title=new.title, copied_from=meeting.pk)
    return new


def lay_again(item: AgendaItem, on: AgendaItem) -> None:
    """Lay what lies on the table for one item on that for another one of the same council."""
    Paper.objects.bulk_create(
        Paper(item=on, attachment_id=paper.attachment_id, version_id=paper.version_id) for paper in item.papers.all()
    )


@transaction.atomic
def keep_template(meeting: Meeting, *, name: str, by: User) -> MeetingTemplate:
    """Keep how a meeting is held, and its agenda, to plan others from.

    Raises:
        ValidationError: The council has a template of this name.
    """
    require(by, "meetings.plan_meeting", meeting)
    details = {field: getattr(meeting, field) for field in HELD_AS}
    subcommittee = str(meeting.subcommittee_id) if meeting.subcommittee_id else None
    length = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    depths: dict[Any, int] = {None: -1}
    lines = []
    for item in meeting.items.filter(follow_up=False).order_by("position"):
        depths[item.pk] = depths.get(item.parent_id, -1) + 1
        lines.append({"depth": depths[item.pk], **{field: getattr(item, field) for field in OF_AN_ITEM}})
    template = create(
        MeetingTemplate(
            council_id=meeting.council_id,
            name=name,
            details={**details, "title": meeting.title, "subcommittee": subcommittee, "minutes": length},
            lines=lines,
        )
    )
    record(Verb.MEETING_TEMPLATE_KEPT, template, by=by, name=name)
    return template


@transaction.atomic
def remove_template(template: MeetingTemplate, *, by: User) -> None:
    """Throw a template away; the meetings planned from it stay."""
    require(by, "meetings.plan_meeting", template)
    record(Verb.MEETING_TEMPLATE_REMOVED, template, by=by, name=template.name)
    template.delete()


@transaction.atomic
def plan_from_template(
    template: MeetingTemplate,
    *,
    starts_at: dt.datetime,
    by: User,
    title: str = "",
    proposals_until: dt.datetime | None = None,
) -> Meeting:
    """Plan a meeting as a template says, with its agenda.

    Raises:
        ValidationError: Its subcommittee is no longer there.
    """
    require(by, "meetings.plan_meeting", template)
    details = dict(template.details)
    length, named, subcommittee = (details.pop(key, None) for key in ("minutes", "title", "subcommittee"))
    meeting = begin(
        template.council,
        title=title or named or template.name,
        subcommittee=template.council.subcommittees.filter(pk=subcommittee).first(),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=length or 120),
        proposals_until=proposals_until,
        **details,
    )
    above: list[AgendaItem] = []
    for line in template.lines:
        fields = dict(line)
        above = above[: fields.pop("depth", 0)]
        above.append(put(meeting, parent=above[-1] if above else None, **fields))
    bring_in(meeting, by)
    record(Verb.MEETING_PLANNED, meeting, by=by, title=meeting.title, template=template.name)
    invite_proposals(meeting, by)
    return meeting
