"""Figures that follow single votes."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.consensus import Tally, Votes, analyse, draw, matched, smoothed
from council.consensus.priority import NEW
from tests.consensus.conversations import made_up

STEPS = st.lists(st.tuples(st.integers(0, 34), st.integers(0, 13), st.sampled_from([-1, 0, 1, None])), max_size=60)


@pytest.fixture(scope="module")
def start():
    rows = made_up(30, 12, 220, groups=2)
    votes = Votes.from_rows(*rows)
    return votes, analyse(votes, moderated_out=[3])


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_i_counts_equal_a_recount_and_a_refresh_equals_a_run_from_scratch(start, steps):
    votes, result = start
    tally = Tally(votes, result)
    people, opinions = votes.participants.tolist(), votes.opinions.tolist()
    now = {
        (people[row], opinions[column]): value
        for row, column, value in zip(votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True)
    }
    for person, opinion, value in steps:
        if value is not None:
            tally.cast(person, opinion, value)
            now[person, opinion] = value
        elif (person, opinion) in now:
            tally.withdraw(person, opinion)
            del now[person, opinion]
    group = dict(zip(people, result.groups.labels.tolist(), strict=True))
    for opinion in range(14):
        cast = [(person, value) for (person, what), value in now.items() if what == opinion]
        assert tally.counts(opinion) == tuple(sum(v == each for _, v in cast) for each in (-1, 0, 1))
        for number in range(len(result.groups.sizes)):
            counts = tuple(sum(v == each and group.get(p) == number for p, v in cast) for each in (-1, 0, 1))
            assert tally.group_counts(opinion, number) == counts
    scratch = Votes.from_rows(*(zip(*((p, o, v) for (p, o), v in now.items()), strict=True) if now else ([], [], [])))
    again = tally.votes()
    for name in ("participants", "opinions", "starts", "columns", "values"):
        assert np.array_equal(getattr(scratch, name), getattr(again, name)), name
    one, two = analyse(scratch), analyse(again)
    assert one.map.participants.tobytes() == two.map.participants.tobytes()
    assert one.opinions.gic.tobytes() == two.opinions.gic.tobytes()
    assert one.groups.labels.tobytes() == two.groups.labels.tobytes()


def test_without_a_vote_the_tally_says_what_the_analysis_said(start):
    votes, result = start
    tally = Tally(votes, result)
    for number, opinion in enumerate(result.opinions.ids.tolist()):
        assert tally.gic(opinion) == pytest.approx(result.opinions.gic[number], abs=1e-12)
        assert tally.priority(opinion) == pytest.approx(result.opinions.priority[number], abs=1e-12)
    for number, person in enumerate(result.participants.ids.tolist()):
        assert tally.position(person) == pytest.approx(result.map.participants[number], abs=1e-9)


def test_an_update_tells_the_voter_where_they_stand(start):
    votes, result = start
    tally = Tally(votes, result)
    update = tally.cast("newcomer", 0, 1)
    assert update.group == -1
    for opinion in range(1, 12):
        update = tally.cast("newcomer", opinion, 1)
    assert update.group in {0, 1}
    assert update.position == tally.position("newcomer")


def test_a_new_opinion_is_shown_as_a_new_one(start):
    tally = Tally(*start)
    assert tally.priority("new") == NEW
    tally.cast(0, "new", 1)
    assert tally.counts("new") == (0, 0, 1)


def test_a_vote_that_is_none_or_not_there_is_refused(start):
    tally = Tally(*start)
    with pytest.raises(ValueError, match="not 2"):
        tally.cast(0, 0, 2)
    with pytest.raises(ValueError, match="did not react"):
        tally.withdraw("nobody", 0)


def test_a_refresh_is_due_after_twenty_new_votes_or_one_in_a_hundred(start):
    tally = Tally(*start)
    for number in range(19):
        tally.cast(f"person {number}", 0, 1)
    tally.cast("person 0", 0, 1)
    assert not tally.refresh_due
    tally.cast("person 19", 0, 1)
    assert tally.refresh_due


def test_the_next_opinion_is_drawn_in_proportion_and_never_one_that_is_not_open():
    weights, chance = np.array([1.0, 3.0, np.nan, 100.0]), random.Random(0)
    drawn = [draw(weights, np.array([True, True, False, False]), chance) for _ in range(4000)]
    assert set(drawn) == {0, 1}
    assert drawn.count(1) / 4000 == pytest.approx(0.75, abs=0.03)
    assert draw(weights, np.zeros(4, dtype=bool), chance) is None
    assert draw(weights, np.array([False, False, True, False]), chance) == 2


def test_groups_keep_their_numbers_where_most_of_their_people_are():
    before = {person: person // 10 for person in range(30)}
    labels = np.array([2] * 9 + [0] * 11 + [1] * 9 + [-1])
    assert matched(range(30), labels, before).tolist() == [0] * 9 + [1] * 11 + [2] * 9 + [-1]
    assert matched(range(4), np.array([0, 0, 1, 1]), {}).tolist()[0] != matched(range(4), np.array([0, 0, 1, 1]), {})[3]


def test_another_number_of_groups_has_to_win_four_times_in_a_row():
    assert smoothed([]) == 0
    assert smoothed([2, 3, 3, 3]) == 2
    assert smoothed([2, 3, 3, 3, 3]) == 3
    assert smoothed([2, 3, 3, 2, 3, 3]) == 2
    assert smoothed([0, 0, 3]) == 3  # the first groups there are, at once
    assert smoothed([2, 3, 0, 3, 3, 3]) == 3
