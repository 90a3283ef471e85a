"""XLSX to work with: a sheet for each table, what precedes it above, its header frozen and with filters."""

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from council.core import clock
from council.exchange.tables import Cell, Change, Column, Document, Facts, Heading, Marked, Paragraph, Part, Table
from council.exchange.writing.package import length, wide_enough
from council.exchange.writing.text import Rows, TooLong, runs

CELL_LIMIT = 32_767  # UTF-16 units in a cell
ROW_LIMIT = 1_048_576
_EXACT = 10**15  # Excel keeps 15 digits of a number
_A4 = 9
_WIDEST = 255
_LINE, _HIGHEST = 16.5, 409.0  # points
_NARROW = 0.85  # what of a column's width text fills before it wraps
_ROWS_TO_FILL_IN = 200  # rows below the last that offer a column's choices as well
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
_MARKS: dict[Change, dict[str, bool]] = {"same": {}, "added": {"underline": True}, "removed": {"font_strikeout": True}}
_GRID = {"text_wrap": True, "valign": "top", "border": 1}


def write(document: Document, to: BinaryIO, rows: Rows) -> None:
    """Write the document, a row at a time; text too long for one cell goes on in the row beneath."""
    with Workbook(to, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": document.title, "created": clock.now().astimezone(dt.UTC)})
        book.set_custom_property("Language", document.language)
        styles = _Styles(book)
        names: set[str] = {"history"}  # Excel's own
        for number, (before, table) in enumerate(_sheets(document.parts)):
            sheet = book.add_worksheet(_sheet_name(table, document, names), _FittedRows)
            _Sheet(sheet, styles).write(
                document if number == 0 else None, before, table, rows, landscape=document.landscape
            )


def _sheets(parts: Sequence[Part]) -> Iterator[tuple[list[Part], Table | None]]:
    """The parts in groups: what precedes a table, and the table; at the end what follows the last."""
    before: list[Part] = []
    first = True
    for part in parts:
        if isinstance(part, Table):
            yield before, part
            before, first = [], False
        else:
            before.append(part)
    if before or first:
        yield before, None


def _sheet_name(table: Table | None, document: Document, names: set[str]) -> str:
    """A name Excel allows: 31 characters, some not, each once whatever its case."""
    wanted = _NOT_IN_SHEET_NAMES.sub(" ", (table.caption if table else "") or document.title)
    wanted = " ".join(wanted.split())[:25].strip() or "1"
    name, number = wanted, 1
    while name.lower() in names:
        number += 1
        name = f"{wanted} {number}"
    names.add(name.lower())
    return name


class _FittedRows(Worksheet):
    """A sheet whose heights of rows are estimates: a program may correct them once somebody types.

    LibreOffice shows what a file says, Excel measures only where it says nothing; XlsxWriter says a height is final.
    """

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        super()._xml_start_tag_unencoded(tag, [(key, value) for key, value in attributes if key != "customHeight"])


class _Styles:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.heading = book.add_format({"bold": True, "font_size": 12})
        self.name = book.add_format({"bold": True})
        self.plain = book.add_format()
        self.header = book.add_format({**_GRID, "bold": True, "align": "center", "bg_color": "#E7EBF0"})
        self.marks = {change: book.add_format(mark) for change, mark in _MARKS.items()}
        self._cells = {
            (align, change): book.add_format({**_GRID, "align": align, **mark})
            for align in ("left", "center", "right")
            for change, mark in _MARKS.items()
        }

    def cell(self, column: Column, change: Change = "same") -> Format:
        return self._cells[column.align, change]


class _Sheet:
    """One worksheet, written from the top down."""

    def __init__(self, sheet: Worksheet, styles: _Styles) -> None:
        self._sheet = sheet
        self._styles = styles
        self._row = 0
        self._widths: list[int] = []

    def write(
        self,
        document: Document | None,
        before: Sequence[Part],
        table: Table | None,
        rows: Rows,
        *,
        landscape: bool,
    ) -> None:
        self._sheet.set_paper(_A4)
        self._sheet.set_footer("&C- &P -")
        self._sheet.fit_to_pages(1, 0)
        if landscape:
            self._sheet.set_landscape()
        if document:
            self._line([document.title], [self._styles.title])
            if document.subtitle:
                self._line([document.subtitle], [self._styles.plain])
        for part in before:
            self._part(part)
        if table:
            self._set_widths(table, before)
            self._table(table, rows)

    def _part(self, part: Part) -> None:
        match part:
            case Heading():
                self._line([part.text], [self._styles.heading])
            case Paragraph():
                self._line([part.text], [self._styles.plain])
            case Facts():
                for pair in part.pairs:
                    self._line(pair, [self._styles.name, self._styles.plain])
            case Table():
                raise TypeError("A table has a sheet of its own.")

    def _set_widths(self, table: Table, before: Sequence[Part]) -> None:
        names = [name for part in before if isinstance(part, Facts) for name, _value in part.pairs]
        for number, column in enumerate(table.columns):
            above = max((length(name) + 2 for name in names), default=0) if number == 0 else 0
            width = min(max(wide_enough(column), above), _WIDEST)
            self._sheet.set_column(number, number, width)
            self._widths.append(width)

    def _table(self, table: Table, rows: Rows) -> None:
        if self._row:
            self._row += 1
        if table.caption:
            self._line([table.caption], [self._styles.heading])
        header = self._row
        last = len(table.columns) - 1
        self._line([column.title for column in table.columns], [self._styles.header] * len(table.columns))
        self._sheet.freeze_panes(self._row, 0)
        self._sheet.repeat_rows(header)
        formats = [self._styles.cell(column) for column in table.columns]
        for row in rows.of(table):
            self._line(row, formats, table.columns)
        self._sheet.autofilter(header, 0, max(self._row - 1, header), last)
        for number, column in enumerate(table.columns):
            if column.choices:
                self._sheet.data_validation(
                    header + 1,
                    number,
                    min(self._row + _ROWS_TO_FILL_IN, ROW_LIMIT) - 1,
                    number,
                    {"validate": "list", "source": list(column.choices)},
                )

    def _line(self, cells: Sequence[Cell], formats: Sequence[Format], columns: Sequence[Column] = ()) -> None:
        """Write one row, and as many beneath it as its longest text needs."""
        for line in zip_longest(*(_pieces(cell) for cell in cells), fillvalue=""):
            if self._row >= ROW_LIMIT:
                raise TooLong(_("A sheet cannot hold so many rows. Choose another kind of file, or fewer rows."))
            if columns:
                self._sheet.set_row(self._row, self._height(line))
            for number, piece in enumerate(line):
                self._cell(number, piece, formats[number], columns[number] if columns else None)
            self._row += 1

    def _height(self, cells: Sequence[Cell]) -> float:
        """About what the row's longest cell needs."""
        lines = max(
            sum(math.ceil(length(line) / (width * _NARROW)) or 1 for line in str(cell).split("\n"))
            for cell, width in zip(cells, self._widths, strict=True)
        )
        return min(lines * _LINE, _HIGHEST)

    def _cell(self, number: int, cell: Cell, style: Format, column: Column | None) -> None:
        if isinstance(cell, int):
            self._sheet.write_number(self._row, number, cell, style)
        elif isinstance(cell, Marked) and len(cell.spans) > 1:
            tokens: list[Format | str] = []
            for change, text in cell.spans:
                tokens += [text] if change == "same" else [self._styles.marks[change], text]
            self._sheet.write_rich_string(self._row, number, *tokens, style)
        elif isinstance(cell, Marked) and cell.spans and column:
            change, text = cell.spans[0]
            self._sheet.write_string(self._row, number, text, self._styles.cell(column, change))
        elif text := str(cell):
            self._sheet.write_string(self._row, number, text, style)
        else:
            self._sheet.write_blank(self._row, number, None, style)


def _pieces(cell: Cell) -> Iterator[Cell]:
    """The cell in pieces that a cell of a sheet can hold; one, nearly always."""
    if isinstance(cell, int):
        yield cell if abs(cell) < _EXACT else str(cell)
        return
    if len(str(cell)) <= CELL_LIMIT // 2:  # a character takes two units at most
        yield cell
        return
    piece: list[tuple[Change, str]] = []
    room = CELL_LIMIT
    for change, text in runs(cell):
        start = 0
        for end, character in enumerate(text):
            units = 2 if character > "\uffff" else 1
            if units > room:
                yield _as_before(cell, [*piece, (change, text[start:end])])
                piece, room, start = [], CELL_LIMIT, end
            room -= units
        piece.append((change, text[start:]))
    yield _as_before(cell, piece)


def _as_before(cell: Cell, spans: list[tuple[Change, str]]) -> Cell:
    kept = Marked([(change, text) for change, text in spans if text])
    return kept if isinstance(cell, Marked) else str(kept)
