"""Findings in the change feed: to whom they are told, and when they read otherwise."""

import pytest

from council.findings import actions
from council.findings.models import Finding
from council.opinions import actions as opinion_actions
from tests.api.mirrors import Mirror, newest, program, told
from tests.cast import Cast
from tests.findings.crowd import crowd, opinions, votes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def talk(cast: Cast):
    """A consultation with two opinions and twenty votes on each."""
    members = crowd(cast, {"supplier": 12, "adopter": 12})
    consultation = cast.consultation(cast.version())
    given = opinions(cast, consultation, 2)
    for opinion in given:
        for seated in members.values():
            votes(opinion, seated[:10], agree=8, disagree=2)
    return consultation, members, given


def of_findings(user, after: str) -> list[tuple[str, bool]]:
    return [(line["event"], line["gone"]) for line in told(program(user), after) if line["noun"] == "findings"]


def test_a_new_finding_is_told_to_every_member_and_to_nobody_else(cast, talk):
    consultation, _members, _given = talk
    ends = {name: newest(program(getattr(cast, name))) for name in ("supplier", "observer", "secretary", "stranger")}

    actions.refresh(consultation, force=True)

    assert {name: of_findings(getattr(cast, name), after) for name, after in ends.items()} == {
        "supplier": [("changed", False)],
        "observer": [("changed", False)],
        "secretary": [("changed", False)],
        "stranger": [],
    }


def test_votes_change_nothing_until_they_are_released_and_the_batch_before_stays_as_it_was(cast, talk):
    consultation, members, (first, _second) = talk
    actions.refresh(consultation, force=True)
    after = newest(program(cast.supplier))

    votes(first, members["supplier"], agree=2, disagree=10)
    assert told(program(cast.supplier), after) == []

    actions.refresh(consultation, force=True)
    assert len(of_findings(cast.supplier, after)) == 1  # the new one alone, though the ledger moved over to it


def test_a_mirror_follows_when_an_opinion_is_hidden_and_shown_again(cast, talk):
    consultation, _members, (hidden, _other) = talk
    finding = actions.refresh(consultation, force=True)
    mirror = Mirror(cast.supplier)
    copied = ("findings", str(finding.pk))

    def counted() -> int:
        told(mirror.client, mirror.cursor)  # seals
        mirror.follow()
        return len(mirror.copy[copied]["released"]["opinions"])

    assert counted() == 2
    opinion_actions.hide(hidden, reason="규정 위반", by=cast.secretary)
    assert counted() == 1
    opinion_actions.restore(hidden, reason="확인함", by=cast.secretary)
    assert counted() == 2


def test_what_is_kept_is_in_no_copy(cast, talk):
    consultation, _members, _given = talk
    finding = actions.refresh(consultation, force=True)

    copy = Mirror(cast.secretary).copy["findings", str(finding.pk)]

    assert not {"kept", "snapshot", "digest", "parameters"} & set(copy)
    assert Finding.objects.get().modified_at
