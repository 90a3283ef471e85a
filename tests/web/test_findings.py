"""Agreeing and disagreeing one opinion after another, and the page of what unites and divides."""

import datetime as dt

import pytest
from django.urls import reverse

from council.findings import actions
from council.findings.models import Finding, Terms
from council.notifications import actions as notifications
from council.opinions import actions as opinion_actions
from council.opinions.models import Reaction
from tests.cast import Cast
from tests.findings.crowd import crowd, found_in, opinions, votes


@pytest.fixture
def consultation(cast: Cast):
    return cast.consultation(cast.version())


def page(consultation, name: str = "react_to_opinions") -> str:
    return reverse(f"web:{name}", args=[consultation.pk])


def test_the_terms_come_before_the_first_opinion(cast, browse, consultation):
    [opinion] = opinions(cast, consultation, 1)
    adopter = browse(cast.adopter)

    first = adopter.get(page(consultation)).content.decode()
    begun = adopter.get(f"{page(consultation)}?begin").content.decode()

    assert "?begin" in first
    assert opinion.reason not in first
    assert opinion.reason in begun


def test_an_answer_leads_to_the_next_opinion_and_can_be_changed(cast, browse, consultation):
    one, other = opinions(cast, consultation, 2)
    adopter = browse(cast.adopter)

    adopter.post(page(consultation), {"opinion": one.pk, "value": "1"})
    following = adopter.post(page(consultation), {"opinion": one.pk, "value": "-1"}, follow=True).content.decode()

    assert [vote.value for vote in Reaction.objects.all()] == [-1]
    assert other.reason in following
    assert f"opinion={one.pk}" in following


def test_all_answered_says_so_and_where_to_look(cast, browse, consultation):
    [opinion] = opinions(cast, consultation, 1)
    adopter = browse(cast.adopter)

    answer = adopter.post(page(consultation), {"opinion": opinion.pk, "value": "0"}, follow=True).content.decode()

    assert page(consultation, "findings") in answer
    assert 'name="value"' not in answer


def test_ones_own_and_hidden_opinions_are_not_asked_and_cannot_be_answered(cast, browse, consultation):
    own, hidden = opinions(cast, consultation, 2)
    opinion_actions.hide(hidden, reason="규정 위반", by=cast.secretary)

    assert own.reason not in browse(cast.supplier).get(f"{page(consultation)}?begin").content.decode()
    browse(cast.adopter).post(page(consultation), {"opinion": hidden.pk, "value": "1"})
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"opinion": "x", "value": "1"}, {"value": "7"}])
def test_what_makes_no_answer_changes_nothing_and_leads_on(cast, browse, consultation, sent):
    opinions(cast, consultation, 1)

    answer = browse(cast.adopter).post(page(consultation), sent, follow=True)

    assert answer.status_code == 200
    assert not Reaction.objects.exists()


def test_observers_strangers_and_nobody_do_not_answer(cast, browse, consultation):
    assert browse(cast.observer).get(page(consultation)).status_code == 403
    assert browse(cast.stranger).get(page(consultation)).status_code == 404
    assert browse(None).get(page(consultation)).status_code == 302


def test_before_anything_can_be_shown_the_page_says_what_will_appear(cast, browse, consultation):
    answer = browse(cast.observer).get(page(consultation, "findings"))

    assert answer.status_code == 200
    assert "<table" not in answer.content.decode()


def test_where_there_is_nothing_to_answer_both_pages_lead_to_the_text(cast, browse, consultation):
    adopter = browse(cast.adopter)

    found = adopter.get(page(consultation, "findings")).content.decode()
    asked = adopter.get(page(consultation)).content.decode()

    assert page(consultation) not in found
    assert "progress" not in asked
    for shown in (found, asked):
        assert consultation.get_absolute_url() in shown.split("empty-text")[1]


@pytest.fixture
def analysed(cast, consultation):
    """A consultation with one opinion that unites and one that divides."""
    members = crowd(cast)
    unites, divides = opinions(cast, consultation, 2)
    for sector in members:
        votes(unites, members[sector], agree=len(members[sector]) - 2, disagree=2)
    votes(divides, members["supplier"], agree=22, disagree=2)
    votes(divides, members["adopter"], agree=1, disagree=19)
    actions.refresh(consultation, force=True)
    return consultation, members, unites, divides


def test_the_page_shows_bands_and_never_a_share_or_a_count_of_votes(cast, browse, analysed):
    consultation, _members, unites, divides = analysed

    shown = browse(cast.supplier).get(page(consultation, "findings")).content.decode()

    assert shown.index(unites.reason) < shown.index(divides.reason)
    assert "80–100%" in shown
    for exact in ("91.7", "92%", "22/24", "95.8"):
        assert exact not in shown


def test_the_page_says_about_how_many_of_each_sector_have_answered(cast, browse, analysed):
    consultation, _members, _unites, _divides = analysed

    units = browse(cast.supplier).get(page(consultation, "findings")).context["found"].answering

    assert [unit.answered for unit in units if unit.name.startswith("공급기업")] == [95]
    assert all(unit.answered is None or unit.answered % 5 == 0 for unit in units)


