"""Three real conversations give the values that lie with them."""

import numpy as np
import pytest

from council.consensus import analyse
from tests.consensus.conversations import ABSENT, NAMES, conversation

pytestmark = ABSENT


@pytest.fixture(params=NAMES)
def talk(request):
    return conversation(request.param)


def test_published_groups_give_the_expected_figures_and_selections(talk):
    expected = talk.expected["given_published_groups"]
    result = analyse(talk.votes, moderated_out=talk.moderated_out, groups=talk.published)
    assert {str(name): size for name, size in zip(result.groups.names, result.groups.sizes, strict=True)} == expected[
        "group_sizes"
    ]
    gic = [expected["group_aware_consensus"][str(one)] for one in result.opinions.ids]
    assert np.abs(result.opinions.gic - gic).max() <= 1e-9
    assert result.consensus == (expected["consensus"]["agree"], expected["consensus"]["disagree"])
    for group, opinions in expected["repness"].items():
        assert [(one["tid"], one["repful_for"]) for one in opinions] == result.groups.representative[int(group)]


def test_the_labels_of_the_expected_run_give_its_priorities(talk):
    expected = talk.expected["end_to_end"]
    labels = {int(one): label for one, label in expected["labels"].items()}
    result = analyse(talk.votes, moderated_out=talk.moderated_out, groups=labels)
    priorities = np.array([expected["priority"][str(one)] for one in result.opinions.ids])
    # the expected values of the largest conversation were made with sampled axes
    tolerance = 1e-9 if len(result.participants.ids) < 1000 else 1e-3
    assert np.abs(result.opinions.priority - priorities).max() <= tolerance


def test_everyone_stands_where_expected(talk):
    expected = talk.expected["end_to_end"]["coordinates"]
    result = analyse(talk.votes, moderated_out=talk.moderated_out)
    theirs = np.array([expected[str(one)] for one in result.participants.ids])
    apart = [
        np.minimum(
            np.abs(result.map.participants - theirs).max(axis=0), np.abs(result.map.participants + theirs).max(axis=0)
        )
    ]
    assert (apart <= 1e-3 * np.ptp(theirs, axis=0)).all()


def test_only_the_conversation_with_steady_groups_shows_them():
    shown = {
        name: analyse((talk := conversation(name)).votes, moderated_out=talk.moderated_out).groups.shown
        for name in NAMES
    }
    assert shown == {"brexit-consensus": False, "scoop-hivemind.taxes": True, "football-concussions": False}


def test_invented_sectors_are_analysed_in_full(talk):
    members = {name: list(talk.sectors.values()).count(name) for name in set(talk.sectors.values())}
    result = analyse(talk.votes, moderated_out=talk.moderated_out, sectors=talk.sectors, sector_sizes=members)
    assert ((result.opinions.unites >= 0) & (result.opinions.unites <= 1)).all()
    assert ((result.opinions.divides >= 0) & (result.opinions.divides <= 1)).all()
    assert set(result.opinions.weakest_sector) <= set(members)
    assert (result.sectors.members == result.sectors.voters).all()
