"""PDF to keep and to print: tagged (PDF/UA-1), set by Typst in a font of our own, with nothing but data handed to it."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

from council.core import clock
from council.exchange.tables import (
    BoundPages,
    Cell,
    Contents,
    Document,
    Facts,
    Heading,
    Marked,
    NewPage,
    Paragraph,
    Table,
)
from council.exchange.writing.package import in_tables_of, wide_enough
from council.exchange.writing.text import Rows, TooLong, closed

_TEMPLATE = Path(__file__).with_name("document.typ")
_TYPESETTING = Path(__file__).with_name("typesetting.py")
MOST = 8_000_000  # characters: half a kilobyte of memory each
_LONGEST = 600  # seconds
_ROWS_IN_A_TABLE = 500  # a longer one goes on, with its header, on a new page
_FONTS = Path("node_modules", "@expo-google-fonts", "noto-sans-kr")
_WEIGHTS = ("400Regular/NotoSansKR_400Regular.ttf", "700Bold/NotoSansKR_700Bold.ttf")
_ALIKE = {
    "∼": "~",
    "∙": "·",
    "\t": "    ",
    "\ufeff": "\u2060",
}  # what offices type, and what the font has that looks the same
_UNSEEN = "\n\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f"  # only directs how text is set


def write(document: Document, to: BinaryIO, rows: Rows) -> None:
    """Write the document; a character the font does not have is shown by its number, ``[U+1F600]``.

    Raises:
        TooLong: It would have more than some two thousand pages.
        ImproperlyConfigured: The fonts are not installed.
        RuntimeError: Typst gave up, for want of memory perhaps.
    """
    fonts = _fonts()
    with tempfile.TemporaryDirectory(prefix="council-pdf-") as name:
        folder = Path(name)
        shutil.copyfile(_TEMPLATE, folder / "document.typ")
        with (folder / "data.json").open("w", encoding="utf-8") as data:
            data.writelines(_within(MOST, _data(document, rows)))
        _typeset(folder, fonts)
        with (folder / "document.pdf").open("rb") as made:
            shutil.copyfileobj(made, to)


def _within(most: int, texts: Iterable[str]) -> Iterator[str]:
    total = 0
    for text in texts:
        total += len(text)
        if total > most:
            raise TooLong(_("So much text is too long for a PDF. Choose another kind of file, or fewer rows."))
        yield text


def _typeset(folder: Path, fonts: Sequence[Path]) -> None:
    moment = clock.now().replace(microsecond=0).isoformat()
    command = [sys.executable, "-I", str(_TYPESETTING), str(folder), moment, *(str(font.parent) for font in fonts)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)  # noqa: S603 - our own
    if made.returncode:
        raise RuntimeError(f"The PDF could not be made, exit status {made.returncode}: {made.stderr[-2000:]}")


def _fonts() -> list[Path]:
    fonts = [Path(settings.BASE_DIR) / _FONTS / weight for weight in _WEIGHTS]
    if missing := [str(font) for font in fonts if not font.is_file()]:
        raise ImproperlyConfigured(
            f"PDF needs the fonts that npm installs (make test, or npm ci): {', '.join(missing)}"
        )
    return fonts


@cache
def _not_in_font() -> re.Pattern[str]:
    """Matches a character that cannot be shown."""
    with TTFont(_fonts()[0], lazy=True) as font:
        known = sorted(font.getBestCmap() or {})
    ranges: list[list[int]] = []
    for code in known:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    inside = "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges)
    return re.compile(f"[^{inside}{_UNSEEN}]")


def shown(text: str) -> str:
    """The text in characters the font has."""
    for character, alike in _ALIKE.items():
        if character in text:
            text = text.replace(character, alike)
    return _not_in_font().sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def _data(document: Document, rows: Rows) -> Iterator[str]:
    """The document as JSON, its rows one at a time."""
    yield _json(
        {
            "title": shown(document.title),
            "subtitle": shown(document.subtitle),
            "language": document.language,
            "landscape": document.landscape,
            "cover": [shown(line) for line in document.cover],
        }
    ).removesuffix("}")
    yield ', "parts": ['
    level = 0
    for number, part in enumerate(closed(document)):
        yield ", " if number else ""
        match part:
            case Heading():
                level = max(1, min(part.level, level + 1))  # PDF/UA lets no level be skipped
                yield _json({"kind": "heading", "level": level, "text": shown(part.text)})
            case Paragraph():
                yield _json({"kind": "paragraph", "text": shown(part.text)})
            case Contents():
                yield _json({"kind": "contents", "title": shown(part.title)})
            case NewPage():
                yield _json({"kind": "page", "wide": part.wide})
            case BoundPages():
                yield _json(
                    {"kind": "bound", "file": str(part.file), "name": shown(part.name), "wide": list(part.wide)}
                )
            case Facts():
                pairs = [[shown(name), shown(value)] for name, value in part.pairs]
                yield _json({"kind": "facts", "pairs": pairs})
            case Table():
                yield from _table(part, rows)
    yield "]}"


def _table(table: Table, rows: Rows) -> Iterator[str]:
    columns = [
        {"title": shown(column.title), "width": wide_enough(column), "align": column.align} for column in table.columns
    ]
    yield _json({"kind": "table", "caption": shown(table.caption), "columns": columns}).removesuffix("}")
    yield ', "groups": ['
    for turn, group in enumerate(in_tables_of(_ROWS_IN_A_TABLE, rows.of(table))):
        yield ", [" if turn else "["
        for number, row in enumerate(group):
            yield ", " if number else ""
            yield _json([_cell(cell) for cell in row])
        yield "]"
    yield "]}"


def _cell(cell: Cell) -> str | list[tuple[str, str]]:
    if isinstance(cell, Marked):
        return [(change, shown(text)) for change, text in cell.spans]
    return shown(str(cell))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
