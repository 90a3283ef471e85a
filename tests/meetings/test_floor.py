"""The floor: asking for it, the order, giving it, and how long each sector has spoken."""

import datetime as dt
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.journal.models import Entry
from council.meetings import actions
from council.meetings.models import FloorRequest, Meeting
from council.people.models import User
from tests.cast import Cast
from tests.meetings.test_attendance import alternate_for, recuse
from tests.opinions.test_at_once import at_once, failures

KEY = UUID("018f0000-0000-7000-8000-000000000001")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """One in session that deals with its first item."""
    meeting = cast.running()
    actions.take_up(meeting.items.get(), by=cast.chair)
    return Meeting.objects.get(pk=meeting.pk)


def queue(meeting: Meeting) -> list[User]:
    return [request.user for request in meeting.floor.waiting().select_related("user")]


def test_who_is_there_asks_to_speak_for_their_seat_on_the_item(cast: Cast, meeting: Meeting):
    request = cast.request_to_speak(meeting)
    assert (request.user, request.organisation, request.sector) == (cast.supplier, cast.supplying, "supplier")
    assert (request.item, request.state, request.kind) == (meeting.current_item, "waiting", "a_speech")


def test_who_is_not_there_does_not_speak(cast: Cast, meeting: Meeting):
    with pytest.raises(Refused):
        actions.ask_for_floor(meeting, by=cast.supplier)
    actions.check_out(cast.present(meeting), by=cast.supplier)
    with pytest.raises(Refused):
        actions.ask_for_floor(meeting, by=cast.supplier)
    cast.present(meeting, cast.observer)
    for silent in (cast.observer, cast.stranger, cast.operator):
        with pytest.raises(PermissionDenied):
            actions.ask_for_floor(meeting, by=silent)


def test_an_alternate_speaks_for_the_seat(cast: Cast, meeting: Meeting):
    person = alternate_for(cast, meeting, cast.supplier)
    request = cast.request_to_speak(meeting, person)
    assert (request.user, request.organisation) == (person, cast.supplying)
    with pytest.raises(Refused):
        actions.ask_for_floor(meeting, by=cast.supplier)


def test_who_keeps_out_of_the_item_has_no_floor_for_it_and_for_the_next_again(cast: Cast, meeting: Meeting):
    waiting = cast.request_to_speak(meeting)
    recuse(cast, meeting, cast.supplier)
    with pytest.raises(Refused):
        actions.ask_for_floor(meeting, by=cast.supplier)
    with pytest.raises(Refused):
        actions.give_floor(waiting, by=cast.chair)
    actions.end_item(meeting.current_item, by=cast.chair)
    assert actions.ask_for_floor(meeting, by=cast.supplier).item is None


def test_only_a_meeting_in_session_has_a_floor(cast: Cast, meeting: Meeting):
    request = cast.request_to_speak(meeting)
    actions.close(meeting, by=cast.chair)
    for verb in (
        lambda: actions.ask_for_floor(meeting, by=cast.supplier),
        lambda: actions.give_floor(request, by=cast.chair),
        lambda: actions.order_floor(meeting, requests=[request], by=cast.chair),
    ):
        with pytest.raises(Refused):
            verb()
    assert actions.end_speech(meeting, by=cast.chair) is None


def test_asking_twice_is_asking_once(cast: Cast, meeting: Meeting):
    request = cast.request_to_speak(meeting, key=KEY)
    assert actions.ask_for_floor(meeting, by=cast.supplier, key=KEY) == request
    assert actions.ask_for_floor(meeting, by=cast.supplier) == request
    actions.withdraw_request(request, by=cast.supplier)
    assert actions.ask_for_floor(meeting, by=cast.supplier, key=KEY).state == "withdrawn"
    assert Entry.objects.filter(verb="floor.requested").count() == 1
    assert actions.ask_for_floor(meeting, by=cast.supplier) != request


def test_a_speech_becomes_a_point_of_order(cast: Cast, meeting: Meeting):
    request = cast.request_to_speak(meeting)
    assert actions.ask_for_floor(meeting, by=cast.supplier, kind="point_of_order") == request
    assert FloorRequest.objects.get().kind == "point_of_order"
    with pytest.raises(ValidationError):
        actions.ask_for_floor(meeting, by=cast.supplier, kind="a_song")


def test_points_of_order_come_first_and_the_rest_as_the_chair_has_it(cast: Cast, meeting: Meeting):
    requests = [cast.request_to_speak(meeting, user) for user in (cast.supplier, cast.adopter, cast.tp)]
    cast.request_to_speak(meeting, cast.officer, kind="point_of_order")
    assert queue(meeting) == [cast.officer, cast.supplier, cast.adopter, cast.tp]
    actions.order_floor(meeting, requests=[requests[2], requests[0]], by=cast.chair)
    assert queue(meeting) == [cast.officer, cast.tp, cast.supplier, cast.adopter]
    cast.request_to_speak(meeting, cast.chair)
    assert queue(meeting)[-1] == cast.chair


