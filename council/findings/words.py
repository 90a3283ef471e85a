"""What was found, put into words: for its page and for the files that are made of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from council.core.models import Sector
from council.findings.models import Finding
from council.opinions.models import Consultation, Opinion
from council.people.models import Organisation, User

MOST = 10
UNITED, DIVIDED = 0.5, 0.3
SQUARES = 12
"""Squares along each side of the map."""


@dataclass(frozen=True)
class Band:
    """The share of a unit that agrees, as far as it is shown.

    Attributes:
        text: "20–40 %", or that too few answered.
        step: From 1, few agree, to 5, many; 0 where nothing is shown.
    """

    text: str
    step: int


@dataclass(frozen=True)
class Change:
    """How a unit stood before the meeting, and how it stands now."""

    unit: str
    before: Band
    now: Band


@dataclass(frozen=True)
class Row:
    """One opinion.

    Attributes:
        unites: How sure it is that most of every unit agree, in percent.
        divides: How far apart the units are, in percent.
        bands: In the order of the units.
        total: The share of all that agrees, once voting has ended.
        changes: Where a unit stands elsewhere than before the meeting.
    """

    opinion: Opinion
    unites: int | None
    weakest: str
    divides: int | None
    pair: Sequence[str]
    bands: Sequence[Band]
    total: str

    changes: Sequence["Change"] = ()

    @property
    def surely(self) -> str:
        """How sure it is, in words: never entirely, as long as it is computed from bands."""
        if self.unites is None:
            return ""
        return _("over 99%") if self.unites > 99 else f"{self.unites}%"


@dataclass(frozen=True)
class Square:
    """A square of the map in which five members or more stand."""

    x: int
    y: int
    shade: int


@dataclass(frozen=True)
class Group:
    """Members who vote alike, and what sets them apart."""

    number: int
    size: int
    agrees: Sequence[Opinion]
    disagrees: Sequence[Opinion]


@dataclass(frozen=True)
class Positions:
    """What bodies that speak in the open said to an opinion, by name."""

    opinion: Opinion
    agree: Sequence[str]
    passed: Sequence[str]
    disagree: Sequence[str]


@dataclass(frozen=True)
class Found:
    """Everything on the page.

    Attributes:
        units: The names of the units shown by figures, in the order of the bands.
        silent: Sectors of which nobody has reacted to anything.
        why: Why no groups are shown.
    """

    finding: Finding
    units: Sequence[str]
    rows: Sequence[Row]
    silent: Sequence[str]
    squares: Sequence[Square]
    groups: Sequence[Group]
    why: str
    positions: Sequence[Positions]

    @property
    def side(self) -> int:
        """Squares along each side of the map."""
        return SQUARES

    @property
    def stability(self) -> int | None:
        """How much groups stay the same when a fifth of the members is left out, of 100."""
        return _percent(self.finding.released["groups"]["stability"])

    @property
    def made_at(self) -> dt.datetime:
        """As of when."""
        return self.finding.created_at

    @property
    def uniting(self) -> list[Row]:
        """What most of every unit agree with, the surest first."""
        return [row for row in self.rows if (row.unites or 0) >= UNITED * 100][:MOST]

    @property
    def dividing(self) -> list[Row]:
        """What divides the most, first."""
        apart = [row for row in self.rows if (row.divides or 0) >= DIVIDED * 100]
        return sorted(apart, key=lambda row: -(row.divides or 0))[:MOST]

    @property
    def moved(self) -> list[Row]:
        """What is seen otherwise than before the meeting."""
        return [row for row in self.rows if row.changes]


def found(consultation: Consultation, user: User) -> Found | None:
    """What was found last, with the opinions the reader may see; ``None`` where nothing was found yet."""
    finding = Finding.objects.visible_to(user).filter(consultation=consultation).first()
    if finding is None:
        return None
    released = finding.released
    shown = [unit for unit in released["units"] if not unit["in_the_open"]]
    opinions = _opinions(consultation, user)
    return Found(
        finding,
        units=[name_of(unit["unit"]) for unit in shown],
        rows=[
            _row(row, opinions[row["opinion"]], [unit["unit"] for unit in shown])
            for row in released["opinions"]
            if row["opinion"] in opinions
        ],
        silent=[str(Sector(sector).label) for unit in released["units"] for sector in unit["silent"]],
        squares=[Square(x, SQUARES - 1 - y, shade) for x, y, shade in released["map"]],
        groups=_groups(released["groups"], opinions),
        why=_why(released["groups"]),
        positions=_positions(released["named"], opinions),
    )


def name_of(unit: str) -> str:
    """A unit in words: its sectors."""
    return " · ".join(str(Sector(sector).label) for sector in unit.split("+")) if unit else ""


def _opinions(consultation: Consultation, user: User) -> dict[str, Opinion]:
    seen = Opinion.objects.visible_to(user).given().filter(consultation=consultation).select_related("passage")
    return {str(opinion.pk): opinion for opinion in seen}


def _row(row: Mapping[str, Any], opinion: Opinion, units: Sequence[str]) -> Row:
    total, bands = row["total"], [_band(row["bands"].get(unit)) for unit in units]
    before = [_band(row["before"].get(unit)) for unit in units]
    compared = zip(units, before, bands, strict=True)
    return Row(
        opinion,
        unites=_percent(row["unites"]),
        weakest=name_of(row["weakest"] or ""),
        divides=_percent(row["divides"]),
        pair=[name_of(unit) for unit in row["pair"]],
        bands=bands,
        total=_("about %(share)d%%") % {"share": round(total["share"] * 100)} if total else "",
        changes=[
            Change(name_of(unit), then, now) for unit, then, now in compared if then.step and now.step and then != now
        ],
    )


def _percent(share: float | None) -> int | None:
    return None if share is None else round(share * 100)


def _band(band: Mapping[str, int] | None) -> Band:
    if band is None:
        return Band(_("not enough answers"), 0)
    low, high = (round(100 * (band["band"] + side) / band["bands"]) for side in (0, 1))
    step = 1 + round((band["band"] + 0.5) / band["bands"] * 5 - 0.5)
    return Band(_("%(low)d–%(high)d%%") % {"low": low, "high": high}, step)


def _groups(released: Mapping[str, Any], opinions: Mapping[str, Opinion]) -> list[Group]:
    return [
        Group(
            group["number"],
            group["size"],
            agrees=_said(group["says"], opinions, "agree"),
            disagrees=_said(group["says"], opinions, "disagree"),
        )
        for group in released.get("groups", [])
    ]


def _said(says: Sequence[Mapping[str, str]], opinions: Mapping[str, Opinion], direction: str) -> list[Opinion]:
    return [opinions[one["opinion"]] for one in says if one["direction"] == direction and one["opinion"] in opinions]


def _why(released: Mapping[str, Any]) -> str:
    match released["why"]:
        case "too_few":
            return _("Too few members have reacted to enough opinions to tell groups apart.")
        case "unstable":
            return _("Groups were looked for, but they change when a few members are left out; so none are shown.")
        case "changing":
            return _("Groups are beginning to show, but their number still changes; so none are shown yet.")
        case _why:
            return ""


def _positions(named: Mapping[str, Mapping[str, int]], opinions: Mapping[str, Opinion]) -> list[Positions]:
    bodies = {UUID(who.split()[1]) for said in named.values() for who in said}
    names = {f"body {body.pk}": str(body) for body in Organisation.objects.filter(pk__in=bodies)}
    names |= {f"person {person.pk}": str(person) for person in User.objects.filter(pk__in=bodies)}
    return [
        Positions(
            opinions[opinion],
            *(sorted(names.get(who, "") for who, value in said.items() if value == wanted) for wanted in (1, 0, -1)),
        )
        for opinion, said in named.items()
        if opinion in opinions
    ]
