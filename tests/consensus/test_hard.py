"""Votes made to be hard, shuffled, or hardly there."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from council.consensus import Votes, analyse
from council.consensus.clusters import agreement
from tests.consensus.conversations import made_up


def votes_of(table) -> Votes:
    """A table of people and opinions; -9 where nobody reacted."""
    table = np.asarray(table)
    people, opinions = np.nonzero(table != -9)
    return Votes.from_rows(people, opinions, table[people, opinions])


def test_f_order_and_numbers_decide_nothing():
    people, opinions, values = made_up(150, 60, 3000)
    first = analyse(Votes.from_rows(people, opinions, values))
    chance = np.random.default_rng(5)
    person, opinion, order = chance.permutation(150) * 3 + 7, chance.permutation(60) + 100, chance.permutation(3000)
    second = analyse(Votes.from_rows(person[people[order]], opinion[opinions[order]], values[order]))
    back = np.searchsorted(second.participants.ids, person)
    across = np.searchsorted(second.opinions.ids, opinion)
    assert agreement(first.groups.labels + 1, second.groups.labels[back] + 1) == 1
    assert list(first.groups.sizes) == list(second.groups.sizes)
    assert first.groups.stability == pytest.approx(second.groups.stability, abs=1e-9)
    assert np.abs(first.map.participants - second.map.participants[back]).max() < 1e-9
    assert first.groups.silhouette == pytest.approx(second.groups.silhouette, abs=1e-9)
    for name in ("gic", "gic_disagree", "priority", "extremity", "agree"):
        assert np.abs(getattr(first.opinions, name) - getattr(second.opinions, name)[across]).max() < 1e-9


def test_f_a_second_run_is_the_same_to_the_last_bit():
    votes = Votes.from_rows(*made_up(150, 90, 3000))
    one, two = analyse(votes), analyse(votes)
    assert one.map.participants.tobytes() == two.map.participants.tobytes()
    assert one.groups.labels.tobytes() == two.groups.labels.tobytes()
    assert one.groups.stability == two.groups.stability
    assert one.opinions.priority.tobytes() == two.opinions.priority.tobytes()


def test_groups_of_very_different_size_are_found():
    table = np.full((505, 12), -1)
    table[:5] = 1
    chance = np.random.default_rng(0)
    table[chance.random(table.shape) < 0.05] = 0
    result = analyse(votes_of(table))
    assert list(result.groups.sizes) == [500, 5]
    assert set(result.groups.labels[:5]) == {1}


def test_duplicates_stand_in_the_same_place_and_group():
    once = np.random.default_rng(1).choice([-1, 0, 1, -9], (30, 14))
    result = analyse(votes_of(np.vstack([once, once, once])))
    assert np.abs(result.map.participants[:30] - result.map.participants[30:60]).max() < 1e-12
    assert (result.groups.labels[:30] == result.groups.labels[60:]).all()


@pytest.mark.parametrize("value", [-1, 0, 1])
def test_all_alike_is_no_map_and_no_groups_and_says_why(value: int):
    result = analyse(votes_of(np.full((40, 9), value)))
    assert "alike" in result.map.why
    assert result.groups.why == result.map.why
    assert not result.groups.shown
    assert not result.map.participants.any()
    assert len(result.groups.sizes) == 0
    assert set(result.groups.labels) == {-1}


def test_nobody_is_an_empty_result_that_says_so():
    result = analyse(Votes.from_rows([], [], []))
    assert result.why == "Nobody has reacted yet."
    assert len(result.opinions.gic) == 0
    assert result.consensus == ([], [])
    assert not result.groups.shown


def test_one_person_alone_is_no_map():
    result = analyse(votes_of(np.ones((1, 20), dtype=int)))
    assert result.map.why == "Fewer than two people reacted."
    assert result.opinions.agree.tolist() == [1] * 20


def test_one_opinion_divides_people_into_those_for_and_against():
    result = analyse(votes_of(np.array([[1]] * 20 + [[-1]] * 10)))
    assert list(result.groups.sizes) == [20, 10]
    assert result.map.explained_share[0] == pytest.approx(1)


def test_ties_in_votes_are_no_consensus():
    result = analyse(votes_of(np.array([[1, -1], [-1, 1]] * 20)))
    assert result.consensus == ([], [])
    assert result.opinions.gic[0] == pytest.approx(result.opinions.gic[1])


def test_the_fifteen_most_active_stand_in_where_few_reacted_often():
    table = np.full((30, 20), -9)
    for person in range(30):
        table[person, : 1 + person // 5] = 1 if person % 2 else -1
    assert analyse(votes_of(table)).participants.clustered.sum() == 15


def test_what_is_moderated_out_moves_nobody_but_keeps_its_counts():
    table = np.random.default_rng(2).choice([-1, 1], (40, 10))
    turned = table.copy()
    turned[:, 3] *= -1
    one, two = analyse(votes_of(table), moderated_out=[3]), analyse(votes_of(turned), moderated_out=[3])
    assert (one.map.participants == two.map.participants).all()
    assert one.opinions.agree[3] == two.opinions.disagree[3]
    assert all(rep.opinion != 3 for result in (one, two) for group in result.groups.representative for rep in group)


def test_moderated_opinions_nobody_reacted_to_are_noted():
    result = analyse(votes_of(np.ones((3, 3), dtype=int)), moderated_out=[99])
    assert result.notes == ("Moderated out, but nobody reacted to it: 99.",)


WRONG = [
    ({"moderated_out": ["2"]}, "unknown ids"),
    ({"groups": {99: 0}}, "did not react"),
    ({"groups": [0]}, "one label for each of 4"),
    ({"groups": {0: 1, 1: "a"}}, "compare with each other"),
    ({"sectors": {0: "a"}, "sector_sizes": {"b": 3}}, "lacks"),
    ({"sectors": dict.fromkeys(range(4), "a"), "sector_sizes": {"a": 2}}, "2 members"),
    ({"sector_sizes": {"a": 2}}, "who they are"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_wrong_input_is_refused_with_a_reason(wrong: dict, message: str):
    with pytest.raises(ValueError, match=message):
        analyse(votes_of(np.ones((4, 3), dtype=int)), **wrong)


def test_given_groups_may_have_any_names_and_leave_people_out():
    table = np.random.default_rng(3).choice([-1, 1], (20, 8))
    groups = {person: "ab"[person % 2] for person in range(18)} | {18: None, 19: -1}
    result = analyse(votes_of(table), groups=groups)
    assert result.groups.names == ["a", "b"]
    assert list(result.groups.sizes) == [9, 9]
    assert result.groups.shown


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.int64, st.tuples(st.integers(1, 24), st.integers(1, 12)), elements=st.sampled_from([-9, -1, 0, 1]))
)
def test_whatever_the_votes_an_answer_comes_without_a_warning(table):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        votes = votes_of(table)
        result = analyse(votes, sectors={int(one): int(one) % 3 for one in votes.participants})
    assert np.isfinite(result.map.participants).all()
    assert ((result.opinions.gic >= 0) & (result.opinions.gic <= 1)).all()
    assert (result.opinions.priority > 0).all()
    assert result.groups.why or result.groups.sizes.sum() == result.participants.clustered.sum()
    assert result.groups.stability <= 1 or np.isnan(result.groups.stability)
