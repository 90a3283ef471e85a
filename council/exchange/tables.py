"""What an official document says, before it is a file of any kind.

Callers fill these with text from wherever it comes; a table's rows may be a generator over a streaming queryset, and are
read once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Change = Literal["same", "added", "removed"]
"""How a run of text compares with the other text."""


@dataclass(frozen=True)
class Marked:
    """A cell of a comparison of old and new text: runs of text, each with how it changed."""

    spans: Sequence[tuple[Change, str]]

    def __str__(self) -> str:
        return "".join(text for _change, text in self.spans)


Cell = str | int | Marked


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        width: In characters; what counts is its share of the whole.
        choices: What may be entered, where the file is to be filled in; a list to choose from in XLSX.
    """

    title: str
    width: int
    align: Literal["left", "center", "right"] = "left"
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """Rows with as many cells as there are columns."""

    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    caption: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading inside a document; level 1 is below the title."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text."""

    text: str


@dataclass(frozen=True)
class Facts:
    """A short list of names and values: period, office, totals."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Contents:
    """The table of contents: the document's headings of two levels, with page numbers where a format knows them."""

    title: str


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a new page.

    Args:
        wide: As do the pages after it, up to the next of these: wider than high, for wide tables; in a PDF alone, and
            not for pages bound in.
    """

    wide: bool = False


@dataclass(frozen=True)
class BoundPages:
    """The pages of a PDF, bound in as they are; formats without pages leave them out.

    Args:
        file: Where it lies while the document is written.
        name: What it is, above each of its pages.
        wide: For each page whether it is wider than high.
    """

    file: Path
    name: str
    wide: Sequence[bool]


Part = Heading | Paragraph | Facts | Table | Contents | NewPage | BoundPages


@dataclass(frozen=True)
class Document:
    """An official document.

    Args:
        cover: Lines at the foot of a title page of its own; no such page when left out.
        ends: Official documents close with "끝." after the last word or below the last table (시행규칙 4조).
    """

    title: str
    parts: Sequence[Part]
    subtitle: str = ""
    language: Literal["ko", "en"] = "ko"
    landscape: bool = True
    cover: Sequence[str] = ()
    ends: bool = False
