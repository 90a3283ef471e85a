"""The log of messages, mailboxes that fail, and the duty to tell."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from council.api.filters_messages import MessageFilters
from council.api.serializers import messages as shapes
from council.api.views.base import Readable, question, verb
from council.core.errors import Refused
from council.journal.models import Entry
from council.notifications import actions, log, told
from council.notifications.models import Mailbox, Notification
from council.people.scopes import Area


class Messages(Readable):
    """Every message: your own; those of the councils you run; all of them for operators."""

    area = Area.NOTICES
    reads = shapes.MessageSerializer
    filterset_class = MessageFilters
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Any]:
        """What the caller may see of the log; the OpenAPI document is written for nobody in particular."""
        fake = getattr(self, "swagger_fake_view", False)
        return Notification.objects.none() if fake else log.messages_for(self.user)

    def paginate_queryset(self, queryset: QuerySet[Any]) -> list[Any]:
        """A page, in words."""
        return log.lines(self.user, super().paginate_queryset(queryset) or [])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read one message."""
        return self.answer(self.get_object())

    def answer(self, thing: Any, gives: Any = None, status: int = status.HTTP_200_OK) -> Response:
        """A message, in words."""
        line = log.line(self.user, log.messages_for(self.user).get(pk=thing.pk))
        return Response(self.reads(line).data, status)

    @question(shapes.PreviewSerializer)
    def preview(self, row: Notification) -> log.Preview:
        """Read a mail as its reader does, without the links that need no login."""
        shown = log.preview(self.user, log.line(self.user, row))
        if shown is None:
            raise Refused(_("There is no mail here that you may read."))
        return shown

    @verb()
    def resend(self, row: Notification) -> Notification:
        """Send a mail anew: the same one where it was never taken, another one where it was delivered."""
        return actions.resend(row, by=self.user)


class Mailboxes(Readable):
    """What is known of addresses from what came back: your own, and those of members of the councils you run."""

    area = Area.NOTICES
    reads = shapes.MailboxSerializer
    lookup_value_converter = "int"

    @verb()
    def confirm(self, mailbox: Mailbox) -> Mailbox:
        """Say that an address works and mail is wanted there; what was not sent lately is tried again."""
        return actions.confirm_address(mailbox, by=self.user)


class Events(Readable):
    """What happened in the councils you run, as far as people were told of it."""

    area = Area.NOTICES
    reads = shapes.EventSerializer
    reads_one = shapes.EventWithFiguresSerializer
    lookup_value_converter = "int"

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read what happened, with how many people know of it."""
        return self.answer(self.get_object())

    @question(shapes.WhoKnowsSerializer, asks=shapes.WhoseState, many=True)
    def people(self, entry: Entry, knows: str = "") -> QuerySet[Any]:
        """Who was told of it, when, by which ways, and whether they know."""
        self.entry = entry
        return told.people(entry, *([told.Knows(knows)] if knows else []))

    def paginate_queryset(self, queryset: QuerySet[Any]) -> list[Any]:
        """A page; of people, each with what was done to let them know."""
        rows = super().paginate_queryset(queryset) or []
        return told.told(self.entry, rows) if self.action == "people" else rows
