"""Recordings: kept, linked to the agenda by their offsets, read as a transcript, released, removed."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.models import Visibility
from council.core.permissions import require
from council.core.saving import change, create
from council.decisions.models import Recording, TranscriptLine
from council.decisions.transcripts import MOST_BYTES, read_cues
from council.documents import actions as documents
from council.documents.models import Attachment
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.models import AgendaItem, Meeting
from council.people.models import User

PLAYABLE = ("audio/", "video/")


@transaction.atomic
def add_recording(
    meeting: Meeting,
    *,
    by: User,
    started_at: dt.datetime | None = None,
    ended_at: dt.datetime | None = None,
    file: File[bytes] | None = None,
    url: str = "",
) -> Recording:
    """Keep a recording of a meeting, as a file or as an address elsewhere; those who run the council see it first.

    Args:
        started_at: When the recording began; when the meeting opened, if left out.
        ended_at: When it ended; with the meeting, if left out. What was dealt with in between is heard in it.

    Raises:
        ValidationError: It is neither or both, or the file is neither sound nor picture.
        Refused: The meeting has not begun.
    """
    require(by, "decisions.keep_recording", meeting)
    if meeting.state not in (Meeting.State.RUNNING, Meeting.State.CLOSED):
        raise Refused(_("Recordings are kept of a meeting that has begun."))
    if bool(file) == bool(url):
        raise ValidationError({"file": _("Choose either a file or an address.")})
    attachment = _kept(meeting, file, by) if file else None
    recording = create(
        Recording(
            council_id=meeting.council_id,
            meeting=meeting,
            attachment=attachment,
            url=url,
            started_at=started_at or meeting.opened_at or meeting.starts_at,
            ended_at=ended_at,
        )
    )
    record(Verb.RECORDING_ADDED, recording, by=by, title=meeting.title)
    return recording


def _kept(meeting: Meeting, file: File[bytes], by: User) -> Attachment:
    attachment = documents.attach(meeting.council, file=file, visibility=Visibility.OFFICERS, by=by)
    if not attachment.media_type.startswith(PLAYABLE):
        raise ValidationError({"file": _("This file is neither sound nor picture.")})
    return attachment


@transaction.atomic
def release_recording(recording: Recording, *, by: User) -> Recording:
    """Open a recording to those who were invited: to hear where all of it is open to them, else to read in part.

    Raises:
        Refused: It is open to them already.
    """
    require(by, "decisions.keep_recording", recording)
    if not Recording.objects.filter(pk=recording.pk, released=False).update(released=True, modified_at=clock.now()):
        raise Refused(_("This recording is released already."))
    recording.refresh_from_db()
    record(Verb.RECORDING_RELEASED, recording, by=by, title=recording.meeting.title)
    return recording


@transaction.atomic
def remove_recording(recording: Recording, *, reason: str, by: User) -> None:
    """Remove a recording with its transcript and file, e.g. once the minutes are approved.

    Raises:
        ValidationError: There is no reason.
    """
    require(by, "decisions.keep_recording", recording)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    record(Verb.RECORDING_REMOVED, recording, by=by, title=recording.meeting.title, reason=reason)
    attachment = recording.attachment
    recording.delete()
    if attachment:
        attachment.delete()
        name, storage = attachment.file.name, attachment.file.storage
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def read_transcript(recording: Recording, *, file: File[bytes], by: User) -> Recording:
    """Read a transcript in WebVTT or SRT in the place of the one there is, and link each line to the item it belongs to.

    Raises:
        ValidationError: Lines that cannot be read, by their number; then nothing is changed.
    """
    require(by, "decisions.keep_recording", recording)
    Recording.objects.select_for_update().get(pk=recording.pk)
    cues = read_cues(file.read(MOST_BYTES + 1))
    items = _spans(recording)
    lines = [
        TranscriptLine(
            recording=recording,
            begins_ms=cue.begins_ms,
            ends_ms=cue.ends_ms,
            speaker=cue.speaker,
            text=cue.text,
            item=_item_at(items, recording.started_at + dt.timedelta(milliseconds=cue.begins_ms)),
        )
        for cue in cues
    ]
    recording.lines.all().delete()
    TranscriptLine.objects.bulk_create(lines, batch_size=2000)
    change(recording, modified_at=clock.now())
    record(Verb.TRANSCRIPT_READ, recording, by=by, title=recording.meeting.title, lines=len(lines))
    return recording


def taken_up(meeting_id: UUID, user: User) -> list[AgendaItem]:
    """The items someone may see that a meeting has come to, in the order in which it did."""
    items = AgendaItem.objects.visible_to(user).filter(meeting=meeting_id, opened_at__isnull=False)
    return list(items.order_by("opened_at", "position"))


def offsets(recording: Recording, user: User, *, items: list[AgendaItem] | None = None) -> list[tuple[AgendaItem, int]]:
    """Where in a recording the items someone may see were taken up, in milliseconds.

    Args:
        items: What :func:`taken_up` says of the meeting, where it has been asked.
    """
    return [
        (item, max(0, _ms(item.opened_at - recording.started_at)))
        for item in (taken_up(recording.meeting_id, user) if items is None else items)
        if item.opened_at
        and (item.ended_at is None or item.ended_at > recording.started_at)
        and (recording.ended_at is None or item.opened_at <= recording.ended_at)
    ]


def _spans(recording: Recording) -> list[AgendaItem]:
    """The items that were taken up; the last one first, so that a sub-item is found before what it is part of."""
    items = recording.meeting.items.filter(opened_at__isnull=False)
    return sorted(items, key=lambda item: (item.opened_at, item.position), reverse=True)


def _item_at(items: list[AgendaItem], moment: dt.datetime) -> AgendaItem | None:
    def runs(item: Any) -> bool:
        begins = item.opened_at <= moment
        return bool(begins and (item.ended_at is None or moment < item.ended_at))

    return next((item for item in items if runs(item)), None)


def _ms(span: dt.timedelta) -> int:
    return span // dt.timedelta(milliseconds=1)
