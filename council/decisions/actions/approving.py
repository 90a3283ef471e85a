"""From a draft to the record: complete, circulated, corrected, approved and locked; amended by annex alone."""

import datetime as dt
import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, check_revision, create
from council.decisions.actions.minutes import hold, locked, write
from council.decisions.completeness import lacking
from council.decisions.heads import read_head
from council.decisions.models import Annex, Confirmation, Correction, Minutes, Section
from council.decisions.models.minutes import attendees, of_own
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.closing import before_correcting
from council.meetings.models import Invitation, Meeting
from council.meetings.models.coming import InvitationQuerySet
from council.opinions.wording import take_over
from council.people.models import User

STATE = Minutes.State


# --- Circulating -----------------------------------------------------------------------------------------------------


@transaction.atomic
def circulate(minutes: Minutes, *, by: User) -> Minutes:
    """회람: give the draft to those who were there, to correct within the days the council's rules give.

    Raises:
        Refused: Something the law asks for is missing, or they are circulated already.
    """
    require(by, "decisions.circulate_minutes", minutes)
    hold(minutes, STATE.DRAFT)
    if missing := lacking(minutes):
        raise Refused(_("The minutes are not complete yet."), problems=[each.sentence for each in missing])
    days = dt.timedelta(days=minutes.council.correction_days)
    until = clock.end_of_day(clock.today() + days)
    change(minutes, state=STATE.CIRCULATED, circulated_at=clock.now(), corrections_until=until)
    record(
        Verb.MINUTES_CIRCULATED, minutes, by=by, title=minutes.meeting.title, until=until.astimezone(clock.SEOUL).date()
    )
    return minutes


@transaction.atomic
def recall(minutes: Minutes, *, reason: str, by: User) -> Minutes:
    """Take circulated minutes back into work; who confirmed them will be asked again.

    Raises:
        ValidationError: There is no reason.
        Refused: They are not circulated.
    """
    require(by, "decisions.circulate_minutes", minutes)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    hold(minutes, STATE.CIRCULATED)
    minutes.confirmations.all().delete()
    change(minutes, state=STATE.DRAFT, circulated_at=None, corrections_until=None)
    record(Verb.MINUTES_RECALLED, minutes, by=by, title=minutes.meeting.title, reason=reason)
    return minutes


# --- Correcting ------------------------------------------------------------------------------------------------------


def unanswered(minutes: Minutes) -> InvitationQuerySet:
    """The invitations of those who were there and have neither confirmed nor asked for a correction."""
    asked = Correction.objects.filter(section__minutes=minutes).values("invitation")
    confirmed = minutes.confirmations.values("invitation")
    return attendees(minutes.meeting).exclude(pk__in=asked).exclude(pk__in=confirmed)


@transaction.atomic
def confirm_minutes(minutes: Minutes, *, by: User) -> Minutes:
    """Say that one read the minutes and has nothing to correct; done once for all one's seats.

    Raises:
        Refused: They are not circulated.
    """
    require(by, "decisions.correct_minutes", minutes)
    hold(minutes, STATE.CIRCULATED)
    new = False
    for invitation in attendees(minutes.meeting).filter(of_own(by)):
        new |= Confirmation.objects.get_or_create(minutes=minutes, invitation=invitation, defaults={"by": by})[1]
    if new:
        record(Verb.MINUTES_CONFIRMED, minutes, by=by, title=minutes.meeting.title)
    return minutes


@transaction.atomic
def request_correction(
    section: Section,
    *,
    proposed: str,
    by: User,
    quote: str = "",
    reason: str = "",
    invitation: Invitation | None = None,
) -> Correction:
    """정정 요청: ask that a sentence be put otherwise.

    Args:
        proposed: The sentence as it should be.
        quote: The sentence as it stands; nothing for one that is missing.
        invitation: For which seat one was there; not needed with one.

    Raises:
        ValidationError: The quote does not stand in the section, nothing is proposed, or one was not there for that seat.
        Refused: The time for corrections is over.
    """
    minutes = section.minutes
    require(by, "decisions.correct_minutes", minutes)
    hold(minutes, STATE.CIRCULATED)
    minutes.refresh_from_db()
    if minutes.corrections_until is None or minutes.corrections_until < clock.now():
        raise Refused(_("The time for corrections is over; ask the secretary for an annex."))
    section = locked(section)
    if quote.strip() and " ".join(quote.split()) not in " ".join(section.text.split()):
        raise ValidationError({"quote": _("These words do not stand in the section.")})
    own = attendees(minutes.meeting).filter(of_own(by))
    speaks = own.filter(pk=invitation.pk).first() if invitation else own.order_by("id").first()
    if speaks is None:
        raise ValidationError({"invitation": _("You were not there for this seat.")})
    correction = create(
        Correction(
            council_id=minutes.council_id,
            section=section,
            invitation=speaks,
            requested_by=by,
            quote=quote.strip(),
            proposed=proposed.strip(),
            reason=reason,
        )
    )
    record(Verb.CORRECTION_REQUESTED, correction, by=by, title=minutes.meeting.title)
    return correction


def as_corrected(correction: Correction) -> str | None:
    """The section with the sentence put as asked for; ``None`` where its old wording stands there no longer."""
    text = correction.section.text
    if not correction.quote:
        return "\n".join(filter(None, [text.rstrip(), correction.proposed]))
    return take_over(text, correction.quote, correction.proposed, "amend")


