"""What can be derived from everything ever released: an exact bound on every count, and so the proof that no vote is known.

Whoever looks is taken to know much more than they are told: in each unit (a sector, or several together), on each opinion and at
each release, how many had reacted, and how many of them had not before, had reacted otherwise, or took their reaction back; and one
reaction for certain, their own. There is then a chain of versions per unit and opinion: how many agreed was between two bounds, and
from one version to the next it moved by no more than those people allow. An overall figure ties the units together at one moment.
What remains possible for each count is computed, not estimated:

* along a chain by passing bounds forwards and backwards. From one count to the next lead intervals whose ends move by one at most,
  so what is possible stays without gaps, and on a path passing bounds is exact;
* with one overall figure by the same, as a sum of independent intervals is exact too;
* with several of them by integer programming (HiGHS), in which each bound that is found belongs to a possible history.

Not in this picture: somebody who knows by name who changed their reaction, and knows it of several changes one after the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import scipy

CANDIDATES = 3
"""So many counts have to stay possible: then one who knows their own vote still knows nobody else's."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a release said of one unit and opinion.

    Attributes:
        batch: number of the release.
        seen: how many had reacted (n).
        low, high: how many of them agree, as far as the release says.
        rise, fall: by how much that can have risen or fallen since the version before.
        both: what this count and that of the version before can add up to: who reacted otherwise did not agree both times.
        shown: something was said; otherwise it is only known how many had reacted.
        bands, band: into how many bands the share was divided, and which it is in, from 0.
    """

    batch: int
    seen: int
    low: int
    high: int
    rise: int = 0
    fall: int = 0
    both: int = 1 << 40
    shown: bool = True
    bands: int = 1
    band: int = 0

    @property
    def needed(self) -> int:
        """How many counts have to stay possible."""
        return min(CANDIDATES, self.seen + 1)


@dataclass(frozen=True, slots=True)
class Total:
    """An overall figure: in this release between low and high of all units together agreed.

    Attributes:
        step: what shares were rounded to.
        share: the rounded share.
    """

    batch: int
    seen: int
    low: int
    high: int
    step: float
    share: float


class Finding(NamedTuple):
    """A count that is known too closely.

    Attributes:
        possible: how many counts are possible; 0 if what was released contradicts itself.
    """

    opinion: Any
    unit: Any
    batch: int
    low: int
    high: int
    possible: int


Chain = tuple[Version, ...]
Interval = tuple[int, int]


class ImpossibleError(ValueError):
    """No history fits what was released."""


def tightened(chain: Chain) -> list[Interval]:
    """Per version the least and the largest count that some history of this chain alone allows; all between are possible too.

    Raises:
        Impossible: There is no such history.
    """
    bounds = [(max(one.low, 0), min(one.high, one.seen)) for one in chain]
    for at in range(1, len(chain)):
        bounds[at] = _passed(bounds[at - 1], bounds[at], up=chain[at].rise, down=chain[at].fall, both=chain[at].both)
    for at in range(len(chain) - 1, 0, -1):
        bounds[at - 1] = _passed(
            bounds[at], bounds[at - 1], up=chain[at].fall, down=chain[at].rise, both=chain[at].both
        )
    if any(low > high for low, high in bounds):
        raise ImpossibleError
    return bounds


def _passed(known: Interval, other: Interval, *, up: int, down: int, both: int) -> Interval:
    """What ``other`` can be next to a count between ``known``: above it by ``up`` at most, below by ``down``, together ``both``."""
    (first, last), (low, high) = known, other
    if both >= last + high:
        return max(low, first - down), min(high, last + up)
    reached = [(max(low, one - down), min(high, one + up, both - one)) for one in range(first, last + 1)]
    reached = [(least, most) for least, most in reached if least <= most]
    return (min(least for least, _ in reached), max(most for _, most in reached)) if reached else (1, 0)


def possible(chains: Mapping[Any, Chain], totals: Sequence[Total] = ()) -> dict[Any, list[Interval]]:
    """Per unit and version of one opinion the least and the largest count that any history allows.

    Args:
        chains: per unit its versions. Where there is an overall figure, each unit has a version of the same batch.
        totals: overall figures.

    Raises:
        Impossible: There is no such history.
    """
    alone = {unit: tightened(chain) for unit, chain in chains.items()}
    if not totals:
        return alone
    if len(totals) > 1:
        return _programmed(chains, totals)
    (total,) = totals
    at = {unit: _at(chain, total.batch) for unit, chain in chains.items()}
    low = sum(alone[unit][at[unit]][0] for unit in chains)
    high = sum(alone[unit][at[unit]][1] for unit in chains)
    if total.low > high or total.high < low:
        raise ImpossibleError
    together = {}
    for unit, chain in chains.items():
        least, most = alone[unit][at[unit]]
        narrowed = replace(
            chain[at[unit]], low=max(least, total.low - (high - most)), high=min(most, total.high - (low - least))
        )
        together[unit] = tightened((*chain[: at[unit]], narrowed, *chain[at[unit] + 1 :]))
    return together


def audit(history: Mapping[Any, tuple[Mapping[Any, Chain], Sequence[Total]]]) -> list[Finding]:
    """Counts that everything ever released gives away; an empty list is the proof that there are none.

    Args:
        history: per opinion the chains of its units, without those that speak in the open, and its overall figures. What was shown
            has to leave three counts possible. What was not has to leave as many, or all of them where there are fewer.
    """
    return [finding for opinion, (chains, totals) in history.items() for finding in _of_one(opinion, chains, totals)]


def _of_one(opinion: Any, chains: Mapping[Any, Chain], totals: Sequence[Total]) -> Iterator[Finding]:
    try:
        bounds = possible(chains, totals)
    except ImpossibleError:
        yield Finding(opinion, None, -1, 0, 0, 0)
        return
    for unit, chain in chains.items():
        for version, (low, high) in zip(chain, bounds[unit], strict=True):
            if high - low + 1 < version.needed:
                yield Finding(opinion, unit, version.batch, low, high, high - low + 1)


def _at(chain: Chain, batch: int) -> int:
    for place, version in enumerate(chain):
        if version.batch == batch:
            return place
    message = f"a unit has no version of batch {batch}, of which there is an overall figure"
    raise ValueError(message)


def _programmed(chains: Mapping[Any, Chain], totals: Sequence[Total]) -> dict[Any, list[Interval]]:
    """``possible`` by integer programming: each bound found is reached by a history.

    Between two bounds there may be gaps here. A third count is asked for; where there is none, the interval told is too short.
    """
    first: dict[Any, int] = {}
    size = 0
    for unit, chain in chains.items():
        first[unit], size = size, size + len(chain)
    low, high = np.zeros(size), np.zeros(size)
    rows: list[tuple[dict[int, float], float, float]] = []
    for unit, chain in chains.items():
        for place, version in enumerate(chain):
            low[first[unit] + place], high[first[unit] + place] = max(version.low, 0), min(version.high, version.seen)
            if place:
                difference = {first[unit] + place: 1.0, first[unit] + place - 1: -1.0}
                rows.append((difference, -version.fall, version.rise))
                rows.append((dict.fromkeys(difference, 1.0), 0, version.both))
    for total in totals:
        members = {first[unit] + _at(chain, total.batch): 1.0 for unit, chain in chains.items()}
        rows.append((members, total.low, total.high))
    problem = _Problem(low, high, rows)
    result = {}
    for unit, chain in chains.items():
        result[unit] = [_reached(problem, first[unit] + place) for place in range(len(chain))]
    return result


class _Problem:
    """All histories of one opinion, as integer points between bounds and linear constraints."""

    def __init__(self, low: Any, high: Any, rows: Sequence[tuple[dict[int, float], float, float]]) -> None:
        self.low, self.high = low, high
        matrix = np.zeros((len(rows), len(low)))
        for number, (entries, _, _) in enumerate(rows):
            for column, value in entries.items():
                matrix[number, column] = value
        self.constraints = scipy.optimize.LinearConstraint(matrix, [row[1] for row in rows], [row[2] for row in rows])

    def least(self, variable: int, sign: float, low: float, high: float) -> int | None:
        """The least (sign 1) or largest (sign -1) value of a variable between two bounds; none if there is no history."""
        if low > high:
            return None
        objective = np.zeros(len(self.low))
        objective[variable] = sign
        lower, upper = self.low.copy(), self.high.copy()
        lower[variable], upper[variable] = max(low, lower[variable]), min(high, upper[variable])
        if lower[variable] > upper[variable]:
            return None
        answer = scipy.optimize.milp(
            objective,
            integrality=np.ones(len(self.low), dtype=np.int64),
            bounds=scipy.optimize.Bounds(lower, upper),
            constraints=self.constraints,
        )
        return None if answer.x is None else round(float(answer.x[variable]))


def _reached(problem: _Problem, variable: int) -> Interval:
    low = problem.least(variable, 1, -np.inf, np.inf)
    high = problem.least(variable, -1, -np.inf, np.inf)
    if low is None or high is None:
        raise ImpossibleError
    between_is_empty = high - low >= CANDIDATES - 1 and problem.least(variable, 1, low + 1, high - 1) is None
    return (low, low + CANDIDATES - 2) if between_is_empty else (low, high)
