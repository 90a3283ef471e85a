"""The agenda: items, their order and numbers, the papers on the table for them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.models import Visibility
from council.core.permissions import require
from council.core.saving import change, create
from council.documents import actions as documents
from council.documents.models import Attachment, Version
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.common import ALIVE, lock
from council.meetings.bell import touched
from council.meetings.models import AgendaItem, Meeting, Paper, Proposal, Referral
from council.people.models import User

Order = Sequence[tuple[UUID, UUID | None]]

OVER = _("This meeting is over; its agenda can no longer be changed.")
LEVELS = 3


@transaction.atomic
def add_item(meeting: Meeting, *, title: str, by: User, parent: AgendaItem | None = None, **fields: Any) -> AgendaItem:
    """Put an item on the agenda: last, or last below its parent. Numbers follow by themselves.

    Raises:
        ValidationError: The parent is of another meeting, or so deep that nothing goes below it.
        Refused: The meeting is over.
    """
    require(by, "meetings.edit_agenda", meeting)
    lock(meeting, ALIVE, OVER)
    item = put(meeting, parent=parent, title=title, **fields)
    record(Verb.ITEM_ADDED, item, by=by, title=title)
    touched(meeting)
    return item


def put(meeting: Meeting, *, parent: AgendaItem | None = None, **fields: Any) -> AgendaItem:
    """Make an item at the end of the agenda, or of its parent's branch, of a meeting that is held still."""
    items = list(meeting.items.order_by("position"))
    if parent is not None:
        _check_parent(meeting, parent, items)
    position = _end_of(parent, items) if parent else len(items)
    meeting.items.filter(position__gte=position).update(position=F("position") + 1)
    item = create(
        AgendaItem(council_id=meeting.council_id, meeting=meeting, parent=parent, position=position, **fields)
    )
    number(meeting)
    item.refresh_from_db(fields=["number", "position"])
    return item


def _check_parent(meeting: Meeting, parent: AgendaItem, items: Iterable[AgendaItem]) -> None:
    if parent.meeting_id != meeting.pk:
        raise ValidationError({"parent": _("This agenda item belongs to another meeting.")})
    parents = {item.pk: item.parent_id for item in items}
    if _depth(parent.pk, parents) >= LEVELS - 1:
        raise ValidationError({"parent": _("Nothing goes below this item; it is part of a part already.")})


def _depth(pk: UUID, parents: dict[UUID, UUID | None]) -> int:
    """How many items stand above one."""
    above, depth = parents[pk], 0
    while above is not None:
        above, depth = parents[above], depth + 1
    return depth


def _end_of(parent: AgendaItem, items: list[AgendaItem]) -> int:
    """The place behind the last item of a branch."""
    branch, end = {parent.pk}, 0
    for item in items:
        if item.pk == parent.pk or item.parent_id in branch:
            branch.add(item.pk)
            end = item.position + 1
    return end


def number(meeting: Meeting) -> None:
    """Close the gaps and number the tree: 1, 1-1, 1-2, 2."""
    items = list(meeting.items.order_by("position"))
    _arrange(items)


def _arrange(items: list[AgendaItem]) -> None:
    """Give items the places and numbers that follow from the order they stand in."""
    numbers: dict[Any, str] = {}
    counts: dict[Any, int] = {}
    for position, item in enumerate(items):
        counts[item.parent_id] = counts.get(item.parent_id, 0) + 1
        above = numbers.get(item.parent_id)
        item.number = numbers[item.pk] = f"{above}-{counts[item.parent_id]}" if above else str(counts[item.parent_id])
        item.position = position
    AgendaItem.objects.bulk_update(items, ["parent", "number", "position"])


def arrangement(meeting: Meeting) -> Order:
    """How the agenda is ordered: each item with the one above it, as :func:`order_items` takes them."""
    return list(meeting.items.order_by("position").values_list("pk", "parent"))


@transaction.atomic
def order_items(meeting: Meeting, *, order: Order, by: User, seen: Order | None = None) -> Meeting:
    """Put the whole agenda into another order, in one step; numbers and times follow.

    Args:
        order: Every item of the meeting once, each with the one it is part of; parts come in the order they are named.
        seen: The order the change was made on; ``None`` where the caller does not say.

    Raises:
        ValidationError: An item is below itself, below an unknown one, or too deep.
        Refused: The agenda has changed meanwhile, or the meeting is over.
    """
    require(by, "meetings.edit_agenda", meeting)
    lock(meeting, ALIVE, OVER)
    items = {item.pk: item for item in meeting.items.order_by("position")}
    now = [(item.pk, item.parent_id) for item in items.values()]
    if len(order) != len(items) or {pk for pk, _parent in order} != items.keys() or seen not in (None, now):
        raise Refused(_("The agenda has changed since you opened it. Look at it again before you order it."))
    flat = _flattened(order)
    if flat == now:
        return meeting
    for pk, parent in flat:
        items[pk].parent_id = parent
    _arrange([items[pk] for pk, _parent in flat])
    record(Verb.AGENDA_ORDERED, meeting, by=by, title=meeting.title)
    touched(meeting)
    return meeting


