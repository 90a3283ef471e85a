"""One point as those see it who read its answer and those who work on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Subquery
from django.http import HttpRequest

from council.documents.comparison import Span, compare
from council.documents.models import Passage, Version
from council.opinions import wording
from council.opinions.models import BatchRow, Disposition, Opinion, Point
from council.people.models import User
from council.web import presence
from council.web.forms.answers import AnswerForm, TriageForm, WaitForm, read_choices
from council.web.gathered.changes import ChangedPassage, side_by_side
from council.web.may import may


@dataclass(frozen=True)
class Newer:
    """What someone else did to a point while one wrote, beside what one wrote."""

    who: User | None
    answer: Disposition | None
    reason: Sequence[Span]
    verdict: str


@dataclass(frozen=True)
class Draft:
    """The passage in which a change would be made: as it reads, and as it would read."""

    passage: Passage
    suggested: str
    spans: Sequence[Span]
    exists: bool

    @property
    def revision(self) -> int:
        """The revision a change is made on; a version that is yet to be begun starts at the first."""
        return self.passage.revision if self.exists else 1

    @property
    def number(self) -> int:
        """The version in which the change would be made."""
        return self.passage.version.number if self.exists else self.passage.version.number + 1


@dataclass(frozen=True)
class Work:
    """A point, its answer as far as one may see it, and the forms with which one may work on it."""

    point: Point
    answer: Disposition | None
    change: ChangedPassage | None
    may: dict[str, bool]
    working: list[str] = field(default_factory=list)
    draft: Draft | None = None
    newer: Newer | None = None
    forms: dict[str, Any] = field(default_factory=dict)

    @property
    def works(self) -> bool:
        """Whether one works on it, rather than only reading what came of it."""
        return any(self.may.values())

    @property
    def state(self) -> str:
        """Its state as one may know it: only those who work on it know that an answer is prepared."""
        hidden = self.point.state == Point.State.ANSWERED and self.answer is None
        return Point.State.TRIAGED if hidden else self.point.state


class Bench:
    """What several points of one opinion need of the database, read once."""

    def __init__(self, opinion: Opinion, user: User) -> None:
        self.opinion = opinion
        self.user = user
        self._may: dict[UUID | None, dict[str, bool]] = {}

    def may(self, point: Point) -> dict[str, bool]:
        """What one may do with a point; points of one office are alike."""
        if point.office_id not in self._may:
            self._may[point.office_id] = {**may(self.user, point, "opinions.dispose"), "triage": False}
            if self._may[point.office_id]["dispose"]:
                self._may[point.office_id] |= {"triage": self._assigns}
        return self._may[point.office_id]

    @cached_property
    def _assigns(self) -> bool:
        return self.user.has_perm("opinions.triage", self.opinion)

    @cached_property
    def answers(self) -> dict[UUID, Disposition]:
        """The answers one may see, by their points."""
        answers = Disposition.objects.visible_to(self.user).filter(point__opinion=self.opinion.pk)
        related = answers.select_related("changed_passage__version", "office", "prepared_by", "council", "point")
        return {answer.point_id: answer for answer in related}

    @cached_property
    def asked(self) -> dict[UUID, Passage]:
        """The passages that were asked about and changed since, by what stays the same of them."""
        changed = [each.changed_passage.identity for each in self.answers.values() if each.changed_passage]
        version = self.opinion.consultation.version
        return {each.identity: each for each in version.passages.filter(identity__in=changed)} if changed else {}

    def change(self, answer: Disposition | None) -> ChangedPassage | None:
        """What an answer changed: the passage as it was asked about, and as it reads now."""
        if answer is None or answer.changed_passage is None:
            return None
        return side_by_side(self.asked.get(answer.changed_passage.identity), answer.changed_passage, [answer])

    @cached_property
    def offices(self) -> list[Any]:
        """The offices to choose from."""
        return read_choices(TriageForm(council=self.opinion.consultation.council), "office")

    @cached_property
    def passages(self) -> list[Any]:
        """The passages of later versions to choose from."""
        form = AnswerForm(consultation=self.opinion.consultation, user=self.user)
        return read_choices(form, "changed_passage")

    @cached_property
    def draft(self) -> Draft | None:
        """Where the opinion's change would be made, for those who may write the text: who assigns runs the council."""
        asked = self.opinion.consultation.version
        versions = Version.objects.filter(document=asked.document_id).order_by("-number")
        same = Passage.objects.filter(
            version=Subquery(versions.values("pk")[:1]), identity=self.opinion.passage.identity
        )
        passage = same.select_related("version__document").first()
        if passage is None or (not passage.version.is_published and passage.version.number <= asked.number):
            return None
        newest = passage.version
        if not (self._assigns or self.user.has_perm("documents.edit_version", newest)):
            return None
        suggested = _suggested(self.opinion, passage)
        return Draft(passage, suggested, compare(passage.text, suggested or passage.text), not newest.is_published)


