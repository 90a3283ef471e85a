"""Answering: points and what is done to them, one or thousands at a time; answers, second rounds, steps."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from council.api.filters import (
    AnswerTemplateFilters,
    BatchFilters,
    DispositionFilters,
    ObjectionFilters,
    PointFilters,
)
from council.api.serializers import answers as shapes
from council.api.views.base import Readable, verb
from council.api.views.bulk import bulk
from council.opinions import actions
from council.opinions.models import AnswerTemplate, Batch, Disposition, Objection, Point
from council.people.scopes import Area


class Points(Readable):
    """The matters opinions raise (쟁점), each with its office, its day and its answer once it may be seen."""

    area = Area.ANSWERS
    reads = shapes.PointSerializer
    filterset_class = PointFilters

    @verb(shapes.TriageOfOne)
    def triage(self, point: Point, **sent: Any) -> Point:
        """Assign a point to the office that owes the answer (분류), by a day."""
        return actions.triage(point, by=self.user, **sent)

    bulk_triage = bulk(triage)

    @verb(shapes.TriageOfMany, gives=shapes.BatchWithRowsSerializer, detail=False)
    def triage_all(self, **sent: Any) -> Batch:
        """Assign many points at once; the answer says what happened to each."""
        return actions.triage_all(by=self.user, **sent)

    @verb(shapes.Awaited)
    def await_input(self, point: Point, *, waiting_for: str) -> Point:
        """Say that the answer waits for input, and for whose; its clock runs on."""
        return actions.await_input(point, waiting_for=waiting_for, by=self.user)

    @verb(shapes.NewDisposition)
    def dispose(self, point: Point, **sent: Any) -> Point:
        """Prepare the answer to a point (조치), or revise one that is not published yet."""
        actions.dispose(point, by=self.user, **sent)
        return point

    bulk_dispose = bulk(dispose)

    @verb(shapes.DispositionOfMany, gives=shapes.BatchWithRowsSerializer, detail=False)
    def dispose_all(
        self, *, verdict: str, answers: list[dict[str, Any]], template: AnswerTemplate | None = None
    ) -> Batch:
        """Answer many points with one disposition, each with a reason of its own; the answer says what happened to each."""
        rows = {row["point"].pk: row for row in answers}
        return actions.dispose_all(
            [row["point"] for row in rows.values()],
            verdict=verdict,
            template=template,
            reasons={pk: row["reason"] for pk, row in rows.items()},
            changed_passages={pk: row["changed_passage"] for pk, row in rows.items() if row["changed_passage"]},
            revisions={pk: row["revision"] for pk, row in rows.items() if "revision" in row},
            by=self.user,
        )

    @verb(shapes.TagsOfMany, gives=shapes.BatchWithRowsSerializer, detail=False)
    def tag_all(self, **sent: Any) -> Batch:
        """Put tags on points, or take them off; they are seen by those who answer only."""
        return actions.tag_all(by=self.user, **sent)

    @verb(shapes.AcceptedWording)
    def accept_wording(self, point: Point, **sent: Any) -> Point:
        """Accept a proposal and make its change in the next version's draft, which is begun where there is none."""
        actions.accept_wording(point, by=self.user, **sent)
        return point


class Dispositions(Readable):
    """Answers to points: published ones, and those in preparation for office and officers."""

    area = Area.ANSWERS
    reads = shapes.DispositionSerializer
    filterset_class = DispositionFilters

    @verb(shapes.Objecting, gives=shapes.ObjectionSerializer, status=201, path="object")
    def reply(self, disposition: Disposition, *, text: str) -> Objection:
        """Reply once to a published answer to your own opinion (재의견), within the days the council allows."""
        return actions.object_to(disposition, text=text, by=self.user)


class Objections(Readable):
    """Authors' replies to answers (재의견), and what was decided on them."""

    area = Area.ANSWERS
    reads = shapes.ObjectionSerializer
    filterset_class = ObjectionFilters

    @verb(shapes.Decision)
    def decide(self, objection: Objection, **sent: Any) -> Objection:
        """Confirm an answer that was objected to, or revise it; the author is told at once."""
        return actions.decide_objection(objection, by=self.user, **sent)


class Batches(Readable):
    """Steps on the board: your own, and all of the councils you run."""

    area = Area.ANSWERS
    reads = shapes.BatchSerializer
    reads_one = shapes.BatchWithRowsSerializer
    filterset_class = BatchFilters

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read a step with what it did to every point."""
        return self.answer(self.get_object())

    @verb(gives=shapes.BatchWithRowsSerializer)
    def undo(self, batch: Batch) -> Batch:
        """Put the points of a step back as they were before it, those that nobody has touched since."""
        return actions.undo(batch, by=self.user)


class AnswerTemplates(Readable):
    """Openings that many answers share, for those who answer in your councils."""

    area = Area.ANSWERS
    reads = shapes.AnswerTemplateSerializer
    filterset_class = AnswerTemplateFilters

    @verb(shapes.NewAnswerTemplate)
    def create(self, **sent: Any) -> AnswerTemplate:
        """Keep an opening for many answers; each answer still needs a reason of its own."""
        return actions.keep_template(by=self.user, **sent)

    @verb()
    def destroy(self, template: AnswerTemplate) -> None:
        """Throw a template away; answers written with it stay as they are."""
        actions.remove_template(template, by=self.user)
