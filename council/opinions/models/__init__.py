"""What members say: consultations, opinions, their points, and what became of each."""

from council.opinions.models.answers import (
    AnswerTemplate,
    Batch,
    BatchRow,
    Disposition,
    DispositionQuerySet,
    Objection,
    Point,
    PointQuerySet,
    Told,
    derived_state,
    lacking_their_change,
    prepares,
    unmade_changes,
)
from council.opinions.models.consultations import Consultation, ConsultationQuerySet, Extension, Phase
from council.opinions.models.opinions import Opinion, OpinionQuerySet, Redaction, Revision
from council.opinions.models.organisations import Remark, Reply
from council.opinions.models.reactions import Campaign, Reaction, Report

__all__ = [
    "AnswerTemplate",
    "Batch",
    "BatchRow",
    "Campaign",
    "Consultation",
    "ConsultationQuerySet",
    "Disposition",
    "DispositionQuerySet",
    "Extension",
    "Objection",
    "Opinion",
    "OpinionQuerySet",
    "Phase",
    "Point",
    "PointQuerySet",
    "Reaction",
    "Redaction",
    "Remark",
    "Reply",
    "Report",
    "Revision",
    "Told",
    "derived_state",
    "lacking_their_change",
    "prepares",
    "unmade_changes",
]
