"""Quiet hours: when nobody is to be disturbed, in Seoul's time."""

import datetime as dt

from council.core import clock
from council.notifications.models import Habits, Kind
from council.people.models import User


def until(user: User, kind: str = "", now: dt.datetime | None = None) -> dt.datetime | None:
    """When someone's present quiet time ends; none where it is no quiet time, or what is to be said cannot wait.

    Args:
        user: Who is not to be disturbed.
        kind: What is to be said; the safety of an account is no matter for the morning.
        now: The moment, if not the present.
    """
    habits = None if kind == Kind.SECURITY else Habits.objects.filter(user=user.pk).first()
    return end(habits.quiet_from, habits.quiet_until, now or clock.now()) if habits else None


def end(begins: dt.time | None, ends: dt.time | None, now: dt.datetime) -> dt.datetime | None:
    """The end of the quiet time that ``now`` lies in, which may begin on the day before."""
    if begins is None or ends is None or begins == ends:
        return None
    local = now.astimezone(clock.SEOUL)
    time = local.time().replace(tzinfo=None)
    over_midnight = begins > ends
    is_quiet = (time >= begins or time < ends) if over_midnight else begins <= time < ends
    if not is_quiet:
        return None
    day = local.date() + dt.timedelta(days=1 if over_midnight and time >= begins else 0)
    return dt.datetime.combine(day, ends, tzinfo=clock.SEOUL)
