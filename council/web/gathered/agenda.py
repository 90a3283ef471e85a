"""The agenda as a reader sees it: a tree with the times at which its items come up."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef

from council.meetings.models import AgendaItem, Meeting, Paper, Referral
from council.meetings.timing import Times, schedule
from council.opinions.models import Consultation
from council.people.models import User

__all__ = ["Line", "agenda", "flat", "schedule"]


@dataclass
class Line:
    """An item with what lies on the table for it, and the items below it.

    Attributes:
        readable: Whether its explanation may be read: not of a closed item, nor of one kept out of (제척·기피·회피).
        carried: Whether it goes on at another meeting, and where, if that one may be seen.
        referrals: Where it was forwarded, and what became of it there.
    """

    item: AgendaItem
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    papers: list[Paper]
    consultations: list[Consultation]
    readable: bool = True
    carried: bool = False
    carried_to: AgendaItem | None = None
    referrals: list[Referral] = field(default_factory=list)
    below: list["Line"] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether it came from another meeting, or went on to one."""
        return self.carried or bool(self.item.carried_from_id or self.referrals)


def agenda(meeting: Meeting, user: User, times: Times | None = None) -> list[Line]:
    """The items someone may see; one whose upper item they may not see stands by itself.

    Args:
        times: Their :func:`schedule`, where it is known already.
    """
    ways_on = {
        "has_papers": Exists(Paper.objects.filter(item=OuterRef("pk"))),
        "is_carried": Exists(AgendaItem.objects.filter(carried_from=OuterRef("pk"))),
        "is_forwarded": Exists(Referral.objects.filter(item=OuterRef("pk"))),
    }
    visible = AgendaItem.objects.visible_to(user).kept_from(user).filter(meeting=meeting).order_by("position")
    items = list(visible.annotate(**ways_on))
    papers = _papers(items, user)
    times = schedule(meeting) if times is None else times
    asked = _consultations(meeting, user)
    forwarded = _referrals(meeting, user) if any(vars(item)["is_forwarded"] for item in items) else {}
    carried_to = _carried(meeting, user) if any(vars(item)["is_carried"] for item in items) else {}
    lines: dict[UUID, Line] = {}
    top: list[Line] = []
    for item in items:
        starts_at, ends_at = times.get(item.pk, (None, None))
        known = vars(item)
        line = lines[item.pk] = Line(
            item,
            starts_at,
            ends_at,
            papers.get(item.pk, []),
            asked.get(item.pk, []),
            readable=_is_readable(item),
            carried=known["is_carried"],
            carried_to=carried_to.get(item.pk),
            referrals=forwarded.get(item.pk, []),
        )
        upper = lines.get(item.parent_id) if item.parent_id else None
        (upper.below if upper else top).append(line)
    return top


def _is_readable(item: AgendaItem) -> bool:
    """Whether an item that was read with ``kept_from`` may be read whole."""
    return not vars(item)["closed_to_reader"] and not vars(item)["left_out"]


def _papers(items: list[AgendaItem], user: User) -> dict[UUID, list[Paper]]:
    """What lies on the table for some items, as far as someone may read them; rarely asked for nothing."""
    found: dict[UUID, list[Paper]] = defaultdict(list)
    readable = [item for item in items if vars(item)["has_papers"] and _is_readable(item)]
    if readable:
        papers = Paper.objects.holding_visible(user).filter(item__in=readable)
        for paper in papers.select_related("attachment", "version__document").order_by("id"):
            found[paper.item_id].append(paper)
    return found


def flat(lines: list[Line], depth: int = 0) -> list[tuple[Line, int]]:
    """All lines in their order, each with the number of items above it."""
    return [found for line in lines for found in [(line, depth), *flat(line.below, depth + 1)]]


def _consultations(meeting: Meeting, user: User) -> dict[UUID, list[Consultation]]:
    found: dict[UUID, list[Consultation]] = defaultdict(list)
    visible = Consultation.objects.visible_to(user).filter(agenda_item__meeting=meeting)
    for consultation in visible.prefetch_related("phases").order_by("id"):
        if consultation.agenda_item_id:
            found[consultation.agenda_item_id].append(consultation)
    return found


def _referrals(meeting: Meeting, user: User) -> dict[UUID, list[Referral]]:
    found: dict[UUID, list[Referral]] = defaultdict(list)
    visible = Referral.objects.visible_to(user).filter(item__meeting=meeting)
    for referral in visible.select_related("to_council", "to_subcommittee").order_by("id"):
        found[referral.item_id].append(referral)
    return found


def _carried(meeting: Meeting, user: User) -> dict[UUID | None, AgendaItem]:
    later = AgendaItem.objects.visible_to(user).filter(carried_from__meeting=meeting).select_related("meeting")
    return {item.carried_from_id: item for item in later}
