"""Group numbers that stay the same from one analysis to the next."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy

from council.consensus.grouping import MOST_GROUPS
from council.consensus.votes import Integers

WINS = 4
"""So often in a row another number of groups has to be the best before it is taken over (conversation.clj:271-276)."""


def matched(ids: Sequence[Any], labels: Integers, before: Mapping[Any, int]) -> Integers:
    """The same groups, numbered so that as many people as possible keep the number they had.

    Args:
        ids: n participants.
        labels: n, numbers of their groups from 0; -1 for none, which stays.
        before: per participant the number in the analysis before; -1 or absence for none.

    Returns:
        n labels, as many as before. The assignment is the best there is (Kuhn 1955); new groups get numbers not in use.
        Where nobody had a number, all stay as they are.
    """
    kinds = np.unique(labels[labels >= 0])
    old = np.array([before.get(one, -1) for one in ids], dtype=np.int64)
    size = max(int(old.max(initial=-1)) + 1, len(kinds), MOST_GROUPS)
    overlap = np.zeros((len(kinds), size))
    for row, kind in enumerate(kinds):
        overlap[row] = np.bincount(old[(labels == kind) & (old >= 0)], minlength=size)
    if not overlap.any():
        return labels
    rows, numbers = scipy.optimize.linear_sum_assignment(overlap, maximize=True)
    renamed = dict(zip(kinds[rows].tolist(), numbers.tolist(), strict=True))
    return np.array([renamed.get(label, -1) for label in labels.tolist()], dtype=np.int64)


def smoothed(history: Sequence[int]) -> int:
    """How many groups to show, from the best number of each analysis so far, the newest last; 0 as long as there are none.

    The first number found is taken at once, another one when it was the best four times in a row; an analysis without groups
    (0) counts for nothing.
    """
    numbers = [number for number in history if number]
    shown = numbers[0] if numbers else 0
    for at in range(len(numbers)):
        latest = numbers[max(at - WINS + 1, 0) : at + 1]
        if len(latest) == WINS and len(set(latest)) == 1:
            shown = latest[0]
    return shown
