"""Preparing a meeting: the order of its agenda, proposals, what is carried over and forwarded, series and templates."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser

from council.api.filters import MeetingTemplateFilters, ProposalFilters, ReferralFilters, SeriesFilters
from council.api.serializers import agenda as shapes
from council.api.serializers import meetings as planned
from council.api.serializers.base import Reason
from council.api.views.base import Noun, Readable, question, verb
from council.api.views.speaking import speaking
from council.meetings import actions
from council.meetings.models import AgendaItem, Meeting, MeetingTemplate, Paper, Proposal, Referral, Series
from council.meetings.models.agenda import receivers
from council.meetings.timing import minutes_over, schedule
from council.people.models import Council
from council.people.scopes import Area


class PreparedMeetings(Noun):
    """What can happen to a meeting while it is prepared."""

    @verb(shapes.Ordering)
    def order_items(self, meeting: Meeting, **sent: Any) -> Meeting:
        """Put the whole agenda into another order, in one step; numbers and times follow."""
        pairs = {name: [(place["item"], place["parent"]) for place in places] for name, places in sent.items()}
        return actions.order_items(meeting, by=self.user, **pairs)

    @question(shapes.TimetableSerializer)
    def timetable(self, meeting: Meeting) -> dict[str, Any]:
        """Say when each item comes up as planned, and whether the agenda is longer than the meeting."""
        times = schedule(meeting)
        seen = AgendaItem.objects.visible_to(self.user).filter(meeting=meeting).order_by("position")
        items = [
            {"item": pk, "starts_at": times[pk][0], "ends_at": times[pk][1]}
            for pk in seen.values_list("pk", flat=True)
            if pk in times
        ]
        return {"items": items, "minutes_over": minutes_over(meeting, times)}

    @verb(shapes.Copying, status=201)
    def copy(self, meeting: Meeting, **sent: Any) -> Meeting:
        """Plan another meeting like this one: held in the same way, as long, with the same agenda."""
        return actions.copy_meeting(meeting, by=self.user, **sent)


class PreparedItems(Noun):
    """What can happen to an agenda item beside its meeting."""

    @verb(shapes.NewPaperFile, status=201, parser_classes=[MultiPartParser])
    def paper_files(self, item: AgendaItem, **sent: Any) -> AgendaItem:
        """Keep a file and lay it on the table for an item, as multipart/form-data."""
        return actions.add_paper_file(item, by=self.user, **sent).item

    @verb(planned.NewPaper)
    def remove_paper(self, item: AgendaItem, **sent: Any) -> AgendaItem:
        """Take a file or a version of a document off the table; a file on no table is for those who run the council."""
        named = {name: thing for name, thing in sent.items() if thing is not None}
        paper = Paper.objects.visible_to(self.user).filter(item=item, **named).first() if named else None
        if paper is None:
            raise ValidationError({"attachment": [_("This does not lie on the table.")]})
        return actions.remove_paper(paper, by=self.user)

    @verb(shapes.CarryingOver, status=201)
    def carry_over(self, item: AgendaItem, **sent: Any) -> AgendaItem:
        """Take an item that was not dealt with to a later meeting of the same body, with its papers."""
        return actions.carry_over(item, by=self.user, **sent)

    @verb(shapes.Forwarding, gives=shapes.ReferralSerializer, status=201)
    def forward(self, item: AgendaItem, council: UUID | None = None, **sent: Any) -> Referral:
        """Hand an item to another body (이송), a council or a subcommittee, with what is asked of it."""
        return actions.forward(item, council=self._receiver(item, council), by=self.user, **sent)

    def _receiver(self, item: AgendaItem, pk: UUID | None) -> Council | None:
        if pk is None:
            return None
        found = receivers(self.user, item).filter(pk=pk).first()
        if found is None:
            raise ValidationError({"council": [_("An item cannot be forwarded there.")]})
        return found


class Proposals(Readable):
    """Agenda items that members propose: those of your own organisations, all of them for those who run the council."""

    area = Area.MEETINGS
    reads = shapes.ProposalSerializer
    filterset_class = ProposalFilters

    @verb(shapes.NewProposal)
    def create(self, meeting: Meeting, membership: Any = None, **sent: Any) -> Proposal:
        """Ask a meeting to take something up, until the deadline it has set."""
        membership = speaking(self.user, meeting, membership)
        return actions.propose_item(meeting, membership=membership, by=self.user, **sent)

    @verb()
    def withdraw(self, proposal: Proposal) -> Proposal:
        """Take back what you proposed, as long as nothing has become of it."""
        return actions.withdraw_proposal(proposal, by=self.user)

    @verb(shapes.Accepting, gives=planned.AgendaItemSerializer, status=201)
    def accept(self, proposal: Proposal, **sent: Any) -> AgendaItem:
        """Put a proposal on the agenda as an item."""
        return actions.accept_proposal(proposal, by=self.user, **sent)

    @verb(shapes.ProposalMerging, gives=planned.AgendaItemSerializer, detail=False)
    def merge(self, **sent: Any) -> AgendaItem:
        """Take proposals up in an item there is, or several of them together in a new one."""
        return actions.merge_proposals(by=self.user, **sent)

    @verb(Reason)
    def decline(self, proposal: Proposal, reason: str) -> Proposal:
        """Say why something is not taken up; whoever proposed it reads it."""
        return actions.decline_proposal(proposal, reason=reason, by=self.user)


class Referrals(Readable):
    """Agenda items handed to another body: those you may read, and those that came to a council you run."""

    area = Area.MEETINGS
    reads = shapes.ReferralSerializer
    filterset_class = ReferralFilters

    @verb(shapes.TakingUp, gives=planned.AgendaItemSerializer, status=201)
    def take_up(self, referral: Referral, **sent: Any) -> AgendaItem:
        """Put a forwarded item on the agenda of a meeting of the body it was forwarded to."""
        return actions.take_up_referral(referral, by=self.user, **sent)

    @verb(shapes.Returning, path="return")
    def give_back(self, referral: Referral, **sent: Any) -> Referral:
        """Tell the body that forwarded an item what became of it, or why nothing did."""
        return actions.return_referral(referral, by=self.user, **sent)


class ManySeries(Readable):
    """Series of meetings of your councils."""

    area = Area.MEETINGS
    reads = shapes.SeriesSerializer
    filterset_class = SeriesFilters

    @verb(shapes.NewSeries)
    def create(self, **sent: Any) -> Series:
        """Plan several meetings that come back, on the same weekday and at the same time in Seoul."""
        return actions.plan_series(by=self.user, **sent)


class MeetingTemplates(Readable):
    """Templates of meetings of the councils you run."""

    area = Area.MEETINGS
    reads = shapes.MeetingTemplateSerializer
    filterset_class = MeetingTemplateFilters

    @verb(shapes.NewTemplate)
    def create(self, **sent: Any) -> MeetingTemplate:
        """Keep how a meeting is held, and its agenda, to plan others from."""
        return actions.keep_template(by=self.user, **sent)

    @verb()
    def destroy(self, template: MeetingTemplate) -> None:
        """Throw a template away; the meetings planned from it stay."""
        actions.remove_template(template, by=self.user)

    @verb(shapes.FromTemplate, gives=planned.MeetingSerializer, status=201)
    def plan(self, template: MeetingTemplate, **sent: Any) -> Meeting:
        """Plan a meeting as the template says, with its agenda."""
        return actions.plan_from_template(template, by=self.user, **sent)
