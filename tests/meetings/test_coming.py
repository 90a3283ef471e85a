"""Answers, the waiting list, those appointed late, and the link in the mail."""

import datetime as dt

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.journal.models import Entry
from council.meetings import actions
from council.meetings.models import Invitation, Meeting
from council.meetings.rsvp import invitation_of, token_for
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.people import actions as people
from tests.cast import Cast


def answer(cast: Cast, meeting: Meeting, who, answer: str = "attending") -> str:
    """What someone's answer came to."""
    return actions.answer_invitation(cast.invitation(meeting, who), answer=answer, by=who).answer


def answers(meeting: Meeting) -> dict[str, str]:
    return {each.membership.user.name: each.answer for each in meeting.invitations.all() if each.answer != "none"}


# --- Places in the room


def test_who_comes_when_all_places_are_taken_waits_in_line(cast):
    meeting = cast.meeting(capacity=1)
    assert answer(cast, meeting, cast.supplier) == "attending"
    assert answer(cast, meeting, cast.adopter) == "waiting"
    assert answer(cast, meeting, cast.tp) == "waiting"


def test_a_freed_place_goes_to_who_waited_longest_and_they_hear_of_it(cast):
    meeting = cast.meeting(capacity=1)
    for who in (cast.supplier, cast.adopter, cast.tp):
        answer(cast, meeting, who)
    answer(cast, meeting, cast.supplier, "declined")
    assert answers(meeting) == {"공급 대표": "declined", "도입 대표": "attending", "센터장": "waiting"}
    while notifications.dispatch():
        pass
    told = Notification.objects.filter(entry__verb="meeting.place_freed")
    assert {each.recipient for each in told} == {cast.adopter}


def test_who_says_so_again_keeps_their_place_in_the_room_and_in_the_line(cast):
    meeting = cast.meeting(capacity=1)
    for who in (cast.supplier, cast.adopter, cast.tp):
        answer(cast, meeting, who)
    assert answer(cast, meeting, cast.supplier) == "attending"
    assert answer(cast, meeting, cast.adopter) == "waiting"
    answer(cast, meeting, cast.supplier, "declined")
    assert cast.invitation(meeting, cast.adopter).answer == "attending"


def test_coming_by_video_frees_the_place_in_the_room(cast):
    meeting = cast.meeting(capacity=1, mode="hybrid", online_url="https://meet.council.example/1")
    answer(cast, meeting, cast.supplier)
    answer(cast, meeting, cast.adopter)
    answer(cast, meeting, cast.supplier, "online")
    assert answers(meeting) == {"공급 대표": "online", "도입 대표": "attending"}


def test_more_places_let_people_move_up_and_without_a_limit_everybody_does(cast):
    meeting = cast.meeting(capacity=1)
    for who in (cast.supplier, cast.adopter, cast.tp, cast.officer):
        answer(cast, meeting, who)
    actions.revise_meeting(meeting, capacity=2, by=cast.secretary)
    assert cast.invitation(meeting, cast.adopter).answer == "attending"
    assert cast.invitation(meeting, cast.tp).answer == "waiting"
    actions.revise_meeting(meeting, capacity=None, by=cast.secretary)
    assert set(answers(meeting).values()) == {"attending"}


def test_fewer_places_send_nobody_away(cast):
    meeting = cast.meeting(capacity=2)
    answer(cast, meeting, cast.supplier)
    answer(cast, meeting, cast.adopter)
    actions.revise_meeting(meeting, capacity=1, by=cast.secretary)
    assert set(answers(meeting).values()) == {"attending"}


def test_the_place_of_someone_whose_membership_has_ended_is_given_on(cast):
    meeting = cast.meeting(capacity=1)
    answer(cast, meeting, cast.supplier)
    answer(cast, meeting, cast.adopter)
    people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.secretary)
    assert actions.fill_places() == 1
    assert cast.invitation(meeting, cast.adopter).answer == "attending"


def test_nobody_puts_themselves_on_the_waiting_list(cast):
    with pytest.raises(ValidationError):
        answer(cast, cast.meeting(capacity=1), cast.supplier, "waiting")


