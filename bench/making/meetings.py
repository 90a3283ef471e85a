"""Meetings by the month, with who was invited and came, and what was said and decided."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bench.making.common import DAY, Maker, moment, sibling, time
from bench.making.copying import NULL, derive, fill, looked_at
from bench.making.people import Table
from council.core.models import Sector
from council.decisions.models import Action, Ballot, Decision, Voter
from council.meetings.models import AgendaItem, Attendance, FloorRequest, Invitation, Meeting, Statement
from council.people.models import Membership

EVERY = 30 * DAY
MEETINGS = 12
"""In each council; the last of them is still to come."""
ITEMS, ITEMS_OF_FIRST = 8, 50
TWO_HOURS = 7_200_000
ANSWERS = {"held": ("attending",) * 6 + ("declined",) * 3 + ("none",), "coming": ("attending",) * 4 + ("none",) * 6}


@dataclass
class Held:
    """A meeting and its agenda."""

    pk: str
    table: Table
    number: int
    starts: int
    items: list[str]
    held: bool


def make(maker: Maker, tables: list[Table]) -> str:
    """Make them; gives the first council's that is still to come."""
    all_of = [_meeting(maker, table, number) for table in tables for number in range(MEETINGS)]
    _announce(maker, all_of)
    looked_at(Meeting, AgendaItem, Invitation)
    _derive()
    _decide(maker, [each for each in all_of if each.held])
    return next(each.pk for each in all_of if not each.held)


def _meeting(maker: Maker, table: Table, number: int) -> Held:
    starts = maker.present + 10 * DAY - (MEETINGS - 1 - number) * EVERY
    held = number < MEETINGS - 1
    convened = starts - 14 * DAY
    items = [maker.key(convened) for _ in range(ITEMS if held or not table.first else ITEMS_OF_FIRST)]
    return Held(maker.key(convened), table, number, starts, items, held)


def _announce(maker: Maker, meetings: list[Held]) -> None:
    """The meetings, their agendas and the invitations."""
    columns = ["id", "council_id", "state", "title", "starts_at", "ends_at", "opened_at", "closed_at", "convened_at"]
    rows = ((each.pk, each.table.pk, *_state(each)) for each in meetings)
    fill(Meeting, [*columns, "created_at", "modified_at"], rows, place="대회의실")
    columns = ["id", "council_id", "meeting_id", "position", "number", "kind", "state", "title", "note"]
    fill(AgendaItem, [*columns, "created_at", "modified_at"], _items(maker, meetings), presenter="담당 부서")
    columns = ["id", "council_id", "meeting_id", "membership_id", "answer", "answered_at", "created_at", "modified_at"]
    fill(Invitation, columns, _invitations(maker, meetings))


def _state(each: Held) -> tuple[str, ...]:
    starts, ends, convened = time(each.starts), time(each.starts + TWO_HOURS), time(each.starts - 14 * DAY)
    ran = (starts, ends) if each.held else (NULL, NULL)
    state = "closed" if each.held else "convened"
    return state, f"제{each.number + 1}차 전체회의", starts, ends, *ran, convened, convened, convened


def _items(maker: Maker, meetings: list[Held]) -> Iterator[tuple[str, ...]]:
    for each in meetings:
        state, at = "done" if each.held else "planned", time(each.starts - 14 * DAY)
        for place, item in enumerate(each.items, 1):
            kind = AgendaItem.Kind.values[place % 4]
            said = maker.words.title(), maker.words.text(1, 3)
            yield item, each.table.pk, each.pk, str(place), str(place), kind, state, *said, at, at


def _invitations(maker: Maker, meetings: list[Held]) -> Iterator[tuple[str, ...]]:
    for each in meetings:
        at = each.starts - 14 * DAY
        sent, answered = time(at), time(at + DAY)
        for number, one in enumerate(each.table.seated):
            answer = ANSWERS["held" if each.held else "coming"][number % 10]
            when = NULL if answer == "none" else answered
            yield maker.key(at), each.table.pk, each.pk, one.membership, answer, when, sent, sent


