"""HWPX, what offices send each other: python-hwpx makes everything but the tables, which are written as XML.

Its own tables take a second for 150 rows. What is written here was copied from one of them and from OWPML (KS X 6101).
"""

import datetime as dt
import re
import secrets
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from hwpx import HwpxDocument

from council.core import clock
from council.exchange.tables import Cell, Change, Column, Contents, Document, Facts, Heading, NewPage, Paragraph, Table
from council.exchange.writing.package import in_tables_of, repack, widths
from council.exchange.writing.text import Rows, closed, escape, in_contents, runs

_SECTION, _CONTENT, _PREVIEW = "Contents/section0.xml", "Contents/content.hpf", "Preview/PrvText.txt"
_ROWS_IN_A_TABLE = 500  # Hangul lays a table out as a whole: one of thousands of rows makes it crawl
_A4 = (59528, 84186)  # 1/7200 inch
_MARGIN = 4252  # 15 mm
_LINE = 1182  # a row of one line, 9 points and the margins above and below
_FACTS = (Column("", 1), Column("", 5))
_PAGE_NUMBER = '<hp:ctrl><hp:pageNum pos="BOTTOM_CENTER" formatType="DIGIT" sideChar="-"/></hp:ctrl>'
_NEXT_PARAGRAPH = (
    '</hp:run></hp:p><hp:p id="0" paraPrIDRef="0" styleIDRef="0" pageBreak="0" columnBreak="0" merged="0">'
    '<hp:run charPrIDRef="0">'
)
_BREAKS = {"\n": "<hp:lineBreak/>", "\t": "<hp:tab/>"}


def write(document: Document, to: BinaryIO, rows: Rows) -> None:
    """Write the document; long tables as several of 500 rows, each with its header, which repeats on every page."""
    hangul = HwpxDocument.new()
    looks = _set_up(hangul, document)
    token = secrets.token_hex(16)
    tables: list[Table | Facts] = []
    title = hangul.paragraphs[0]
    title.text = document.title
    title.char_pr_id_ref, title.para_pr_id_ref = looks.title, looks.shapes["center"]
    if document.subtitle:
        _paragraph(hangul, document.subtitle, looks.text, looks.shapes["center"])
    if document.cover:
        for line in ("", *document.cover):
            _paragraph(hangul, line, looks.heading, looks.shapes["center"])
        _page(hangul)
    for part in closed(document):
        match part:
            case Heading():
                _paragraph(hangul, "")
                _paragraph(hangul, part.text, looks.heading)
            case Paragraph():
                _paragraph(hangul, part.text)
            case Contents():
                _paragraph(hangul, part.title, looks.heading)
                for heading in in_contents(document):
                    _paragraph(hangul, "    " * (heading.level - 1) + heading.text, looks.text)
            case NewPage():
                _page(hangul)
            case Table() | Facts():
                if isinstance(part, Table) and part.caption:
                    _paragraph(hangul, part.caption, looks.name)
                _paragraph(hangul, token)
                tables.append(part)
    skeleton = hangul.to_bytes()
    with zipfile.ZipFile(BytesIO(skeleton)) as parts:
        section = parts.read(_SECTION).decode().replace("</hp:ctrl>", f"</hp:ctrl>{_PAGE_NUMBER}", 1)
        content = _about(parts.read(_CONTENT).decode(), document)
    pieces = section.split(f"<hp:t>{token}</hp:t>")
    repack(
        skeleton,
        to,
        {_SECTION: _section(pieces, tables, rows, looks), _CONTENT: [content], _PREVIEW: [document.title, "\r\n"]},
    )


@dataclass(frozen=True)
class _Looks:
    """Ids of the formats a file defines in its header, and the width between the margins."""

    width: int
    border: str
    shaded: str
    title: str
    heading: str
    name: str
    text: str
    marks: Mapping[Change, str]
    shapes: Mapping[str, str]


