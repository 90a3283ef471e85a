"""Who was told of an event, as a table to keep."""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO, Literal

from django.utils.translation import gettext as _

from council.core import clock
from council.exchange.tables import Column, Document, Facts, Table
from council.exchange.writing import Format
from council.exchange.writing import write as write_document
from council.journal.models import Entry
from council.notifications import told as duty
from council.notifications.models import Channel

FORMATS = (Format.XLSX, Format.CSV)
_AT_ONCE = 500


def write(entry: Entry, format: Format, to: BinaryIO, *, language: Literal["ko", "en"]) -> int:  # noqa: A002
    """Write everyone who was told of an entry, in the language in force; rows stream, so memory stays flat.

    Returns:
        How many people there are.
    """
    figures = duty.figures(entry)
    facts = [(_("It happened"), _said(entry.at)), (_("Written down"), _said(clock.now()))]
    facts += [(str(state.label), str(number)) for state, number in figures.items()]
    columns = [
        Column(_("Name"), 14),
        Column(_("E-mail"), 24),
        Column(_("State"), 10),
        Column(_("Told"), 16),
        Column(_("Read"), 16),
        *(Column(str(channel.label), 20) for channel in Channel),
        Column(_("Why not"), 30),
    ]
    document = Document(
        title=_("Who was told"),
        subtitle=duty.announcement_of(entry),
        parts=[Facts(facts), Table(columns, _rows(entry))],
        language=language,
    )
    return write_document(document, format, to)


def _rows(entry: Entry) -> Iterator[list[str]]:
    some = []
    for person in duty.people(entry).iterator(chunk_size=_AT_ONCE):
        some.append(person)
        if len(some) == _AT_ONCE:
            yield from map(_row, duty.told(entry, some))
            some = []
    yield from map(_row, duty.told(entry, some))


def _row(told: duty.Told) -> list[str]:
    by_channel = {way.channel: way for way in told.ways}
    return [
        told.person.name,
        told.person.email,
        str(told.knows.label),
        _said(told.told_at),
        _said(told.read_at),
        *(_way(by_channel.get(channel)) for channel in Channel),
        "; ".join(way.trouble for way in told.ways if way.trouble),
    ]


def _way(way: duty.Way | None) -> str:
    if way is None:
        return ""
    return " ".join([_said(way.at), way.state_label]).strip()


def _said(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(clock.SEOUL):%Y-%m-%d %H:%M}" if moment else ""
