"""Holding a meeting: the agenda step by step, who is there, who speaks, what is said."""

from typing import Any

from council.api.filters import AttendanceFilters, FloorRequestFilters, StatementFilters
from council.api.serializers import meetings as planned
from council.api.serializers import running as shapes
from council.api.serializers.base import Reason
from council.api.views.base import Noun, Readable, question, verb
from council.api.views.bulk import bulk
from council.core.permissions import require
from council.meetings import actions, door
from council.meetings.models import AgendaItem, Attendance, FloorRequest, Invitation, Meeting, Statement
from council.meetings.quorum import quorum
from council.people.scopes import Area


class RunningMeetings(Noun):
    """What can happen to a meeting while it is held."""

    @verb()
    def open(self, meeting: Meeting) -> Meeting:
        """Begin a convened meeting (개의), at the earliest two hours before its time."""
        return actions.open_meeting(meeting, by=self.user)

    @question(shapes.StepSerializer)
    def last_step(self, meeting: Meeting) -> dict[str, Any]:
        """Say which step through the agenda can still be taken back; for those who run the council."""
        require(self.user, "meetings.run_meeting", meeting)
        step = actions.last_step(meeting)
        if step is None:
            return {"step": None, "verb": "", "item": ""}
        return {"step": step.pk, "verb": step.verb, "item": f"{step.data['number']}. {step.data['title']}"}

    @verb(shapes.Undoing, gives=planned.AgendaItemSerializer)
    def undo_step(self, meeting: Meeting, **sent: Any) -> AgendaItem:
        """Take back the last step through the agenda, if nothing has been built on it."""
        return actions.undo_step(meeting, by=self.user, **sent)

    @question(shapes.QuorumSerializer, asks=shapes.Item)
    def quorum(self, meeting: Meeting, *, item: AgendaItem | None = None) -> Any:
        """Say whether enough are there, in general or for an item of the meeting."""
        return quorum(meeting, item if item and item.meeting_id == meeting.pk else None)

    @verb(shapes.Arrival, gives=shapes.AttendanceSerializer)
    def check_in(self, meeting: Meeting, **sent: Any) -> Attendance:
        """Say that you are there, in the room or by video, for your seat or as its alternate."""
        return actions.check_in(meeting, by=self.user, **sent)

    @verb(shapes.DoorCode, gives=shapes.AttendanceSerializer)
    def check_in_at_door(self, meeting: Meeting, *, code: str) -> Attendance:
        """Check in with the code shown in the room."""
        return actions.check_in_at_door(meeting, code, by=self.user)

    @question(shapes.DoorCodeSerializer)
    def door_code(self, meeting: Meeting) -> dict[str, str]:
        """Give the code to show at the door; a new one every minute, for those who run the council."""
        require(self.user, "meetings.note_attendance", meeting)
        return {"code": door.code(meeting), "code_of_the_day": door.code_of_the_day(meeting)}

    @verb(shapes.NotingAll)
    def note_all(self, meeting: Meeting, **sent: Any) -> Meeting:
        """Note several seats at once as taken, or as empty."""
        actions.note_all(meeting, by=self.user, **sent)
        return meeting

    @verb(shapes.Guest, gives=shapes.AttendanceSerializer, status=201)
    def add_guest(self, meeting: Meeting, **sent: Any) -> Attendance:
        """Note someone who is there without an invitation (배석)."""
        return actions.add_guest(meeting, by=self.user, **sent)

    bulk_add_guest = bulk(add_guest, of_one=True)

    @verb(shapes.Asking, gives=shapes.FloorRequestSerializer)
    def ask_for_floor(self, meeting: Meeting, **sent: Any) -> FloorRequest:
        """Ask to speak, or raise a point of order; who has checked in can."""
        return actions.ask_for_floor(meeting, by=self.user, **sent)

    @verb(gives=shapes.FloorRequestSerializer, may_leave_nothing=True)
    def end_speech(self, meeting: Meeting) -> FloorRequest | None:
        """End the speech of whoever has the floor."""
        return actions.end_speech(meeting, by=self.user)

    @verb(shapes.FloorOrder)
    def order_floor(self, meeting: Meeting, **sent: Any) -> Meeting:
        """Set the order of the speakers' queue; points of order stay ahead."""
        actions.order_floor(meeting, by=self.user, **sent)
        return meeting

    @question(shapes.SpeakingTimesSerializer)
    def speaking_times(self, meeting: Meeting) -> dict[str, Any]:
        """Say how often and how long each sector has spoken."""
        heard = FloorRequest.objects.visible_to(self.user).filter(meeting=meeting)
        times = [{**each, "seconds": int(each["spoken"].total_seconds())} for each in heard.times()]
        return {"times": times}


