"""제척·기피·회피: interests declared ahead, and members who keep out of an item."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.common import lock
from council.meetings.bell import touched
from council.meetings.models import AgendaItem, Invitation, Meeting, Recusal
from council.meetings.rules import speaks_for
from council.people.models import User
from council.people.models.councils import ChallengesBy

Kind, State = Recusal.Kind, Recusal.State
CONVENED = (Meeting.State.CONVENED, Meeting.State.RUNNING)


@transaction.atomic
def declare_no_interest(invitation: Invitation, *, by: User) -> Invitation:
    """Declare ahead that one has no interest of one's own in what is on the agenda, beside what one keeps out of."""
    require(by, "meetings.declare_interests", invitation)
    lock(invitation.meeting, CONVENED, _("This meeting is over."))
    _declared(invitation)
    record(
        Verb.INTERESTS_DECLARED,
        invitation,
        by=by,
        organisation_id=invitation.membership.organisation_id,
        title=invitation.meeting.title,
    )
    return invitation


def _declared(invitation: Invitation) -> None:
    invitation.refresh_from_db()
    change(invitation, interests_declared_at=clock.now())


@transaction.atomic
def raise_recusal(
    item: AgendaItem, *, invitation: Invitation, kind: str, ground: str, reason: str, by: User
) -> Recusal:
    """Say that a member should keep out of an item.

    Abstention (회피) is one's own and holds at once. Exclusion (제척) holds at once where those who run the council
    establish it, otherwise they decide. A challenge (기피) of another member is decided as the council's rules say.

    Args:
        invitation: The member who is to keep out, as invited to the item's meeting.

    Raises:
        ValidationError: The kind does not fit who raises it or on what ground.
        Refused: The item is over, or the member's recusal is raised already.
    """
    require(by, "meetings.raise_recusal", item)
    meeting = lock(item.meeting, CONVENED, _("This meeting is not convened, or over."))
    item.refresh_from_db()
    if item.state == AgendaItem.State.DONE:
        raise Refused(_("This item has been dealt with."))
    _check(item, invitation, kind, ground, by)
    if Recusal.objects.filter(item=item, membership=invitation.membership_id, state__in=Recusal.STANDING).exists():
        raise Refused(_("This member's recusal from the item is raised already."))
    at_once = kind == Kind.ABSTENTION or (
        kind == Kind.EXCLUSION and by.has_perm("meetings.establish_exclusion", invitation)
    )
    recusal = create(
        Recusal(
            council_id=item.council_id,
            item=item,
            invitation=invitation,
            membership=invitation.membership,
            kind=kind,
            ground=ground,
            reason=reason.strip(),
            state=State.GRANTED if at_once else State.RAISED,
            raised_by=by,
            decided_by=by if at_once else None,
            decided_at=clock.now() if at_once else None,
        )
    )
    if kind == Kind.ABSTENTION:
        _declared(invitation)
    _record(Verb.RECUSAL_RAISED, recusal, by, at_once=at_once)
    touched(meeting)
    return recusal


def _check(item: AgendaItem, invitation: Invitation, kind: str, ground: str, by: User) -> None:
    if invitation.meeting_id != item.meeting_id:
        raise ValidationError({"invitation": _("This member is not invited to this meeting.")})
    own = speaks_for(by, invitation)
    if kind == Kind.ABSTENTION and not own:
        raise ValidationError(
            {"kind": _("Nobody abstains but the member; challenge them, or have an exclusion found.")}
        )
    if kind == Kind.CHALLENGE and own:
        raise ValidationError({"kind": _("Whoever doubts their own fairness abstains.")})
    if kind == Kind.CHALLENGE and not invitation.votes:
        raise ValidationError({"invitation": _("Only who holds a seat can be challenged.")})
    if kind == Kind.EXCLUSION and ground == Recusal.Ground.OTHER:
        raise ValidationError({"ground": _("An exclusion needs one of the grounds in the rules.")})


@transaction.atomic
def decide_recusal(recusal: Recusal, *, granted: bool, by: User, decision: str = "") -> Recusal:
    """Establish an exclusion or not; decide a challenge, where that is the chair's.

    Raises:
        Refused: It is decided, by ballot, or no longer raised.
    """
    require(by, "meetings.decide_recusal", recusal)
    if is_for_the_ballot(recusal):
        raise Refused(_("In this council a ballot decides on challenges, without the member's vote."))
    if recusal.kind == Kind.CHALLENGE:
        require(by, "meetings.decide_challenge", recusal)
    if not granted and not decision.strip():
        raise ValidationError({"decision": _("Say why it is denied.")})
    return _decide(recusal, State.GRANTED if granted else State.DENIED, decision, by)


def is_for_the_ballot(recusal: Recusal) -> bool:
    """Whether it is a challenge in a council that decides on challenges by vote."""
    return recusal.kind == Kind.CHALLENGE and recusal.item.council.challenges_decided_by == ChallengesBy.BALLOT


@transaction.atomic
def decide_by_ballot(recusal: Recusal, *, granted: bool, decision: str, by: User) -> Recusal:
    """Decide a challenge as the ballot on it came out; for whoever closes the ballot, which has asked whether they may.

    Args:
        decision: The result, as it is read in the minutes.
        by: Who closed the ballot.
    """
    return _decide(recusal, State.GRANTED if granted else State.DENIED, decision, by)


def _decide(recusal: Recusal, state: str, decision: str, by: User) -> Recusal:
    meeting = lock(recusal.item.meeting, CONVENED, _("This meeting is over."))
    recusal.refresh_from_db()
    if recusal.state != State.RAISED:
        raise Refused(_("This has been decided or withdrawn already."))
    change(
        recusal,
        state=state,
        decided_by=by,
        decided_at=clock.now(),
        decision=decision.strip(),
    )
    _record(Verb.RECUSAL_DECIDED, recusal, by, granted=state == State.GRANTED)
    touched(meeting)
    return recusal


@transaction.atomic
def withdraw_recusal(recusal: Recusal, *, by: User) -> Recusal:
    """Take back what one raised before it is decided, or what held at once before the item is taken up.

    Raises:
        Refused: Others have decided on it, or the item has been taken up.
    """
    require(by, "meetings.withdraw_recusal", recusal)
    meeting = lock(recusal.item.meeting, CONVENED, _("This meeting is over."))
    recusal.refresh_from_db()
    at_once = recusal.state == State.GRANTED and recusal.decided_by_id == recusal.raised_by_id
    if recusal.state != State.RAISED and not at_once:
        raise Refused(_("This has been decided or withdrawn already."))
    if at_once and recusal.item.opened_at is not None:
        raise Refused(_("The item has been taken up; the member keeps out of it to the end."))
    change(recusal, state=State.WITHDRAWN)
    _record(Verb.RECUSAL_WITHDRAWN, recusal, by)
    touched(meeting)
    return recusal


def _record(verb: Verb, recusal: Recusal, by: User, **data: Any) -> None:
    """The words say the item's number and never its title, which may be closed to who reads them."""
    record(
        verb,
        recusal,
        by=by,
        title=recusal.item.meeting.title,
        number=recusal.item.number,
        person=recusal.membership.user.name,
        kind=recusal.kind,
        **data,
    )
