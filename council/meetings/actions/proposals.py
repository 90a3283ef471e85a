"""안건 제안: members propose agenda items before a deadline, the secretariat says what becomes of them."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import create
from council.journal.actions import record, record_each
from council.journal.verbs import Verb
from council.meetings.actions.agenda import add_item
from council.meetings.actions.common import OPEN, lock
from council.meetings.models import AgendaItem, Meeting, Proposal
from council.people.models import Membership, User


@transaction.atomic
def propose_item(
    meeting: Meeting, *, membership: Membership, title: str, note: str, by: User, **fields: Any
) -> Proposal:
    """Ask a meeting to take something up, for the organisation of a membership.

    Args:
        membership: The proposer's own, which says for whom they speak.
        note: What it is about and why now.
        fields: ``kind`` and ``minutes_planned``.

    Raises:
        ValidationError: The membership is someone else's, or does not belong to this meeting.
        Refused: The meeting does not ask for proposals, or the deadline has passed.
    """
    require(by, "meetings.propose_item", meeting)
    held = lock(meeting, OPEN, _("This meeting takes no more proposals."))
    if held.proposals_until is None:
        raise Refused(_("This meeting takes no proposals."))
    if held.proposals_until < clock.now():
        raise Refused(_("The time to propose agenda items is over; please speak to the secretary."))
    if membership.user_id != by.pk or not meeting.entitled().speaking().filter(pk=membership.pk).exists():
        raise ValidationError({"membership": _("Choose a membership of your own that belongs to this meeting.")})
    proposal = create(
        Proposal(
            council_id=meeting.council_id,
            meeting=meeting,
            membership=membership,
            proposed_by=by,
            organisation_id=membership.organisation_id,
            sector=membership.sector,
            title=title,
            note=note,
            **fields,
        )
    )
    record(
        Verb.ITEM_PROPOSED,
        proposal,
        by=by,
        organisation_id=membership.organisation_id,
        title=title,
        meeting=meeting.title,
        organisation=membership.organisation.name,
    )
    return proposal


@transaction.atomic
def withdraw_proposal(proposal: Proposal, *, by: User) -> Proposal:
    """Take back what one proposed, as long as nothing has become of it.

    Raises:
        Refused: It has been decided on already.
    """
    require(by, "meetings.withdraw_proposal", proposal)
    proposal = _decide([proposal], state=Proposal.State.WITHDRAWN)[0]
    record(Verb.PROPOSAL_WITHDRAWN, proposal, by=by, organisation_id=proposal.organisation_id, title=proposal.title)
    return proposal


@transaction.atomic
def accept_proposal(proposal: Proposal, *, by: User, parent: AgendaItem | None = None) -> AgendaItem:
    """Put a proposal on the agenda as an item, last or last below ``parent``; its proposer presents it.

    Raises:
        Refused: It has been decided on already, or the meeting is over.
    """
    require(by, "meetings.edit_agenda", proposal)
    item = add_item(proposal.meeting, by=by, parent=parent, presenter=_presenter(proposal), **_words(proposal))
    _decide([proposal], state=Proposal.State.ACCEPTED, item=item)
    record(Verb.PROPOSAL_ACCEPTED, proposal, by=by, title=proposal.title, meeting=proposal.meeting.title)
    return item


def _words(proposal: Proposal) -> dict[str, Any]:
    return {name: getattr(proposal, name) for name in ("title", "note", "kind", "minutes_planned")}


def _presenter(proposal: Proposal) -> str:
    return f"{proposal.proposed_by.name} ({proposal.organisation.name})"[:120]


@transaction.atomic
def merge_proposals(
    proposals: Sequence[Proposal],
    *,
    by: User,
    into: AgendaItem | None = None,
    title: str = "",
    parent: AgendaItem | None = None,
) -> AgendaItem:
    """Take proposals up in an item there is, or several of them together in a new one.

    Args:
        proposals: Of one meeting.
        into: The item; without it a new one is made, with ``title`` and what all of them say.
        title: What the new item is called.
        parent: What the new item is part of.

    Raises:
        ValidationError: There is nothing to merge, they are of several meetings, or the new item has no title.
        Refused: One of them has been decided on already, or the meeting is over.
    """
    for proposal in proposals:
        require(by, "meetings.edit_agenda", proposal)
    if not proposals:
        raise ValidationError({"proposals": _("Choose the proposals to merge.")})
    meeting = proposals[0].meeting
    elsewhere = {each.meeting_id for each in proposals} | ({into.meeting_id} if into else set())
    if elsewhere != {meeting.pk}:
        raise ValidationError({"proposals": _("Only what belongs to the same meeting can be merged.")})
    if into is None:
        into = _together(meeting, proposals, title=title, parent=parent, by=by)
    decided = _decide(proposals, state=Proposal.State.MERGED, item=into)
    record_each(
        Verb.PROPOSAL_MERGED,
        decided,
        by=by,
        each=lambda proposal: {"title": proposal.title},
        meeting=meeting.title,
    )
    return into


def _together(
    meeting: Meeting, proposals: Sequence[Proposal], *, title: str, parent: AgendaItem | None, by: User
) -> AgendaItem:
    if len(proposals) < 2:
        raise ValidationError({"proposals": _("Choose at least two proposals, or an item to merge into.")})
    if not title.strip():
        raise ValidationError({"title": _("Give the new item a title.")})
    note = "\n\n".join(f"{each.title} ({each.organisation.name})\n{each.note}" for each in proposals)
    return add_item(
        meeting,
        title=title.strip(),
        note=note,
        kind=proposals[0].kind,
        presenter=", ".join(_presenter(each) for each in proposals)[:120],
        minutes_planned=max(each.minutes_planned for each in proposals),
        parent=parent,
        by=by,
    )


@transaction.atomic
def decline_proposal(proposal: Proposal, *, reason: str, by: User) -> Proposal:
    """Say why something is not taken up; the proposer reads it.

    Raises:
        ValidationError: There is no reason.
        Refused: It has been decided on already.
    """
    require(by, "meetings.edit_agenda", proposal)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is not taken up.")})
    proposal = _decide([proposal], state=Proposal.State.DECLINED, reason=reason.strip())[0]
    record(Verb.PROPOSAL_DECLINED, proposal, by=by, title=proposal.title, meeting=proposal.meeting.title)
    return proposal


def _decide(proposals: Sequence[Proposal], **values: Any) -> list[Proposal]:
    """Let open proposals have come to something, all of them or none."""
    keys = {proposal.pk for proposal in proposals}
    waiting = Proposal.objects.filter(pk__in=keys, state=Proposal.State.OPEN)
    if waiting.update(decided_at=clock.now(), modified_at=clock.now(), **values) != len(keys):
        raise Refused(_("This proposal has been decided on already."))
    for proposal in proposals:
        proposal.refresh_from_db()
    return list(proposals)