def _derive() -> None:
    """Who came, who asked for the floor, and what they said."""
    come = (
        "meetings_invitation i JOIN meetings_meeting m ON m.id = i.meeting_id AND m.state = 'closed'"
        " JOIN people_membership p ON p.id = i.membership_id JOIN people_user u ON u.id = p.user_id"
        " JOIN people_organisation o ON o.id = p.organisation_id"
    )
    at = dict.fromkeys(("created_at", "modified_at"), "m.starts_at")
    whose = {"council_id": "i.council_id", "meeting_id": "i.meeting_id", "invitation_id": "i.id"}
    who = {"name": "u.name", "organisation_name": "o.name", "arrived_at": "m.starts_at"}
    derive(Attendance, {"id": sibling("i.id", "a11"), **whose, **who, **at}, f"{come} WHERE i.answer = 'attending'")
    spoke = f"{come} JOIN meetings_agendaitem a ON a.meeting_id = m.id AND a.position = 2" + (
        " WHERE i.answer = 'attending' AND p.role = 'member' AND mod(hashtext(i.id::text), 5) = 0"
    )
    whose |= {"item_id": "a.id", "organisation_id": "p.organisation_id", "sector": "p.sector"}
    times = {"started_at": "m.starts_at", "ended_at": "m.starts_at + interval '3 minutes'"}
    asked = {"id": sibling("i.id", "a12"), "user_id": "p.user_id", **times}
    derive(FloorRequest, {**whose, **asked, **at}, spoke, state="done")
    said = {"id": sibling("i.id", "a13"), "speaker": "u.name", "text": "a.note", "recorded_by_id": "p.user_id"}
    derive(Statement, {**whose, **said, "said_at": "m.starts_at", **at}, spoke)


def _decide(maker: Maker, meetings: list[Held]) -> None:
    """A ballot, a decision and an action of each meeting."""
    ballots = {each.pk: maker.key(each.starts) for each in meetings}
    decisions = {each.pk: maker.key(each.starts) for each in meetings}
    columns = ["id", "council_id", "meeting_id", "item_id", "question", "seats", "entitled", "opened_at", "closed_at"]
    rules = {"quorum": "majority", "majority": "majority", "base": "present", "state": "closed", "adopted": True}
    rows = ((ballots[each.pk], *_of(each), "원안대로 의결합니까?", *_counted(each)) for each in meetings)
    of_vote = ["votes_for", "votes_against", "abstentions", "created_at", "modified_at"]
    fill(Ballot, [*columns, *of_vote], rows, **rules)
    derive(
        Voter,
        {"ballot_id": "b.id", "membership_id": "p.id", "invitation_id": "i.id", "user_id": "p.user_id"}
        | {"organisation_id": "p.organisation_id", "sector": "p.sector", "choice": "'for'"},
        "decisions_ballot b JOIN meetings_invitation i ON i.meeting_id = b.meeting_id AND i.answer = 'attending'"
        " JOIN people_membership p ON p.id = i.membership_id AND p.seat_id IS NOT NULL",
        has_voted=True,
    )
    columns = ["id", "council_id", "meeting_id", "item_id", "ballot_id", "number", "decided_on", "title", "text"]
    rows = ((decisions[each.pk], *_of(each), ballots[each.pk], *_decided(maker, each)) for each in meetings)
    fill(Decision, [*columns, "created_at", "modified_at"], rows)
    columns = ["id", "council_id", "meeting_id", "item_id", "decision_id", "organisation_id", "owner_id"]
    rows = ((maker.key(each.starts), *_of(each), decisions[each.pk], *_todo(maker, each)) for each in meetings)
    fill(Action, [*columns, "title", "due_on", "created_at", "modified_at"], rows, state="in_progress")


def _of(each: Held) -> tuple[str, str, str]:
    return each.table.pk, each.pk, each.items[2]


def _counted(each: Held) -> tuple[str, ...]:
    seats = sum(one.role in Membership.SEATED for one in each.table.seated)
    entitled, at, until = seats * 6 // 10, time(each.starts), time(each.starts + TWO_HOURS)
    return str(seats), str(entitled), at, until, str(entitled), "0", "0", at, until


def _decided(maker: Maker, each: Held) -> tuple[str, ...]:
    at = time(each.starts)
    return f"{each.number}", at[:10], maker.words.title(), maker.words.text(1, 2), at, at


def _todo(maker: Maker, each: Held) -> tuple[str, ...]:
    one = next(one for one in each.table.seated[each.number + 5 :] if one.sector != Sector.GOVERNMENT)
    due, at = moment(each.starts).date() + dt.timedelta(45), time(each.starts)
    return one.organisation, one.user, maker.words.title(), due.isoformat(), at, at
