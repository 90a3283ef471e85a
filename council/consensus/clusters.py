"""k-means and its quality for points in the plane, independent of the order of points.

pol.is starts k-means from the groups of the last run, and red-dwarf from the first points in the order of coordinates; either may
end in a poor optimum. Here the starts are many and drawn on a coarse picture of the points, and the best are then run on all of them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from council.consensus.votes import Floats, Integers

GRID = 24
"""Cells along each side of the coarse picture."""

FINE_GRID = 100
"""The same for more points than it has cells: they are grouped on it, and on all points for LAST_ROUNDS only."""

LAST_ROUNDS = 4
STARTS = 10
MOST_STARTS = 64
"""Fewer points get more starts, so that together they cost about the same."""

STARTS_NEAR = 4
"""So many are enough beside groups that were found in nearly the same points."""

POLISHED = 3
MOST_ROUNDS = 100
PAIRWISE = 4096
"""Up to so many points the silhouette is exact; of more, SAMPLED are looked at."""

SAMPLED = 2048

BLOCK, ONE_THREAD = 64, 1 << 18
SAME = 1e-9
"""Figures closer than this, relatively, are the same: rounding decides nothing."""


@dataclass(frozen=True, eq=False)
class Partition:
    """Points in k groups.

    Attributes:
        labels: per point its group, from 0; the largest group is 0.
        centres: k x 2.
        within: sum of squared distances to the centres (WCSS), in squared units of the map.
    """

    labels: Integers
    centres: Floats
    within: float


@dataclass(frozen=True, eq=False)
class Picture:
    """Points in the plane as fewer, weighted ones.

    Attributes:
        places: means of the points in each cell of a grid, in the order of cells.
        weights: how many they are.
        finer: places and weights on a finer grid, where there are very many points.
    """

    places: Floats
    weights: Floats
    finer: tuple[Floats, Floats] | None

    @classmethod
    def of(cls, points: Floats) -> "Picture":
        """The picture of n x 2 points; few points are their own picture."""
        if len(points) <= GRID**2:
            return cls(points[np.lexsort((points[:, 1], points[:, 0]))], np.ones(len(points)), None)
        return cls(*_cells(points, GRID), _cells(points, FINE_GRID) if len(points) > FINE_GRID**2 else None)


def _cells(points: Floats, grid: int) -> tuple[Floats, Floats]:
    """Means and numbers of the points in each cell; cells grow outwards, as few points lie far out but weigh much."""
    middle = np.median(points, axis=0)
    spread = np.median(np.abs(points - middle), axis=0)
    bent = np.arcsinh((points - middle) / np.where(spread > 0, spread, 1.0))
    low, high = bent.min(axis=0), bent.max(axis=0)
    size = np.where(high > low, (high - low) / grid, 1.0)
    cells = np.minimum(((bent - low) / size).astype(np.int64), grid - 1)
    cell = cells[:, 0] * grid + cells[:, 1]
    weights = np.bincount(cell, minlength=grid**2)
    there = np.flatnonzero(weights)
    sums = np.column_stack([np.bincount(cell, weights=points[:, axis], minlength=grid**2) for axis in (0, 1)])
    return sums[there] / weights[there, None], weights[there].astype(float)


def partition(points: Floats, picture: Picture, k: int, *, seed: int, near: Integers | None = None) -> Partition | None:
    """The best partition into k groups that was found; none if the points fall into fewer.

    Args:
        points: n x 2.
        picture: ``Picture.of(points)``.
        k: how many groups.
        seed: of the draws for the starts.
        near: n labels to start from as well, -1 for none; fewer others are drawn then.

    Many starts by k-means++ (Arthur and Vassilvitskii 2007) go through Lloyd's algorithm on the coarse picture, the best few of them
    on all points (or, of very many, on a fine picture of them) until nothing moves. Among equals the earlier start wins.
    """
    if len(np.unique(picture.places, axis=0)) < k:
        return None
    starts = STARTS_NEAR if near is not None else min(max(STARTS, 6000 // len(picture.places)), MOST_STARTS)
    begin = _started(picture, k, starts, seed=seed)
    if near is not None:
        begin = np.concatenate([begin, _middles(points, near, k)])
    candidates = _different(*_lloyd_together(picture, begin))
    polish, weights = picture.finer or (points, None)
    labels, centres, within = _lloyd(polish, weights, candidates[0], MOST_ROUNDS)
    for one in candidates[1:]:
        others, moved, cost = _lloyd(polish, weights, one, MOST_ROUNDS)
        if cost < within * (1 - SAME):
            labels, centres, within = others, moved, cost
    if picture.finer is not None:
        labels, centres, within = _lloyd(points, None, centres, LAST_ROUNDS)
    return _by_size(labels, centres, within) if len(np.unique(labels)) == k else None


def _middles(points: Floats, labels: Integers, k: int) -> Floats:
    """The centres of groups as one more start: 1 x k x 2; none where one of them is empty."""
    sizes = np.bincount(labels + 1, minlength=k + 1)[1:]
    if not sizes.all():
        return np.empty((0, k, 2))
    sums = [np.bincount(labels + 1, weights=axis, minlength=k + 1)[1:] for axis in points.T]
    return (np.column_stack(sums) / sizes[:, None])[None]


def _started(picture: Picture, k: int, starts: int, *, seed: int) -> Floats:
    """Starts x k x 2 centres: by k-means++, each next one drawn by its squared distance to those there are; and from the corners."""
    places, weights = picture.places, picture.weights
    chance = np.random.default_rng(seed).random((k, starts))
    centres = np.empty((starts, k, 2))
    distance = np.ones((starts, len(places)))
    for one in range(k):
        reach = np.cumsum(distance * weights, axis=1)
        goal = chance[one] * reach[:, -1]
        chosen = np.minimum((reach <= goal[:, None]).sum(axis=1), len(places) - 1)
        centres[:, one] = places[chosen]
        new = ((places[None] - centres[:, one, None]) ** 2).sum(axis=2)
        distance = new if one == 0 else np.minimum(distance, new)
    return np.concatenate([centres, _corners(places, k)])


def _corners(places: Floats, k: int) -> Floats:
    """Where red-dwarf starts, the k first different places from the left, and its mirror images: 4 x k x 2."""
    unique = np.unique(places, axis=0)
    mirrors = [np.array([x, y]) for x in (1, -1) for y in (1, -1)]
    return np.stack([(one := unique * mirror)[np.lexsort((one[:, 1], one[:, 0]))[:k]] * mirror for mirror in mirrors])


def _lloyd_together(picture: Picture, centres: Floats) -> tuple[Floats, Floats]:
    """Lloyd's algorithm for all starts at once, each until nothing moves; returns centres and what they cost."""
    places, weights = picture.places, picture.weights
    starts, k, _ = centres.shape
    centres = centres.copy()
    pulled = (places * weights[:, None]).T
    nearest = np.full((starts, len(places)), -1)
    moving = np.arange(starts)
    for _round in range(MOST_ROUNDS):
        found = _scores(places, centres[moving]).argmax(axis=2).T
        moved = (found != nearest[moving]).any(axis=1)
        moving, found = moving[moved], found[moved]
        if not len(moving):
            break
        nearest[moving] = found
        cell = (found + np.arange(len(moving))[:, None] * k).ravel()
        mass, *sums = (
            np.bincount(cell, weights=np.tile(each, len(moving)), minlength=len(moving) * k).reshape(-1, k)
            for each in (weights, *pulled)
        )
        middles = np.stack(sums, axis=2) / np.maximum(mass, 1)[..., None]
        centres[moving] = np.where(mass[..., None] > 0, middles, centres[moving])
    lengths = (places**2).sum(axis=1)
    cost = ((lengths[:, None] - _scores(places, centres).max(axis=2)) * weights[:, None]).sum(axis=0)
    return centres, cost


