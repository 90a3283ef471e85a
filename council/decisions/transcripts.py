"""Reading transcripts (녹취록): WebVTT as platforms write it, SRT as recorders do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import webvtt
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from webvtt.errors import MalformedCaptionError, MalformedFileError
from webvtt.models import Caption, Timestamp

MOST_BYTES = 10 * 1024 * 1024
MOST_LINES = 20_000
SHOWN = 20
ARROW = "-->"
SRT_COMMA = re.compile(r"(\d{2}:\d{2}),(\d{3})")


@dataclass(frozen=True)
class Cue:
    """What is heard from one offset to another, in milliseconds."""

    begins_ms: int
    ends_ms: int
    speaker: str
    text: str


def read_cues(data: bytes) -> list[Cue]:
    """Everything a transcript says, in its order.

    Raises:
        ValidationError: It is no transcript, too large, or some of its entries cannot be read; these by their line.
    """
    if len(data) > MOST_BYTES:
        raise ValidationError({"file": _("A transcript has at most 10 MB.")})
    cues, problems = [], []
    for line, block in _blocks(_decoded(data)):
        try:
            cues += _read(block)
        except (MalformedCaptionError, MalformedFileError, ValueError):
            words = {"line": line, "text": next(each for each in block.splitlines() if ARROW in each)[:60]}
            problems.append(ValidationError(_("Line %(line)d: “%(text)s” is no time from and until."), params=words))
    if problems:
        raise ValidationError({"file": problems[:SHOWN]})
    if not cues:
        raise ValidationError({"file": _("There is nothing in it that is said at a time; WebVTT and SRT can be read.")})
    if len(cues) > MOST_LINES:
        raise ValidationError({"file": _("A transcript has at most 20000 entries.")})
    return cues


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949", "utf-16"):
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise ValidationError({"file": _("This is no text.")})


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """The entries that name a time, each with the number of its first line."""
    first, held = 1, list[str]()
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            first = first if held else number
            held.append(line)
        else:
            if not held or held[0].startswith("NOTE"):
                held = []
            if any(ARROW in each for each in held):
                yield first, "\n".join(held)
            held = []


def _read(block: str) -> list[Cue]:
    dotted = "\n".join(SRT_COMMA.sub(r"\1.\2", line) if ARROW in line else line for line in block.split("\n"))
    captions = webvtt.WebVTT.from_string(f"WEBVTT\n\n{dotted}\n", strict=True).captions
    if not captions:
        raise ValueError(block)
    return [cue for cue in map(_cue, captions) if cue.text]


def _cue(caption: Caption) -> Cue:
    begins, ends = (Timestamp.from_string(each).in_milliseconds() for each in (caption.start, caption.end))
    if ends < begins:
        raise ValueError(caption)
    return Cue(begins, ends, (caption.voice or "").strip()[:80], " ".join(caption.text.split()))
