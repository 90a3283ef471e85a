"""What a council that is open to the public announced and decided, for programs that read news (Atom, RFC 4287)."""

import datetime as dt
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from council.core import clock
from council.decisions.models import Decision
from council.meetings.models import Meeting
from council.people.models import Council

MEDIA_TYPE = "application/atom+xml"
TOLD = 50
"""How many entries a feed has, the newest."""


@dataclass(frozen=True)
class _News:
    """One entry."""

    id: UUID
    title: str
    text: str
    link: str
    published: dt.datetime
    updated: dt.datetime


def atom(council: Council) -> str:
    """The newest announcements and decisions of a council, in the language in force."""
    address = settings.SITE_URL + reverse("api:public-councils-detail", args=[council.pk])
    feed = Atom1Feed(
        title=str(council),
        link=address,
        description=council.purpose,
        language=translation.get_language(),
        feed_url=settings.SITE_URL + reverse("api:public-councils-news", args=[council.pk]),
        feed_guid=council.pk.urn,
    )
    newest = sorted([*_meetings(council), *_decisions(council)], key=attrgetter("updated", "published"), reverse=True)
    for each in newest[:TOLD]:
        feed.add_item(
            each.title,
            each.link,
            each.text,
            unique_id=each.id.urn,
            pubdate=each.published,
            updateddate=each.updated,
        )
    return str(feed.writeString("utf-8"))


def _meetings(council: Council) -> list[_News]:
    newest = Meeting.objects.public().filter(council=council).order_by("-modified_at")[:TOLD]
    return [
        _News(
            meeting.pk,
            f"{_headline(meeting)}: {meeting.title}",
            " · ".join(filter(None, [_when(meeting.starts_at), meeting.place, meeting.cancelled_reason])),
            settings.SITE_URL + reverse("api:public-meetings-detail", args=[meeting.pk]),
            meeting.convened_at or meeting.created_at,
            meeting.modified_at,
        )
        for meeting in newest
    ]


def _headline(meeting: Meeting) -> str:
    match meeting.state:
        case Meeting.State.CANCELLED:
            return _("Meeting called off")
        case Meeting.State.CLOSED:
            return _("Meeting held")
        case _state:
            return _("Meeting announced")


def _when(moment: dt.datetime) -> str:
    return date_format(moment.astimezone(clock.SEOUL), "DATETIME_FORMAT")


def _decisions(council: Council) -> list[_News]:
    newest = Decision.objects.public().filter(council=council).order_by("-modified_at")[:TOLD]
    return [
        _News(
            decision.pk,
            _("Decision %(number)s: %(title)s") % {"number": decision.number, "title": decision.title},
            decision.text,
            settings.SITE_URL + reverse("api:public-decisions-detail", args=[decision.pk]),
            decision.created_at,
            decision.modified_at,
        )
        for decision in newest
    ]
