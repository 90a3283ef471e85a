"""The rules of the result hold for every council, every roll and every way to vote."""

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from council.decisions.models import Ballot
from council.decisions.results import Votes, compute, in_words
from council.people.models import Share

COUNTS = st.integers(0, 60)


@st.composite
def ballots(draw: st.DrawFn) -> tuple[Ballot, Votes]:
    """A ballot with its rules, and what was cast in it: never more than were entitled, never more entitled than seats."""
    votes = Votes(
        draw(COUNTS), draw(COUNTS), draw(COUNTS), chair=draw(st.sampled_from(["", "for", "against", "abstain"]))
    )
    entitled = votes.cast + draw(COUNTS)
    seats = max(entitled + draw(COUNTS), 1)
    base = draw(st.sampled_from(Ballot.Base.values))
    return Ballot(
        question="?",
        secret=draw(st.booleans()),
        seats=seats,
        entitled=seats if base == "returned" else entitled,
        quorum=draw(st.sampled_from(Share.values)),
        majority=draw(st.sampled_from(Share.values)),
        base=base,
        computation={"chair_breaks_ties": draw(st.booleans()), "quorum_required": draw(st.booleans())},
    ), votes


@given(ballots())
def test_every_vote_is_accounted_for(drawn: tuple[Ballot, Votes]):
    ballot, votes = drawn
    result = compute(ballot, votes)
    assert result["for"] + result["against"] + result["abstain"] + result["not_cast"] == ballot.entitled


@given(ballots())
def test_nothing_is_adopted_that_nobody_voted_for(drawn: tuple[Ballot, Votes]):
    ballot, votes = drawn
    if not votes.in_favour:
        assert not compute(ballot, votes)["adopted"]


@given(ballots())
def test_what_is_adopted_has_its_majority_or_the_chairs_voice(drawn: tuple[Ballot, Votes]):
    ballot, votes = drawn
    result = compute(ballot, votes)
    if result["adopted"]:
        assert votes.in_favour >= result["majority"]["needed"] or result["casting_vote"] == "for"
        assert result["quorum"]["met"] or not result["quorum"]["required"]


@given(ballots())
def test_the_chair_decides_only_equal_votes_of_a_named_ballot_in_a_meeting(drawn: tuple[Ballot, Votes]):
    ballot, votes = drawn
    if compute(ballot, votes)["casting_vote"]:
        assert votes.in_favour == votes.against
        assert not ballot.secret
        assert ballot.base != "returned"
        assert ballot.computation["chair_breaks_ties"]


@given(ballots())
def test_one_more_vote_in_favour_never_turns_yes_into_no(drawn: tuple[Ballot, Votes]):
    ballot, votes = drawn
    before = compute(ballot, votes)
    if votes.abstentions and not before["casting_vote"]:
        more = Votes(votes.in_favour + 1, votes.against, votes.abstentions - 1, chair=votes.chair)
        assert compute(ballot, more)["adopted"] >= before["adopted"] or ballot.base == "cast"


@given(ballots())
def test_a_written_ballot_needs_two_majorities(drawn: tuple[Ballot, Votes]):
    ballot, votes = drawn
    ballot.base, ballot.quorum, ballot.majority = "returned", "majority", "majority"
    adopted = compute(ballot, votes)["adopted"]
    assert adopted == (2 * votes.cast > ballot.seats and 2 * votes.in_favour > votes.cast)


@given(ballots())
def test_the_result_can_always_be_said(drawn: tuple[Ballot, Votes]):
    ballot, votes = drawn
    with translation.override("en"):
        said = in_words(compute(ballot, votes))
    assert 4 <= len(said) <= 5
    assert all(sentence.endswith(".") and "%" not in sentence for sentence in said)


def test_before_there_is_a_result_nothing_is_said():
    assert in_words({"quorum_required": True}) == []
