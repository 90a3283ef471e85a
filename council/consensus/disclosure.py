"""What may be shown of what sectors said, so that nobody's vote can be derived from it.

A unit is what is shown as one: a sector, or several small ones together (``units``), fixed before anyone votes. Rules:

1. Fewer than five reactions in a unit: "not enough answers", and nothing else. Units of fewer than ten members are never shown alone,
   unless their bodies agreed to speak in the open, by name.
2. Bands in place of counts: the share that agrees lies in one of 2 bands from 5 reactions on, 3 from 10, 5 from 20. Every band
   leaves three counts possible whatever the number of reactions, so the outermost never say "all".
3. A unit's band is renewed only in batches, after five people in it reacted, changed their reaction or took it back, and only if every
   band it could turn out to be in would leave three counts possible in all its versions. Otherwise it is divided into fewer bands,
   or stays as it was.
4. An overall share is given once per opinion, in the last batch: rounded to 5 %, or more coarsely, or not at all, so that every
   share it could turn out to be leaves three counts possible for every unit, hidden ones included. Nothing is renewed after it.

Whether and how something is shown hangs on who reacted, never on how (simulatable auditing; Kenthapadi, Mishra and Nissim, PODS
2005): that something is withheld tells nothing either. ``audit`` checks what was released, without knowing these rules.

Everything else that is shown - ranks, U and D, the pair that is divided, lists, how much a sector reacts alike and what sets it apart
(portraits.py) - is computed from the bands and not from the votes: what is computed from published figures tells no more than they do. Of the map and its groups nothing is told but what many
have in common: squares in which five people stand, on which side those stand who agree with an opinion (``leaning``), sizes of
groups to the nearest five, the opinions that set a group apart, and once, in the last batch, how sectors and groups go together
(crossing.py). These are no counts of reactions, and so not in the auditor's picture.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import ceil, isqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from council.consensus.audit import Chain, ImpossibleError, Total, Version, audit, tightened
from council.consensus.votes import AGREE, Integers, Votes

LEAST_REACTIONS = 5
LEAST_MEMBERS = 10
LEAST_CHANGED = 5
LEAST_TO_LEAN = 20
FEWEST_SQUARES, MOST_SQUARES = 3, 12
BANDS = {5: 2, 10: 3, 20: 5}
"""From so many reactions on so many bands."""

STEPS = (0.05, 0.10, 0.20, 0.25, 0.50)
"""What an overall share is rounded to: the first that gives nothing away."""


@dataclass
class Ledger:
    """Everything ever released of one consultation: what ``release`` has to know and ``audit`` to prove.

    Attributes:
        chains: per opinion and unit its versions.
        totals: per opinion its overall figure.
        batches: how many releases there were.
        closed: the last of them is out.
    """

    chains: dict[Any, dict[Any, Chain]] = field(default_factory=dict)
    totals: dict[Any, Total] = field(default_factory=dict)
    batches: int = 0
    closed: bool = False

    def shown(self, opinion: Any, unit: Any) -> Version | None:
        """What now stands on the page for a unit, none where there are not enough answers."""
        versions = [one for one in self.chains.get(opinion, {}).get(unit, ()) if one.shown]
        return versions[-1] if versions else None

    def needed(self) -> set[int]:
        """The batches whose votes the next release compares with."""
        return {chain[-1].batch for chains in self.chains.values() for chain in chains.values() if chain}

    def everything(self) -> dict[Any, tuple[dict[Any, Chain], list[Total]]]:
        """For ``audit``."""
        return {
            opinion: (chains, [self.totals[opinion]] if opinion in self.totals else [])
            for opinion, chains in self.chains.items()
        }

    def findings(self) -> list[Any]:
        """What was given away; an empty list is the proof that nothing was."""
        return list(audit(self.everything()))


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit on one opinion, now, and compared with the last version of it.

    Attributes:
        seen: how many reacted.
        agree: how many of them agree.
        added: how many of them had not reacted then.
        altered: how many reacted otherwise then.
        withdrawn: how many had reacted then and do not now.
    """

    seen: int
    agree: int
    added: int
    altered: int = 0
    withdrawn: int = 0

    @property
    def changed(self) -> int:
        """How many people did something since."""
        return self.added + self.altered + self.withdrawn


