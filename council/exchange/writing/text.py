"""Text fit for every kind of file: nothing that XML cannot hold, one kind of line break."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from xml.sax.saxutils import escape as _escape

from council.exchange.tables import (
    BoundPages,
    Cell,
    Change,
    Column,
    Contents,
    Document,
    Facts,
    Heading,
    Marked,
    NewPage,
    Paragraph,
    Part,
    Table,
)

_NOT_TEXT = re.compile("[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n?|[\v\f\u0085\u2028\u2029]")
_MARKUP = re.compile("[&<>]")
_ROWS_BETWEEN_CALLS = 200
_LISTED_LEVELS = 2
_THE_END = {"ko": "끝.", "en": "End."}


def clean(text: str) -> str:
    """The text without control characters and halves of surrogate pairs, which XML cannot hold; lines ended by LF."""
    return _NOT_TEXT.sub("", _LINE_BREAK.sub("\n", str(text)))


def escape(text: str) -> str:
    """Clean text as the content of an XML element."""
    return _escape(text) if _MARKUP.search(text) else text


def clean_cell(cell: Cell) -> Cell:
    """A cell of clean text; of marked text only the runs that hold something, equal neighbours joined."""
    if isinstance(cell, int):
        return int(cell)
    if isinstance(cell, Marked):
        spans: list[tuple[Change, str]] = []
        for change, text in cell.spans:
            if spans and spans[-1][0] == change:
                spans[-1] = (change, spans[-1][1] + clean(text))
            elif text := clean(text):
                spans.append((change, text))
        return Marked(spans)
    return clean(cell)


def runs(cell: Cell) -> Sequence[tuple[Change, str]]:
    """A clean cell as runs of text."""
    if isinstance(cell, Marked):
        return cell.spans
    return [("same", str(cell))] if cell != "" else []


class TooLong(ValueError):  # noqa: N818 - named as one says it
    """A file of this kind cannot hold so much; another can."""


class Rows:
    """Hands out tables' rows, clean, and counts them.

    Args:
        progress: Called with the number of rows so far, every few hundred rows and when all are written.
    """

    def __init__(self, progress: Callable[[int], None] | None = None) -> None:
        self.count = 0
        self._progress = progress

    def of(self, table: Table) -> Iterator[list[Cell]]:
        """The rows of a table, once.

        Raises:
            ValueError: A row has more or fewer cells than the table has columns.
        """
        for row in table.rows:
            if len(row) != len(table.columns):
                raise ValueError(f"A row of {len(row)} cells in a table of {len(table.columns)} columns.")
            yield [clean_cell(cell) for cell in row]
            self.count += 1
            if self._progress and self.count % _ROWS_BETWEEN_CALLS == 0:
                self._progress(self.count)

    def done(self) -> int:
        """Say for the last time how many there were."""
        if self._progress and self.count % _ROWS_BETWEEN_CALLS:
            self._progress(self.count)
        return self.count


def clean_document(document: Document) -> Document:
    """The document with clean text everywhere but in its rows, which :class:`Rows` cleans as they pass."""
    return replace(
        document,
        title=clean(document.title),
        subtitle=clean(document.subtitle),
        cover=[clean(line) for line in document.cover],
        parts=[_clean_part(part) for part in document.parts],
    )


def _clean_part(part: Part) -> Part:
    match part:
        case Facts():
            return Facts([(clean(name), clean(value)) for name, value in part.pairs])
        case Table():
            columns = [
                Column(clean(one.title), one.width, one.align, [clean(choice) for choice in one.choices])
                for one in part.columns
            ]
            return Table(columns, part.rows, clean(part.caption))
        case Heading() | Paragraph():
            return replace(part, text=clean(part.text))
        case Contents():
            return Contents(clean(part.title))
        case BoundPages():
            return replace(part, name=clean(part.name))
        case NewPage():
            return part


def in_contents(document: Document) -> list[Heading]:
    """The headings that stand in a table of contents."""
    return [part for part in document.parts if isinstance(part, Heading) and part.level <= _LISTED_LEVELS]


def without(document: Document, *kinds: type[Part]) -> Document:
    """The document without parts of some kinds."""
    return replace(document, parts=[part for part in document.parts if not isinstance(part, kinds)])


def closed(document: Document) -> Sequence[Part]:
    """The document's parts with the end marked, where it is an official one.

    The mark stands one character (two spaces) after the last word, or below a table at its left.
    """
    if not document.ends:
        return document.parts
    mark = "  " + _THE_END[document.language]
    *before, last = document.parts or [Paragraph("")]
    if isinstance(last, Paragraph):
        return [*before, Paragraph(last.text + mark)]
    return [*before, last, Paragraph(mark)]
