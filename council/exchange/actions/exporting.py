"""Taking a document away as a file: asked for, written by a worker with what its reader may see then, kept for days."""

import datetime as dt
import hashlib
import logging
import re
import tempfile
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from council.core import clock
from council.core.permissions import require
from council.core.saving import change, create
from council.documents.models import Version
from council.exchange import documents, dossier, proceedings
from council.exchange.actions.jobs import claimed, still_mine
from council.exchange.binding import Binder
from council.exchange.models import Export, standing
from council.exchange.writing import Format, TooLong, write
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.models import Meeting
from council.opinions.models import Consultation
from council.people.models import Council, Organisation, User

log = logging.getLogger(__name__)

KEPT_FOR = dt.timedelta(days=7)
DEAD_AFTER = dt.timedelta(seconds=180)
RELATED = (
    "by",
    "council",
    "consultation__version__document",
    "consultation__council",
    "before",
    "version__document",
    "meeting__council",
)
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


class TakenOverError(Exception):
    """Another worker thought this one dead and writes the file now."""


@transaction.atomic
def request_export(
    *,
    kind: str,
    format: str,  # noqa: A002 - the word for it
    by: User,
    consultation: Consultation | None = None,
    meeting: Meeting | None = None,
    before: Version | None = None,
    version: Version | None = None,
    unchanged: bool = False,
) -> Export:
    """Ask for a document as a file; a worker writes it, with what one may see at that moment.

    Args:
        kind: One of :class:`Export.Kind` but ``forms``, for which there is :func:`blank_forms`.
        format: One of ``Export.FORMATS[kind]``.
        consultation: What it is about; a comparison may do without.
        meeting: Whose papers, minutes or results they are; of the kinds ``Export.OF_MEETING`` alone.
        before: The older version of a comparison.
        version: Its newer version.
        unchanged: Whether a comparison shows what stayed the same, too.

    Raises:
        ValidationError: Kind and format do not go together, or a comparison lacks a version.
    """
    if kind not in Export.FORMATS or kind == Export.Kind.FORMS:
        raise ValidationError({"kind": gettext_lazy("Choose what to export.")})
    if kind in Export.OF_MEETING:
        return _request_of_meeting(meeting, kind=kind, format=format, by=by)
    if kind == Export.Kind.COMPARISON:
        _check_versions(before, version)
    elif consultation is None:
        raise ValidationError({"consultation": gettext_lazy("Choose the consultation.")})
    subject = version if kind == Export.Kind.COMPARISON else consultation
    require(by, "exchange.export", subject)
    return _request(
        kind=kind,
        format=format,
        by=by,
        council=subject.council,  # type: ignore[union-attr]  # one of the two is there
        consultation=consultation,
        before=before,
        version=version,
        options={"unchanged": unchanged},
    )


def _request_of_meeting(meeting: Meeting | None, *, kind: str, format: str, by: User) -> Export:  # noqa: A002 - see above
    if meeting is None:
        raise ValidationError({"meeting": gettext_lazy("Choose the meeting.")})
    require(by, "exchange.take_dossier" if kind == Export.Kind.DOSSIER else "exchange.export", meeting)
    return _request(kind=kind, format=format, by=by, council=meeting.council, meeting=meeting)


def _check_versions(before: Version | None, version: Version | None) -> None:
    for name, each in (("before", before), ("version", version)):
        if each is None:
            raise ValidationError({name: gettext_lazy("Choose the version.")})
    if before is None or version is None or before.document_id != version.document_id or before.pk == version.pk:
        raise ValidationError({"before": gettext_lazy("Choose two versions of one document.")})


@transaction.atomic
def blank_forms(
    consultation: Consultation,
    *,
    format: str,  # noqa: A002 - the word for it
    by: User,
    organisations: Iterable[Organisation] | None = None,
    iso: bool = False,
) -> Export:
    """Ask for blank forms to hand out, one per organisation, with the passages filled in; several come as a ZIP.

    Args:
        organisations: For whom; everyone who was asked, when left out.
        iso: The ISO/IEC commenting template instead of the form by clause.
    """
    require(by, "exchange.hand_out_forms", consultation)
    chosen = consultation.asked() if organisations is None else organisations
    ids = sorted(str(each.pk) for each in chosen)
    if not ids:
        raise ValidationError({"organisations": gettext_lazy("Choose at least one organisation.")})
    return _request(
        kind=Export.Kind.FORMS,
        format=format,
        by=by,
        council=consultation.council,
        consultation=consultation,
        options={"organisations": ids, "iso": iso},
    )


def _request(
    *,
    kind: str,
    by: User,
    council: Council,
    format: str,  # noqa: A002 - the word for it
    meeting: Meeting | None = None,
    **fields: object,
) -> Export:
    if format not in Export.FORMATS[Export.Kind(kind)]:
        raise ValidationError({"format": gettext_lazy("This document does not come in this format.")})
    export = create(
        Export(
            kind=kind,
            format=format,
            by=by,
            council=council,
            meeting=meeting,
            seats=standing(by, council.pk, meeting.pk if meeting else None),
            name=str(Export.Kind(kind).label),
            **fields,
        )
    )
    record(Verb.EXPORT_REQUESTED, export, by=by, kind=kind, format=format)
    return export


