"""Putting a notification into words: a line on screen. As a mail: :mod:`council.notifications.mails`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from council.decisions.models import Annex, Correction, Section
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.meetings.models import Alternate, Recusal
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.models import Kind, Notification
from council.opinions.models import Objection
from council.people.models import User

LEADS_THROUGH: dict[type[Model], tuple[str, ...]] = {
    Alternate: ("invitation",),
    Annex: ("minutes",),
    Correction: ("section__minutes",),
    Objection: ("disposition__point",),
    Recusal: ("item",),
    Section: ("minutes",),
}
"""What an address is made of besides the thing itself, so that a page of notices reads it at once."""


@dataclass(frozen=True)
class Notice:
    """A notification as it is shown: what happened, why one is told, and where it leads while one may go there."""

    notification: Notification
    kind: Kind
    sentence: str
    because: str
    action: str
    path: str


def notices(user: User, notifications: Iterable[Notification]) -> list[Notice]:
    """Put a page of someone's notifications into words, with one query per kind of thing they are about.

    Args:
        notifications: With their ``entry`` and ``entry.target_type`` loaded.
    """
    notifications = list(notifications)
    targets = _targets(user, [notification.entry for notification in notifications])
    return [_notice(notification, targets) for notification in notifications]


def _notice(notification: Notification, targets: dict[tuple[int, Any], Any]) -> Notice:
    entry = notification.entry
    announcement = ANNOUNCEMENTS[Verb(entry.verb)]
    target = targets.get((entry.target_type_id, entry.target_id))
    return Notice(
        notification,
        kind=announcement.kind,
        sentence=str(announcement.sentence) % entry.data,
        because=str(announcement.because),
        action=str(announcement.action),
        path=target.get_absolute_url()
        if target and hasattr(target, "get_absolute_url")
        else "",  # an account has no page
    )


def _targets(user: User, entries: Iterable[Entry]) -> dict[tuple[int, Any], Any]:
    by_type: dict[int, set[Any]] = {}
    types = {}
    for entry in entries:
        by_type.setdefault(entry.target_type_id, set()).add(entry.target_id)
        types[entry.target_type_id] = entry.target_type
    return {
        (type_id, target.pk): target
        for type_id, ids in by_type.items()
        for target in _visible(user, types[type_id].model_class(), ids)
    }


def _visible(user: User, model: Any, ids: Iterable[Any]) -> Iterator[Any]:
    """The things of one kind that someone may see; an account is visible to its owner alone."""
    if model is User:
        return iter([user] if user.pk in ids else [])
    return iter(model.objects.visible_to(user).filter(pk__in=ids).select_related(*LEADS_THROUGH.get(model, ())))