def test_the_map_stands_on_the_page_in_words_too(cast, browse, consultation):
    [opinion] = opinions(cast, consultation, 1)
    Finding.objects.create(
        council=cast.council, consultation=consultation, number=1, votes=40, **found_in(opinion) | {"is_last": True}
    )

    answer = browse(cast.supplier).get(page(consultation, "findings"))
    found, shown = answer.context["found"], answer.content.decode()

    assert [area.squares for area in found.areas] == [[0, 0, 1], [1, 0, 0]]  # top right, bottom left
    assert [end.opinions for end in found.ends] == [[opinion]]
    assert [(placed.place, bool(placed.says[0])) for placed in found.placed] == [((1, 0), True)]
    assert all(each.name in shown for each in (*found.areas, *found.ends))
    assert shown.count("<caption") >= 5
    assert found.crossing.strength == 0.42
    assert [bool(bands) for _unit, bands in found.crossing.rows] == [True, False, True]


@pytest.mark.parametrize("why", ["too_few", "unstable", "changing", "small"])
def test_where_no_groups_are_shown_the_page_says_why_and_how_stable_they_are(cast, browse, consultation, why):
    [opinion] = opinions(cast, consultation, 1)
    row = found_in(opinion)
    row["released"]["groups"] = {"shown": False, "why": why, "stability": None if why == "too_few" else 0.61}
    Finding.objects.create(council=cast.council, consultation=consultation, number=1, votes=40, **row)

    answer = browse(cast.supplier).get(page(consultation, "findings"))

    assert answer.context["found"].why
    assert answer.context["found"].stability == (None if why == "too_few" else 61)


def test_the_page_says_what_each_sector_is_like_or_why_it_does_not(cast, browse, consultation):
    [opinion] = opinions(cast, consultation, 1)
    row, says = found_in(opinion), [{"opinion": str(opinion.pk), "direction": "disagree"}]
    row["released"]["portraits"] = {
        "likeness": 0.2,
        "units": [
            {"unit": "supplier", "likeness": -0.1, "says": says},
            {"unit": "adopter+expert", "likeness": None, "says": []},
        ],
    }
    Finding.objects.create(council=cast.council, consultation=consultation, number=1, votes=40, **row)

    answer = browse(cast.supplier).get(page(consultation, "findings"))

    first, second = answer.context["found"].portraits
    assert (first.likeness, first.agrees, first.disagrees) == (-0.1, [], [opinion])
    assert (second.likeness, second.agrees, second.disagrees) == (None, [], [])
    assert 'id="portraits"' in answer.content.decode()


def test_a_batch_of_an_earlier_version_is_shown_without_portraits(cast, browse, consultation):
    [opinion] = opinions(cast, consultation, 1)
    Finding.objects.create(council=cast.council, consultation=consultation, number=1, votes=40, **found_in(opinion))

    assert 'id="portraits"' not in browse(cast.supplier).get(page(consultation, "findings")).content.decode()


def test_the_result_page_leads_members_to_what_unites_and_the_public_nowhere(cast, browse, consultation):
    cast.published(consultation)
    opinion_actions.publish_result(consultation, by=cast.secretary)
    address = page(consultation, "findings")

    assert address in browse(cast.observer).get(page(consultation, "result")).content.decode()
    assert address not in browse(None).get(page(consultation, "public_result")).content.decode()


def test_the_first_page_leads_from_a_new_answer_to_what_unites_while_one_sits_on_the_council(
    cast, browse, consultation
):
    cast.published(consultation)
    notifications.dispatch()
    address = page(consultation, "findings")

    assert address in browse(cast.supplier).get("/").content.decode()
    cast.council.memberships.filter(user=cast.supplier).update(ends_on=cast.today - dt.timedelta(days=1))
    assert address not in browse(cast.supplier).get("/").content.decode()


def test_everyone_reads_the_same_figures_those_who_run_the_council_included(cast, browse, analysed):
    consultation, _members, _unites, _divides = analysed

    figures = {
        str(browse(user).get(page(consultation, "findings")).context["found"].rows[0].bands)
        for user in (cast.secretary, cast.chair, cast.supplier, cast.observer)
    }

    assert len(figures) == 1


def test_one_sees_ones_own_place_and_nobody_elses(cast, browse, analysed):
    consultation, members, _unites, _divides = analysed
    member = members["adopter"][0].user

    assert "map-own" in browse(member).get(page(consultation, "findings")).content.decode()
    assert "map-own" not in browse(cast.observer).get(page(consultation, "findings")).content.decode()


def test_terms_are_fixed_on_a_page_by_who_runs_the_council(cast, browse, consultation):
    address = page(consultation, "fix_terms")

    assert browse(cast.supplier).post(address, {"in_the_open": "technopark"}).status_code == 403
    browse(cast.secretary).post(address, {"in_the_open": "technopark"})
    assert Terms.objects.get().in_the_open == ["technopark"]


def test_who_cannot_fix_the_terms_reads_them_instead(cast, browse, consultation):
    [opinion] = opinions(cast, consultation, 1)
    address = page(consultation, "fix_terms")
    assert "in_the_open" not in browse(cast.supplier).get(address).content.decode()
    assert "in_the_open" in browse(cast.secretary).get(address).content.decode()

    opinion_actions.react(opinion, value=1, membership=cast.membership(cast.adopter), by=cast.adopter)

    assert "in_the_open" not in browse(cast.secretary).get(address).content.decode()


def test_terms_cannot_be_changed_once_somebody_voted(cast, browse, consultation):
    [opinion] = opinions(cast, consultation, 1)
    opinion_actions.react(opinion, value=1, membership=cast.membership(cast.adopter), by=cast.adopter)

    answer = browse(cast.secretary).post(page(consultation, "fix_terms"), {"in_the_open": "technopark"})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Terms.objects.exists()
