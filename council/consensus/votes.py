"""Reactions as the analysis reads them: one value per person and opinion, sorted and compressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import scipy
from numpy.typing import NDArray

AGREE, PASS, DISAGREE = 1, 0, -1

WIDEST = 64
"""Bits of a number that can be sorted quickly."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Column = Sequence[Any] | NDArray[Any]
Ids = NDArray[Any]
"""Ids in ascending order: int64, text, or any objects that compare and hash (UUIDs)."""


@dataclass(frozen=True, eq=False)
class Votes:
    """Who reacted to what, and how: a sparse matrix of n people and m opinions, by rows.

    Attributes:
        participants: n ids, ascending.
        opinions: m ids, ascending.
        starts: n + 1 positions; the votes of person i stand at ``starts[i]:starts[i + 1]``.
        columns: per vote the number of its opinion, ascending within a person.
        values: per vote +1 (agree), 0 (pass) or -1 (disagree), int8.
    """

    participants: Ids
    opinions: Ids
    starts: Integers
    columns: NDArray[np.int32]
    values: NDArray[np.int8]

    @classmethod
    def from_rows(cls, participants: Column, opinions: Column, values: Column) -> Self:
        """Read votes in the order in which they were cast; of several by one person on one opinion the last counts.

        Args:
            participants: per row who voted: integers, text, or objects that compare and hash.
            opinions: per row on what.
            values: per row +1 agree, 0 pass, -1 disagree.

        Raises:
            ValueError: The lengths differ, a value is none of the three, or ids are of kinds that do not compare.

        Takes O(rows log rows) time; 60 bytes per row at most, freed again but for 5.
        """
        rows = len(participants)
        if not rows == len(opinions) == len(values):
            message = (
                f"as many participants, opinions and values are needed, not {rows}, {len(opinions)}, {len(values)}"
            )
            raise ValueError(message)
        cast = _checked(values)
        people, person = numbered(participants, "participants")
        topics, topic = numbered(opinions, "opinions")
        return cls.of_numbers(people, topics, person, topic, cast)

    @classmethod
    def of_numbers(cls, people: Ids, topics: Ids, person: Integers, topic: Integers, cast: NDArray[np.int8]) -> Self:
        """The same from ids in ascending order, and per row the numbers of who and what."""
        rows = len(cast)
        within, place = len(topics).bit_length(), rows.bit_length()
        cells = (person << within) | topic
        if len(people).bit_length() + within + place < WIDEST:  # one sort of plain numbers: the quickest way
            keys = (cells << place) | np.arange(rows)
            keys.sort()
            cells, order = keys >> place, keys & ((1 << place) - 1)
        else:
            order = np.argsort(cells, kind="stable")
            cells = cells[order]
        last = np.ones(rows, dtype=bool)
        last[:-1] = cells[1:] != cells[:-1]
        cells, kept = cells[last], cast[order[last]]
        columns = (cells & ((1 << within) - 1)).astype(np.int32)
        return cls(people, topics, _starts(cells >> within, len(people)), columns, kept)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def shape(self) -> tuple[int, int]:
        """People and opinions."""
        return len(self.participants), len(self.opinions)

    @property
    def given(self) -> Integers:
        """Per person how many opinions they reacted to (n)."""
        return np.diff(self.starts)

    @property
    def rows(self) -> NDArray[np.int32]:
        """Per vote the number of the person who cast it."""
        return np.repeat(np.arange(len(self.participants), dtype=np.int32), self.given)

    def matrix(self, values: NDArray[Any]) -> "scipy.sparse.csr_array[Any]":
        """The n x m matrix with ``values`` in place of the votes; it shares its structure with them."""
        return scipy.sparse.csr_array((values, self.columns, self.starts), shape=self.shape)

    def counts(self, labels: Integers, groups: int) -> Integers:
        """How many of each group disagree, pass and agree: 3 x groups x m, in this order.

        Args:
            labels: per person the group's number; people with -1 are not counted.
            groups: how many groups there are.
        """
        m = len(self.opinions)
        if not groups:
            return np.zeros((3, 0, m), dtype=np.int64)
        group = np.repeat(labels + 1, self.given)
        cells = (group * m + self.columns) * 3 + (self.values + 1)
        counted = np.bincount(cells, minlength=(groups + 1) * m * 3).reshape(groups + 1, m, 3)
        return np.ascontiguousarray(np.moveaxis(counted[1:], 2, 0))

    def of(self, people: Integers) -> Self:
        """The votes of some people, given by their numbers; every opinion stays."""
        selected = self.matrix(self.values)[np.sort(people)]
        return type(self)(
            self.participants[np.sort(people)],
            self.opinions,
            selected.indptr.astype(np.int64),
            selected.indices.astype(np.int32),
            selected.data,
        )

    def by_body(self, bodies: Mapping[Any, Any]) -> Self:
        """One vote per body: what most of its people said; a tie for the most is a pass.

        Args:
            bodies: per participant the body they speak for; who is not named speaks for themselves and is left as is.
                Ids of bodies and of people left as they are have to compare with each other.

        Source: where bodies are the members (ministries, local governments, firms), bodies are counted, not people.
        """
        ids = self.participants.tolist()
        units, unit = numbered([bodies.get(person, person) for person in ids], "bodies")
        tally = self.counts(unit, len(units))  # 3 x units x m
        top = tally.max(axis=0)
        decided = (tally == top).sum(axis=0) == 1
        voted = np.where(decided, tally.argmax(axis=0) - 1, PASS)
        unit_numbers, columns = np.nonzero(top)
        values = voted[unit_numbers, columns].astype(np.int8)
        starts = _starts(unit_numbers, len(units))
        return type(self)(units, self.opinions, starts, columns.astype(np.int32), values)


