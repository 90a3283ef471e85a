"""Known sectors against the groups that were found: how far they go together, and what may be shown of it.

A table of units x groups counts people, not reactions; but in a unit whose members all stand in one group everybody's group is known.
So, as for reactions: nothing of a unit of which fewer than five people stand in groups, and bands in place of counts, the fewer the
smaller the unit, of which none says "all". A cell of fewer than five therefore never stands alone, it is merged into its band. Where
rows, columns and bands together would leave fewer than three counts possible in any cell, hidden ones included, all bands are made
wider, or nothing is shown. It comes out once: of two such tables one after the other it could be told who moved.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import scipy

from council.consensus.audit import CANDIDATES
from council.consensus.disclosure import BANDS, band_limits, bands_of
from council.consensus.votes import Floats, Integers

DRAWS = 999
"""So many tables are drawn to see what chance alone brings about."""


class Shares(NamedTuple):
    """How a unit is spread over the groups: of ``seen`` people, in which of how many bands each group's share lies."""

    seen: int
    bands: int
    band: tuple[int, ...]


class Association(NamedTuple):
    """How far two divisions of the same people go together.

    Attributes:
        strength: bias-corrected Cramer's V, from 0, not at all, to 1, one says the other.
        chance: how often chance alone brings about as much: a permutation p-value.
    """

    strength: float
    chance: float


Row = tuple[int, Shares | None]
"""How many of a unit stand in groups, and what is shown of it."""


def crossed(table: Integers, sizes: Sequence[tuple[int, int]]) -> list[Shares | None]:
    """What may be shown of a table; None for a unit with too few people, or for all where nothing may be shown.

    Args:
        table: units x groups, how many people.
        sizes: per group between which bounds its size is known to the public.
    """
    totals = table.sum(axis=1).tolist()
    for most in sorted(BANDS.values(), reverse=True):
        rows = [(seen, _shares(row, min(most, bands_of(seen)))) for seen, row in zip(totals, table, strict=True)]
        if not any(too_close(rows, sizes)):
            return [shares for _seen, shares in rows]
    return [None] * len(totals)


def _shares(row: Integers, bands: int) -> Shares | None:
    if not bands:
        return None
    seen = int(row.sum())
    return Shares(seen, bands, tuple(min(count * bands // seen, bands - 1) for count in row.tolist()))


def too_close(rows: Sequence[Row], sizes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Cells of which too few counts remain possible, as row, column and how many those are (0: no table fits); exact.

    All tables that fit form a transportation polytope: its corners are whole numbers, and what a cell can be has no gaps.
    """
    groups = len(sizes)
    limits = [limit for row in rows for limit in _limits(row, groups)]
    sums = np.kron(np.eye(len(rows)), np.ones(groups))
    columns = np.kron(np.ones(len(rows)), np.eye(groups))
    upper = np.concatenate([[high for _, high in sizes], [-low for low, _ in sizes]])
    for place in range(len(limits)):
        ends = []
        for sign in (1, -1):
            objective = np.zeros(len(limits))
            objective[place] = sign
            answer = scipy.optimize.linprog(
                objective,
                A_ub=np.vstack([columns, -columns]),
                b_ub=upper,
                A_eq=sums,
                b_eq=[seen for seen, _ in rows],
                bounds=limits,
            )
            ends += [] if answer.x is None else [round(float(answer.x[place]))]
        possible = ends[1] - ends[0] + 1 if ends else 0
        if possible < min(CANDIDATES, rows[place // groups][0] + 1):
            yield place // groups, place % groups, possible


def _limits(row: Row, groups: int) -> list[tuple[int, int]]:
    seen, shares = row
    return [band_limits(seen, shares.bands, band) for band in shares.band] if shares else [(0, seen)] * groups


def guessed(shares: Sequence[Shares | None], groups: int) -> Integers:
    """The table as the public may guess it, from the middles of the bands; rows that are not shown are empty."""
    table = np.zeros((len(shares), groups), dtype=np.int64)
    for number, row in enumerate(shares):
        if row is None:
            continue
        middles = np.array([sum(band_limits(row.seen, row.bands, band)) / 2 for band in row.band])
        table[number] = _whole(middles * row.seen / middles.sum(), row.seen)
    return table


def _whole(parts: Floats, total: int) -> Integers:
    """Whole numbers near ``parts`` that add up to ``total``: the largest remainders are rounded up."""
    counts = np.floor(parts).astype(np.int64)
    remainders = np.argsort(-(parts - counts), kind="stable")[: total - int(counts.sum())]
    counts[remainders] += 1
    return counts


def association(table: Integers, *, seed: int = 0) -> Association:
    """How far rows and columns go together; NaN with fewer than two of either.

    Source: Bergsma (2013), "A bias-correction for Cramer's V and Tschuprow's T", Journal of the Korean Statistical Society 42(3).
    What chance brings about is seen from tables with the same sums of rows and columns.

    Args:
        table: rows x columns, how many people.
        seed: of the draws.
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    n, (rows, columns) = int(table.sum()), table.shape
    if min(rows, columns) < 2:
        return Association(float("nan"), float("nan"))
    contingency = float(_contingency(table[None])[0])
    corrected = max(contingency - (rows - 1) * (columns - 1) / (n - 1), 0.0)
    widths = [size - (size - 1) ** 2 / (n - 1) for size in (rows, columns)]
    strength = float(np.sqrt(corrected / max(min(widths) - 1, 1e-12)))
    drawn = _contingency(_tables(table, np.random.default_rng(seed)))
    as_much = int((drawn >= contingency - 1e-12).sum())
    return Association(min(strength, 1.0), (1 + as_much) / (1 + DRAWS))


def _contingency(tables: Integers) -> Floats:
    """Phi squared of each table, chi squared per person."""
    n = tables.sum(axis=(1, 2), keepdims=True)
    expected = tables.sum(axis=2, keepdims=True) * tables.sum(axis=1, keepdims=True) / n
    result: Floats = ((tables - expected) ** 2 / expected).sum(axis=(1, 2)) / n[:, 0, 0]
    return result


def _tables(table: Integers, chance: np.random.Generator) -> Integers:
    """Tables with the same sums, as often as permuted labels would give them."""
    sums, left = table.sum(axis=1).tolist(), np.repeat(table.sum(axis=0)[None], DRAWS, axis=0)
    drawn = np.zeros((DRAWS, *table.shape), dtype=np.int64)
    for row, total in enumerate(sums[:-1]):
        for draw in range(DRAWS):
            drawn[draw, row] = chance.multivariate_hypergeometric(left[draw], total)
        left -= drawn[:, row]
    drawn[:, -1] = left
    return drawn
