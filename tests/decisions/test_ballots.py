"""Ballots: who may vote, once, how it is counted, and what a secret one leaves behind: nothing."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.decisions import actions
from council.decisions.models import Ballot
from council.decisions.results import in_words
from council.journal.models import Entry
from council.meetings import actions as meetings
from council.meetings.closing import why_not_close
from council.meetings.models import Alternate, Attendance, Meeting, Recusal
from tests.cast import Cast
from tests.decisions.sessions import ballot_in, in_session, line, rule, take_seats, vote, vote_all, written_review


def challenge(cast: Cast, meeting: Meeting, user) -> Recusal:
    invitation = cast.invitation(meeting, user)
    return Recusal.objects.create(
        council=meeting.council,
        item=meeting.items.first(),
        invitation=invitation,
        membership=invitation.membership,
        kind="challenge",
        ground="other",
        reason="공정한 심의를 기대하기 어렵습니다.",
        raised_by=cast.tp,
    )


def test_the_roll_is_those_who_are_there_when_it_opens(cast: Cast):
    meeting = in_session(cast, cast.chair, cast.officer, cast.tp)
    ballot = ballot_in(cast, meeting)
    take_seats(meeting, cast.supplier)
    assert {voter.user for voter in ballot.roll.all()} == {cast.chair, cast.officer, cast.tp}
    assert (ballot.seats, ballot.entitled) == (5, 3)


def test_without_a_quorum_no_ballot_opens(cast: Cast):
    meeting = in_session(cast, cast.chair, cast.officer)
    with pytest.raises(Refused):
        ballot_in(cast, meeting)


def test_a_council_whose_rules_stop_nothing_votes_without_a_quorum(cast: Cast):
    rule(cast.council, below_quorum="nothing")
    ballot = ballot_in(cast, in_session(cast, cast.chair, cast.officer))
    vote_all(ballot, "++")
    ballot = actions.close_ballot(ballot, by=cast.secretary)
    assert ballot.adopted
    assert ballot.computation["quorum"] == {
        "share": "majority",
        "needed": 3,
        "present": 2,
        "met": False,
        "required": False,
    }


def test_only_who_runs_the_meeting_opens_a_ballot(cast: Cast):
    meeting = in_session(cast)
    with pytest.raises(PermissionDenied):
        actions.open_ballot(meeting, question="?", by=cast.supplier)


def test_a_meeting_that_is_not_in_session_takes_no_votes(cast: Cast):
    with pytest.raises(Refused):
        ballot_in(cast, cast.meeting())


def test_one_question_is_voted_on_at_a_time(cast: Cast):
    meeting = in_session(cast)
    ballot_in(cast, meeting)
    with pytest.raises(Refused):
        ballot_in(cast, meeting)


def test_a_recused_member_is_not_on_the_roll_and_does_not_count(cast: Cast):
    meeting = in_session(cast)
    recusal = challenge(cast, meeting, cast.supplier)
    Recusal.objects.filter(pk=recusal.pk).update(state="granted")
    ballot = ballot_in(cast, meeting)
    assert not ballot.roll.filter(user=cast.supplier).exists()
    assert (ballot.seats, ballot.entitled) == (4, 4)


def test_the_challenged_member_does_not_vote_on_the_challenge(cast: Cast):
    meeting = in_session(cast)
    recusal = challenge(cast, meeting, cast.supplier)
    ballot = ballot_in(cast, meeting, recusal=recusal)
    assert not ballot.roll.filter(user=cast.supplier).exists()
    assert ballot.entitled == 4


def test_the_ballot_decides_the_challenge(cast: Cast):
    meeting = in_session(cast)
    for choices, state in (("+++-", "granted"), ("+---", "denied")):
        Recusal.objects.update(state="withdrawn")
        recusal = challenge(cast, meeting, cast.supplier)
        ballot = ballot_in(cast, meeting, recusal=recusal)
        vote_all(ballot, choices)
        actions.close_ballot(ballot, by=cast.secretary)
        recusal.refresh_from_db()
        assert recusal.state == state
        assert recusal.decision


def test_a_meeting_does_not_close_over_an_open_ballot(cast: Cast):
    meeting = in_session(cast)
    ballot = ballot_in(cast, meeting)
    assert len(why_not_close(meeting)) == 1
    actions.close_ballot(ballot, by=cast.secretary)
    assert why_not_close(meeting) == []


def test_an_alternate_votes_for_the_seat_and_the_member_does_not(cast: Cast):
    meeting = in_session(cast)
    invitation = cast.invitation(meeting, cast.supplier)
    alternate = Alternate.objects.create(
        council=meeting.council,
        invitation=invitation,
        user=cast.stranger,
        mandate="전부",
        named_by=cast.supplier,
    )
    Attendance.objects.filter(invitation=invitation).update(alternate=alternate)
    ballot = ballot_in(cast, meeting)
    voter = line(ballot, cast.stranger)
    assert voter.by_alternate
    assert voter.organisation == cast.supplying
    with pytest.raises(PermissionDenied):
        actions.cast(voter, choice="for", by=cast.supplier)
    assert actions.cast(voter, choice="for", by=cast.stranger).has_voted


def test_where_alternates_do_not_vote_their_seats_are_not_on_the_roll(cast: Cast):
    rule(cast.council, alternates_vote=False)
    meeting = in_session(cast)
    invitation = cast.invitation(meeting, cast.supplier)
    alternate = Alternate.objects.create(
        council=meeting.council, invitation=invitation, user=cast.stranger, mandate="전부", named_by=cast.supplier
    )
    Attendance.objects.filter(invitation=invitation).update(alternate=alternate)
    assert ballot_in(cast, meeting).entitled == 4


def test_nobody_votes_twice_or_for_another(cast: Cast):
    ballot = ballot_in(cast, in_session(cast))
    vote(ballot, cast.tp, "for")
    with pytest.raises(Refused):
        vote(ballot, cast.tp, "against")
    with pytest.raises(PermissionDenied):
        actions.cast(line(ballot, cast.chair), choice="for", by=cast.tp)
    assert line(ballot, cast.tp).choice == "for"


def test_the_same_vote_sent_again_gets_the_same_answer_even_after_closing(cast: Cast):
    ballot, key = ballot_in(cast, in_session(cast)), uuid4()
    first = vote(ballot, cast.tp, "for", key=key)
    assert vote(ballot, cast.tp, "for", key=key) == first
    closed = actions.close_ballot(ballot, by=cast.secretary)
    assert vote(ballot, cast.tp, "for", key=key).has_voted
    assert closed.votes_for == 1


def test_a_word_that_is_no_choice_is_bad_input(cast: Cast):
    with pytest.raises(ValidationError):
        vote(ballot_in(cast, in_session(cast)), cast.tp, "maybe")


def test_after_closing_nobody_votes(cast: Cast):
    ballot = ballot_in(cast, in_session(cast))
    actions.close_ballot(ballot, by=cast.secretary)
    with pytest.raises(Refused):
        vote(ballot, cast.tp)
    with pytest.raises(Refused):
        actions.close_ballot(ballot, by=cast.secretary)


def test_the_result_is_kept_with_how_it_was_computed(cast: Cast):
    ballot = ballot_in(cast, in_session(cast))
    vote_all(ballot, "++-0.")
    ballot = actions.close_ballot(ballot, by=cast.secretary)
    assert (ballot.votes_for, ballot.votes_against, ballot.abstentions) == (2, 1, 1)
    assert not ballot.adopted
    assert ballot.computation["majority"] == {"share": "majority", "needed": 3, "reached": False}
    assert ballot.computation["not_cast"] == 1
    assert len(in_words(ballot.computation)) == 4


def test_a_majority_of_the_votes_cast_leaves_abstentions_out(cast: Cast):
    ballot = ballot_in(cast, in_session(cast), base="cast")
    vote_all(ballot, "++-00")
    assert actions.close_ballot(ballot, by=cast.secretary).adopted


def test_the_chair_breaks_a_tie_where_the_rules_say_so(cast: Cast):
    rule(cast.council, chair_breaks_ties=True)
    ballot = ballot_in(cast, in_session(cast))
    for user, choice in ((cast.chair, "for"), (cast.tp, "for"), (cast.officer, "against"), (cast.supplier, "against")):
        vote(ballot, user, choice)
    ballot = actions.close_ballot(ballot, by=cast.secretary)
    assert ballot.computation["casting_vote"] == "for"
    assert ballot.adopted


def test_elsewhere_a_tie_is_not_adopted(cast: Cast):
    ballot = ballot_in(cast, in_session(cast))
    vote_all(ballot, "++--0")
    ballot = actions.close_ballot(ballot, by=cast.secretary)
    assert ballot.computation["tie"]
    assert not ballot.adopted


def test_a_ballot_is_called_off_with_a_reason(cast: Cast):
    ballot = ballot_in(cast, in_session(cast))
    with pytest.raises(ValidationError):
        actions.cancel_ballot(ballot, reason=" ", by=cast.chair)
    assert actions.cancel_ballot(ballot, reason="질문을 고칩니다.", by=cast.chair).state == "cancelled"
    with pytest.raises(Refused):
        vote(ballot, cast.tp)


# --- written


def test_all_seats_vote_in_writing_and_two_majorities_decide(cast: Cast):
    ballot = ballot_in(cast, written_review(cast))
    assert ballot.base == "returned"
    assert (ballot.seats, ballot.entitled) == (5, 5)
    vote_all(ballot, "++-..")
    ballot = actions.close_ballot(ballot, by=cast.secretary)
    assert ballot.adopted
    assert ballot.computation["quorum"]["present"] == 3
    assert ballot.computation["majority"]["needed"] == 2


def test_too_few_forms_adopt_nothing_however_they_agree(cast: Cast):
    ballot = ballot_in(cast, written_review(cast))
    vote_all(ballot, "++...")
    assert not actions.close_ballot(ballot, by=cast.secretary).adopted


def test_the_secretary_enters_forms_that_came_back_on_paper(cast: Cast):
    ballot = ballot_in(cast, written_review(cast))
    voter = actions.cast_on_paper(line(ballot, cast.tp), choice="against", statement="시기상조", by=cast.secretary)
    assert (voter.choice, voter.on_paper, voter.statement) == ("against", True, "시기상조")
    with pytest.raises(PermissionDenied):
        actions.cast_on_paper(line(ballot, cast.chair), choice="for", by=cast.tp)


def test_a_written_ballot_closes_by_itself_when_its_time_is_over(cast: Cast):
    meeting = written_review(cast)
    ballot = ballot_in(cast, meeting)
    vote_all(ballot, "+++..")
    assert actions.close_due_ballots() == 0
    with clock.at(meeting.ends_at + dt.timedelta(minutes=1)):
        with pytest.raises(Refused):
            vote(ballot, ballot.roll.filter(has_voted=False).first().user)
        assert actions.close_due_ballots() == 1
        assert actions.close_due_ballots() == 0
    ballot.refresh_from_db()
    assert ballot.adopted
    assert Entry.objects.get(verb="ballot.closed").actor is None


def test_a_written_review_has_no_secret_ballot(cast: Cast):
    with pytest.raises(Refused):
        ballot_in(cast, written_review(cast), secret=True)


# --- secret


def test_a_secret_ballot_counts_what_was_cast(cast: Cast):
    ballot = ballot_in(cast, in_session(cast), secret=True)
    vote_all(ballot, "+++-0")
    ballot = actions.close_ballot(ballot, by=cast.secretary)
    assert (ballot.votes_for, ballot.votes_against, ballot.abstentions, ballot.adopted) == (3, 1, 1, True)
    assert bytes(ballot.urn) == b""
    assert set(ballot.roll.values_list("choice", "statement")) == {("", "")}


def test_two_voters_keep_no_secret(cast: Cast):
    rule(cast.council, below_quorum="nothing")
    with pytest.raises(Refused):
        ballot_in(cast, in_session(cast, cast.chair, cast.tp), secret=True)
    Meeting.objects.update(state="closed")


def test_a_secret_ballot_in_which_only_two_voted_is_not_counted(cast: Cast):
    ballot = ballot_in(cast, in_session(cast), secret=True)
    vote_all(ballot, "+-...")
    with pytest.raises(Refused):
        actions.close_ballot(ballot, by=cast.secretary)


def test_a_secret_vote_has_no_statement_and_no_paper(cast: Cast):
    ballot = ballot_in(cast, in_session(cast), secret=True)
    with pytest.raises(ValidationError):
        vote(ballot, cast.tp, statement="찬성하는 까닭")
    with pytest.raises(Refused):
        actions.cast_on_paper(line(ballot, cast.tp), choice="for", by=cast.secretary)


def test_an_urn_that_cannot_be_opened_takes_no_vote(cast: Cast, settings):
    ballot = ballot_in(cast, in_session(cast), secret=True)
    settings.SECRET_KEY = "another secret of the site that is long enough to start with"
    with pytest.raises(Refused):
        vote(ballot, cast.tp)
    assert not line(ballot, cast.tp).has_voted


def test_a_secret_vote_writes_nothing_in_the_journal(cast: Cast):
    ballot = ballot_in(cast, in_session(cast), secret=True)
    before = Entry.objects.count()
    vote_all(ballot, "+-0+.")
    assert Entry.objects.count() == before


def test_the_ballot_of_another_meetings_item_is_refused(cast: Cast):
    with pytest.raises(ValidationError):
        ballot_in(cast, in_session(cast), item=cast.planned_meeting().items.first())
    assert not Ballot.objects.exists()


# --- two meetings at once


def test_a_vote_binds_the_steps_of_its_own_meeting_and_no_other(cast: Cast):
    one, other = in_session(cast, title="첫째 회의"), in_session(cast, title="둘째 회의")
    for meeting in (one, other):
        meetings.take_up(meeting.items.first(), by=cast.chair)
    ballot = ballot_in(cast, one)
    assert meetings.last_step(one) is None
    actions.cancel_ballot(ballot, reason="문안을 고칩니다.", by=cast.secretary)
    again = ballot_in(cast, one)
    vote_all(again, "+++++")
    closed = actions.close_ballot(again, by=cast.secretary)
    actions.record_decision(one, title="원안 의결", text="원안대로 의결한다.", ballot=closed, by=cast.secretary)
    with pytest.raises(Refused):
        meetings.undo_step(one, by=cast.chair)
    assert meetings.undo_step(other, by=cast.chair) == other.items.first()
