"""What can happen to meetings: one function per verb."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.documents.models import Attachment, Version
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.models import AgendaItem, Invitation, Meeting, Paper
from council.people.models import Council, User

OPEN = (Meeting.State.PLANNED, Meeting.State.CONVENED)
NEEDS_PAPERS = (AgendaItem.Kind.DELIBERATION, AgendaItem.Kind.DECISION)


@transaction.atomic
def plan_meeting(council: Council, *, by: User, **fields: Any) -> Meeting:
    """Begin to prepare a meeting; members do not see it before it is convened."""
    require(by, "meetings.plan_meeting", council)
    _check_subcommittee(council, fields.get("subcommittee"))
    meeting = create(Meeting(council=council, **fields))
    record(Verb.MEETING_PLANNED, meeting, by=by, title=meeting.title)
    return meeting


@transaction.atomic
def revise_meeting(meeting: Meeting, *, by: User, **values: Any) -> Meeting:
    """Change time, place or title of a meeting; who was invited hears of it."""
    require(by, "meetings.revise_meeting", meeting)
    _lock(meeting, OPEN, _("This meeting is over; it can no longer be changed."))
    _check_subcommittee(meeting.council, values.get("subcommittee"))
    changed = change(meeting, **values)
    if changed:
        record(
            Verb.MEETING_REVISED,
            meeting,
            by=by,
            title=meeting.title,
            starts_at=meeting.starts_at,
            place=meeting.place,
            fields=changed,
            convened=meeting.state == Meeting.State.CONVENED,
        )
    return meeting


def _check_subcommittee(council: Council, subcommittee: Any) -> None:
    if subcommittee is not None and subcommittee.council_id != council.pk:
        raise ValidationError({"subcommittee": _("This subcommittee belongs to another council.")})


@transaction.atomic
def add_item(meeting: Meeting, *, title: str, by: User, parent: AgendaItem | None = None, **fields: Any) -> AgendaItem:
    """Put an item on the agenda: last, or last below its parent. Numbers follow by themselves."""
    require(by, "meetings.edit_agenda", meeting)
    _lock(meeting, OPEN, _("This meeting is over; its agenda can no longer be changed."))
    if parent is not None and parent.meeting_id != meeting.pk:
        raise ValidationError({"parent": _("This agenda item belongs to another meeting.")})
    items = list(meeting.items.order_by("position"))
    position = _end_of(parent, items) if parent else len(items)
    meeting.items.filter(position__gte=position).update(position=F("position") + 1)
    item = create(
        AgendaItem(
            council_id=meeting.council_id, meeting=meeting, parent=parent, position=position, title=title, **fields
        )
    )
    _number(meeting)
    item.refresh_from_db()
    record(Verb.ITEM_ADDED, item, by=by, title=title)
    return item


def _end_of(parent: AgendaItem, items: list[AgendaItem]) -> int:
    """The place behind the last item of a branch."""
    branch, end = {parent.pk}, 0
    for item in items:
        if item.pk == parent.pk or item.parent_id in branch:
            branch.add(item.pk)
            end = item.position + 1
    return end


def _number(meeting: Meeting) -> None:
    """Close the gaps and number the tree: 1, 1-1, 1-2, 2."""
    items = list(meeting.items.order_by("position"))
    numbers: dict[Any, str] = {}
    counts: dict[Any, int] = {}
    for position, item in enumerate(items):
        counts[item.parent_id] = counts.get(item.parent_id, 0) + 1
        above = numbers.get(item.parent_id)
        item.number = numbers[item.pk] = f"{above}-{counts[item.parent_id]}" if above else str(counts[item.parent_id])
        item.position = position
    AgendaItem.objects.bulk_update(items, ["number", "position"])


@transaction.atomic
def revise_item(item: AgendaItem, *, by: User, **values: Any) -> AgendaItem:
    """Change an item; its papers follow its visibility. The minutes may be written after the meeting too."""
    require(by, "meetings.edit_agenda", item)
    if set(values) - {"minutes", "state"}:
        _lock(item.meeting, OPEN, _("This meeting is over; its agenda can no longer be changed."))
    changed = change(item, **values)
    if "visibility" in changed:
        Attachment.objects.filter(papers__item=item).update(visibility=item.visibility)
    if changed:
        record(Verb.ITEM_REVISED, item, by=by, title=item.title, fields=changed)
    return item


@transaction.atomic
def remove_item(item: AgendaItem, *, by: User) -> None:
    """Take an item off the agenda of a meeting that is not over.

    Raises:
        Refused: Other items are part of it.
    """
    require(by, "meetings.edit_agenda", item)
    _lock(item.meeting, OPEN, _("This meeting is over; its agenda can no longer be changed."))
    if item.children.exists():
        raise Refused(_("Other items are part of this one; remove them first."))
    record(Verb.ITEM_REMOVED, item, by=by, title=item.title)
    item.delete()
    _number(item.meeting)


@transaction.atomic
def add_paper(
    item: AgendaItem, *, by: User, attachment: Attachment | None = None, version: Version | None = None
) -> Paper:
    """Lay a file or a version of a document on the table for an item; a file takes on the item's visibility."""
    require(by, "meetings.edit_agenda", item)
    for name, thing in (("attachment", attachment), ("version", version)):
        if thing is not None and thing.council_id != item.council_id:
            raise ValidationError({name: _("This belongs to another council.")})
    paper = create(Paper(item=item, attachment=attachment, version=version))
    if attachment and attachment.visibility != item.visibility:
        change(attachment, visibility=item.visibility)
    record(Verb.PAPER_ADDED, item, by=by, title=item.title, paper=str(paper))
    return paper


