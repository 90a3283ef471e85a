"""Convening (소집): what is still missing, and inviting everyone entitled."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.common import ALIVE, lock
from council.meetings.bell import touched
from council.meetings.models import AgendaItem, Invitation, Meeting
from council.people.models import Membership, User

NEEDS_PAPERS = (AgendaItem.Kind.DELIBERATION, AgendaItem.Kind.DECISION)


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
def invite(meeting: Meeting, membership: Membership, *, by: User) -> Invitation:
    """Invite someone who was appointed after the meeting was convened, until it is over.

    Raises:
        Refused: The meeting is not convened or over, or the person is not entitled or invited already.
    """
    require(by, "meetings.convene_meeting", meeting)
    return _invite(meeting, membership, by)


def _invite(meeting: Meeting, membership: Membership, by: User | None) -> Invitation:
    locked = lock(meeting, ALIVE, _("This meeting is over."))
    if locked.state == Meeting.State.PLANNED:
        raise Refused(_("This meeting has not been convened; everyone entitled is invited when it is."))
    if not locked.uninvited().filter(pk=membership.pk).exists():
        raise Refused(_("This person is not entitled to come, or is invited already."))
    invitation = create(Invitation(council_id=meeting.council_id, meeting=meeting, membership=membership))
    record(
        Verb.MEMBER_INVITED,
        invitation,
        by=by,
        organisation_id=membership.organisation_id,
        title=meeting.title,
        starts_at=meeting.starts_at,
        place=meeting.place,
    )
    touched(meeting)
    return invitation


@transaction.atomic
def invite_latecomers() -> int:
    """Invite whoever was appointed since a meeting to come was convened. Set off by the clock.

    Returns:
        How many were invited.
    """
    found = 0
    for meeting in Meeting.objects.filter(state=Meeting.State.CONVENED, starts_at__gt=clock.now()):
        for membership in meeting.uninvited():
            _invite(meeting, membership, by=None)
            found += 1
    return found
