"""Which opinion to show next: often those that matter and divide the map, and new ones often.

Source: conversation.clj:308-327 of compdemocracy/polis (the same in delphi/polismath/conversation/priority.py); the drawing is
server/src/server.ts:7541-7573.
"""

from math import sqrt
from random import Random

import numpy as np
from numpy.typing import ArrayLike

from council.consensus.votes import Flags, Floats

NEWNESS = 8
"""By how much more than its importance an opinion without a vote counts; halved with every five votes."""

NEW = ((0.5 * 1 * 0.5) * (1 + NEWNESS)) ** 2
"""The priority of an opinion nobody has reacted to yet: 5.0625."""


def priority(agree: ArrayLike, passed: ArrayLike, seen: ArrayLike, extremity: ArrayLike) -> Floats:
    """Weights for drawing the next opinion, above 0, of no unit: [importance (1 + 8 * 2^(-S/5))]^2.

    importance = (1 - (P + 1) / (S + 2)) (E + 1) (A + 1) / (S + 2)

    Args:
        agree: A, how many agree.
        passed: P, how many pass.
        seen: S, how many reacted at all.
        extremity: E, how far from the middle of the map somebody stands who reacted to this opinion only, by agreeing.
            (pol.is writes -1 for agreeing, which is why its source speaks of -1 here.)

    All four broadcast against each other. ``next_weight`` is the same for one opinion, in plain floats.
    """
    a, p, s, e = (np.asarray(each, dtype=float) for each in (agree, passed, seen, extremity))
    importance = (1 - (p + 1) / (s + 2)) * (e + 1) * (a + 1) / (s + 2)
    weight: Floats = (importance * (1 + NEWNESS * np.exp2(-s / 5))) ** 2
    return weight


def weight_of(agree: int, passed: int, seen: int, extremity: float) -> float:
    """``priority`` of a single opinion, without the cost of arrays."""
    importance = (1 - (passed + 1) / (seen + 2)) * (extremity + 1) * (agree + 1) / (seen + 2)
    return float((importance * (1 + NEWNESS * 2.0 ** (-seen / 5))) ** 2)


def draw(weights: Floats, available: Flags, chance: Random) -> int | None:
    """The number of the opinion to show next, at random with probability in proportion to its weight.

    Args:
        weights: m priorities; NaN stands for an opinion without figures and counts as a new one.
        available: m, false for what the person has reacted to or may not see.
        chance: the source of chance, seeded in tests.

    Returns:
        ``None`` when nothing is left.
    """
    open_to = np.where(available, np.where(np.isnan(weights), NEW, weights), 0.0)
    total = float(open_to.sum())
    if total <= 0:
        return None
    place = int(np.searchsorted(np.cumsum(open_to), chance.random() * total, side="right"))
    return min(place, int(np.flatnonzero(open_to)[-1]))


def extremity_of(x: float, y: float) -> float:
    """Distance from the middle of the map, in the units of the map."""
    return sqrt(x * x + y * y)