def _suggested(opinion: Opinion, passage: Passage) -> str:
    if opinion.kind not in wording.KINDS:
        return ""
    return wording.take_over(passage.text, opinion.current_text, opinion.proposed_text, opinion.kind) or ""


def work_on(request: HttpRequest, point: Point, opinion: Opinion, *, seen: int | None = None, **forms: Any) -> Work:
    """Gather what is shown of a point; its opinion comes with consultation, council, version and passage.

    Args:
        request: Whose; the points of an opinion share what is read for them.
        point: Which one.
        opinion: What it is a point of.
        seen: The revision an answer was written on that was not accepted.
        forms: Those posted and to be shown again, by their names: ``triage``, ``wait``, ``answer``.
    """
    bench = _bench(request, opinion)
    point.opinion = opinion
    allowed = bench.may(point)
    answer = bench.answers.get(point.pk)
    if not any(allowed.values()):
        return Work(point, answer, bench.change(answer), allowed)
    filled = _forms(bench, point, answer, allowed) | forms
    stale = seen is not None and seen != point.revision
    return Work(
        point,
        answer,
        bench.change(answer),
        allowed,
        working=presence.others([point.pk], bench.user).get(point.pk, []),
        draft=bench.draft if "answer" in filled else None,
        newer=_newer(point, answer, filled["answer"]) if stale and "answer" in forms else None,
        forms=filled,
    )


def have_read(request: HttpRequest, opinion: Opinion, points: Sequence[Point]) -> None:
    """Take the answers that were read with an opinion's points, as its reader may see them, instead of reading again."""
    answers = {point.pk: getattr(point, "disposition", None) for point in points}
    _bench(request, opinion).answers = {pk: answer for pk, answer in answers.items() if answer is not None}


def _bench(request: HttpRequest, opinion: Opinion) -> Bench:
    kept: Bench | None = vars(request).get("_bench")
    if kept is None or kept.opinion.pk != opinion.pk:
        kept = vars(request)["_bench"] = Bench(opinion, request.user)  # type: ignore[arg-type]  # nobody gets here without login
    return kept


def _forms(bench: Bench, point: Point, answer: Disposition | None, allowed: dict[str, bool]) -> dict[str, Any]:
    """The forms with which a point is worked on, as far as its state and the reader's rights allow."""
    forms: dict[str, Any] = {}
    if point.opinion.state in Opinion.NOT_GIVEN:
        return forms
    if allowed["triage"] and point.state in Point.UNANSWERED:
        initial = {"office": point.office_id or bench.opinion.consultation.office_id, "due_on": point.due_on}
        forms["triage"] = triage_form(bench, point, initial=initial)
    if allowed["dispose"] and point.state in Point.OPEN:
        forms["wait"] = WaitForm(auto_id=auto_id("wait", point), initial={"waiting_for": point.waiting_for})
    if allowed["dispose"] and point.state in (*Point.OPEN, Point.State.ANSWERED):
        forms["answer"] = answer_form(bench, point, initial=_initial(bench, answer))
    return forms


def _initial(bench: Bench, answer: Disposition | None) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    if draft := bench.draft:
        initial = {"text": draft.suggested or draft.passage.text, "suggested": draft.suggested}
        initial |= {"makes_change": answer is None, "changed_passage": draft.passage.pk if draft.exists else None}
    if answer:
        initial |= {name: getattr(answer, name) for name in ("verdict", "reason")}
        initial["changed_passage"] = answer.changed_passage_id
    return initial


def auto_id(name: str, point: Point) -> str:
    """Ids of a form's fields that differ from point to point."""
    return f"{name}-{point.pk.hex}-%s"


def triage_form(bench: Bench, point: Point, *args: Any, **kwargs: Any) -> TriageForm:
    """The form that assigns a point."""
    council = bench.opinion.consultation.council
    ids = auto_id("triage", point)
    return TriageForm(*args, council=council, offices=bench.offices, auto_id=ids, **kwargs)


def answer_form(bench: Bench, point: Point, *args: Any, **kwargs: Any) -> AnswerForm:
    """The form that answers a point; with the text to be changed where one may change it."""
    return AnswerForm(
        *args,
        consultation=bench.opinion.consultation,
        user=bench.user,
        passages=bench.passages,
        has_draft=bench.draft is not None,
        auto_id=auto_id("answer", point),
        **kwargs,
    )


def _newer(point: Point, answer: Disposition | None, form: AnswerForm) -> Newer:
    changed = BatchRow.objects.filter(point=point, problem="").select_related("batch__by").last()
    mine, theirs = form.data.get("reason", ""), answer.reason if answer else ""
    verdict = form.data.get("verdict", "")
    known = verdict if verdict in Disposition.Verdict.values else ""
    return Newer(changed.batch.by if changed else None, answer, compare(theirs, mine.replace("\r\n", "\n")), known)
