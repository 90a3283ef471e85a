"""Several people at the same moment want the last place, or the same seat represented."""

import pytest

from council.meetings import actions
from council.meetings.models import Recusal
from tests.opinions.test_at_once import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)


def coming(cast, meeting, who, answer: str = "attending"):
    invitation = cast.invitation(meeting, who)
    return lambda: actions.answer_invitation(invitation, answer=answer, by=who)


def test_of_several_who_take_the_last_place_one_has_it_and_the_others_wait(cast):
    meeting = cast.meeting(capacity=1)
    people = [cast.supplier, cast.adopter, cast.tp, cast.officer, cast.chair]
    assert failures(at_once(*(coming(cast, meeting, who) for who in people))) == []
    answers = sorted(meeting.invitations.exclude(answer="none").values_list("answer", flat=True))
    assert answers == ["attending", "waiting", "waiting", "waiting", "waiting"]


def test_while_places_are_freed_and_taken_at_once_none_is_given_twice_or_left_empty(cast):
    meeting = cast.meeting(capacity=2)
    people = [cast.supplier, cast.adopter, cast.tp, cast.officer, cast.chair]
    for who in people[:4]:
        coming(cast, meeting, who)()
    outcomes = at_once(
        coming(cast, meeting, people[0], "declined"),
        coming(cast, meeting, people[1], "declined"),
        coming(cast, meeting, people[4]),
        lambda: actions.revise_meeting(meeting, capacity=2, by=cast.secretary),
        actions.fill_places,
    )
    assert failures(outcomes) == []
    answers = sorted(meeting.invitations.exclude(answer="none").values_list("answer", flat=True))
    assert answers == ["attending", "attending", "declined", "declined", "waiting"]
    assert cast.invitation(meeting, people[4]).answer == "waiting"


def test_of_two_alternates_for_one_seat_one_comes(cast):
    meeting = cast.meeting()
    invitation = cast.invitation(meeting, cast.supplier)

    def naming(email: str, by):
        return lambda: actions.name_alternate(invitation, email=email, name="대리인", mandate="전부", by=by)

    outcomes = at_once(naming("a@council.example", cast.supplier), naming("b@council.example", cast.secretary))
    assert sorted(type(each).__name__ for each in outcomes) == ["Alternate", "Refused"]


def test_a_member_is_recused_once_however_many_ask(cast):
    meeting = cast.meeting()
    outcomes = at_once(*(lambda by=by: cast.recusal(meeting, "challenge", by) for by in (cast.adopter, cast.tp)))
    assert sorted(type(each).__name__ for each in outcomes) == ["Recusal", "Refused"]
    assert Recusal.objects.count() == 1
