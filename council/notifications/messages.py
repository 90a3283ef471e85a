"""Putting a notification into words: a line on screen. As a mail: :mod:`council.notifications.mails`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Value

from council.core.seeing import visible
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
    return [
        notice_of(notification, targets.get((notification.entry.target_type_id, notification.entry.target_id)))
        for notification in notifications
    ]


def notice_of(notification: Notification, target: Any = None) -> Notice:
    """A notification in words, leading to its target if there is one."""
    entry = notification.entry
    announcement = ANNOUNCEMENTS[Verb(entry.verb)]
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


def may_go_to(user: User, entries: Iterable[Entry]) -> set[tuple[int, Any]]:
    """Type and id of the things with a page that someone may see among those of many entries, asked in one statement.

    Args:
        entries: With their ``target_type`` loaded.
    """
    asked = [
        visible(model, user).filter(pk__in=ids).order_by().values_list(Value(type_id), "pk")
        for (type_id, model), ids in _by_kind(entries).items()
        if hasattr(model, "get_absolute_url")
    ]
    return set(asked[0].union(*asked[1:], all=True)) if asked else set()


def _by_kind(entries: Iterable[Entry]) -> dict[tuple[int, Any], set[Any]]:
    found: defaultdict[tuple[int, Any], set[Any]] = defaultdict(set)
    for entry in entries:
        found[entry.target_type_id, entry.target_type.model_class()].add(entry.target_id)
    return found


def _targets(user: User, entries: Iterable[Entry]) -> dict[tuple[int, Any], Any]:
    return {
        (type_id, target.pk): target
        for (type_id, model), ids in _by_kind(entries).items()
        for target in _visible(user, model, ids)
    }


def _visible(user: User, model: Any, ids: Iterable[Any]) -> Iterator[Any]:
    """The things of one kind that someone may see; an account is visible to its owner alone."""
    if model is User:
        return iter([user] if user.pk in ids else [])
    return iter(model.objects.visible_to(user).filter(pk__in=ids).select_related(*LEADS_THROUGH.get(model, ())))
