"""What is found in the votes of a consultation, and what never leaves it."""

import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied

from council.core import clock
from council.core.errors import Refused
from council.findings import actions
from council.findings.models import Finding, Terms
from council.findings.votes import cast_in
from council.opinions import actions as opinion_actions
from council.opinions.models import Reaction
from tests.cast import Cast
from tests.findings.crowd import crowd, opinions, votes

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(cast: Cast):
    """A consultation with four opinions, one that unites, one that divides, and members of every sector."""
    members = crowd(cast)
    consultation = cast.consultation(cast.version())
    unites, divides, unknown, rare = opinions(cast, consultation, 4)
    for sector in members:
        votes(unites, members[sector], agree=len(members[sector]) - 2, disagree=2)
    votes(divides, members["supplier"], agree=22, disagree=2)
    votes(divides, members["adopter"], agree=1, disagree=19)
    votes(unknown, members["supplier"], agree=3)
    votes(rare, members["technopark"], agree=4)
    return consultation, members, (unites, divides, unknown, rare)


def row(finding: Finding, opinion) -> dict:
    return next(each for each in finding.released["opinions"] if each["opinion"] == str(opinion.pk))


def test_what_every_sector_agrees_on_leads_and_what_divides_names_the_pair(talk):
    consultation, _members, (unites, divides, _unknown, _rare) = talk

    finding = actions.refresh(consultation, force=True)

    assert finding.released["opinions"][0]["opinion"] == str(unites.pk)
    assert row(finding, unites)["unites"] > 0.8 > row(finding, divides)["unites"]
    assert row(finding, divides)["divides"] > row(finding, unites)["divides"]
    assert row(finding, divides)["pair"] == ["supplier", "adopter"]


def test_fewer_than_five_answers_show_nothing_not_even_how_many(talk):
    consultation, _members, (_unites, _divides, unknown, rare) = talk

    finding = actions.refresh(consultation, force=True)

    assert set(row(finding, unknown)["bands"].values()) == {None}
    assert set(row(finding, rare)["bands"].values()) == {None}


def test_small_sectors_are_shown_together_and_silent_ones_are_named(cast):
    crowd(cast, {"supplier": 20, "technopark": 4, "local_government": 7})
    consultation = cast.consultation(cast.version())
    [opinion] = opinions(cast, consultation, 1)
    votes(opinion, list(cast.council.memberships.filter(sector="supplier")), agree=12, disagree=3)

    finding = actions.refresh(consultation, force=True)

    together = next(unit for unit in finding.released["units"] if "technopark" in unit["sectors"])
    assert len(together["sectors"]) > 1
    assert together["members"] >= 10
    assert "technopark" in together["silent"]


def test_before_twenty_votes_nothing_is_found_and_after_one_more_vote_nothing_is_renewed(talk):
    consultation, members, (unites, *_others) = talk
    first = actions.refresh(consultation)

    votes(unites, members["expert"][:1], agree=0, disagree=1)

    assert first.number == 1
    assert actions.refresh(consultation) is None


def test_the_last_batch_comes_when_voting_has_ended_and_none_after_it(talk):
    consultation, _members, _opinions = talk

    with clock.at(clock.now() + dt.timedelta(days=60)):
        last = actions.refresh(consultation)
        assert last.is_last
        assert actions.refresh(consultation, force=True) is None


def test_every_figure_can_be_computed_again_from_what_is_stored(talk):
    consultation, members, (unites, divides, *_rest) = talk
    first = actions.refresh(consultation, force=True)
    votes(divides, members["local_government"], agree=5, disagree=6)
    votes(unites, members["expert"], agree=6, disagree=6)
    second = actions.refresh(consultation, force=True)

    assert [actions.recomputed(finding) for finding in (first, second)] == [first.released, second.released]


