"""What can happen to consultations, opinions and answers: one function per verb."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, check_revision, create
from council.documents.models import Passage, Version
from council.journal.actions import record, record_each
from council.journal.verbs import Verb
from council.opinions.models import Consultation, Disposition, Opinion, Phase, Revision
from council.people.models import Council, Membership, Organisation, User

WORDS = ("kind", "proposed_text", "reason", "audience")


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
            the council's rules ask.
    """
    require(by, "opinions.open_consultation", consultation)
    problems = _why_not_open(consultation)
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


def _why_not_open(consultation: Consultation) -> list[str | Promise]:
    problems: list[str | Promise] = []
    if not consultation.version.is_published:
        problems.append(_("The version it asks about is not published."))
    opens_at, closes_at = consultation.opens_at, consultation.closes_at
    if opens_at is None or closes_at is None or closes_at <= clock.now():
        problems.append(_("All its phases are over."))
    elif (clock.seoul_date(closes_at) - clock.seoul_date(opens_at)).days < consultation.council.consultation_days:
        days = consultation.council.consultation_days
        problems.append(
            ngettext_lazy(
                "It lasts shorter than the %(days)d day the council's rules ask for.",
                "It lasts shorter than the %(days)d days the council's rules ask for.",
                days,
            )
            % {"days": days}
        )
    return problems


@transaction.atomic
def draft(
    consultation: Consultation,
    passage: Passage,
    *,
    membership: Membership,
    by: User,
    current_text: str = "",
    **words: str,
) -> Opinion:
    """Begin an opinion on a passage, for the organisation of a membership. Nobody else sees it before it is submitted.

    Args:
        membership: The author's own, current membership in the council, which says for whom they speak.
        current_text: The words of the passage it is about; all of its text when empty.
        words: ``kind``, ``proposed_text``, ``reason``, ``audience``.

    Raises:
        ValidationError: The passage is of another version, or the quoted words do not stand in it.
        Refused: No phase runs now.
    """
    require(by, "opinions.give", consultation)
    _check_membership(membership, consultation, by)
    _phase_now(consultation)
    if passage.version_id != consultation.version_id:
        raise ValidationError({"passage": _("This passage does not belong to the version asked about.")})
    quote = current_text.strip() or passage.text or passage.heading
    if quote not in passage.text and quote != passage.heading:
        raise ValidationError({"current_text": _("These words do not stand in the passage.")})
    opinion = create(
        Opinion(
            council_id=consultation.council_id,
            consultation=consultation,
            passage=passage,
            current_text=quote,
            author=by,
            membership=membership,
            organisation_id=membership.organisation_id,
            sector=membership.sector,
            **words,
        )
    )
    _record(Verb.OPINION_DRAFTED, opinion, by=by)
    return opinion


def _check_membership(membership: Membership, consultation: Consultation, by: User) -> None:
    own = membership.user_id == by.pk and membership.council_id == consultation.council_id
    if not own or not membership.covers(clock.today()) or membership.role == Membership.Role.OBSERVER:
        raise PermissionDenied("opinions.give")


def _phase_now(consultation: Consultation) -> Phase:
    phase = consultation.phase_at(clock.now())
    if phase is None:
        raise Refused(_("This consultation takes no opinions now."))
    return phase


@transaction.atomic
def edit(opinion: Opinion, *, by: User, revision: int | None = None, **words: str) -> Opinion:
    """Change an opinion's words: a draft at will, a submitted one until it is triaged, which keeps its history.

    Args:
        revision: The revision the change was made on; a newer one refuses the change instead of losing it.
    """
    opinion = _lock(opinion)
    require(by, "opinions.edit", opinion)
    if opinion.state not in Opinion.EDITABLE:
        raise Refused(_("The office is working on this opinion; it can no longer be changed."))
    check_revision(opinion.revision, revision)
    if opinion.state == Opinion.State.SUBMITTED:
        _phase_now(opinion.consultation)
        _check_words({name: words.get(name, getattr(opinion, name)) for name in WORDS})
    if any(getattr(opinion, name) != value for name, value in words.items()):
        change(opinion, **words, revision=opinion.revision + 1)
        if opinion.state == Opinion.State.SUBMITTED:
            _keep_revision(opinion, by)
            _record(Verb.OPINION_EDITED, opinion, by=by, number=opinion.number)
    return opinion


def _check_words(words: Mapping[str, str]) -> None:
    errors = {}
    if not words["reason"].strip():
        errors["reason"] = _("Say why; the office can only answer what it understands.")
    if words["kind"] in Opinion.NEEDS_WORDING and not words["proposed_text"].strip():
        errors["proposed_text"] = _("Write the wording you propose, or choose another kind of opinion.")
    if errors:
        raise ValidationError(errors)


