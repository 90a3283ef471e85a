"""The command that proves that no vote can be derived from what was released."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from council.findings import actions
from council.findings.models import Finding
from tests.cast import Cast
from tests.findings.crowd import crowd, opinions, votes


@pytest.fixture
def finding(cast: Cast) -> Finding:
    members = crowd(cast)
    consultation = cast.consultation(cast.version())
    [opinion] = opinions(cast, consultation, 1)
    for sector in members:
        votes(opinion, members[sector], agree=len(members[sector]) - 3, disagree=3)
    return actions.refresh(consultation, force=True)


def audit() -> str:
    said = StringIO()
    call_command("audit_findings", stdout=said)
    return said.getvalue()


def test_what_was_released_properly_passes(finding):
    assert "no vote can be derived" in audit()


def test_a_band_that_leaves_too_few_counts_is_named(finding):
    kept = Finding.objects.get().kept
    [(opinion, units)] = kept["ledger"]["chains"].items()
    chain = next(chain for chain in units.values() if chain)
    chain[-1][2] = chain[-1][3] = 3  # as if the count itself had been shown
    Finding.objects.update(kept=kept)

    with pytest.raises(CommandError, match=opinion):
        audit()


def test_figures_that_were_changed_afterwards_are_named(finding):
    released = finding.released
    released["opinions"][0]["unites"] = 0.5
    Finding.objects.update(released=released)

    with pytest.raises(CommandError, match="computed again"):
        audit()