def blank_form_of(
    consultation: Consultation,
    organisation: Organisation,
    *,
    format: str,  # noqa: A002 - the word for it
    by: User,
    to: BinaryIO,
    iso: bool = False,
) -> str:
    """Write the blank form of one organisation at once, e.g. for its own people to fill in.

    Returns:
        What to call the file.
    """
    require(by, "exchange.export", consultation)
    if format not in Export.FORMATS[Export.Kind.FORMS]:
        raise ValidationError({"format": gettext_lazy("This document does not come in this format.")})
    documents.form(consultation, organisation, Format(format), to, iso=iso)
    return documents.form_name(consultation, organisation, Format(format))


def run_exports() -> int:
    """Write the files that were asked for, one after the other. Set off by the clock.

    Returns:
        How many files were dealt with.
    """
    files = 0
    for export in claimed(Export.objects.all(), related=RELATED, dead_after=DEAD_AFTER):
        with override(export.by.language):
            _run(export)
        files += 1
    return files


def _run(export: Export) -> None:
    try:
        with tempfile.TemporaryFile() as file:
            name = _write(export, file)
            _keep(export, file, name)
    except TakenOverError:
        return
    except TooLong as error:
        _fail(export, str(error))
    except (PermissionDenied, ValidationError):
        _fail(export, _("You may no longer see what this was to be made of."))
    except Exception:  # whatever is wrong with one file must not keep the others waiting
        log.exception("export %s failed", export.pk)
        _fail(export, _("Something went wrong on our side. Ask for it again."))


def _write(export: Export, file: BinaryIO) -> str:
    """Write the file; answers what to call it."""
    seats = standing(export.by, export.council_id, export.meeting_id)
    if not seats:
        raise PermissionDenied("exchange.export")
    Export.objects.filter(pk=export.pk).update(seats=seats)
    tell = _teller(export)
    if export.kind == Export.Kind.FORMS:
        return documents.forms(export, file, tell)
    with tempfile.TemporaryDirectory(prefix="council-export-") as folder:
        if export.kind in Export.OF_MEETING:
            return _write_of_meeting(export, file, Path(folder), tell)
        document, name, total = documents.build(export)
        _progress(export, total=total)
        write(document, Format(export.format), file, progress=tell)
    return f"{name}.{export.format}"


def _write_of_meeting(export: Export, file: BinaryIO, folder: Path, tell: Callable[[int], None]) -> str:
    """Write a file of a meeting; the papers bound into it lie in the folder meanwhile."""
    if export.kind == Export.Kind.DOSSIER:
        _check_still(export, "exchange.take_dossier")
    of_meeting = proceedings.OfMeeting.of(export, Binder(folder, progress=lambda: tell(0)))
    if export.format == "zip":
        _progress(export, total=dossier.STEPS)
        dossier.package(of_meeting, file, tell)
        return f"{of_meeting.meeting} {dossier.NAME}.zip"
    document = proceedings.build(of_meeting, Export.Kind(export.kind))
    write(document, Format(export.format), file, progress=tell)
    return f"{of_meeting.meeting} {document.subtitle}.{export.format}"


def _check_still(export: Export, permission: str) -> None:
    if not export.by.has_perm(permission, export.meeting):
        raise PermissionDenied(permission)


def _teller(export: Export) -> Callable[[int], None]:
    def tell(done: int) -> None:
        _progress(export, done=done)

    return tell


def _progress(export: Export, **values: int) -> None:
    if not still_mine(Export.objects.all(), export).update(heartbeat_at=clock.now(), **values):
        raise TakenOverError


@transaction.atomic
def _keep(export: Export, file: IO[bytes], name: str) -> None:
    held = still_mine(Export.objects.select_for_update(of=("self",)), export).first()
    if held is None:
        raise TakenOverError
    file.seek(0)
    digest = hashlib.file_digest(cast("BytesIO", file), "sha256").hexdigest()
    size = file.tell()
    file.seek(0)
    name = _NOT_IN_NAMES.sub(" ", name)[-180:].strip()
    held.file.save(f"{held.pk}.{name.rpartition('.')[2]}", File(file), save=False)
    change(
        held,
        file=held.file,
        state=Export.State.DONE,
        name=name,
        size=size,
        sha256=digest,
        total=held.done,
        finished_at=clock.now(),
        expires_at=clock.now() + KEPT_FOR,
    )
    held.save(update_fields=["file"])
    record(Verb.EXPORT_READY, held, by=export.by, kind=held.kind, name=name, sha256=digest)


@transaction.atomic
def _fail(export: Export, why: str) -> None:
    held = still_mine(Export.objects.select_for_update(of=("self",)), export).first()
    if held is not None:
        change(held, state=Export.State.FAILED, error=why, finished_at=clock.now())
        record(Verb.EXPORT_FAILED, held, by=export.by, kind=held.kind, name=held.name, error=why)


def expire_exports(*, limit: int = 200) -> int:
    """Remove the files that have been kept long enough. Set off by the clock.

    Returns:
        How many were removed.
    """
    expired = list(Export.objects.expired()[:limit])
    for export in expired:
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="", modified_at=clock.now())
    return len(expired)
