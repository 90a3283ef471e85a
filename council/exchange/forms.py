"""The blank form of a consultation, made out to one organisation: what it fills in is read back by the reading half."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import override

from council.exchange.tables import Cell, Column, Document, Facts, Paragraph, Table
from council.exchange.writing import Format, write

KINDS = ("수정", "삭제", "신설", "찬성", "질의", "일반")
ISO_KINDS = ("ge", "te", "ed")

CLAUSE_COLUMNS = (
    Column("연번", 6, "center"),
    Column("제출기관", 16, "center"),
    Column("제출자", 12, "center"),
    Column("조문·쪽·항목", 18),
    Column("의견 유형", 11, "center", KINDS),
    Column("현행(안)", 44),
    Column("수정의견(안)", 44),
    Column("사유", 36),
)
ISO_COLUMNS = (
    Column("MB/NC", 8, "center"),
    Column("Line number", 9, "center"),
    Column("Clause/Subclause", 18),
    Column("Paragraph/Figure/Table", 18),
    Column("Type of comment", 10, "center", ISO_KINDS),
    Column("Comments", 44),
    Column("Proposed change", 44),
    Column("Observations of the secretariat", 36),
)

Passage = tuple[str, str, str]
"""A passage's number, heading and text, as the document has them."""


def blank_form(
    format: Format,  # noqa: A002 - the word for it
    *,
    title: str,
    organisation: str,
    submitter: str,
    deadline: str,
    passages: Iterable[Passage],
    to: BinaryIO,
    iso: bool = False,
) -> int:
    """Write the form: a row for each passage, with what is known of it, the rest to be typed into.

    Args:
        organisation: Who answers; in the ISO/IEC template the two letters of the national body.
        iso: The ISO/IEC commenting template, in English, instead of the form by clause.

    Returns:
        The number of rows.

    Raises:
        ValueError: The format cannot be filled in.
    """
    if format is Format.PDF:
        raise ValueError("A PDF is no form: it is not read back.")
    with override("en" if iso else "ko"):
        document = Document(
            title=title,
            subtitle=_("Opinions on the draft"),
            language="en" if iso else "ko",
            parts=[
                *(Paragraph(text) for text in _instructions(ISO_KINDS if iso else KINDS)),
                Facts(
                    [(_("Organisation"), organisation), (_("Submitted by"), submitter), (_("Return it by"), deadline)]
                ),
                Table(ISO_COLUMNS, _iso_rows(passages, organisation))
                if iso
                else Table(CLAUSE_COLUMNS, _clause_rows(passages, organisation, submitter)),
            ],
        )
        return write(document, format, to)


def _instructions(kinds: Sequence[str]) -> list[str]:
    return [
        _("Write one opinion to a row, and leave a row as it is where you have none."),
        _("Add a row for a second opinion on the same clause; give the clause's number in it."),
        _("Write as the kind of opinion one of: %(kinds)s.") % {"kinds": ", ".join(kinds)},
    ]


def _clause_rows(passages: Iterable[Passage], organisation: str, submitter: str) -> Iterator[list[Cell]]:
    for number, (place, heading, text) in enumerate(passages, start=1):
        yield [number, organisation, submitter, f"{place} {heading}".strip(), "", text, "", ""]


def _iso_rows(passages: Iterable[Passage], organisation: str) -> Iterator[list[Cell]]:
    for place, heading, _text in passages:
        yield [organisation, "", f"{place} {heading}".strip(), "", "", "", "", ""]
