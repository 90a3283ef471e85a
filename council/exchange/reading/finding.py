"""Finding the table of opinions in a grid, and taking its rows."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from council.exchange.columns import (
    LABELS,
    Field,
    Form,
    fields_of,
    form_of,
    known,
    missing,
)
from council.exchange.reading.grids import HEADER_WITHIN, MAX_CELL, MAX_COLUMNS, MAX_ROWS, Grid, Line, Merge, cell_name
from council.exchange.reading.refusing import refused, too_many_rows

_IGNORED = frozenset({Field.VERDICT, Field.ANSWER})
_COUNTED = _IGNORED | {Field.NUMBER}  # where a formula does no harm
_LOCATORS = frozenset({Field.PLACE, Field.PARAGRAPH, Field.LINE})
_TEXTS = frozenset({Field.CURRENT, Field.PROPOSED, Field.REASON, Field.ANSWER})
_SHOWN_HEADERS = 12
_SHOWN_LENGTH = 40
_DEEPEST = 3  # lines of a header, as deep as forms go
_MAX_MARKS = 10 * MAX_ROWS


@dataclass(frozen=True)
class Row:
    """One opinion as a file gives it.

    Args:
        number: Its row in the sheet or table, as the program it was written with counts.
        where: The sheet or table, and the row: ``의견!7``.
        values: What its cells say, by column; a column that is empty here is left out.
        problems: Why its cells cannot be taken as they stand, a sentence each; what they mean is not looked at.
    """

    number: int
    where: str
    values: dict[Field, str]
    problems: list[str]


@dataclass(frozen=True)
class Header:
    """The header of a table: where it ends in a grid's lines, what each column says, and how it is called."""

    end: int
    form: Form
    fields: dict[int, Field]
    titles: dict[int, str]

    def columns(self) -> dict[Field, str]:
        """The header of each field, as the file words it; several, where several columns say one thing."""
        titles: dict[Field, list[str]] = defaultdict(list)
        for column, field in sorted(self.fields.items()):
            title = " ".join(self.titles[column].split())
            if title not in titles[field]:
                titles[field].append(title)
        return {field: ", ".join(words) for field, words in titles.items()}


def find_header(grid: Grid) -> Header | None:
    """The header among the first lines that hold text; it may take several lines and have merged cells."""
    for start in range(min(HEADER_WITHIN, len(grid.lines))):
        header = _header_at(grid, start)
        if header and not missing(header.form, header.fields.values()):
            return header
    return None


def _header_at(grid: Grid, start: int) -> Header | None:
    """The header that begins in a line; lines below that hold nothing but headers belong to it."""
    first, *below = grid.lines[start : start + _DEEPEST]
    if not any(known(text) for text in first.texts):
        return None
    more = list(takewhile(lambda line: all(known(text) for text in line.texts), below))
    titles: dict[int, str] = {}
    for line in (first, *more):
        titles |= _spread(grid, line)
    fields = fields_of(titles)
    return Header(start + 1 + len(more), form_of(titles.values(), fields.values()), fields, titles)


def _spread(grid: Grid, line: Line) -> dict[int, str]:
    """A header line's texts, each in all the columns it stands over."""
    titles: dict[int, str] = {}
    for column, text in line.cells.items():
        merge = grid.merges.get((line.number, column))
        right = min(merge.right, MAX_COLUMNS) if merge else column
        titles |= dict.fromkeys(range(column, right + 1), text) if text else {}
    return titles


def rows_of(grid: Grid, header: Header) -> Iterator[Row]:
    """The rows below the header that say something; the header repeated on another page does not."""
    lines = grid.lines[header.end :]
    merged = _merged(grid, header, lines)
    titles = set(header.titles.values())
    for line in lines:
        if titles.issuperset(line.texts):
            continue
        values = _values(line, header)
        if values.keys() - {Field.NUMBER}:
            where = f"{grid.name}!{line.number}" if grid.name else str(line.number)
            problems = [*_problems(line, header), *(_merge_problem(merge) for merge in merged[line.number])]
            yield Row(line.number, where, values, problems)


