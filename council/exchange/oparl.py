"""Councils open to the public as objects of OParl 1.1 (https://oparl.org/spezifikation/), a standard for council data.

A body is the organisation that runs councils, its organisations are the councils and their subcommittees. Persons,
papers and files are not given out, so their lists are empty. An object's id is its address. What was public and is no
more keeps its address and stays in the lists, as deleted: that is how clients learn of it.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models import F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from council.decisions.models import Decision
from council.journal.models import Change
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
        "start": in_words(meeting.starts_at),
        "end": in_words(meeting.ends_at),
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


# --- What can be listed, with what was there once --------------------------------------------------------------------


@dataclass(frozen=True)
class Shelf:
    """Things of one kind under one address: those that are public, and those that were.

    Attributes:
        name: Of their address.
        write: Writes one of ``rows``.
        gone: The ``key`` of each that is public no more, since when, and when it was made if that is still known.
    """

    kind: str
    name: str
    rows: QuerySet[Any]
    write: Callable[[Any], Object]
    gone: QuerySet[Any, dict[str, Any]]

    def vanished(self, **narrowed: Any) -> Iterator["Gone"]:
        """What is gone, in order of making; ``key`` may be narrowed down."""
        for row in self.gone.filter(**narrowed).order_by("key").iterator():
            yield Gone(self, row["key"], row["made"] or _made(row["key"]), row["at"])


@dataclass(frozen=True)
class Gone:
    """What was public, and when that ended."""

    shelf: Shelf
    pk: UUID
    created_at: dt.datetime
    modified_at: dt.datetime

    def written(self) -> Object:
        """It keeps its address, and says that it is deleted instead of anything else.

        A body alone keeps its name and its lists, as the schema asks, so that what is deleted with it is found there.
        """
        kept = body(Organisation.objects.get(pk=self.pk)) if self.shelf.kind == "Body" else {}
        return {**kept, **_of(self, self.shelf.kind, self.shelf.name), "deleted": True}


def shelf_of_bodies() -> Shelf:
    """Organisations that run councils."""
    operator = Council.objects.filter(pk=OuterRef("thing_id")).values("operator")
    closed = Change.objects.filter(noun="councils", public=True).annotate(key=Subquery(operator))
    return Shelf("Body", "body", bodies(), body, _grouped(closed.exclude(key=None), bodies()))


def shelf_of_councils(**of: Any) -> Shelf:
    """Councils, of all or of one operator."""
    return _shelf("Organization", "organization", "councils", councils(), of_council, **of)


def shelf_of_subcommittees(**of: Any) -> Shelf:
    """Their subcommittees."""
    return _shelf("Organization", "organization", "subcommittees", subcommittees(), of_subcommittee, **of)


def shelf_of_meetings(**of: Any) -> Shelf:
    """Meetings."""
    return _shelf("Meeting", "meeting", "meetings", meetings(), of_meeting, **of)


def shelf_of_items(**of: Any) -> Shelf:
    """Agenda items."""
    return _shelf("AgendaItem", "item", "agenda-items", agenda_items(), of_item, **of)


def shelf_of_locations() -> Shelf:
    """Where meetings are held."""
    return _shelf("Location", "location", "meetings", meetings(), of_location)


def shelf_of_meetings_of(key: UUID) -> Shelf:
    """The meetings of a council or of a subcommittee; a deleted one is the council's."""
    shelf = shelf_of_meetings()
    parts = Meeting.objects.exclude(subcommittee=None)
    its_own = Q(thing_id__in=parts.filter(subcommittee=key).values("pk"))
    whole = Q(council_id=key) & ~Q(thing_id__in=parts.filter(council=key).values("pk"))
    rows = meetings().filter(Q(council=key, subcommittee=None) | Q(subcommittee=key))
    return Shelf(shelf.kind, shelf.name, rows, shelf.write, shelf.gone.filter(its_own | whole))


def was_body(key: UUID) -> bool:
    """Whether an organisation runs a public council, or did."""
    shelf = shelf_of_bodies()
    return shelf.rows.filter(pk=key).exists() or shelf.gone.filter(key=key).exists()


def _shelf(
    kind: str, name: str, noun: str, rows: QuerySet[Any], write: Callable[[Any], Object], operator: UUID | None = None
) -> Shelf:
    known = Change.objects.filter(noun=noun, public=True).annotate(key=F("thing_id"))
    if operator:
        rows = rows.filter(operator=operator) if rows.model is Council else rows.filter(council__operator=operator)
        known = known.filter(council_id__in=Council.objects.filter(operator=operator).values("pk"))
    return Shelf(kind, name, rows, write, _grouped(known, rows))


def _grouped(known: QuerySet[Any], rows: QuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
    """Those among things once public that are none of ``rows``, and when each was public last."""
    made = rows.model._default_manager.filter(pk=OuterRef("key")).values("created_at")
    lost = known.exclude(key__in=rows.order_by().values("pk"))
    found: QuerySet[Any, dict[str, Any]] = lost.values("key").annotate(at=Max("at"), made=Subquery(made))
    return found


def _made(key: UUID) -> dt.datetime:
    """When an id of version 7 (RFC 9562) was made."""
    return dt.datetime.fromtimestamp((key.int >> 80) / 1000, dt.UTC)


# --- In words --------------------------------------------------------------------------------------------------------


def _of(thing: Any, kind: str, name: str) -> Object:
    return {"id": url(name, thing.pk), "type": f"{VERSION}{kind}", **_times(thing)}


def _times(thing: Any) -> Object:
    return {"created": in_words(thing.created_at), "modified": in_words(thing.modified_at)}


def in_words(moment: dt.datetime) -> str:
    """A moment as OParl writes it."""
    return moment.isoformat(timespec="seconds")
