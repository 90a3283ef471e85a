"""What known sectors agree on and what divides them, when each sector is small and can be counted to the end.

A sector of N members of whom n reacted and a agree is no sample of something endless: only R = N - n reactions are still unknown.
With nothing else known they follow X ~ BetaBinomial(R, a + 1, n - a + 1), and a majority is more than half of all N members, so

    P = P(a + X > N / 2).

Where N is not known the share itself follows Beta(a + 1, n - a + 1) and P is its tail above 1/2. Passes are among the n.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from council.consensus.statistics import SIGNIFICANT, Representative
from council.consensus.votes import Floats, Integers

PRIOR = 4.0
"""How many reactions the share of all sectors together weighs for one sector, in what divides."""

COUNTABLE = 20_000
"""A sector with more members than this is as good as endless."""

AT_ONCE = 1 << 21
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)
PANELS = 64


@dataclass(frozen=True, eq=False)
class Sectors:
    """What each sector said; arrays are sectors x opinions unless said otherwise.

    Attributes:
        labels: n, per person the number of their sector, -1 for none.
        names: the sectors.
        members: per sector how many registered members it has (N), -1 where not known.
        voters: per sector how many of them reacted to anything.
        agree, disagree, passed, seen: counts.
        share: agree / seen, NaN where nobody reacted.
        interval: sectors x opinions x 2, around the share at 80 % (Wilson, narrowed as the sector is counted to the end).
        majority: P(more than half of all members agree).
        majority_against: P(more than half of all members disagree).
        unheard: members who did not react to the opinion, -1 where the number of members is not known.
        characteristic: per sector the opinions that set it apart from the others.
        alignment: per sector Krippendorff's alpha.
    """

    labels: Integers
    names: list[Any]
    members: Integers
    voters: Integers
    agree: Integers
    disagree: Integers
    passed: Integers
    seen: Integers
    share: Floats
    interval: Floats
    majority: Floats
    majority_against: Floats
    unheard: Integers
    characteristic: list[list[Representative]]
    alignment: Floats


def majority(members: int, seen: int, agree: int) -> float:
    """P that more than half of a sector agree: one number, see ``majorities``."""
    return float(majorities(np.array([members]), np.array([[seen]]), np.array([[agree]]))[0, 0])


def majorities(members: Integers, seen: Integers, agree: Integers) -> Floats:
    """P(a + X > N / 2) per sector and opinion, from 0 to 1.

    Args:
        members: per sector N, -1 where not known.
        seen: n, sectors x opinions.
        agree: a, sectors x opinions.
    """
    result = np.empty(seen.shape)
    for sector, size in enumerate(members.tolist()):
        if size < 0 or size > COUNTABLE:
            result[sector] = scipy.special.betaincc(agree[sector] + 1, seen[sector] - agree[sector] + 1, 0.5)
            continue
        pairs, place = np.unique(np.stack([seen[sector], agree[sector]], axis=1), axis=0, return_inverse=True)
        tails = np.empty(len(pairs))
        for part in _parts(len(pairs), size + 1):
            n, a = pairs[part, 0], pairs[part, 1]
            chances = final_counts(size, n, a, np.ones(len(n)), np.ones(len(n)))
            tails[part] = chances[:, size // 2 + 1 :].sum(axis=1)
        result[sector] = np.minimum(tails, 1.0)[place.reshape(-1)]
    return result


def final_counts(members: int, seen: Integers, agree: Integers, alpha: Floats, beta: Floats) -> Floats:
    """Chances of 0 ... N members agreeing when all have reacted: rows x (N + 1), each row adding up to 1.

    Args:
        members: N.
        seen, agree: n and a, per row.
        alpha, beta: per row the prior's weight for agreeing and for anything else; BetaBinomial(N - n, a + alpha, n - a + beta).
            Both of a pair of parameters may not be 0; one may, and nobody or everybody is sure to agree then.
    """
    a, rest = (agree + alpha)[:, None], (seen - agree + beta)[:, None]
    unheard = (members - seen)[:, None]
    more = np.arange(members + 1)[None] - agree[:, None]
    possible = (more >= 0) & (more <= unheard)
    x = np.clip(more, 0, unheard)
    certain = (a <= 0) | (rest <= 0)
    a_, rest_ = np.where(certain, 1.0, a), np.where(certain, 1.0, rest)
    log = (
        scipy.special.gammaln(unheard + 1)
        - scipy.special.gammaln(x + 1)
        - scipy.special.gammaln(unheard - x + 1)
        + scipy.special.betaln(x + a_, unheard - x + rest_)
        - scipy.special.betaln(a_, rest_)
    )
    sure = np.where(a <= 0, x == 0, x == unheard).astype(float)
    return np.where(possible, np.where(certain, sure, np.exp(log)), 0.0)


def unites(chances: Floats) -> Floats:
    """U = product over sectors of P (m): the chance that a majority of every sector agrees, at the least.

    NaN without sectors. With ``majority_against`` in place of ``majority`` it says what is rejected together.
    """
    return chances.prod(axis=0) if len(chances) else np.full(chances.shape[1], np.nan)


def weakest(chances: Floats, names: Sequence[Any]) -> list[Any]:
    """Per opinion the sector whose majority is the least likely, the first among equals."""
    return [names[number] for number in chances.argmin(axis=0).tolist()] if len(names) else [None] * chances.shape[1]


def dividing_pairs(agreeing: Floats, opposing: Floats, names: Sequence[Any]) -> list[tuple[Any, Any] | None]:
    """Per opinion the two sectors most likely to have opposite majorities, the one likelier to agree first.

    Args:
        agreeing, opposing: sectors x m, P(majority agrees) and P(majority disagrees).
    """
    if len(names) < 2:
        return [None] * agreeing.shape[1]
    first, second = np.triu_indices(len(names), 1)
    chances = agreeing[first] * opposing[second] + opposing[first] * agreeing[second]
    pairs: list[tuple[Any, Any] | None] = []
    for opinion, best in enumerate(chances.argmax(axis=0).tolist()):
        a, b = int(first[best]), int(second[best])
        ordered = agreeing[a, opinion] * opposing[b, opinion] >= opposing[a, opinion] * agreeing[b, opinion]
        pairs.append((names[a], names[b]) if ordered else (names[b], names[a]))
    return pairs


def divides(members: Integers, seen: Integers, agree: Integers) -> Floats:
    """D = E[largest share of a sector - smallest], per opinion, from 0 to 1; NaN with fewer than two sectors or no reaction.

    Each sector's final share is (a + X) / N with X ~ BetaBinomial(N - n, a + 4p, n - a + 4 (1 - p)), where p is the share of all
    sectors together (all a over all n); shares of sectors whose N is not known follow the Beta of the same parameters. No
    sampling: E[max] = integral of 1 - product of F_s, E[min] = integral of the product of 1 - F_s, exact between the steps.

    Args:
        members: per sector N, -1 where not known.
        seen, agree: n and a, sectors x m.
    """
    sectors, m = seen.shape
    total = seen.sum(axis=0)
    result = np.full(m, np.nan)
    answered = np.flatnonzero(total)
    if sectors < 2 or not len(answered):
        return result
    pooled = agree.sum(axis=0) / np.maximum(total, 1)
    grid, weights, steps = _grid(members)
    for part in _parts(len(answered), len(grid) * 2):
        opinions = answered[part]
        below, above = np.ones((len(opinions), len(grid))), np.ones((len(opinions), len(grid)))
        for sector, size in enumerate(members.tolist()):
            n, a = seen[sector, opinions], agree[sector, opinions]
            alpha, beta = PRIOR * pooled[opinions], PRIOR * (1 - pooled[opinions])
            distribution = _distribution(size, n, a, alpha, beta, grid, steps)
            below *= distribution
            above *= 1 - distribution
        result[opinions] = np.maximum((1 - below - above) @ weights, 0.0)
    return result


def _countable(members: Integers) -> bool:
    return bool(((members >= 0) & (members <= COUNTABLE)).all())


def _grid(members: Integers) -> tuple[Floats, Floats, Floats]:
    """Points at which distributions are looked at, what each weighs, and all steps k / N between them."""
    known = sorted({int(size) for size in members if 0 < size <= COUNTABLE})
    steps = np.unique(np.concatenate([[0.0, 1.0], *(np.arange(size + 1) / size for size in known)]))
    steps = steps[np.append(True, np.diff(steps) > 1e-12)]
    if _countable(members):
        return (steps[:-1] + steps[1:]) / 2, np.diff(steps), steps
    edges = np.unique(np.concatenate([steps, np.linspace(0, 1, PANELS + 1)]))
    middle, half = (edges[:-1] + edges[1:]) / 2, np.diff(edges) / 2
    return (middle[:, None] + half[:, None] * POINTS).ravel(), (half[:, None] * WEIGHTS).ravel(), steps


def _distribution(
    size: int, seen: Integers, agree: Integers, alpha: Floats, beta: Floats, grid: Floats, steps: Floats
) -> Floats:
    """F(x) of a sector's final share at the points of the grid: opinions x points."""
    if 0 < size <= COUNTABLE:
        reached = np.minimum(np.cumsum(final_counts(size, seen, agree, alpha, beta), axis=1), 1.0)
        return reached[:, np.floor(grid * size).astype(np.int64)]
    a, b = agree + alpha, seen - agree + beta
    inside = scipy.special.betainc(np.maximum(a, 1e-12)[:, None], np.maximum(b, 1e-12)[:, None], grid[None])
    sure = np.where((a <= 0)[:, None], 1.0, 0.0)
    return np.where(((a <= 0) | (b <= 0))[:, None], sure, inside)


