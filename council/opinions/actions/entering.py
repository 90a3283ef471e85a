"""Entering what was not written here: spoken in the room, on paper, by mail, or in a file."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.models import Sector
from council.core.permissions import require
from council.core.saving import change
from council.documents.models import Passage
from council.journal.actions import record, record_each
from council.journal.verbs import Verb
from council.meetings.bell import touched
from council.opinions import personal_data
from council.opinions.actions.common import WORDS, count, lock, note, phase_now, replied
from council.opinions.actions.giving import last_number, quoted
from council.opinions.models import Consultation, Opinion, Phase, Point, Revision
from council.people.models import Membership, Organisation, User

SOURCE = Opinion.Source
KNOWN = ("author", "membership", "organisation", "passage", "consultation", "council", "recorded_by")  # rows, not input


@dataclass(frozen=True)
class Entered:
    """An opinion as it came in.

    Attributes:
        passage: What it is about, in the version asked about.
        organisation: Whose it is.
        reason: Why; what was said.
        membership: The seat of whoever said it, where they have one; else ``submitter`` names them.
        source_note: Where the original stands, e.g. the letter's number or the row of the file.
        received_at: When it came in; now when left out.
    """

    passage: Passage
    organisation: Organisation
    reason: str
    kind: str = Opinion.Kind.GENERAL
    current_text: str = ""
    proposed_text: str = ""
    audience: str = Opinion.Audience.COUNCIL
    membership: Membership | None = None
    submitter: str = ""
    source_note: str = ""
    received_at: dt.datetime | None = None

    def fingerprint(self) -> str:
        """The same for the same organisation saying the same words of the same passage."""
        said = (self.organisation.pk, self.passage.identity, self.proposed_text, self.reason)
        return hashlib.sha256("\x1f".join(" ".join(str(part).split()) for part in said).encode()).hexdigest()

    def problems(self) -> dict[str, str | Promise]:
        """What is wrong with its words, by field."""
        errors: dict[str, str | Promise] = {}
        if not self.reason.strip():
            errors["reason"] = _("Write what was said, or why.")
        if self.kind in Opinion.NEEDS_WORDING and not self.proposed_text.strip():
            errors["proposed_text"] = _("Write the proposed wording, or choose another kind of opinion.")
        for name in ("reason", "proposed_text"):
            found = personal_data.find(getattr(self, name))
            if any(each.kind == personal_data.Kind.RESIDENT_NUMBER for each in found):
                errors[name] = _("There is a resident registration number in this text. Take it out.")
        return errors


@transaction.atomic
def enter(
    consultation: Consultation,
    passage: Passage,
    *,
    by: User,
    source: str,
    reason: str,
    organisation: Organisation | None = None,
    membership: Membership | None = None,
    kind: str = Opinion.Kind.GENERAL,
    current_text: str = "",
    proposed_text: str = "",
    audience: str = Opinion.Audience.COUNCIL,
    submitter: str = "",
    source_note: str = "",
    received_at: dt.datetime | None = None,
) -> Opinion:
    """Enter one opinion for someone else; what was spoken is confirmed or corrected by its speaker later.

    Args:
        source: ``spoken``, ``mail`` or ``paper``.
        organisation: Whose it is; that of the membership when left out.
        membership: The seat of whoever said it; needed for what was spoken.

    Raises:
        ValidationError: Words, speaker or source are missing, the speaker speaks for someone else, or it is yet to come in.
        Refused: Nothing had been asked at that time.
    """
    require(by, "opinions.enter", consultation)
    if source == SOURCE.SPOKEN and membership is None:
        raise ValidationError({"membership": _("Choose who spoke.")})
    whose = organisation or (membership.organisation if membership else None)
    if whose is None:
        raise ValidationError({"organisation": _("Choose whose opinion it is.")})
    if membership is not None and membership.organisation_id != whose.pk:
        raise ValidationError({"organisation": _("Whoever said it does not speak for this organisation.")})
    if received_at is not None and received_at > clock.now():
        raise ValidationError({"received_at": _("This day is still to come.")})
    if source != SOURCE.SPOKEN and not source_note.strip():
        raise ValidationError({"source_note": _("Say where the original stands, e.g. the letter's date and number.")})
    one = Entered(
        passage,
        whose,
        reason,
        kind,
        current_text,
        proposed_text,
        audience,
        membership,
        submitter,
        source_note,
        received_at,
    )
    return enter_all(consultation, [one], source=source, by=by)[0]


@transaction.atomic
def enter_all(
    consultation: Consultation, entries: Sequence[Entered], *, source: str, by: User, told: bool = False
) -> list[Opinion]:
    """Enter many opinions at once, in a handful of statements however many there are.

    Rows of a file that were entered before, by their words, are left out.

    Args:
        told: Whether to tell of them as one event, e.g. for a file of thousands.

    Returns:
        The opinions that are new.

    Raises:
        ValidationError: With what is wrong with the first row that is wrong; nothing is entered then.
        Refused: Nothing had been asked at that time.
        PermissionDenied: Someone enters opinions who neither runs the council nor brings their own organisation's file.
    """
    _may_enter(consultation, entries, source, by)
    if source not in (SOURCE.SPOKEN, SOURCE.MAIL, SOURCE.PAPER, SOURCE.FILE):
        raise ValidationError({"source": _("Choose how it came in.")})
    consultation = Consultation.objects.select_for_update().prefetch_related("phases").get(pk=consultation.pk)
    number = last_number(consultation)
    known = _known(consultation, entries) if source == SOURCE.FILE else set()
    opinions = []
    for entered in entries:
        if problems := entered.problems():
            raise ValidationError(problems)
        fingerprint = entered.fingerprint() if source == SOURCE.FILE else ""
        if fingerprint and fingerprint in known:
            continue
        known.add(fingerprint)
        number += 1
        opinions.append(_opinion(consultation, entered, source, number, fingerprint, by))
    _keep(consultation, opinions, by)
    if told:
        record(Verb.OPINIONS_ENTERED, consultation, by=by, title=consultation.title, number=len(opinions))
    verb = Verb.OPINION_RECORDED if source == SOURCE.SPOKEN else Verb.OPINION_ENTERED
    record_each(verb, opinions, by=by, each=lambda opinion: {"number": opinion.number}, title=consultation.title)
    if source == SOURCE.SPOKEN and consultation.agenda_item:
        touched(consultation.agenda_item.meeting_id)
    return opinions


def _may_enter(consultation: Consultation, entries: Sequence[Entered], source: str, by: User) -> None:
    """Whoever runs the council enters everything; who gives an organisation's word its file, while a phase runs."""
    if by.has_perm("opinions.enter", consultation):
        return
    seats = {entered.membership for entered in entries}
    own = all(each.membership and each.membership.organisation_id == each.organisation.pk for each in entries)
    if (
        source != SOURCE.FILE
        or not entries
        or not own
        or not all(by.has_perm("opinions.reply", seat) for seat in seats)
    ):
        raise PermissionDenied("opinions.enter")
    phase_now(consultation)


