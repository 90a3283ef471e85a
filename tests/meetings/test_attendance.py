"""Who is there: checked in, at the door, noted by the secretary; and whether that is enough."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.journal.models import Entry
from council.meetings import actions, closing, door
from council.meetings.models import Alternate, Attendance, Meeting, Recusal
from council.meetings.quorum import Quorum, quorum
from council.people import actions as people
from council.people.models import Council, User
from tests.cast import KIND, Cast, account, organisation
from tests.opinions.test_at_once import at_once, failures

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """One in session, in the room and online."""
    return cast.running(mode="hybrid", online_url="https://meet.council.example/1")


def alternate_for(cast: Cast, meeting: Meeting, member: User) -> User:
    """Someone named to come in place of a member."""
    person = account(f"alternate-{member.name}", "대리인")
    invitation = cast.invitation(meeting, member)
    Alternate.objects.create(
        council=cast.council, invitation=invitation, user=person, title="차장", mandate="전부", named_by=member
    )
    return person


def recuse(cast: Cast, meeting: Meeting, member: User, state: str = "granted") -> None:
    """A member keeps out of the meeting's first item."""
    Recusal.objects.create(
        council=cast.council,
        item=meeting.items.earliest("position"),
        invitation=cast.invitation(meeting, member),
        membership=cast.membership(member),
        kind="abstention",
        ground="agent",
        reason="이해관계",
        state=state,
        raised_by=member,
    )


# --- checking in and out


def test_who_comes_checks_in_once_in_the_room_or_by_video(cast: Cast, meeting: Meeting):
    attendance = actions.check_in(meeting, by=cast.supplier)
    assert (attendance.name, attendance.organisation_name, attendance.mode) == ("공급 대표", "누리솔루션", "in_person")
    assert (attendance.present, attendance.how) == (True, "self")
    actions.check_in(meeting, by=cast.supplier)
    assert Entry.objects.filter(verb="attendance.checked_in").count() == 1
    assert actions.check_in(meeting, mode="online", by=cast.supplier).pk == attendance.pk
    assert Attendance.objects.get().mode == "online"


def test_nobody_checks_in_who_has_no_place_there(cast: Cast, meeting: Meeting):
    for outsider in (cast.stranger, cast.operator):
        with pytest.raises(PermissionDenied):
            actions.check_in(meeting, by=outsider)
    people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.secretary)
    with pytest.raises(PermissionDenied):
        actions.check_in(meeting, by=cast.supplier)


@pytest.mark.parametrize(("mode", "held"), [("online", "in_person"), ("in_person", "online"), ("by_phone", "hybrid")])
def test_one_takes_part_as_the_meeting_is_held(cast: Cast, mode: str, held: str):
    meeting = cast.running(mode=held, online_url="https://meet.council.example/1")
    with pytest.raises(ValidationError) as refusal:
        actions.check_in(meeting, mode=mode, by=cast.supplier)
    assert list(refusal.value.message_dict) == ["mode"]


def test_check_in_is_open_from_two_hours_before_until_the_end(cast: Cast):
    meeting = cast.meeting()
    early, late = meeting.starts_at - 2 * HOUR, clock.end_of_day(clock.seoul_date(meeting.ends_at))
    for moment in (early - HOUR / 60, late + HOUR):
        with clock.at(moment), pytest.raises(Refused):
            actions.check_in(meeting, by=cast.supplier)
    with clock.at(early):
        assert actions.check_in(meeting, by=cast.supplier).present
        actions.open_meeting(meeting, by=cast.secretary)
    with clock.at(meeting.ends_at):
        actions.close(meeting, by=cast.secretary)
        with pytest.raises(Refused):
            actions.check_in(meeting, by=cast.tp)


