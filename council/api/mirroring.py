"""Who is told which changes: set-based, one question for each kind of thing on a page."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from rest_framework.reverse import reverse

from council.api.seeing import visible
from council.decisions import models as decisions
from council.documents import models as documents
from council.journal.events import EVENTS, Told
from council.journal.feed import Place, newest, read
from council.journal.models import Change, Entry, Tombstone
from council.meetings import models as meetings
from council.opinions import models as opinions
from council.people import models as people
from council.people.models import Membership, User
from council.people.scopes import Area, needed

CHANGED = "changed"
READ_AHEAD = 400
TEXTS = ("documents", "versions", "passages", "attachments")


@dataclass(frozen=True)
class Mirror:
    """A noun other systems copy."""

    model: type[Model]
    area: Area


NOUNS: dict[str, Mirror] = {
    "organisations": Mirror(people.Organisation, Area.COUNCILS),
    "councils": Mirror(people.Council, Area.COUNCILS),
    "seats": Mirror(people.Seat, Area.COUNCILS),
    "subcommittees": Mirror(people.Subcommittee, Area.COUNCILS),
    "memberships": Mirror(people.Membership, Area.COUNCILS),
    "documents": Mirror(documents.Document, Area.DOCUMENTS),
    "versions": Mirror(documents.Version, Area.DOCUMENTS),
    "passages": Mirror(documents.Passage, Area.DOCUMENTS),
    "attachments": Mirror(documents.Attachment, Area.DOCUMENTS),
    "series": Mirror(meetings.Series, Area.MEETINGS),
    "meeting-templates": Mirror(meetings.MeetingTemplate, Area.MEETINGS),
    "meetings": Mirror(meetings.Meeting, Area.MEETINGS),
    "agenda-items": Mirror(meetings.AgendaItem, Area.MEETINGS),
    "proposals": Mirror(meetings.Proposal, Area.MEETINGS),
    "referrals": Mirror(meetings.Referral, Area.MEETINGS),
    "invitations": Mirror(meetings.Invitation, Area.MEETINGS),
    "alternates": Mirror(meetings.Alternate, Area.MEETINGS),
    "recusals": Mirror(meetings.Recusal, Area.MEETINGS),
    "attendance": Mirror(meetings.Attendance, Area.MEETINGS),
    "floor-requests": Mirror(meetings.FloorRequest, Area.MEETINGS),
    "statements": Mirror(meetings.Statement, Area.MEETINGS),
    "minutes": Mirror(decisions.Minutes, Area.MINUTES),
    "sections": Mirror(decisions.Section, Area.MINUTES),
    "corrections": Mirror(decisions.Correction, Area.MINUTES),
    "recordings": Mirror(decisions.Recording, Area.MINUTES),
    "ballots": Mirror(decisions.Ballot, Area.DECISIONS),
    "decisions": Mirror(decisions.Decision, Area.DECISIONS),
    "actions": Mirror(decisions.Action, Area.DECISIONS),
    "consultations": Mirror(opinions.Consultation, Area.OPINIONS),
    "replies": Mirror(opinions.Reply, Area.OPINIONS),
    "opinions": Mirror(opinions.Opinion, Area.OPINIONS),
    "redactions": Mirror(opinions.Redaction, Area.OPINIONS),
    "reports": Mirror(opinions.Report, Area.OPINIONS),
    "campaigns": Mirror(opinions.Campaign, Area.OPINIONS),
    "points": Mirror(opinions.Point, Area.ANSWERS),
    "dispositions": Mirror(opinions.Disposition, Area.ANSWERS),
    "objections": Mirror(opinions.Objection, Area.ANSWERS),
    "answer-templates": Mirror(opinions.AnswerTemplate, Area.ANSWERS),
}
NOUN_OF = {mirror.model: noun for noun, mirror in NOUNS.items()}
NAMELESS = {"redactions"}  # the public form of a confidential opinion does not say whose it is


@dataclass
class Line:
    """One change as it is told.

    Attributes:
        event: What happened, by the catalogue; ``changed`` where something else that happened changed it too.
        gone: Whether it is no longer there for the caller.
    """

    place: Place
    at: Any
    event: str
    noun: str
    id: UUID
    council: UUID | None
    organisation: UUID | None
    gone: bool = False

    @property
    def cursor(self) -> str:
        """Where the feed goes on after it."""
        return self.place.cursor

    @property
    def path(self) -> str | None:
        """Where it is read."""
        return None if self.gone else reverse(f"api:{self.noun}-detail", args=[self.id])


@dataclass
class Page:
    """Some changes, and how to go on.

    Attributes:
        cursor: Where to go on, also when there is nothing to tell.
        more: Whether there is more by now.
        standing: Stays the same as long as the caller is who they are in their councils.
        nouns: What is told of, as far as the caller's token opens it.
    """

    cursor: str
    more: bool
    standing: str
    nouns: list[str]
    changes: list[Line] = field(default_factory=list)


class Standing:
    """Who someone is: their seats, the offices they hold, the meetings they come to for another."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def seats(self) -> list[Membership]:
        """The memberships that run today."""
        return list(
            Membership.objects.current().filter(user=self.user.pk).select_related("organisation").order_by("pk")
        )

    @property
    def councils(self) -> set[UUID]:
        """Where they sit."""
        return {seat.council_id for seat in self.seats}

    @property
    def run(self) -> set[UUID]:
        """What they run."""
        return {seat.council_id for seat in self.seats if seat.role in Membership.OFFICERS}

    @property
    def organisations(self) -> set[UUID]:
        """Whom they speak for."""
        return {seat.organisation_id for seat in self.seats if seat.role != Membership.Role.OBSERVER}

    @property
    def parents(self) -> set[UUID]:
        """Whose texts they write: their organisations, and those these are offices of."""
        bodies = (seat.organisation for seat in self.seats)
        return {pk for body in bodies for pk in (body.pk, body.parent_id) if pk}

    @property
    def answering(self) -> set[UUID]:
        """Where they answer opinions."""
        government = people.Organisation.Kind.CENTRAL_GOVERNMENT
        return {seat.council_id for seat in self.seats if seat.organisation.kind == government} | self.run

    def digest(self, scopes: Collection[str] | None) -> str:
        """All on which it depends what they see, but for the things themselves: a new one asks for a full listing."""
        seats = [(seat.pk, seat.council_id, seat.role, seat.organisation_id, seat.coordinates) for seat in self.seats]
        own = Q(membership__user=self.user.pk) | Q(invitation__alternate__user=self.user.pk)
        recused = meetings.Recusal.objects.granted().filter(own).order_by("pk").values_list("pk", flat=True)
        mandates = meetings.Alternate.objects.filter(user=self.user.pk).order_by("pk").values_list("pk", flat=True)
        known = [self.user.is_staff, seats, list(mandates.distinct()), list(recused.distinct())]
        return hashlib.sha256(repr([*known, sorted(scopes or ())]).encode()).hexdigest()[:16]

    def had_seen(self, seen_by: Iterable[UUID]) -> Q:
        """Changes and tombstones of what they may have seen before; ``seen_by`` are all those that are asked about."""
        closed = meetings.Meeting.objects.entitled_to(self.user).filter(pk__in=set(seen_by))
        mine = {self.user.pk} | self.organisations | self.councils | set(closed.values_list("pk", flat=True))
        return (
            Q(seen_by__in=mine)
            | Q(council_id__in=self.run, seen_by=None)
            | (Q(council_id__in=self.run) & ~Q(noun="opinions"))
            | Q(noun__in=TEXTS, seen_by__in=self.parents)
            | Q(noun="answer-templates", council_id__in=self.answering)
        )