def _known(consultation: Consultation, entries: Sequence[Entered]) -> set[str]:
    prints = [entered.fingerprint() for entered in entries]
    found = consultation.opinions.filter(fingerprint__in=prints)
    return set(found.values_list("fingerprint", flat=True))


def _opinion(
    consultation: Consultation, entered: Entered, source: str, number: int, fingerprint: str, by: User
) -> Opinion:
    membership = entered.membership
    if membership is not None and membership.council_id != consultation.council_id:
        raise ValidationError({"membership": _("This belongs to another council.")})
    at = entered.received_at or clock.now()
    return Opinion(
        council_id=consultation.council_id,
        consultation=consultation,
        passage=entered.passage,
        phase=_phase(consultation, at, source).kind,
        number=number,
        kind=entered.kind,
        current_text=quoted(consultation, entered.passage, entered.current_text),
        proposed_text=entered.proposed_text,
        reason=entered.reason,
        audience=entered.audience,
        state=Opinion.State.SUBMITTED,
        author_id=membership.user_id if membership else None,
        membership=membership,
        organisation=entered.organisation,
        sector=Sector(membership.sector) if membership else entered.organisation.sector,
        submitted_at=at,
        source=source,
        source_note=entered.source_note,
        submitter=entered.submitter,
        recorded_by=by,
        fingerprint=fingerprint,
    )


def _phase(consultation: Consultation, at: dt.datetime, source: str) -> Phase:
    """The phase of the meeting for what was spoken there, as far as there is one; else that of the moment."""
    during = [each for each in consultation.phases.all() if each.kind == Phase.Kind.DURING and each.opens_at <= at]
    phase = during[0] if during and source == SOURCE.SPOKEN else consultation.phase_of(at)
    if consultation.opened_at is None or phase is None:
        raise Refused(_("Nothing had been asked at that time."))
    return phase


def _keep(consultation: Consultation, opinions: list[Opinion], by: User) -> None:
    for opinion in opinions:
        opinion.clean_fields(exclude=KNOWN)
    Opinion.objects.bulk_create(opinions, batch_size=1000)
    Point.objects.bulk_create(
        [Point(council_id=each.council_id, consultation=consultation, opinion=each) for each in opinions],
        batch_size=1000,
    )
    Revision.objects.bulk_create(
        [
            Revision(opinion=each, number=each.revision, by=by, **{name: getattr(each, name) for name in WORDS})
            for each in opinions
        ],
        batch_size=1000,
    )
    count(consultation.pk, submitted=len(opinions), said=1 if opinions else 0)
    replied(consultation, {opinion.organisation_id for opinion in opinions}, by=by)


@transaction.atomic
def confirm(opinion: Opinion, *, by: User) -> Opinion:
    """Say that what was recorded is what one said.

    Raises:
        Refused: There is nothing to confirm.
    """
    opinion = lock(opinion)
    require(by, "opinions.confirm", opinion)
    if not opinion.needs_confirming or opinion.state == Opinion.State.WITHDRAWN:
        raise Refused(_("There is nothing to confirm here."))
    change(opinion, confirmed_at=clock.now())
    note(Verb.OPINION_CONFIRMED, opinion, by=by, number=opinion.number)
    return opinion
