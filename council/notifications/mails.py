"""A notification as a mail in the reader's language, and the envelope every mail of ours goes in."""

import contextlib
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.dateparse import parse_datetime

from council.core import addresses
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications import unsubscribing
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.announcing import Announcement
from council.notifications.inviting import Invited, invited
from council.notifications.letters import Letter
from council.notifications.messages import LEADS_THROUGH
from council.notifications.models import Digest, Notification, Sending
from council.notifications.seeing import who_sees
from council.people.models import User

LETTERS: dict[str, type[Notification] | type[Digest]] = {"n": Notification, "d": Digest}
"""What stands before a row's number in the addresses and Message-IDs made for it."""


class NotWantedError(Exception):
    """There is nothing to send any more."""

    def __init__(self, why: Sending.Why) -> None:
        super().__init__(why)
        self.why = why


def compose(notification: Notification) -> EmailMultiAlternatives:
    """Write the mail for a notification in its reader's language.

    Raises:
        NotWantedError: The reader may no longer see what it is about, or it no longer concerns them.
    """
    user, entry = notification.recipient, notification.entry
    announcement = ANNOUNCEMENTS[Verb(entry.verb)]
    template = announcement.template
    if not announcement.concerns(entry, user):
        raise NotWantedError(Sending.Why.SETTLED)
    with translation.override(user.language):
        path = _path(notification, announcement)
        coming = invited(user, entry) if announcement.invites else None
        context = context_of(entry, announcement, user, path=path, coming=coming)
        same_to_many = template == "notice" and coming is None
        mail = Letter(template, context, to=user) if same_to_many else written(template, context, to=user)
        mail.extra_headers |= unsubscribing.headers(user, announcement.kind)
        if coming:
            coming.attach(mail)
        return mail


def look_up(rows: list[Notification]) -> None:
    """Ask for a batch at once where each mail leads, and which of their readers may still go there.

    What cannot be looked up is left to be asked, and to fail, one by one.
    """
    by_thing: defaultdict[tuple[int, Any], list[Notification]] = defaultdict(list)
    for row in rows:
        if ANNOUNCEMENTS[Verb(row.entry.verb)].template == "notice":
            by_thing[row.entry.target_type_id, row.entry.target_id].append(row)
    for (_type, pk), about in by_thing.items():
        with contextlib.suppress(LookupError, AttributeError, ValueError):
            _look_up(about, pk)


def _look_up(about: list[Notification], pk: Any) -> None:
    model: Any = about[0].entry.target_type.model_class()
    found = model._default_manager.filter(pk=pk).select_related(*LEADS_THROUGH.get(model, ())).first()
    path = found.get_absolute_url() if hasattr(found, "get_absolute_url") else ""
    readers = who_sees(model, pk, [row.recipient for row in about]) if path else set()
    for row in about:
        row.path = path if row.recipient_id in readers else ""


def _path(notification: Notification, announcement: Announcement) -> str:
    if announcement.template == "set_password":
        return set_password_path(notification.recipient)
    if announcement.template != "notice":
        return ""
    if notification.path is None:
        look_up([notification])
    if not notification.path:
        raise NotWantedError(Sending.Why.UNSEEN)
    return notification.path


def context_of(
    entry: Entry, announcement: Announcement, user: User, *, path: str, coming: Invited | None = None
) -> dict[str, Any]:
    """What the templates of a notice are filled with, in the language in force."""
    return {
        "name": user.name,
        "sentence": str(announcement.sentence) % entry.data,
        "because": str(announcement.because),
        "starts_at": parse_datetime(entry.data.get("starts_at", "")),
        "place": entry.data.get("place", ""),
        "action": str(announcement.action),
        "url": f"{settings.SITE_URL}{path}" if path else "",
        "answer_at": coming.answer_at if coming else "",
        "settings_url": f"{settings.SITE_URL}{reverse('web:notification_settings')}",
        "site": settings.SITE_URL,
        "language": user.language,
    }


def written(template: str, context: dict[str, Any], *, to: User) -> EmailMultiAlternatives:
    """A mail from a template's two forms; ``sentence`` is its subject."""
    mail = EmailMultiAlternatives(
        subject=" ".join(context["sentence"].split()),
        body=render_to_string(f"email/{template}.txt", context),
        to=[to.email],
    )
    mail.attach_alternative(render_to_string(f"email/{template}.html", context).lstrip(), "text/html")
    return mail


def put_into_envelope(row: Sending, mail: EmailMultiAlternatives) -> None:
    """Give a mail what it needs on its way: a name it keeps at every attempt, and where it comes back to.

    The Message-ID is the same at every attempt, so that a mail handed over twice is recognised by the mailbox.
    """
    key = key_of(row)
    mail.extra_headers["Message-ID"] = message_id(row)
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    if back := addresses.signed("bounce", key):
        mail.extra_headers["From"] = settings.DEFAULT_FROM_EMAIL
        mail.from_email = back
        if "List-Unsubscribe" in mail.extra_headers:
            mail.extra_headers["List-Unsubscribe"] += f", <mailto:{addresses.signed('unsubscribe', key)}>"


def message_id(row: Sending) -> str:
    """The Message-ID of a row's mail."""
    return f"<{row._meta.model_name}-{row.pk}@{urlsplit(settings.SITE_URL).hostname}>"


def key_of(row: Sending) -> str:
    """A row as the addresses made for its mail name it."""
    letter = next(letter for letter, model in LETTERS.items() if isinstance(row, model))
    return f"{letter}{row.pk}"


def row_of(key: str) -> Sending | None:
    """The row an address names; None once it is gone."""
    model = LETTERS.get(key[:1])
    if model is None or not key[1:].isdigit():
        return None
    return model._default_manager.filter(pk=int(key[1:])).select_related("recipient").first()


def set_password_path(user: User) -> str:
    """A link that lets its bearer set this person's password once, for as long as ``PASSWORD_RESET_TIMEOUT``."""
    uid, key = user_pk_to_url_str(user), default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