def lacking(meeting: Meeting, *, urgent: bool = False) -> list[str | Promise]:
    """What a meeting still needs before it can be convened, a sentence each; empty when it is complete.

    The notice period counts civil days in Seoul, the day of the notice not included: a meeting on the 12th under a rule
    of 7 days is convened on the 5th at the latest (committees Act 9 (1), Decree 5 (1)); urgent meetings are exempt.
    """
    lacks: list[str | Promise] = []
    items = list(meeting.items.prefetch_related("papers"))
    if meeting.starts_at <= clock.now():
        lacks.append(_("The meeting would have begun already; give it a time to come."))
    notice = (clock.seoul_date(meeting.starts_at) - clock.today()).days
    needed = meeting.council.notice_days
    if not urgent and 0 <= notice < needed:
        lacks.append(
            ngettext_lazy(
                "Notice is %(notice)d day before the meeting, the rules ask for %(needed)d; "
                "move the meeting, or convene it as urgent with a reason.",
                "Notice is %(notice)d days before the meeting, the rules ask for %(needed)d; "
                "move the meeting, or convene it as urgent with a reason.",
                notice,
            )
            % {"notice": notice, "needed": needed}
        )
    if meeting.kind != Meeting.Kind.WRITTEN:
        if meeting.mode != Meeting.Mode.ONLINE and not meeting.place:
            lacks.append(_("The place is missing."))
        if meeting.mode != Meeting.Mode.IN_PERSON and not meeting.online_url:
            lacks.append(_("The address to join online is missing."))
    if not items:
        lacks.append(_("The agenda is empty; add at least one item."))
    lacks += _lacking_in(items)
    if not meeting.entitled().exists():
        lacks.append(_("There is nobody to invite."))
    return lacks


def _lacking_in(items: Iterable[AgendaItem]) -> Iterable[str | Promise]:
    for item in items:
        if not item.presenter:
            yield _("Item %(item)s has nobody to present it.") % {"item": item}
        if item.kind in NEEDS_PAPERS and not item.papers.all():
            yield _("Item %(item)s is to be decided or deliberated, but has no paper.") % {"item": item}


