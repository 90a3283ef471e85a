"""What a page about a meeting asks of the database does not grow with what stands on it."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from council.core.models import uuid7
from council.decisions import actions as decisions
from council.decisions.models import Ballot
from council.meetings.models import FloorRequest, Meeting, Recusal, Referral, Statement
from council.people.models import User
from tests.cast import Cast
from tests.decisions.sessions import ballot_in, full_house, take_seats, vote_all
from tests.meetings.prepared import forwarded, proposed

OF_MEETING = (
    "meeting", "minutes", "live", "control", "attendance", "statements", "ballots", "proposals", "recusals",
)  # fmt: skip
OF_COUNCIL = ("decisions", "actions", "referrals")


def more(row: models.Model, times: int, **changes: Any) -> None:
    """Rows like one."""
    model = type(row)
    fields = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    model._default_manager.bulk_create(
        model(**{**fields, "id": uuid7(), **{name: change(n) for name, change in changes.items()}})
        for n in range(times)
    )


def busy(cast: Cast, number: int) -> Meeting:
    """A meeting in session with so many of everything: seats, items, speakers, statements, ballots, decisions."""
    meeting = full_house(cast, number, first=1000 * number)
    take_seats(meeting, *User.objects.filter(memberships__council=cast.council))
    item = meeting.items.earliest("position")
    more(item, number, position=lambda n: n + 100, number=lambda n: str(n + 100))
    seats = list(meeting.invitations.select_related("membership").order_by("-membership__seat__number")[:number])
    items = list(meeting.items.order_by("position")[1:])
    for seat, about in zip(seats, items, strict=False):
        common = {"council": cast.council, "invitation": seat}
        whose = {"organisation_id": seat.membership.organisation_id, "sector": seat.membership.sector}
        FloorRequest.objects.create(meeting=meeting, user_id=seat.membership.user_id, **whose, **common)
        said = {"speaker": "위원", "text": "데이터 표준이 먼저입니다.", "recorded_by": cast.secretary}
        Statement.objects.create(meeting=meeting, item=about, **said, **whose, **common)
        because = {"kind": "abstention", "ground": "other", "reason": "이해관계", "raised_by": cast.supplier}
        Recusal.objects.create(item=about, membership=seat.membership, state="granted", **because, **common)
    _decided(cast, meeting, number)
    return meeting


def _decided(cast: Cast, meeting: Meeting, number: int) -> None:
    item = meeting.items.earliest("position")
    ballot = ballot_in(cast, meeting, item=item)
    vote_all(ballot, "+" * ballot.entitled)
    closed = decisions.close_ballot(ballot, by=cast.secretary)
    more(closed, number)
    words = {"text": "원안대로 의결한다.", "item": item, "by": cast.secretary}
    decision = decisions.record_decision(meeting, title="원안 의결", ballot=closed, **words)
    more(decision, number, number=lambda n: f"{str(meeting.pk)[-8:]}{n}", ballot_id=lambda n: None)
    todo = {"organisation": cast.supplying, "owner": cast.supplier, "due_on": cast.today, "by": cast.secretary}
    more(decisions.assign_action(meeting, title="지침 개정", decision=decision, **todo), number)
    ballot_in(cast, meeting, item=item)
    more(proposed(cast), number, meeting_id=lambda n: meeting.pk)
    referral = Referral.objects.first() or forwarded(cast)
    items = list(meeting.items.order_by("-position").values_list("pk", flat=True))
    more(referral, number, item_id=lambda n: items[n])
    decisions.draft_minutes(meeting, by=cast.secretary)


def pages(cast: Cast, meeting: Meeting) -> Iterator[tuple[str, str]]:
    """The pages of a meeting, and those of its council on which it is seen; by name, with their addresses."""
    for name in OF_MEETING:
        yield name, reverse(f"web:{name}", args=[meeting.pk])
    for name in OF_COUNCIL:
        yield name, reverse(f"web:{name}", args=[] if name == "actions" else [cast.council.pk])
    for name, state in (("open ballot", Ballot.State.OPEN), ("closed ballot", Ballot.State.CLOSED)):
        yield name, reverse("web:ballot", args=[meeting.ballots.filter(state=state).earliest("pk").pk])
    yield "calendar", reverse("web:calendar")


def test_thirty_of_everything_take_as_many_queries_as_three(cast: Cast, browse):
    busy(cast, 2)  # so that both meetings have one before them, with actions left open
    counted: list[dict[str, int]] = []
    for number in (3, 30):
        meeting = busy(cast, number)
        counted.append({})
        for who in (cast.secretary, cast.supplier):
            client = browse(who)
            for name, address in pages(cast, meeting):
                with CaptureQueriesContext(connection) as queries:
                    status = client.get(address).status_code
                assert status == 200 or who == cast.supplier, (name, status)
                counted[-1][f"{name} ({who})"] = len(queries)
    few, many = counted
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}