def interval(members: Integers, seen: Integers, agree: Integers) -> Floats:
    """Wilson's interval around the share at 80 %: sectors x opinions x 2, NaN where nobody reacted.

    z^2 is multiplied by (N - n) / (N - 1), the correction for finite populations: a sector that reacted in full is known exactly.
    For showing one sector; not for ranking, where it would punish small sectors.
    """
    size = members[:, None]
    left = np.where(size > 1, (size - seen) / np.maximum(size - 1, 1), np.where(size == 1, 1.0 * (seen == 0), 1.0))
    z = SIGNIFICANT**2 * left
    with np.errstate(divide="ignore", invalid="ignore"):
        share = agree / seen
        middle = (share + z / (2 * seen)) / (1 + z / seen)
        half = np.sqrt(z * (share * (1 - share) / seen + z / (4.0 * seen**2))) / (1 + z / seen)
    return np.clip(np.stack([middle - half, middle + half], axis=-1), 0.0, 1.0)


def sizes_of(names: Sequence[Any], seen: Integers, sizes: Mapping[Any, int | None] | None) -> Integers:
    """Registered members per sector, -1 where not known.

    Raises:
        ValueError: A sector has no size, or a smaller one than people of it who reacted to one opinion.
    """
    if sizes is None:
        return np.full(len(names), -1, dtype=np.int64)
    missing = [name for name in names if name not in sizes]
    if missing:
        message = f"sector_sizes lacks {missing}; give None where the number of members is not known"
        raise ValueError(message)
    members = [-1 if (size := sizes[name]) is None else int(size) for name in names]
    for name, size, heard in zip(names, members, seen.max(axis=1, initial=0).tolist(), strict=True):
        if size != -1 and size < max(heard, 1):
            message = f"sector {name!r} has {size} members, but {heard} of them reacted to one opinion"
            raise ValueError(message)
    return np.asarray(members, dtype=np.int64)


def _parts(rows: int, width: int) -> list[slice]:
    """Slices of rows so that a part of this width stays within AT_ONCE numbers."""
    size = max(AT_ONCE // max(width, 1), 1)
    return [slice(start, start + size) for start in range(0, rows, size)]
