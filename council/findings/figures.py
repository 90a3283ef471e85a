"""What is shown of a batch: computed from the ledger's bands and not from the votes, so that it tells no more than they do."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from council.consensus import Ledger, Result, crowded, matched, public_counts, smoothed
from council.consensus.audit import Version
from council.consensus.sectors import divides, dividing_pairs, majorities, unites, weakest
from council.findings.votes import Cast

COARSE = 5
"""Sizes of groups are shown in steps of so many."""


@dataclass(frozen=True)
class Batch:
    """One batch before it is stored.

    Attributes:
        cast: All votes counted.
        result: What the analysis says of them.
        ledger: What may be shown, this batch included.
        confidential: Per unit shown by figures alone how many members it has.
        open_sectors: Per sector that speaks in the open how many members it has.
        before: The ledger's number of the last batch before the meeting, if there was one and it is over.
    """

    cast: Cast
    result: Result
    ledger: Ledger
    confidential: Mapping[str, int]
    open_sectors: Mapping[str, int]
    before: int | None


def released(batch: Batch, kept: Mapping[str, Any], history: list[int], seed: int) -> dict[str, Any]:
    """Everything that leaves the house.

    Args:
        kept: What was kept of the batch before, for the numbers of the groups.
        history: The best number of groups of each batch so far, this one last.
        seed: Of the analysis, noted with it.
    """
    return {
        "units": _units(batch),
        "opinions": _opinions(batch),
        "named": _named(batch),
        "map": [list(square) for square in crowded(batch.result.map.participants)],
        "groups": _groups(batch, kept, history),
        "seed": seed,
    }


def _units(batch: Batch) -> list[dict[str, Any]]:
    """Who is shown as one, how many they are, and whether none of them has reacted to anything."""
    heard = {batch.cast.sectors[one] for one in batch.cast.votes.participants.tolist()}
    named = [(unit, size, False) for unit, size in batch.confidential.items()]
    named += [(sector, size, True) for sector, size in batch.open_sectors.items()]
    return [
        {
            "unit": unit,
            "sectors": unit.split("+"),
            "members": size,
            "in_the_open": in_the_open,
            "silent": [sector for sector in unit.split("+") if sector not in heard],
        }
        for unit, size, in_the_open in named
    ]


def _opinions(batch: Batch) -> list[dict[str, Any]]:
    """Per opinion U with the weakest unit, D with the pair, and the band of each unit; the most united first."""
    opinions = batch.cast.votes.opinions.tolist()
    names = [*batch.confidential, *batch.open_sectors]
    seen, agree = public_counts(batch.ledger, opinions, batch.confidential)
    seen_open, agree_open = _counted_openly(batch, opinions)
    seen, agree = np.vstack([seen, seen_open]), np.vstack([agree, agree_open])
    members = np.array([*batch.confidential.values(), *batch.open_sectors.values()], dtype=np.int64)
    members = np.maximum(members, seen.max(axis=1, initial=0))
    agreeing, opposing = majorities(members, seen, agree), majorities(members, seen, seen - agree)
    united, divided = unites(agreeing), divides(members, seen, agree)
    weak, pairs = weakest(agreeing, names), dividing_pairs(agreeing, opposing, names)
    answered = (seen > 0).sum(axis=0)
    rows = [
        {
            "opinion": opinion,
            "unites": _rounded(united[number]) if answered[number] else None,
            "weakest": weak[number] if answered[number] else None,
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
    votes, people = batch.cast.votes, batch.cast.votes.participants.tolist()
    for person, column, value in zip(votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True):
        number = row.get(batch.cast.sectors[people[person]])
        if number is not None:
            seen[number, column] += 1
            agree[number, column] += value == 1
    return seen, agree


def _named(batch: Batch) -> dict[str, dict[str, int]]:
    """Per opinion the position of each body that speaks in the open."""
    named: dict[str, dict[str, int]] = {}
    votes = batch.cast.votes
    people, opinions = votes.participants.tolist(), votes.opinions.tolist()
    for person, column, value in zip(votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True):
        if batch.cast.sectors[people[person]] in batch.open_sectors:
            named.setdefault(opinions[column], {})[people[person]] = value
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


def _groups(batch: Batch, kept: Mapping[str, Any], history: list[int]) -> dict[str, Any]:
    """Groups that were found, if they are real and have been there for a while; otherwise why none are shown."""
    groups = batch.result.groups
    if groups.why or not len(groups.sizes):
        return {"shown": False, "why": "too_few", "stability": None}
    stability = _rounded(groups.stability)
    if not groups.shown:
        return {"shown": False, "why": "unstable", "stability": stability}
    if smoothed(history) != len(groups.sizes) or groups.sizes.min() < COARSE:
        return {"shown": False, "why": "changing", "stability": stability}
    numbers = numbers_of(batch.result, kept)
    return {
        "shown": True,
        "why": "",
        "stability": stability,
        "groups": sorted(
            (
                {
                    "number": numbers[group] + 1,
                    "size": int(round(int(size) / COARSE) * COARSE),
                    "says": [
                        {"opinion": one.opinion, "direction": one.direction} for one in groups.representative[group]
                    ],
                }
                for group, size in enumerate(groups.sizes.tolist())
            ),
            key=lambda group: int(group["number"]),
        ),
    }


def numbers_of(result: Result, kept: Mapping[str, Any]) -> list[int]:
    """Per group the number under which it was known before, or a new one."""
    people = result.participants.ids.tolist()
    renamed = matched(people, result.groups.labels, kept.get("labels", {}))
    numbers = dict(zip(result.groups.labels.tolist(), renamed.tolist(), strict=True))
    return [numbers[group] for group in range(len(result.groups.sizes))]


def _rounded(value: float) -> float | None:
    return None if isnan(value) else round(float(value), 3)
