"""Bringing a file of opinions in: upload, correct, start, discard."""

import hashlib
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.documents.models import Passage
from council.exchange.actions.entering import run_imports
from council.exchange.columns import Field
from council.exchange.matching import SAYS_SOMETHING, Match, Matcher
from council.exchange.models import Import, ImportRow
from council.exchange.reading import Row, Sheet, read
from council.journal.actions import record
from council.journal.verbs import Verb
from council.opinions.models import Consultation, Opinion
from council.people.models import Membership, Organisation, User

__all__ = ["SeenBefore", "correct_row", "discard", "leave_out", "run_imports", "start", "take_in", "upload"]

STATE = ImportRow.State
CORRECTABLE = frozenset({
    Field.SUBMITTER, Field.KIND, Field.CURRENT, Field.PROPOSED, Field.REASON, Field.AUDIENCE,
    Field.ORGANISATION, Field.PLACE,
})  # fmt: skip


class SeenBefore(Refused):
    """The same file was uploaded before; ``earlier`` is what became of it then."""

    def __init__(self, earlier: Import) -> None:
        super().__init__(
            _("The same file, %(name)s, was uploaded on %(day)s by %(who)s.")
            % {
                "name": earlier.name,
                "day": clock.seoul_date(earlier.created_at).strftime("%Y. %-m. %-d."),
                "who": earlier.by,
            }
        )
        self.earlier = earlier


def upload(
    consultation: Consultation,
    *,
    file: File[bytes],
    by: User,
    encoding: str | None = None,
    organisation: Organisation | None = None,
    membership: Membership | None = None,
) -> Import:
    """Read a file of opinions and keep its rows, each with what it was found to mean or what is wrong with it.

    Nothing is entered yet. Who does not run the council brings the file of the organisation they give the word of.

    Args:
        encoding: Of a CSV file that is not UTF-8, one of :data:`council.exchange.reading.ENCODINGS`.
        organisation: Whose the rows are that name nobody; for those who run the council.
        membership: One's own, for which the opinions are given; needed of those who do not run the council.

    Raises:
        ValidationError: The file cannot be read, or holds no opinion.
        SeenBefore: The same bytes were uploaded for this consultation before.
    """
    require(by, "exchange.upload", consultation)
    if membership is not None or not by.has_perm("opinions.enter", consultation):
        membership, organisation = _own(membership, consultation, by), None
    digest = _digest(file)
    _not_again(consultation, digest)
    sheet = read(file, file.name or "", encoding=encoding)
    rows = [row for row in sheet.rows if SAYS_SOMETHING & row.values.keys()]
    if not rows:
        raise ValidationError({"file": _("The file has the columns, but no opinion in them.")})
    kept = Import(
        council_id=consultation.council_id,
        consultation=consultation,
        membership=membership,
        organisation=organisation,
        file=file,
        form=sheet.form,
        format=sheet.format,
        encoding=encoding or "",
        name=PurePath(file.name or "file").name[-200:],
        size=file.size,
        sha256=digest,
        total=len(rows),
        untouched=len(sheet.rows) - len(rows),
        by=by,
    )
    return _keep(kept, rows, sheet)


def _own(membership: Membership | None, consultation: Consultation, by: User) -> Membership:
    """The seat for which someone brings a file: the one named, or the only one through which they may.

    Raises:
        PermissionDenied: They give nobody's word here.
    """
    seats = Membership.objects.current().speaking().filter(user=by.pk, council=consultation.council_id)
    official = [seat for seat in seats.select_related("organisation") if seat.speaks_officially]
    chosen = next((seat for seat in official if membership in (None, seat)), None)
    if chosen is None:
        raise PermissionDenied("exchange.upload")
    return chosen


