"""Texts and files: the documents of a council, their versions, and what changed between two of them."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from council.core.permissions import require
from council.documents import actions
from council.documents.models import Attachment, Document, Passage, Version
from council.opinions.models import Consultation, Disposition, lacking_their_change
from council.people.models import Council, User
from council.web.forms.documents import AttachForm, DocumentForm, NewPassageForm, PassageForm, VersionForm
from council.web.gathered.changes import changes_between
from council.web.gathered.turnout import turnouts
from council.web.may import may
from council.web.requests import Request
from council.web.states import Openness
from council.web.submitting import filled, seen_revision, submitted


def documents(request: Request, pk: UUID) -> HttpResponse:
    """The council's consultations, running and closed, and its documents."""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    asked = Consultation.objects.visible_to(request.user).filter(council=council)
    texts = Document.objects.visible_to(request.user).filter(council=council)
    every = turnouts(asked)
    return render(
        request,
        "documents/documents.html",
        {
            **_inside(council),
            "open": [each for each in every if each.openness == Openness.OPEN],
            "running": [each for each in every if each.openness != Openness.CLOSED],
            "closed": [each for each in every if each.openness == Openness.CLOSED],
            "documents": [
                (each, _last(each.versions.all()))
                for each in texts.prefetch_related(Prefetch("versions", _versions(request.user)))
            ],
            "may": may(request.user, council, "documents.create_document"),
        },
    )


def create(request: Request, pk: UUID) -> HttpResponse:
    """Enter a document and go on to write its first version."""
    council = get_object_or_404(Council.objects.visible_to(request.user), pk=pk)
    require(request.user, "documents.create_document", council)
    form = filled(DocumentForm, request, council=council)
    if document := submitted(form, partial(actions.create_document, council, by=request.user)):
        return redirect(document.versions.get())
    return _form(request, form, council, _("New document"), _("Create it and write"))


def document(request: Request, pk: UUID) -> HttpResponse:
    """One document: its versions, what was asked about them, its files."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("council", "owner"), pk=pk)
    asked = Consultation.objects.visible_to(request.user).filter(version__document=document)
    versions = list(_versions(request.user).filter(document=document).annotate(size=Count("passages")))
    return render(
        request,
        "documents/document.html",
        {
            **_inside(document.council),
            "document": document,
            "versions": versions,
            "last": _last(versions),
            "turnouts": turnouts(asked),
            "attachments": Attachment.objects.visible_to(request.user).filter(document=document),
            "may": may(request.user, document, "documents.start_version", "documents.attach"),
        },
    )


def attach(request: Request, pk: UUID) -> HttpResponse:
    """Add a file to a document."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("council"), pk=pk)
    require(request.user, "documents.attach", document)
    form = filled(AttachForm, request)
    if attachment := submitted(form, partial(actions.attach, document.council, document=document, by=request.user)):
        messages.success(request, _("%(name)s has been added.") % {"name": attachment.name})
        return redirect(document)
    return _form(request, form, document.council, _("Add a file"), _("Add the file"), document=document)


