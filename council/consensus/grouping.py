"""Groups of people who stand close together on the map, and how far they are to be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from council.consensus.clusters import (
    SAME,
    Partition,
    Picture,
    agreement,
    partition,
    silhouettes,
    silhouettes_seen,
)
from council.consensus.mapping import OpinionMap, mapped
from council.consensus.statistics import Representative, Statistics, representative
from council.consensus.votes import Flags, Floats, Integers, Votes

ENOUGH_VOTES = 7
"""So many reactions (or all, where there are fewer opinions) put a person into a group (conversation.clj:240-266)."""

FEWEST_PEOPLE = 15
"""With fewer such people the most active others are taken in."""

MOST_GROUPS = 5
BASE = 100
STABLE = 0.80
"""Groups less stable than this are not shown: at the size of a council they are often chance."""

SUBSAMPLES = 15
SUBSAMPLE = 0.8
MOST_RESAMPLED = 5000
"""More people than this are not drawn into one subsample: it would only make groups look steadier."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """The groups found for every number of groups, before anything is said about them.

    Attributes:
        clustered: n, who reacted often enough to be in a group.
        found: per number of groups k the partition of those clustered, in the order of people.
        silhouette: per k the mean silhouette, from -1 to 1.
        k: the k of the best silhouette, 0 where there are no groups.
        why: why there are no groups, or "".
    """

    clustered: Flags
    found: dict[int, Partition]
    silhouette: dict[int, float]
    k: int
    why: str = ""

    def labels(self, k: int) -> Integers:
        """Per person the group at this k, -1 for those not clustered."""
        labels = np.full(len(self.clustered), -1, dtype=np.int64)
        if k in self.found:
            labels[self.clustered] = self.found[k].labels
        return labels


@dataclass(frozen=True, eq=False)
class Groups:
    """Who thinks alike.

    Attributes:
        labels: n, per person the number of their group, -1 for too few votes. Found groups are numbered by falling size.
        names: per group its name: its number, or what the caller named it.
        sizes: per group how many people.
        centres: groups x 2, in units of the map; empty where groups were given.
        silhouette: per number of groups tried the mean silhouette; empty where groups were given.
        within: per number of groups tried the sum of squared distances to the centres.
        partitions: per number of groups tried the labels (n).
        statistics: what each group said of each opinion.
        representative: per group the opinions that set it apart.
        given: the groups were given, not found.
        why: why there are no groups, or "".
    """

    labels: Integers
    names: list[Any]
    sizes: Integers
    centres: Floats
    silhouette: dict[int, float]
    within: dict[int, float]
    partitions: dict[int, Integers]
    statistics: Statistics
    representative: list[list[Representative]]
    given: bool
    why: str
    _resampled: "Resampling | None" = field(default=None, repr=False)

    @cached_property
    def stability(self) -> float:
        """How much the groups stay the same when a fifth of the people is left out: mean adjusted Rand index, up to 1.

        Fifteen times the whole way is gone again, map and number of groups included. It costs several times the analysis, so it is
        done when first asked for. NaN without groups, and for groups that were given.
        """
        return self._resampled.stability() if self._resampled else float("nan")

    @property
    def shown(self) -> bool:
        """Whether the groups may be shown: given ones always, found ones from a stability of 0.80 on."""
        return bool(len(self.sizes)) and (self.given or self.stability >= STABLE)

    def at(self, k: int) -> "Groups":
        """The same people in k groups, in place of the number with the best silhouette; unchanged if k was not tried.

        Its stability says how far subsamples, which choose their number themselves, come to these groups again.
        """
        if k == len(self.sizes) or k not in self.partitions or self._resampled is None:
            return self
        labels, found = self.partitions[k], self._resampled
        statistics = Statistics.of(found.votes.counts(labels, k))
        return replace(
            self,
            labels=labels,
            names=list(range(k)),
            sizes=np.bincount(labels + 1, minlength=k + 1)[1:],
            centres=np.stack([found.sheet.participants[labels == group].mean(axis=0) for group in range(k)]),
            statistics=statistics,
            representative=representative(statistics, found.votes.opinions, found.out),
            _resampled=replace(found, labels=labels),
        )


def eligible(votes: Votes) -> Flags:
    """Who is clustered: whoever reacted min(7, C) times, or else the fifteen most active (conversation.clj:240-266).

    Where the fifteenth is tied with others, all of them are in: which one it is must not hang on the order of people.
    """
    given = votes.given
    enough = given >= min(ENOUGH_VOTES, len(votes.opinions))
    if enough.sum() < FEWEST_PEOPLE and len(given):
        last = np.sort(given)[::-1][min(FEWEST_PEOPLE, len(given)) - 1]
        enough |= given >= max(int(last), 1)
    return enough


def grouped(votes: Votes, sheet: OpinionMap, *, seed: int, near: Mapping[int, Integers] | None = None) -> Grouping:
    """Find groups on the map: k-means for k = 2 ... min(5, 2 + n // 12), the best mean silhouette wins, the smaller k among equals.

    Source: clusters.clj and conversation.clj:429-474. People are grouped themselves rather than hundred base clusters of them,
    and by the best of many starts: the same people give the same groups in whatever order they come.

    Args:
        votes: n x m.
        sheet: the map of them.
        seed: of the draws for the starts.
        near: per k the labels (n) of groups in nearly the same votes. They are started from as well, so fewer starts are enough,
            and silhouettes are those of a picture of the points.
    """
    clustered = eligible(votes)
    points = sheet.participants[clustered]
    most = min(MOST_GROUPS, 2 + min(len(points), BASE) // 12)
    if sheet.why:
        return Grouping(clustered, {}, {}, 0, sheet.why)
    picture = Picture.of(points)
    known = {k: labels[clustered] for k, labels in (near or {}).items()}
    tried = {k: partition(points, picture, k, seed=seed, near=known.get(k)) for k in range(2, most + 1)}
    found = {k: each for k, each in tried.items() if each is not None}
    if not found:
        return Grouping(clustered, {}, {}, 0, "Everyone who reacted often enough stands in the same place.")
    measured = (
        silhouettes(points, [each.labels for each in found.values()])
        if near is None
        else silhouettes_seen(picture, [each.centres for each in found.values()])
    )
    silhouette = dict(zip(found, measured, strict=True))
    best = max(measured)
    k = next(k for k, value in silhouette.items() if value >= best - SAME)
    return Grouping(clustered, found, silhouette, k)


@dataclass(frozen=True, eq=False)
class Resampling:
    """What is needed to find out how stable groups are.

    Attributes:
        votes: all of them (n x m).
        out: m, opinions moderated out.
        sheet: the map of all.
        labels: n, the groups in question.
        partitions: per number of groups tried the labels (n).
        seed: of the draws.
    """

    votes: Votes
    out: Flags
    sheet: OpinionMap
    labels: Integers
    partitions: Mapping[int, Integers]
    seed: int

    def stability(self) -> float:
        """Mean agreement of the groups with those of subsamples of 80 % of the people."""
        order = self._order()
        size = min(int(SUBSAMPLE * len(order)), MOST_RESAMPLED)
        chance = np.random.default_rng(self.seed)
        return float(np.mean([self._again(order[chance.permutation(len(order))[:size]]) for _ in range(SUBSAMPLES)]))

    def _order(self) -> Integers:
        """People in an order that does not hang on their ids: the draw is the same however they are numbered."""
        x, y = np.round(self.sheet.participants, 9).T
        sums = np.bincount(self.votes.rows, weights=self.votes.values, minlength=len(x))
        return np.lexsort((sums, self.votes.given, y, x))

    def _again(self, people: Integers) -> float:
        people = np.sort(people)
        fewer = self.votes.of(people)
        start = self.sheet.axes.sum(axis=1)
        sheet = mapped(fewer, self.out, seed=self.seed, start=start, exact=False)
        near = {k: labels[people] for k, labels in self.partitions.items()}
        again = grouped(fewer, sheet, seed=self.seed, near=near)
        before, now = self.labels[people], again.labels(again.k)
        both = (before >= 0) & (now >= 0)
        return agreement(before[both], now[both]) if both.any() else 0.0


def numbers_of(labels: Sequence[Any], none: Any) -> tuple[Integers, list[Any]]:
    """Labels as numbers from 0 in the order of their names, ``none`` as -1; and the names."""
    names = sorted({label for label in labels if label is not none})
    rank: dict[Any, int] = {name: number for number, name in enumerate(names)}
    numbers: NDArray[np.int64] = np.fromiter(
        (-1 if label is none else rank[label] for label in labels), dtype=np.int64, count=len(labels)
    )
    return numbers, names
