"""Decisions: numbered, resting on what was said, revised until the minutes are approved, repealed."""

import datetime as dt
import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.decisions import actions
from council.decisions.models import Ballot, Decision, Minutes
from council.documents.models import Passage
from council.meetings.models import Meeting
from tests.cast import Cast
from tests.decisions.sessions import ballot_in, in_session, vote_all

TEXT = "자부담 비율을 30%로 한다."


def decided(cast: Cast, meeting: Meeting | None = None, **fields) -> Decision:
    return actions.record_decision(
        meeting or in_session(cast), by=cast.secretary, **{"title": "자부담 완화", "text": TEXT, **fields}
    )


def adopted(cast: Cast, meeting: Meeting) -> Ballot:
    ballot = ballot_in(cast, meeting)
    vote_all(ballot, "+++++")
    return actions.close_ballot(ballot, by=cast.secretary)


def approve_minutes(cast: Cast, meeting: Meeting) -> None:
    now = clock.now()
    Minutes.objects.create(
        council=meeting.council,
        meeting=meeting,
        state="approved",
        circulated_at=now,
        approved_at=now,
        approved_by=cast.chair,
        digest=hashlib.sha256(b"").hexdigest(),
    )


def test_decisions_are_numbered_by_council_and_year(cast: Cast):
    meeting, year = in_session(cast), cast.today.year
    assert [decided(cast, meeting).number for _each in "123"] == [f"{year}-1", f"{year}-2", f"{year}-3"]


def test_a_decision_comes_from_the_ballot_that_adopted_it(cast: Cast):
    meeting = in_session(cast)
    ballot = adopted(cast, meeting)
    decision = decided(cast, meeting, ballot=ballot)
    assert (decision.item, decision.ballot, ballot.decision) == (ballot.item, ballot, decision)
    with pytest.raises(ValidationError):
        decided(cast, meeting, ballot=ballot)


def test_a_ballot_that_adopted_nothing_is_no_basis(cast: Cast):
    meeting = in_session(cast)
    ballot = ballot_in(cast, meeting)
    vote_all(ballot, "-----")
    with pytest.raises(Refused):
        decided(cast, meeting, ballot=actions.close_ballot(ballot, by=cast.secretary))


def test_it_rests_on_passages_and_opinions(cast: Cast):
    consultation = cast.consultation()
    opinion = cast.submitted(consultation)
    passages = Passage.objects.filter(pk=opinion.passage_id)
    decision = decided(cast, passages=passages, opinions=[opinion])
    assert list(decision.passages.all()) == list(passages)
    assert list(opinion.decisions.all()) == [decision]


def test_before_the_meeting_nothing_is_decided(cast: Cast):
    with pytest.raises(Refused):
        decided(cast, cast.meeting())


def test_members_do_not_record_decisions(cast: Cast):
    with pytest.raises(PermissionDenied):
        actions.record_decision(in_session(cast), title="x", text="y", by=cast.supplier)


def test_of_two_who_revise_it_the_second_is_told(cast: Cast):
    decision = decided(cast)
    revised = actions.revise_decision(decision, text="자부담 비율을 20%로 한다.", revision=1, by=cast.secretary)
    assert revised.revision == 2
    with pytest.raises(Refused):
        actions.revise_decision(decision, text="40%", revision=1, by=cast.chair)


def test_once_the_minutes_are_approved_it_no_longer_changes(cast: Cast):
    meeting = in_session(cast)
    decision = decided(cast, meeting)
    approve_minutes(cast, meeting)
    with pytest.raises(Refused):
        actions.revise_decision(decision, text="x", by=cast.secretary)
    with pytest.raises(Refused):
        decided(cast, meeting)


def test_it_is_repealed_with_a_reason_and_stays(cast: Cast):
    decision = decided(cast, effective_on=cast.today + dt.timedelta(days=30))
    with pytest.raises(ValidationError):
        actions.repeal_decision(decision, reason=" ", by=cast.secretary)
    assert actions.repeal_decision(decision, reason="새 의결로 대체", by=cast.secretary).state == "repealed"
    with pytest.raises(Refused):
        actions.repeal_decision(decision, reason="다시", by=cast.secretary)
