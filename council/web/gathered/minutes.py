"""Minutes as someone reads them: the head, the sections with the corrections asked for, and what is still missing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from council.core import clock
from council.core.models import Sector
from council.decisions import actions
from council.decisions.completeness import Missing, Part
from council.decisions.heads import Head, Line, Person, head_of
from council.decisions.models import Correction, Minutes, Recording, Section
from council.decisions.models.minutes import attendees, of_own
from council.documents.comparison import Span, compare
from council.meetings.models import Meeting
from council.people.models import User
from council.web import presence


@dataclass(frozen=True)
class Item:
    """A section with what was asked of it, and who else writes in it now."""

    section: Section
    corrections: list["Asked"]
    names: list[str]


@dataclass(frozen=True)
class Asked:
    """A requested correction, with the words that differ."""

    correction: Correction

    @property
    def spans(self) -> list[Span]:
        """The sentence as it stood and as it should be."""
        return compare(self.correction.quote, self.correction.proposed)


@dataclass(frozen=True)
class Checked:
    """A part the law asks for, and what it lacks."""

    part: Part
    missing: list[Missing]


@dataclass(frozen=True)
class Shown:
    """The head with its people by sector and its times as times."""

    head: Head

    @property
    def by_sector(self) -> list[tuple[str | Promise, list[Person]]]:
        """Attendees, sector by sector in the order of the seats."""
        groups: defaultdict[str, list[Person]] = defaultdict(list)
        for person in self.head["attendees"]:
            groups[person["sector"]].append(person)
        labels = dict(Sector.choices)
        return [(labels.get(sector, sector), people) for sector, people in groups.items()]

    @property
    def begins(self) -> dt.datetime:
        """When it opened, or was to begin."""
        return dt.datetime.fromisoformat(self.head["opened_at"] or self.head["starts_at"])

    @property
    def ends(self) -> dt.datetime:
        """When it closed, or was to end."""
        return dt.datetime.fromisoformat(self.head["closed_at"] or self.head["ends_at"])

    @property
    def in_order(self) -> list[tuple[Line, dt.datetime]]:
        """The items in the order in which they were taken up, with the times."""
        lines = {line["id"]: line for line in self.head["agenda"]}
        taken = [lines[pk] for pk in self.head["order"] if pk in lines]
        return [(line, dt.datetime.fromisoformat(line["opened_at"])) for line in taken]


def of_meeting(user: User, meeting: Meeting) -> dict[str, Any]:
    """What the page of a meeting says of its minutes and recordings: nothing before it has begun."""
    if meeting.state not in (Meeting.State.RUNNING, Meeting.State.CLOSED):
        return {}
    minutes = Minutes.objects.visible_to(user).filter(meeting=meeting).first()
    return {
        "minutes": minutes,
        "may_begin_minutes": minutes is None and user.has_perm("decisions.write_minutes", meeting),
        "has_recordings": Recording.objects.visible_to(user).filter(meeting=meeting).exists(),
    }


def page_of(minutes: Minutes, user: User) -> dict[str, Any]:
    """Everything the page of minutes shows someone."""
    runs = user.has_perm("decisions.write_minutes", minutes)
    missing = actions.lacking(minutes) if runs and minutes.state == Minutes.State.DRAFT else []
    circulated = minutes.state == Minutes.State.CIRCULATED
    was_there = circulated and user.has_perm("decisions.correct_minutes", minutes)
    until = minutes.corrections_until
    takes_corrections = circulated and until is not None and clock.now() <= until
    own = attendees(minutes.meeting).filter(of_own(user)) if was_there and takes_corrections else None
    head = head_of(minutes, user)
    return {
        "shown": Shown(head),
        "items": _items(minutes, user, writes=runs and minutes.state == Minutes.State.DRAFT),
        "annexes": minutes.annexes.select_related("by") if minutes.state == Minutes.State.APPROVED else (),
        "missing": missing,
        "parts": [Checked(part, [each for each in missing if each.part == part]) for part in Part],
        "may": {
            "write": runs and minutes.state == Minutes.State.DRAFT,
            "decide": runs and minutes.state != Minutes.State.APPROVED,
            "circulate": runs and minutes.state == Minutes.State.DRAFT,
            "recall": runs and circulated,
            "approve": circulated and user.has_perm("decisions.approve_minutes", minutes),
            "annex": minutes.state == Minutes.State.APPROVED and user.has_perm("decisions.add_annex", minutes),
            "correct": was_there and takes_corrections,
            "confirm": own is not None and own.filter(pk__in=actions.unanswered(minutes)).exists(),
        },
        "not_yet": actions.why_not_approve(minutes) if runs and circulated else [],
        "intact": actions.digest_of(minutes) == minutes.digest if minutes.digest else None,
        "confirmed": minutes.confirmations.count() if runs and circulated else 0,
        "asked": len(head["attendees"]) + len(head["observers"]) if runs and circulated else 0,
    }


def _items(minutes: Minutes, user: User, *, writes: bool) -> list[Item]:
    sections = Section.objects.visible_to(user).filter(minutes=minutes).select_related("item").order_by("position")
    asked: defaultdict[UUID, list[Asked]] = defaultdict(list)
    for correction in _corrections(minutes, user):
        asked[correction.section_id].append(Asked(correction))
    found = list(sections)
    for section in found:
        section.minutes = minutes
    working = presence.others([each.pk for each in found], user) if writes else {}
    return [Item(section, asked[section.pk], working.get(section.pk, [])) for section in found]


def _corrections(minutes: Minutes, user: User) -> Iterable[Correction]:
    rows = Correction.objects.visible_to(user).filter(section__minutes=minutes).order_by("id")
    return rows.select_related("requested_by", "invitation__membership__organisation")
