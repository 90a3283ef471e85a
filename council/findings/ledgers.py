"""The ledger of everything ever released, as JSON: what one batch hands on to the next, and what the audit reads."""

from dataclasses import astuple
from typing import Any

from council.consensus import Ledger
from council.consensus.audit import Total, Version


def as_json(ledger: Ledger) -> dict[str, Any]:
    """A ledger to be stored."""
    return {
        "chains": {
            opinion: {unit: [astuple(one) for one in chain] for unit, chain in chains.items()}
            for opinion, chains in ledger.chains.items()
        },
        "totals": {opinion: astuple(total) for opinion, total in ledger.totals.items()},
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
