"""A month of meetings: weeks of days for a table, and the days on which something is for a list."""

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from council.core import clock
from council.meetings.models import Meeting
from council.people.models import Council, User

_WEEKS = calendar.Calendar(calendar.SUNDAY)
_A_DAY = dt.timedelta(days=1)
_FIRST, _LAST = dt.date(1970, 1, 1), dt.date(2999, 12, 1)


class Day(NamedTuple):
    """A day, whether it is of the month shown, and its meetings."""

    date: dt.date
    inside: bool
    is_today: bool
    meetings: list[Meeting]


@dataclass(frozen=True)
class Month:
    """A month as someone sees it."""

    first: dt.date
    weeks: list[list[Day]]

    @property
    def weekdays(self) -> list[dt.date]:
        """The days of a week, for the table's head."""
        return [day.date for day in self.weeks[0]]

    @property
    def busy(self) -> list[Day]:
        """The month's days on which something is."""
        return [day for week in self.weeks for day in week if day.inside and day.meetings]

    @property
    def before(self) -> str:
        """The month before, as an address names it."""
        return _named(_shifted(self.first, -1))

    @property
    def after(self) -> str:
        """The month after."""
        return _named(_shifted(self.first, 1))


def month_of(name: str) -> dt.date:
    """The first day of a month named 2023-09; of the current month where the name is none."""
    try:
        first = dt.datetime.strptime(name, "%Y-%m").date()  # noqa: DTZ007 - a day, no moment
    except ValueError:
        return clock.today().replace(day=1)
    return min(max(first, _FIRST), _LAST)


def month(user: User, first: dt.date, council: Council | None = None) -> Month:
    """The meetings of a month someone may see; a review in writing that runs for days stands on each of them."""
    weeks = _WEEKS.monthdatescalendar(first.year, first.month)
    begins = dt.datetime.combine(weeks[0][0], dt.time.min, clock.SEOUL)
    ends = clock.end_of_day(weeks[-1][-1])
    found = Meeting.objects.visible_to(user).filter(starts_at__lte=ends, ends_at__gte=begins)
    if council is not None:
        found = found.filter(council=council)
    on: dict[dt.date, list[Meeting]] = defaultdict(list)
    for meeting in found.select_related("council").order_by("starts_at", "id"):
        for date in _days(meeting, weeks[0][0], weeks[-1][-1]):
            on[date].append(meeting)
    today = clock.today()
    return Month(
        first,
        [[Day(date, date.month == first.month, date == today, on[date]) for date in week] for week in weeks],
    )


def _days(meeting: Meeting, first: dt.date, last: dt.date) -> list[dt.date]:
    """The days on which a meeting is, of those shown.

    One shorter than a day is on the day it begins, also where it goes on past midnight: that is the day people know it
    by, and come on. Midnight at the end of a longer one belongs to the day before.
    """
    begins = clock.seoul_date(meeting.starts_at)
    ends = begins
    if meeting.ends_at - meeting.starts_at >= _A_DAY:
        ends = clock.seoul_date(meeting.ends_at - dt.timedelta(microseconds=1))
    begins, ends = max(begins, first), min(ends, last)
    return [begins + dt.timedelta(days=number) for number in range((ends - begins).days + 1)]


def _shifted(first: dt.date, months: int) -> dt.date:
    number = first.year * 12 + first.month - 1 + months
    return min(max(dt.date(number // 12, number % 12 + 1, 1), _FIRST), _LAST)


def _named(first: dt.date) -> str:
    return f"{first:%Y-%m}"
