"""How much the members of a sector answer alike, and what sets it apart, from what else is released and from nothing besides."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from council.consensus import likeness, setting_apart
from council.consensus.audit import Version
from council.consensus.disclosure import band_limits

Shown = dict[str, Version]
"""Per unit what is shown of one opinion."""


def portraits(released: Mapping[str, Any], sectors: Mapping[str, str]) -> dict[str, Any]:
    """What is told of each unit, computed from bands and positions that are released: any reader can do the same.

    So it needs no rule of disclosure of its own, and the audit has nothing to prove but that this is how it came about.

    Args:
        released: Of a batch.
        sectors: Per participant their sector, which everybody knows.
    """
    names = [unit["unit"] for unit in released["units"]]
    shown = {
        row["opinion"]: _shown(row, released["named"].get(row["opinion"], {}), sectors) for row in released["opinions"]
    }
    seen, agree = np.zeros((2, len(names), len(shown)), dtype=np.int64)
    for column, versions in enumerate(shown.values()):
        for row, unit in enumerate(names):
            if version := versions.get(unit):
                seen[row, column], agree[row, column] = version.seen, (version.low + version.high) // 2
    apart = setting_apart(seen, agree, list(shown))
    return {
        "likeness": likeness(list(versions.values()) for versions in shown.values()),
        "units": [
            {
                "unit": unit,
                "likeness": likeness([versions[unit]] for versions in shown.values() if unit in versions),
                "says": [{"opinion": one.opinion, "direction": one.direction} for one in says],
            }
            for unit, says in zip(names, apart, strict=True)
        ],
    }


def _shown(row: Mapping[str, Any], named: Mapping[str, int], sectors: Mapping[str, str]) -> Shown:
    shown = {unit: _banded(band) for unit, band in row["bands"].items() if band}
    for who, value in named.items():
        before = shown.get(sectors[who], Version(0, 0, 0, 0))
        agree = before.low + (value == 1)
        shown[sectors[who]] = Version(0, before.seen + 1, agree, agree)
    return shown


def _banded(band: Mapping[str, int]) -> Version:
    limits = band_limits(band["seen"], band["bands"], band["band"])
    return Version(0, band["seen"], *limits, bands=band["bands"], band=band["band"])
