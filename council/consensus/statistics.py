"""Counts, probabilities and tests per group and opinion, and the selections made from them.

The method is that of pol.is (compdemocracy/polis, math/src/polismath/math: stats.clj, repness.clj, conversation.clj), described
in Small, Bjorkegren, Erkkila, Shaw and Megill (2021), "Polis: Scaling Deliberation by Mapping High Dimensional Opinion Spaces",
RECERCA 26(2), doi:10.6035/recerca.5516. Arrays are groups x opinions; N counts every vote, passes included.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from council.consensus.votes import Flags, Floats, Ids, Integers

SIGNIFICANT = 1.2815515655446004
"""The one-sided 90 % point of the standard normal distribution."""

MOST_SHOWN = 5
"""How many opinions stand for a group, and for all, in each direction."""


class Representative(NamedTuple):
    """An opinion that sets a group apart, and whether the group ``"agree"``s or ``"disagree"``s with it."""

    opinion: Any
    direction: str


@dataclass(frozen=True, eq=False)
class Statistics:
    """What each group said of each opinion; every array is groups x opinions.

    Attributes:
        agree, disagree, seen: counts N_a, N_d and N.
        p_agree, p_disagree: P = (N_v + 1) / (N + 2).
        p_agree_z, p_disagree_z: one-proportion tests against one half.
        r_agree, r_disagree: how much likelier than among all others, P(group) / P(others).
        r_agree_z, r_disagree_z: two-proportion tests of the group against all others.
    """

    agree: Integers
    disagree: Integers
    seen: Integers
    p_agree: Floats
    p_disagree: Floats
    p_agree_z: Floats
    p_disagree_z: Floats
    r_agree: Floats
    r_disagree: Floats
    r_agree_z: Floats
    r_disagree_z: Floats

    @classmethod
    def of(cls, counts: Integers) -> "Statistics":
        """Everything that follows from counts (3 x groups x opinions: disagree, pass, agree).

        Who belongs to no group is not among the others either.
        """
        disagree, agree, seen = counts[0], counts[2], counts.sum(axis=0)
        others = {name: array.sum(axis=0) - array for name, array in (("d", disagree), ("a", agree), ("n", seen))}
        p_agree, p_disagree = probability(agree, seen), probability(disagree, seen)
        return cls(
            agree=agree,
            disagree=disagree,
            seen=seen,
            p_agree=p_agree,
            p_disagree=p_disagree,
            p_agree_z=one_proportion(agree, seen),
            p_disagree_z=one_proportion(disagree, seen),
            r_agree=p_agree / probability(others["a"], others["n"]),
            r_disagree=p_disagree / probability(others["d"], others["n"]),
            r_agree_z=two_proportions(agree, others["a"], seen, others["n"]),
            r_disagree_z=two_proportions(disagree, others["d"], seen, others["n"]),
        )


def probability(successes: Integers, trials: Integers) -> Floats:
    """P = (N_v + 1) / (N + 2): a share drawn towards one half (repness.clj comment-stats)."""
    return (successes + 1) / (trials + 2)


def one_proportion(successes: Integers, trials: Integers) -> Floats:
    """Z = 2 sqrt(N + 1) ((N_v + 1) / (N + 1) - 1/2), in standard errors (stats.clj prop-test)."""
    return 2 * np.sqrt(trials + 1) * ((successes + 1) / (trials + 1) - 0.5)


def two_proportions(successes: Integers, other_successes: Integers, trials: Integers, other_trials: Integers) -> Floats:
    """Z of two pooled proportions, 1 added to every count; 0 where both are 1 (stats.clj two-prop-test)."""
    a, b, n, k = successes + 1, other_successes + 1, trials + 1, other_trials + 1
    pooled = (a + b) / (n + k)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / k))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(pooled == 1, 0.0, (a / n - b / k) / spread)


def group_informed_consensus(counts: Integers) -> tuple[Floats, Floats]:
    """GIC = product over groups of (N_v + 1) / (N + 2), for agreeing and for disagreeing: m each, from 0 to 1.

    High only where every group leans that way (conversation.clj:614-636); with more groups it is lower.

    Args:
        counts: 3 x groups x m: disagree, pass, agree. Without groups nothing speaks against: 1.
    """
    seen = counts.sum(axis=0)
    return probability(counts[2], seen).prod(axis=0), probability(counts[0], seen).prod(axis=0)


def representative(statistics: Statistics, ids: Ids, out: Flags) -> list[list[Representative]]:
    """Per group at most five opinions that set it apart, those agreed with first (repness.clj select-rep-comments).

    An opinion is a candidate if agreement is significant both in itself and against the others, or disagreement is; they rank by
    R z_R P z_P in the direction that is further from the others. The one agreed with best comes first, and if there is no candidate
    at all the least unlikely one stands alone.

    Args:
        statistics: groups x m.
        ids: m opinion ids.
        out: m, opinions that are moderated out and never selected.
    """
    return [_of_one_group(statistics, group, ids, out) for group in range(len(statistics.seen))]


def _of_one_group(statistics: Statistics, group: int, ids: Ids, out: Flags) -> list[Representative]:
    agreed = [a[group] for a in (statistics.r_agree, statistics.r_agree_z, statistics.p_agree, statistics.p_agree_z)]
    opposed = [
        a[group]
        for a in (statistics.r_disagree, statistics.r_disagree_z, statistics.p_disagree, statistics.p_disagree_z)
    ]
    sure = ((agreed[3] > SIGNIFICANT) & (agreed[1] > SIGNIFICANT)) | (
        (opposed[3] > SIGNIFICANT) & (opposed[1] > SIGNIFICANT)
    )
    agrees = agreed[1] > opposed[1]
    metric = np.where(agrees, np.prod(agreed, axis=0), np.prod(opposed, axis=0))
    candidates = np.flatnonzero(sure & ~out)
    ranked: list[int] = candidates[np.argsort(-metric[candidates], kind="stable")].tolist()
    best = _best_agreed(statistics, group, agreed, out)
    if best is None and not ranked and not out.all():
        further = np.where(out, -np.inf, np.maximum(agreed[1], opposed[1]))
        best = int(np.argmax(further))
    elif best is None and ranked:
        best = ranked[0]
    head = [] if best is None else [best]
    chosen = (head + [one for one in ranked if one != best])[:MOST_SHOWN]
    chosen.sort(key=lambda one: not agrees[one])
    names = ids.tolist()
    return [Representative(names[one], "agree" if agrees[one] else "disagree") for one in chosen]


def _best_agreed(statistics: Statistics, group: int, agreed: list[Floats], out: Flags) -> int | None:
    """Which opinion a group agrees with best (repness.clj beats-best-agr?).

    It is a tournament in the order of opinions: what decides depends on who leads.
    """
    voted = (statistics.agree[group] + statistics.disagree[group]) > 0
    r, _, p, z = agreed
    by_repness: list[float] = np.prod(agreed, axis=0).tolist()
    by_probability: list[float] = (p * z).tolist()
    likelier: list[bool] = (r > 1.0).tolist()
    acceptable: list[bool] = ((z > SIGNIFICANT) | ((r > 1.0) & (p > 0.5))).tolist()
    best = None
    for one in np.flatnonzero(voted & ~out).tolist():
        if best is None:
            best = one if acceptable[one] else None
        else:
            measure = by_repness if likelier[best] else by_probability
            best = one if measure[one] > measure[best] else best
    return best


def consensus(agree: Integers, disagree: Integers, seen: Integers, ids: Ids, out: Flags) -> tuple[list[Any], list[Any]]:
    """What most of all people agree with, and what most disagree with: at most five ids each, in rank order.

    Source: repness.clj consensus-stats: P > 1/2 and z > 1.2816, ranked by P z. All arguments are arrays of m.
    """
    chosen = []
    for successes in (agree, disagree):
        p, z = probability(successes, seen), one_proportion(successes, seen)
        candidates = np.flatnonzero((p > 0.5) & (z > SIGNIFICANT) & ~out)
        ranked = candidates[np.argsort(-(p * z)[candidates], kind="stable")][:MOST_SHOWN]
        chosen.append(ids[ranked].tolist())
    return chosen[0], chosen[1]


def alignment(counts: Integers) -> float:
    """Krippendorff's alpha of one group: 1 if on every opinion all react alike, 0 if no more alike than by chance.

    Nominal, missing reactions allowed: alpha = 1 - D_o / D_e with coincidences weighted by 1 / (n_u - 1)
    (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"). NaN if nobody ever chose differently or too few reacted.

    Args:
        counts: 3 x m.
    """
    n = counts.sum(axis=0)
    paired = n >= 2
    counts, n = counts[:, paired].astype(float), n[paired].astype(float)
    total = n.sum()
    per_value = counts.sum(axis=1)
    expected = total**2 - (per_value**2).sum()
    if not expected:
        return float("nan")
    observed = ((n**2 - (counts**2).sum(axis=0)) / (n - 1)).sum()
    return float(1 - (total - 1) * observed / expected)
