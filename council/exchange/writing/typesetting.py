"""Typst in a process of its own, run by :mod:`council.exchange.writing.as_pdf`.

A thousand pages take a gigabyte, which Typst keeps as long as its process lives. The pages of other PDFs are laid onto
those Typst left free for them here as well: what is wrong with such a file ends this process and no other.
"""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import typst
from pypdf import PageObject, PdfReader, PdfWriter, Transformation

MILLIMETRE = 72 / 25.4
SIDE, TOP, BOTTOM = 10 * MILLIMETRE, 16 * MILLIMETRE, 18 * MILLIMETRE


def main(folder: str, moment: str, *fonts: str) -> None:
    """Make ``document.pdf`` of ``document.typ`` in a folder, with the fonts in other folders and no others.

    Args:
        moment: When it was made, in ISO 8601.
    """
    where: dict[str, Any] = {
        "root": folder,
        "font_paths": typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(fonts)),
    }
    source, target = f"{folder}/document.typ", f"{folder}/document.pdf"
    typst.compile(source, output=target, pdf_standards=["ua-1"], timestamp=dt.datetime.fromisoformat(moment), **where)
    if '"kind": "bound"' in Path(folder, "data.json").read_text(encoding="utf-8"):
        places = json.loads(typst.query(source, "<bound>", field="value", **where))
        bind(target, places)


def bind(target: str, places: list[dict[str, Any]]) -> None:
    """Lay the pages of other files onto those left free for them, as large as they fit, without what can be clicked."""
    book = PdfWriter(clone_from=target)
    readers: dict[str, PdfReader] = {}
    for place in places:
        reader = readers.get(place["file"])
        if reader is None:
            readers.clear()  # one file after the other
            reader = readers[place["file"]] = PdfReader(place["file"])
        lay(book.pages[place["page"] - 1], reader.pages[place["number"]])
    book.write(target)


def lay(onto: PageObject, page: PageObject) -> None:
    """Lay one page, turned as it is shown, onto another, as large as fits between its margins."""
    page.pop("/Annots", None)
    box, turned = page.cropbox, Transformation().rotate(-page.rotation)
    corners = [turned.apply_on(corner, as_object=False) for corner in (box.lower_left, box.upper_right)]
    (left, right), (below, above) = (sorted(float(at) for at in axis) for axis in zip(*corners, strict=True))
    width, height = float(onto.mediabox.width) - 2 * SIDE, float(onto.mediabox.height) - TOP - BOTTOM
    scale = min(width / (right - left), height / (above - below))
    across = SIDE + (width - (right - left) * scale) / 2 - left * scale
    up = BOTTOM + (height - (above - below) * scale) / 2 - below * scale
    onto.merge_transformed_page(page, turned.scale(scale).translate(across, up))


if __name__ == "__main__":
    main(*sys.argv[1:])
