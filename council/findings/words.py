"""What was found, put into words: for its page and for the files that are made of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from council.core.models import Sector
from council.findings.models import Finding
from council.findings.votes import counted
from council.opinions.models import Consultation, Opinion
from council.people.models import Organisation, User

MOST = 10
UNITED, DIVIDED = 0.5, 0.3
CHANCE = 0.05
SIDE = 12
"""How long a side of the map is, in units of its drawing."""

SIDES = {
    (-1, 1): pgettext_lazy("on the map", "top left"),
    (0, 1): pgettext_lazy("on the map", "top"),
    (1, 1): pgettext_lazy("on the map", "top right"),
    (-1, 0): pgettext_lazy("on the map", "left"),
    (0, 0): pgettext_lazy("on the map", "middle"),
    (1, 0): pgettext_lazy("on the map", "right"),
    (-1, -1): pgettext_lazy("on the map", "bottom left"),
    (0, -1): pgettext_lazy("on the map", "bottom"),
    (1, -1): pgettext_lazy("on the map", "bottom right"),
}
"""Places on the map in words, from the top left to the bottom right."""

LED = 3
"""So many opinions are named at each side of the map."""


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
        weakest_unites: The same for the weakest unit alone.
        rejects: How sure it is that most of every unit do not agree, in percent.
        gic: Group-informed consensus of the units, to compare with other processes.
        divides: How far apart the units are, in percent.
        bands: In the order of the units.
        total: The share of all that agrees, once voting has ended.
        changes: Where a unit stands elsewhere than before the meeting.
    """

    opinion: Opinion
    unites: int | None
    weakest: str
    weakest_unites: int | None
    rejects: int | None
    gic: float | None
    divides: int | None
    pair: Sequence[str]
    bands: Sequence[Band]
    total: str

    changes: Sequence["Change"] = ()

    @property
    def surely(self) -> str:
        """How sure it is, in words."""
        return _surely(self.unites)

    @property
    def weakest_surely(self) -> str:
        """The same of the weakest unit."""
        return _surely(self.weakest_unites)

    @property
    def surely_not(self) -> str:
        """How sure it is that it is not agreed with."""
        return _surely(self.rejects)


def _surely(percent: int | None) -> str:
    """Never entirely, as long as it is computed from bands."""
    if percent is None:
        return ""
    return _("over 99%") if percent > 99 else f"{percent}%"


@dataclass(frozen=True)
class Unit:
    """Who is shown as one, and who of them has answered.

    Attributes:
        answered: About how many of its members, in percent; ``None`` for fewer than five.
        silent: Its sectors of which nobody has.
    """

    name: str
    members: int
    in_the_open: bool
    answered: int | None
    silent: Sequence[str]


@dataclass(frozen=True)
class Square:
    """A square of the map in which five members or more stand: how many squares from the left and the top, of how many."""

    column: int
    row: int
    of: int
    shade: int

    @property
    def drawn(self) -> tuple[str, str, str]:
        """Where its left upper corner is drawn, and how wide it is."""
        wide = SIDE / self.of
        return f"{self.column * wide:.3f}", f"{self.row * wide:.3f}", f"{wide:.3f}"

    @property
    def place(self) -> tuple[int, int]:
        """In which ninth of the map its middle lies."""
        across, down = (int((at + 0.5) / self.of * 3) - 1 for at in (self.column, self.row))
        return across, -down


@dataclass(frozen=True)
class Area:
    """A ninth of the map in words: how many squares in it have five members or more, ten, and twenty."""

    name: str
    squares: Sequence[int]


@dataclass(frozen=True)
class Side:
    """Where on the map who agrees with some opinions stands."""

    name: str
    opinions: Sequence[Opinion]


@dataclass(frozen=True)
class Placed:
    """An opinion on the map: where who agrees with it stands, and what each group says of it more than the others."""

    opinion: Opinion
    place: tuple[int, int] | None
    says: Sequence[str]

    @property
    def side(self) -> str:
        """Its place in words."""
        return str(SIDES[self.place]) if self.place else ""


@dataclass(frozen=True)
class Group:
    """Members who vote alike, and what sets them apart."""

    number: int
    size: int
    agrees: Sequence[Opinion]
    disagrees: Sequence[Opinion]


@dataclass(frozen=True)
class Crossing:
    """How units and groups go together.

    Attributes:
        rows: Per unit its name and the band of each group, empty where too few stand in groups.
        strength: Cramér's V, from 0 to 1; ``None`` where too little is shown for it.
        by_chance: Whether as much may well come about by chance.
    """

    rows: Sequence[tuple[str, Sequence[Band]]]
    strength: float | None
    by_chance: bool