def numbered(ids: Column, what: str) -> tuple[Ids, Integers]:
    """The different ids in ascending order, and per row the number of its id.

    Raises:
        ValueError: Ids are fractions, missing, or of kinds that do not compare.
    """
    array = ids if isinstance(ids, np.ndarray) else _integers(ids)
    if array is not None and array.ndim == 1 and array.dtype.kind in "iu":
        return _numbered_integers(array.astype(np.int64, copy=False))
    return _numbered_objects(ids.tolist() if isinstance(ids, np.ndarray) else list(ids), what)


def _integers(ids: Sequence[Any]) -> NDArray[Any] | None:
    """Ids as an array, if they look like integers; text among them would turn all of them into text."""
    if not len(ids) or type(ids[0]) is not int:
        return None
    try:
        return np.asarray(ids)
    except (ValueError, OverflowError):
        return None


def _numbered_integers(ids: Integers) -> tuple[Ids, Integers]:
    """Integers that lie close together need no sorting."""
    if not len(ids):
        return ids, ids
    low, high = int(ids.min()), int(ids.max())
    if high - low > 4 * len(ids) + 1_000_000:
        unique, codes = np.unique(ids, return_inverse=True)
        return unique, codes.astype(np.int64)
    there = np.zeros(high - low + 1, dtype=bool)
    there[ids - low] = True
    return np.flatnonzero(there) + low, (np.cumsum(there) - 1)[ids - low]


def _numbered_objects(ids: list[Any], what: str) -> tuple[Ids, Integers]:
    found: dict[Any, int] = {}
    try:
        codes = np.fromiter((found.setdefault(one, len(found)) for one in ids), dtype=np.int64, count=len(ids))
        ordered = sorted(found)
    except TypeError as problem:
        message = f"{what} have to be ids that compare with each other: {problem}"
        raise ValueError(message) from problem
    if any(one is None or isinstance(one, float) for one in ordered):
        message = f"{what} have to be integers, text or ids, not fractions or nothing"
        raise ValueError(message)
    rank = np.empty(len(ordered), dtype=np.int64)
    rank[[found[one] for one in ordered]] = np.arange(len(ordered))
    return array_of(ordered), rank[codes] if len(codes) else codes


def array_of(ids: list[Any]) -> Ids:
    """Ids as an array: integers as int64, anything else as the objects they are."""
    if ids and all(isinstance(one, (int, np.integer)) for one in ids):
        return np.asarray(ids, dtype=np.int64)
    array = np.empty(len(ids), dtype=object)
    array[:] = ids
    return array


def _starts(rows: Integers, count: int) -> Integers:
    """Where each of ``count`` rows begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))]).astype(np.int64)


def _checked(values: Column) -> NDArray[np.int8]:
    try:
        array = np.asarray(values)
        valid = array.ndim == 1 and array.dtype.kind in "iuf" and _all_votes(array)
    except (TypeError, ValueError):
        valid = False
    if not valid and len(values):
        wrong = next((one for one in values if not _is_vote(one)), None)
        message = f"a vote is 1 (agree), 0 (pass) or -1 (disagree), not {wrong!r}"
        raise ValueError(message)
    return array.astype(np.int8)


def _all_votes(array: NDArray[Any]) -> bool:
    in_range = bool(((array >= DISAGREE) & (array <= AGREE)).all())
    return in_range and (array.dtype.kind != "f" or bool((array == np.rint(array)).all()))


def _is_vote(value: object) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and value in (1, 0, -1)
