"""Entering the rows of a file: in chunks, each a transaction, so that a killed worker loses nothing and repeats nothing."""

import logging

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from council.core import clock
from council.core.errors import Refused
from council.core.saving import change
from council.exchange.actions.jobs import claimed, still_mine
from council.exchange.matching import Match, Matcher
from council.exchange.models import Import, ImportRow
from council.journal.actions import record
from council.journal.verbs import Verb
from council.opinions.actions import Entered, enter_all
from council.opinions.models import Opinion

log = logging.getLogger(__name__)

CHUNK = 500
STATE = ImportRow.State
RELATED = ("by", "consultation__version", "consultation__council", "membership__organisation", "organisation")


def run_imports(*, chunk: int = CHUNK) -> int:
    """Enter the ready rows of files whose import was started, one file after the other. Set off by the clock.

    Each row that is entered says so in the same transaction, so that a file whose worker was killed goes on where it
    stopped. What fails leaves what was entered, and says why.

    Returns:
        How many files were dealt with.
    """
    files = 0
    for upload in claimed(Import.objects.all(), related=RELATED):
        with override(upload.by.language):
            _run(upload, chunk)
        files += 1
    return files


def _run(upload: Import, chunk: int) -> None:
    matcher = Matcher(upload.consultation, membership=upload.membership, organisation=upload.organisation)
    try:
        while _enter_some(upload, matcher, chunk):
            pass
    except Refused as refusal:
        _stop(upload, refusal.message)
    except PermissionDenied:
        _stop(upload, _("Whoever started this may no longer enter opinions here."))
    except Exception:  # whatever is wrong with one file must not keep the others waiting
        log.exception("import %s stopped", upload.pk)
        _stop(upload, _("Something went wrong on our side. What was entered stays; start it again for the rest."))


@transaction.atomic
def _enter_some(upload: Import, matcher: Matcher, chunk: int) -> bool:
    """Enter the next rows; answers whether there may be more."""
    held = still_mine(Import.objects.select_for_update(), upload).first()
    if held is None:
        return False
    rows = list(
        held.rows.filter(state=STATE.READY)
        .select_related("organisation__region", "passage", "membership__user", "membership__organisation")
        .order_by("position")[:chunk]
    )
    for row in rows:
        row.upload = upload
    if not rows:
        _finish(held, upload)
        return False
    _enter(upload, [(row, _meaning(row, matcher)) for row in rows])
    ImportRow.objects.bulk_create(  # an update of many rows at once, a tenth of the time of bulk_update
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["state", "opinion", "problems", "modified_at"],
    )
    added = sum(row.state == STATE.ADDED for row in rows)
    repeated = sum(row.state == STATE.REPEATED for row in rows)
    change(
        held,
        done=min(held.done + len(rows), held.total),
        added=held.added + added,
        repeated=held.repeated + repeated,
        heartbeat_at=clock.now(),
    )
    return True


def _meaning(row: ImportRow, matcher: Matcher) -> Match:
    """What a row was found or chosen to mean in the preview, with whatever has become wrong since."""
    return matcher.match(row.values, organisation=row.organisation, passage=row.passage, note=row.note)


def _enter(upload: Import, rows: list[tuple[ImportRow, Match]]) -> None:
    """Enter rows together, or one by one where one of them is refused, so that it alone stays behind."""
    for row, match in rows:
        if match.entered is None:
            row.state, row.problems = STATE.PROBLEM, match.problems
    ready = [(row, match.entered) for row, match in rows if match.entered is not None]
    try:
        with transaction.atomic():
            _together(upload, ready)
    except ValidationError:
        for row, entered in ready:
            try:
                with transaction.atomic():
                    _together(upload, [(row, entered)])
            except ValidationError as error:
                row.state, row.problems = STATE.PROBLEM, error.messages


def _together(upload: Import, rows: list[tuple[ImportRow, Entered]]) -> None:
    opinions = enter_all(
        upload.consultation, [entered for _row, entered in rows], source=Opinion.Source.FILE, by=upload.by
    )
    new = {opinion.fingerprint: opinion for opinion in opinions}
    for row, entered in rows:
        row.modified_at = clock.now()
        row.opinion = new.pop(entered.fingerprint(), None)
        row.state = STATE.ADDED if row.opinion else STATE.REPEATED


def _finish(held: Import, upload: Import) -> None:
    change(held, state=Import.State.DONE, done=held.total, finished_at=clock.now())
    record(
        Verb.IMPORT_FINISHED,
        held,
        by=upload.by,
        title=upload.consultation.title,
        name=held.name,
        number=held.added,
        repeated=held.repeated,
    )


@transaction.atomic
def _stop(upload: Import, why: str) -> None:
    """Leave what was entered, and say why the rest was not."""
    held = still_mine(Import.objects.select_for_update(), upload).first()
    if held is not None:
        change(held, state=Import.State.FAILED, error=why, finished_at=clock.now())
        record(
            Verb.IMPORT_FINISHED,
            held,
            by=upload.by,
            title=upload.consultation.title,
            name=held.name,
            number=held.added,
            repeated=held.repeated,
            error=why,
        )
