"""What can happen to texts and files: one function per verb."""

import hashlib
from typing import Any

import puremagic
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.models import Visibility
from council.core.permissions import require
from council.core.saving import change, check_revision, create
from council.documents.models import Attachment, Document, Passage, Version
from council.documents.publishing import why_not_publish
from council.journal.actions import record
from council.journal.verbs import Verb
from council.people.models import Council, User


@transaction.atomic
def create_document(council: Council, *, title: str, by: User, note: str = "", **fields: Any) -> Document:
    """Enter a document, with an empty first version to write in; ``note`` says what that version is."""
    require(by, "documents.create_document", council)
    document = create(Document(council=council, title=title, **fields))
    create(Version(council=council, document=document, number=1, note=note))
    record(Verb.DOCUMENT_CREATED, document, by=by, title=title)
    return document


@transaction.atomic
def start_version(document: Document, *, by: User, note: str = "") -> Version:
    """Begin the next version as a copy of the last one; every passage keeps its identity.

    Raises:
        Refused: A version is in work already.
    """
    require(by, "documents.start_version", document)
    Document.objects.select_for_update().get(pk=document.pk)
    last = document.versions.order_by("number").last()
    if last and not last.is_published:
        raise Refused(_("Version %(number)d is still in work; publish it first.") % {"number": last.number})
    version = create(
        Version(council_id=document.council_id, document=document, number=last.number + 1 if last else 1, note=note)
    )
    if last:
        _copy_passages(last, version)
    record(Verb.VERSION_STARTED, version, by=by, title=document.title, number=version.number)
    return version


def _copy_passages(source: Version, target: Version) -> None:
    copies: dict[Any, Passage] = {}
    for passage in source.passages.order_by("position"):
        copies[passage.pk] = Passage(
            council_id=passage.council_id,
            version=target,
            identity=passage.identity,
            parent=copies[passage.parent_id] if passage.parent_id else None,
            position=passage.position,
            depth=passage.depth,
            number=passage.number,
            heading=passage.heading,
            text=passage.text,
        )
    Passage.objects.bulk_create(copies.values())


@transaction.atomic
def add_passage(
    version: Version,
    *,
    number: str,
    by: User,
    heading: str = "",
    text: str = "",
    parent: Passage | None = None,
    after: Passage | None = None,
) -> Passage:
    """Put a passage into a version in work: after another one, or last.

    Args:
        parent: The passage it is part of.
        after: The passage it follows in reading order.
    """
    require(by, "documents.edit_version", version)
    _lock_unpublished(version)
    for name, other in (("parent", parent), ("after", after)):
        if other is not None and other.version_id != version.pk:
            raise ValidationError({name: _("This passage belongs to another version.")})
    before = version.passages.filter(pk=after.pk) if after else version.passages.all()
    last = before.order_by("-position").values_list("position", flat=True).first()
    position = 0 if last is None else last + 1
    version.passages.filter(position__gte=position).update(position=F("position") + 1)
    passage = create(
        Passage(
            council_id=version.council_id,
            version=version,
            parent=parent,
            depth=parent.depth + 1 if parent else 0,
            position=position,
            number=number,
            heading=heading,
            text=text,
        )
    )
    record(Verb.PASSAGE_ADDED, passage, by=by, number=number)
    return passage


@transaction.atomic
def change_passage(passage: Passage, *, by: User, revision: int | None = None, **values: str) -> Passage:
    """Change number, heading or text of a passage of a version in work.

    Args:
        revision: The revision the change was made on; a newer one refuses the change instead of losing it.
    """
    require(by, "documents.edit_version", passage)
    _lock_unpublished(passage.version)
    passage.refresh_from_db()
    check_revision(passage.revision, revision)
    changed = [name for name, value in values.items() if getattr(passage, name) != value]
    if changed:
        change(passage, **values, revision=passage.revision + 1)
        record(Verb.PASSAGE_CHANGED, passage, by=by, number=passage.number, fields=changed)
    return passage


@transaction.atomic
def remove_passage(passage: Passage, *, by: User) -> None:
    """Take a passage out of a version in work; earlier versions keep it.

    Raises:
        Refused: Other passages are part of it, or answers to opinions point to it.
    """
    require(by, "documents.edit_version", passage)
    _lock_unpublished(passage.version)
    if passage.children.exists():
        raise Refused(_("Other passages are part of this one; remove them first."))
    record(Verb.PASSAGE_REMOVED, passage, by=by, number=passage.number)
    try:
        passage.delete()
    except ProtectedError as error:
        raise Refused(_("Answers to opinions point to this passage; change these first.")) from error


@transaction.atomic
def publish_version(version: Version, *, by: User) -> Version:
    """Give a version out to the council; from now on its text stands.

    Raises:
        Refused: It is published already, empty, or lacks what a room above asks for.
    """
    require(by, "documents.publish_version", version)
    if not version.passages.exists():
        raise Refused(_("This version has no passages yet; add the text first."))
    if problems := why_not_publish(version):
        raise Refused(_("This version cannot be published yet."), problems=problems)
    if not Version.objects.filter(pk=version.pk, published_at=None).update(
        published_at=clock.now(), modified_at=clock.now()
    ):
        raise Refused(_("This version is published already."))
    version.refresh_from_db()
    record(Verb.VERSION_PUBLISHED, version, by=by, title=version.document.title, number=version.number)
    return version


def _lock_unpublished(version: Version) -> None:
    if Version.objects.select_for_update().get(pk=version.pk).is_published:
        raise Refused(_("This version is published; start the next one to change the text."))


@transaction.atomic
def attach(
    council: Council,
    *,
    file: File[bytes],
    by: User,
    name: str = "",
    document: Document | None = None,
    visibility: str = Visibility.COUNCIL,
) -> Attachment:
    """Keep a file as it was given, with its size, its type told from its content, and its SHA-256.

    Raises:
        ValidationError: The file is empty or larger than ``ATTACHMENT_MAX_BYTES``.
    """
    require(by, "documents.attach", council)
    return keep(council, file=file, by=by, name=name, document=document, visibility=visibility)


@transaction.atomic
def keep(
    council: Council,
    *,
    file: File[bytes],
    by: User,
    name: str = "",
    document: Document | None = None,
    visibility: str = Visibility.COUNCIL,
) -> Attachment:
    """Keep a file for another room's verb, which has asked itself whether ``by`` may; otherwise as :func:`attach`."""
    if document is not None and document.council_id != council.pk:
        raise ValidationError({"document": _("This document belongs to another council.")})
    if not file.size:
        raise ValidationError({"file": _("This file is empty.")})
    if file.size > settings.ATTACHMENT_MAX_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
        raise ValidationError({"file": _("This file is larger than %(limit)d MB.") % {"limit": limit}})
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    name = (name or file.name or "file").rsplit("/", 1)[-1]
    attachment = create(
        Attachment(
            council=council,
            document=document,
            visibility=visibility,
            file=file,
            name=name,
            media_type=_media_type(file, name),
            size=file.size,
            sha256=digest.hexdigest(),
            added_by=by,
        )
    )
    record(Verb.ATTACHMENT_ADDED, attachment, by=by, name=name, sha256=attachment.sha256)
    return attachment


def _media_type(file: File[bytes], name: str) -> str:
    file.seek(0)
    head = file.read(8192)
    file.seek(0)
    try:
        return puremagic.from_string(head, mime=True, filename=name) or "application/octet-stream"
    except puremagic.PureError:
        return "text/plain" if b"\0" not in head else "application/octet-stream"
