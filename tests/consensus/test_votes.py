"""Votes as rows become a matrix."""

import uuid

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.consensus import Votes
from council.consensus import votes as votes_module

ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6), st.sampled_from([-1, 0, 1])), max_size=80)


def as_dict(votes: Votes) -> dict:
    people, opinions = votes.participants.tolist(), votes.opinions.tolist()
    return {
        (people[row], opinions[column]): value
        for row, column, value in zip(votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True)
    }


@settings(max_examples=100, deadline=None)
@given(ROWS, st.sampled_from([int, str, lambda number: uuid.UUID(int=number), lambda number: number * 10**12]))
def test_the_last_row_of_a_pair_wins_whatever_the_ids(rows, kind):
    people, opinions, values = ([row[at] for row in rows] for at in range(3))
    votes = Votes.from_rows([kind(one) for one in people], [kind(one) for one in opinions], values)
    assert as_dict(votes) == {(kind(person), kind(opinion)): value for person, opinion, value in rows}
    assert votes.participants.tolist() == sorted({kind(one) for one in people})
    assert (np.diff(votes.columns)[np.diff(votes.rows) == 0] > 0).all()


def test_numbers_too_large_for_one_key_are_sorted_otherwise(monkeypatch):
    rows = [3, 1, 3, 2], [9, 8, 9, 8], [1, 0, -1, 1]
    usual = as_dict(Votes.from_rows(*rows))
    monkeypatch.setattr(votes_module, "WIDEST", 1)
    assert as_dict(Votes.from_rows(*rows)) == usual


WRONG = [
    (([1], [1, 2], [1]), "as many"),
    (([1], [1], [2]), "not 2"),
    (([1], [1], [0.5]), "not 0.5"),
    (([1], [1], [float("nan")]), "not nan"),
    (([1], [1], [None]), "not None"),
    (([1], [1], ["1"]), "not '1'"),
    (([1], [1], [True]), "not True"),
    (([1.5], [1], [1]), "not fractions"),
    (([None], [1], [1]), "not fractions or nothing"),
    (([1, "a"], [1, 1], [1, 1]), "compare with each other"),
    (([[1]], [1], [1]), "compare with each other"),
]


@pytest.mark.parametrize(("rows", "message"), WRONG)
def test_wrong_rows_are_refused_with_a_reason(rows, message: str):
    with pytest.raises(ValueError, match=message):
        Votes.from_rows(*rows)


def test_a_body_speaks_with_the_voice_of_most_of_its_people_and_a_tie_is_a_pass():
    rows = [("a1", 1, 1), ("a2", 1, 1), ("a3", 1, -1), ("b1", 1, 1), ("b2", 1, -1), ("c", 1, -1)]
    votes = Votes.from_rows(*zip(*rows, strict=True))
    bodies = votes.by_body({"a1": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B"})
    assert as_dict(bodies) == {("A", 1): 1, ("B", 1): 0, ("c", 1): -1}


def test_counts_are_those_of_each_group():
    votes = Votes.from_rows([1, 2, 3, 4], [7, 7, 7, 7], [1, -1, 0, 1])
    assert votes.counts(np.array([0, 0, 1, -1]), 2)[:, :, 0].tolist() == [[1, 0], [0, 1], [1, 0]]


def test_some_of_the_people_keep_their_votes():
    votes = Votes.from_rows([1, 2, 3], [7, 8, 7], [1, -1, 0])
    assert as_dict(votes.of(np.array([2, 1]))) == {(2, 8): -1, (3, 7): 0}


def test_nothing_is_held_in_full():
    """A person of 100,000 costs their votes, not a row of the whole matrix: memory stays in proportion to votes."""
    chance = np.random.default_rng(0)
    votes = Votes.from_rows(chance.integers(0, 100_000, 200_000), chance.integers(0, 2_000, 200_000), [1] * 200_000)
    held = sum(each.nbytes for each in (votes.participants, votes.opinions, votes.starts, votes.columns, votes.values))
    assert held < 20 * 200_000