def test_nobody_attends_a_written_review_or_a_meeting_called_off(cast: Cast):
    written, off = cast.meeting(kind="written", place=""), cast.meeting()
    actions.cancel(off, reason="일정 변경", by=cast.secretary)
    for meeting in (written, off):
        with clock.at(meeting.starts_at), pytest.raises(Refused):
            actions.check_in(meeting, by=cast.supplier)


def test_who_leaves_and_comes_back_has_been_there_since_the_first_time(cast: Cast, meeting: Meeting):
    attendance = cast.present(meeting)
    gone = actions.check_out(attendance, by=cast.supplier)
    assert (gone.present, gone.left_at is not None) == (False, True)
    actions.check_out(attendance, by=cast.supplier)
    assert Entry.objects.filter(verb="attendance.checked_out").count() == 1
    back = cast.present(meeting)
    assert (back.present, back.left_at, back.arrived_at) == (True, None, attendance.arrived_at)


def test_nobody_sends_another_member_home(cast: Cast, meeting: Meeting):
    attendance = cast.present(meeting)
    with pytest.raises(PermissionDenied):
        actions.check_out(attendance, by=cast.adopter)
    assert not actions.check_out(attendance, by=cast.secretary).present


def test_who_leaves_gives_up_the_floor(cast: Cast, meeting: Meeting):
    speaking = actions.give_floor(cast.request_to_speak(meeting), by=cast.chair)
    actions.check_out(Attendance.objects.get(), by=cast.supplier)
    speaking.refresh_from_db()
    assert speaking.state == "done"
    waiting = cast.request_to_speak(meeting)
    actions.note_attendance(cast.invitation(meeting, cast.supplier), present=False, by=cast.secretary)
    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"


# --- alternates


def test_an_alternate_sits_for_the_seat_and_the_member_who_comes_after_all_takes_over(cast: Cast, meeting: Meeting):
    person = alternate_for(cast, meeting, cast.supplier)
    attendance = actions.check_in(meeting, by=person)
    assert (attendance.name, attendance.title, attendance.organisation_name) == ("대리인", "차장", "누리솔루션")
    assert actions.check_in(meeting, by=cast.supplier).pk == attendance.pk
    attendance.refresh_from_db()
    assert (attendance.name, attendance.alternate) == ("공급 대표", None)
    with pytest.raises(Refused, match="공급 대표"):
        actions.check_in(meeting, by=person)
    actions.check_out(attendance, by=cast.supplier)
    assert actions.check_in(meeting, by=person).name == "대리인"


def test_the_secretary_notes_whoever_is_named_for_the_seat_or_the_member(cast: Cast, meeting: Meeting):
    alternate_for(cast, meeting, cast.supplier)
    invitation = cast.invitation(meeting, cast.supplier)
    assert actions.note_attendance(invitation, by=cast.secretary).name == "대리인"
    assert actions.note_attendance(invitation, alternate=False, by=cast.secretary).name == "공급 대표"
    assert actions.note_attendance(invitation, mode="online", by=cast.secretary).name == "공급 대표"
    with pytest.raises(ValidationError):
        actions.note_attendance(cast.invitation(meeting, cast.tp), alternate=True, by=cast.secretary)


# --- noted by the secretary


def test_the_secretary_notes_who_is_there_and_takes_a_mistake_back(cast: Cast, meeting: Meeting):
    invitation = cast.invitation(meeting, cast.supplier)
    with pytest.raises(PermissionDenied):
        actions.note_attendance(invitation, by=cast.supplier)
    assert actions.note_attendance(invitation, by=cast.secretary).how == "secretary"
    actions.note_attendance(invitation, by=cast.secretary)
    assert actions.note_attendance(invitation, present=False, by=cast.secretary) is None
    assert not Attendance.objects.exists()
    assert Entry.objects.filter(verb="attendance.noted").count() == 2