def _set_up(hangul: HwpxDocument, document: Document) -> _Looks:
    orientation = "landscape" if document.landscape else "portrait"
    hangul.page.set_size(width=_A4[0], height=_A4[1], orientation=orientation)
    hangul.page.set_margins(left=_MARGIN, right=_MARGIN, top=_MARGIN, bottom=_MARGIN)
    styles = hangul.styles
    return _Looks(
        width=_A4[document.landscape] - 2 * _MARGIN,
        border=styles.ensure_border_fill(border_color="#000000"),
        shaded=styles.ensure_border_fill(border_color="#000000", fill_color="#E7EBF0"),
        title=styles.ensure_run(bold=True, size=20),
        heading=styles.ensure_run(bold=True, size=13),
        name=styles.ensure_run(bold=True, size=9),
        text=styles.ensure_run(size=9),
        marks={
            "same": styles.ensure_run(size=9),
            "added": styles.ensure_run(size=9, underline=True),
            "removed": styles.ensure_run(size=9, strike=True),
        },
        shapes={alignment: _shape(hangul, alignment) for alignment in ("left", "center", "right")},
    )


def _shape(hangul: HwpxDocument, alignment: str) -> str:
    """The id of a paragraph shape, made by way of a paragraph that is taken out again."""
    hangul.add_paragraph("-", inherit_style=False)
    hangul.styles.apply_paragraph_format(
        paragraph_index=len(hangul.paragraphs) - 1, alignment=alignment.upper(), line_spacing_percent=130
    )
    paragraph = hangul.paragraphs[-1]
    shape = str(paragraph.para_pr_id_ref)
    paragraph.remove()
    return shape


def _paragraph(hangul: HwpxDocument, text: str, look: str = "0", shape: str = "0") -> None:
    hangul.add_paragraph(text, inherit_style=False, char_pr_id_ref=look, para_pr_id_ref=shape)


def _page(hangul: HwpxDocument) -> None:
    """An empty line with which a new page begins."""
    hangul.add_paragraph("", inherit_style=False)
    hangul.paragraphs[-1].element.set("pageBreak", "1")


def _about(content: str, document: Document) -> str:
    """The package's description with this document's title, language and time for the skeleton's own."""
    moment = clock.now().astimezone(dt.UTC)
    said = {
        "CreatedDate": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "ModifiedDate": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "date": f"{moment.astimezone(clock.SEOUL):%Y-%m-%d %H:%M:%S}",
        "creator": "",
        "lastsaveby": "",
    }
    content = content.replace("<opf:title/>", f"<opf:title>{escape(document.title)}</opf:title>")
    content = re.sub("<opf:language>[^<]*<", f"<opf:language>{document.language}<", content)
    for name, value in said.items():
        content = re.sub(f'(<opf:meta name="{name}" content="text")>[^<]*<', rf"\g<1>>{value}<", content)
    return content


def _section(pieces: Sequence[str], tables: Sequence[Table | Facts], rows: Rows, looks: _Looks) -> Iterator[str]:
    yield pieces[0]
    for number, (part, piece) in enumerate(zip(tables, pieces[1:], strict=True)):
        if isinstance(part, Facts):
            names = [[(looks.name, name)] for name, _value in part.pairs]
            values = [_formatted(value, looks) for _name, value in part.pairs]
            sheet = _Sheet(_FACTS, looks, number)
            yield from sheet.table([sheet.row(at, pair) for at, pair in enumerate(zip(names, values, strict=True))])
        else:
            for turn, group in enumerate(in_tables_of(_ROWS_IN_A_TABLE, rows.of(part))):
                yield _NEXT_PARAGRAPH if turn else ""
                sheet = _Sheet(part.columns, looks, number)
                lines = [sheet.header()]
                lines += [
                    sheet.row(at, [_formatted(cell, looks) for cell in row]) for at, row in enumerate(group, start=1)
                ]
                yield from sheet.table(lines, repeat=True)
        yield piece


