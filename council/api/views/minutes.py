"""Minutes, their sections and corrections, and recordings."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.parsers import MultiPartParser

from council.api.filters import CorrectionFilters, MinutesFilters, RecordingFilters, SectionFilters
from council.api.parsing import JSONParser
from council.api.serializers import minutes as shapes
from council.api.serializers.base import Reason
from council.api.views.base import Readable, question, verb
from council.core.permissions import require
from council.decisions import actions, drafting
from council.decisions.heads import Head, head_of
from council.decisions.models import Annex, Correction, Minutes, Recording, Section, SectionRevision, TranscriptLine
from council.people.scopes import Area


class MinutesOfMeetings(Readable):
    """Minutes: drafts for those who run the council, circulated ones for those who were there, approved ones for all."""

    area = Area.MINUTES
    reads = shapes.MinutesSerializer
    filterset_class = MinutesFilters

    @verb(shapes.NewMinutes)
    def create(self, **sent: Any) -> Minutes:
        """Draft the minutes of a meeting from what happened; where they are begun, add the sections that are missing."""
        return actions.draft_minutes(by=self.user, **sent)

    @question(shapes.HeadSerializer)
    def head(self, minutes: Minutes) -> Head:
        """Read who met when and where, who was there, and on what, as the law asks for it."""
        return head_of(minutes, self.user)

    @question(shapes.LackingInMinutesSerializer)
    def lacking(self, minutes: Minutes) -> dict[str, Any]:
        """Say what the law asks for and the minutes lack."""
        return {"lacking": actions.lacking(minutes)}

    @verb()
    def circulate(self, minutes: Minutes) -> Minutes:
        """Give the minutes to those who were there, to correct (회람)."""
        return actions.circulate(minutes, by=self.user)

    @verb(Reason)
    def recall(self, minutes: Minutes, reason: str) -> Minutes:
        """Take circulated minutes back into work, with a reason."""
        return actions.recall(minutes, reason=reason, by=self.user)

    @verb()
    def confirm(self, minutes: Minutes) -> Minutes:
        """Say that you were there and have nothing to correct."""
        return actions.confirm_minutes(minutes, by=self.user)

    @verb()
    def approve(self, minutes: Minutes) -> Minutes:
        """Approve and lock minutes, once corrections are decided and the time for them is over."""
        return actions.approve_minutes(minutes, by=self.user)

    @verb(shapes.NewAnnex, gives=shapes.AnnexSerializer, status=201)
    def annexes(self, minutes: Minutes, **sent: Any) -> Annex:
        """Correct approved minutes by an annex (별지)."""
        return actions.add_annex(minutes, by=self.user, **sent)

    @question(shapes.IntegritySerializer)
    def integrity(self, minutes: Minutes) -> dict[str, Any]:
        """Compute the SHA-256 of approved minutes anew."""
        computed = actions.digest_of(minutes) if minutes.digest else ""
        return {"digest": minutes.digest, "computed": computed, "intact": computed == minutes.digest}


class Sections(Readable):
    """The parts of minutes; those of one meeting in the order of its agenda."""

    area = Area.MINUTES
    reads = shapes.SectionSerializer
    filterset_class = SectionFilters

    @property
    def order(self) -> str:
        """In the order of the agenda where the minutes of one meeting are asked for."""
        one = {"minutes", "meeting"} & self.request.query_params.keys()
        return "position" if one else super().order

    @verb(shapes.SectionChange)
    def partial_update(self, section: Section, **sent: Any) -> Section:
        """Write a section of minutes in work; a text written on an older revision is refused."""
        return actions.revise_section(section, by=self.user, **sent)

    @verb()
    def redraft(self, section: Section) -> Section:
        """Take in what happened since a section was drafted; what was written stays."""
        return actions.redraft_section(section, by=self.user)

    @question(shapes.FreshDraftSerializer)
    def fresh(self, section: Section) -> dict[str, str]:
        """Read what a section would say if it were drafted now; for those who write it."""
        self.check_writes(section)
        text = drafting.draft(section)
        return {"text": text, "came_since": drafting.came_since(section.drafted, text)}

    @question(shapes.SectionRevisionSerializer, many=True)
    def revisions(self, section: Section) -> QuerySet[SectionRevision]:
        """List how a section read after each save; for those who write it."""
        self.check_writes(section)
        return section.revisions.select_related("by")

    def check_writes(self, section: Section) -> None:
        """Stop who does not write minutes."""
        require(self.user, "decisions.write_minutes", section)


class Corrections(Readable):
    """Corrections that those who were there ask for."""

    area = Area.MINUTES
    reads = shapes.CorrectionSerializer
    filterset_class = CorrectionFilters

    @verb(shapes.NewCorrection)
    def create(self, **sent: Any) -> Correction:
        """Ask that a sentence of circulated minutes be put otherwise (정정 요청)."""
        return actions.request_correction(by=self.user, **sent)

    @verb(shapes.DecisionOnCorrection)
    def decide(self, correction: Correction, **sent: Any) -> Correction:
        """Accept, partly accept or decline a correction, with an answer."""
        return actions.decide_correction(correction, by=self.user, **sent)


class Recordings(Readable):
    """Recordings of meetings: for those who run the council, and for those invited once they are released."""

    area = Area.MINUTES
    reads = shapes.RecordingSerializer
    filterset_class = RecordingFilters
    parser_classes = [JSONParser, MultiPartParser]

    @property
    def order(self) -> str:
        """Lines as they are heard."""
        return "id" if self.action == "lines" else super().order

    @verb(shapes.NewRecording)
    def create(self, **sent: Any) -> Recording:
        """Keep a recording, as a file in multipart/form-data or as an address."""
        return actions.add_recording(by=self.user, **sent)

    @verb()
    def release(self, recording: Recording) -> Recording:
        """Open a recording to those who were invited."""
        return actions.release_recording(recording, by=self.user)

    @verb(Reason, may_leave_nothing=True)
    def remove(self, recording: Recording, reason: str) -> None:
        """Remove a recording with its transcript and file, with a reason."""
        actions.remove_recording(recording, reason=reason, by=self.user)

    @verb(shapes.NewTranscript)
    def transcript(self, recording: Recording, **sent: Any) -> Recording:
        """Read a transcript in WebVTT or SRT; lines that cannot be read are named, and then nothing is changed."""
        return actions.read_transcript(recording, by=self.user, **sent)

    @question(shapes.OffsetsSerializer)
    def offsets(self, recording: Recording) -> dict[str, Any]:
        """Say where in a recording each item was taken up."""
        found = actions.offsets(recording, self.user)
        return {"offsets": [{"item": item, "begins_ms": begins_ms} for item, begins_ms in found]}

    @question(shapes.TranscriptLineSerializer, asks=shapes.Words, many=True)
    def lines(self, recording: Recording, q: str = "", item: str = "") -> QuerySet[TranscriptLine]:
        """List the transcript, all of it or the lines with some words or on one item."""
        lines = TranscriptLine.objects.visible_to(self.user).filter(recording=recording).select_related("item")
        lines = lines.filter(text__icontains=q) if q else lines
        return lines.filter(item__number=item) if item else lines
