"""What comes to be while meetings are prepared, for tests in other folders."""

import datetime as dt
from typing import Any

from council.core import clock
from council.meetings import actions
from council.meetings.models import Meeting, MeetingTemplate, Proposal, Referral, Series
from council.people import actions as people
from council.people.models import Subcommittee, User
from tests.cast import Cast


def asking(cast: Cast, **fields: Any) -> Meeting:
    """A meeting in preparation to which members propose items for five days."""
    return cast.planned_meeting(proposals_until=clock.now() + dt.timedelta(days=5), **fields)


def proposed(cast: Cast, meeting: Meeting | None = None, *, by: User | None = None, **words: Any) -> Proposal:
    """The supplier's proposal."""
    by = by or cast.supplier
    words = {"title": "로봇 교육", "note": "인력이 부족합니다.", **words}
    return actions.propose_item(meeting or asking(cast), membership=cast.membership(by), by=by, **words)


def body(cast: Cast) -> Subcommittee:
    """A subcommittee of one."""
    return people.form_subcommittee(
        cast.council, name="로봇 분과", members=[cast.membership(cast.supplier)], by=cast.secretary
    )


def forwarded(cast: Cast, meeting: Meeting | None = None) -> Referral:
    """An item with a subcommittee."""
    item = (meeting or cast.meeting()).items.latest("position")
    return actions.forward(item, subcommittee=body(cast), request="세부안을 만들어 주십시오.", by=cast.secretary)


def series(cast: Cast) -> Series:
    """Two meetings, one month apart."""
    starts_at = clock.now() + dt.timedelta(days=30)
    return actions.plan_series(
        cast.council,
        name="정례회의",
        rhythm="monthly",
        count=2,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=1),
        by=cast.secretary,
    )


def template(cast: Cast) -> MeetingTemplate:
    """Of a plenary."""
    return actions.keep_template(cast.planned_meeting(), name="전체회의", by=cast.secretary)
