"""Groups that are found across sectors: when they are shown, and what is told of them."""

import datetime as dt

import pytest

from council.core import clock
from council.findings import actions
from council.findings.models import Finding
from council.findings.words import found
from council.opinions import actions as opinion_actions
from tests.cast import Cast
from tests.findings.crowd import crowd, opinions, votes

pytestmark = pytest.mark.django_db


@pytest.fixture
def camps(cast: Cast):
    """Two camps across the sectors, who say the contrary of each other on eight opinions; suppliers are nearly all of one."""
    members = crowd(cast)
    consultation = cast.consultation(cast.version())
    given = opinions(cast, consultation, 8)
    for place, opinion in enumerate(given):
        for sector, seated in members.items():
            one = len(seated) * 5 // 6 if sector == "supplier" else len(seated) // 2
            first, others = seated[:one], seated[one:]
            votes(opinion, first, agree=len(first) if place % 2 else 0, disagree=0 if place % 2 else len(first))
            votes(opinion, others, agree=0 if place % 2 else len(others), disagree=len(others) if place % 2 else 0)
    return consultation, members, given


def released(consultation, *, after: dt.timedelta = dt.timedelta()) -> Finding:
    with clock.at(clock.now() + after):
        finding = actions.refresh(consultation, force=True)
    assert finding
    return finding


def test_steady_groups_are_shown_with_their_stability_and_what_sets_them_apart(camps):
    consultation, _members, _given = camps

    groups = released(consultation).released["groups"]

    assert groups["shown"]
    assert groups["stability"] >= 0.8
    assert [group["number"] for group in groups["groups"]] == [1, 2]
    assert all(group["size"] % 5 == 0 and group["says"] for group in groups["groups"])


def test_where_who_agrees_stands_is_told_of_opinions_with_twenty_reactions(camps, cast):
    consultation, _members, given = camps
    rare = cast.submitted(consultation, reason="드문 의견입니다.")
    votes(rare, list(cast.council.memberships.filter(sector="technopark"))[:6], agree=6)

    sides = released(consultation).released["sides"]

    assert set(sides) == {str(opinion.pk) for opinion in given}
    assert sides[str(given[0].pk)][0] == -sides[str(given[1].pk)][0] != 0


def test_sectors_and_groups_are_compared_once_when_voting_has_ended(camps, cast):
    consultation, _members, _given = camps

    assert released(consultation).released["groups"]["by_sector"] is None
    assert found(consultation, cast.supplier).crossing is None
    crossed = released(consultation, after=dt.timedelta(days=60)).released["groups"]["by_sector"]

    assert 0 < crossed["strength"] < 1
    assert {unit["bands"] for unit in crossed["units"].values() if unit} <= {2, 3, 5}
    assert len(set(crossed["units"]["supplier"]["band"])) == 2
    shown = found(consultation, cast.supplier).crossing
    assert shown.strength == crossed["strength"]
    assert not shown.by_chance


def test_a_new_number_of_groups_has_to_win_four_times_until_then_the_former_ones_are_shown(camps):
    consultation, members, given = camps
    released(consultation)
    voices = [member for seated in members.values() for member in seated]
    third = voices[::3]
    for place, opinion in enumerate(given):
        votes(opinion, third, agree=len(third) if place < 4 else 0, disagree=0 if place < 4 else len(third))

    later = [released(consultation) for _batch in range(4)]

    history = Finding.objects.get(number=5).kept["history"]
    assert history[0] == 2
    assert set(history[1:]) == {3}
    first, last = later[0].released["groups"], later[-1].released["groups"]
    assert (first["shown"], first["why"]) == (False, "changing")
    assert first["stability"] < 0.8
    assert last["shown"]
    assert len(last["groups"]) == 3


def test_groups_of_fewer_than_five_are_not_shown_and_the_reason_is_told(cast):
    members = crowd(cast, {"supplier": 20, "adopter": 20})
    consultation = cast.consultation(cast.version())
    few = members["adopter"][:3]
    for opinion in opinions(cast, consultation, 8):
        votes(opinion, members["supplier"] + members["adopter"][3:], agree=37)
        votes(opinion, few, agree=0, disagree=3)

    groups = released(consultation).released["groups"]

    assert not groups["shown"]
    assert groups["why"] in {"small", "unstable"}
    assert found(consultation, cast.supplier).why


def test_an_opinion_hidden_later_disappears_from_what_was_released(camps, cast):
    consultation, _members, given = camps
    finding = released(consultation)
    opinion_actions.hide(given[0], reason="규정 위반", by=cast.secretary)

    shown = found(consultation, cast.secretary)

    assert given[0] not in {row.opinion for row in shown.rows} | {placed.opinion for placed in shown.placed}
    others = {str(opinion.pk) for opinion in given[1:]}
    left = finding.released_of(others)
    assert str(given[0].pk) not in str(left)
    assert str(given[1].pk) in str(left)


def test_every_batch_with_groups_is_computed_again(camps):
    consultation, _members, _given = camps
    first = released(consultation)
    last = released(consultation, after=dt.timedelta(days=60))

    assert [actions.recomputed(each) for each in (first, last)] == [first.released, last.released]


def test_a_table_of_sectors_and_groups_that_tells_too_much_is_found_out(camps):
    consultation, _members, _given = camps
    last = released(consultation, after=dt.timedelta(days=60))
    assert actions.given_away(consultation) == []

    told = last.released
    sizes = {group["number"]: group["size"] for group in told["groups"]["groups"]}
    told["groups"]["by_sector"]["units"] = {
        unit: spread and {"bands": 40, "band": [39 if number == 1 else 0 for number in sizes]}
        for unit, spread in told["groups"]["by_sector"]["units"].items()
    }
    Finding.objects.update(released=told)

    assert actions.given_away(consultation)
