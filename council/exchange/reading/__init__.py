"""Reading a file of opinions that someone sends, without trusting a byte of it.

What is wrong with the file as a whole is a ``ValidationError`` that says how to mend it; what is wrong with a cell is a
problem of its row.
"""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Protocol
from xml.parsers import expat

from django.utils.translation import gettext as _

from council.exchange.columns import Field, Form
from council.exchange.reading.documents import read_docx, read_hwpx
from council.exchange.reading.finding import Row, find_header, not_found, take
from council.exchange.reading.grids import MAX_BYTES, MAX_CELL, MAX_ROWS, MAX_UNPACKED, Grid
from council.exchange.reading.recognising import Format, recognise, require_name
from council.exchange.reading.refusing import refused
from council.exchange.reading.texts import ENCODINGS, read_csv
from council.exchange.reading.workbooks import read_xlsx

__all__ = [
    "ENCODINGS",
    "MAX_BYTES",
    "MAX_CELL",
    "MAX_ROWS",
    "MAX_UNPACKED",
    "Format",
    "Readable",
    "Row",
    "Sheet",
    "read",
]

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)
"""What zipfile, zlib, expat and plain conversions raise on bytes that are not what they say they are."""


class Readable(Protocol):
    """A file open for reading: Python's own, or an upload."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""


@dataclass(frozen=True)
class Sheet:
    """The opinions in a file.

    Args:
        columns: The headers as the file words them; several for a field are joined.
    """

    form: Form
    format: Format
    rows: list[Row]
    columns: dict[Field, str]


def read(file: Readable, name: str, *, encoding: str | None = None) -> Sheet:
    """Read the opinions in an XLSX, CSV, DOCX or HWPX file.

    Every sheet and every table that has the columns of opinions is read, whatever stands above it.

    Args:
        file: Open for reading, at its beginning.
        name: Its name; what it says of the kind of file must be true.
        encoding: One of :data:`ENCODINGS`, for CSV that is not UTF-8.

    Raises:
        ValidationError: The file cannot be read; under ``file``, or ``encoding`` where that word is unknown.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise refused(
            _("The file is larger than %(limit)d MB. Divide it into several files.") % {"limit": MAX_BYTES // 1024**2}
        )
    if not data.strip():
        raise refused(_("The file is empty."))
    try:
        format_, grids = _grids(data, name, encoding)
    except _DAMAGED as error:
        raise refused(
            _("The file is damaged. Open it with the program that made it, save it again and upload that.")
        ) from error
    tables = [(grid, header) for grid in grids if (header := find_header(grid))]
    if not tables:
        raise not_found(grids)
    columns: dict[Field, str] = {}
    for _grid, header in tables:
        columns = header.columns() | columns
    return Sheet(tables[0][1].form, format_, take(tables), columns)


def _grids(data: bytes, name: str, encoding: str | None) -> tuple[Format, list[Grid]]:
    format_, package, main = recognise(data, name)
    if package is None:
        grid = read_csv(data, encoding)
        require_name(name, format_)
        return format_, [grid]
    readers = {Format.XLSX: read_xlsx, Format.DOCX: read_docx}
    return format_, list(readers[format_](package, main) if format_ in readers else read_hwpx(package))