@dataclass(frozen=True)
class Portrait:
    """What a unit is like.

    Attributes:
        likeness: How much its members answer alike, up to 1, and 0 as by chance; ``None`` where too little is shown of it.
        agrees: What it agrees with, more than the others.
        disagrees: What it does not agree with, unlike the others.
    """

    name: str
    likeness: float | None
    agrees: Sequence[Opinion]
    disagrees: Sequence[Opinion]

    @property
    def is_known(self) -> bool:
        """Whether anything is told of it."""
        return self.likeness is not None or bool(self.agrees or self.disagrees)


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
        answering: All units, and who of them has answered.
        placed: Opinions on the map.
        why: Why no groups are shown.
        crossing: How units and groups go together, once voting has ended.
        portraits: What each unit is like; none in batches of earlier versions.
        likeness: How much all answer alike, as in :class:`Portrait`.
    """

    finding: Finding
    units: Sequence[str]
    answering: Sequence[Unit]
    rows: Sequence[Row]
    squares: Sequence[Square]
    placed: Sequence[Placed]
    groups: Sequence[Group]
    why: str
    crossing: Crossing | None
    portraits: Sequence[Portrait]
    likeness: float | None
    positions: Sequence[Positions]

    @property
    def silent(self) -> list[str]:
        """Sectors of which nobody has reacted to anything."""
        return [sector for unit in self.answering for sector in unit.silent]

    @property
    def areas(self) -> list[Area]:
        """The map in words; only where something is shown."""
        found: dict[tuple[int, int], list[int]] = {}
        for square in self.squares:
            found.setdefault(square.place, [0, 0, 0])[square.shade - 1] += 1
        return [Area(str(name), found[place]) for place, name in SIDES.items() if place in found]

    @property
    def ends(self) -> list[Side]:
        """What who stands at each side of the map agrees with."""
        found = []
        for way, end in ((0, 1), (0, -1), (1, 1), (1, -1)):
            opinions = [each.opinion for each in self.placed if each.place and each.place[way] == end]
            name = str(SIDES[(end, 0) if way == 0 else (0, end)])
            found += [Side(name, opinions[:LED])] if opinions else []
        return found

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
    def rejected(self) -> list[Row]:
        """What most of every unit do not agree with, the surest first."""
        without = [row for row in self.rows if (row.rejects or 0) >= UNITED * 100]
        return sorted(without, key=lambda row: -(row.rejects or 0))[:MOST]

    @property
    def dividing(self) -> list[Row]:
        """What divides the most, first."""
        apart = [row for row in self.rows if (row.divides or 0) >= DIVIDED * 100]
        return sorted(apart, key=lambda row: -(row.divides or 0))[:MOST]

    @property
    def portrayed(self) -> list[Portrait]:
        """The units of which there is something to tell."""
        return [each for each in self.portraits if each.is_known]

    @property
    def unportrayed(self) -> list[str]:
        """The names of the others."""
        return [each.name for each in self.portraits if not each.is_known]

    @property
    def moved(self) -> list[Row]:
        """What is seen otherwise than before the meeting."""
        return [row for row in self.rows if row.changes]


def found(consultation: Consultation, user: User) -> Found | None:
    """What was found last, if the reader may see it; ``None`` where nothing was found yet.

    Batches of earlier versions lack some figures.
    """
    finding = Finding.objects.visible_to(user).filter(consultation=consultation).first()
    if finding is None:
        return None
    released = finding.released
    shown = [unit for unit in released["units"] if not unit["in_the_open"]]
    opinions = _opinions(consultation)
    groups, of = released["groups"].get("groups", []), released.get("squares", SIDE)
    return Found(
        finding,
        units=[name_of(unit["unit"]) for unit in shown],
        answering=[_unit(unit) for unit in released["units"]],
        rows=[
            _row(row, opinions[row["opinion"]], [unit["unit"] for unit in shown])
            for row in released["opinions"]
            if row["opinion"] in opinions
        ],
        squares=[Square(x, of - 1 - y, of, shade) for x, y, shade in released["map"]],
        placed=_placed(released.get("sides", {}), groups, opinions),
        groups=_groups(groups, opinions),
        why=_why(released["groups"]),
        crossing=_crossing(released["groups"].get("by_sector"), [unit["unit"] for unit in released["units"]]),
        portraits=[_portrait(unit, opinions) for unit in released.get("portraits", {}).get("units", [])],
        likeness=released.get("portraits", {}).get("likeness"),
        positions=_positions(released["named"], opinions),
    )


def name_of(unit: str) -> str:
    """A unit in words: its sectors."""
    return " · ".join(str(Sector(sector).label) for sector in unit.split("+")) if unit else ""


def _opinions(consultation: Consultation) -> dict[str, Opinion]:
    """Those that are counted still; the same for every reader."""
    seen = counted().filter(consultation=consultation).select_related("passage")
    return {str(opinion.pk): opinion for opinion in seen}


def _row(row: Mapping[str, Any], opinion: Opinion, units: Sequence[str]) -> Row:
    total, bands = row["total"], [_band(row["bands"].get(unit)) for unit in units]
    before = [_band(row["before"].get(unit)) for unit in units]
    compared = zip(units, before, bands, strict=True)
    return Row(
        opinion,
        unites=_percent(row["unites"]),
        weakest=name_of(row["weakest"] or ""),
        weakest_unites=_percent(row.get("weakest_unites")),
        rejects=_percent(row.get("rejects")),
        gic=row.get("gic"),
        divides=_percent(row["divides"]),
        pair=[name_of(unit) for unit in row["pair"]],
        bands=bands,
        total=_overall(total) if total else "",
        changes=[
            Change(name_of(unit), then, now) for unit, then, now in compared if then.step and now.step and then != now
        ],
    )


def _unit(unit: Mapping[str, Any]) -> Unit:
    silent = [str(Sector(sector).label) for sector in unit["silent"]]
    return Unit(name_of(unit["unit"]), unit["members"], unit["in_the_open"], _percent(unit.get("answered")), silent)


def _overall(total: Mapping[str, float]) -> str:
    """A rounded share in words, which never says all or none."""
    half = 50 * total["step"]
    if total["share"] >= 1:
        return _("over %(share)d%%") % {"share": floor(100 - half)}
    if total["share"] <= 0:
        return _("under %(share)d%%") % {"share": ceil(half)}
    return _("about %(share)d%%") % {"share": round(total["share"] * 100)}


def _percent(share: float | None) -> int | None:
    return None if share is None else round(share * 100)


def _band(band: Mapping[str, int] | None) -> Band:
    if band is None:
        return Band(_("not enough answers"), 0)
    low, high = (round(100 * (band["band"] + side) / band["bands"]) for side in (0, 1))
    step = 1 + round((band["band"] + 0.5) / band["bands"] * 5 - 0.5)
    return Band(_("%(low)d–%(high)d%%") % {"low": low, "high": high}, step)


def _placed(
    sides: Mapping[str, Sequence[int]], groups: Sequence[Mapping[str, Any]], opinions: Mapping[str, Opinion]
) -> list[Placed]:
    """Opinions of which something is told on the map, as they are numbered."""
    said = [{one["opinion"]: one["direction"] for one in group["says"]} for group in groups]
    words = {"agree": _("more for it"), "disagree": _("more against it")}
    return [
        Placed(
            opinion,
            place=(sides[pk][0], sides[pk][1]) if pk in sides else None,
            says=[words.get(each.get(pk, ""), "") for each in said],
        )
        for pk, opinion in sorted(opinions.items(), key=lambda pair: pair[1].number or 0)
        if pk in sides or any(pk in each for each in said)
    ]


def _crossing(released: Mapping[str, Any] | None, units: Sequence[str]) -> Crossing | None:
    if released is None:
        return None
    spread = [(unit, released["units"][unit]) for unit in units]  # as stored, the order is not kept
    rows = [
        (name_of(unit), [_band({"band": band, "bands": each["bands"]}) for band in each["band"]] if each else [])
        for unit, each in spread
    ]
    return Crossing(rows, released["strength"], by_chance=(released["chance"] or 0) > CHANCE)


def _groups(groups: Sequence[Mapping[str, Any]], opinions: Mapping[str, Opinion]) -> list[Group]:
    return [
        Group(
            group["number"],
            group["size"],
            agrees=_said(group["says"], opinions, "agree"),
            disagrees=_said(group["says"], opinions, "disagree"),
        )
        for group in groups
    ]


def _portrait(unit: Mapping[str, Any], opinions: Mapping[str, Opinion]) -> Portrait:
    agrees, disagrees = (_said(unit["says"], opinions, direction) for direction in ("agree", "disagree"))
    return Portrait(name_of(unit["unit"]), unit["likeness"], agrees, disagrees)


def _said(says: Sequence[Mapping[str, str]], opinions: Mapping[str, Opinion], direction: str) -> list[Opinion]:
    return [opinions[one["opinion"]] for one in says if one["direction"] == direction and one["opinion"] in opinions]


def _why(released: Mapping[str, Any]) -> str:
    match released["why"]:
        case "too_few":
            return _("Too few members have reacted to enough opinions to tell groups apart.")
        case "unstable":
            return _("Groups were looked for, but they change when a few members are left out; so none are shown.")
        case "changing":
            return _("Not yet: how many groups there are still changes from one batch of figures to the next.")
        case "small":
            return _("Groups were found, but one of them has fewer than five members; so none are shown.")
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
