"""Answering: split into points, assign, wait for input, answer, tag; one or thousands at a time, and taken back.

Each verb on one point is the verb on many with one point in it: what fails for a single one is raised, what fails among
many is kept with the step, row by row.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, check_revision, create
from council.documents import actions as documents
from council.documents.models import Passage, Version
from council.journal.actions import record
from council.journal.verbs import Verb
from council.opinions import wording
from council.opinions.actions.common import lock, lock_points, note
from council.opinions.actions.steps import Problems, checked, do_step, save, tell
from council.opinions.models import (
    AnswerTemplate,
    Batch,
    BatchRow,
    Consultation,
    Disposition,
    Opinion,
    Point,
)
from council.people.models import Council, Membership, Organisation, User

STATE = Point.State


# --- points -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def split(opinion: Opinion, *, gists: Sequence[str], by: User) -> list[Point]:
    """쟁점 분리: say which matters an opinion raises; each becomes a point to be answered by itself.

    Args:
        gists: What each point is about, a sentence each; points not assigned yet are replaced by them.

    Raises:
        ValidationError: There is none, or one is empty.
        Refused: Somebody works on one of its points already.
    """
    opinion = lock(opinion)
    require(by, "opinions.split", opinion)
    gists = [gist.strip() for gist in gists]
    if not gists or not all(gists):
        raise ValidationError({"gists": _("Say in a sentence what each point is about.")})
    if opinion.state != Opinion.State.SUBMITTED:
        raise Refused(_("Only an opinion nobody works on yet can be split."))
    points = list(opinion.points.order_by("number"))
    kept = points[0]
    BatchRow.objects.filter(point__in=points).update(point=kept)  # what was done to those that go stays counted
    opinion.points.exclude(pk=kept.pk).delete()
    revision = max(point.revision for point in points) + 1
    change(kept, gist=gists[0] if len(gists) > 1 else "", number=1, revision=revision)
    others = [
        create(
            Point(
                council_id=opinion.council_id,
                consultation_id=opinion.consultation_id,
                opinion=opinion,
                number=number,
                gist=gist,
            )
        )
        for number, gist in enumerate(gists[1:], start=2)
    ]
    note(Verb.OPINION_SPLIT, opinion, by=by, number=opinion.number, points=len(gists))
    return [kept, *others]


# --- assign -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def triage(
    point: Point,
    *,
    by: User,
    office: Organisation | None = None,
    due_on: dt.date | None = None,
    revision: int | None = None,
) -> Point:
    """분류: assign a point to the office that owes the answer, by a day; may be done again until it is answered.

    Args:
        office: An organisation that sits on the council; the consultation's office when left out.
        due_on: When the answer is due; by the council's rule when left out.
        revision: The point's revision one saw; a newer one refuses it instead of overwriting.

    Raises:
        ValidationError: Nobody in the council speaks for that office, or the day has passed.
        Refused: Its opinion is withdrawn, or it is answered.
    """
    _triage([point], by=by, office=office, due_on=due_on, alone=True, revision=revision)
    point.refresh_from_db()
    return point


@transaction.atomic
def triage_all(
    points: Iterable[Point], *, by: User, office: Organisation | None = None, due_on: dt.date | None = None
) -> Batch:
    """Assign many points at once; see :func:`triage`. The office is told once."""
    return _triage(points, by=by, office=office, due_on=due_on)


def _triage(
    points: Iterable[Point],
    *,
    by: User,
    office: Organisation | None,
    due_on: dt.date | None,
    alone: bool = False,
    revision: int | None = None,
) -> Batch:
    def look(point: Point) -> None:
        check_revision(point.revision, revision)

    def do(held: Sequence[Point]) -> Problems:
        consultation = held[0].consultation
        to = office or consultation.office
        day = due_on or clock.today() + dt.timedelta(days=consultation.council.answer_days)
        if not Membership.objects.current().filter(council=consultation.council_id, organisation=to).exists():
            raise ValidationError({"office": _("Nobody in this council speaks for that office.")})
        if day < clock.today():
            raise ValidationError({"due_on": _("This day has passed.")})
        why = _("Only an opinion that waits for its answer can be assigned.")
        problems = checked(held, by=by, permission="opinions.triage", states=Point.UNANSWERED, why=why, also=look)
        done = [point for point in held if point.pk not in problems]
        for point in done:
            point.state, point.office, point.due_on, point.waiting_for = STATE.TRIAGED, to, day, ""
        save(done, "state", "office", "due_on", "waiting_for")
        verb = Verb.OPINION_TRIAGED if len(done) == 1 else Verb.OPINION_TRIAGED_TOGETHER
        tell(verb, done, by=by, office=to.name, office_id=to.pk, due_on=day)
        if len(done) > 1:
            record(
                Verb.OPINIONS_ASSIGNED,
                consultation,
                by=by,
                title=consultation.title,
                number=len(done),
                office_id=to.pk,
                due_on=day,
            )
        return problems

    return do_step(Batch.Step.TRIAGE, points, by=by, do=do, alone=alone)


@transaction.atomic
def await_input(point: Point, *, waiting_for: str, by: User) -> Point:
    """Say that the answer waits for input, and for whose; the clock of the answer runs on.

    Raises:
        ValidationError: It is not said what is waited for.
        Refused: It is not assigned, or answered.
    """

    def do(held: Sequence[Point]) -> Problems:
        why = _("Only an opinion assigned to an office and not answered yet can wait for input.")
        problems = checked(held, by=by, permission="opinions.dispose", states=Point.OPEN, why=why)
        done = [one for one in held if one.pk not in problems]
        for one in done:
            one.state, one.waiting_for = STATE.WAITING, waiting_for
        save(done, "state", "waiting_for")
        tell(Verb.OPINION_WAITING, done, by=by, waiting_for=waiting_for)
        return problems

    if not waiting_for.strip() or len(waiting_for) > Point._meta.get_field("waiting_for").max_length:  # type: ignore[operator]  # a CharField with a length
        raise ValidationError({"waiting_for": _("Say in a sentence what is waited for, and from whom.")})
    do_step(Batch.Step.WAIT, [point], by=by, do=do, alone=True)
    point.refresh_from_db()
    return point


@transaction.atomic
def tag_all(points: Iterable[Point], *, by: User, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Batch:
    """Put tags on points, or take them off; tags help those who answer and are seen by nobody else.

    Raises:
        ValidationError: Nothing is to be changed, or a tag is too long.
    """
    add, remove = [tag.strip() for tag in add if tag.strip()], [tag.strip() for tag in remove]
    if not add and not remove:
        raise ValidationError({"add": _("Write a tag.")})
    if any(len(tag) > 40 for tag in add):
        raise ValidationError({"add": _("A tag has at most 40 letters.")})

    def do(held: Sequence[Point]) -> Problems:
        why = _("This opinion has been withdrawn.")
        problems = checked(held, by=by, permission="opinions.tag", states=STATE.values, why=why)
        done = [point for point in held if point.pk not in problems]
        for point in done:
            point.tags = sorted({*point.tags, *add} - set(remove))
        save(done, "tags")
        tell(Verb.POINT_TAGGED, done, by=by, tags=add)
        return problems

    return do_step(Batch.Step.TAG, points, by=by, do=do)


# --- answer -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def dispose(
    point: Point,
    *,
    verdict: str,
    reason: str,
    by: User,
    changed_passage: Passage | None = None,
    revision: int | None = None,
) -> Disposition:
    """조치: prepare the answer to a point, or revise one that is not published yet. The author does not see it yet.

    Args:
        changed_passage: The passage of a later version in which what was accepted can be read.
        revision: The point's revision the answer was written on; a newer one refuses it instead of overwriting.

    Raises:
        ValidationError: The reason is missing, or the changed passage where something was accepted, or that passage is
            not of a later version of the same document.
        Refused: The point is not assigned to an office, its answer is published, or someone else was faster.
    """
    passages = {point.pk: changed_passage} if changed_passage else {}
    revisions = {} if revision is None else {point.pk: revision}
    _dispose([point], verdict, {point.pk: reason}, by, passages, revisions, alone=True)
    return Disposition.objects.select_related("point").get(point=point.pk)


@transaction.atomic
def dispose_all(
    points: Iterable[Point],
    *,
    verdict: str,
    reasons: Mapping[UUID, str],
    by: User,
    template: AnswerTemplate | None = None,
    changed_passages: Mapping[UUID, Passage] | None = None,
    revisions: Mapping[UUID, int] | None = None,
) -> Batch:
    """Answer many points with one disposition. Each needs a reason of its own, beside what the template says.

    Args:
        reasons: Each point's own reason, by its id.
        template: What stands before each reason.
        changed_passages: Where what was accepted can be read, by the point's id.
        revisions: The revision each was read at, by its id.

    Returns:
        The step: how many of them were answered, and what was wrong with each of the others.
    """
    points = list(points)
    if template is not None and any(point.council_id != template.council_id for point in points):
        raise ValidationError({"template": _("This belongs to another council.")})
    opening = f"{template.text.strip()}\n\n" if template else ""
    whole = {point.pk: f"{opening}{own}" for point in points if (own := reasons.get(point.pk, "").strip())}
    return _dispose(points, verdict, whole, by, changed_passages or {}, revisions or {})


def _dispose(
    points: Iterable[Point],
    verdict: str,
    reasons: Mapping[UUID, str],
    by: User,
    passages: Mapping[UUID, Passage],
    revisions: Mapping[UUID, int],
    *,
    alone: bool = False,
) -> Batch:
    if verdict not in Disposition.Verdict.values:
        raise ValidationError({"verdict": _("Choose a disposition.")})

    def look(point: Point) -> None:
        check_revision(point.revision, revisions.get(point.pk))
        check_answer(point, verdict, reasons.get(point.pk, ""), passages.get(point.pk))

    def do(held: Sequence[Point]) -> Problems:
        why = _("Only an opinion assigned to an office, whose answer is not published, can be answered.")
        states = (*Point.OPEN, STATE.ANSWERED)
        problems = checked(held, by=by, permission="opinions.dispose", states=states, why=why, also=look)
        done = [point for point in held if point.pk not in problems]
        answers = [_answer(point, verdict, reasons[point.pk], passages.get(point.pk), by) for point in done]
        Disposition.objects.bulk_create(
            answers,
            update_conflicts=True,
            unique_fields=["point"],
            update_fields=["verdict", "reason", "changed_passage", "prepared_by", "office", "revision", "modified_at"],
            batch_size=1000,
        )
        for point in done:
            point.state, point.waiting_for = STATE.ANSWERED, ""
        save(done, "state", "waiting_for")
        tell(Verb.OPINION_ANSWERED, done, by=by, verdict=verdict)
        return problems

    return do_step(Batch.Step.DISPOSE, points, by=by, do=do, alone=alone)


def _answer(point: Point, verdict: str, reason: str, passage: Passage | None, by: User) -> Disposition:
    existing = getattr(point, "disposition", None)
    assert point.office_id is not None  # noqa: S101 - kept by the database for every assigned point
    return Disposition(
        council_id=point.council_id,
        point=point,
        verdict=verdict,
        reason=reason.strip(),
        changed_passage=passage,
        prepared_by=by,
        office_id=point.office_id,
        revision=existing.revision + 1 if existing else 1,
    )


def check_answer(point: Point, verdict: str, reason: str, changed_passage: Passage | None) -> None:
    """Check that an answer has a reason and, where something is accepted, a passage of a later version.

    Raises:
        ValidationError: With the fields that are wrong.
    """
    errors: dict[str, str | Promise] = {}
    if not reason.strip():
        errors["reason"] = _("An answer needs a reason.")
    if verdict in Disposition.CHANGES_TEXT and changed_passage is None:
        errors["changed_passage"] = _("What is accepted wholly or partly names the passage that changed.")
    if changed_passage is not None:
        asked, changed = point.consultation.version, changed_passage.version
        if changed.document_id != asked.document_id or changed.number <= asked.number:
            errors["changed_passage"] = _("Choose a passage of a later version of the same document.")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def accept_wording(
    point: Point,
    *,
    reason: str,
    by: User,
    text: str = "",
    verdict: str = Disposition.Verdict.ACCEPTED,
    revision: int | None = None,
    text_revision: int | None = None,
) -> Disposition:
    """Accept a proposal and make its change in the next version's draft, which is begun where there is none.

    Args:
        text: How the passage shall read instead, where it is not taken over word for word.
        revision: See :func:`dispose`.
        text_revision: The revision of the draft's passage ``text`` was written on.

    Raises:
        Refused: Someone else was faster, at the point or at the passage.
        ValidationError: The quoted words no longer stand in the draft; ``text`` says how it shall read then.
    """
    point = lock_points([point])[0]
    require(by, "opinions.dispose", point)
    asked = point.opinion.passage
    passage = _draft_of(point.consultation, by).passages.filter(identity=asked.identity).first()
    if passage is None:
        raise ValidationError({"text": _("The draft no longer has this passage. Name the changed passage yourself.")})
    opinion = point.opinion
    new = text.strip()
    if not new and opinion.kind in Opinion.PROPOSES:
        new = wording.take_over(passage.text, opinion.current_text, opinion.proposed_text, opinion.kind) or ""
    if not new:
        raise ValidationError(
            {"text": _("The quoted words no longer stand in the draft as they did. Write how the passage shall read.")}
        )
    documents.change_passage(passage, text=new, by=by, revision=text_revision)
    return dispose(point, verdict=verdict, reason=reason, by=by, changed_passage=passage, revision=revision)


def _draft_of(consultation: Consultation, by: User) -> Version:
    """The version in work of the text that was asked about."""
    document = consultation.version.document
    in_work = document.versions.filter(published_at=None, number__gt=consultation.version.number).first()
    return in_work or documents.start_version(document, by=by)


# --- templates --------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_template(council: Council, *, title: str, verdict: str, text: str, by: User) -> AnswerTemplate:
    """Keep an opening for many answers."""
    require(by, "opinions.keep_template", council)
    template = create(AnswerTemplate(council=council, title=title, verdict=verdict, text=text, by=by))
    record(Verb.TEMPLATE_KEPT, template, by=by, title=title)
    return template


@transaction.atomic
def remove_template(template: AnswerTemplate, *, by: User) -> None:
    """Throw a template away; answers written with it stay as they are."""
    require(by, "opinions.keep_template", template)
    record(Verb.TEMPLATE_REMOVED, template, by=by, title=template.title)
    template.delete()
