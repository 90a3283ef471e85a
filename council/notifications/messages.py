"""Putting a notification into words: a line on screen, a mail in the reader's language."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.dateparse import parse_datetime

from council.decisions.models import Annex, Correction, Section
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.meetings.models import Alternate, Recusal
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.inviting import invited
from council.notifications.models import Notification
from council.opinions.models import Objection
from council.people.models import User

_LEADS_THROUGH: dict[type[Model], tuple[str, ...]] = {
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
        sentence=str(announcement.sentence) % entry.data,
        because=str(announcement.because),
        action=str(announcement.action),
        path=target.get_absolute_url() if target is not None else "",
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
    return iter(model.objects.visible_to(user).filter(pk__in=ids).select_related(*_LEADS_THROUGH.get(model, ())))


def compose(notification: Notification) -> EmailMultiAlternatives | None:
    """Write the mail for a notification in its reader's language.

    The Message-ID is the same at every attempt, so that a mail handed over twice is recognised by the mailbox.

    Returns:
        The mail, or ``None`` where the reader may no longer see what it is about.
    """
    user, entry = notification.recipient, notification.entry
    announcement = ANNOUNCEMENTS[Verb(entry.verb)]
    with translation.override(user.language):
        path = ""
        if announcement.template == "set_password":
            path = set_password_path(user)
        elif announcement.template == "notice":
            [notice] = notices(user, [notification])
            if not notice.path:
                return None
            path = notice.path
        sentence = str(announcement.sentence) % entry.data
        coming = invited(user, entry) if announcement.invites else None
        context = {
            "name": user.name,
            "sentence": sentence,
            "because": announcement.because,
            "starts_at": parse_datetime(entry.data.get("starts_at", "")),
            "place": entry.data.get("place", ""),
            "action": announcement.action,
            "url": f"{settings.SITE_URL}{path}" if path else "",
            "answer_at": coming.answer_at if coming else "",
            "site": settings.SITE_URL,
            "language": user.language,
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(sentence.split()),
            body=render_to_string(f"email/{announcement.template}.txt", context),
            to=[user.email],
            headers={
                "Message-ID": f"<notification-{notification.pk}@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(render_to_string(f"email/{announcement.template}.html", context), "text/html")
        if coming:
            coming.attach(mail)
        return mail


def set_password_path(user: User) -> str:
    """A link that lets its bearer set this person's password once, for as long as ``PASSWORD_RESET_TIMEOUT``."""
    uid, key = user_pk_to_url_str(user), default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