def attachment(request: Request, pk: UUID) -> FileResponse:
    """A file as it was given; always saved, never shown as a page of ours."""
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    response = FileResponse(
        attachment.file.open("rb"), as_attachment=True, filename=attachment.name, content_type=attachment.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def start_version(request: Request, pk: UUID) -> HttpResponse:
    """Begin the next version as a copy of the last."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("council"), pk=pk)
    require(request.user, "documents.start_version", document)
    form = filled(VersionForm, request)
    if version := submitted(form, partial(actions.start_version, document, by=request.user)):
        messages.success(request, _("Version %(number)d has been started.") % {"number": version.number})
        return redirect(version)
    return _form(request, form, document.council, _("Start the next version"), _("Start it"), document=document)


def version(request: Request, pk: UUID) -> HttpResponse:
    """The text of a version; whoever writes it can edit it here until it is published."""
    version = _version(request, pk)
    known = _versions(request.user).filter(document=version.document_id)
    return render(
        request,
        "documents/version.html",
        {
            **_inside(version.document.council),
            "version": version,
            "passages": _passages(version, request.user),
            "unmade": [] if version.is_published else lacking_their_change(version),
            "previous": known.filter(number__lt=version.number).last(),
            "next": known.filter(number__gt=version.number).first(),
            "consultations": Consultation.objects.visible_to(request.user).filter(version=version),
            "may": _may_write(request.user, version),
        },
    )


@require_POST
def publish(request: Request, pk: UUID) -> HttpResponse:
    """Give a version out to the council."""
    version = actions.publish_version(_version(request, pk), by=request.user)
    messages.success(request, _("Version %(number)d is published.") % {"number": version.number})
    return redirect(version)


def changes(request: Request, pk: UUID) -> HttpResponse:
    """Two versions side by side: the one named by ``?from=``, or else the one before, and this one."""
    version = _version(request, pk)
    others = list(_versions(request.user).filter(document=version.document_id).exclude(pk=version.pk))
    before = _named(others, request.GET.get("from")) or _last(each for each in others if each.number < version.number)
    every = changes_between(before, version, request.user) if before else []
    changed = [each for each in every if each.kind != "same"]
    return render(
        request,
        "documents/changes.html",
        {
            **_inside(version.document.council),
            "version": version,
            "before": before,
            "others": others,
            "changes": every if request.GET.get("show") == "all" else changed,
            "counts": {kind: sum(each.kind == kind for each in changed) for kind in ("changed", "added", "removed")},
            "shows_all": request.GET.get("show") == "all",
            "shows_changes": request.GET.get("show") != "all",
        },
    )


def add_passage(request: Request, pk: UUID) -> HttpResponse:
    """Add a passage: after the one named by ``?after=``, as a part of ``?parent=``, or else last."""
    version = _version(request, pk)
    require(request.user, "documents.edit_version", version)
    form = filled(NewPassageForm, request, version=version, initial=request.GET.dict())
    if passage := submitted(form, partial(actions.add_passage, version, by=request.user)):
        messages.success(request, _("Passage %(number)s has been added.") % {"number": passage.number})
        return redirect(passage)
    return _form(
        request,
        form,
        version.document.council,
        _("Add a passage"),
        _("Add the passage"),
        document=version.document,
        version=version,
    )


def edit_passage(request: Request, pk: UUID) -> HttpResponse:
    """Change the words of a passage."""
    passage = _passage(request, pk)
    require(request.user, "documents.edit_version", passage)
    words = {name: getattr(passage, name) for name in PassageForm.base_fields}
    form = filled(PassageForm, request, initial=words)
    seen = seen_revision(request)
    if changed := submitted(form, partial(actions.change_passage, passage, by=request.user, revision=seen)):
        messages.success(request, _("Passage %(number)s has been changed.") % {"number": changed.number})
        return redirect(changed)
    version = passage.version
    heading = _("Passage %(number)s") % {"number": words["number"]}
    newer = passage if seen not in (None, passage.revision) else None
    of_the_page = {"document": version.document, "version": version, "passage": passage, "newer": newer}
    return _form(request, form, version.document.council, heading, _("Save"), **of_the_page)


@require_POST
def remove_passage(request: Request, pk: UUID) -> HttpResponse:
    """Take a passage out of a version in work."""
    passage = _passage(request, pk)
    actions.remove_passage(passage, by=request.user)
    messages.success(request, _("Passage %(number)s has been removed.") % {"number": passage.number})
    return redirect(passage.version)


def _inside(council: Council) -> dict[str, Any]:
    return {"council": council, "place": "documents"}


def _passages(version: Version, user: User) -> Any:
    """A version's passages in reading order; while it is in work, with the accepted opinions behind each."""
    passages = version.passages.order_by("position")
    if version.is_published:
        return passages
    accepted = Disposition.objects.visible_to(user).accepting().select_related("point__opinion__organisation")
    ordered = accepted.order_by("point__opinion__number", "point__number")
    return passages.prefetch_related(Prefetch("dispositions", ordered, to_attr="accepted"))


def _versions(user: User) -> Any:
    return Version.objects.visible_to(user).order_by("number")


def _version(request: Request, pk: UUID) -> Version:
    versions = Version.objects.visible_to(request.user).select_related("document__council", "document__owner")
    return get_object_or_404(versions, pk=pk)


def _passage(request: Request, pk: UUID) -> Passage:
    passages = Passage.objects.visible_to(request.user).select_related("version__document__council")
    return get_object_or_404(passages, pk=pk)


def _may_write(user: User, version: Version) -> dict[str, bool]:
    """What can still be done to a text: a published one is only followed by another."""
    names = ["opinions.prepare_consultation"]
    names += [] if version.is_published else ["documents.edit_version", "documents.publish_version"]
    return may(user, version, *names)


def _named(versions: list[Version], pk: str | None) -> Version | None:
    """The version an address names; None where it names none.

    Raises:
        Http404: It names one that is not there.
    """
    if not pk:
        return None
    found = next((version for version in versions if str(version.pk) == pk), None)
    if found is None:
        raise Http404
    return found


def _last(versions: Iterable[Version]) -> Version | None:
    return max(versions, key=lambda version: version.number, default=None)


def _form(request: Request, form: Any, council: Council, heading: str, button: str, **context: Any) -> HttpResponse:
    place = context.get("version") or context.get("document")
    back = place.get_absolute_url() if place else reverse("web:documents", args=[council.pk])
    page = {**_inside(council), "form": form, "heading": heading, "button": button, "back": back, **context}
    return render(request, "documents/form.html", page)
