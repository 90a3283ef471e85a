"""CSV, in whatever encoding and with whatever delimiter a spreadsheet program saved it."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from council.exchange.reading.finding import find_header
from council.exchange.reading.grids import HEADER_WITHIN, MAX_COLUMNS, MAX_LINES, Grid, Line, clean
from council.exchange.reading.refusing import refused

ENCODINGS = {"utf-8": "UTF-8", "cp949": "CP949 (EUC-KR)", "utf-16": "UTF-16"}
"""The encodings that can be chosen, and what to call them."""

_DELIMITERS = ",\t;"
_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_MEANT_AS_TEXT = re.compile(r"^'(?=[=+\-@\t\r\n＝＋－＠])")  # an apostrophe before what a spreadsheet would run


def read_csv(data: bytes, encoding: str | None) -> Grid:
    """The text as a grid, read with the delimiter that shows a header, or with the commonest one.

    Args:
        encoding: What its sender says it is in; not needed for UTF-8.

    Raises:
        ValidationError: It is not text, not in UTF-8 and no other encoding was chosen, or its quotation marks do not match.
    """
    text = _decoded(data, encoding)
    start = text[:20_000]
    delimiters = sorted(_DELIMITERS, key=start.count, reverse=True)
    return _grid(text, next((delimiter for delimiter in delimiters if _shows_header(text, delimiter)), delimiters[0]))


def _shows_header(text: str, delimiter: str) -> bool:
    top = Grid("")
    try:
        top.lines += islice(_lines(text, delimiter), HEADER_WITHIN)
    except csv.Error:
        return False
    return find_header(top) is not None


def _grid(text: str, delimiter: str) -> Grid:
    grid = Grid("")
    try:
        grid.lines += islice(_lines(text, delimiter), MAX_LINES)
    except csv.Error as error:
        raise refused(
            _(
                "A quotation mark is not closed, or stands inside a cell, after row %(row)d. Save the table again as XLSX or CSV."
            )
            % {"row": grid.lines[-1].number if grid.lines else 0}
        ) from error
    return grid


def _lines(text: str, delimiter: str) -> Iterator[Line]:
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1):
        cells = {
            column: value
            for column, cell in enumerate(row[:MAX_COLUMNS])
            if (value := clean(_MEANT_AS_TEXT.sub("", cell)))
        }
        if cells:
            yield Line(number, cells)


def _decoded(data: bytes, encoding: str | None) -> str:
    """The text; UTF-8 wins over what was chosen, for Korean in CP949 is never valid UTF-8."""
    if encoding is not None and encoding.lower() not in ENCODINGS:
        raise ValidationError({"encoding": [_("Choose one of these: %(names)s.") % {"names": ", ".join(ENCODINGS)}]})
    marked = next((found for mark, found in _MARKS.items() if data.startswith(mark)), None)
    if marked != "utf-16" and (text := _in(data, "utf-8-sig")) is not None:
        return text
    if encoding:
        if (text := _in(data, encoding.lower())) is not None:
            return text
        raise refused(
            _("The file is not in %(encoding)s. Choose another encoding, or save it as CSV UTF-8.")
            % {"encoding": ENCODINGS[encoding.lower()]}
        )
    for name in (marked,) if marked else ("cp949", *_utf_16_halves(data)):
        if _in(data, name) is not None:
            found = "utf-16" if name.startswith("utf-16") else name
            raise refused(
                _("The file is in %(encoding)s. Upload it again and choose that encoding, or save it as CSV UTF-8.")
                % {"encoding": ENCODINGS[found]}
            )
    raise refused(_("This is neither a spreadsheet, a document nor text. Upload the table as XLSX, CSV, DOCX or HWPX."))


def _in(data: bytes, encoding: str) -> str | None:
    """The text, or None where the bytes are no text in this encoding."""
    try:
        text = data.decode(encoding)
    except UnicodeError:
        return None
    return None if _NOT_TEXT.search(text) else text


def _utf_16_halves(data: bytes) -> tuple[str, ...]:
    """The byte order of UTF-16 without its mark, by where the halves of its line ends and delimiters are empty."""
    return tuple(
        name
        for name, ends in (("utf-16-le", b"\n\x00"), ("utf-16-be", b"\x00\n"))
        if len(data) % 2 == 0 and ends in data
    )
