"""Actions (과제): assigned, reported on, accepted; and what follows by itself when they are late."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, check_revision, create
from council.decisions.models import Action, ActionReport, Decision
from council.documents import actions as documents
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings import actions as meetings
from council.meetings.bell import touched
from council.meetings.models import AgendaItem, Meeting
from council.meetings.planning import brings_in
from council.people.models import Council, Membership, Organisation, User

STATE = Action.State
PROGRESS = (STATE.IN_PROGRESS, STATE.REPORTED)
NEEDS_A_REASON = {"organisation", "owner", "due_on"}


@transaction.atomic
def assign_action(
    meeting: Meeting,
    *,
    title: str,
    organisation: Organisation,
    due_on: dt.date,
    by: User,
    item: AgendaItem | None = None,
    decision: Decision | None = None,
    owner: User | None = None,
    head: User | None = None,
    note: str = "",
) -> Action:
    """Give an organisation something to do by a day, because a meeting agreed on it.

    Args:
        owner: Who does it there; without one everyone who speaks for the organisation hears of it.
        head: Whom to tell when it stays undone; without one the organisation's coordinator, or the chair.

    Raises:
        Refused: The meeting has not been convened, or was called off.
    """
    require(by, "decisions.assign_action", meeting)
    if meeting.state not in (Meeting.State.CONVENED, Meeting.State.RUNNING, Meeting.State.CLOSED):
        raise Refused(_("Actions follow from a meeting that takes place."))
    item = item or (decision.item if decision else None)
    for name, thing in (("item", item), ("decision", decision)):
        if thing is not None and thing.meeting_id != meeting.pk:
            raise ValidationError({name: _("This belongs to another meeting.")})
    _check_people(meeting.council, organisation, owner, head)
    if due_on < min(clock.seoul_date(meeting.starts_at), clock.today()):
        raise ValidationError({"due_on": _("This day lies before the meeting.")})
    action = create(
        Action(
            council_id=meeting.council_id,
            meeting=meeting,
            item=item,
            decision=decision,
            organisation=organisation,
            owner=owner,
            head=head,
            title=title.strip(),
            note=note.strip(),
            due_on=due_on,
        )
    )
    record(Verb.ACTION_ASSIGNED, action, by=by, organisation_id=organisation.pk, title=action.title, due_on=due_on)
    touched(meeting)
    return action


def _check_people(council: Council, organisation: Organisation, owner: User | None, head: User | None) -> None:
    """Whoever has something to do sits on the council: nobody else would see it."""
    seats = Membership.objects.current().filter(council=council)
    own = seats.filter(organisation=organisation)
    if not own.exists():
        raise ValidationError({"organisation": _("Nobody sits on the council for this organisation.")})
    if owner is not None and not own.filter(user=owner).exists():
        raise ValidationError({"owner": _("This person does not sit on the council for the organisation.")})
    if head is not None and not seats.filter(user=head).exists():
        raise ValidationError({"head": _("This person does not sit on the council.")})


@transaction.atomic
def revise_action(action: Action, *, by: User, reason: str = "", revision: int | None = None, **values: Any) -> Action:
    """Change an open action; another owner or another day needs a reason, and begins its reminders anew.

    Raises:
        Refused: It is done or dropped, or someone else was faster.
    """
    require(by, "decisions.revise_action", action)
    locked = _lock(action, Action.OPEN, _("This action is no longer open."))
    check_revision(locked.revision, revision)
    if values.get("organisation", locked.organisation) != locked.organisation and "owner" not in values:
        values["owner"] = None
    differs = {name for name, value in values.items() if getattr(locked, name) != value}
    if differs & NEEDS_A_REASON and not reason.strip():
        raise ValidationError({"reason": _("Say why somebody else does it, or by another day.")})
    if differs & {"organisation", "owner", "head"}:
        _check_people(
            locked.council,
            values.get("organisation", locked.organisation),
            values.get("owner", locked.owner),
            values.get("head", locked.head),
        )
    if differs & NEEDS_A_REASON:
        values |= {"reminded_on": None, "escalated_on": None}
    changed = change(locked, **values)
    if changed:
        change(locked, revision=locked.revision + 1)
        if reason.strip():
            _note(locked, reason, by)
        record(
            Verb.ACTION_REVISED,
            locked,
            by=by,
            organisation_id=locked.organisation_id,
            title=locked.title,
            due_on=locked.due_on,
            fields=changed,
            reason=reason.strip(),
        )
        touched(locked.meeting_id)
    return locked


def _lock(action: Action, states: Any, otherwise: Any) -> Action:
    locked = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if locked.state not in states:
        raise Refused(otherwise)
    return locked


def _note(action: Action, words: str, by: User, **fields: Any) -> ActionReport:
    return create(ActionReport(action=action, state=action.state, note=words.strip(), by=by, at=clock.now(), **fields))


@transaction.atomic
def report_action(action: Action, *, state: str, note: str, by: User, evidence: File[bytes] | None = None) -> Action:
    """이행 보고: say how far an action has come, or that it is done, with what shows it.

    Args:
        state: ``in_progress``, or ``reported`` for done; the secretary accepts that or sends it back.

    Raises:
        Refused: It is done or dropped.
    """
    require(by, "decisions.report_action", action)
    if state not in PROGRESS:
        raise ValidationError({"state": _("Say whether it is in progress or done.")})
    locked = _lock(action, Action.OPEN, _("This action is no longer open."))
    change(locked, state=state, revision=locked.revision + 1)
    attached = documents.keep(locked.council, file=evidence, by=by) if evidence else None
    _note(locked, note, by, evidence=attached)
    record(Verb.ACTION_REPORTED, locked, by=by, organisation_id=locked.organisation_id, title=locked.title, state=state)
    touched(locked.meeting_id)
    return locked


@transaction.atomic
def accept_action(action: Action, *, by: User, note: str = "") -> Action:
    """Accept that an action is done, as it was reported.

    Raises:
        Refused: Nobody has reported it as done.
    """
    require(by, "decisions.accept_action", action)
    locked = _lock(action, [STATE.REPORTED], _("This action has not been reported as done."))
    return _end(locked, STATE.DONE, Verb.ACTION_ACCEPTED, note=note, by=by)


@transaction.atomic
def drop_action(action: Action, *, reason: str, by: User) -> Action:
    """Give an action up, with a reason.

    Raises:
        Refused: It is done or dropped already.
    """
    require(by, "decisions.drop_action", action)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the action is given up.")})
    locked = _lock(action, Action.OPEN, _("This action is no longer open."))
    return _end(locked, STATE.DROPPED, Verb.ACTION_DROPPED, note=reason, by=by)


def _end(action: Action, state: str, verb: Verb, *, note: str, by: User) -> Action:
    change(action, state=state, ended_at=clock.now(), revision=action.revision + 1)
    if note.strip():
        _note(action, note, by)
    record(verb, action, by=by, organisation_id=action.organisation_id, title=action.title, reason=note.strip())
    touched(action.meeting_id)
    return action


@transaction.atomic
def reopen_action(action: Action, *, reason: str, by: User, due_on: dt.date | None = None) -> Action:
    """Send a report back, or take up again what was done or dropped, with a reason; its reminders begin anew.

    Raises:
        Refused: It is open as it is.
    """
    require(by, "decisions.reopen_action", action)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is still to be done.")})
    states = [STATE.REPORTED, STATE.DONE, STATE.DROPPED]
    locked = _lock(action, states, _("This action is open already."))
    change(
        locked,
        state=STATE.IN_PROGRESS,
        ended_at=None,
        due_on=due_on or locked.due_on,
        reminded_on=None,
        escalated_on=None,
        revision=locked.revision + 1,
    )
    _note(locked, reason, by)
    record(
        Verb.ACTION_REOPENED,
        locked,
        by=by,
        organisation_id=locked.organisation_id,
        title=locked.title,
        due_on=locked.due_on,
        reason=reason.strip(),
    )
    touched(locked.meeting_id)
    return locked


@transaction.atomic
def follow_up() -> int:
    """Remind of actions before and after their day, and tell the head of what stays undone. Set off by the clock.

    Each step is told once, however often this runs. What was reported as done waits for the secretary, not the owner.

    Returns:
        How many notices were asked for.
    """
    today, told = clock.today(), 0
    waiting = Action.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state__in=[STATE.ASSIGNED, STATE.IN_PROGRESS]
    )
    for action in waiting.select_related("council"):
        for verb, stamp in _steps(action, action.council, today):
            Action.objects.filter(pk=action.pk).update(**{stamp: today})
            record(
                verb, action, by=None, organisation_id=action.organisation_id, title=action.title, due_on=action.due_on
            )
            told += 1
    return told


def _steps(action: Action, council: Council, today: dt.date) -> list[tuple[Verb, str]]:
    """What is to be told of an action today, and where it is noted that it was."""
    late = (today - action.due_on).days
    if late <= 0:
        soon = action.reminded_on is None and -late <= council.action_notice_days
        return [(Verb.ACTION_DUE_SOON, "reminded_on")] if soon else []
    steps = []
    if action.reminded_on is None or action.reminded_on <= action.due_on:
        steps.append((Verb.ACTION_OVERDUE, "reminded_on"))
    if action.escalated_on is None and late >= council.action_escalation_days:
        steps.append((Verb.ACTION_ESCALATED, "escalated_on"))
    return steps


def open_actions_before(meeting: Meeting) -> Any:
    """The open actions that earlier meetings of the same body left."""
    earlier = Action.objects.open().filter(
        council=meeting.council_id,
        meeting__subcommittee=meeting.subcommittee_id,
        meeting__starts_at__lt=meeting.starts_at,
    )
    return earlier.exclude(meeting=meeting.pk)


@brings_in
def bring_in_open_actions(meeting: Meeting, by: User) -> None:
    """Put what earlier meetings of the same body left open on the agenda of the next, except of a written review."""
    if meeting.kind == Meeting.Kind.WRITTEN or not open_actions_before(meeting).exists():
        return
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("Open actions of earlier meetings")
    meetings.add_item(meeting, title=title, by=by, kind=AgendaItem.Kind.REPORT, presenter=by.name, follow_up=True)
