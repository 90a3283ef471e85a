"""Push messages: claim, hand over to the reader's browsers, mark; and which browsers those are."""

import datetime as dt
import hashlib
import json
import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.integrations import outgoing
from council.journal.verbs import Verb
from council.notifications import quiet, webpush
from council.notifications.actions.sending import failed, mark
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.announcing import Announcement
from council.notifications.claiming import claimed
from council.notifications.messages import notices
from council.notifications.models import Browser, Channel, Kind, Notification, Sending
from council.people.models import User

log = logging.getLogger(__name__)

MOST_BROWSERS = 20
FRESH = dt.timedelta(days=1)
"""How long a push message is worth delivering."""
FLEETING = dt.timedelta(minutes=10)
"""The same, while a meeting runs."""
GONE = (404, 410)
LATER = (408, 425, 429)


def push_messages(*, limit: int = 50) -> int:
    """Send waiting push messages, each to all browsers of its reader.

    Returns:
        How many were dealt with; 0 when none is waiting.
    """
    waiting = Notification.objects.waiting().filter(channel=Channel.PUSH)
    with claimed(waiting.select_related("entry__target_type", "recipient"), limit) as rows:
        for row in rows:
            try:
                _push(row)
            except Exception as error:  # whatever is wrong with one message must not keep the others waiting
                log.warning("push message %s was not sent: %s", row.pk, error)
                failed(row, f"{type(error).__name__}: {error}")
            mark(row)
        return len(rows)


def _push(row: Notification) -> None:
    announcement = ANNOUNCEMENTS[Verb(row.entry.verb)]
    if until := quiet.until(row.recipient, announcement.kind):
        row.retry_at = until
        return
    if why := _why_not(row, announcement):
        row.give_up(why)
        return
    message = _message(row, announcement)
    if message is None:
        row.give_up(Sending.Why.UNSEEN)
        return
    headers = _headers(row, announcement)
    answers = [_hand_over(browser, message, headers) for browser in row.recipient.browsers.all()]
    if True in answers:
        row.attempts += 1
        row.sent_at, row.error, row.retry_at = clock.now(), "", None
    elif None in answers:
        failed(row, "no push service took it")
    else:
        row.give_up(Sending.Why.ADDRESS, "no browser is left")


def _why_not(row: Notification, announcement: Announcement) -> Sending.Why | None:
    """What has made a message needless since it was written: time, a look at the page, or the thing being done."""
    if clock.now() - row.created_at > _worth(announcement) or not row.recipient.is_active:
        return Sending.Why.UNWANTED
    seen = row.recipient.notifications.on_screen().filter(entry=row.entry_id, read_at__isnull=False)
    if seen.exists() or not announcement.concerns(row.entry, row.recipient):
        return Sending.Why.SETTLED
    return None


def _worth(announcement: Announcement) -> dt.timedelta:
    return FLEETING if announcement.kind == Kind.LIVE else FRESH


def _message(row: Notification, announcement: Announcement) -> bytes | None:
    """What the browser shows; None where the reader may no longer see what it is about."""
    with translation.override(row.recipient.language):
        [notice] = notices(row.recipient, [row])
        if not notice.path:
            return None
        shown = {
            "title": str(announcement.kind.label),
            "body": notice.sentence[:500],
            "url": f"{settings.SITE_URL}{notice.path}",
            "tag": _topic(row),
            "lang": row.recipient.language,
        }
    return json.dumps(shown, ensure_ascii=False).encode()


def _topic(row: Notification) -> str:
    """One name for one thing: what is newer replaces what a browser has not fetched yet (RFC 8030, 5.4)."""
    about = f"{row.entry.target_type_id}:{row.entry.target_id}"
    return webpush.b64(hashlib.sha256(about.encode()).digest())[:32]


def _headers(row: Notification, announcement: Announcement) -> dict[str, str]:
    left = row.created_at + _worth(announcement) - clock.now()
    urgency = "high" if announcement.kind == Kind.LIVE or announcement.duty else "normal"
    return {
        "TTL": str(max(int(left.total_seconds()), 0)),
        "Urgency": urgency,
        "Topic": _topic(row),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }


def _hand_over(browser: Browser, message: bytes, headers: dict[str, str]) -> bool | None:
    """Whether the push service took a message: yes; no, and it never will, so that the browser is forgotten; not now."""
    body = webpush.encrypted_for(browser.key, browser.secret, message)
    signed = headers | {"Authorization": webpush.authorization(browser.endpoint)}
    try:
        answer = outgoing.post(browser.endpoint, body=body, headers=signed)
    except outgoing.ForbiddenError:
        status = GONE[0]
    except outgoing.UnreachedError:
        return None
    else:
        status = answer.status
    if 200 <= status < 300:
        Browser.objects.filter(pk=browser.pk).update(last_used_at=clock.now())
        return True
    if status in GONE:
        Browser.objects.filter(pk=browser.pk).delete()
        return False
    return None if status in LATER or status >= 500 else False


@transaction.atomic
def add_browser(*, endpoint: str, key: str, secret: str, name: str, by: User) -> Browser:
    """Let a browser receive push messages; one that someone else used before is theirs no more.

    Raises:
        Refused: There are no push messages here, or one has too many browsers.
        ValidationError: The subscription is none.
    """
    if not settings.PUSH_KEY:
        raise Refused(_("This site sends no push messages."))
    problems: dict[str, list[Any]] = {}
    try:
        outgoing.check_url(endpoint)
    except outgoing.ForbiddenError as error:
        problems["endpoint"] = [str(error)]
    if not webpush.is_key(key):
        problems["key"] = [_("This is no key of a browser.")]
    if not webpush.is_secret(secret):
        problems["secret"] = [_("This is no secret of a browser.")]
    if problems:
        raise ValidationError(problems)
    others = Browser.objects.visible_to(by).exclude(endpoint=endpoint)
    if others.count() >= MOST_BROWSERS:
        raise Refused(_("You have as many browsers as there can be; remove one first."))
    fields: dict[str, Any] = {"user": by, "key": key, "secret": secret, "name": name[:80], "modified_at": clock.now()}
    browser, _made = Browser.objects.update_or_create(endpoint=endpoint, defaults=fields)
    return browser


@transaction.atomic
def remove_browser(browser: Browser, *, by: User) -> None:
    """Send no more push messages to one of one's browsers."""
    Browser.objects.visible_to(by).filter(pk=browser.pk).delete()
