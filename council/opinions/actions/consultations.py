"""Asking: prepare, open, extend, remind, and make the result public."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.documents.models import Version
from council.journal.actions import record
from council.journal.verbs import Verb
from council.opinions.models import Consultation, Extension, Phase, Reply
from council.people.models import Council, Organisation, User

REMIND_DAYS = (3, 1)


@transaction.atomic
def prepare_consultation(
    council: Council,
    *,
    version: Version,
    title: str,
    office: Organisation,
    phases: Mapping[str, tuple[dt.datetime, dt.datetime]],
    by: User,
    **fields: Any,
) -> Consultation:
    """Prepare to ask the council about a version; members see it once it is opened.

    Args:
        office: Who owes the answers.
        phases: Opening and closing moment (aware) of each phase: ``before``, ``during``, ``after``.
    """
    require(by, "opinions.prepare_consultation", council)
    for name, thing in (("version", version), ("agenda_item", fields.get("agenda_item"))):
        if thing is not None and thing.council_id != council.pk:
            raise ValidationError({name: _("This belongs to another council.")})
    if not phases:
        raise ValidationError({"phases": _("A consultation needs at least one phase.")})
    consultation = create(Consultation(council=council, version=version, title=title, office=office, **fields))
    for kind, (opens_at, closes_at) in phases.items():
        create(Phase(consultation=consultation, kind=kind, opens_at=opens_at, closes_at=closes_at))
    record(Verb.CONSULTATION_PREPARED, consultation, by=by, title=title)
    return consultation


@transaction.atomic
def open_consultation(consultation: Consultation, *, by: User) -> Consultation:
    """Put the version before the council; opinions are taken whenever a phase runs.

    Raises:
        Refused: It is open already, its version is not published, or its phases are over or shorter altogether than
            the law or the council's rules ask.
    """
    require(by, "opinions.open_consultation", consultation)
    problems = why_not_open(consultation)
    if problems:
        raise Refused(_("This consultation cannot be opened yet."), problems=problems)
    if not Consultation.objects.filter(pk=consultation.pk, opened_at=None).update(
        opened_at=clock.now(), modified_at=clock.now()
    ):
        raise Refused(_("This consultation has been opened already."))
    consultation.refresh_from_db()
    record(
        Verb.CONSULTATION_OPENED,
        consultation,
        by=by,
        title=consultation.title,
        closes_at=consultation.closes_at,
    )
    return consultation


def why_not_open(consultation: Consultation) -> list[str | Promise]:
    """What is missing before a consultation can be opened, a sentence each."""
    problems: list[str | Promise] = []
    if not consultation.version.is_published:
        problems.append(_("The version it asks about is not published."))
    opens_at, closes_at = consultation.opens_at, consultation.closes_at
    if opens_at is None or closes_at is None or closes_at <= clock.now():
        problems.append(_("All its phases are over."))
    elif (clock.seoul_date(closes_at) - clock.seoul_date(opens_at)).days < consultation.shortest_days:
        days = consultation.shortest_days
        problems.append(
            ngettext_lazy(
                "It lasts shorter than the %(days)d day the council's rules or the law ask for.",
                "It lasts shorter than the %(days)d days the council's rules or the law ask for.",
                days,
            )
            % {"days": days}
        )
    return problems


@transaction.atomic
def extend(phase: Phase, *, closes_at: dt.datetime, reason: str, by: User) -> Phase:
    """연장: give a phase more time, with a reason everyone can read; one that is over runs again.

    Raises:
        ValidationError: The new time is no later than the old one or lies in the past, or the reason is missing.
    """
    consultation = phase.consultation
    require(by, "opinions.extend", consultation)
    phase = Phase.objects.select_for_update().get(pk=phase.pk)
    errors: dict[str, str | Promise] = {}
    if closes_at <= max(phase.closes_at, clock.now()):
        errors["closes_at"] = _("Choose a time later than now and than the present closing time.")
    if not reason.strip():
        errors["reason"] = _("Say why; everyone who was asked reads it.")
    if errors:
        raise ValidationError(errors)
    create(Extension(phase=phase, closed_at=phase.closes_at, closes_at=closes_at, reason=reason, by=by))
    change(phase, closes_at=closes_at, reminded_for=None)
    record(
        Verb.PHASE_EXTENDED,
        consultation,
        by=by,
        title=consultation.title,
        phase=phase.kind,
        closes_at=closes_at,
        reason=reason,
    )
    return phase


@transaction.atomic
def remind(consultation: Consultation, *, by: User) -> Consultation:
    """Remind the organisations that still owe a reply; who that is, is asked when the reminder is sent.

    Raises:
        Refused: It takes no opinions now, or everyone has replied.
    """
    require(by, "opinions.remind", consultation)
    if not consultation.is_taking_opinions:
        raise Refused(_("This consultation takes no opinions now."))
    replies = Reply.objects.filter(consultation=consultation)
    if not consultation.asked().exclude(pk__in=replies.values("organisation")).exists():
        raise Refused(_("Every organisation has replied already."))
    _remind(consultation, by)
    return consultation


def _remind(consultation: Consultation, by: User | None) -> None:
    record(
        Verb.CONSULTATION_REMINDED,
        consultation,
        by=by,
        title=consultation.title,
        closes_at=min(phase.closes_at for phase in consultation.phases.all() if phase.closes_at >= clock.now()),
    )


@transaction.atomic
def remind_before_closing() -> int:
    """Remind, three days and one day before a phase closes, whoever still owes a reply. Set off by the clock.

    A run that comes late or twice reminds once: the phase keeps for which day it was reminded.

    Returns:
        How many consultations were reminded of.
    """
    now, reminded = clock.now(), 0
    closing = Phase.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        consultation__opened_at__isnull=False,
        opens_at__lte=now - dt.timedelta(days=1),
        closes_at__gt=now,
        closes_at__lte=now + dt.timedelta(days=max(REMIND_DAYS)),
    )
    for phase in closing.select_related("consultation"):
        due = min(days for days in REMIND_DAYS if phase.closes_at <= now + dt.timedelta(days=days))
        if phase.reminded_for is None or due < phase.reminded_for:
            change(phase, reminded_for=due)
            _remind(phase.consultation, None)
            reminded += 1
    return reminded


@transaction.atomic
def publish_result(consultation: Consultation, *, by: User, public: bool = True) -> Consultation:
    """Let everybody read the result page without an account, or stop that.

    Raises:
        Refused: No answer is published yet, or it is that way already.
    """
    require(by, "opinions.publish_result", consultation)
    consultation.refresh_from_db(fields=["published"])
    if public and not consultation.published:
        raise Refused(_("There is no published answer to show yet."))
    changed = Consultation.objects.filter(pk=consultation.pk, public_at__isnull=public).update(
        public_at=clock.now() if public else None, modified_at=clock.now()
    )
    if not changed:
        raise Refused(_("The result page is public already.") if public else _("The result page is not public."))
    consultation.refresh_from_db()
    verb = Verb.RESULT_MADE_PUBLIC if public else Verb.RESULT_MADE_PRIVATE
    record(verb, consultation, by=by, title=consultation.title)
    return consultation
