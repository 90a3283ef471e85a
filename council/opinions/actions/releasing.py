"""Publishing the answers together, telling the authors, and the second round."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.documents.models import Passage
from council.journal.actions import record, record_each
from council.journal.verbs import Verb
from council.opinions.actions.answering import check_answer
from council.opinions.actions.common import lock, lock_all, settle
from council.opinions.models import (
    Consultation,
    Disposition,
    DispositionQuerySet,
    Objection,
    Opinion,
    OpinionQuerySet,
    Point,
    Told,
)
from council.people.models import User


@dataclass(frozen=True)
class Lacking:
    """공개 전 점검: what still lacks before everyone has an answer; ``in_the_way`` alone stops the publishing.

    Attributes:
        undisposed: Opinions with a point that has no answer yet.
        without_reference: Prepared answers that accept something, in a version not published yet.
        untold: Opinions whose author has no account here and has not been told otherwise.
        in_the_way: Sentences about what must be done first.
    """

    undisposed: OpinionQuerySet
    without_reference: DispositionQuerySet
    untold: OpinionQuerySet
    in_the_way: list[str | Promise]


def lacking(consultation: Consultation) -> Lacking:
    """Look at a consultation before its answers are published."""
    given = Opinion.objects.filter(consultation=consultation).given()
    prepared = Disposition.objects.filter(point__consultation=consultation, released_at=None).accepting()
    unpublished = prepared.filter(changed_passage__version__published_at=None)
    told = Told.objects.filter(opinion=OuterRef("pk"))
    return Lacking(
        undisposed=given.filter(state__in=Opinion.UNANSWERED).order_by("number"),
        without_reference=unpublished.select_related("point__opinion", "changed_passage__version"),
        untold=given.filter(author=None).exclude(Exists(told)).order_by("number"),
        in_the_way=_unpublished_changes(unpublished),
    )


def _unpublished_changes(prepared: DispositionQuerySet) -> list[str | Promise]:
    ready = prepared.filter(point__opinion__state=Opinion.State.ANSWERED)
    pointing = ready.select_related("point__opinion", "changed_passage__version").order_by("point__opinion__number")
    return [
        _("The answer to opinion %(number)s points to version %(version)d, which is not published.")
        % {"number": answer.point.label, "version": answer.changed_passage.version.number}
        for answer in pointing
        if answer.changed_passage
    ]


@transaction.atomic
def release(consultation: Consultation, *, by: User) -> int:
    """결과 공개: publish together the answers of every opinion that is answered in all its points, and tell the authors.

    Returns:
        How many opinions were answered.

    Raises:
        Refused: There is nothing to publish, or an answer points to a version that is not published.
    """
    require(by, "opinions.release", consultation)
    ready = Opinion.objects.filter(consultation=consultation, state=Opinion.State.ANSWERED)
    held = lock_all(ready.values_list("pk", flat=True))
    opinions = sorted((each for each in held.values() if each.state == Opinion.State.ANSWERED), key=_number)
    if not opinions:
        raise Refused(_("There is no prepared answer to publish."))
    ids = [opinion.pk for opinion in opinions]
    prepared = Disposition.objects.filter(point__opinion__in=ids, released_at=None)
    if problems := _unpublished_changes(prepared.filter(changed_passage__version__published_at=None)):
        raise Refused(_("Publish the changed version first."), problems=problems)
    moment = clock.now()
    prepared.update(released_at=moment, modified_at=moment)
    Point.objects.filter(opinion__in=ids).update(state=Point.State.PUBLISHED, modified_at=moment)
    settle(opinions)
    record(Verb.ANSWERS_RELEASED, consultation, by=by, title=consultation.title, answers=len(ids))
    record_each(Verb.ANSWER_RELEASED, opinions, by=by, title=consultation.title)
    return len(ids)


def _number(opinion: Opinion) -> int:
    return opinion.number or 0


@transaction.atomic
def tell_author(opinion: Opinion, *, channel: str, by: User, on: dt.date | None = None, note: str = "") -> Told:
    """고지: note that an author was told of the result outside the product, e.g. by letter.

    Raises:
        ValidationError: The day lies ahead, or before the answer was published.
        Refused: There is no published answer to tell of.
    """
    require(by, "opinions.tell", opinion)
    if opinion.state != Opinion.State.PUBLISHED:
        raise Refused(_("There is no published answer to tell of yet."))
    on = on or clock.today()
    if on > clock.today():
        raise ValidationError({"on": _("This day is still to come.")})
    told = create(Told(council_id=opinion.council_id, opinion=opinion, channel=channel, on=on, note=note, by=by))
    record(
        Verb.AUTHOR_TOLD, opinion, by=by, organisation_id=opinion.organisation_id, number=opinion.number, how=channel
    )
    return told


@transaction.atomic
def object_to(disposition: Disposition, *, text: str, by: User) -> Objection:
    """재의견: reply once to a published answer to one's own opinion, within the days the council allows.

    Raises:
        Refused: It is not published, the time is over, or one has replied already.
    """
    opinion = lock(disposition.point.opinion)
    require(by, "opinions.object", opinion)
    disposition = Disposition.objects.select_related("council", "point").get(pk=disposition.pk)
    until = disposition.objections_until
    if until is None:
        raise Refused(_("This answer is not published yet."))
    if clock.today() > until:
        raise Refused(_("One could reply to this answer until %(day)s.") % {"day": until.isoformat()})
    if Objection.objects.filter(disposition=disposition).exists():
        raise Refused(_("You have replied to this answer already."))
    objection = create(Objection(council_id=opinion.council_id, disposition=disposition, text=text, raised_by=by))
    record(
        Verb.OBJECTION_RAISED,
        objection,
        by=by,
        organisation_id=opinion.organisation_id,
        number=disposition.point.label,
        title=opinion.consultation.title,
    )
    return objection


@transaction.atomic
def decide_objection(
    objection: Objection,
    *,
    outcome: str,
    reason: str,
    by: User,
    verdict: str = "",
    answer: str = "",
    changed_passage: Passage | None = None,
) -> Objection:
    """Confirm an answer that was objected to, or revise it; the author is told at once.

    Args:
        outcome: ``confirmed`` or ``revised``.
        reason: Why it stays, or why it changes.
        verdict: The new disposition; needed when revised.
        answer: The new reason of the disposition; needed when revised.

    Raises:
        ValidationError: Something is missing.
        Refused: It is decided already, or it changes a version that is not published.
    """
    opinion = lock(objection.disposition.point.opinion)
    objection = Objection.objects.select_related("disposition__point").get(pk=objection.pk)
    require(by, "opinions.decide_objection", objection)
    if objection.decided_at:
        raise Refused(_("This reply has been decided on already."))
    disposition = objection.disposition
    disposition.point.opinion = opinion
    disposition.point.consultation = opinion.consultation
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; the author reads it.")})
    before = {"first_verdict": disposition.verdict, "first_reason": disposition.reason}
    if outcome == Objection.Outcome.REVISED:
        if verdict not in Disposition.Verdict.values:
            raise ValidationError({"verdict": _("Choose a disposition.")})
        _check_revision(disposition.point, verdict, answer, changed_passage)
        if changed_passage and not changed_passage.version.is_published:
            raise Refused(_("Publish the changed version first."))
        change(
            disposition,
            verdict=verdict,
            reason=answer,
            changed_passage=changed_passage,
            prepared_by=by,
            revision=disposition.revision + 1,
        )
    change(objection, outcome=outcome, reason=reason, decided_by=by, decided_at=clock.now(), **before)
    record(
        Verb.OBJECTION_DECIDED,
        objection,
        by=by,
        organisation_id=opinion.organisation_id,
        number=disposition.point.label,
        title=opinion.consultation.title,
        outcome=outcome,
    )
    return objection


def _check_revision(point: Point, verdict: str, answer: str, changed_passage: Passage | None) -> None:
    """As for a first answer; its text is called ``answer`` here, ``reason`` being why it changes."""
    try:
        check_answer(point, verdict, answer, changed_passage)
    except ValidationError as error:
        names = {"reason": "answer"}
        raise ValidationError({names.get(name, name): each for name, each in error.error_dict.items()}) from error
