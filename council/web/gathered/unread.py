"""How many notices people have unread: one question for all who have a page open."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Count

from council.notifications.models import Notification


def counts(people: Collection[UUID]) -> Mapping[UUID, int]:
    """The number of unread notices of each; who has none is left out."""
    unread = Notification.objects.unread().filter(recipient__in=people).order_by()
    return dict(unread.values_list("recipient").annotate(Count("pk")))