def test_when_it_is_held_otherwise_answers_that_no_longer_fit_are_asked_for_again(cast):
    meeting = cast.meeting(capacity=1, mode="hybrid", online_url="https://meet.council.example/1")
    answer(cast, meeting, cast.supplier)
    answer(cast, meeting, cast.adopter)
    answer(cast, meeting, cast.tp, "declined")
    actions.revise_meeting(meeting, mode="online", by=cast.secretary)
    assert answers(meeting) == {"센터장": "declined"}


# --- The calendar number


def test_a_change_of_what_stands_in_calendars_gets_a_new_number(cast):
    meeting = cast.meeting()
    actions.revise_meeting(meeting, capacity=5, by=cast.secretary)
    assert meeting.sequence == 0
    actions.revise_meeting(meeting, title="제1차 회의", by=cast.secretary)
    actions.revise_meeting(meeting, place="세종", by=cast.secretary)
    assert meeting.sequence == 2
    assert actions.cancel(meeting, reason="일정", by=cast.secretary).sequence == 3


def test_what_was_not_in_calendars_yet_is_not_numbered(cast):
    meeting = cast.planned_meeting()
    actions.revise_meeting(meeting, title="다른 제목", by=cast.secretary)
    assert meeting.sequence == 0
    assert actions.cancel(meeting, reason="일정", by=cast.secretary).sequence == 0


# --- Appointed late


def test_who_is_appointed_after_the_invitation_is_invited_too_and_hears_of_it(cast):
    meeting = cast.meeting()
    late = cast.member("late", "새 위원", cast.adopting)
    assert [membership.user for membership in meeting.uninvited()] == [late]
    assert actions.invite_latecomers() == 1
    assert actions.invite_latecomers() == 0
    while notifications.dispatch():
        pass
    assert Notification.objects.filter(entry__verb="meeting.member_invited", recipient=late, channel="mail").exists()
    assert answer(cast, meeting, late) == "attending"


def test_the_secretary_invites_a_newcomer_once_and_only_who_is_entitled(cast):
    meeting = cast.meeting()
    late = cast.membership(cast.member("late", "새 위원", cast.adopting))
    with pytest.raises(PermissionDenied):
        actions.invite(meeting, late, by=cast.supplier)
    actions.invite(meeting, late, by=cast.secretary)
    for again in (late, cast.membership(cast.expired)):
        with pytest.raises(Refused):
            actions.invite(meeting, again, by=cast.secretary)
    with pytest.raises(Refused):
        actions.invite(cast.planned_meeting(), late, by=cast.secretary)


# --- From the mail


def test_the_word_in_the_mail_stands_for_one_invitation(cast):
    invitation = cast.invitation(cast.meeting(), cast.supplier)
    word = token_for(invitation)
    assert invitation_of(word) == invitation
    assert word == token_for(invitation)
    for other in (word[:-1] + ("A" if word[-1] != "A" else "B"), "nothing", invitation.pk.hex):
        with pytest.raises(signing.BadSignature):
            invitation_of(other)


def test_the_word_dies_with_the_meeting_and_with_the_membership(cast):
    meeting = cast.meeting()
    mine, yours = (cast.invitation(meeting, who) for who in (cast.supplier, cast.adopter))
    people.dismiss(cast.membership(cast.adopter), reason="사임", by=cast.secretary)
    assert invitation_of(token_for(yours)) is None
    with clock.at(meeting.starts_at):
        assert invitation_of(token_for(mine)) is None
    actions.cancel(meeting, reason="일정", by=cast.secretary)
    assert invitation_of(token_for(mine)) is None


def test_the_journal_says_that_it_was_answered_by_the_link(cast):
    invitation = cast.invitation(cast.meeting(), cast.supplier)
    actions.answer_invitation(invitation, answer="attending", by=cast.supplier, by_link=True)
    assert Entry.objects.get(verb="meeting.invitation_answered").data["by_link"] is True


def test_nobody_answers_once_it_has_begun(cast):
    meeting = cast.meeting(capacity=1)
    with clock.at(meeting.starts_at + dt.timedelta(minutes=1)):
        with pytest.raises(Refused):
            answer(cast, meeting, cast.supplier)
        assert actions.fill_places() == actions.invite_latecomers() == 0
    assert not Invitation.objects.exclude(answer="none").exists()