@transaction.atomic
def decide_correction(
    correction: Correction, *, state: str, answer: str, by: User, text: str | None = None, revision: int | None = None
) -> Correction:
    """Decide on a requested correction, with an answer; what is accepted changes the section.

    Args:
        state: ``accepted``, ``partly`` or ``declined``.
        text: How the section reads then; where accepted it follows from the request when left out.
        revision: The section's revision the text was written on; a newer one refuses it.

    Raises:
        ValidationError: There is no answer, or no text that follows from it.
        Refused: It is decided already, or the minutes are approved.
    """
    require(by, "decisions.decide_correction", correction)
    hold(correction.section.minutes, STATE.DRAFT, STATE.CIRCULATED)
    section = locked(correction.section)
    correction = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    correction.section = section
    if correction.state != Correction.State.REQUESTED:
        raise Refused(_("This correction is decided already."))
    if state not in set(Correction.State.values) - {Correction.State.REQUESTED}:
        raise ValidationError({"state": _("Say whether the correction is accepted.")})
    if not answer.strip():
        raise ValidationError({"answer": _("Give the answer its reason.")})
    if state != Correction.State.DECLINED:
        check_revision(section.revision, revision)
        write(section, _corrected(correction, state, text), by)
    change(correction, state=state, answer=answer, decided_by=by, decided_at=clock.now())
    title = section.minutes.meeting.title
    record(Verb.CORRECTION_DECIDED, correction, by=by, title=title, outcome=str(state))
    return correction


def _corrected(correction: Correction, state: str, text: str | None) -> str:
    if text is not None and text.strip():
        return text
    corrected = as_corrected(correction) if state == Correction.State.ACCEPTED else None
    if corrected is None:
        raise ValidationError({"text": _("Say how the section reads then.")})
    return corrected


# --- Approving -------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve_minutes(minutes: Minutes, *, by: User) -> Minutes:
    """Approve and lock minutes once all corrections are decided and the time for them is over, or nobody is left to ask.

    Raises:
        Refused: They are not circulated, or one of these is not so yet.
    """
    require(by, "decisions.approve_minutes", minutes)
    hold(minutes, STATE.CIRCULATED)
    minutes.refresh_from_db()
    if problems := why_not_approve(minutes):
        raise Refused(_("These minutes cannot be approved yet."), problems=problems)
    minutes.state, minutes.head = STATE.APPROVED, dict(read_head(minutes.meeting))
    minutes.approved_by, minutes.approved_at = by, clock.now()
    minutes.digest, minutes.modified_at = digest_of(minutes), clock.now()
    minutes.full_clean()
    minutes.save()
    record(Verb.MINUTES_APPROVED, minutes, by=by, title=minutes.meeting.title, sha256=minutes.digest)
    return minutes


def why_not_approve(minutes: Minutes) -> list[str | Promise]:
    """What stands in the way of approving circulated minutes, a sentence each."""
    problems: list[str | Promise] = []
    undecided = Correction.objects.filter(section__minutes=minutes, state=Correction.State.REQUESTED).count()
    if undecided:
        problems.append(_("Corrections still to be decided: %(number)d.") % {"number": undecided})
    until = minutes.corrections_until
    if until is not None and clock.now() <= until and unanswered(minutes).exists():
        problems.append(_("Those who were there may ask for corrections until the end of the time given."))
    return problems + [each.sentence for each in lacking(minutes)]


@before_correcting
def why_locked(meeting: Meeting) -> list[str | Promise]:
    """That minutes stand in the way of changing who was there and what was said."""
    state = Minutes.objects.filter(meeting=meeting).values_list("state", flat=True).first()
    if state == STATE.CIRCULATED:
        return [_("The minutes are circulated; recall them first.")]
    return [_("The minutes are approved and locked.")] if state == STATE.APPROVED else []


def digest_of(minutes: Minutes) -> str:
    """SHA-256 over everything approved minutes say, in one written form (JSON, keys in order, UTF-8)."""
    content = {
        "head": minutes.head,
        "sections": [
            {"heading": section.heading, "text": section.text, "closed": section.closed}
            for section in minutes.sections.order_by("position")
        ],
        "approved_at": minutes.approved_at.astimezone(dt.UTC).isoformat() if minutes.approved_at else None,
        "approved_by": minutes.approved_by.name if minutes.approved_by else None,
    }
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


@transaction.atomic
def add_annex(minutes: Minutes, *, text: str, reason: str, by: User) -> Annex:
    """별지: correct approved minutes; their text stays as it is.

    Raises:
        ValidationError: Text or reason is missing.
        Refused: They are not approved.
    """
    require(by, "decisions.add_annex", minutes)
    if Minutes.objects.select_for_update(of=("self",)).get(pk=minutes.pk).state != STATE.APPROVED:
        raise Refused(_("An annex belongs to approved minutes; change the text itself."))
    last = minutes.annexes.aggregate(last=Max("number"))["last"] or 0
    annex = create(
        Annex(council_id=minutes.council_id, minutes=minutes, number=last + 1, text=text, reason=reason, by=by)
    )
    record(Verb.ANNEX_ADDED, annex, by=by, title=minutes.meeting.title, number=annex.number)
    return annex
