"""The opinion map: people who react alike stand close together.

Source: compdemocracy/polis, pca.clj (wrapped-pca, sparsity-aware-project-ptpts) and conversation.clj:355-377.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import scipy
from numpy.typing import NDArray

from council.consensus.votes import Flags, Floats, Integers, Votes

TURNED = 1_000_000
"""Up to so many votes a second copy by columns is worth its memory."""

DENSE = 64
"""Up to so many opinions the full matrix of products is quicker than an iteration."""

NEAR = 8, 1e-3
"""How many directions are looked at together, and the relative error, where axes need only be near."""


@dataclass(frozen=True, eq=False)
class OpinionMap:
    """Where people and opinions stand.

    Attributes:
        participants: n x 2, in units of the map; (0, 0) is who reacts like the average.
        opinions: m x 2, where somebody would stand who reacted to this opinion only, by agreeing.
        explained_variance: variance along each axis (2), in squared votes, as sklearn's ``explained_variance_``.
        explained_share: the same as a share of all variance, from 0 to 1.
        means: m, the average reaction to each opinion, 0 for those moderated out.
        axes: m x 2, the weight of each opinion on each axis; each of length 1, or 0 where there is no such axis.
        why: why there is nothing to see, or "".
    """

    participants: Floats
    opinions: Floats
    explained_variance: Floats
    explained_share: Floats
    means: Floats
    axes: Floats
    why: str = ""


def mapped(votes: Votes, out: Flags, *, seed: int, start: Floats | None = None, exact: bool = True) -> OpinionMap:
    """Project people onto the two directions in which reactions differ most.

    Opinions moderated out count as a pass of everyone. A missing reaction is taken for the average of those who reacted, so after
    centring it is exactly 0 and the imputed n x m matrix is the sparse S_ij = v_ij - mu_j on votes cast: its two leading right
    singular vectors are the axes. x_i = sqrt(C / max(n_i, 1)) sum_j S_ij axis_j, C being all opinions and n_i the reactions of i
    plus the opinions moderated out. Each axis points to where its third moment over opinions is positive.

    Args:
        votes: n x m.
        out: m, opinions moderated out.
        seed: where the iteration starts; the result does not depend on it beyond rounding.
        start: m, where it starts instead: close axes from an earlier run.
        exact: to rounding; otherwise near enough to see the same groups, in half the time.
    """
    n, m = votes.shape
    means, deviations = centred(votes, out)
    total = float(np.square(deviations.data).sum())
    if n < 2 or not total:
        nothing = np.zeros(2)
        why = "Fewer than two people reacted." if n < 2 else "On every opinion all reactions are alike."
        return OpinionMap(np.zeros((n, 2)), np.zeros((m, 2)), nothing, nothing, means, np.zeros((m, 2)), why)
    strengths, axes = _axes(deviations, seed=seed, start=start, exact=exact)
    reactions = np.diff(deviations.indptr) + int(out.sum())
    positions = np.sqrt(m / np.maximum(reactions, 1))[:, None] * (deviations @ axes)
    opinions = np.sqrt(m) * (1 - means)[:, None] * axes
    return OpinionMap(positions, opinions, strengths / (n - 1), strengths / total, means, axes)


def centred(votes: Votes, out: Flags) -> tuple[Floats, "scipy.sparse.csr_array[np.float64]"]:
    """The average reaction to each opinion (m), and every vote's distance from it (n x m, sparse)."""
    m = len(votes.opinions)
    columns, values, starts = votes.columns, votes.values, votes.starts
    if out.any():
        kept = ~out[columns]
        starts = np.concatenate([[0], np.cumsum(kept)])[starts]
        columns, values = columns[kept], values[kept]
    seen = np.bincount(columns, minlength=m)
    means = np.bincount(columns, weights=values, minlength=m) / np.maximum(seen, 1)
    deviations = values - means[columns]
    return means, scipy.sparse.csr_array((deviations, columns, starts), shape=votes.shape)


def _axes(
    deviations: "scipy.sparse.csr_array[np.float64]", *, seed: int, start: Floats | None, exact: bool
) -> tuple[Floats, Floats]:
    """The two largest eigenvalues of S'S, and their vectors as columns (m x 2)."""
    m = deviations.shape[1]
    if m <= DENSE:
        products: NDArray[np.float64] = (deviations.T @ deviations).toarray()
        values, vectors = scipy.linalg.eigh(products)
        values, vectors = values[::-1][:2], vectors[:, ::-1][:, :2]
    else:
        turned = scipy.sparse.csr_array(deviations.T) if deviations.nnz < TURNED else deviations.T

        def squared(direction: Floats) -> Floats:
            return cast("Floats", turned @ (deviations @ direction))

        product = scipy.sparse.linalg.LinearOperator((m, m), matvec=squared, dtype=np.float64)
        begin = np.random.default_rng(seed).standard_normal(m) if start is None else start
        width, tolerance = (None, 0) if exact else NEAR
        values, vectors = scipy.sparse.linalg.eigsh(product, k=2, which="LA", v0=begin, ncv=width, tol=tolerance)
        values, vectors = values[::-1], vectors[:, ::-1]
    strengths, axes = np.zeros(2), np.zeros((m, 2))
    strengths[: len(values)], axes[:, : len(values)] = np.maximum(values, 0), vectors
    there = strengths > strengths[0] * 1e-12  # what is left after the last axis is rounding
    axes *= np.where((axes**3).sum(axis=0) < 0, -1.0, 1.0) * there
    return strengths * there, axes


def project(columns: Integers, values: Integers, sheet: OpinionMap, out: Flags) -> tuple[float, float]:
    """Where one person stands on an existing map, in its units.

    Args:
        columns: the numbers of the opinions they reacted to; those beyond the map's do not count.
        values: their reactions.
        sheet: the map, which stays as it is.
        out: m, opinions moderated out.
    """
    m = len(sheet.means)
    known = columns < m
    columns, values = columns[known], values[known]
    counted = ~out[columns]
    columns, values = columns[counted], values[counted]
    reactions = len(columns) + int(out.sum())
    x, y = ((values - sheet.means[columns]) @ sheet.axes[columns]) * np.sqrt(m / max(reactions, 1))
    return float(x), float(y)
