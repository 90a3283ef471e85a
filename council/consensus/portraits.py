"""What a sector is like, as far as the public can tell: how much its members react alike, and what sets it apart.

Everything here is computed from the bands in the ledger and from nothing else. Whoever knows the bands can compute it too, so it
tells nothing that the bands do not tell: not of a small sector, not in one batch after another. Computed from the votes themselves
neither figure could be shown: Krippendorff's alpha of a few members, given before and after one vote, is an equation for that vote, and
that an opinion crosses the line of significance is one too.

What the bands leave open is the price. They say who agrees, not whether the others disagree or pass, so there are two answers here.
And of few reactions they say little: with 2 bands (5 to 9 reactions) the figure would hang on the bands alone, 0.3 too low or 0.2 too
high, so these are left out and a sector of which nothing else is shown has none. With 3 bands (10 to 19) it is right on average where
shares are spread evenly, 0.2 too low where members are of one mind on nearly everything, 0.1 too high where they are on nothing; with
5 bands half of that. Hence one decimal.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from council.consensus.audit import Version
from council.consensus.statistics import SIGNIFICANT, Representative, Statistics
from council.consensus.votes import Integers

LEAST_BANDS = 3
"""What is shown in fewer bands does not say how much people agree."""

LEAST_OPINIONS = 5
MOST = 3
"""So many opinions in each direction stand for a sector."""


def likeness(opinions: Iterable[Sequence[Version]]) -> float | None:
    """Krippendorff's alpha of one unit or of several together, to one decimal; None where the bands say too little.

    1 if on every opinion all answer alike, 0 if no more alike than by chance. Answers are two: to agree, and not to. Every count
    that a band leaves open is taken to be as likely as the others: their mean of pairs that differ stands for the number of such
    pairs (``statistics.alignment`` has the formula).

    Args:
        opinions: per opinion what is shown of the units; the count itself, in place of a band, of who speaks in the open.
    """
    differing = agreeing = reactions = 0.0
    told = 0
    for versions in opinions:
        known = [one for one in versions if one.bands >= LEAST_BANDS or one.low == one.high]
        seen = sum(one.seen for one in known)
        if seen < 2:
            continue
        mean = sum(one.low + one.high for one in known) / 2
        spread = sum((one.high - one.low + 1) ** 2 - 1 for one in known) / 12
        differing += 2 * (mean * (seen - mean) - spread) / (seen - 1)
        agreeing, reactions, told = agreeing + mean, reactions + seen, told + 1
    expected = 2 * agreeing * (reactions - agreeing)
    if told < LEAST_OPINIONS or not expected:
        return None
    return round(1 - (reactions - 1) * differing / expected, 1) + 0.0


def setting_apart(seen: Integers, agree: Integers, opinions: Sequence[Any]) -> list[list[Representative]]:
    """Per unit the opinions that set it apart from all others together, at most three in each direction.

    An opinion counts if most of the unit agree and more than of the others, or most do not and more than of the others, both
    significantly (statistics.py); "disagree" stands for not agreeing, which is passing too. They rank by R z_R P z_P.

    Args:
        seen, agree: units x opinions, from ``public_counts``; 0 where nothing is shown.
        opinions: their ids.
    """
    statistics = Statistics.of(np.stack([seen - agree, np.zeros_like(seen), agree]))
    compared = (seen > 0) & (seen.sum(axis=0) > seen)
    found: list[list[Representative]] = [[] for _unit in seen]
    for direction in ("agree", "disagree"):
        names = [f"{kind}_{direction}{z}" for kind in "rp" for z in ("", "_z")]
        r, r_z, p, p_z = (getattr(statistics, name) for name in names)
        sure = compared & (r_z > SIGNIFICANT) & (p_z > SIGNIFICANT)
        order = np.argsort(-np.where(sure, r * r_z * p * p_z, 0.0), axis=1, kind="stable")[:, :MOST]
        for unit, best in enumerate(order.tolist()):
            found[unit] += [Representative(opinions[one], direction) for one in best if sure[unit, one]]
    return found
