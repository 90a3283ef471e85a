"""DOCX to send on and edit: python-docx makes everything but the rows, which are written as XML while they come."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import docx
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from council.core import clock
from council.exchange.tables import Cell, Change, Column, Contents, Document, Facts, Heading, NewPage, Paragraph, Table
from council.exchange.writing.package import in_tables_of, repack, widths
from council.exchange.writing.text import Rows, closed, escape, in_contents, runs

FONT = "맑은 고딕"
_BODY = "word/document.xml"
_ROWS_IN_A_TABLE = 10_000  # Word allows 32,767
_A4 = (210, 297)
_MARGIN = 15
_MARKS: dict[Change, str] = {
    "same": "",
    "added": '<w:rPr><w:u w:val="single"/></w:rPr>',
    "removed": "<w:rPr><w:strike/></w:rPr>",
}
_FACTS = (Column("", 1), Column("", 5))
_PLACEHOLDER = "<w:placeholder/>"
_GAP = '<w:p><w:pPr><w:pStyle w:val="Cell"/></w:pPr></w:p>'
_BREAKS = {"\n": "<w:br/>", "\t": "<w:tab/>"}


def write(document: Document, to: BinaryIO, rows: Rows) -> None:
    """Write the document; a table's header row repeats on every page."""
    word = docx.Document()
    _set_up(word, document)
    tables: list[Table | Facts] = []
    word.add_paragraph(document.title, style="Title")
    if document.subtitle:
        word.add_paragraph(document.subtitle, style="Subtitle")
    if document.cover:
        _cover(word, document)
    for part in closed(document):
        match part:
            case Heading():
                word.add_paragraph(part.text, style=f"Heading {min(part.level, 9)}")
            case Paragraph():
                word.add_paragraph(part.text)
            case Contents():
                _contents(word, part, document)
            case NewPage():
                word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            case Table() | Facts():
                if isinstance(part, Table) and part.caption:
                    word.add_paragraph(part.caption, style="Caption").paragraph_format.keep_with_next = True
                word.add_paragraph(style="Cell")._p.addprevious(OxmlElement("w:placeholder"))
                tables.append(part)
    skeleton = io.BytesIO()
    word.save(skeleton)
    with zipfile.ZipFile(skeleton) as parts:
        pieces = parts.read(_BODY).decode().split(_PLACEHOLDER)
    width = Mm(_A4[document.landscape] - 2 * _MARGIN).twips
    repack(skeleton.getvalue(), to, {_BODY: _body(pieces, tables, rows, width)})


def _body(pieces: Sequence[str], tables: Sequence[Table | Facts], rows: Rows, width: int) -> Iterator[str]:
    yield pieces[0]
    for part, piece in zip(tables, pieces[1:], strict=True):
        if isinstance(part, Facts):
            yield _start(_FACTS, width, "")
            yield from (_row(pair, _FACTS, first_is_name=True) for pair in part.pairs)
            yield "</w:tbl>"
        else:
            for number, group in enumerate(in_tables_of(_ROWS_IN_A_TABLE, rows.of(part))):
                yield _GAP if number else ""
                yield _start(part.columns, width, part.caption)
                yield _header(part.columns)
                yield from (_row(row, part.columns) for row in group)
                yield "</w:tbl>"
        yield piece


def _start(columns: Sequence[Column], width: int, caption: str) -> str:
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths(columns, width))
    quoted = escape(caption).replace('"', "&quot;").replace("\n", " ")
    named = f'<w:tblCaption w:val="{quoted}"/>' if caption else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{width}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/>{named}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )


def _header(columns: Sequence[Column]) -> str:
    cells = "".join(
        '<w:tc><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E7EBF0"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="Cell"/><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/></w:rPr>{_text(column.title)}</w:r></w:p></w:tc>'
        for column in columns
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _row(cells: Sequence[Cell], columns: Sequence[Column], *, first_is_name: bool = False) -> str:
    inside = []
    for number, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        bold = "<w:rPr><w:b/></w:rPr>" if first_is_name and number == 0 else ""
        text = "".join(f"<w:r>{bold or _MARKS[change]}{_text(run)}</w:r>" for change, run in runs(cell))
        inside.append(
            f'<w:tc><w:p><w:pPr><w:pStyle w:val="Cell"/><w:jc w:val="{column.align}"/></w:pPr>{text}</w:p></w:tc>'
        )
    return f"<w:tr>{''.join(inside)}</w:tr>"


def _text(text: str) -> str:
    text = escape(text)
    for character, mark in _BREAKS.items():
        if character in text:
            text = text.replace(character, f'</w:t>{mark}<w:t xml:space="preserve">')
    return f'<w:t xml:space="preserve">{text}</w:t>'


def _cover(word: Word, document: Document) -> None:
    """Make what stands there so far a page of its own."""
    word.paragraphs[0].paragraph_format.space_before = Mm(70)
    for number, line in enumerate(document.cover):
        paragraph = word.add_paragraph(line)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Mm(60) if number == 0 else Pt(0)
    word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _contents(word: Word, part: Contents, document: Document) -> None:
    """A field that Word fills when it is asked to; until then the headings stand there without numbers."""
    word.add_paragraph(part.title, style="Subtitle")
    headings = in_contents(document)
    for number, heading in enumerate(headings):
        paragraph: Any = word.add_paragraph(style="Cell")
        paragraph.paragraph_format.left_indent = Mm(6 * (heading.level - 1))
        if number == 0:
            _field(paragraph, "begin", dirty=True)
            paragraph.add_run()._r.append(_instruction('TOC \\o "1-2" \\h \\u'))
            _field(paragraph, "separate")
        paragraph.add_run(heading.text)
        if number == len(headings) - 1:
            _field(paragraph, "end")


def _field(paragraph: Any, kind: str, *, dirty: bool = False) -> None:
    character = OxmlElement("w:fldChar")
    character.set(qn("w:fldCharType"), kind)
    if dirty:
        character.set(qn("w:dirty"), "true")
    paragraph.add_run()._r.append(character)


def _instruction(text: str) -> Any:
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = text
    return instruction


def _set_up(word: Word, document: Document) -> None:
    """Paper, fonts, properties and page numbers."""
    section = word.sections[0]
    short, long = (Mm(side) for side in _A4)
    section.orientation = WD_ORIENT.LANDSCAPE if document.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if document.landscape else (short, long)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    cell: Any = word.styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = word.styles["Normal"]
    cell.font.size = Pt(9)
    cell.paragraph_format.space_after = Pt(0)
    for style in word.styles:
        if style.type is WD_STYLE_TYPE.PARAGRAPH:
            _in_korean_font(style)
    for name, size in (("Title", 20), ("Subtitle", 11)):
        heading: Any = word.styles[name]
        heading.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        heading.font.size, heading.font.italic = Pt(size), False
    language = {"ko": "ko-KR", "en": "en-GB"}[document.language]
    for lang in word.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), language)
        lang.set(qn("w:eastAsia"), "ko-KR")
    properties = word.core_properties
    properties.title, properties.language = document.title[:255], language
    properties.author = properties.comments = ""
    properties.created = properties.modified = clock.now().replace(tzinfo=None)
    _number_pages(section.footer.paragraphs[0])


def _in_korean_font(style: Any) -> None:
    """Name the font for Hangul too; the template's theme fonts have none."""
    style.font.name = FONT
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    fonts.set(qn("w:eastAsia"), FONT)


def _number_pages(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("- ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    paragraph.add_run(" -")
