"""Calendar feeds."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework.response import Response

from council.api.serializers import feeds as shapes
from council.api.views.base import Readable, verb
from council.meetings import actions
from council.meetings.models import CalendarFeed
from council.people.scopes import Area


class CalendarFeeds(Readable):
    """Your private calendar addresses, revoked ones too; the addresses themselves are not kept."""

    area = Area.ACCOUNT
    reads = shapes.CalendarFeedSerializer

    @verb(shapes.NewCalendarFeed, gives=shapes.FreshCalendarFeedSerializer)
    def create(self, **sent: Any) -> Response:
        """Make an address under which a calendar program finds your meetings; it is shown this once."""
        feed, secret = actions.create_feed(by=self.user, **sent)
        address = f"{settings.SITE_URL}{reverse('web:feed', args=[secret])}"
        return Response({**shapes.CalendarFeedSerializer(feed).data, "address": address}, 201)

    @verb()
    def destroy(self, feed: CalendarFeed) -> None:
        """Revoke an address; it is useless from this moment on."""
        actions.revoke_feed(feed, by=self.user)