class RunningItems(Noun):
    """What can happen to an agenda item while its meeting is held."""

    @verb()
    def take_up(self, item: AgendaItem) -> AgendaItem:
        """Begin with an item (상정), or come back to one; what was being dealt with is ended."""
        return actions.take_up(item, by=self.user)

    @verb()
    def end(self, item: AgendaItem) -> AgendaItem:
        """Finish with the item that is being dealt with."""
        return actions.end_item(item, by=self.user)

    @verb(Reason)
    def postpone(self, item: AgendaItem, *, reason: str) -> AgendaItem:
        """Put an item off to a later meeting (보류), with the reason."""
        return actions.postpone_item(item, reason=reason, by=self.user)


class SeatedInvitations(Noun):
    """What the secretary notes of an invitation's seat."""

    @verb(shapes.Noting, gives=shapes.AttendanceSerializer, may_leave_nothing=True)
    def note_attendance(self, invitation: Invitation, **sent: Any) -> Attendance | None:
        """Note that a seat is taken, or that nobody came for it; also after the meeting, on record."""
        return actions.note_attendance(invitation, by=self.user, **sent)

    bulk_note_attendance = bulk(note_attendance)


class Attendances(Readable):
    """Who was at the meetings you may see: seats, observers and guests."""

    area = Area.MEETINGS
    reads = shapes.AttendanceSerializer
    filterset_class = AttendanceFilters

    @verb()
    def check_out(self, attendance: Attendance) -> Attendance:
        """Note that you, or as the secretary that someone, has left."""
        return actions.check_out(attendance, by=self.user)

    @verb()
    def destroy(self, attendance: Attendance) -> None:
        """Take a guest off the list who was noted by mistake."""
        actions.remove_guest(attendance, by=self.user)


class FloorRequests(Readable):
    """The speakers' queue of the meetings you follow, and who has spoken."""

    area = Area.MEETINGS
    reads = shapes.FloorRequestSerializer
    filterset_class = FloorRequestFilters

    @verb()
    def withdraw(self, request: FloorRequest) -> FloorRequest:
        """Leave the queue, or take someone out of it."""
        return actions.withdraw_request(request, by=self.user)

    @verb()
    def give(self, request: FloorRequest) -> FloorRequest:
        """Give the floor to someone of the queue; whoever spoke has ended."""
        return actions.give_floor(request, by=self.user)


class Statements(Readable):
    """The gist of what was said at the meetings you follow."""

    area = Area.MEETINGS
    reads = shapes.StatementSerializer
    filterset_class = StatementFilters

    @verb(shapes.NewStatement)
    def create(self, **sent: Any) -> Statement:
        """Note as the secretary what someone said."""
        return actions.record_statement(by=self.user, **sent)

    bulk_create = bulk(create)

    @verb(shapes.OwnStatement, status=201, detail=False)
    def write(self, **sent: Any) -> Statement:
        """Write down the gist of what you said yourself."""
        return actions.write_statement(by=self.user, **sent)

    @verb(shapes.StatementChange)
    def partial_update(self, statement: Statement, **sent: Any) -> Statement:
        """Change a statement: its author until the meeting ends, the secretary longer."""
        return actions.revise_statement(statement, by=self.user, **sent)

    @verb()
    def destroy(self, statement: Statement) -> None:
        """Take a statement out: its author until the meeting ends, the secretary longer."""
        actions.remove_statement(statement, by=self.user)
