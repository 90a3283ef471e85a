"""Decisions: recorded under the council's next number, revised until the minutes are approved, and repealed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, check_revision, create
from council.decisions.models import Ballot, Decision, Minutes
from council.documents.models import Passage
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.bell import touched
from council.meetings.models import AgendaItem, Meeting
from council.opinions.models import Opinion
from council.people.models import Council, User


@transaction.atomic
def record_decision(
    meeting: Meeting,
    *,
    title: str,
    text: str,
    by: User,
    item: AgendaItem | None = None,
    ballot: Ballot | None = None,
    passages: Iterable[Passage] = (),
    opinions: Iterable[Opinion] = (),
    **fields: Any,
) -> Decision:
    """Record what was resolved, under the council's next number of the year.

    Args:
        ballot: The vote it came from, adopted; without one it was resolved by consent.
        passages: What it rests on.
        opinions: What it rests on.
        fields: ``basis``, ``legal_reference``, ``effective_on``.

    Raises:
        Refused: The meeting has not begun, its minutes are approved, or the ballot adopted nothing.
    """
    require(by, "decisions.record_decision", meeting)
    _check_time(meeting)
    item = item or (ballot.item if ballot else None)
    _check_origin(meeting, item, ballot)
    council = Council.objects.select_for_update(no_key=True).get(pk=meeting.council_id)
    decided_on = _decided_on(meeting, ballot)
    decision = create(
        Decision(
            council=council,
            meeting=meeting,
            item=item,
            ballot=ballot,
            number=_next_number(council, decided_on.year),
            title=title.strip(),
            text=text.strip(),
            decided_on=decided_on,
            **fields,
        )
    )
    _rest_on(decision, passages, opinions)
    words: dict[str, Any] = {"number": decision.number, "title": decision.title, "meeting_id": meeting.pk}
    record(Verb.DECISION_RECORDED, decision, by=by, **words)
    touched(meeting)
    return decision


def _check_time(meeting: Meeting) -> None:
    written = meeting.kind == Meeting.Kind.WRITTEN and meeting.state == Meeting.State.CONVENED
    if not written and meeting.state not in (Meeting.State.RUNNING, Meeting.State.CLOSED):
        raise Refused(_("A decision is recorded once the meeting has begun."))
    _check_minutes(meeting)


def _check_minutes(meeting: Meeting) -> None:
    if Minutes.objects.filter(meeting=meeting.pk, state=Minutes.State.APPROVED).exists():
        raise Refused(_("The minutes of this meeting are approved; its decisions no longer change."))


def _check_origin(meeting: Meeting, item: AgendaItem | None, ballot: Ballot | None) -> None:
    if item is not None and item.meeting_id != meeting.pk:
        raise ValidationError({"item": _("This agenda item belongs to another meeting.")})
    if ballot is None:
        return
    if ballot.meeting_id != meeting.pk or (ballot.item_id and item and ballot.item_id != item.pk):
        raise ValidationError({"ballot": _("This ballot was about something else.")})
    if not ballot.adopted or ballot.recusal_id:
        raise Refused(_("This ballot has adopted nothing."))


def _decided_on(meeting: Meeting, ballot: Ballot | None) -> dt.date:
    if ballot and ballot.closed_at:
        return clock.seoul_date(ballot.closed_at)
    return min(clock.seoul_date(meeting.opened_at or meeting.starts_at), clock.today())


def _next_number(council: Council, year: int) -> str:
    """The next of the year, the council being locked."""
    taken = Decision.objects.filter(council=council, number__startswith=f"{year}-").values_list("number", flat=True)
    return f"{year}-{max((int(number.partition('-')[2]) for number in taken), default=0) + 1}"


def _rest_on(decision: Decision, passages: Iterable[Passage] | None, opinions: Iterable[Opinion] | None) -> list[str]:
    """Link what a decision rests on; the names of what changed."""
    changed = []
    for name, rows in (("passages", passages), ("opinions", opinions)):
        if rows is None:
            continue
        chosen: list[Any] = list(rows)
        if any(row.council_id != decision.council_id for row in chosen):
            raise ValidationError({name: _("This belongs to another council.")})
        manager = getattr(decision, name)
        if {row.pk for row in chosen} != set(manager.values_list("pk", flat=True)):
            manager.set(chosen)
            changed.append(name)
    return changed


@transaction.atomic
def revise_decision(
    decision: Decision,
    *,
    by: User,
    revision: int | None = None,
    passages: Iterable[Passage] | None = None,
    opinions: Iterable[Opinion] | None = None,
    **values: Any,
) -> Decision:
    """Change the words of a decision, or what it rests on, as long as the minutes are not approved.

    Args:
        revision: The one on which the change was made.

    Raises:
        Refused: The minutes are approved, it was repealed, or someone else was faster.
    """
    require(by, "decisions.revise_decision", decision)
    locked = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    _check_minutes(locked.meeting)
    if locked.state == Decision.State.REPEALED:
        raise Refused(_("This decision has been repealed."))
    check_revision(locked.revision, revision)
    changed = change(locked, **values) + _rest_on(locked, passages, opinions)
    if changed:
        change(locked, revision=locked.revision + 1)
        record(Verb.DECISION_REVISED, locked, by=by, number=locked.number, title=locked.title, fields=changed)
        touched(locked.meeting_id)
    return locked


@transaction.atomic
def repeal_decision(decision: Decision, *, reason: str, by: User) -> Decision:
    """End a decision, with a reason; it stays to be read.

    Raises:
        Refused: It was repealed before.
    """
    require(by, "decisions.repeal_decision", decision)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the decision is repealed.")})
    if not Decision.objects.filter(pk=decision.pk, state=Decision.State.IN_FORCE).update(
        state=Decision.State.REPEALED, repealed_reason=reason.strip(), modified_at=clock.now()
    ):
        raise Refused(_("This decision has been repealed."))
    decision.refresh_from_db()
    record(Verb.DECISION_REPEALED, decision, by=by, number=decision.number, title=decision.title, reason=reason.strip())
    touched(decision.meeting_id)
    return decision