def _scores(places: Floats, centres: Floats) -> Floats:
    """How near places are to the centres of several starts, places x starts x k: the larger the nearer."""
    scores: Floats = places @ centres.reshape(-1, 2).T * 2 - (centres**2).sum(axis=2).reshape(-1)
    return scores.reshape(len(places), *centres.shape[:2])


def _different(centres: Floats, within: Floats) -> list[Floats]:
    """The POLISHED cheapest sets of centres, equals once."""
    chosen: list[int] = []
    scale = max(float(within.max()), 1e-300)
    for one in np.argsort(np.round(within / scale, 9), kind="stable").tolist():
        if all(abs(within[one] - within[other]) > SAME * scale for other in chosen):
            chosen.append(one)
    return [centres[one] for one in chosen[:POLISHED]]


def assign(points: Floats, centres: Floats) -> Integers:
    """The nearest centre of each point, the first among equals."""
    scores = 2 * centres @ points.T - (centres**2).sum(axis=1)[:, None]
    labels, best = np.zeros(len(points), dtype=np.int64), scores[0]
    for centre in range(1, len(centres)):  # quicker than argmax over a handful
        nearer = scores[centre] > best
        labels[nearer] = centre
        best = np.maximum(best, scores[centre])
    return labels


def _lloyd(points: Floats, weights: Floats | None, centres: Floats, rounds: int) -> tuple[Integers, Floats, float]:
    """Lloyd's algorithm: labels, centres and WCSS. Points may weigh differently."""
    k = len(centres)
    heavy = [axis * weights if weights is not None else axis.copy() for axis in points.T]
    labels = assign(points, centres)
    for _round in range(rounds):
        mass = np.bincount(labels, weights=weights, minlength=k)
        sums = np.column_stack([np.bincount(labels, weights=axis, minlength=k) for axis in heavy])
        centres = np.where(mass[:, None] > 0, sums / np.maximum(mass, 1)[:, None], centres)
        moved = assign(points, centres)
        if np.array_equal(moved, labels):
            break
        labels = moved
    apart = ((points - centres[labels]) ** 2).sum(axis=1)
    return labels, centres, float(apart.sum() if weights is None else apart @ weights)