def test_nothing_can_be_derived_from_everything_released(talk):
    consultation, members, (_unites, divides, *_rest) = talk
    actions.refresh(consultation, force=True)
    for agree in range(1, 12):
        votes(divides, members["local_government"], agree=agree, disagree=12 - agree)
        actions.refresh(consultation, force=True)
    with clock.at(clock.now() + dt.timedelta(days=60)):
        actions.refresh(consultation)

    assert actions.given_away(consultation) == []


def test_hidden_withdrawn_and_confidential_opinions_are_in_no_figure(cast, talk):
    consultation, _members, (unites, divides, *_rest) = talk
    opinion_actions.hide(unites, reason="규정 위반", by=cast.secretary)

    finding = actions.refresh(consultation, force=True)

    assert str(unites.pk) not in json.dumps(finding.released)
    assert row(finding, divides)


def test_terms_are_fixed_by_who_runs_the_council_before_anyone_votes(cast):
    consultation = cast.consultation(cast.version())
    [opinion] = opinions(cast, consultation, 1)
    with pytest.raises(PermissionDenied):
        actions.fix_terms(consultation, in_the_open=["technopark"], by=cast.supplier)

    terms = actions.fix_terms(consultation, in_the_open=["technopark"], by=cast.secretary)
    assert terms.in_the_open == ["technopark"]
    votes(opinion, [cast.membership(cast.adopter)], agree=1)
    with pytest.raises(Refused):
        actions.fix_terms(consultation, in_the_open=[], by=cast.secretary)
    assert Terms.objects.get().in_the_open == ["technopark"]


def test_bodies_that_speak_in_the_open_are_shown_by_name_and_no_others(cast):
    members = crowd(cast)
    consultation = cast.consultation(cast.version())
    [opinion] = opinions(cast, consultation, 1)
    actions.fix_terms(consultation, in_the_open=["technopark"], by=cast.secretary)
    votes(opinion, members["technopark"], agree=3, disagree=2)
    votes(opinion, members["supplier"], agree=20, disagree=4)

    finding = actions.refresh(consultation, force=True)

    named = finding.released["named"][str(opinion.pk)]
    assert sorted(named.values()) == [-1, -1, 1, 1, 1]
    assert {f"body {member.organisation_id}" for member in members["technopark"][:5]} == set(named)


def test_a_body_that_changed_its_sector_counts_in_the_newest(cast, talk):
    consultation, members, (unites, divides, *_rest) = talk
    moved = members["supplier"][0]
    Reaction.objects.filter(opinion=unites, by=moved.user_id).update(sector="adopter", at=clock.now())
    Reaction.objects.filter(opinion=divides, by=moved.user_id).update(at=clock.now() - dt.timedelta(days=1))

    cast_votes = cast_in(consultation)

    assert cast_votes.sectors[f"body {moved.organisation_id}"] == "adopter"
    assert cast_votes.votes.given.sum() == Reaction.objects.filter(consultation=consultation).count()


def test_experts_count_one_by_one_and_others_by_their_organisation(talk):
    consultation, members, _opinions = talk

    people = cast_in(consultation).votes.participants.tolist()

    assert sum(one.startswith("person ") for one in people) == len(members["expert"])
    assert f"body {members['adopter'][0].organisation_id}" in people
    assert people == sorted(people)


def test_the_next_opinion_is_one_not_answered_yet_and_not_ones_own(cast, talk):
    consultation, _members, given = talk
    adopter = cast.membership(cast.adopter)
    seen = []
    while opinion := actions.next_opinion(consultation, adopter, cast.adopter):
        opinion_actions.react(opinion, value=1, membership=adopter, by=cast.adopter)
        seen.append(opinion)

    assert set(seen) == set(given)
    assert len(seen) == len(given)
    assert actions.next_opinion(consultation, cast.membership(cast.supplier), cast.supplier) is None


def test_one_sees_how_far_one_has_come_and_ones_own_place(cast, talk):
    consultation, members, _opinions = talk
    actions.refresh(consultation, force=True)
    member = members["adopter"][0]

    found = actions.standing(consultation, member, member.user)

    assert (found.answered, found.of) == (2, 4)
    assert all(0 <= at <= 1 for at in found.place)