def test_members_neither_order_nor_give_the_floor(cast: Cast, meeting: Meeting):
    request = cast.request_to_speak(meeting)
    for verb in (
        lambda: actions.order_floor(meeting, requests=[request], by=cast.supplier),
        lambda: actions.give_floor(request, by=cast.supplier),
        lambda: actions.withdraw_request(request, by=cast.adopter),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_the_queue_of_another_meeting_is_left_alone(cast: Cast, meeting: Meeting):
    request = cast.request_to_speak(cast.running())
    with pytest.raises(ValidationError):
        actions.order_floor(meeting, requests=[request], by=cast.chair)


def test_the_floor_passes_from_one_to_the_next(cast: Cast, meeting: Meeting):
    first, second = cast.request_to_speak(meeting), cast.request_to_speak(meeting, cast.adopter)
    assert actions.give_floor(first, by=cast.chair).state == "speaking"
    assert actions.give_floor(first, by=cast.chair).state == "speaking"
    with pytest.raises(Refused):
        actions.ask_for_floor(meeting, by=cast.supplier)
    actions.give_floor(second, by=cast.secretary)
    first.refresh_from_db()
    assert (first.state, first.ended_at is not None) == ("done", True)
    for verb in (actions.give_floor, actions.withdraw_request):
        with pytest.raises(Refused):
            verb(first, by=cast.chair)


def test_a_speaker_ends_their_own_speech_and_no_other(cast: Cast, meeting: Meeting):
    actions.give_floor(cast.request_to_speak(meeting), by=cast.chair)
    with pytest.raises(PermissionDenied):
        actions.end_speech(meeting, by=cast.adopter)
    assert actions.end_speech(meeting, by=cast.supplier).state == "done"
    assert actions.end_speech(meeting, by=cast.supplier) is None


def test_a_request_is_withdrawn_once(cast: Cast, meeting: Meeting):
    request = cast.request_to_speak(meeting)
    for _time in range(2):
        assert actions.withdraw_request(request, by=cast.supplier).state == "withdrawn"
    assert Entry.objects.filter(verb="floor.withdrawn").count() == 1
    assert queue(meeting) == []


def test_each_sector_knows_how_long_it_has_spoken(cast: Cast, meeting: Meeting, django_assert_num_queries):
    start = clock.now()
    for user, begin, minutes in ((cast.supplier, 0, 3), (cast.adopter, 4, 2), (cast.supplier, 10, 4)):
        with clock.at(start + begin * MINUTE):
            actions.give_floor(cast.request_to_speak(meeting, user), by=cast.chair)
        with clock.at(start + (begin + minutes) * MINUTE):
            actions.end_speech(meeting, by=cast.chair)
    cast.request_to_speak(meeting, cast.tp)
    with django_assert_num_queries(1):
        times = meeting.floor.times()
    assert times == [
        {"sector": "supplier", "speeches": 2, "spoken": 7 * MINUTE},
        {"sector": "adopter", "speeches": 1, "spoken": 2 * MINUTE},
    ]


def test_outsiders_hear_of_the_floor_on_an_open_item_and_not_on_a_closed_one(cast: Cast, meeting: Meeting):
    request = cast.request_to_speak(meeting)
    latecomer = cast.member("latecomer", "새 위원", cast.supplying)
    assert FloorRequest.objects.visible_to(latecomer).get() == request
    meeting.items.update(closed=True)
    assert not FloorRequest.objects.visible_to(latecomer).exists()
    assert FloorRequest.objects.visible_to(cast.adopter).exists()


# --- at once


@pytest.mark.django_db(transaction=True)
def test_all_ask_at_the_same_moment_and_each_waits_once(cast: Cast):
    meeting = cast.running()
    people = [cast.supplier, cast.adopter, cast.tp, cast.officer, cast.chair]
    cast.present(meeting, *people)
    outcomes = at_once(
        *(lambda user=user: actions.ask_for_floor(meeting, by=user, key=KEY) for user in people for _time in "12")
    )
    assert failures(outcomes) == []
    assert meeting.floor.waiting().count() == len(people)
    assert len(set(meeting.floor.values_list("position", flat=True))) == len(people)


@pytest.mark.django_db(transaction=True)
def test_one_has_the_floor_however_many_are_given_it_at_once(cast: Cast):
    meeting = cast.running()
    requests = [cast.request_to_speak(meeting, user) for user in (cast.supplier, cast.adopter, cast.tp)]
    outcomes = at_once(
        *(lambda request=request: actions.give_floor(request, by=cast.chair) for request in requests),
        lambda: actions.withdraw_request(requests[0], by=cast.supplier),
        lambda: actions.order_floor(meeting, requests=requests[::-1], by=cast.secretary),
        lambda: actions.take_up(meeting.items.get(), by=cast.secretary),
        lambda: actions.end_speech(meeting, by=cast.secretary),
    )
    assert failures(outcomes) == []
    assert meeting.floor.filter(state="speaking").count() <= 1
    assert not meeting.floor.filter(state="done", ended_at=None).exists()