def units(members: Mapping[Any, int], in_the_open: Iterable[Any] = ()) -> dict[Any, Any]:
    """Which sectors are shown together, from how many members they have: per sector a unit, named by the tuple of its sectors.

    The smallest are put together until no unit has fewer than ten; sectors that speak in the open stand alone. To be fixed before
    anyone votes. A consultation with fewer than ten members in all has a single unit, which is never shown.
    """
    apart = set(in_the_open)
    waiting = sorted((size, str(name), name) for name, size in members.items() if name not in apart)
    groups = [([name], size) for size, _, name in waiting]
    while len(groups) > 1 and groups[0][1] < LEAST_MEMBERS:
        (names, size), (others, more), *rest = groups
        groups = sorted([(names + others, size + more), *rest], key=lambda each: each[1])
    together = {name: tuple(sorted(names, key=str)) for names, _ in groups for name in names}
    return together | {name: (name,) for name in members if name in apart}


def bands_of(seen: int) -> int:
    """Into how many bands a share of so many reactions may be divided; 0 if it may not be shown."""
    return max((bands for least, bands in BANDS.items() if seen >= least), default=0)


def band_limits(seen: int, bands: int, band: int) -> tuple[int, int]:
    """The least and the largest count in a band: shares from band / bands on, below (band + 1) / bands; the last up to 1."""
    low = -(-seen * band // bands)
    high = seen if band == bands - 1 else -(-seen * (band + 1) // bands) - 1
    return low, high


def renewed(chain: Chain, cell: Cell, batch: int) -> Version | None:
    """The next version of a unit, none if what stands there stays: rules 1 to 3.

    Args:
        chain: its versions so far.
        cell: its votes now.
        batch: number of the release.
    """
    if any(one.shown for one in chain) and cell.changed < LEAST_CHANGED:
        return None
    bands = _most_bands(chain, replace(cell, agree=0), batch)
    versions = (_version(cell, batch, bands, band) for band in range(bands))
    return next((one for one in versions if one.low <= cell.agree <= one.high), None)


@lru_cache(maxsize=4096)
def _most_bands(chain: Chain, cell: Cell, batch: int) -> int:
    """Into how many bands a unit may be divided at most, 0 if nothing may be said; how many agree is not known here."""
    most = bands_of(cell.seen)
    for bands in sorted({each for each in BANDS.values() if each <= most}, reverse=True):
        if all(_leaves_enough((*chain, _version(cell, batch, bands, band))) for band in range(bands)):
            return bands
    return 0


def _version(cell: Cell, batch: int, bands: int, band: int) -> Version:
    low, high = band_limits(cell.seen, bands, band)
    return replace(_silent(cell, batch), low=low, high=high, shown=True, bands=bands, band=band)


def _silent(cell: Cell, batch: int) -> Version:
    """A version that says nothing, but how many reacted."""
    rise, fall = cell.added + cell.altered, cell.altered + cell.withdrawn
    both = 2 * (cell.seen - cell.added) - cell.altered + cell.added + cell.withdrawn
    return Version(batch, cell.seen, 0, cell.seen, rise, fall, both, shown=False)


def _leaves_enough(chain: Chain) -> bool:
    """Whether a chain, if it can be at all, leaves enough counts possible everywhere."""
    try:
        bounds = tightened(chain)
    except ImpossibleError:
        return True
    return all(high - low + 1 >= one.needed for one, (low, high) in zip(chain, bounds, strict=True))


def overall(chains: Mapping[Any, Chain], cells: Mapping[Any, Cell], batch: int) -> Total | None:
    """The overall share, as finely as rule 4 allows; none if it allows none.

    Each share it could be has to leave three counts possible for every version of every unit, or all where there are fewer.

    Args:
        chains: per unit its versions, the last of this batch.
        cells: per unit its votes now.
        batch: number of the release.
    """
    seen, agree = sum(each.seen for each in cells.values()), sum(each.agree for each in cells.values())
    bounds = [tightened(chain)[-1] for chain in chains.values()]
    low, high = sum(one for one, _ in bounds), sum(one for _, one in bounds)
    for step in STEPS:
        shares = [Total(batch, seen, *_rounded(seen, step, at), step, at * step) for at in range(round(1 / step) + 1)]
        could_be = [one for one in shares if max(one.low, low) <= min(one.high, high)]
        if seen >= LEAST_REACTIONS and all(not audit({None: (chains, [one])}) for one in could_be):
            return next(one for one in could_be if one.low <= agree <= one.high)
    return None


def _rounded(seen: int, step: float, number: int) -> tuple[int, int]:
    """The least and the largest count whose share is rounded to ``number`` steps, halves up."""
    edges = [ceil(round((number + side) * step * seen, 9)) for side in (-0.5, 0.5)]
    return max(edges[0], 0), min(edges[1] - 1, seen)


def release(
    ledger: Ledger,
    votes: Votes,
    unit_of: Mapping[Any, Any],
    members: Mapping[Any, int],
    snapshots: Mapping[int, Votes],
    *,
    last: bool = False,
) -> int:
    """Release the next batch of a consultation, into the ledger.

    Args:
        ledger: what was released before.
        votes: as they now stand, one per unit of counting (body or person); opinions moderated out left away by the caller.
        unit_of: per participant the unit they are shown in. Who speaks in the open, or in no unit, is not named here.
        members: per unit how many members it has, fixed before anyone votes.
        snapshots: the votes of the batches in ``ledger.needed()``.
        last: the consultation is closed: overall shares come out, and no batch may follow.

    Returns:
        The number of the batch, from 0; the caller keeps these votes under it.

    Raises:
        ValueError: A batch after the last one, or votes of an earlier batch are missing.
    """
    if ledger.closed:
        message = "the last batch of this consultation is out"
        raise ValueError(message)
    missing = ledger.needed() - set(snapshots)
    if missing:
        message = f"votes of batches {sorted(missing)} are needed for comparison"
        raise ValueError(message)
    batch = ledger.batches
    cells = _Cells(ledger, votes, unit_of, list(members), snapshots)
    for opinion in votes.opinions.tolist():
        chains = ledger.chains.setdefault(opinion, {})
        now = {unit: cells.of(opinion, unit) for unit in members}
        for unit, size in members.items():
            chain = chains.get(unit, ())
            version = renewed(chain, now[unit], batch) if size >= LEAST_MEMBERS else None
            if version is None and last:
                version = _silent(now[unit], batch)
            chains[unit] = chain if version is None else (*chain, version)
        total = overall(chains, now, batch) if last else None
        if total is not None:
            ledger.totals[opinion] = total
    ledger.batches, ledger.closed = batch + 1, last
    return batch


class _Cells:
    """Votes now, by unit and opinion, beside those of the last version."""

    def __init__(
        self, ledger: Ledger, votes: Votes, unit_of: Mapping[Any, Any], names: list[Any], snapshots: Mapping[int, Votes]
    ) -> None:
        self._ledger, self._unit_of = ledger, unit_of
        self._unit = {unit: number for number, unit in enumerate(names)}
        self._opinion = {opinion: number for number, opinion in enumerate(votes.opinions.tolist())}
        self._person: dict[Any, int] = {}
        now = self._sorted(votes)
        self._seen, self._agree = self._counted(now.cells), self._counted(now.cells[now.values == AGREE])
        self._since = {batch: self._compared(now, self._sorted(snapshots[batch])) for batch in ledger.needed()}

    def of(self, opinion: Any, unit: Any) -> Cell:
        row, column = self._unit[unit], self._opinion[opinion]
        seen, agree = self._seen[row][column], self._agree[row][column]
        chain = self._ledger.chains.get(opinion, {}).get(unit, ())
        if not chain:
            return Cell(seen, agree, added=seen)
        return Cell(seen, agree, *(counted[row][column] for counted in self._since[chain[-1].batch]))

    def _sorted(self, votes: Votes) -> "_Cast":
        """The votes that are shown in a unit and are of an opinion there is now, in an order that holds for every batch."""
        person = [self._person.setdefault(one, len(self._person)) for one in votes.participants.tolist()]
        unit = np.array([self._unit.get(self._unit_of.get(one), -1) for one in votes.participants.tolist()], dtype=int)
        topic = np.array([self._opinion.get(one, -1) for one in votes.opinions.tolist()], dtype=int)
        rows, columns = votes.rows, topic[votes.columns]
        kept = (unit[rows] >= 0) & (columns >= 0)
        rows, columns = rows[kept], columns[kept]
        keys = np.array(person, dtype=int)[rows] * len(self._opinion) + columns
        order = np.argsort(keys)
        cells = unit[rows] * len(self._opinion) + columns
        return _Cast(keys[order], cells[order], votes.values[kept][order])

    def _compared(self, now: "_Cast", then: "_Cast") -> list[list[list[int]]]:
        """Per unit and opinion who was added, reacted otherwise, or took their reaction back."""
        stayed = np.isin(now.keys, then.keys, assume_unique=True)
        still = np.isin(then.keys, now.keys, assume_unique=True)
        altered = now.cells[stayed][now.values[stayed] != then.values[still]]
        return [self._counted(cells) for cells in (now.cells[~stayed], altered, then.cells[~still])]

    def _counted(self, cells: Integers) -> list[list[int]]:
        shape = len(self._unit), len(self._opinion)
        counts: list[list[int]] = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).tolist()
        return counts


class _Cast(NamedTuple):
    """Votes in the order of their keys, one per person and opinion, each with the number of its cell (unit, opinion)."""

    keys: Integers
    cells: Integers
    values: NDArray[np.int8]


def public_counts(ledger: Ledger, opinions: Iterable[Any], names: Iterable[Any]) -> tuple[Integers, Integers]:
    """How many reacted and agreed as far as the public can tell: the middle of each band; 0 where nothing is shown.

    Args:
        opinions: m, in the order wanted.
        names: units, in the order wanted.

    Returns:
        Seen and agree, units x m, for ``majorities``, ``unites``, ``divides`` and the rest of sectors.py.
    """
    opinions, names = list(opinions), list(names)
    seen, agree = np.zeros((2, len(names), len(opinions)), dtype=np.int64)
    for row, unit in enumerate(names):
        for column, opinion in enumerate(opinions):
            version = ledger.shown(opinion, unit)
            if version is not None:
                seen[row, column], agree[row, column] = version.seen, (version.low + version.high) // 2
    return seen, agree


def leaning(axes: "np.ndarray[Any, np.dtype[np.float64]]", seen: Integers) -> dict[int, tuple[int, int]]:
    """On which side of the map those stand who agree with an opinion: -1, 0 or 1 along and up.

    Left out are opinions to which fewer than twenty people reacted: there one reaction could turn the side.

    Args:
        axes: m x 2, the weight of each opinion on each axis, of length 1 (``OpinionMap.axes``). A side is told where the weight is
            more than the average opinion's.
        seen: m, how many people reacted.

    Returns:
        By the number of the opinion.
    """
    strong = axes**2 >= 1 / max(len(axes), 1)
    sides = (np.sign(axes) * strong).astype(np.int64).tolist()
    return {number: (x, y) for number, (x, y) in enumerate(sides) if seen[number] >= LEAST_TO_LEAN}


def squares_of(people: int) -> int:
    """Squares along each side of the map: so many that two people come to one on average, from 3 to 12."""
    return min(max(isqrt(people // 2), FEWEST_SQUARES), MOST_SQUARES)


def crowded(positions: "np.ndarray[Any, np.dtype[np.float64]]", cells: int) -> list[tuple[int, int, int]]:
    """The map without dots: squares in which five people or more stand, as column, row and how dark (1 to 3); others are left out.

    Args:
        positions: n x 2.
        cells: squares along each side of the map.
    """
    if len(positions) < LEAST_REACTIONS:
        return []
    low, high = positions.min(axis=0), positions.max(axis=0)
    size = np.where(high > low, (high - low) / cells, 1.0)
    places, counts = np.unique(
        np.minimum(((positions - low) / size).astype(np.int64), cells - 1), axis=0, return_counts=True
    )
    dark = 1 + (counts >= 10).astype(int) + (counts >= 20).astype(int)
    return [
        (column, row, shade)
        for (column, row), count, shade in zip(places.tolist(), counts.tolist(), dark.tolist(), strict=True)
        if count >= LEAST_REACTIONS
    ]
