"""Every mail there is, made of sample data: to be looked at before one of them goes to thousands."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.announcing import Announcement
from council.notifications.digesting import Group, Line, Place
from council.notifications.kinds import MAIL
from council.notifications.log import Preview
from council.notifications.mails import written
from council.notifications.messages import Notice
from council.notifications.models import Channel, Notification
from council.people.models import User

LANGUAGES = [code for code, _name in settings.LANGUAGES]
DIGEST = "digest"
_STARTS_AT = dt.datetime.fromisoformat("2026-09-05T14:00:00+09:00")
_IN_DIGEST = (Verb.MINUTES_APPROVED, Verb.DECISION_RECORDED, Verb.RECORDING_RELEASED)


@dataclass(frozen=True)
class Sample:
    """One mail of the gallery: by what it is found, and what it is about."""

    name: str
    kind: str
    sentence: str


class _Words(dict[str, Any]):
    """Something for every word an announcement may ask for."""

    def __missing__(self, key: str) -> str:
        return str(_WORDS.get(key, key))


_WORDS = {
    "title": gettext_lazy("First plenary meeting"),
    "council": gettext_lazy("Council for smart manufacturing"),
    "meeting": gettext_lazy("First plenary meeting"),
    "organisation": gettext_lazy("Nuri Solution"),
    "sender": gettext_lazy("Council for smart manufacturing"),
    "receiver": gettext_lazy("Regional council"),
    "person": gettext_lazy("Kim Ha-neul"),
    "member": gettext_lazy("Lee Ba-da"),
    "name": gettext_lazy("opinions.xlsx"),
    "number": 7,
    "reason": gettext_lazy("Rules of procedure, article 7"),
    "due_on": "2026-09-30",
    "until": "2026-09-12",
}


def samples() -> Iterator[Sample]:
    """Every announcement that goes by mail at once, and the digest, in the language in force."""
    for verb, announcement in ANNOUNCEMENTS.items():
        if MAIL in announcement.channels:
            yield Sample(verb.name.lower(), str(announcement.kind.label), _sentence(announcement))
    yield Sample(DIGEST, _("Digest"), _("Everything since the last, in one mail"))


def sample(name: str, language: str) -> Preview:
    """One mail of the gallery.

    Raises:
        KeyError: There is none of that name.
    """
    reader = User(
        name="김하늘" if language == "ko" else "Kim Ha-neul", email="reader@council.example", language=language
    )
    with translation.override(language):
        if name == DIGEST:
            template, context = DIGEST, _digest(reader)
        else:
            announcement = ANNOUNCEMENTS[Verb[name.upper()]]
            template, context = announcement.template, _context(announcement, reader)
        mail = written(template, context, to=reader)
    [html] = [content for content, mimetype in mail.alternatives if mimetype == "text/html"]
    return Preview(str(mail.subject), str(mail.body), str(html))


def _sentence(announcement: Announcement) -> str:
    return str(announcement.sentence) % _Words()


def _context(announcement: Announcement, reader: User) -> dict[str, Any]:
    nowhere = f"{settings.SITE_URL}/"
    return {
        "name": reader.name,
        "sentence": _sentence(announcement),
        "because": announcement.because,
        "starts_at": _STARTS_AT if announcement.invites else None,
        "place": _("Meeting room 2, Sejong") if announcement.invites else "",
        "action": announcement.action,
        "url": nowhere,
        "answer_at": f"{nowhere}rsvp/" if announcement.invites else "",
        "settings_url": f"{settings.SITE_URL}{reverse('web:notification_settings')}",
        "site": settings.SITE_URL,
        "language": reader.language,
    }


def _digest(reader: User) -> dict[str, Any]:
    nowhere = f"{settings.SITE_URL}/"
    about_meeting = [_line(verb, times) for verb, times in zip(_IN_DIGEST, (1, 3, 1), strict=True)]
    groups = [
        Group(str(_WORDS["council"]), [Place(str(_WORDS["title"]), nowhere, about_meeting)]),
        Group(str(_WORDS["receiver"]), [Place("", "", [_line(Verb.VERSION_PUBLISHED)])]),
    ]
    return {
        "name": reader.name,
        "sentence": about_meeting[0].sentence,
        "groups": groups,
        "rest": 5,
        "notices_url": f"{settings.SITE_URL}{reverse('web:notices')}",
        "settings_url": f"{settings.SITE_URL}{reverse('web:notification_settings')}",
        "unsubscribe_url": nowhere,
        "site": settings.SITE_URL,
        "language": reader.language,
    }


def _line(verb: Verb, times: int = 1) -> Line:
    announcement = ANNOUNCEMENTS[verb]
    notification = Notification(
        entry=Entry(verb=verb, at=_STARTS_AT),
        channel=Channel.DIGEST,
        created_at=_STARTS_AT,
    )
    sentence = _sentence(announcement)
    notice = Notice(
        notification,
        kind=announcement.kind,
        sentence=sentence,
        because=str(announcement.because),
        action=str(announcement.action),
        path="/",
    )
    return Line(notice, sentence, f"{settings.SITE_URL}/", times)
