"""The ledger of everything ever released, as JSON: what one batch hands on to the next, and what the audit reads."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from operator import attrgetter
from typing import Any

from council.consensus import Ledger
from council.consensus.audit import Finding, Total, Version
from council.consensus.crossing import Shares, too_close
from council.findings.figures import known_of
from council.findings.portraits import portraits

_of_version, _of_total = (attrgetter(*(each.name for each in fields(kind))) for kind in (Version, Total))


def as_json(ledger: Ledger) -> dict[str, Any]:
    """A ledger to be stored."""
    return {
        "chains": {
            opinion: {unit: [_of_version(one) for one in chain] for unit, chain in chains.items()}
            for opinion, chains in ledger.chains.items()
        },
        "totals": {opinion: _of_total(total) for opinion, total in ledger.totals.items()},
        "batches": ledger.batches,
        "closed": ledger.closed,
    }


def as_of(ledger: Ledger, batch: int) -> Ledger:
    """The ledger as it stood before a batch: versions know theirs, and overall figures came with the last."""
    chains = {
        opinion: {unit: tuple(one for one in chain if one.batch < batch) for unit, chain in chains.items()}
        for opinion, chains in ledger.chains.items()
    }
    totals = {opinion: total for opinion, total in ledger.totals.items() if total.batch < batch}
    return Ledger(chains, totals, batch, closed=False)


def from_json(stored: dict[str, Any]) -> Ledger:
    """A stored ledger; an empty one where nothing was released yet."""
    if not stored:
        return Ledger()
    return Ledger(
        chains={
            opinion: {unit: tuple(Version(*one) for one in chain) for unit, chain in chains.items()}
            for opinion, chains in stored["chains"].items()
        },
        totals={opinion: Total(*total) for opinion, total in stored["totals"].items()},
        batches=stored["batches"],
        closed=stored["closed"],
    )


def crossing_given_away(released: dict[str, Any], labels: dict[str, int], sectors: dict[str, str]) -> Iterator[Finding]:
    """Cells of the table of sectors and groups that what was released of it leaves too few counts for.

    Args:
        released: Of a batch.
        labels: Per participant who stands in a group its number.
        sectors: Per participant their sector.
    """
    groups = released["groups"]
    if not groups.get("by_sector"):
        return
    unit_of = {sector: unit["unit"] for unit in released["units"] for sector in unit["sectors"]}
    seen = Counter(unit_of.get(sectors[person]) for person in labels)
    spread = groups["by_sector"]["units"]
    rows = [
        (seen[unit], Shares(seen[unit], each["bands"], tuple(each["band"])) if each else None)
        for unit, each in spread.items()
    ]
    rows.append((seen[None], None))
    sizes = [known_of(group["size"]) for group in groups["groups"]]
    for row, column, possible in too_close(rows, sizes):
        yield Finding(f"group {groups['groups'][column]['number']}", [*spread, ""][row], -1, 0, 0, possible)


def portraits_given_away(released: dict[str, Any], sectors: dict[str, str]) -> Iterator[Finding]:
    """Units of which something is told that does not follow from what else is released.

    Args:
        released: Of a batch; those of earlier versions have no portraits.
        sectors: Per participant their sector.
    """
    if not (told := released.get("portraits")):
        return
    follows = portraits(released, sectors)
    if told["likeness"] != follows["likeness"]:
        yield Finding("portraits", "", -1, 0, 0, 0)
    for one, other in zip(told["units"], follows["units"], strict=True):
        if one != other:
            yield Finding("portraits", one["unit"], -1, 0, 0, 0)
