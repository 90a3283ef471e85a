"""What a sector is like, from its bands: the figure, and where there is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.consensus import likeness, setting_apart
from council.consensus.audit import Version
from council.consensus.disclosure import band_limits, bands_of
from council.consensus.statistics import alignment

COUNTS = st.integers(10, 60).flatmap(lambda seen: st.tuples(st.just(seen), st.integers(0, seen)))


def counted(seen: int, agree: int) -> Version:
    return Version(0, seen, agree, agree)


def banded(seen: int, agree: int) -> Version:
    bands = bands_of(seen)
    limits = [band_limits(seen, bands, band) for band in range(bands)]
    band = next(band for band, (low, high) in enumerate(limits) if low <= agree <= high)
    return Version(0, seen, *limits[band], bands=bands, band=band)


@settings(max_examples=80, deadline=None)
@given(st.lists(COUNTS, min_size=5, max_size=12))
def test_of_counts_it_is_krippendorffs_alpha(cells):
    seen, agree = np.array(cells).T
    alpha = alignment(np.stack([seen - agree, np.zeros_like(seen), agree]))
    found = likeness([counted(*cell)] for cell in cells)
    assert found is None if np.isnan(alpha) else found == pytest.approx(alpha, abs=0.05 + 1e-9)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(COUNTS, min_size=2, max_size=2), min_size=5, max_size=12))
def test_of_several_units_it_is_that_of_all_their_members(rows):
    together = [tuple(map(sum, zip(*cells, strict=True))) for cells in rows]
    apart = likeness([counted(*cell) for cell in cells] for cells in rows)
    assert apart == likeness([counted(*cell)] for cell in together)


@pytest.mark.parametrize(("size", "most"), [(12, 0.22), (24, 0.13), (40, 0.13)])
@pytest.mark.parametrize("spread", [0.3, 1, 3])
def test_from_bands_it_comes_as_near_as_is_said(size: int, most: float, spread: float):
    """Of members of one mind on nearly everything, with evenly spread shares, and of one mind on nothing."""
    chance = np.random.default_rng(size)
    apart = []
    for _case in range(40):
        seen = np.full(40, size)
        agree = chance.binomial(seen, chance.beta(spread, spread, 40))
        alpha = alignment(np.stack([seen - agree, np.zeros_like(seen), agree]))
        found = likeness([banded(*cell)] for cell in zip(seen.tolist(), agree.tolist(), strict=True))
        apart.append(found - alpha)
    assert abs(np.mean(apart)) <= (most if spread != 1 else 0.03)


def test_few_answers_few_opinions_or_one_mind_give_no_figure():
    assert likeness([banded(9, 4)] for _opinion in range(20)) is None
    assert likeness([banded(30, 20)] for _opinion in range(4)) is None
    assert likeness([counted(12, 12)] for _opinion in range(8)) is None
    assert likeness([]) is None


def test_what_sets_a_sector_apart_is_named_with_its_direction_and_the_surest_first():
    seen = np.array([[30, 30, 30, 0], [30, 30, 0, 30]])
    agree = np.array([[27, 3, 27, 0], [3, 15, 0, 27]])
    first, second = setting_apart(seen, agree, ["divides", "rejected here", "alone", "alone too"])
    assert first == [("divides", "agree"), ("rejected here", "disagree")]
    assert second == [("divides", "disagree")]


def test_a_single_sector_or_none_is_set_apart_by_nothing():
    assert setting_apart(np.array([[30, 30]]), np.array([[30, 0]]), ["a", "b"]) == [[]]
    assert setting_apart(np.zeros((2, 0), dtype=int), np.zeros((2, 0), dtype=int), []) == [[], []]


def test_at_most_three_in_each_direction_stand_for_a_sector():
    seen = np.full((2, 12), 30)
    agree = np.array([[30, 29, 28, 27, 26, 25, 0, 1, 2, 3, 4, 5], [0] * 6 + [30] * 6])
    first, _second = setting_apart(seen, agree, list(range(12)))
    assert [one.opinion for one in first] == [0, 1, 2, 6, 7, 8]