def _digest(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _not_again(consultation: Consultation, digest: str) -> None:
    earlier = Import.objects.filter(consultation=consultation, sha256=digest).exclude(state=Import.State.DISCARDED)
    if found := earlier.select_related("by").first():
        raise SeenBefore(found)


@transaction.atomic
def _keep(upload: Import, rows: list[Row], sheet: Sheet) -> Import:
    Consultation.objects.select_for_update().get(pk=upload.consultation_id)
    _not_again(upload.consultation, upload.sha256)
    upload.file.seek(0)
    create(upload)
    matcher = _matcher(upload)
    kept = [_row(upload, position, row, matcher) for position, row in enumerate(rows, start=1)]
    _mark_repeated(upload, kept)
    ImportRow.objects.bulk_create(kept, batch_size=1000)
    record(
        Verb.IMPORT_UPLOADED,
        upload,
        by=upload.by,
        organisation_id=upload.membership.organisation_id if upload.membership else None,
        name=upload.name,
        sha256=upload.sha256,
        rows=len(rows),
        columns={str(name): title for name, title in sheet.columns.items()},
    )
    return upload


def _matcher(upload: Import) -> Matcher:
    return Matcher(upload.consultation, membership=upload.membership, organisation=upload.organisation)


def _row(upload: Import, position: int, row: Row, matcher: Matcher) -> ImportRow:
    kept = ImportRow(
        council_id=upload.council_id,
        upload=upload,
        position=position,
        where=row.where[:120],
        values={str(name): text for name, text in row.values.items()},
    )
    _understand(kept, matcher.match(kept.values, note=kept.note), besides=row.problems)
    return kept


def _understand(row: ImportRow, match: Match, *, besides: Iterable[str] = ()) -> None:
    """Keep what a row was found to mean."""
    row.organisation, row.passage, row.membership = match.organisation, match.passage, match.membership
    row.problems = list(dict.fromkeys([*besides, *match.problems]))
    row.fingerprint = match.entered.fingerprint() if match.entered else ""
    row.state = STATE.PROBLEM if row.problems else STATE.READY


def _mark_repeated(upload: Import, rows: Iterable[ImportRow], *, beside: Iterable[str] = ()) -> None:
    """Mark what was entered before, or stands in the file a second time."""
    ready = [row for row in rows if row.state == STATE.READY]
    seen = set(beside)
    given = Opinion.objects.filter(consultation=upload.consultation_id)
    seen |= set(given.filter(fingerprint__in=[row.fingerprint for row in ready]).values_list("fingerprint", flat=True))
    for row in ready:
        if row.fingerprint in seen:
            row.state = STATE.REPEATED
        seen.add(row.fingerprint)


@transaction.atomic
def correct_row(
    row: ImportRow,
    *,
    by: User,
    organisation: Organisation | None = None,
    passage: Passage | None = None,
    alike: bool = False,
    **cells: str,
) -> ImportRow:
    """Correct a row where it is wrong, and look at it again; what a person has seen holds no problem of its cell any more.

    Args:
        organisation: Whose it is; as found, or as chosen before, when left out.
        passage: What it is about, of the version asked about; likewise.
        alike: Choose the same for every row to correct whose cell reads the same.
        cells: The new texts: ``submitter``, ``kind``, ``current``, ``proposed``, ``reason``, ``audience``, ``place``,
            ``organisation`` by their words.

    Raises:
        ValidationError: The passage is of another text, or there is no such cell.
        Refused: The row was entered, or the file is being entered right now.
    """
    row = _held(row, by)
    if passage is not None and passage.version_id != row.upload.consultation.version_id:
        raise ValidationError({"passage": _("This passage does not belong to the version asked about.")})
    if unknown := cells.keys() - CORRECTABLE:
        raise ValidationError({name: _("A row has no such cell.") for name in sorted(unknown)})
    changed = {name for name, text in cells.items() if row.values.get(name, "") != text.strip()}
    values = row.values | {name: cells[name].strip() for name in changed}
    row.values = {name: text for name, text in values.items() if text}
    _look_again(
        row,
        organisation=organisation or (None if Field.ORGANISATION in changed else row.organisation),
        passage=passage or (None if Field.PLACE in changed else row.passage),
    )
    if alike:
        _choose_alike(row, Field.ORGANISATION, organisation=organisation)
        _choose_alike(row, Field.PLACE, passage=passage)
    fields = sorted(
        changed | {name for name, chosen in (("organisation", organisation), ("passage", passage)) if chosen}
    )
    record(Verb.IMPORT_ROW_CORRECTED, row, by=by, where=row.where, fields=fields)
    return row


def _held(row: ImportRow, by: User) -> ImportRow:
    """A row of a file that can still be corrected, held still with its file."""
    upload = (
        Import.objects.select_for_update(of=("self",))
        .select_related("consultation__version", "membership__organisation", "organisation")
        .get(pk=row.upload_id)
    )
    require(by, "exchange.import", upload)
    row = ImportRow.objects.select_related("organisation", "passage").get(pk=row.pk)
    row.upload = upload
    if not upload.is_open:
        raise Refused(_("This file is being entered, or was discarded; its rows can no longer be changed."))
    if row.state == STATE.ADDED:
        raise Refused(_("This row has been entered already; change the opinion instead."))
    return row


def _look_again(row: ImportRow, *, organisation: Organisation | None, passage: Passage | None) -> None:
    match = _matcher(row.upload).match(row.values, organisation=organisation, passage=passage, note=row.note)
    _understand(row, match)
    others = row.upload.rows.exclude(pk=row.pk).exclude(state=STATE.LEFT_OUT).filter(fingerprint=row.fingerprint)
    _mark_repeated(row.upload, [row], beside=others.exclude(fingerprint="").values_list("fingerprint", flat=True))
    row.modified_at = clock.now()
    row.save()


def _choose_alike(row: ImportRow, cell: Field, **chosen: Organisation | Passage | None) -> None:
    """Choose for the other rows to correct whose cell reads the same what was chosen for one."""
    [(name, choice)] = chosen.items()
    words = row.said(cell)
    if choice is None or not words:
        return
    matcher = _matcher(row.upload)
    others = row.upload.rows.filter(state=STATE.PROBLEM, **{f"values__{cell}": words, f"{name}__isnull": True})
    rows = list(others.exclude(pk=row.pk).select_related("organisation", "passage"))
    for other in rows:
        other.upload = row.upload
        found: dict[str, Any] = {"organisation": other.organisation, "passage": other.passage} | chosen
        _understand(other, matcher.match(other.values, note=other.note, **found))
        other.modified_at = clock.now()
    standing = row.upload.rows.exclude(state=STATE.LEFT_OUT).exclude(pk__in=[other.pk for other in rows])
    prints = standing.filter(fingerprint__in=[other.fingerprint for other in rows if other.fingerprint])
    _mark_repeated(row.upload, rows, beside=prints.values_list("fingerprint", flat=True))
    ImportRow.objects.bulk_update(
        rows, ["organisation", "passage", "membership", "problems", "fingerprint", "state", "modified_at"], 500
    )


@transaction.atomic
def leave_out(row: ImportRow, *, by: User) -> ImportRow:
    """Do not enter a row.

    Raises:
        Refused: The row was entered, or the file is being entered right now.
    """
    row = _held(row, by)
    change(row, state=STATE.LEFT_OUT)
    record(Verb.IMPORT_ROW_CORRECTED, row, by=by, where=row.where, left_out=True)
    return row


@transaction.atomic
def take_in(row: ImportRow, *, by: User) -> ImportRow:
    """Take back a row that was left out, and look at it again.

    Raises:
        Refused: It was not left out, or the file is being entered right now.
    """
    row = _held(row, by)
    if row.state != STATE.LEFT_OUT:
        raise Refused(_("This row was not left out."))
    _look_again(row, organisation=row.organisation, passage=row.passage)
    record(Verb.IMPORT_ROW_CORRECTED, row, by=by, where=row.where, left_out=False)
    return row


@transaction.atomic
def start(upload: Import, *, by: User) -> Import:
    """Have the rows that are ready entered, by the next free worker; those to correct stay and can be entered later.

    Raises:
        Refused: No row is ready, it is at work already or discarded, or nothing has been asked yet.
    """
    upload = _open(upload, by)
    ready = upload.rows.filter(state=STATE.READY).count()
    if not ready:
        raise Refused(_("No row is ready to be entered."))
    if upload.consultation.phase_of(clock.now()) is None or upload.consultation.opened_at is None:
        raise Refused(_("Nothing has been asked yet; open the consultation first."))
    if upload.membership is not None and not upload.consultation.is_taking_opinions:
        raise Refused(_("This consultation takes no opinions now."))
    change(upload, state=Import.State.QUEUED, total=ready, done=0, error="", finished_at=None)
    record(Verb.IMPORT_STARTED, upload, by=by, name=upload.name, rows=ready)
    return upload


@transaction.atomic
def discard(upload: Import, *, by: User) -> Import:
    """Put a file aside of which nothing was entered; it may be uploaded again.

    Raises:
        Refused: Opinions were entered from it, or it is at work.
    """
    upload = _open(upload, by)
    if upload.added:
        raise Refused(_("Opinions were entered from this file; it stays as their source."))
    change(upload, state=Import.State.DISCARDED)
    record(Verb.IMPORT_DISCARDED, upload, by=by, name=upload.name)
    return upload


def _open(upload: Import, by: User) -> Import:
    upload = (
        Import.objects.select_for_update(of=("self",))
        .select_related("consultation", "membership__organisation")
        .get(pk=upload.pk)
    )
    require(by, "exchange.import", upload)
    if not upload.is_open:
        raise Refused(_("This file is being entered, or was discarded."))
    return upload