def changes(
    user: User,
    after: str,
    *,
    limit: int,
    scopes: Collection[str] | None = None,
    council: UUID | None = None,
    noun: str = "",
) -> Page:
    """What someone is told of what changed after a cursor, in order.

    Args:
        scopes: What the caller's token opens; everything for ``None``.
        council: Of one council alone.
        noun: About one kind of thing alone.

    Raises:
        ValidationError: There is no such cursor.
    """
    standing = Standing(user)
    place = Place.of(after)
    narrowed = {"council_id": council} if council else {}
    lines = read(place, limit=READ_AHEAD, **narrowed)
    open_nouns = {name for name, each in NOUNS.items() if scopes is None or needed(each.area, writing=False) in scopes}
    told = _told(standing, lines, open_nouns & {noun} if noun else open_nouns)
    shown = told[:limit]
    full = len(told) > limit
    last = shown[-1].place if full else lines[-1][0] if lines else place
    more = full or len(lines) == READ_AHEAD
    return Page(last.cursor, more, standing.digest(scopes), sorted(open_nouns), shown)


def end() -> str:
    """The cursor after everything there is: whoever lists everything next misses nothing that comes behind it."""
    return newest().cursor


def _told(standing: Standing, lines: list[tuple[Place, Entry | Change]], nouns: set[str]) -> list[Line]:
    found = [line for line in map(_line, lines, _targets(lines)) if line and line.noun in nouns]
    ids: dict[str, set[UUID]] = defaultdict(set)
    for line in found:
        ids[line.noun].add(line.id)
    seen = {
        noun: set(visible(NOUNS[noun].model, standing.user).filter(pk__in=keys).values_list("pk", flat=True))
        for noun, keys in ids.items()
    }
    rows = dict(lines)
    lost = [rows[line.place] for line in found if line.place.kind and line.id not in seen[line.noun]]
    missed = _missed(standing, [change for change in lost if isinstance(change, Change) and not change.inside])
    board = _on_board(standing, rows.values(), ids)
    named = {
        (line.place.seal, line.noun, line.id)
        for line in found
        if not line.place.kind and _may_be_told(standing, rows[line.place], line, board)
    }
    told = []
    for line in found:
        row = rows[line.place]
        if isinstance(row, Change) and row.pk in missed:
            told.append(_gone(line))
        elif isinstance(row, Change) and (line.place.seal, line.noun, line.id) in named:
            continue
        elif line.id in seen[line.noun] and _may_be_told(standing, row, line, board):
            told.append(line)
    return told


