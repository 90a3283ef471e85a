"""ZIP packages of XML parts, read by strangers' hands: nothing is unpacked to disk, nothing grows without bound.

Parts are read as a stream of events, never as a tree. A document type declaration is refused where it begins: without one
there are no entities to expand and nothing to fetch, and no office format has one.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from django.utils.translation import gettext as _

from council.exchange.reading.grids import MAX_UNPACKED
from council.exchange.reading.refusing import locked, refused

MAX_ENTRIES = 5_000
MAX_RATIO = 400  # an HWPX of empty rows shrinks to 1/150; DEFLATE ends at 1/1,032
SMALL = 5 * 1024 * 1024  # an entry that stays below may be as dense as it likes
MAX_ELEMENTS = 6_000_000  # 20,000 rows of HWPX have about 3 million
MAX_DEPTH = 200
MAX_TAG = 1024 * 1024
_CHUNK = 64 * 1024
_CENTRAL_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1

START, END, TEXT = 0, 1, 2
Event = tuple[int, str, Mapping[str, str]]
"""START, name, attributes; END, name, nothing; TEXT, the text, nothing. Names are without their prefix."""

_NOTHING: Mapping[str, str] = {}


class Package:
    """A ZIP file whose sizes have been checked, and are checked again while its parts are read."""

    def __init__(self, data: bytes) -> None:
        """Open it.

        Raises:
            ValidationError: It is a bomb, locked, or packed in a way office files are not.
            zipfile.BadZipFile: It is damaged.
        """
        if data.count(_CENTRAL_ENTRY) > MAX_ENTRIES:  # before a table of all of them is made
            raise refused(_("The file holds too many parts. Save it again with the program that made it."))
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        self._unpacked = 0
        self._elements = 0
        self._check()

    def _check(self) -> None:
        entries = self._zip.infolist()
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise locked()
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise refused(_("The file is packed in an unusual way. Save it again with the program that made it."))
        total = sum(entry.file_size for entry in entries)
        dense = any(e.file_size > SMALL and e.file_size > MAX_RATIO * e.compress_size for e in entries)
        if total > MAX_UNPACKED or dense:
            raise _too_big()

    @property
    def names(self) -> list[str]:
        """The names of its parts; names only, never paths on a disk."""
        return list(self._entries)

    def head(self, name: str, size: int) -> bytes:
        """The first bytes of a part; none where there is no such part."""
        if name not in self._entries:
            return b""
        with self._zip.open(self._entries[name]) as part:
            return part.read(size)

    def events(self, name: str, wanted: frozenset[str]) -> Iterator[Event]:
        """What a part says, in order: elements of the wanted names, and all text.

        Raises:
            KeyError: There is no such part.
            ValidationError: There is more than a table of opinions can need, or a document type declaration.
            xml.parsers.expat.ExpatError: It is not well-formed.
        """
        reader = _Reader(wanted)
        with self._zip.open(self._entries[name]) as part:
            while chunk := part.read(_CHUNK):
                self._unpacked += len(chunk)
                yield from reader.feed(chunk)
                if self._unpacked > MAX_UNPACKED or self._elements + reader.elements > MAX_ELEMENTS:
                    raise _too_big()
            yield from reader.feed(b"", last=True)
        self._elements += reader.elements

    def targets(self, of: str = "") -> dict[str, tuple[str, str]]:
        """The relations of a part, or of the whole package: id to the last word of its type and the part it leads to."""
        folder, base = posixpath.split(of)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        if name not in self._entries:
            return {}
        return {
            attributes.get("Id", ""): (
                attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/"),
            )
            for kind, _name, attributes in self.events(name, frozenset({"Relationship"}))
            if kind == START
        }


class _Reader:
    """Expat with its handlers: fed bytes, it answers events."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.elements = 0
        self._wanted = wanted
        self._events: list[Event] = []
        self._depth = 0
        self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, chunk: bytes, *, last: bool = False) -> list[Event]:
        self._events = []
        self._parser.Parse(chunk, last)
        self._fed += len(chunk)
        if self._depth > MAX_DEPTH or self._fed - self._parser.CurrentByteIndex > MAX_TAG + _CHUNK:
            raise _too_big()
        return self._events

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self._depth += 1
        name = name.rpartition(":")[2]
        if name in self._wanted:
            self._events.append((START, name, attributes))

    def _end(self, name: str) -> None:
        self._depth -= 1
        name = name.rpartition(":")[2]
        if name in self._wanted:
            self._events.append((END, name, _NOTHING))

    def _text(self, text: str) -> None:
        self._events.append((TEXT, text, _NOTHING))

    def _doctype(self, *_declaration: object) -> None:
        raise refused(
            _(
                "The file declares a document type of its own, which no office program writes. Save it again as XLSX or CSV."
            )
        )


def _too_big() -> Exception:
    return refused(
        _(
            "Unpacked, the file is far larger than a table of opinions. Copy the table into the blank form and upload that."
        )
    )
