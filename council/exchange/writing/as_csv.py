"""CSV to work with: UTF-8 with a byte order mark, so that Excel reads Hangul, and no cell a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from council.exchange.tables import Cell, Document, Facts, Heading, Paragraph, Table
from council.exchange.writing.text import Rows

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # OWASP, "CSV injection"


def write(document: Document, to: BinaryIO, rows: Rows) -> None:
    """Write the document's tables, a blank line between them; its other parts only where it has no table."""
    text = io.TextIOWrapper(to, encoding="utf-8-sig", newline="", write_through=False)
    try:
        lines = csv.writer(text, lineterminator="\r\n")
        tables = [part for part in document.parts if isinstance(part, Table)]
        for number, table in enumerate(tables):
            if number:
                lines.writerow([])
            lines.writerow([harmless(column.title) for column in table.columns])
            lines.writerows([harmless(cell) for cell in row] for row in rows.of(table))
        if not tables:
            lines.writerows([harmless(cell) for cell in line] for line in _prose(document))
    finally:
        text.detach()


def harmless(cell: Cell) -> str:
    """The cell as text with an apostrophe before what a spreadsheet would take for a formula."""
    text = str(cell)
    return "'" + text if not isinstance(cell, int) and text.startswith(_STARTS_FORMULA) else text


def _prose(document: Document) -> Iterable[Sequence[str]]:
    yield [document.title]
    if document.subtitle:
        yield [document.subtitle]
    for part in document.parts:
        if isinstance(part, Facts):
            yield from part.pairs
        elif isinstance(part, Heading | Paragraph):
            yield [part.text]
