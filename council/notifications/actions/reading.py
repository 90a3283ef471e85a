"""Reading: one's own notices on screen."""

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from council.core import clock
from council.notifications import bell
from council.notifications.announcements import verbs_of
from council.notifications.models import Kind, Notification
from council.notifications.models.notifications import NotificationQuerySet
from council.people.models import User


@transaction.atomic
def read(notification: Notification, *, by: User) -> Notification:
    """Mark a notice as read."""
    _read(Notification.objects.visible_to(by).filter(pk=notification.pk))
    notification.refresh_from_db()
    return notification


@transaction.atomic
def keep(notification: Notification, *, by: User) -> Notification:
    """Mark a notice as unread, to come back to it; that it was read once stays known."""
    own = Notification.objects.visible_to(by).on_screen().filter(pk=notification.pk)
    if own.exclude(read_at=None).filter(kept=False).update(kept=True):
        bell.ring()
    notification.refresh_from_db()
    return notification


@transaction.atomic
def read_all(*, by: User, kind: str = "") -> int:
    """Mark all one's notices as read, or those of one kind.

    Returns:
        How many were unread.
    """
    own = Notification.objects.visible_to(by)
    return _read(own.filter(entry__verb__in=verbs_of(Kind(kind))) if kind else own)


def _read(notifications: NotificationQuerySet) -> int:
    unread = notifications.unread()
    number = unread.update(read_at=Coalesce("read_at", Value(clock.now())), kept=False)
    if number:
        bell.ring()
    return int(number)
