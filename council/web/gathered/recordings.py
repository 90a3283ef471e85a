"""Recordings as someone hears them: the items with their offsets, and the transcript with what is searched in it."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from council.core.models import Visibility
from council.decisions import actions
from council.decisions.models import Recording, TranscriptLine
from council.decisions.models.recordings import TranscriptLineQuerySet
from council.meetings.models import AgendaItem, Meeting
from council.people.models import User

SHOWN = 500


@dataclass(frozen=True)
class Heard:
    """A recording with where its items begin, and the part of its transcript that is shown.

    Attributes:
        plays: Whether all of it may be heard; else there is the transcript of what is open to the reader.
        groups: Lines of the transcript, item by item.
        found: How many lines there are to be shown; not more than :data:`SHOWN` of them are.
    """

    recording: Recording
    plays: bool
    offsets: list[tuple[AgendaItem, int]]
    groups: list[tuple[AgendaItem | None, list[TranscriptLine]]]
    found: int

    @property
    def is_video(self) -> bool:
        """Whether there is something to be seen."""
        attachment = self.recording.attachment
        return bool(attachment and attachment.media_type.startswith("video/"))

    @property
    def for_officers(self) -> list[AgendaItem]:
        """What is heard in it that not everyone invited may hear."""
        return [item for item, _begins in self.offsets if item.visibility == Visibility.OFFICERS]

    @property
    def is_cut(self) -> bool:
        """Whether there is more than is shown."""
        return self.found > SHOWN


def recordings_of(meeting: Meeting, user: User, *, words: str = "", item: str = "") -> list[Heard]:
    """The recordings of a meeting that someone may hear.

    Args:
        words: Show the lines alone in which these stand.
        item: Show the lines of this item alone, by its number.
    """
    recordings = Recording.objects.visible_to(user).filter(meeting=meeting).select_related("attachment")
    playable = set(Recording.objects.playable_by(user).filter(meeting=meeting).values_list("pk", flat=True))
    items = actions.taken_up(meeting.pk, user)
    lines = {
        pk: list(rows) for pk, rows in groupby(_lines(meeting, user, words, item), key=lambda row: row.recording_id)
    }
    return [
        _heard(each, lines.get(each.pk, []), actions.offsets(each, user, items=items), plays=each.pk in playable)
        for each in recordings.order_by("started_at", "id")
    ]


def _lines(meeting: Meeting, user: User, words: str, item: str) -> TranscriptLineQuerySet:
    """Of each recording the first lines, with how many there are."""
    lines = TranscriptLine.objects.visible_to(user).filter(recording__meeting=meeting).select_related("item")
    if words:
        lines = lines.filter(text__icontains=words)
    if item:
        lines = lines.filter(item__number=item)
    here, order = F("recording"), ("begins_ms", "id")
    ranked = lines.annotate(place=Window(RowNumber(), here, order), found=Window(Count("pk"), here))
    return ranked.filter(place__lte=SHOWN).order_by("recording", *order)


def _heard(recording: Recording, lines: list[Any], offsets: list[tuple[AgendaItem, int]], *, plays: bool) -> Heard:
    groups = [(about, list(rows)) for about, rows in groupby(lines, key=lambda line: line.item)]
    return Heard(recording, plays, offsets, groups, lines[0].found if lines else 0)
