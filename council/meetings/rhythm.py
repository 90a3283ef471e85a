"""When meetings of a series take place: on the same weekday, at the same time on a wall clock in Seoul."""

import datetime as dt

from council.core import clock
from council.meetings.models import Series

MOST = 24
_DAYS = {Series.Rhythm.WEEKLY: 7, Series.Rhythm.FORTNIGHTLY: 14}
_MONTHS = {Series.Rhythm.MONTHLY: 1, Series.Rhythm.QUARTERLY: 3}


def dates(first: dt.datetime, rhythm: str, count: int) -> list[dt.datetime]:
    """The beginnings of the meetings of a series.

    Every month means the same weekday of the same week: from the first Tuesday to the next first Tuesday; from a fifth
    one to the last of each month.

    Args:
        first: When the first one begins (aware).
        rhythm: A :class:`Series.Rhythm`.
        count: How many there are.
    """
    local = first.astimezone(clock.SEOUL)
    each = Series.Rhythm(rhythm)
    days = [_day(local.date(), each, number) for number in range(count)]
    return [dt.datetime.combine(day, local.timetz()) for day in days]


def _day(first: dt.date, rhythm: Series.Rhythm, number: int) -> dt.date:
    if rhythm in _DAYS:
        return first + dt.timedelta(days=_DAYS[rhythm] * number)
    months = first.month - 1 + _MONTHS[rhythm] * number
    return _same_weekday(first, first.year + months // 12, months % 12 + 1)


def _same_weekday(like: dt.date, year: int, month: int) -> dt.date:
    """The day of a month on the same weekday of the same week as another day; of a fifth week, the last one."""
    week = (like.day - 1) // 7
    start = dt.date(year, month, 1)
    day = start + dt.timedelta(days=(like.weekday() - start.weekday()) % 7 + 7 * week)
    return day if day.month == month else day - dt.timedelta(days=7)
