"""Recordings as someone hears them: the items with their offsets, and the transcript with what is searched in it."""

from dataclasses import dataclass
from itertools import groupby

from council.core.models import Visibility
from council.decisions import actions
from council.decisions.models import Recording, TranscriptLine
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
    found = recordings.order_by("started_at", "id")
    return [_heard(each, user, words, item, plays=each.pk in playable) for each in found]


def _heard(recording: Recording, user: User, words: str, item: str, *, plays: bool) -> Heard:
    lines = TranscriptLine.objects.visible_to(user).filter(recording=recording).select_related("item")
    if words:
        lines = lines.filter(text__icontains=words)
    if item:
        lines = lines.filter(item__number=item)
    shown = list(lines.order_by("begins_ms", "id")[:SHOWN])
    groups = [(about, list(rows)) for about, rows in groupby(shown, key=lambda line: line.item)]
    found = len(shown) if len(shown) < SHOWN else lines.count()
    return Heard(recording, plays, actions.offsets(recording, user), groups, found)