def _values(line: Line, header: Header) -> dict[Field, str]:
    texts: dict[Field, list[str]] = defaultdict(list)
    for column, field in sorted(header.fields.items()):
        if text := line.cells.get(column):
            texts[field].append(text)
    return {field: ("\n" if field in _TEXTS else " ").join(several) for field, several in texts.items()}


def _problems(line: Line, header: Header) -> Iterator[str]:
    for column, field in sorted(header.fields.items()):
        cell = cell_name(column, line.number)
        if column in line.formulas and field not in _COUNTED:
            yield _("Cell %(cell)s holds a formula: put its result there as text.") % {"cell": cell}
        if column in line.dates and field in _LOCATORS:
            yield _("Cell %(cell)s holds a date: format it as text and enter the place again.") % {"cell": cell}
        if len(line.cells.get(column, "")) > MAX_CELL:
            yield _("Cell %(cell)s is longer than %(limit)s characters: attach long texts to the opinion.") % {
                "cell": cell,
                "limit": f"{MAX_CELL:,}",
            }


def _merged(grid: Grid, header: Header, lines: list[Line]) -> dict[int, list[Merge]]:
    """The merges that touch each row; one within a row and under one heading is only how the form was drawn."""
    numbers = [line.number for line in lines]
    columns = {column for column, field in header.fields.items() if field not in _IGNORED}
    touching: dict[int, list[Merge]] = defaultdict(list)
    marks = 0
    for merge in grid.merges.values():
        covered = {column for column in columns if merge.left <= column <= merge.right}
        titles = {title for column, title in header.titles.items() if merge.left <= column <= merge.right}
        if not covered or (merge.top == merge.bottom and len(titles) == 1):
            continue
        touched = numbers[bisect_left(numbers, merge.top) : bisect_right(numbers, merge.bottom)]
        marks += len(touched)
        if marks > _MAX_MARKS:
            raise refused(_("The table has too many merged cells. Split them, or copy the text into the blank form."))
        for number in touched:
            touching[number].append(merge)
    return touching


def _merge_problem(merge: Merge) -> str:
    return _("Cells %(cells)s are merged: split them and fill in each one.") % {"cells": merge}


def take(tables: list[tuple[Grid, Header]]) -> list[Row]:
    """The rows of all tables, in their order.

    Raises:
        ValidationError: There are more than a file may have.
    """
    if any(grid.full for grid, _header in tables):
        raise too_many_rows()
    rows = list(islice((row for grid, header in tables for row in rows_of(grid, header)), MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise too_many_rows()
    return rows


def not_found(grids: Iterable[Grid]) -> Exception:
    """The error for a file without a table of opinions: what was found that comes nearest, and what it lacks."""
    best: Header | None = None
    for grid in grids:
        for start in range(min(HEADER_WITHIN, len(grid.lines))):
            header = _header_at(grid, start)
            if header and (best is None or len(header.fields) > len(best.fields)):
                best = header
    if best is None:
        return refused(
            _(
                "No line of the file has the headers of a table of opinions. Download the blank form and copy the table into it."
            )
        )
    found = [" ".join(title.split())[:_SHOWN_LENGTH] for title in dict.fromkeys(best.titles.values())][:_SHOWN_HEADERS]
    lacking = [str(LABELS[field]) for field in missing(best.form, best.fields.values())]
    return refused(
        ngettext(
            "A column is missing: %(missing)s. Found: %(found)s. Download the blank form and copy the table into it.",
            "Columns are missing: %(missing)s. Found: %(found)s. Download the blank form and copy the table into it.",
            len(lacking),
        )
        % {"missing": ", ".join(lacking), "found": ", ".join(found)}
    )
