"""Meetings, agenda items and invitations."""

from typing import Any

from council.api.filters import AgendaItemFilters, InvitationFilters, MeetingFilters
from council.api.serializers import meetings as shapes
from council.api.serializers.base import Reason
from council.api.serializers.coming import Newcomer
from council.api.views.agenda import PreparedItems, PreparedMeetings
from council.api.views.base import Readable, question, verb
from council.api.views.bulk import bulk
from council.api.views.running import RunningItems, RunningMeetings, SeatedInvitations
from council.meetings import actions
from council.meetings.models import AgendaItem, Invitation, Meeting
from council.people.scopes import Area


class Meetings(PreparedMeetings, RunningMeetings, Readable):
    """Meetings of your councils; those in preparation for those who run the council only."""

    area = Area.MEETINGS
    reads = shapes.MeetingSerializer
    filterset_class = MeetingFilters

    @verb(shapes.NewMeeting)
    def create(self, **sent: Any) -> Meeting:
        """Begin to prepare a meeting; members do not see it before it is convened."""
        return actions.plan_meeting(by=self.user, **sent)

    @verb(shapes.MeetingChange)
    def partial_update(self, meeting: Meeting, **sent: Any) -> Meeting:
        """Change time, place or title of a meeting; who was invited hears of it."""
        return actions.revise_meeting(meeting, by=self.user, **sent)

    @question(shapes.LackingSerializer, asks=shapes.Urgency)
    def lacking(self, meeting: Meeting, *, urgent: bool) -> dict[str, Any]:
        """Say what a meeting still needs before it can be convened."""
        return {"lacking": actions.lacking(meeting, urgent=urgent)}

    @verb(shapes.Convening)
    def convene(self, meeting: Meeting, **sent: Any) -> Meeting:
        """Invite everyone entitled (소집), once notice period, agenda and papers are in order."""
        return actions.convene(meeting, by=self.user, **sent)

    @verb(Reason)
    def cancel(self, meeting: Meeting, reason: str) -> Meeting:
        """Call a meeting off, with a reason; who was invited hears of it."""
        return actions.cancel(meeting, reason=reason, by=self.user)

    @verb(Newcomer, gives=shapes.InvitationSerializer, status=201)
    def invite(self, meeting: Meeting, **sent: Any) -> Invitation:
        """Invite someone who was appointed after the meeting was convened."""
        return actions.invite(meeting, by=self.user, **sent)

    @verb()
    def close(self, meeting: Meeting) -> Meeting:
        """End a meeting that has begun; what was not reached is put off, or counts as dealt with where nothing was taken up."""
        return actions.close(meeting, by=self.user)


class AgendaItems(PreparedItems, RunningItems, Readable):
    """What meetings take up, with the papers; those of one meeting in the order of its agenda."""

    area = Area.MEETINGS
    reads = shapes.AgendaItemSerializer
    filterset_class = AgendaItemFilters

    @property
    def order(self) -> str:
        """In the order of the agenda where one meeting is asked for."""
        return "position" if self.request.query_params.get("meeting") else super().order

    @verb(shapes.NewAgendaItem)
    def create(self, **sent: Any) -> AgendaItem:
        """Put an item on the agenda: last, or last below its parent; numbers follow by themselves."""
        return actions.add_item(by=self.user, **sent)

    bulk_create = bulk(create)

    @verb(shapes.AgendaItemChange)
    def partial_update(self, item: AgendaItem, **sent: Any) -> AgendaItem:
        """Change an item; its state may be put right after the meeting too."""
        return actions.revise_item(item, by=self.user, **sent)

    bulk_partial_update = bulk(partial_update)

    @verb()
    def destroy(self, item: AgendaItem) -> None:
        """Take an item off the agenda."""
        actions.remove_item(item, by=self.user)

    @verb(shapes.NewPaper, status=201)
    def papers(self, item: AgendaItem, **sent: Any) -> AgendaItem:
        """Lay a file or a version of a document on the table for an item."""
        actions.add_paper(item, by=self.user, **sent)
        return item


class Invitations(SeatedInvitations, Readable):
    """Invitations to meetings, and the answers to them."""

    area = Area.MEETINGS
    reads = shapes.InvitationSerializer
    filterset_class = InvitationFilters

    @verb(shapes.Answer, path="answer")
    def reply(self, invitation: Invitation, **sent: Any) -> Invitation:
        """Say whether you come; may be changed until the meeting begins, and waits in line where all places are taken."""
        return actions.answer_invitation(invitation, by=self.user, **sent)

    bulk_reply = bulk(reply)

    @verb()
    def declare_no_interest(self, invitation: Invitation) -> Invitation:
        """Declare ahead that you have no interest of your own in what is on the agenda."""
        return actions.declare_no_interest(invitation, by=self.user)
