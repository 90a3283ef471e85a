"""How a state looks: an icon and a colour beside its word. The words themselves belong to the rooms."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Visibility
from council.decisions.models import Action, Ballot, Correction, Decision, Minutes, Voter
from council.exchange.models import Export, Import, ImportRow
from council.integrations.models import Delivery, Webhook
from council.meetings.models import AgendaItem, Invitation, Meeting, Proposal, Recusal, Referral
from council.notifications import telling
from council.notifications.models import Sending
from council.notifications.told import Knows
from council.opinions.models import Consultation, Disposition, Objection, Opinion, Point
from council.people.models import Membership


class Look(NamedTuple):
    """A tone of the design system and an icon of ours."""

    tone: str
    icon: str


class Openness(models.TextChoices):
    """Whether a consultation takes opinions at this moment."""

    PREPARING = "preparing", _("In preparation")
    UPCOMING = "upcoming", _("Not yet open")
    OPEN = "open", _("Open")
    BETWEEN = "between", _("Between two phases")
    CLOSED = "closed", _("Closed")


class Here(models.TextChoices):
    """Whether somebody is at a meeting."""

    ROOM = "room", _("In the room")
    ONLINE = "online", _("By video")
    LEFT = "left", _("Has left")
    ABSENT = "absent", _("Not there")


def openness(consultation: Consultation) -> Openness:
    """Say whether a consultation takes opinions now; its phases should be prefetched."""
    now, opens_at, closes_at = clock.now(), consultation.opens_at, consultation.closes_at
    if consultation.opened_at is None or opens_at is None or closes_at is None:
        return Openness.PREPARING
    if consultation.is_taking_opinions:
        return Openness.OPEN
    if now < opens_at:
        return Openness.UPCOMING
    return Openness.BETWEEN if now <= closes_at else Openness.CLOSED


_V, _O, _M, _A, _I = Disposition.Verdict, Opinion.State, Meeting.State, Invitation.Answer, AgendaItem.State

LOOKS: dict[str, tuple[type[models.TextChoices], dict[str, Look]]] = {
    "verdict": (
        _V,
        {
            _V.ACCEPTED: Look("success", "check-circle"),
            _V.PARTLY: Look("information", "half-circle"),
            _V.NOT_ACCEPTED: Look("danger", "x-circle"),
            _V.LONGER_TERM: Look("warning", "clock"),
            _V.ALREADY_REFLECTED: Look("secondary", "repeat"),
            _V.NOT_APPLICABLE: Look("gray", "slash-circle"),
        },
    ),
    "opinion_state": (
        _O,
        {
            _O.DRAFT: Look("gray", "pencil"),
            _O.SHARED: Look("information", "users"),
            _O.CHOSEN: Look("success", "check"),
            _O.KEPT: Look("gray", "lock"),
            _O.MERGED: Look("gray", "arrow"),
            _O.SUBMITTED: Look("primary", "send"),
            _O.TRIAGED: Look("warning", "dot-circle"),
            _O.WAITING: Look("warning", "clock"),
            _O.ANSWERED: Look("information", "answer"),
            _O.PUBLISHED: Look("success", "check-circle"),
            _O.WITHDRAWN: Look("gray", "undo"),
        },
    ),
    "point_state": (
        Point.State,
        {
            Point.State.SUBMITTED: Look("primary", "send"),
            Point.State.TRIAGED: Look("warning", "dot-circle"),
            Point.State.WAITING: Look("warning", "clock"),
            Point.State.ANSWERED: Look("information", "answer"),
            Point.State.PUBLISHED: Look("success", "check-circle"),
        },
    ),
    "opinion_kind": (
        Opinion.Kind,
        {
            Opinion.Kind.AMEND: Look("secondary", "pencil"),
            Opinion.Kind.DELETE: Look("secondary", "minus-circle"),
            Opinion.Kind.ADD: Look("secondary", "plus"),
            Opinion.Kind.SUPPORT: Look("secondary", "check"),
            Opinion.Kind.QUESTION: Look("secondary", "question"),
            Opinion.Kind.GENERAL: Look("secondary", "speech"),
        },
    ),
    "audience": (
        Opinion.Audience,
        {
            Opinion.Audience.COUNCIL: Look("gray", "users"),
            Opinion.Audience.OFFICE: Look("gray", "lock"),
            Opinion.Audience.CONFIDENTIAL: Look("gray", "lock"),
        },
    ),
    "source": (
        Opinion.Source,
        {
            Opinion.Source.WRITTEN: Look("gray", "pencil"),
            Opinion.Source.SPOKEN: Look("gray", "speech"),
            Opinion.Source.MAIL: Look("gray", "mail"),
            Opinion.Source.PAPER: Look("gray", "document"),
            Opinion.Source.FILE: Look("gray", "paperclip"),
        },
    ),
    "openness": (
        Openness,
        {
            Openness.PREPARING: Look("gray", "pencil"),
            Openness.UPCOMING: Look("information", "calendar"),
            Openness.OPEN: Look("primary", "dot-circle"),
            Openness.BETWEEN: Look("warning", "clock"),
            Openness.CLOSED: Look("gray", "lock"),
        },
    ),
    "telling": (
        telling.State,
        {
            telling.State.TOLD: Look("success", "check-circle"),
            telling.State.WAITING: Look("information", "clock"),
            telling.State.FAILED: Look("danger", "danger"),
            telling.State.OTHERWISE: Look("warning", "mail"),
        },
    ),
    "objection": (
        Objection.Outcome,
        {
            Objection.Outcome.CONFIRMED: Look("gray", "check-circle"),
            Objection.Outcome.REVISED: Look("information", "repeat"),
        },
    ),
    "meeting_state": (
        _M,
        {
            _M.PLANNED: Look("gray", "pencil"),
            _M.CONVENED: Look("primary", "calendar"),
            _M.RUNNING: Look("danger", "dot-circle"),
            _M.CLOSED: Look("success", "check-circle"),
            _M.CANCELLED: Look("danger", "x-circle"),
        },
    ),
    "meeting_mode": (
        Meeting.Mode,
        {
            Meeting.Mode.IN_PERSON: Look("gray", "place"),
            Meeting.Mode.ONLINE: Look("gray", "video"),
            Meeting.Mode.HYBRID: Look("gray", "users"),
        },
    ),
    "proposal": (
        Proposal.State,
        {
            Proposal.State.OPEN: Look("primary", "send"),
            Proposal.State.ACCEPTED: Look("success", "check-circle"),
            Proposal.State.MERGED: Look("information", "versions"),
            Proposal.State.DECLINED: Look("danger", "x-circle"),
            Proposal.State.WITHDRAWN: Look("gray", "undo"),
        },
    ),
    "referral": (
        Referral.State,
        {
            Referral.State.SENT: Look("primary", "send"),
            Referral.State.TAKEN_UP: Look("information", "calendar"),
            Referral.State.RETURNED: Look("success", "check-circle"),
            Referral.State.DECLINED: Look("gray", "undo"),
        },
    ),
    "item_kind": (
        AgendaItem.Kind,
        {
            AgendaItem.Kind.REPORT: Look("secondary", "document"),
            AgendaItem.Kind.DISCUSSION: Look("secondary", "speech"),
            AgendaItem.Kind.DELIBERATION: Look("secondary", "eye"),
            AgendaItem.Kind.DECISION: Look("secondary", "gavel"),
        },
    ),
    "item_state": (
        _I,
        {
            _I.PLANNED: Look("gray", "circle"),
            _I.CURRENT: Look("primary", "dot-circle"),
            _I.DONE: Look("success", "check-circle"),
            _I.POSTPONED: Look("warning", "clock"),
        },
    ),
    "here": (
        Here,
        {
            Here.ROOM: Look("success", "check-circle"),
            Here.ONLINE: Look("success", "video"),
            Here.LEFT: Look("warning", "logout"),
            Here.ABSENT: Look("gray", "circle"),
        },
    ),
    "answer": (
        _A,
        {
            _A.NONE: Look("warning", "question"),
            _A.ATTENDING: Look("success", "check-circle"),
            _A.ONLINE: Look("success", "video"),
            _A.WAITING: Look("information", "clock"),
            _A.DECLINED: Look("gray", "x-circle"),
        },
    ),
    "ballot": (
        Ballot.State,
        {
            Ballot.State.OPEN: Look("primary", "dot-circle"),
            Ballot.State.CLOSED: Look("success", "check-circle"),
            Ballot.State.CANCELLED: Look("gray", "slash-circle"),
        },
    ),
    "vote": (
        Voter.Choice,
        {
            Voter.Choice.FOR: Look("success", "check"),
            Voter.Choice.AGAINST: Look("danger", "close"),
            Voter.Choice.ABSTAIN: Look("gray", "minus-circle"),
        },
    ),
    "decision": (
        Decision.State,
        {
            Decision.State.IN_FORCE: Look("success", "check-circle"),
            Decision.State.REPEALED: Look("gray", "slash-circle"),
        },
    ),
    "action": (
        Action.State,
        {
            Action.State.ASSIGNED: Look("warning", "clock"),
            Action.State.IN_PROGRESS: Look("information", "dot-circle"),
            Action.State.REPORTED: Look("primary", "send"),
            Action.State.DONE: Look("success", "check-circle"),
            Action.State.DROPPED: Look("gray", "slash-circle"),
        },
    ),
    "recusal_kind": (
        Recusal.Kind,
        {
            Recusal.Kind.EXCLUSION: Look("secondary", "slash-circle"),
            Recusal.Kind.CHALLENGE: Look("secondary", "question"),
            Recusal.Kind.ABSTENTION: Look("secondary", "user"),
        },
    ),
    "recusal": (
        Recusal.State,
        {
            Recusal.State.RAISED: Look("warning", "clock"),
            Recusal.State.GRANTED: Look("information", "slash-circle"),
            Recusal.State.DENIED: Look("gray", "x-circle"),
            Recusal.State.WITHDRAWN: Look("gray", "undo"),
        },
    ),
    "minutes": (
        Minutes.State,
        {
            Minutes.State.DRAFT: Look("gray", "pencil"),
            Minutes.State.CIRCULATED: Look("warning", "eye"),
            Minutes.State.APPROVED: Look("success", "lock"),
        },
    ),
    "correction": (
        Correction.State,
        {
            Correction.State.REQUESTED: Look("warning", "clock"),
            Correction.State.ACCEPTED: Look("success", "check-circle"),
            Correction.State.PARTLY: Look("information", "half-circle"),
            Correction.State.DECLINED: Look("gray", "x-circle"),
        },
    ),
    "visibility": (
        Visibility,
        {
            Visibility.COUNCIL: Look("gray", "users"),
            Visibility.OFFICERS: Look("gray", "lock"),
        },
    ),
    "role": (
        Membership.Role,
        {
            Membership.Role.CHAIR: Look("primary", "gavel"),
            Membership.Role.VICE_CHAIR: Look("primary", "gavel"),
            Membership.Role.SECRETARY: Look("information", "pencil"),
            Membership.Role.MEMBER: Look("gray", "user"),
            Membership.Role.OBSERVER: Look("gray", "eye"),
        },
    ),
    "sending": (
        Sending.State,
        {
            Sending.State.WAITING: Look("information", "clock"),
            Sending.State.HELD: Look("gray", "clock"),
            Sending.State.SENT: Look("success", "check-circle"),
            Sending.State.FAILED: Look("danger", "x-circle"),
            Sending.State.BOUNCED: Look("danger", "undo"),
            Sending.State.COMPLAINED: Look("warning", "flag"),
        },
    ),
    "knows": (
        Knows,
        {
            Knows.READ: Look("success", "check-circle"),
            Knows.TOLD: Look("information", "mail"),
            Knows.WAITING: Look("gray", "clock"),
            Knows.NOT: Look("danger", "x-circle"),
        },
    ),
    "import": (
        Import.State,
        {
            Import.State.PREVIEW: Look("information", "eye"),
            Import.State.QUEUED: Look("gray", "clock"),
            Import.State.RUNNING: Look("primary", "dot-circle"),
            Import.State.DONE: Look("success", "check-circle"),
            Import.State.FAILED: Look("danger", "danger"),
            Import.State.DISCARDED: Look("gray", "slash-circle"),
        },
    ),
    "import_row": (
        ImportRow.State,
        {
            ImportRow.State.READY: Look("information", "check"),
            ImportRow.State.PROBLEM: Look("danger", "warning"),
            ImportRow.State.REPEATED: Look("gray", "repeat"),
            ImportRow.State.LEFT_OUT: Look("gray", "minus-circle"),
            ImportRow.State.ADDED: Look("success", "check-circle"),
        },
    ),
    "export": (
        Export.State,
        {
            Export.State.QUEUED: Look("gray", "clock"),
            Export.State.RUNNING: Look("primary", "dot-circle"),
            Export.State.DONE: Look("success", "check-circle"),
            Export.State.FAILED: Look("danger", "danger"),
        },
    ),
    "webhook": (
        Webhook.State,
        {
            Webhook.State.ACTIVE: Look("success", "check-circle"),
            Webhook.State.PAUSED: Look("gray", "minus-circle"),
            Webhook.State.DISABLED: Look("danger", "x-circle"),
        },
    ),
    "delivery": (
        Delivery.State,
        {
            Delivery.State.WAITING: Look("information", "clock"),
            Delivery.State.DELIVERED: Look("success", "check-circle"),
            Delivery.State.FAILED: Look("danger", "x-circle"),
        },
    ),
}
