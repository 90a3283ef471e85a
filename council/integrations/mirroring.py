"""What the change feed and the webhooks say of what changed: to whom, and where to look. The one place for both.

Set-based: one question for each kind of thing among the lines that are asked about.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from council.core.seeing import visible
from council.decisions import models as decisions
from council.documents import models as documents
from council.exchange import models as exchange
from council.findings import models as findings
from council.integrations.standing import Standing
from council.journal.events import EVENTS, GONE, Told
from council.journal.feed import Place
from council.journal.models import Change, Entry
from council.meetings import models as meetings
from council.opinions import models as opinions
from council.people import models as people
from council.people.scopes import Area

API = "/api/v1"
CHANGED = "changed"


@dataclass(frozen=True)
class Mirror:
    """A noun other systems are told of."""

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
    "findings": Mirror(findings.Finding, Area.OPINIONS),
    "points": Mirror(opinions.Point, Area.ANSWERS),
    "dispositions": Mirror(opinions.Disposition, Area.ANSWERS),
    "objections": Mirror(opinions.Objection, Area.ANSWERS),
    "answer-templates": Mirror(opinions.AnswerTemplate, Area.ANSWERS),
}
"""What other systems copy."""

FILES = {"imports": Mirror(exchange.Import, Area.FILES), "exports": Mirror(exchange.Export, Area.FILES)}
"""What else webhooks tell of."""

ALL = NOUNS | FILES
NOUN_OF = {mirror.model: noun for noun, mirror in ALL.items()}
NAMELESS = {"redactions"}  # the public form of a confidential opinion does not say whose it is


@dataclass
class Line:
    """One change as it is told.

    Attributes:
        event: What happened, by the catalogue; ``changed`` where something else that happened changed it too.
        gone: Whether it is no longer there for the reader.
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
        return None if self.gone else f"{API}/{self.noun}/{self.id}/"


def told(standing: Standing, lines: list[tuple[Place, Entry | Change]], nouns: Collection[str]) -> list[Line]:
    """What somebody is told of entries and changes, in their order.

    Args:
        nouns: About which kinds of things.
    """
    found = [line for line in map(_line, lines, _targets(lines)) if line and line.noun in nouns]
    ids: dict[str, set[UUID]] = defaultdict(set)
    for line in found:
        ids[line.noun].add(line.id)
    seen = {
        noun: set(visible(ALL[noun].model, standing.user).filter(pk__in=keys).values_list("pk", flat=True))
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
    return Line(place, row.at, EVENTS[row.verb].name, noun, pk, row.council_id, organisation)


def _gone(line: Line) -> Line:
    line.event, line.gone = GONE, True
    return line


def _missed(standing: Standing, lost: list[Change]) -> set[int]:
    """Which changes are of things the caller had seen and sees no more."""
    if not lost:
        return set()
    changes = Change.objects.filter(standing.had_seen(), pk__in=[change.pk for change in lost])
    return set(changes.values_list("pk", flat=True))


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
    event = EVENTS.get(entry.verb)
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


def vanished(standing: Standing, changes: QuerySet[Change]) -> list[int]:
    """The changes among many that took things out of somebody's sight: of each thing the last one."""
    before = changes.filter(standing.had_seen(), inside=False, noun__in=NOUNS).order_by()
    found: list[int] = []
    for noun in before.values_list("noun", flat=True).distinct():
        still_seen = visible(NOUNS[noun].model, standing.user).filter(pk=OuterRef("thing_id"))
        lost = before.filter(~Exists(still_seen), noun=noun).order_by("thing_id", "-seal_id", "-id")
        found += lost.distinct("thing_id").values_list("pk", flat=True)
    return found
