"""Files on their way in and out."""

from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from council.api.filters import ExportFilters, ImportFilters, ImportRowFilters
from council.api.rendering import FileRenderer
from council.api.serializers import exchange as shapes
from council.api.views.base import Readable, question, verb
from council.core.errors import Refused
from council.exchange import actions
from council.exchange.models import Export, Import, ImportRow
from council.people.scopes import Area


class Imports(Readable):
    """Files of opinions that came in: all of the councils you run, or those you uploaded for your organisation."""

    area = Area.FILES
    reads = shapes.ImportSerializer
    reads_one = shapes.ImportWithCountsSerializer
    filterset_class = ImportFilters
    parser_classes = [MultiPartParser]

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read a file that came in, with how many of its rows are how far."""
        return self.answer(self.get_object())

    @verb(shapes.NewImport, gives=shapes.ImportWithCountsSerializer)
    def create(self, **sent: Any) -> Import:
        """Bring in a file of opinions, as multipart/form-data; its rows are looked through, and nothing is entered yet."""
        return actions.upload(by=self.user, **sent)

    @verb(gives=shapes.ImportWithCountsSerializer)
    def start(self, upload: Import) -> Import:
        """Have the rows that are ready entered, by the next free worker; those to correct can be entered later."""
        return actions.start(upload, by=self.user)

    @verb(gives=shapes.ImportWithCountsSerializer)
    def discard(self, upload: Import) -> Import:
        """Put a file aside of which nothing was entered; it may be uploaded again."""
        return actions.discard(upload, by=self.user)


class ImportRows(Readable):
    """Rows of files that came in, each matched to organisation and passage, or with what is wrong with it."""

    area = Area.FILES
    reads = shapes.ImportRowSerializer
    filterset_class = ImportRowFilters

    @property
    def order(self) -> str:
        """In the order of the file where one is asked for."""
        return "position" if self.request.query_params.get("upload") else super().order

    @verb(shapes.RowChange)
    def partial_update(self, row: ImportRow, **sent: Any) -> ImportRow:
        """Correct a row where it is wrong; it is looked at again."""
        return actions.correct_row(row, by=self.user, **sent)

    @verb()
    def leave_out(self, row: ImportRow) -> ImportRow:
        """Do not enter a row."""
        return actions.leave_out(row, by=self.user)

    @verb()
    def take_in(self, row: ImportRow) -> ImportRow:
        """Take back a row that was left out."""
        return actions.take_in(row, by=self.user)


class Exports(Readable):
    """Documents you asked for as files, kept for some days."""

    area = Area.FILES
    reads = shapes.ExportSerializer
    filterset_class = ExportFilters

    @verb(shapes.NewExport)
    def create(self, **sent: Any) -> Export:
        """Ask for a document as a file; a worker writes it, with what you may see at that moment."""
        return actions.request_export(by=self.user, **sent)

    @question(bytes, renderer_classes=[FileRenderer])
    def file(self, export: Export) -> FileResponse:
        """Download a file once it is written."""
        if not export.is_kept:
            raise Refused(_("This file is not ready yet, or is no longer kept."))
        return FileResponse(export.file.open(), as_attachment=True, filename=export.name)