def test_many_are_noted_at_once_each_as_the_invitation_was_answered(cast: Cast):
    with clock.at(clock.now() - dt.timedelta(days=10)):
        meeting = cast.meeting(mode="hybrid", online_url="https://meet.council.example/1")
        actions.answer_invitation(cast.invitation(meeting, cast.tp), answer="online", by=cast.tp)
    actions.open_meeting(meeting, by=cast.secretary)
    invitations = [cast.invitation(meeting, user) for user in (cast.supplier, cast.tp, cast.chair)]
    noted = actions.note_all(meeting, invitations=invitations, by=cast.secretary)
    assert {each.name: each.mode for each in noted} == {
        "공급 대표": "in_person",
        "센터장": "online",
        "의장": "in_person",
    }
    assert actions.note_all(meeting, invitations=invitations, present=False, by=cast.secretary) == []
    assert not Attendance.objects.exists()
    with pytest.raises(ValidationError):
        actions.note_all(cast.running(), invitations=invitations, by=cast.secretary)


def test_after_the_meeting_the_secretary_corrects_until_the_minutes_are_beyond_it(
    cast: Cast, meeting: Meeting, monkeypatch
):
    actions.close(meeting, by=cast.secretary)
    invitation = cast.invitation(meeting, cast.supplier)
    assert actions.note_attendance(invitation, by=cast.secretary).arrived_at == meeting.starts_at
    assert Entry.objects.get(verb="attendance.noted").data["after_the_meeting"] is True
    monkeypatch.setattr(closing, "_before_correcting", [lambda meeting: ["회의록이 확정되었습니다."]])
    with pytest.raises(Refused) as refusal:
        actions.note_attendance(invitation, present=False, by=cast.secretary)
    assert refusal.value.problems == ["회의록이 확정되었습니다."]


def test_guests_are_noted_by_name_and_count_for_nothing(cast: Cast, meeting: Meeting):
    guest = actions.add_guest(meeting, name="자문위원", organisation_name="한국생산기술연구원", by=cast.secretary)
    assert quorum(meeting).present == 0
    with pytest.raises(ValidationError):
        actions.add_guest(meeting, name=" ", by=cast.secretary)
    with pytest.raises(PermissionDenied):
        actions.add_guest(meeting, name="친구", by=cast.supplier)
    with pytest.raises(Refused):
        actions.remove_guest(cast.present(meeting), by=cast.secretary)
    actions.remove_guest(guest, by=cast.secretary)
    assert [each.name for each in Attendance.objects.all()] == ["공급 대표"]


# --- at the door


def test_the_code_at_the_door_is_taken_for_two_minutes_more_and_not_longer(cast: Cast, meeting: Meeting):
    shown_at = clock.now().replace(second=0, microsecond=0)
    with clock.at(shown_at):
        code = door.code(meeting)
    for seconds, taken in ((0, True), (59, True), (170, True), (180, False), (3600, False), (-1, False)):
        with clock.at(shown_at + dt.timedelta(seconds=seconds)):
            assert door.is_valid(meeting, code) is taken, seconds


def test_the_code_changes_every_minute_and_is_of_one_meeting(cast: Cast, meeting: Meeting):
    start = clock.now().replace(second=0, microsecond=0)
    codes = set()
    for second in (0, 30, 60, 119, 120):
        with clock.at(start + dt.timedelta(seconds=second)):
            codes.add(door.code(meeting))
    assert len(codes) == 3
    assert not door.is_valid(cast.running(), door.code(meeting))


@pytest.mark.parametrize("code", ["", "m1", "mzz.abc", "d20230905", "m1.", "🤖", "a.b.c" * 50])
def test_a_code_made_up_is_none(cast: Cast, meeting: Meeting, code: str):
    assert not door.is_valid(meeting, code)
    with pytest.raises(Refused):
        actions.check_in_at_door(meeting, code, by=cast.supplier)


def test_a_printed_code_is_taken_on_the_day_of_the_meeting(cast: Cast, meeting: Meeting):
    code = door.code_of_the_day(meeting)
    assert actions.check_in_at_door(meeting, code, by=cast.supplier).how == "code"
    with clock.at(clock.now() + dt.timedelta(days=1)):
        assert not door.is_valid(meeting, code)


