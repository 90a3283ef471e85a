"""What is shown of a batch: computed from the ledger's bands and not from the votes, so that it tells no more than they do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from council.consensus import (
    Ledger,
    Result,
    association,
    crossed,
    crowded,
    guessed,
    leaning,
    matched,
    public_counts,
    squares_of,
)
from council.consensus.audit import Version
from council.consensus.disclosure import LEAST_REACTIONS
from council.consensus.grouping import Groups
from council.consensus.sectors import divides, dividing_pairs, majorities, unites, weakest
from council.consensus.statistics import group_informed_consensus
from council.findings.portraits import portraits
from council.findings.votes import Cast

COARSE = 5
"""Sizes of groups are shown in steps of so many."""


@dataclass(frozen=True)
class Batch:
    """One batch before it is stored.

    Attributes:
        cast: All votes counted.
        result: What the analysis says of them.
        groups: Its groups, in the number that has stood still.
        ledger: What may be shown, this batch included.
        confidential: Per unit shown by figures alone how many members it has.
        open_sectors: Per sector that speaks in the open how many members it has.
        before: The ledger's number of the last batch before the meeting, if there was one and it is over.
        last: Voting has ended.
    """

    cast: Cast
    result: Result
    groups: Groups
    ledger: Ledger
    confidential: Mapping[str, int]
    open_sectors: Mapping[str, int]
    before: int | None
    last: bool


def released(batch: Batch, kept: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Everything that leaves the house.

    Args:
        kept: What was kept of the batch before, for the numbers of the groups.
        seed: Of the analysis, noted with it.
    """
    positions = batch.result.map.participants
    figures = {
        "units": _units(batch),
        "opinions": _opinions(batch),
        "named": _named(batch),
        "squares": squares_of(len(positions)),
        "map": [list(square) for square in crowded(positions, squares_of(len(positions)))],
        "sides": _sides(batch),
        "groups": _groups(batch, kept, seed),
        "seed": seed,
    }
    return figures | {"portraits": portraits(figures, batch.cast.sectors)}


def _units(batch: Batch) -> list[dict[str, Any]]:
    """Who is shown as one, how many they are, about how many of them have answered, and who of them has not at all."""
    sectors = [batch.cast.sectors[one] for one in batch.cast.votes.participants.tolist()]
    heard = set(sectors)
    named = [(unit, size, False) for unit, size in batch.confidential.items()]
    named += [(sector, size, True) for sector, size in batch.open_sectors.items()]
    return [
        {
            "unit": unit,
            "sectors": unit.split("+"),
            "members": size,
            "in_the_open": in_the_open,
            "answered": _answered(sum(sector in unit.split("+") for sector in sectors), size),
            "silent": [sector for sector in unit.split("+") if sector not in heard],
        }
        for unit, size, in_the_open in named
    ]


def _answered(heard: int, members: int) -> float | None:
    """The share that has reacted to anything, to the nearest 5 %; none of fewer than five people."""
    if heard < LEAST_REACTIONS:
        return None
    return min(round(heard / max(members, heard) * 20) / 20, 1.0)


def _opinions(batch: Batch) -> list[dict[str, Any]]:
    """Per opinion U with the weakest unit, D with the pair, and the band of each unit; the most united first.

    ``rejects`` is U for not agreeing, which disagreeing and passing both are: bands say no more.
    """
    opinions = batch.cast.votes.opinions.tolist()
    names = [*batch.confidential, *batch.open_sectors]
    seen, agree = public_counts(batch.ledger, opinions, batch.confidential)
    seen_open, agree_open = _counted_openly(batch, opinions)
    seen, agree = np.vstack([seen, seen_open]), np.vstack([agree, agree_open])
    members = np.array([*batch.confidential.values(), *batch.open_sectors.values()], dtype=np.int64)
    members = np.maximum(members, seen.max(axis=1, initial=0))
    agreeing, opposing = majorities(members, seen, agree), majorities(members, seen, seen - agree)
    united, rejected, divided = unites(agreeing), unites(opposing), divides(members, seen, agree)
    gic, _against = group_informed_consensus(np.stack([np.zeros_like(seen), seen - agree, agree]))
    weak, pairs = weakest(agreeing, names), dividing_pairs(agreeing, opposing, names)
    answered = (seen > 0).sum(axis=0)
    rows = [
        {
            "opinion": opinion,
            "unites": _rounded(united[number]) if answered[number] else None,
            "weakest": weak[number] if answered[number] else None,
            "weakest_unites": _rounded(agreeing[:, number].min()) if answered[number] else None,
            "rejects": _rounded(rejected[number]) if answered[number] else None,
            "gic": _rounded(gic[number]) if answered[number] else None,
            "divides": _rounded(divided[number]) if answered[number] > 1 else None,
            "pair": list(pairs[number] or ()) if answered[number] > 1 else [],
            "bands": {unit: _band(batch.ledger.shown(opinion, unit)) for unit in batch.confidential},
            "before": {unit: _band(_earlier(batch, opinion, unit)) for unit in batch.confidential},
            "total": _total(batch.ledger, opinion),
        }
        for number, opinion in enumerate(opinions)
    ]
    return sorted(rows, key=lambda row: (-(row["unites"] or 0.0), row["opinion"]))


