"""What came of it: ballots, decisions, actions, minutes."""

from council.decisions.models import access
from council.decisions.models.ballots import Ballot, Voter
from council.decisions.models.decisions import Action, ActionReport, Decision
from council.decisions.models.minutes import (
    Annex,
    Confirmation,
    Correction,
    Minutes,
    Section,
    SectionRevision,
)
from council.decisions.models.recordings import Recording, TranscriptLine

__all__ = [
    "Action",
    "ActionReport",
    "Annex",
    "Ballot",
    "Confirmation",
    "Correction",
    "Decision",
    "Minutes",
    "Recording",
    "Section",
    "SectionRevision",
    "TranscriptLine",
    "Voter",
    "access",
]
