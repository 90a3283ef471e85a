"""The same votes give what red-dwarf 0.4.0 gives, run in the same test."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import adjusted_rand_score, silhouette_score

from council.consensus import analyse
from tests.consensus.conversations import ABSENT, NAMES, Conversation, conversation, made_up, oracle

SIZES = {"small": (120, 40, 2500), "wide": (90, 160, 6000), "crowd": (700, 60, 16000)}


def conversations() -> list:
    """The real ones, and made-up ones of several shapes."""
    return [pytest.param(name, marks=ABSENT) for name in NAMES] + list(SIZES)


@pytest.fixture(scope="module")
def known():
    """Each conversation with the oracle's answer, once."""
    found: dict[str, tuple] = {}

    def of(name: str) -> tuple:
        if name not in found:
            votes = conversation(name) if name in NAMES else _invented(name)
            rows = [votes.participants, votes.opinions, votes.values]
            found[name] = votes, oracle(rows, votes.moderated_out, exact=True)
        return found[name]

    return of


def _invented(name: str) -> Conversation:
    people, opinions, values = (each.tolist() for each in made_up(*SIZES[name], seed=len(name)))
    return Conversation(people, opinions, values, [1, 7], {}, {}, {})


def labels_of(answer) -> dict[int, int]:
    labels = answer.participants_df["cluster_id"].dropna()
    return {int(one): int(label) for one, label in labels.items()}


@pytest.mark.parametrize("name", conversations())
def test_a_statistics_with_labels_given(known, name: str):
    votes, answer = known(name)
    result = analyse(votes.votes, moderated_out=votes.moderated_out, groups=labels_of(answer))
    theirs, ours = answer.group_comment_stats, result.groups.statistics
    names = {
        "na": "agree", "nd": "disagree", "ns": "seen", "pa": "p_agree", "pd": "p_disagree", "pat": "p_agree_z",
        "pdt": "p_disagree_z", "ra": "r_agree", "rd": "r_disagree", "rat": "r_agree_z", "rdt": "r_disagree_z",
    }  # fmt: skip
    for their_name, name_here in names.items():
        table = theirs[their_name].unstack("statement_id")[result.opinions.ids.tolist()].to_numpy(dtype=float)
        assert np.abs(getattr(ours, name_here) - table).max() <= 1e-9, name_here
    table = answer.statements_df.loc[result.opinions.ids.tolist()]
    assert np.abs(result.opinions.gic - table["group-aware-consensus-agree"].to_numpy(dtype=float)).max() <= 1e-9
    assert (
        np.abs(result.opinions.gic_disagree - table["group-aware-consensus-disagree"].to_numpy(dtype=float)).max()
        <= 1e-9
    )
    assert np.abs(result.opinions.priority - table["priority"].to_numpy(dtype=float)).max() <= 1e-9
    assert [[tuple(one) for one in group] for group in result.groups.representative] == [
        [(one["tid"], one["repful-for"]) for one in answer.repness[group]] for group in sorted(answer.repness)
    ]
    assert result.consensus.agree == [one["tid"] for one in answer.consensus["agree"]]
    assert result.consensus.disagree == [one["tid"] for one in answer.consensus["disagree"]]


@pytest.mark.parametrize("name", conversations())
def test_b_map_up_to_signs(known, name: str):
    votes, answer = known(name)
    result = analyse(votes.votes, moderated_out=votes.moderated_out)
    table = answer.participants_df.loc[result.participants.ids.tolist(), ["x", "y"]].to_numpy()
    for axis in (0, 1):
        ours, theirs = result.map.participants[:, axis], table[:, axis]
        apart = min(np.abs(ours - theirs).max(), np.abs(ours + theirs).max())
        assert apart <= 1e-3 * np.ptp(theirs)


@pytest.mark.parametrize("name", conversations())
def test_c_grouping_is_as_good_or_better(known, name: str):
    votes, answer = known(name)
    result = analyse(votes.votes, moderated_out=votes.moderated_out)
    theirs = labels_of(answer)
    ids = result.participants.ids.tolist()
    assert {one for one, clustered in zip(ids, result.participants.clustered, strict=True) if clustered} == set(theirs)
    k = len(set(theirs.values()))
    points = result.map.participants[result.participants.clustered]
    labels = np.array([theirs[one] for one in ids if one in theirs])
    within = sum(((points[labels == g] - points[labels == g].mean(axis=0)) ** 2).sum() for g in range(k))
    assert result.groups.within[k] <= 1.0005 * within
    own = result.groups.labels[result.participants.clustered]
    assert silhouette_score(points, own) >= silhouette_score(points, labels) - 0.01
    assert result.groups.silhouette[len(result.groups.sizes)] == pytest.approx(silhouette_score(points, own), abs=1e-9)


@ABSENT
@pytest.mark.parametrize("name", NAMES)
def test_d_and_e_agreement_with_published_groups(known, name: str):
    votes, answer = known(name)
    result = analyse(votes.votes, moderated_out=votes.moderated_out)
    ids = result.participants.ids.tolist()
    both = [one for one in range(len(ids)) if result.groups.labels[one] >= 0 and ids[one] in votes.published]
    published = [votes.published[ids[one]] for one in both]
    theirs = labels_of(answer)
    rand = adjusted_rand_score(published, result.groups.labels[both])
    assert rand >= adjusted_rand_score(published, [theirs[ids[one]] for one in both]) - 0.05
    given = analyse(votes.votes, moderated_out=votes.moderated_out, groups=votes.published)
    seen = result.opinions.agree + result.opinions.disagree + result.opinions.passed
    counted = (seen >= 20) & ~result.opinions.moderated_out
    table = answer.statements_df.loc[result.opinions.ids.tolist(), "group-aware-consensus-agree"].to_numpy(dtype=float)
    order = spearmanr(result.opinions.gic[counted], given.opinions.gic[counted]).statistic
    assert order >= spearmanr(table[counted], given.opinions.gic[counted]).statistic - 0.01
    if result.groups.shown and len(result.groups.sizes) == 2:
        assert rand >= 0.90
        assert order >= 0.98
