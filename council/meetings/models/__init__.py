"""When and about what: meetings, the agenda tree with its papers, who comes, and what is said."""

from council.meetings.models import access
from council.meetings.models.agenda import AgendaItem, Paper, Proposal, Referral
from council.meetings.models.coming import Alternate, Attendance, Invitation, Recusal
from council.meetings.models.feeds import CalendarFeed
from council.meetings.models.floor import FloorRequest, Statement
from council.meetings.models.meetings import Meeting, MeetingTemplate, Series

__all__ = [
    "AgendaItem",
    "Alternate",
    "Attendance",
    "CalendarFeed",
    "FloorRequest",
    "Invitation",
    "Meeting",
    "MeetingTemplate",
    "Paper",
    "Proposal",
    "Recusal",
    "Referral",
    "Series",
    "Statement",
    "access",
]