def _formatted(cell: Cell, looks: _Looks) -> list[tuple[str, str]]:
    return [(looks.marks[change], text) for change, text in runs(cell)]


class _Sheet:
    """One table's XML; what is the same in every row is put together once."""

    def __init__(self, columns: Sequence[Column], looks: _Looks, number: int) -> None:
        self._columns = columns
        self._looks = looks
        self._number = number
        self._widths = widths(columns, looks.width)

    def table(self, lines: Sequence[str], *, repeat: bool = False) -> Iterator[str]:
        yield (
            f'<hp:tbl id="{1000 + self._number}" zOrder="{self._number}" numberingType="TABLE" textWrap="TOP_AND_BOTTOM"'
            ' textFlow="BOTH_SIDES" lock="0" dropcapstyle="None" pageBreak="CELL"'
            f' repeatHeader="{int(repeat)}" rowCnt="{len(lines)}" colCnt="{len(self._columns)}" cellSpacing="0"'
            f' borderFillIDRef="{self._looks.border}" noAdjust="0">'
            f'<hp:sz width="{self._looks.width}" widthRelTo="ABSOLUTE" height="{_LINE * len(lines)}"'
            ' heightRelTo="ABSOLUTE" protect="0"/>'
            '<hp:pos treatAsChar="0" affectLSpacing="0" flowWithText="1" allowOverlap="0" holdAnchorAndSO="0"'
            ' vertRelTo="PARA" horzRelTo="COLUMN" vertAlign="TOP" horzAlign="LEFT" vertOffset="0" horzOffset="0"/>'
            '<hp:outMargin left="0" right="0" top="141" bottom="141"/>'
            '<hp:inMargin left="510" right="510" top="141" bottom="141"/>'
        )
        yield from lines
        yield "</hp:tbl>"

    def header(self) -> str:
        titles = [[(self._looks.name, column.title)] for column in self._columns]
        return self.row(0, titles, is_header=True)

    def row(self, at: int, cells: Sequence[Sequence[tuple[str, str]]], *, is_header: bool = False) -> str:
        """One row of cells, each given as runs: the id of their format, and their text."""
        inside = []
        fill = self._looks.shaded if is_header else self._looks.border
        for number, (cell, column, width) in enumerate(zip(cells, self._columns, self._widths, strict=True)):
            shape = self._looks.shapes["center" if is_header else column.align]
            text = "".join(f'<hp:run charPrIDRef="{look}">{_text(run)}</hp:run>' for look, run in cell)
            inside.append(
                f'<hp:tc name="" header="{int(is_header)}" hasMargin="0" protect="0" editable="0" dirty="0"'
                f' borderFillIDRef="{fill}"><hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK"'
                ' vertAlign="CENTER" linkListIDRef="0" linkListNextIDRef="0" textWidth="0" textHeight="0"'
                f' hasTextRef="0" hasNumRef="0"><hp:p id="0" paraPrIDRef="{shape}" styleIDRef="0" pageBreak="0"'
                f' columnBreak="0" merged="0">{text or self._nothing}</hp:p></hp:subList>'
                f'<hp:cellAddr colAddr="{number}" rowAddr="{at}"/><hp:cellSpan colSpan="1" rowSpan="1"/>'
                f'<hp:cellSz width="{width}" height="{_LINE}"/>'
                '<hp:cellMargin left="510" right="510" top="141" bottom="141"/></hp:tc>'
            )
        return f"<hp:tr>{''.join(inside)}</hp:tr>"

    @property
    def _nothing(self) -> str:
        return f'<hp:run charPrIDRef="{self._looks.text}"><hp:t/></hp:run>'


def _text(text: str) -> str:
    text = escape(text)
    for character, mark in _BREAKS.items():
        if character in text:
            text = text.replace(character, mark)
    return f"<hp:t>{text}</hp:t>"