def _targets(lines: list[tuple[Place, Entry | Change]]) -> list[tuple[str, UUID] | None]:
    """Noun and id of what each line is about; what has no noun of its own is told as the thing it stands in."""
    annexes = [row.target_id for _place, row in lines if isinstance(row, Entry) and _model(row) is decisions.Annex]
    minutes: Mapping[UUID, UUID] = {}
    if annexes:
        minutes = dict(decisions.Annex.objects.filter(pk__in=annexes).values_list("pk", "minutes"))
    targets: list[tuple[str, UUID] | None] = []
    for _place, row in lines:
        if isinstance(row, Change):
            targets.append((row.noun, row.thing_id))
        elif _model(row) is decisions.Annex:
            targets.append(("minutes", minutes[row.target_id]) if row.target_id in minutes else None)
        else:
            noun = NOUN_OF.get(_model(row))
            targets.append((noun, row.target_id) if noun else None)
    return targets


def _model(entry: Entry) -> Any:
    return ContentType.objects.get_for_id(entry.target_type_id).model_class()


def _line(line: tuple[Place, Entry | Change], target: tuple[str, UUID] | None) -> Line | None:
    place, row = line
    if target is None or (isinstance(row, Entry) and row.verb not in EVENTS):
        return None
    noun, pk = target
    if isinstance(row, Change):
        return Line(place, row.at, CHANGED, noun, pk, row.council_id, None)
    organisation = None if noun in NAMELESS else row.organisation_id
    return Line(place, row.at, EVENTS[row.verb].name, noun, pk, row.council_id, organisation)  # type: ignore[index]  # a verb is its word


def _gone(line: Line) -> Line:
    line.gone = True
    return line


def _missed(standing: Standing, lost: list[Change]) -> set[int]:
    """Which changes are of things the caller had seen and sees no more."""
    if not lost:
        return set()
    had_seen = standing.had_seen(change.seen_by for change in lost if change.seen_by)
    return set(Change.objects.filter(had_seen, pk__in=[change.pk for change in lost]).values_list("pk", flat=True))


def _on_board(standing: Standing, rows: Iterable[Entry | Change], ids: Mapping[str, set[UUID]]) -> set[UUID]:
    """The opinions and points on whose board the caller works, where that is asked."""
    if not any(row.inside if isinstance(row, Change) else _to(row) == Told.OFFICE for row in rows):
        return set()
    found: set[UUID] = set()
    for model in (opinions.Opinion, opinions.Point):
        things: QuerySet[Any] = model._default_manager.filter(pk__in=ids.get(NOUN_OF[model], ()))
        office = Q(consultation__office__in=standing.organisations)
        assigned = Q(consultation__points__office__in=standing.organisations)
        on_board = Q(council__in=standing.run) | (Q(council__in=standing.councils) & (office | assigned))
        found |= set(things.filter(on_board).values_list("pk", flat=True))
    return found


def _to(entry: Entry) -> Told | None:
    event = EVENTS.get(entry.verb)  # type: ignore[call-overload]  # a verb is its word
    return event.told if event else None


def _may_be_told(standing: Standing, row: Entry | Change, line: Line, board: set[UUID]) -> bool:
    if isinstance(row, Change):
        return not row.inside or line.id in board
    match _to(row):
        case Told.OFFICE:
            return line.id in board
        case Told.OFFICERS:
            return line.council in standing.run
        case Told.ORGANISATION:
            return row.organisation_id in standing.organisations or row.actor_id == standing.user.pk
    return True


def tombstones(user: User, scopes: Collection[str] | None) -> QuerySet[Tombstone]:
    """What was deleted that someone may have seen."""
    nouns = [name for name, each in NOUNS.items() if scopes is None or needed(each.area, writing=False) in scopes]
    rows = Tombstone.objects.filter(noun__in=nouns)
    closed = rows.exclude(seen_by=None).filter(seen_by__in=meetings.Meeting.objects.entitled_to(user).values("pk"))
    return rows.filter(Standing(user).had_seen(()) | Q(pk__in=closed.values("pk")))
