"""How sectors and groups go together: the measure, and that the table gives nobody's place away."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.consensus import association, crossed, guessed
from council.consensus.crossing import Shares, too_close
from council.consensus.disclosure import band_limits

TABLES = st.integers(2, 3).flatmap(
    lambda groups: st.lists(st.lists(st.integers(0, 14), min_size=groups, max_size=groups), min_size=1, max_size=4)
)


def known(table: np.ndarray) -> list[tuple[int, int]]:
    """What the public knows of the sizes of groups: to the nearest five."""
    return [(5 * round(size / 5) - 2, 5 * round(size / 5) + 2) for size in table.sum(axis=0).tolist()]


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_of_every_cell_three_counts_remain_possible_and_what_is_shown_is_true(rows):
    table = np.array(rows)
    shown = crossed(table, known(table))
    totals = table.sum(axis=1).tolist()
    if any(shown):
        assert list(too_close(list(zip(totals, shown, strict=True)), known(table))) == []
    for row, shares in zip(rows, shown, strict=True):
        if shares is not None:
            assert shares.seen == sum(row) >= 5
            for count, band in zip(row, shares.band, strict=True):
                low, high = band_limits(shares.seen, shares.bands, band)
                assert low <= count <= high


@pytest.mark.parametrize("sizes", [[(3, 7), (8, 12)], [(5, 5), (10, 10)], [(0, 15), (0, 15)]])
def test_what_remains_possible_is_found_exactly(sizes):
    rows = [(6, Shares(6, 2, (1, 0))), (9, Shares(9, 2, (0, 1)))]
    limits = [[band_limits(each.seen, each.bands, band) for band in each.band] for _, each in rows]
    fitting = [
        (a, b)
        for a, b in product(*(range(low, high + 1) for low, high in (limits[0][0], limits[1][0])))
        if limits[0][1][0] <= 6 - a <= limits[0][1][1]
        and limits[1][1][0] <= 9 - b <= limits[1][1][1]
        and sizes[0][0] <= a + b <= sizes[0][1]
        and sizes[1][0] <= 15 - a - b <= sizes[1][1]
    ]
    narrow = {place: len({each[place] for each in fitting}) for place in (0, 1)}
    expected = sorted((place, column, count) for place, count in narrow.items() if count < 3 for column in (0, 1))
    assert sorted(too_close(rows, sizes)) == expected


def test_a_unit_of_which_fewer_than_five_stand_in_groups_is_not_shown():
    table = np.array([[12, 8], [2, 2], [9, 11]])
    assert [each is None for each in crossed(table, known(table))] == [False, True, False]


def test_exact_sums_show_nothing():
    table = np.array([[5, 0], [0, 5]])
    assert crossed(table, [(5, 5), (5, 5)]) != [None, None]
    assert crossed(np.array([[5, 0]]), [(5, 5), (0, 0)]) == [None]


def test_the_strength_is_none_for_the_same_spread_and_one_for_one_group_each():
    assert association(np.array([[10, 10], [20, 20]])).strength == 0
    same = association(np.array([[20, 0], [0, 20]]))
    assert same.strength == pytest.approx(1.0)
    assert same.chance == 0.001


def test_the_strength_is_corrected_as_published():
    """Bergsma 2013, by hand: phi squared 0.36, less 1 / 99, over 2 - 1 / 99 - 1."""
    corrected = association(np.array([[40, 10], [10, 40]]))
    assert corrected.strength == pytest.approx(((0.36 - 1 / 99) / (1 - 1 / 99)) ** 0.5)
    assert association(np.array([[6, 4], [4, 6]])).chance > 0.2


def test_the_same_table_gives_the_same_chance_and_one_row_gives_none():
    table = np.array([[9, 5], [4, 8], [3, 3]])
    assert association(table) == association(table)
    assert np.isnan(association(np.array([[3, 4]])).strength)


def test_the_guess_keeps_how_many_there_are():
    table = np.array([[12, 3, 1], [1, 1, 1], [7, 8, 9]])
    shown = crossed(table, known(table))
    assert guessed(shown, 3).sum(axis=1).tolist() == [each.seen if each else 0 for each in shown]