def _keep_revision(opinion: Opinion, by: User) -> None:
    Revision.objects.create(
        opinion=opinion, number=opinion.revision, by=by, **{name: getattr(opinion, name) for name in WORDS}
    )


@transaction.atomic
def submit(opinion: Opinion, *, by: User) -> Opinion:
    """Give an opinion: it gets its number and phase, and its organisation and sector as of now.

    Raises:
        ValidationError: The reason is missing, or the proposed wording where the kind asks for one.
        Refused: It was given already, or no phase runs now.
    """
    opinion = _lock(opinion)
    require(by, "opinions.submit", opinion)
    consultation = Consultation.objects.select_for_update().get(pk=opinion.consultation_id)
    if opinion.state != Opinion.State.DRAFT:
        raise Refused(_("This opinion has been given already."))
    phase = _phase_now(consultation)
    _check_words({name: getattr(opinion, name) for name in WORDS})
    last = consultation.opinions.order_by("-number").exclude(number=None).values_list("number", flat=True).first() or 0
    change(
        opinion,
        state=Opinion.State.SUBMITTED,
        phase=phase.kind,
        number=last + 1,
        submitted_at=clock.now(),
        organisation=opinion.membership.organisation,
        sector=opinion.membership.sector,
    )
    _keep_revision(opinion, by)
    _count(consultation, submitted=1)
    _record(Verb.OPINION_SUBMITTED, opinion, by=by, number=opinion.number, title=consultation.title)
    return opinion


@transaction.atomic
def give(consultation: Consultation, passage: Passage, *, membership: Membership, by: User, **words: str) -> Opinion:
    """Draft and submit an opinion in one go: it is given whole, or nothing is kept of it."""
    return submit(draft(consultation, passage, membership=membership, by=by, **words), by=by)


@transaction.atomic
def withdraw(opinion: Opinion, *, by: User) -> Opinion:
    """Take back an opinion that is not answered yet; a draft is simply gone from everyone's lists."""
    opinion = _lock(opinion)
    require(by, "opinions.withdraw", opinion)
    if opinion.state == Opinion.State.DRAFT:
        _record(Verb.DRAFT_DELETED, opinion, by=by)
        opinion.delete()
        return opinion
    if opinion.state not in (Opinion.State.SUBMITTED, Opinion.State.TRIAGED):
        raise Refused(_("This opinion has been answered; it can no longer be withdrawn."))
    change(opinion, state=Opinion.State.WITHDRAWN)
    _count(opinion.consultation, submitted=-1)
    _record(Verb.OPINION_WITHDRAWN, opinion, by=by, number=opinion.number, title=opinion.consultation.title)
    return opinion


@transaction.atomic
def triage(opinion: Opinion, *, by: User, office: Organisation | None = None, due_on: dt.date | None = None) -> Opinion:
    """분류: assign an opinion to the office that owes the answer, by a day; may be done again until it is answered.

    Args:
        office: An organisation that sits on the council; the consultation's office when left out.
        due_on: When the answer is due; by the council's rule when left out.

    Raises:
        ValidationError: Nobody in the council speaks for that office, or the day has passed.
        Refused: It is a draft, withdrawn or answered.
    """
    opinion = _lock(opinion)
    require(by, "opinions.triage", opinion)
    if opinion.state not in (Opinion.State.SUBMITTED, Opinion.State.TRIAGED):
        raise Refused(_("Only an opinion that waits for its answer can be assigned."))
    office = office or opinion.consultation.office
    due_on = due_on or clock.today() + dt.timedelta(days=opinion.consultation.council.answer_days)
    if not Membership.objects.current().filter(council=opinion.council_id, organisation=office).exists():
        raise ValidationError({"office": _("Nobody in this council speaks for that office.")})
    if due_on < clock.today():
        raise ValidationError({"due_on": _("This day has passed.")})
    change(opinion, state=Opinion.State.TRIAGED, office=office, due_on=due_on)
    _record(
        Verb.OPINION_TRIAGED,
        opinion,
        by=by,
        number=opinion.number,
        title=opinion.consultation.title,
        office=office.name,
        due_on=due_on,
    )
    return opinion


