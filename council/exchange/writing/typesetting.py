"""Typst in a process of its own, run by :mod:`council.exchange.writing.as_pdf`.

A thousand pages take a gigabyte, which Typst keeps as long as its process lives.
"""

import datetime as dt
import sys

import typst


def main(folder: str, moment: str, *fonts: str) -> None:
    """Make ``document.pdf`` of ``document.typ`` in a folder, with the fonts in other folders and no others.

    Args:
        moment: When it was made, in ISO 8601.
    """
    typst.compile(
        f"{folder}/document.typ",
        output=f"{folder}/document.pdf",
        root=folder,
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(fonts)),
        pdf_standards=["ua-1"],
        timestamp=dt.datetime.fromisoformat(moment),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
