"""Councils open to the public as objects of OParl 1.1 (https://oparl.org/spezifikation/), a standard for council data.

A body is the organisation that runs councils, its organisations are the councils and their subcommittees. Persons,
papers and files are not given out, so their lists are empty. An object's id is its address.
"""

import datetime as dt
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from council.decisions.models import Decision
from council.meetings.models import AgendaItem, Meeting
from council.people.models import Council, Organisation, Subcommittee

VERSION = "https://schema.oparl.org/1.1/"
NOT_GIVEN_OUT = ("person", "paper", "consultation", "file", "membership", "locationList", "legislativeTermList")
"""External lists of a body that a client may expect and that are empty here."""

Object = dict[str, Any]


def url(name: str, *args: object) -> str:
    """An absolute address."""
    return f"{settings.SITE_URL}{reverse(f'api:oparl-{name}', args=args)}"


def bodies() -> QuerySet[Organisation]:
    """Organisations that run a council open to the public."""
    return Organisation.objects.filter(operated_councils__in=Council.objects.public()).distinct()


def councils() -> QuerySet[Council]:
    """Councils, as organisations."""
    return Council.objects.public()


def subcommittees() -> QuerySet[Subcommittee]:
    """Their subcommittees, as organisations."""
    found: Any = Subcommittee.objects.filter(council__in=Council.objects.public()).select_related("council")
    return cast(QuerySet[Subcommittee], found)


def meetings() -> QuerySet[Meeting]:
    """Open meetings with their open items."""
    items = Prefetch("items", agenda_items().order_by("position"))
    return Meeting.objects.public().select_related("council").prefetch_related(items)


def agenda_items() -> QuerySet[AgendaItem]:
    """Open items with what was decided."""
    decided = Prefetch("decisions", Decision.objects.public().order_by("pk"))
    return AgendaItem.objects.public().prefetch_related(decided)


def system() -> Object:
    """The entry point."""
    return {
        "id": url("system"),
        "type": f"{VERSION}System",
        "oparlVersion": VERSION,
        "body": url("bodies"),
        "name": _("Council"),
        "website": settings.SITE_URL,
    }


def body(organisation: Organisation) -> Object:
    """An organisation that runs councils."""
    lists = {name: url("list", organisation.pk, name) for name in NOT_GIVEN_OUT}
    return {
        **_of(organisation, "Body", "body"),
        "system": url("system"),
        "name": str(organisation),
        "organization": url("list", organisation.pk, "organization"),
        "meeting": url("list", organisation.pk, "meeting"),
        "agendaItem": url("list", organisation.pk, "agendaItem"),
        "legislativeTerm": [],
        "classification": organisation.get_kind_display(),
        **lists,
    }


def of_council(council: Council) -> Object:
    """A council."""
    return {
        **_of(council, "Organization", "organization"),
        "body": url("body", council.operator_id),
        "name": str(council),
        "meeting": url("meetings-of", council.pk),
        "membership": [],
        "organizationType": "Gremium",
        "classification": _("Council"),
        "startDate": council.founded_on.isoformat(),
        **({"endDate": council.sunset_on.isoformat()} if council.sunset_on else {}),
    }


def of_subcommittee(subcommittee: Subcommittee) -> Object:
    """A subcommittee (분과)."""
    return {
        **_of(subcommittee, "Organization", "organization"),
        "body": url("body", subcommittee.council.operator_id),
        "name": str(subcommittee),
        "meeting": url("meetings-of", subcommittee.pk),
        "membership": [],
        "organizationType": "Gremium",
        "classification": _("Subcommittee"),
        "subOrganizationOf": url("organization", subcommittee.council_id),
    }


def of_meeting(meeting: Meeting, *, embed: bool = True) -> Object:
    """A meeting; ``embed`` puts its items and place into it, as OParl does unless it is asked not to."""
    inside: Object = {"agendaItem": [of_item(item, inside=True) for item in meeting.items.all()]}
    if meeting.place:
        where = {"id": url("location", meeting.pk), "type": f"{VERSION}Location", "description": meeting.place}
        inside["location"] = where
    return {
        **_of(meeting, "Meeting", "meeting"),
        "name": meeting.title,
        "meetingState": _STATES.get(Meeting.State(meeting.state), "eingeladen"),
        "cancelled": meeting.state == Meeting.State.CANCELLED,
        "start": _moment(meeting.starts_at),
        "end": _moment(meeting.ends_at),
        "organization": [url("organization", meeting.subcommittee_id or meeting.council_id)],
        **(inside if embed else {}),
    }


_STATES = {Meeting.State.PLANNED: "terminiert", Meeting.State.CLOSED: "durchgeführt"}
"""The words OParl recommends; what was convened is ``eingeladen`` until it was held."""


def of_item(item: AgendaItem, *, inside: bool = False) -> Object:
    """An agenda item with its result; ``inside`` its meeting it does not name that."""
    decided = list(item.decisions.all())
    result: Object = {}
    if decided:
        result["result"] = ", ".join(f"{decision.number} {decision.get_state_display()}" for decision in decided)
        result["resolutionText"] = "\n\n".join(decision.text for decision in decided)
    return {
        **_of(item, "AgendaItem", "item"),
        **({} if inside else {"meeting": url("meeting", item.meeting_id)}),
        "number": item.number,
        "order": item.position,
        "name": item.title,
        "public": True,
        **result,
    }


def of_location(meeting: Meeting) -> Object:
    """Where a meeting is held."""
    where = {"id": url("location", meeting.pk), "type": f"{VERSION}Location", "description": meeting.place}
    return {**where, "meetings": [url("meeting", meeting.pk)], **_times(meeting)}


def gone(kind: str, name: str, key: UUID, at: dt.datetime) -> Object:
    """What was deleted: it keeps its address, and says so instead of anything else."""
    moment = _moment(at)
    kept = {"id": url(name, key), "type": f"{VERSION}{kind}"}
    return {**kept, "created": moment, "modified": moment, "deleted": True}


def meetings_of(key: UUID) -> QuerySet[Meeting]:
    """The meetings of a council or of a subcommittee."""
    return meetings().filter(Q(council=key, subcommittee=None) | Q(subcommittee=key))


def _of(thing: Any, kind: str, name: str) -> Object:
    return {"id": url(name, thing.pk), "type": f"{VERSION}{kind}", **_times(thing)}


def _times(thing: Any) -> Object:
    return {"created": _moment(thing.created_at), "modified": _moment(thing.modified_at)}


def _moment(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")
