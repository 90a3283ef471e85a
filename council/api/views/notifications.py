"""Notices."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from council.api.filters import NoticeFilters
from council.api.preconditions import etag
from council.api.serializers import notifications as shapes
from council.api.views.base import Readable, verb
from council.notifications import actions
from council.notifications.messages import notices
from council.notifications.models import Notification
from council.people.scopes import Area


class Notices(Readable):
    """What you were told on screen, the newest first."""

    area = Area.NOTICES
    reads = shapes.NoticeSerializer
    filterset_class = NoticeFilters
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Any]:
        """One's own, with what they tell of."""
        own = Notification.objects.visible_to(self.user).on_screen()
        return own.select_related("entry__target_type")

    def paginate_queryset(self, queryset: QuerySet[Any]) -> list[Any]:
        """A page, in words."""
        return notices(self.user, super().paginate_queryset(queryset) or [])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What you were told on screen."""
        return self.answer(self.get_object())

    def answer(self, thing: Any, gives: Any = None, status: int = status.HTTP_200_OK) -> Response:
        """A notice, in words."""
        [notice] = notices(self.user, [thing])
        shown = self.reads(notice).data
        return Response(shown, status, headers={"ETag": etag(shown)})

    @verb()
    def read(self, notification: Notification) -> Notification:
        """Mark a notice as read."""
        return actions.read(notification, by=self.user)

    @verb()
    def keep(self, notification: Notification) -> Notification:
        """Mark a notice as unread, to come back to it; that it was read once stays known."""
        return actions.keep(notification, by=self.user)

    @verb(shapes.WhichKind, gives=shapes.ReadAllSerializer, detail=False)
    def read_all(self, **sent: Any) -> Response:
        """Mark all your notices as read, or those of one kind."""
        return Response({"read": actions.read_all(by=self.user, **sent)})
