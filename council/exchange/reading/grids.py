"""What every kind of file comes down to: grids of text, as far as a table of opinions may go."""

import re
from dataclasses import dataclass, field

from council.exchange.columns import composed

MAX_ROWS = 20_000
MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_CELL = 20_000
MAX_COLUMNS = 64
HEADER_WITHIN = 30
MAX_LINES = MAX_ROWS + 3 * HEADER_WITHIN
"""Lines of one grid that are kept: enough to hold a table, and to see that there are too many rows."""

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")


def clean(text: str) -> str:
    """The text in NFC without control characters and surrounding space; lines end with LF.

    What is longer than a cell may be is cut one character later, so that it still shows.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return composed(_CONTROL.sub("", text).strip()[: MAX_CELL + 1])


@dataclass
class Line:
    """A row of a grid; its number is that of its file, from 1, its columns from 0."""

    number: int
    cells: dict[int, str] = field(default_factory=dict)
    formulas: set[int] = field(default_factory=set)
    dates: set[int] = field(default_factory=set)

    @property
    def texts(self) -> list[str]:
        """What its cells say, without those that say nothing."""
        return [text for text in self.cells.values() if text]


@dataclass(frozen=True)
class Merge:
    """Cells that are one: first and last row as numbered in the file, first and last column from 0."""

    top: int
    bottom: int
    left: int
    right: int

    def __str__(self) -> str:
        return f"{cell_name(self.left, self.top)}:{cell_name(self.right, self.bottom)}"


@dataclass
class Grid:
    """A sheet or a table in a text; lines without text may be left out."""

    name: str
    lines: list[Line] = field(default_factory=list)
    merges: dict[tuple[int, int], Merge] = field(default_factory=dict)  # by top and left

    @property
    def full(self) -> bool:
        """Whether it already has more lines than are of use."""
        return len(self.lines) >= MAX_LINES


def cell_name(column: int, row: int) -> str:
    """What spreadsheets call a cell, and word processors call one of a table: ``B7``."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
