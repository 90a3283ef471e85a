"""Figures that follow every single vote, between one full analysis and the next.

A vote touches the counts of one opinion, and one person. Map and groups stay as the last analysis left them; everything counted is
exact at any time, and ``votes()`` gives back all votes as they now stand, so that a full analysis of them is the same as one from
scratch. What it costs does not grow with the number of votes.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from council.consensus.grouping import ENOUGH_VOTES
from council.consensus.mapping import project
from council.consensus.priority import NEW, weight_of
from council.consensus.results import Result
from council.consensus.votes import AGREE, DISAGREE, PASS, Flags, Ids, Integers, Votes, numbered

REFRESH_SHARE = 0.01
REFRESH_LEAST = 20
"""A full analysis is due after so many new votes: 1 % of those analysed, and 20 at least."""


class Counts(NamedTuple):
    """How many disagree, pass and agree."""

    disagree: int
    passed: int
    agree: int


class Update(NamedTuple):
    """What one vote changed.

    Attributes:
        counts: of all people on this opinion.
        gic: its group-informed consensus, from 0 to 1.
        priority: its weight for being shown next.
        position: where the voter now stands on the map, in its units.
        group: the group whose centre is the nearest; -1 where there are none or the voter reacted too little.
    """

    counts: Counts
    gic: float
    priority: float
    position: tuple[float, float]
    group: int


class Tally:
    """Counts that are kept up to date vote by vote; not safe for several threads at once.

    Args:
        votes: those the result was made from.
        result: the last analysis. People count for the group they are in there; new people count for all, not for a group.
    """

    def __init__(self, votes: Votes, result: Result) -> None:
        if len(votes.participants) != len(result.groups.labels) or len(votes.opinions) != len(result.opinions.ids):
            message = "the result was made from other votes"
            raise ValueError(message)
        self._votes, self._result = votes, result
        self._person = {one: number for number, one in enumerate(votes.participants.tolist())}
        self._opinion = {one: number for number, one in enumerate(votes.opinions.tolist())}
        everyone = _by_opinion(votes, np.zeros(len(votes.participants), dtype=np.int64), 1)
        self._counts = {opinion: counts for (opinion, _), counts in everyone.items()}
        self._of_groups = _by_opinion(votes, result.groups.labels, len(result.groups.sizes))
        self._centres: list[list[float]] = result.groups.centres.tolist()
        self._enough = min(ENOUGH_VOTES, len(votes.opinions))
        self._groups = len(result.groups.sizes)
        self._labels: Integers = result.groups.labels
        self._touched: dict[Any, dict[Any, int]] = {}
        self._out: Flags = result.opinions.moderated_out
        self.received = 0
        """How many votes were cast, changed or withdrawn since the analysis."""

    def cast(self, participant: Any, opinion: Any, value: int) -> Update:
        """Count a new vote, or a changed one in place of the old.

        Raises:
            ValueError: The value is not 1, 0 or -1.
        """
        if value not in (AGREE, PASS, DISAGREE):
            message = f"a vote is 1 (agree), 0 (pass) or -1 (disagree), not {value!r}"
            raise ValueError(message)
        return self._replace(participant, opinion, value)

    def withdraw(self, participant: Any, opinion: Any) -> Update:
        """Take a vote back, as if it had never been cast.

        Raises:
            ValueError: There is no such vote.
        """
        if self.vote_of(participant, opinion) is None:
            message = f"{participant!r} did not react to {opinion!r}"
            raise ValueError(message)
        return self._replace(participant, opinion, None)

    def vote_of(self, participant: Any, opinion: Any) -> int | None:
        """How somebody reacted: 1, 0, -1; None if not at all."""
        reactions = self._touched.get(participant)
        return (self._before(participant) if reactions is None else reactions).get(opinion)

    def counts(self, opinion: Any) -> Counts:
        """Of all people, on one opinion."""
        return Counts(*self._counts.get(opinion, (0, 0, 0)))

    def group_counts(self, opinion: Any, group: int) -> Counts:
        """Of the people of one group."""
        return Counts(*self._of_groups.get((opinion, group), (0, 0, 0)))

    def gic(self, opinion: Any) -> float:
        """Group-informed consensus: product over groups of (agree + 1) / (reacted + 2)."""
        informed = 1.0
        for counts in self._counted(opinion):
            informed *= (counts[2] + 1) / (sum(counts) + 2)
        return informed

    def priority(self, opinion: Any) -> float:
        """Weight for drawing this opinion next; its place on the map is that of the last analysis."""
        disagree, passed, agree = (sum(each) for each in zip(*self._counted(opinion), strict=True))
        number = self._opinion.get(opinion)
        if number is None and not disagree + passed + agree:
            return NEW
        extremity = 0.0 if number is None else float(self._result.opinions.extremity[number])
        return weight_of(agree, passed, disagree + passed + agree, extremity)

    def position(self, participant: Any) -> tuple[float, float]:
        """Where somebody stands on the map of the last analysis; (0, 0) without votes."""
        reactions = self._touched.get(participant)
        reactions = self._before(participant) if reactions is None else reactions
        known = [(self._opinion[one], value) for one, value in reactions.items() if one in self._opinion]
        columns, values = np.array(known, dtype=np.int64).reshape(-1, 2).T
        return project(columns, values, self._result.map, self._out)

    def votes(self) -> Votes:
        """All votes as they now stand; who and what has none left is gone, as in votes read from scratch."""
        old = self._votes
        if not self._touched:
            return old
        untouched = np.ones(len(old.participants), dtype=bool)
        untouched[[self._person[one] for one in self._touched if one in self._person]] = False
        rows = old.rows
        kept = untouched[rows]
        new = [(who, what, value) for who, reactions in self._touched.items() for what, value in reactions.items()]
        people, person = _extended(old.participants, rows[kept], [who for who, _, _ in new])
        topics, topic = _extended(old.opinions, old.columns[kept], [what for _, what, _ in new])
        values = np.concatenate([old.values[kept], np.array([value for _, _, value in new], dtype=np.int8)])
        return Votes.of_numbers(people, topics, person, topic, values)

    @property
    def refresh_due(self) -> bool:
        """Whether so much has changed that a full analysis is due."""
        return self.received >= max(REFRESH_LEAST, REFRESH_SHARE * len(self._votes))

    def _replace(self, participant: Any, opinion: Any, value: int | None) -> Update:
        reactions = self._reactions(participant)
        before, group = reactions.get(opinion), self._group_of(participant)
        for step, vote in ((-1, before), (1, value)):
            if vote is not None:
                self._counts.setdefault(opinion, [0, 0, 0])[vote + 1] += step
                if group >= 0:
                    self._of_groups.setdefault((opinion, group), [0, 0, 0])[vote + 1] += step
        if value is None:
            del reactions[opinion]
        else:
            reactions[opinion] = value
        self.received += before != value
        position = self.position(participant)
        nearest = self._nearest(group, len(reactions), position)
        return Update(self.counts(opinion), self.gic(opinion), self.priority(opinion), position, nearest)

    def _reactions(self, participant: Any) -> dict[Any, int]:
        """All votes of one person, from now on kept here."""
        if participant not in self._touched:
            self._touched[participant] = self._before(participant)
        return self._touched[participant]

    def _before(self, participant: Any) -> dict[Any, int]:
        person = self._person.get(participant)
        if person is None:
            return {}
        part = slice(int(self._votes.starts[person]), int(self._votes.starts[person + 1]))
        columns, values = self._votes.columns[part], self._votes.values[part]
        return dict(zip(self._votes.opinions[columns].tolist(), values.tolist(), strict=True))

    def _group_of(self, participant: Any) -> int:
        person = self._person.get(participant)
        return -1 if person is None else int(self._labels[person])

    def _counted(self, opinion: Any) -> list[list[int]]:
        """What figures are made of: counts per group, or of everyone where there are no groups."""
        if not self._groups:
            return [self._counts.get(opinion, [0, 0, 0])]
        return [self._of_groups.get((opinion, group), [0, 0, 0]) for group in range(self._groups)]

    def _nearest(self, group: int, reactions: int, position: tuple[float, float]) -> int:
        if not len(self._centres):
            return group
        if group < 0 and reactions < self._enough:
            return -1
        x, y = position
        return min(
            range(len(self._centres)),
            key=lambda one: (self._centres[one][0] - x) ** 2 + (self._centres[one][1] - y) ** 2,
        )


def _by_opinion(votes: Votes, labels: Integers, groups: int) -> dict[tuple[Any, int], list[int]]:
    """Counts by opinion and group: how many disagree, pass and agree."""
    counts = np.moveaxis(votes.counts(labels, groups), 0, 2).tolist()
    return {
        (opinion, group): counts[group][number]
        for number, opinion in enumerate(votes.opinions.tolist())
        for group in range(groups)
    }


def _extended(ids: Ids, numbers: NDArray[np.int32], more: list[Any]) -> tuple[Ids, Integers]:
    """Ids together with more of them, those without a row left out; and per row, the new ones last, the number of its id."""
    used = np.unique(numbers)
    known = ids[used].tolist()
    everything, code = numbered([*known, *more], "ids")
    place = np.full(len(ids), -1, dtype=np.int64)
    place[used] = code[: len(known)]
    return everything, np.concatenate([place[numbers], code[len(known) :]])
