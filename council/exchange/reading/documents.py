"""The tables of a DOCX or an HWPX. Both are tables of rows of cells of paragraphs; only the names differ."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from council.exchange.reading.grids import MAX_CELL, MAX_COLUMNS, Grid, Line, Merge, clean
from council.exchange.reading.packages import END, START, Event, Package
from council.exchange.reading.refusing import too_many_rows

_SECTION = re.compile(r"Contents/section([0-9]{1,5})\.xml")
_SMALL_NUMBER = re.compile("[0-9]{1,5}")


@dataclass(frozen=True)
class _Words:
    """What a format calls the parts of a table. Text is what stands in an element ``t``."""

    signs: Mapping[str, str]
    skipped: frozenset[str]
    spans: frozenset[str]

    @property
    def wanted(self) -> frozenset[str]:
        return frozenset({"tbl", "tr", "tc", "p", "t"}) | self.signs.keys() | self.skipped | self.spans


_DOCX = _Words(
    signs={"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"},
    skipped=frozenset({"moveFrom", "Fallback", "tabs"}),
    spans=frozenset({"gridBefore", "gridSpan", "vMerge"}),
)
_HWPX = _Words(
    signs={"lineBreak": "\n", "tab": " ", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"},
    skipped=frozenset({"hiddenComment"}),
    spans=frozenset({"cellAddr", "cellSpan", "deleteBegin", "deleteEnd"}),
)


def read_docx(package: Package, main: str) -> Iterator[Grid]:
    """The tables of a DOCX in the order they end: those inside a cell before the one around them.

    Raises:
        ValidationError: One has more rows than are read.
    """
    yield from _tables(package.events(main, _DOCX.wanted), _DOCX)


def read_hwpx(package: Package) -> Iterator[Grid]:
    """The tables of an HWPX, in the same order."""
    sections = sorted((int(match[1]), name) for name in package.names if (match := _SECTION.fullmatch(name)))
    events = (event for _number, name in sections for event in package.events(name, _HWPX.wanted))
    yield from _tables(events, _HWPX)


@dataclass
class _Cell:
    column: int
    span: int = 1
    rows: int = 1
    continues: bool | None = None  # DOCX: whether it belongs to the cell above it; None where it is not merged
    pieces: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, text: str) -> None:
        if self.size <= MAX_CELL:
            self.pieces.append(text)
            self.size += len(text)


@dataclass
class _Table:
    """A table while it is read."""

    grid: Grid
    row: int = 0
    column: int = 0
    line: Line | None = None
    cell: _Cell | None = None
    open: dict[int, Merge] = field(default_factory=dict)  # DOCX: merged cells that may go on in the next row

    def start_row(self) -> None:
        self.row += 1
        self.column = 0
        self.line = Line(self.row)

    def end_row(self) -> None:
        if self.line and any(self.line.cells.values()):
            self.grid.lines.append(self.line)
        self.line = None

    def end_cell(self) -> str:
        cell, self.cell = self.cell, None
        if cell is None or self.line is None:
            return ""
        text = clean("".join(cell.pieces))
        self.column = cell.column + cell.span
        if cell.column >= MAX_COLUMNS:
            return text
        self.line.cells[cell.column] = text
        merge = Merge(self.row, self.row + cell.rows - 1, cell.column, self.column - 1)
        above = self.open.pop(cell.column, None)
        if cell.continues and above:
            merge = Merge(above.top, self.row, above.left, above.right)
        if cell.continues is not None:
            self.open[cell.column] = merge
        if merge.top != merge.bottom or merge.left != merge.right:
            self.grid.merges[merge.top, merge.left] = merge
        return text


def _tables(events: Iterator[Event], words: _Words) -> Iterator[Grid]:
    stack: list[_Table] = []
    count = skipping = 0
    in_text = deleted = False
    for kind, name, attributes in events:
        table = stack[-1] if stack else None
        cell = table.cell if table else None
        if kind == START:
            if name in words.skipped:
                skipping += 1
            elif name == "t":
                in_text = True
            elif name == "tbl":
                count += 1
                stack.append(_Table(Grid(_("Table %(number)d") % {"number": count})))
            elif name == "tr" and table:
                table.start_row()
            elif name == "tc" and table:
                table.cell = _Cell(table.column)
            elif name in ("deleteBegin", "deleteEnd"):
                deleted = name == "deleteBegin"
            elif name in words.spans and table:
                _span(table, name, attributes)
            elif name in words.signs and cell and not skipping:
                cell.add(words.signs[name])
        elif kind == END:
            if name in words.skipped:
                skipping -= 1
            elif name == "t":
                in_text = False
            elif name == "p" and cell:
                cell.add("\n")
            elif name == "tc" and table:
                text = table.end_cell()
                if len(stack) > 1 and (outer := stack[-2].cell):
                    outer.add(f"{text}\n")
            elif name == "tr" and table:
                table.end_row()
            elif name == "tbl" and stack:
                yield stack.pop().grid
            if table and table.grid.full:
                raise too_many_rows()
        elif in_text and cell and not skipping and not deleted:
            cell.add(name)


def _span(table: _Table, name: str, attributes: Mapping[str, str]) -> None:
    """Note where a cell stands and how far it reaches."""
    values = {key.rpartition(":")[2]: value for key, value in attributes.items()}
    cell = table.cell
    if name == "gridBefore":
        table.column = _number(values.get("val"), 0)
    elif cell is None:
        return
    elif name == "gridSpan":
        cell.span = _number(values.get("val"), 1)
    elif name == "vMerge":
        cell.continues = values.get("val") != "restart"
    elif name == "cellAddr":
        cell.column = _number(values.get("colAddr"), cell.column)
    elif name == "cellSpan":
        cell.span = _number(values.get("colSpan"), 1)
        cell.rows = _number(values.get("rowSpan"), 1)


def _number(text: str | None, default: int) -> int:
    """A small number in an attribute, the default where there is none."""
    return int(text) if text and _SMALL_NUMBER.fullmatch(text) else default
