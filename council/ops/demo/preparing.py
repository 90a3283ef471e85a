"""What is prepared for meetings: items forwarded to another body and what became of them, and items members propose."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from council.core import clock
from council.meetings import actions as meetings
from council.meetings.models import AgendaItem, Meeting, Proposal, Referral
from council.ops.demo.holding import Holding

if TYPE_CHECKING:
    from council.ops.demo.loader import Demo

Row = Mapping[str, Any]


class Preparing:
    """Plays what ``preparing.toml`` says."""

    def __init__(self, demo: "Demo") -> None:
        self.demo = demo
        self.secretary = demo.secretary

    def forwarded(self) -> None:
        """An item of the hearing that a subcommittee took up, dealt with, and returned."""
        row = self.demo.data["forwarded"]
        referral = self._forward(row, row["at"])
        there = row["meeting_there"]
        meeting = self.demo.convened(there, there["starts_at"], there["ends_at"], there["convened_at"])
        with clock.at(row["taken_up_at"]):
            meetings.take_up_referral(referral, meeting=meeting, by=self.secretary)
        Holding(self.demo, meeting).play(row["held"])
        with clock.at(row["returned_at"]):
            meetings.return_referral(referral, result=row["result"], by=self.secretary)

    def present(self) -> None:
        """What waits: an item forwarded and not taken up, and a plenary that asks for proposals."""
        for row in self.demo.data["waiting"]:
            self._forward(row, clock.now() - dt.timedelta(days=row["days_ago"]))
        meeting = self._asking(self.demo.data["asking"])
        for row in self.demo.data["proposal"]:
            with clock.at(clock.now() - dt.timedelta(hours=row["hours_ago"])):
                proposal = self._propose(meeting, row)
            self._decide(proposal, row)

    def _forward(self, row: Row, at: dt.datetime) -> Referral:
        item = AgendaItem.objects.get(meeting=self.demo.meetings[row["meeting"]], title=row["item"])
        with clock.at(at):
            return meetings.forward(
                item, subcommittee=self.demo.subcommittees[row["to"]], request=row["request"], by=self.secretary
            )

    def _asking(self, row: Row) -> Meeting:
        day = self.demo.today + dt.timedelta(days=row["starts_in_days"])
        starts_at = dt.datetime.combine(day, dt.time(row["starts_hour"]), tzinfo=clock.SEOUL)
        until = clock.end_of_day(self.demo.today + dt.timedelta(days=row["proposals_until_in_days"]))
        with clock.at(clock.now() - dt.timedelta(days=row["planned_days_ago"])):
            return self.demo.planned(
                row, starts_at, starts_at + dt.timedelta(hours=row["hours"]), proposals_until=until
            )

    def _propose(self, meeting: Meeting, row: Row) -> Proposal:
        return meetings.propose_item(
            meeting,
            membership=self.demo.membership(row["by"]),
            title=row["title"],
            note=row["note"],
            kind=row["kind"],
            minutes_planned=row["minutes"],
            by=self.demo.users[row["by"]],
        )

    def _decide(self, proposal: Proposal, row: Row) -> None:
        if "accepted_hours_ago" in row:
            with clock.at(clock.now() - dt.timedelta(hours=row["accepted_hours_ago"])):
                meetings.accept_proposal(proposal, by=self.secretary)
        elif "declined_hours_ago" in row:
            with clock.at(clock.now() - dt.timedelta(hours=row["declined_hours_ago"])):
                meetings.decline_proposal(proposal, reason=row["reason"], by=self.secretary)
