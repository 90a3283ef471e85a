"""What sectors unite and divide on, against counting every possible outcome."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import beta

from council.consensus import Votes, analyse
from council.consensus.sectors import divides, dividing_pairs, interval, majorities, majority, unites, weakest
from council.consensus.statistics import alignment

CELL = st.integers(1, 7).flatmap(
    lambda members: st.integers(0, members).flatmap(
        lambda seen: st.tuples(st.just(members), st.just(seen), st.integers(0, seen))
    )
)
WORKED = [((5, 3, 3), 1), ((5, 3, 2), 0.8), ((17, 8, 6), 0.971658), ((19, 10, 6), 0.815075), ((40, 12, 8), 0.892209)]


def outcomes(members: int, seen: int, agree: int, alpha: float, other: float) -> list[tuple[float, float]]:
    """Every final share of a sector, and its chance."""
    left, a, b = members - seen, agree + alpha, seen - agree + other
    if a == 0 or b == 0:
        return [((agree + (left if b == 0 else 0)) / members, 1.0)]
    return [
        ((agree + x) / members, float(comb(left, x) * beta(x + a, left - x + b) / beta(a, b))) for x in range(left + 1)
    ]


@pytest.mark.parametrize(("cell", "expected"), WORKED)
def test_j_majorities_worked_by_hand(cell, expected: float):
    assert majority(*cell) == pytest.approx(expected, abs=5e-7)


def test_j_what_unites_is_the_product_over_sectors():
    cells = np.array([cell for cell, _ in WORKED if cell != (5, 3, 2)])
    chances = majorities(cells[:, 0], cells[:, 1:2], cells[:, 2:3])
    assert unites(chances) == pytest.approx([0.706606], abs=5e-7)
    assert weakest(chances, ["ministry", "local", "park", "supplier"]) == ["park"]


@settings(max_examples=150, deadline=None)
@given(st.lists(CELL, min_size=1, max_size=4))
def test_j_u_equals_counting_every_outcome(cells):
    members, seen, agree = np.array(cells).T
    expected = np.prod([sum(q for share, q in outcomes(n, s, a, 1, 1) if share > 0.5) for n, s, a in cells])
    assert unites(majorities(members, seen[:, None], agree[:, None]))[0] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(st.lists(CELL, min_size=2, max_size=4))
def test_j_d_equals_counting_every_outcome(cells):
    members, seen, agree = np.array(cells).T
    found = divides(members, seen[:, None], agree[:, None])[0]
    if not seen.sum():
        assert np.isnan(found)
        return
    pooled = agree.sum() / seen.sum()
    every = product(*(outcomes(n, s, a, 4 * pooled, 4 * (1 - pooled)) for n, s, a in cells))
    expected = sum(
        np.prod([q for _, q in one]) * (max(share for share, _ in one) - min(share for share, _ in one))
        for one in every
    )
    assert found == pytest.approx(expected, abs=1e-9)


def test_sectors_of_unknown_size_are_taken_as_endless():
    seen, agree = np.array([[3], [8]]), np.array([[1], [7]])
    chance, pooled = np.random.default_rng(0), 8 / 11
    draws = [chance.beta(a + 4 * pooled, n - a + 4 * (1 - pooled), 400_000) for n, a in ((3, 1), (8, 7))]
    assert divides(np.array([-1, -1]), seen, agree)[0] == pytest.approx(np.abs(draws[0] - draws[1]).mean(), abs=2e-3)
    large = divides(np.array([19_999, 19_999]), seen, agree)[0]
    assert divides(np.array([-1, -1]), seen, agree)[0] == pytest.approx(large, abs=1e-3)
    assert majority(-1, 8, 7) == pytest.approx(majority(19_999, 8, 7), abs=1e-3)


def test_the_dividing_pair_is_the_one_with_opposite_majorities():
    agreeing, opposing = np.array([[0.9], [0.1], [0.5]]), np.array([[0.05], [0.8], [0.4]])
    assert dividing_pairs(agreeing, opposing, ["a", "b", "c"]) == [("a", "b")]
    assert dividing_pairs(opposing, agreeing, ["a", "b", "c"]) == [("b", "a")]


def test_an_interval_is_wilsons_and_closes_as_the_sector_is_heard_to_the_end():
    endless = interval(np.array([-1]), np.array([[5]]), np.array([[5]]))[0, 0]
    assert endless[0] == pytest.approx(5 / (5 + 1.2815515655446004**2))
    census = interval(np.array([5]), np.array([[5]]), np.array([[4]]))[0, 0]
    assert census.tolist() == [0.8, 0.8]


def test_a_silent_sector_counts_and_is_named():
    votes = Votes.from_rows(range(9), [1] * 9, [1] * 9)
    result = analyse(votes, sectors=dict.fromkeys(range(9), "firms"), sector_sizes={"firms": 9, "parks": 19})
    assert result.sectors.names == ["firms", "parks"]
    assert result.sectors.voters.tolist() == [9, 0]
    assert result.opinions.weakest_sector.tolist() == ["parks"]
    assert result.opinions.unites[0] == pytest.approx(0.5)


def test_alignment_is_one_where_all_react_alike_and_below_where_not():
    alike = np.array([[0, 4], [0, 0], [4, 0]])
    assert alignment(alike) == 1
    assert alignment(np.array([[2, 2], [0, 0], [2, 2]])) < 0
    assert np.isnan(alignment(np.array([[0], [0], [4]])))


def test_alignment_of_krippendorffs_own_example():
    """Twelve units, four observers, values 1 to 5: alpha = 0.743 (Krippendorff 2011, section C)."""
    counts = np.zeros((5, 12))
    units = ["111", "2223", "3333", "3333", "2222", "1234", "4444", "1112", "2222", "555", "11", "3"]
    for unit, values in enumerate(units):
        for value in values:
            counts[int(value) - 1, unit] += 1
    assert alignment(counts) == pytest.approx(0.743, abs=5e-4)