@transaction.atomic
def dispose(
    opinion: Opinion,
    *,
    verdict: str,
    reason: str,
    by: User,
    changed_passage: Passage | None = None,
    revision: int | None = None,
) -> Disposition:
    """조치: prepare the answer to an opinion, or revise one that is not published yet. The author does not see it yet.

    Args:
        changed_passage: The passage of a later version in which what was accepted can be read.
        revision: The answer's revision the change was made on; a newer one refuses it instead of overwriting.

    Raises:
        ValidationError: The reason is missing, or the changed passage where something was accepted, or that passage is
            not of a later version of the same document.
        Refused: The opinion is not assigned to an office, or its answer is published.
    """
    opinion = _lock(opinion)
    require(by, "opinions.dispose", opinion)
    if opinion.state not in (Opinion.State.TRIAGED, Opinion.State.ANSWERED):
        raise Refused(_("Only an opinion assigned to an office, whose answer is not published, can be answered."))
    _check_answer(opinion, verdict, reason, changed_passage)
    values = {"verdict": verdict, "reason": reason, "changed_passage": changed_passage, "prepared_by": by}
    existing = Disposition.objects.filter(opinion=opinion).first()
    check_revision(existing.revision if existing else 0, revision)
    if existing:
        change(existing, **values, revision=existing.revision + 1)
        disposition = existing
    else:
        assert opinion.office_id is not None  # noqa: S101 - kept by the database for every triaged opinion
        disposition = create(
            Disposition(council_id=opinion.council_id, opinion=opinion, office_id=opinion.office_id, **values)
        )
        change(opinion, state=Opinion.State.ANSWERED)
        _count(opinion.consultation, answered=1)
    _record(Verb.OPINION_ANSWERED, opinion, by=by, number=opinion.number, verdict=verdict)
    return disposition


def _check_answer(opinion: Opinion, verdict: str, reason: str, changed_passage: Passage | None) -> None:
    errors: dict[str, str | Promise] = {}
    if not reason.strip():
        errors["reason"] = _("An answer needs a reason.")
    if verdict in Disposition.CHANGES_TEXT and changed_passage is None:
        errors["changed_passage"] = _("What is accepted wholly or partly names the passage that changed.")
    if changed_passage is not None:
        asked, changed = opinion.consultation.version, changed_passage.version
        if changed.document_id != asked.document_id or changed.number <= asked.number:
            errors["changed_passage"] = _("Choose a passage of a later version of the same document.")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def release(consultation: Consultation, *, by: User) -> int:
    """결과 공개: publish all answers prepared so far together, and tell every author.

    Returns:
        How many answers were published.

    Raises:
        Refused: There is nothing to publish, or an answer points to a version that is not published.
    """
    require(by, "opinions.release", consultation)
    opinions = list(
        Opinion.objects.select_for_update(of=("self",))
        .filter(consultation=consultation, state=Opinion.State.ANSWERED)
        .select_related("disposition__changed_passage__version")
        .order_by("number")
    )
    if not opinions:
        raise Refused(_("There is no prepared answer to publish."))
    problems = _unpublished_changes(opinions)
    if problems:
        raise Refused(_("Publish the changed version first."), problems=problems)
    ids = [opinion.pk for opinion in opinions]
    moment = clock.now()
    Opinion.objects.filter(pk__in=ids).update(state=Opinion.State.PUBLISHED, modified_at=moment)
    Disposition.objects.filter(opinion__in=ids).update(released_at=moment, modified_at=moment)
    _count(consultation, published=len(ids))
    record(Verb.ANSWERS_RELEASED, consultation, by=by, title=consultation.title, answers=len(ids))
    record_each(Verb.ANSWER_RELEASED, opinions, by=by, title=consultation.title)
    return len(ids)


def _unpublished_changes(opinions: Iterable[Opinion]) -> list[str | Promise]:
    return [
        _("The answer to opinion %(number)d points to version %(version)d, which is not published.")
        % {"number": opinion.number, "version": opinion.disposition.changed_passage.version.number}
        for opinion in opinions
        if opinion.disposition.changed_passage and not opinion.disposition.changed_passage.version.is_published
    ]


def _lock(opinion: Opinion) -> Opinion:
    """Hold an opinion still for the rest of the transaction, and read it afresh, before anything is asked of it.

    Every verb takes its opinions first and their consultation after them, so that no two wait for each other.
    """
    return (
        Opinion.objects.select_for_update(of=("self",))
        .select_related("consultation__council", "consultation__version", "membership__organisation")
        .get(pk=opinion.pk)
    )


def _count(consultation: Consultation, **by: int) -> None:
    Consultation.objects.filter(pk=consultation.pk).update(
        **{counter: F(counter) + number for counter, number in by.items()}
    )


def _record(verb: Verb, opinion: Opinion, *, by: User, **data: Any) -> None:
    record(verb, opinion, by=by, organisation_id=opinion.organisation_id, **data)
