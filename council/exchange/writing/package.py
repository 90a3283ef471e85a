"""What DOCX and HWPX have in common: a zip of XML, one part of which holds tables too long for memory."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice, pairwise
from typing import BinaryIO

from council.exchange.tables import Cell, Column

Row = Sequence[Cell]


def repack(skeleton: bytes, to: BinaryIO, parts: dict[str, Iterable[str]]) -> None:
    """Copy a zip in its order, some of its parts replaced by text that is made while it is written."""
    with zipfile.ZipFile(io.BytesIO(skeleton)) as source, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename not in parts:
                target.writestr(entry, source.read(entry))
                continue
            with target.open(entry.filename, "w") as part:
                for text in parts[entry.filename]:
                    part.write(text.encode())


def in_tables_of(size: int, rows: Iterator[Row]) -> Iterator[Iterator[Row]]:
    """The rows in groups of ``size``; one empty group where there are none. Each is read before the next is taken."""
    group = list(islice(rows, 1))
    yield chain(group, islice(rows, size - 1))
    while group := list(islice(rows, 1)):
        yield chain(group, islice(rows, size - 1))


def widths(columns: Sequence[Column], total: int) -> list[int]:
    """What of ``total`` each column is given, with nothing left over."""
    wanted = [wide_enough(column) for column in columns]
    edges = [total * reached // sum(wanted) for reached in accumulate(wanted, initial=0)]
    return [right - left for left, right in pairwise(edges)]


def wide_enough(column: Column) -> int:
    """The column's width, or what the longest word of its title needs; Hangul is twice as wide as Latin."""
    return max(column.width, *(length(word) + 2 for word in column.title.split()), 1)


def length(text: str) -> int:
    """How wide the text is, in Latin characters."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