def _flattened(order: Order) -> list[tuple[UUID, UUID | None]]:
    """The order with every part right behind its whole."""
    below: dict[UUID | None, list[UUID]] = defaultdict(list)
    for pk, parent in order:
        below[parent].append(pk)
    flat: list[tuple[UUID, UUID | None]] = []

    def lay(parent: UUID | None, depth: int) -> None:
        if below[parent] and depth >= LEVELS:
            raise ValidationError({"order": _("Items go three levels deep at most.")})
        for pk in below[parent]:
            flat.append((pk, parent))
            lay(pk, depth + 1)

    lay(None, 0)
    if len(flat) != len(order):
        raise ValidationError({"order": _("An item is part of one that is not on this agenda, or of itself.")})
    return flat


@transaction.atomic
def revise_item(item: AgendaItem, *, by: User, **values: Any) -> AgendaItem:
    """Change an item; its papers follow its visibility. Its state may be put right after the meeting too."""
    require(by, "meetings.edit_agenda", item)
    if set(values) - {"state"}:
        lock(item.meeting, ALIVE, OVER)
    changed = change(item, **values)
    if "visibility" in changed:
        Attachment.objects.filter(papers__item=item).update(visibility=item.visibility)
    if changed:
        record(Verb.ITEM_REVISED, item, by=by, title=item.title, fields=changed)
        touched(item.meeting_id)
    return item


@transaction.atomic
def remove_item(item: AgendaItem, *, by: User) -> None:
    """Take an item off the agenda of a meeting that is not over; what was proposed or forwarded as it waits again.

    Raises:
        Refused: Other items are part of it, or the meeting has dealt with it.
    """
    require(by, "meetings.edit_agenda", item)
    lock(item.meeting, ALIVE, OVER)
    if item.children.exists():
        raise Refused(_("Other items are part of this one; remove them first."))
    if item.opened_at is not None or item.state in (AgendaItem.State.CURRENT, AgendaItem.State.DONE):
        raise Refused(_("The meeting has taken this item up; it can no longer be removed."))
    if item.referrals.exists():
        raise Refused(_("This item was forwarded; it stays on the agenda."))
    record(Verb.ITEM_REMOVED, item, by=by, title=item.title)
    put_away(item.papers.all())
    meeting = item.meeting
    item.proposals.update(state=Proposal.State.OPEN, item=None, decided_at=None, modified_at=clock.now())
    Referral.objects.filter(taken_up_as=item).update(
        state=Referral.State.SENT, taken_up_as=None, modified_at=clock.now()
    )
    try:
        item.delete()
    except ProtectedError as error:  # a ballot, a decision or minutes rest on it
        raise Refused(_("The meeting has taken this item up; it can no longer be removed.")) from error
    number(meeting)
    touched(meeting)


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
    touched(item.meeting_id)
    return paper


@transaction.atomic
def add_paper_file(item: AgendaItem, *, file: File[bytes], by: User, name: str = "") -> Paper:
    """Keep a file for the council, and lay it on the table for an item: both, or nothing."""
    attachment = documents.attach(item.council, file=file, name=name, visibility=item.visibility, by=by)
    return add_paper(item, attachment=attachment, by=by)


@transaction.atomic
def remove_paper(paper: Paper, *, by: User) -> AgendaItem:
    """Take a paper off the table; a file that lies on no table any longer is for those who run the council.

    Raises:
        Refused: The meeting is over; what lay on its table stays on record.
    """
    item = paper.item
    require(by, "meetings.edit_agenda", item)
    lock(item.meeting, ALIVE, OVER)
    record(Verb.PAPER_REMOVED, item, by=by, title=item.title, paper=str(paper))
    put_away([paper])
    paper.delete()
    touched(item.meeting_id)
    return item


def put_away(papers: Iterable[Paper]) -> None:
    """Keep for officers the files that lie on no other table: off the table, nothing else says who may read them."""
    going = [paper.pk for paper in papers]
    files = Attachment.objects.filter(papers__in=going, document=None)
    elsewhere = Paper.objects.exclude(pk__in=going).filter(attachment__isnull=False).values("attachment")
    Attachment.objects.filter(pk__in=files.values("pk")).exclude(pk__in=elsewhere).update(
        visibility=Visibility.OFFICERS
    )
