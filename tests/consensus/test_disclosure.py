"""Nothing that was ever released gives a vote away, whatever people vote and whenever they change it."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.consensus import Ledger, Votes, audit, crowded, public_counts, release, units
from council.consensus.audit import ImpossibleError, Total, Version, possible, tightened
from council.consensus.disclosure import Cell, band_limits, bands_of, renewed

MEMBERS = {"ministries and regions": 22, "parks": 19, "firms": 40, "labs": 6}
UNIT = {f"{unit} {number}": unit for unit, size in MEMBERS.items() for number in range(size)}
PEOPLE = list(UNIT)


def votes_of(state: dict) -> Votes:
    return Votes.from_rows([who for who, _ in state], [what for _, what in state], list(state.values()))


BATCH = st.tuples(
    st.sampled_from([0.05, 0.2, 0.6, 1.0]),  # how many do something
    st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]),  # how many of them agree
    st.sampled_from([0.0, 0.2]),  # how many take it back
)


@settings(max_examples=80, deadline=None)
@given(st.lists(BATCH, min_size=1, max_size=7), st.integers(0, 2**32 - 1))
def test_j_no_vote_can_be_derived_from_all_releases_together(batches, seed: int):
    chance = np.random.default_rng(seed)
    ledger, snapshots, state = Ledger(), {}, {(PEOPLE[0], opinion): 1 for opinion in range(3)}
    truth: dict = {}
    for number, (active, agreeing, leaving) in enumerate(batches):
        for who, what in product(PEOPLE, range(3)):
            if chance.random() < active:
                if chance.random() < leaving:
                    state.pop((who, what), None)
                else:
                    state[who, what] = 1 if chance.random() < agreeing else int(chance.integers(-1, 1))
        state[PEOPLE[0], 0] = 1
        batch = release(ledger, votes_of(state), UNIT, MEMBERS, snapshots, last=number == len(batches) - 1)
        snapshots[batch] = votes_of(state)
        truth[batch] = dict(state)
    assert ledger.findings() == []
    for opinion, chains in ledger.chains.items():
        for unit, chain in chains.items():
            for version in chain:
                cast = [v for (who, what), v in truth[version.batch].items() if what == opinion and UNIT[who] == unit]
                assert version.seen == len(cast)
                assert version.low <= sum(v == 1 for v in cast) <= version.high
            assert unit != "labs" or not any(version.shown for version in chain)
            shown = [version for version in chain if version.shown]
            assert all(version.seen >= 5 for version in shown)
            low_high = possible({unit: chain})[unit]
            assert all(high - low >= 2 for version, (low, high) in zip(chain, low_high, strict=True) if version.shown)
    for opinion, total in ledger.totals.items():
        agree = sum(v == 1 for (_, what), v in truth[total.batch].items() if what == opinion)
        assert total.low <= agree <= total.high


@pytest.mark.parametrize("agreeing", [0, 1, 5, 10, 11, 21, 22])
def test_whether_a_band_is_renewed_does_not_hang_on_how_people_voted(agreeing: int):
    """Otherwise that it was not renewed would tell."""
    chain = (renewed((), Cell(seen=5, agree=1, added=5), 0),)
    again = [renewed(chain, Cell(seen=10, agree=agree, added=5), 1) for agree in range(min(agreeing, 10) + 1)]
    assert {one is None for one in again} == {False}
    assert {one.bands for one in again} == {2}


def brute_force(chains, totals):
    """Every history of counts that fits."""
    names = list(chains)
    paths = [
        [
            path
            for path in product(*(range(max(one.low, 0), min(one.high, one.seen) + 1) for one in chains[name]))
            if all(
                -after.fall <= b - a <= after.rise and a + b <= after.both
                for (a, b), after in zip(pairwise(path), chains[name][1:], strict=True)
            )
        ]
        for name in names
    ]
    at = [{version.batch: place for place, version in enumerate(chains[name])} for name in names]
    fitting = [
        history
        for history in product(*paths)
        if all(
            total.low <= sum(path[at[number][total.batch]] for number, path in enumerate(history)) <= total.high
            for total in totals
        )
    ]
    if not fitting:
        raise ImpossibleError
    return {
        name: [
            (min(h[number][place] for h in fitting), max(h[number][place] for h in fitting))
            for place in range(len(chains[name]))
        ]
        for number, name in enumerate(names)
    }


VERSION = st.tuples(*[st.integers(0, 5)] * 3, st.integers(0, 3), st.integers(0, 3), st.integers(3, 10))
CHAINS = st.lists(st.lists(VERSION, min_size=2, max_size=2), min_size=1, max_size=3)
TOTALS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), max_size=2)


@settings(max_examples=150, deadline=None)
@given(CHAINS, TOTALS)
def test_what_is_possible_is_found_exactly(chains, totals):
    built = {
        unit: tuple(
            Version(batch, seen, min(low, seen), max(high, min(low, seen)), rise, fall, both)
            for batch, (seen, low, high, rise, fall, both) in enumerate(chain)
        )
        for unit, chain in enumerate(chains)
    }
    figures = [Total(batch, 20, low, low + width, 0.05, 0.5) for batch, (low, width) in enumerate(totals)]
    try:
        expected = brute_force(built, figures)
    except ImpossibleError:
        with pytest.raises(ImpossibleError):
            possible(built, figures)
    else:
        found = possible(built, figures)
        for unit, bounds in expected.items():
            for (low, high), (least, most) in zip(bounds, found[unit], strict=True):
                assert (low, high) == (least, most) or (len(figures) > 1 and (least, most) == (low, low + 1))


def test_exact_counts_are_found_out():
    assert [finding.possible for finding in audit({1: ({"a": (Version(0, 9, 4, 4),)}, [])})] == [1]


def test_a_hidden_unit_is_found_out_by_the_total():
    chains = {"shown": (Version(0, 30, 18, 20),), "hidden": (Version(0, 4, 0, 4, shown=False),)}
    assert audit({1: (chains, [])}) == []
    found = audit({1: (chains, [Total(0, 34, 24, 24, 0.01, 0.71)])})
    assert {finding.unit for finding in found} == {"shown", "hidden"}
    assert all(finding.possible == 1 for finding in found)


def test_bands_that_follow_each_other_too_closely_are_found_out():
    chain = (Version(0, 5, 0, 2), Version(1, 10, 7, 10, rise=5))
    assert tightened(chain) == [(2, 2), (7, 7)]
    assert [finding.possible for finding in audit({1: ({"a": chain}, [])})] == [1, 1]


def test_whoever_reacted_otherwise_did_not_agree_both_times():
    """Four of five changed their reaction and the band stayed the upper one: three and three."""
    chain = (Version(0, 5, 3, 5), Version(1, 5, 3, 5, rise=4, fall=4, both=6))
    assert tightened(chain) == [(3, 3), (3, 3)]


def test_two_totals_that_contradict_each_other_are_a_finding():
    chains = {"a": (Version(0, 9, 0, 9), Version(1, 9, 0, 9))}
    totals = [Total(0, 9, 0, 2, 0.2, 0), Total(1, 9, 7, 9, 0.2, 1)]
    assert [finding.possible for finding in audit({1: (chains, totals)})] == [0]


@pytest.mark.parametrize("seen", range(5, 200))
def test_every_band_leaves_three_counts_and_no_gap(seen: int):
    for bands in {2, bands_of(seen)}:
        limits = [band_limits(seen, bands, band) for band in range(bands)]
        assert limits[0][0] == 0
        assert limits[-1][1] == seen
        assert all(high - low >= 2 for low, high in limits)
        assert all(after[0] == before[1] + 1 for before, after in pairwise(limits))


def test_small_sectors_are_shown_together():
    members = {"ministry": 5, "local government": 17, "park": 19, "supplier": 40}
    together = units(members)
    assert together["ministry"] == together["local government"] == ("local government", "ministry")
    assert together["park"] == ("park",)
    assert units(members, in_the_open=["ministry"])["ministry"] == ("ministry",)
    assert units({"a": 3, "b": 2}) == {"a": ("a", "b"), "b": ("a", "b")}


def test_nothing_follows_the_last_batch():
    ledger, votes = Ledger(), votes_of({(who, 1): 1 for who in PEOPLE})
    release(ledger, votes, UNIT, MEMBERS, {}, last=True)
    with pytest.raises(ValueError, match="last batch"):
        release(ledger, votes, UNIT, MEMBERS, {0: votes})


def test_a_release_needs_the_votes_of_the_one_before():
    ledger, votes = Ledger(), votes_of({(who, 1): 1 for who in PEOPLE})
    release(ledger, votes, UNIT, MEMBERS, {})
    assert ledger.needed() == {0}
    with pytest.raises(ValueError, match="needed for comparison"):
        release(ledger, votes, UNIT, MEMBERS, {})


def test_the_public_sees_the_middle_of_a_band_and_nothing_of_the_small():
    ledger = Ledger()
    release(ledger, votes_of({(who, 1): 1 for who in PEOPLE}), UNIT, MEMBERS, {})
    seen, agree = public_counts(ledger, [1, 2], ["firms", "labs"])
    assert seen.tolist() == [[40, 0], [0, 0]]
    assert agree.tolist() == [[36, 0], [0, 0]]
    assert ledger.shown(1, "labs") is None
    assert ledger.shown(1, "firms").band == 4


def test_the_map_shows_only_where_five_stand():
    points = np.array([[0.0, 0.0]] * 5 + [[1.0, 1.0]] * 4 + [[0.5, 0.5]] * 20)
    assert crowded(points, cells=2) == [(0, 0, 1), (1, 1, 3)]
    assert crowded(points[:4], cells=2) == []
