"""The sheets of an XLSX, as their user sees them."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping

from django.utils.translation import gettext as _

from council.exchange.reading.grids import MAX_CELL, MAX_COLUMNS, Grid, Line, Merge, clean
from council.exchange.reading.packages import END, START, TEXT, Package
from council.exchange.reading.refusing import refused

MAX_MERGES = 100_000

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_SHEET = frozenset({"row", "c", "v", "f", "t", "rPh", "mergeCell", "sheetData"})
_STRINGS = frozenset({"si", "t", "rPh"})
_STYLES = frozenset({"numFmt", "cellXfs", "xf"})
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DECIMALS = re.compile(r"(?:#,##)?(0+)(?:\.(0+))?(%?)")
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # 27 to 36 and 50 to 58 in East Asia
_LAST_DAY = 2_950_000  # in 9976, whichever year days count from
_EXACT = 1e15

_Strings = dict[int, list[tuple[Line, int]]]


def read_xlsx(package: Package, main: str) -> Iterator[Grid]:
    """The sheets in their order, those that are hidden too.

    Raises:
        KeyError: A part is missing that others point to.
    """
    relations = package.targets(main)
    parts = dict(relations.values())  # type to part
    formats = list(_formats(package, parts["styles"])) if parts.get("styles") in package.names else []
    since_1904, sheets = _book(package, main)
    awaited: _Strings = {}
    grids = [
        _Sheet(name, formats, awaited, since_1904=since_1904).read(package, relations[relation][1])
        for name, relation in sheets
        if relations[relation][0] == "worksheet"
    ]
    if awaited:
        _fill_in(package, parts["sharedStrings"], awaited)
    yield from grids


def _book(package: Package, main: str) -> tuple[bool, list[tuple[str, str]]]:
    """Whether days count from 1904, and the names of the sheets with the ids of their relations."""
    since_1904, sheets = False, []
    for kind, name, attributes in package.events(main, frozenset({"sheet", "workbookPr"})):
        if kind != START:
            continue
        if name == "workbookPr":
            since_1904 = attributes.get("date1904") in ("1", "true")
        else:
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append((clean(attributes.get("name", "")), relation))
    return since_1904, sheets


def _formats(package: Package, part: str) -> Iterator[str]:
    """The number format of each cell style; "date" where it shows a date."""
    own: dict[str, str] = {}
    inside = False
    for kind, name, attributes in package.events(part, _STYLES):
        if name == "cellXfs":
            inside = kind == START
        elif kind == START and name == "numFmt":
            own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif kind == START and inside:
            number = attributes.get("numFmtId", "0")
            code = own.get(number)
            if code is None:
                code = _BUILT_IN.get(int(number), "date" if int(number) in _DATES else "")
            shown = _NOT_SHOWN.sub("", code.partition(";")[0]).strip()
            yield "date" if re.search("[ymdhs]", shown.replace("General", ""), re.IGNORECASE) else shown


def _fill_in(package: Package, part: str, awaited: _Strings) -> None:
    """Put the shared texts where they are awaited; what no cell awaits is never held."""
    number, phonetic, text = 0, 0, ""
    inside = False
    for kind, name, _attributes in package.events(part, _STRINGS):
        if kind == TEXT:
            if inside and not phonetic and len(text) <= MAX_CELL:
                text += name
        elif name == "rPh":
            phonetic += 1 if kind == START else -1
        elif name == "t":
            inside = kind == START
        elif kind == START:
            text = ""
        else:
            text = _unescaped(text) if number in awaited else ""
            for line, column in awaited.pop(number, ()):
                line.cells[column] = text
            number += 1
            if not awaited:
                return


def _unescaped(text: str) -> str:
    return clean(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text))


class _Sheet:
    """One sheet while it is read."""

    def __init__(self, name: str, formats: list[str], awaited: _Strings, *, since_1904: bool) -> None:
        self._grid = Grid(name)
        self._formats = formats
        self._awaited = awaited
        self._epoch = dt.datetime(1904, 1, 1) if since_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a day on a sheet
        self._line = Line(0)
        self._column = -1
        self._cell: Mapping[str, str] = {}
        self._value = ""

    def read(self, package: Package, part: str) -> Grid:
        inside, phonetic = False, 0
        ends: dict[str, Callable[[], None]] = {"c": self._end_cell, "row": self._end_row, "sheetData": self._end_data}
        for kind, name, attributes in package.events(part, _SHEET):
            if kind == TEXT:
                if inside and not phonetic and len(self._value) <= MAX_CELL:
                    self._value += name
            elif name in ("v", "t"):
                inside = kind == START
            elif name == "rPh":
                phonetic += 1 if kind == START else -1
            elif kind == END:
                if name in ends:
                    ends[name]()
            elif name == "c":
                self._start_cell(attributes)
            elif name == "f":
                self._line.formulas.add(self._column)
            elif name == "row":
                number = attributes.get("r", "")
                self._line = Line(int(number) if number else self._line.number + 1)
                self._column = -1
            elif name == "mergeCell":
                self._merge(attributes.get("ref", ""))
            if self._grid.full:
                break
        return self._grid

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        match = _CELL.fullmatch(attributes.get("r", ""))
        self._column = _column(match[1]) if match else self._column + 1
        self._cell = attributes
        self._value = ""

    def _end_cell(self) -> None:
        if not self._value or self._column >= MAX_COLUMNS:
            return
        kind = self._cell.get("t", "n")
        if kind == "s":
            self._awaited.setdefault(int(self._value), []).append((self._line, self._column))
            self._line.cells[self._column] = ""
        elif kind == "n":
            self._line.cells[self._column] = self._number()
        elif kind == "b":
            self._line.cells[self._column] = "TRUE" if self._value == "1" else "FALSE"
        else:
            self._line.cells[self._column] = _unescaped(self._value)

    def _end_row(self) -> None:
        if self._line.cells:
            self._grid.lines.append(self._line)

    def _end_data(self) -> None:
        self._line = Line(0)  # formulas of charts and rules below belong to no cell

    def _number(self) -> str:
        """The number as its format shows it, in the formats one meets in a table of opinions."""
        value = float(self._value)
        style = self._cell.get("s", "")
        shown = self._formats[int(style)] if style and int(style) < len(self._formats) else ""
        if shown == "date" and 0 <= value < _LAST_DAY:
            self._line.dates.add(self._column)
            return _date(self._epoch, value)
        if decimals := _DECIMALS.fullmatch(shown):
            whole, fraction, percent = decimals[1], decimals[2] or "", decimals[3]
            text = f"{value * 100 if percent else value:.{len(fraction)}f}"
            return text.zfill(len(whole) + len(fraction) + bool(fraction)) + percent
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else f"{value:.15g}"

    def _merge(self, ref: str) -> None:
        first, _colon, last = ref.partition(":")
        start, end = _CELL.fullmatch(first), _CELL.fullmatch(last)
        if start and end:
            merge = Merge(int(start[2]), int(end[2]), _column(start[1]), _column(end[1]))
            self._grid.merges[merge.top, merge.left] = merge
        if len(self._grid.merges) > MAX_MERGES:
            raise refused(_("The sheet has too many merged cells. Split them, or copy the text into the blank form."))


def _date(epoch: dt.datetime, value: float) -> str:
    moment = epoch + dt.timedelta(seconds=round(value * 86_400))
    if value < 1:
        return f"{moment:%H:%M}"
    return f"{moment:%Y-%m-%d}" if value.is_integer() else f"{moment:%Y-%m-%d %H:%M}"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