def test_the_code_opens_the_door_for_the_invited_alone(cast: Cast, meeting: Meeting):
    with pytest.raises(PermissionDenied):
        actions.check_in_at_door(meeting, door.code(meeting), by=cast.stranger)


# --- quorum


def test_seats_count_by_member_alternate_and_video_and_nothing_else_does(cast: Cast, meeting: Meeting):
    assert quorum(meeting) == Quorum(seats=5, needed=3, present=0)
    cast.present(meeting, cast.secretary, cast.observer)
    actions.add_guest(meeting, name="자문위원", by=cast.secretary)
    assert quorum(meeting).present == 0
    cast.present(meeting, cast.chair, alternate_for(cast, meeting, cast.supplier))
    assert not quorum(meeting).met
    cast.present(meeting, cast.tp, mode="online")
    assert quorum(meeting) == Quorum(seats=5, needed=3, present=3)
    assert quorum(meeting).met


def test_who_leaves_is_missed(cast: Cast, meeting: Meeting):
    last = cast.present(meeting, cast.chair, cast.tp, cast.supplier)
    actions.check_out(last, by=cast.supplier)
    assert not quorum(meeting).met


def test_where_alternates_do_not_vote_they_take_no_seat(cast: Cast, meeting: Meeting):
    cast.present(meeting, alternate_for(cast, meeting, cast.supplier))
    Council.objects.update(alternates_vote=False)
    meeting = Meeting.objects.get(pk=meeting.pk)
    assert quorum(meeting).present == 0
    cast.present(meeting, cast.supplier)
    assert quorum(meeting).present == 1


def test_a_recused_seat_counts_for_every_item_but_its_own(cast: Cast, meeting: Meeting):
    other = cast.council.meetings.get(pk=meeting.pk).items.create(
        council=cast.council, position=1, number="2", title="기타"
    )
    recuse(cast, meeting, cast.supplier)
    recuse(cast, meeting, cast.tp, state="raised")
    cast.present(meeting, cast.chair, cast.tp, cast.supplier)
    item = meeting.items.earliest("position")
    assert quorum(meeting, item) == Quorum(seats=4, needed=3, present=2)
    assert quorum(meeting, other) == quorum(meeting) == Quorum(seats=5, needed=3, present=3)


def test_an_empty_table_is_never_enough(cast: Cast):
    meeting = cast.running()
    meeting.invitations.all().delete()
    assert not quorum(meeting).met


# --- at once


@pytest.mark.django_db(transaction=True)
def test_many_arrive_at_the_same_moment_each_once(cast: Cast):
    company = organisation("공동 기업", KIND.SUPPLIER)
    crowd = [cast.member(f"crowd{number}", f"위원 {number}", company) for number in range(12)]
    meeting = cast.running(mode="hybrid", online_url="https://meet.council.example/1")
    code = door.code(meeting)
    verbs = [lambda user=user: actions.check_in_at_door(meeting, code, by=user) for user in crowd]
    verbs += [lambda user=user: actions.check_in(meeting, mode="online", by=user) for user in crowd]
    assert failures(at_once(*verbs)) == []
    assert Attendance.objects.filter(present=True).count() == len(crowd)
    assert quorum(meeting).present == len(crowd)


@pytest.mark.django_db(transaction=True)
def test_member_and_alternate_at_the_same_moment_take_one_seat(cast: Cast):
    meeting = cast.running()
    person = alternate_for(cast, meeting, cast.supplier)
    outcomes = at_once(
        lambda: actions.check_in(meeting, by=cast.supplier),
        lambda: actions.check_in(meeting, by=person),
        lambda: actions.note_attendance(cast.invitation(meeting, cast.supplier), by=cast.secretary),
    )
    assert failures(outcomes) == []
    assert Attendance.objects.count() == 1