def _by_size(labels: Integers, centres: Floats, within: float) -> Partition:
    """Groups numbered by falling size, then from left to right."""
    sizes = np.bincount(labels, minlength=len(centres))
    order = np.lexsort((centres[:, 1], centres[:, 0], -sizes))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return Partition(rank[labels], centres[order], within)


def silhouettes(points: Floats, partitions: list[Integers]) -> list[float]:
    """Mean silhouette of each partition, from -1 to 1 (Rousseeuw 1987): exact over all pairs up to PAIRWISE points.

    Of more points SAMPLED are taken, evenly in the order of coordinates; alone in a group counts 0.

    Args:
        points: n x 2.
        partitions: per partition n labels from 0; each distance is computed once for all of them.
    """
    if len(points) > PAIRWISE:
        order = np.lexsort((points[:, 1], points[:, 0]))
        chosen = order[np.linspace(0, len(order) - 1, SAMPLED).astype(np.int64)]
        points, partitions = points[chosen], [labels[chosen] for labels in partitions]
    return _silhouettes(points, np.ones(len(points)), partitions)


def silhouettes_seen(picture: Picture, centres: list[Floats]) -> list[float]:
    """The same for groups with these centres, of a picture of the points: near, and of many points quicker."""
    return _silhouettes(picture.places, picture.weights, [assign(picture.places, each) for each in centres])


def _silhouettes(points: Floats, weights: Floats, partitions: list[Integers]) -> list[float]:
    memberships = [np.eye(int(labels.max()) + 1)[labels] * weights[:, None] for labels in partitions]
    sums = _distances_to_groups(points, np.hstack(memberships))
    found, at = [], 0
    for labels, members in zip(partitions, memberships, strict=True):
        k = members.shape[1]
        found.append(_silhouette(sums[:, at : at + k], labels, members.sum(axis=0), weights))
        at += k
    return found


def _distances_to_groups(points: Floats, members: Floats) -> Floats:
    """Per point the sum of its distances to all members of each group: n x groups. Each pair is looked at once.

    Products stay so small that OpenBLAS does them in one thread: others would spin beside for far longer.
    """
    n = len(points)
    rows = int(max(min(ONE_THREAD // (n * members.shape[1]), BLOCK), 1))
    sums = np.zeros((n, members.shape[1]))
    xs, ys = points[:, 0].copy(), points[:, 1].copy()
    room, other_room = np.empty(rows * n), np.empty(rows * n)
    for start in range(0, n, rows):
        stop = min(start + rows, n)
        shape = (stop - start, n - start)
        apart, across = (each[: shape[0] * shape[1]].reshape(shape) for each in (room, other_room))
        np.subtract(xs[start:stop, None], xs[start:], out=apart)
        np.subtract(ys[start:stop, None], ys[start:], out=across)
        np.multiply(apart, apart, out=apart)
        np.multiply(across, across, out=across)
        np.add(apart, across, out=apart)
        np.sqrt(apart, out=apart)
        sums[start:stop] += apart @ members[start:]
        sums[stop:] += apart[:, stop - start :].T @ members[start:stop]
    return sums


def _silhouette(sums: Floats, labels: Integers, sizes: NDArray[np.float64], weights: Floats) -> float:
    own = np.arange(len(labels))
    others = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
    inside = sums[own, labels] / np.maximum(sizes[labels] - 1, 1)
    others[own, labels] = np.inf
    outside = others.min(axis=1)
    widest = np.maximum(inside, outside)
    with np.errstate(invalid="ignore"):
        each = np.where((sizes[labels] > 1) & (widest > 0) & np.isfinite(outside), (outside - inside) / widest, 0.0)
    return float((each * weights).sum() / weights.sum())


def agreement(a: Integers, b: Integers) -> float:
    """Adjusted Rand index of two partitions of the same points: 1 the same, 0 as by chance (Hubert and Arabie 1985)."""
    width = int(b.max(initial=0)) + 1
    table = np.bincount(a * width + b, minlength=(int(a.max(initial=0)) + 1) * width).reshape(-1, width).astype(float)
    together = (table * (table - 1)).sum() / 2
    rows = (table.sum(axis=1) * (table.sum(axis=1) - 1)).sum() / 2
    columns = (table.sum(axis=0) * (table.sum(axis=0) - 1)).sum() / 2
    pairs = len(a) * (len(a) - 1) / 2
    expected = rows * columns / pairs if pairs else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))