@transaction.atomic
def convene(meeting: Meeting, *, by: User, urgent_reason: str = "") -> Meeting:
    """소집: invite everyone entitled, once the notice period and the completeness of agenda and papers are in order.

    Args:
        urgent_reason: Why the notice is shorter than the rules ask; empty for an ordinary meeting.

    Raises:
        Refused: Something is missing; ``problems`` says what.
    """
    require(by, "meetings.convene_meeting", meeting)
    problems = lacking(meeting, urgent=bool(urgent_reason.strip()))
    if problems:
        raise Refused(_("This meeting cannot be convened yet."), problems=problems)
    if not Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.PLANNED).update(
        state=Meeting.State.CONVENED,
        convened_at=clock.now(),
        urgent_reason=urgent_reason.strip(),
        modified_at=clock.now(),
    ):
        raise Refused(_("This meeting has been convened already."))
    meeting.refresh_from_db()
    Invitation.objects.bulk_create(
        Invitation(council_id=meeting.council_id, meeting=meeting, membership=membership)
        for membership in meeting.entitled()
    )
    record(Verb.MEETING_CONVENED, meeting, by=by, title=meeting.title, starts_at=meeting.starts_at, place=meeting.place)
    return meeting


@transaction.atomic
def answer_invitation(invitation: Invitation, *, answer: str, by: User, note: str = "") -> Invitation:
    """Say whether one comes; may be changed until the meeting begins.

    Raises:
        ValidationError: The answer is none of the possible ones, or does not fit how the meeting is held.
        Refused: The meeting is over, cancelled or has begun.
    """
    require(by, "meetings.answer_invitation", invitation)
    meeting = _lock(invitation.meeting, [Meeting.State.CONVENED], _("This meeting takes no more answers."))
    if meeting.starts_at <= clock.now():
        raise Refused(_("This meeting has begun; please tell the secretary directly."))
    if answer == Invitation.Answer.NONE:
        raise ValidationError({"answer": _("Choose an answer.")})
    if answer == Invitation.Answer.ONLINE and meeting.mode == Meeting.Mode.IN_PERSON:
        raise ValidationError({"answer": _("This meeting is held in person only.")})
    change(invitation, answer=answer, note=note, answered_at=clock.now())
    record(
        Verb.INVITATION_ANSWERED,
        invitation,
        by=by,
        organisation_id=invitation.membership.organisation_id,
        title=meeting.title,
        answer=answer,
    )
    return invitation


@transaction.atomic
def cancel(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    """Call a meeting off, with a reason; who was invited hears of it."""
    require(by, "meetings.cancel_meeting", meeting)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the meeting is called off.")})
    was_convened = meeting.state == Meeting.State.CONVENED
    if not Meeting.objects.filter(pk=meeting.pk, state__in=OPEN).update(
        state=Meeting.State.CANCELLED, cancelled_reason=reason.strip(), modified_at=clock.now()
    ):
        raise Refused(_("This meeting is over; it can no longer be called off."))
    meeting.refresh_from_db()
    record(Verb.MEETING_CANCELLED, meeting, by=by, title=meeting.title, reason=reason, convened=was_convened)
    return meeting


@transaction.atomic
def close(meeting: Meeting, *, by: User) -> Meeting:
    """End a meeting that has begun; items not marked otherwise count as dealt with."""
    require(by, "meetings.close_meeting", meeting)
    if not Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.CONVENED, starts_at__lte=clock.now()).update(
        state=Meeting.State.CLOSED, modified_at=clock.now()
    ):
        raise Refused(_("Only a convened meeting that has begun can be closed."))
    meeting.items.filter(state=AgendaItem.State.PLANNED).update(state=AgendaItem.State.DONE, modified_at=clock.now())
    meeting.refresh_from_db()
    record(Verb.MEETING_CLOSED, meeting, by=by, title=meeting.title)
    return meeting


def _lock(meeting: Meeting, states: Iterable[str], otherwise: str | Promise) -> Meeting:
    """Hold the meeting still for the rest of the transaction, if it is in one of the states."""
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if locked.state not in states:
        raise Refused(otherwise)
    return locked
