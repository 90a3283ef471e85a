"""신·구조문대비: what changed between two versions, passage by passage and word by word."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal
from uuid import UUID

from council.documents.models import Passage

TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Span:
    """A stretch of text that both sides share, or only one has."""

    kind: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True)
class Change:
    """One passage on both sides; ``before`` or ``after`` is missing where it was added or removed."""

    before: Passage | None
    after: Passage | None

    @property
    def kind(self) -> Literal["same", "changed", "added", "removed"]:
        """What happened to the passage."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        same = (self.before.heading, self.before.text) == (self.after.heading, self.after.text)
        return "same" if same else "changed"

    @property
    def spans(self) -> list[Span]:
        """The text of both sides as one run of words kept, removed and added."""
        return compare(self.before.text if self.before else "", self.after.text if self.after else "")


def compare(old: str, new: str) -> list[Span]:
    """Tell two texts apart at the level of words; in Korean a word is what stands between spaces and signs."""
    a, b = TOKEN.findall(old), TOKEN.findall(new)
    spans: list[Span] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            spans.append(Span("same", "".join(a[a1:a2])))
        else:
            spans += [Span("removed", "".join(a[a1:a2])), Span("added", "".join(b[b1:b2]))]
    return list(_joined(span for span in spans if span.text))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Changed words that only a space separates read as one change: the space goes to both sides."""
    waiting = list(spans)
    changes: dict[Literal["removed", "added"], str] = {"removed": "", "added": ""}
    for number, span in enumerate(waiting):
        if span.kind != "same":
            changes[span.kind] += span.text
        elif span.text.isspace() and any(changes.values()) and number + 1 < len(waiting):
            changes = {kind: text + span.text for kind, text in changes.items()}
        else:
            yield from (Span(kind, text) for kind, text in changes.items() if text)
            changes = {"removed": "", "added": ""}
            yield span
    yield from (Span(kind, text) for kind, text in changes.items() if text)


def pair(before: Iterable[Passage], after: Iterable[Passage]) -> list[Change]:
    """Put two versions' passages side by side by identity, in the new order; removed ones stand where they stood."""
    after = list(after)
    kept = {passage.identity for passage in after}
    counterpart: dict[UUID, Passage] = {}
    gone: dict[UUID | None, list[Passage]] = defaultdict(list)
    last_kept = None
    for passage in before:
        if passage.identity in kept:
            counterpart[passage.identity] = passage
            last_kept = passage.identity
        else:
            gone[last_kept].append(passage)
    changes = [Change(passage, None) for passage in gone[None]]
    for passage in after:
        changes.append(Change(counterpart.get(passage.identity), passage))
        changes += [Change(removed, None) for removed in gone[passage.identity]]
    return changes
