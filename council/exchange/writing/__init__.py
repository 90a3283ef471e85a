"""Writing a document as a file of the kind somebody works with, sends on or archives."""

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import BinaryIO

from council.exchange.tables import BoundPages, Contents, Document, NewPage, Part
from council.exchange.writing.text import Rows, TooLong, clean_document, without

__all__ = ["Format", "TooLong", "write"]


class Format(StrEnum):
    """Kinds of files: two to work with, two to send on and edit, one to keep."""

    XLSX = "xlsx"
    CSV = "csv"
    DOCX = "docx"
    HWPX = "hwpx"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """What to send as Content-Type."""
        return _MEDIA_TYPES[self]

    @property
    def extension(self) -> str:
        """The end of the file's name, with its dot."""
        return f".{self.value}"


_MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.HWPX: "application/hwp+zip",
    Format.PDF: "application/pdf",
}

_LAYOUT: tuple[type[Part], ...] = (Contents, NewPage, BoundPages)
_LEFT_OUT: dict[Format, tuple[type[Part], ...]] = {
    Format.XLSX: _LAYOUT,
    Format.CSV: _LAYOUT,
    Format.DOCX: (BoundPages,),
    Format.HWPX: (BoundPages,),
    Format.PDF: (),
}


def write(
    document: Document,
    format: Format,  # noqa: A002 - the word for it
    to: BinaryIO,
    *,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write the document as one file.

    Args:
        to: Open for writing; it stays open, and need not be able to seek.
        progress: Called with the number of table rows so far, every few hundred rows and at the end.

    Returns:
        The number of table rows written.

    Raises:
        TooLong: A file of this kind cannot hold so much; the message says what to do.
        ValueError: A row does not fit its table's columns.
    """
    rows = Rows(progress)
    writer = import_module(
        f"{__name__}.as_{format}"
    )  # not before: a web process, which writes few, spares their libraries
    writer.write(without(clean_document(document), *_LEFT_OUT[format]), to, rows)
    return rows.done()
