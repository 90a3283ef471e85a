"""Writing a digest: what happened, by council and by meeting or consultation, the newest first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from council.notifications import unsubscribing
from council.notifications.messages import Notice, notices
from council.notifications.models import Digest
from council.notifications.places import places_of
from council.people.models import Council, User

MOST_LINES = 100


@dataclass(frozen=True)
class Line:
    """One thing that happened: what, why one is told, where it leads; ``times`` if it happened again and again."""

    notice: Notice
    sentence: str
    url: str
    times: int = 1


@dataclass(frozen=True)
class Place:
    """What happened at one meeting or in one consultation; elsewhere, without a title."""

    title: str
    url: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """What happened in one council; to oneself, without a name."""

    name: str
    places: list[Place]


def compose_digest(digest: Digest) -> EmailMultiAlternatives | None:
    """Write the mail of a digest in its reader's language.

    Returns:
        The mail, or ``None`` where the reader may no longer see anything of what it was to tell.
    """
    user = digest.recipient
    rows = digest.notifications.select_related("entry__target_type").order_by("-entry__at", "-id")
    with translation.override(user.language):
        shown = [notice for notice in notices(user, rows) if notice.path] if user.is_active else []
        if not shown:
            return None
        context = digest_context(user, shown)
        mail = EmailMultiAlternatives(
            subject=" ".join(context["sentence"].split()),
            body=render_to_string("email/digest.txt", context),
            to=[user.email],
            headers=unsubscribing.headers(user),
        )
        mail.attach_alternative(render_to_string("email/digest.html", context).lstrip(), "text/html")
        return mail


def digest_context(user: User, shown: Sequence[Notice]) -> dict[str, Any]:
    """What the templates of a digest are filled with, in the language in force.

    Args:
        user: The reader.
        shown: What they are told and may see, the newest first.
    """
    first, rest = shown[:MOST_LINES], shown[MOST_LINES:]
    groups = grouped(user, first)
    [newest, *others] = [line.sentence for group in groups for place in group.places for line in place.lines]
    sentence = newest
    if others:
        more = ngettext("%(first)s, and %(number)d more", "%(first)s, and %(number)d more", len(shown) - 1)
        sentence = more % {"first": newest, "number": len(shown) - 1}
    return {
        "name": user.name,
        "sentence": sentence,
        "groups": groups,
        "rest": len(rest),
        "notices_url": f"{settings.SITE_URL}{reverse('web:notices')}",
        "settings_url": f"{settings.SITE_URL}{reverse('web:notification_settings')}",
        "unsubscribe_url": unsubscribing.address(user),
        "site": settings.SITE_URL,
        "language": user.language,
    }


def grouped(user: User, shown: Iterable[Notice]) -> list[Group]:
    """Notices by council, then by meeting or consultation, then by thing; what is newest comes first on each level."""
    shown = list(shown)
    places = places_of(notice.notification.entry for notice in shown)
    titles = _titles(user, set(places.values()))
    names = dict(
        Council.objects.filter(pk__in={notice.notification.entry.council_id for notice in shown}).values_list(
            "pk", "name"
        )
    )
    times = Counter(_sameness(notice) for notice in shown)
    councils: dict[Any, dict[Any, dict[Any, list[Line]]]] = {}
    seen = set()
    for notice in shown:
        if (same := _sameness(notice)) in seen:
            continue
        seen.add(same)
        entry = notice.notification.entry
        key = places.get(entry.pk)
        key = key if key in titles else None
        title = titles[key][0] if key else ""
        sentence = notice.sentence.removesuffix(f": {title}") if title else notice.sentence
        line = Line(notice, sentence, f"{settings.SITE_URL}{notice.path}", times[same])
        things = councils.setdefault(entry.council_id, {}).setdefault(key, {})
        things.setdefault((entry.target_type_id, entry.target_id), []).append(line)
    return [
        Group(
            names.get(council, ""),
            [
                Place(*titles.get(key, ("", "")), [line for lines in things.values() for line in lines])
                for key, things in by_place.items()
            ],
        )
        for council, by_place in councils.items()
    ]


def _sameness(notice: Notice) -> tuple[Any, ...]:
    entry = notice.notification.entry
    return entry.verb, entry.target_type_id, entry.target_id, notice.sentence


def _titles(user: User, keys: Iterable[tuple[type[Model], Any]]) -> dict[Any, tuple[str, str]]:
    """Title and address of the meetings and consultations that the reader may see."""
    by_model: dict[Any, set[Any]] = {}
    for model, pk in keys:
        by_model.setdefault(model, set()).add(pk)
    return {
        (model, thing.pk): (str(thing), f"{settings.SITE_URL}{thing.get_absolute_url()}")
        for model, ids in by_model.items()
        for thing in model.objects.visible_to(user).filter(pk__in=ids)
    }


def waiting_sentence(number: int) -> str:
    """How much waits for the next digest, in words."""
    text = ngettext("%(number)d notice waits for it.", "%(number)d notices wait for it.", number)
    return text % {"number": number} if number else _("Nothing waits for it, so none would be sent.")