def _counted_openly(batch: Batch, opinions: list[str]) -> tuple[Any, Any]:
    """Seen and agree of the sectors that speak in the open: these are counted, everyone can."""
    seen = np.zeros((len(batch.open_sectors), len(opinions)), dtype=np.int64)
    agree = np.zeros_like(seen)
    row = {sector: number for number, sector in enumerate(batch.open_sectors)}
    place = {opinion: number for number, opinion in enumerate(opinions)}
    for person, opinion, value in _spoken(batch):
        number, column = row[batch.cast.sectors[person]], place[opinion]
        seen[number, column] += 1
        agree[number, column] += value == 1
    return seen, agree


def _spoken(batch: Batch) -> Iterator[tuple[str, str, int]]:
    """The votes of the sectors that speak in the open: who, on what, how."""
    votes = batch.cast.votes
    people, opinions = votes.participants.tolist(), votes.opinions.tolist()
    speaks = np.array([batch.cast.sectors[one] in batch.open_sectors for one in people], dtype=bool)
    rows = votes.rows
    spoken = np.flatnonzero(speaks[rows])
    for person, column, value in zip(rows[spoken], votes.columns[spoken], votes.values[spoken], strict=True):
        yield people[person], opinions[column], int(value)


def _named(batch: Batch) -> dict[str, dict[str, int]]:
    """Per opinion the position of each body that speaks in the open."""
    named: dict[str, dict[str, int]] = {}
    for person, opinion, value in _spoken(batch):
        named.setdefault(opinion, {})[person] = value
    return named


def _band(version: Version | None) -> dict[str, int] | None:
    """In which of how many bands the share that agrees lies, and of how many; none where too few answered."""
    return None if version is None else {"band": version.band, "bands": version.bands, "seen": version.seen}


def _earlier(batch: Batch, opinion: str, unit: str) -> Version | None:
    """What stood there when the meeting began."""
    if batch.before is None:
        return None
    chain = batch.ledger.chains.get(opinion, {}).get(unit, ())
    shown = [one for one in chain if one.shown and one.batch <= batch.before]
    return shown[-1] if shown else None


def _total(ledger: Ledger, opinion: str) -> dict[str, float] | None:
    total = ledger.totals.get(opinion)
    return {"share": total.share, "step": total.step} if total else None


def _sides(batch: Batch) -> dict[str, list[int]]:
    """Per opinion on which side of the map those stand who agree with it: -1, 0 or 1 along and up."""
    opinions, seen = batch.cast.votes.opinions.tolist(), batch.result.opinions
    reactions = seen.agree + seen.disagree + seen.passed
    return {opinions[number]: list(side) for number, side in leaning(batch.result.map.axes, reactions).items()}


def _groups(batch: Batch, kept: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Groups, if they are real; otherwise why none are shown."""
    groups = batch.groups
    if groups.why or not len(groups.sizes):
        return {"shown": False, "why": "too_few", "stability": None}
    stability = _rounded(groups.stability)
    if not groups.shown:
        changing = len(groups.sizes) != len(batch.result.groups.sizes)
        return {"shown": False, "why": "changing" if changing else "unstable", "stability": stability}
    if groups.sizes.min() < LEAST_REACTIONS:
        return {"shown": False, "why": "small", "stability": stability}
    numbers = numbers_of(batch.result, groups, kept)
    order = np.argsort(numbers).tolist()
    return {
        "shown": True,
        "why": "",
        "stability": stability,
        "groups": [
            {
                "number": numbers[group] + 1,
                "size": _coarse(groups.sizes[group]),
                "says": [{"opinion": one.opinion, "direction": one.direction} for one in groups.representative[group]],
            }
            for group in order
        ],
        "by_sector": _by_sector(batch, order, seed) if batch.last else None,
    }


def _coarse(size: int) -> int:
    return int(round(int(size) / COARSE) * COARSE)


def known_of(size: int) -> tuple[int, int]:
    """Between which sizes a group is, of which a coarse one is shown."""
    return size - COARSE // 2, size + COARSE // 2


def _by_sector(batch: Batch, order: list[int], seed: int) -> dict[str, Any]:
    """How each unit is spread over the groups, in bands, and how far units and groups go together as these bands tell."""
    units, groups = [*batch.confidential, *batch.open_sectors], batch.groups
    sizes = [_coarse(groups.sizes[group]) for group in order]
    table = np.zeros(
        (len(units) + 1, len(order)), dtype=np.int64
    )  # last: who came to the council in a sector of its own
    sectors = [batch.cast.sectors[one] for one in batch.cast.votes.participants.tolist()]
    row = {sector: number for number, unit in enumerate(units) for sector in unit.split("+")}
    column = {group: number for number, group in enumerate(order)}
    for sector, label in zip(sectors, groups.labels.tolist(), strict=True):
        if label >= 0:
            table[row.get(sector, -1), column[label]] += 1
    shares = crossed(table, [known_of(size) for size in sizes])[:-1]
    strength, chance = association(guessed(shares, len(order)), seed=seed)
    return {
        "units": {
            unit: {"bands": each.bands, "band": list(each.band)} if each else None
            for unit, each in zip(units, shares, strict=True)
        },
        "strength": None if isnan(strength) else round(strength, 2),
        "chance": _rounded(chance),
    }


def numbers_of(result: Result, groups: Groups, kept: Mapping[str, Any]) -> list[int]:
    """Per group the number under which it was known before, or a new one."""
    renamed = matched(result.participants.ids.tolist(), groups.labels, kept.get("labels", {}))
    numbers = dict(zip(groups.labels.tolist(), renamed.tolist(), strict=True))
    return [numbers[group] for group in range(len(groups.sizes))]


def _rounded(value: float) -> float | None:
    return None if isnan(value) else round(float(value), 3)
