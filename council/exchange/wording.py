"""How official documents write days and moments (행정업무규정 7조)."""

import datetime as dt

from council.core import clock

_DAYS = "월화수목금토일"


def moment(at: dt.datetime) -> str:
    """2023. 9. 5. 14:30."""
    local = at.astimezone(clock.SEOUL)
    return f"{day(local.date())} {local:%H:%M}"


def day(on: dt.date) -> str:
    """2023. 9. 5."""
    return f"{on.year}. {on.month}. {on.day}."


def span(begins: dt.datetime, ends: dt.datetime) -> str:
    """2023. 9. 5.(화) 14:30 ~ 16:00; with the day again where it ends on another."""
    first, last = begins.astimezone(clock.SEOUL), ends.astimezone(clock.SEOUL)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{_with_weekday(last)} {last:%H:%M}"
    return f"{_with_weekday(first)} {first:%H:%M} ~ {until}"


def _with_weekday(at: dt.datetime) -> str:
    return f"{day(at.date())}({_DAYS[at.weekday()]})"


def size(number: int) -> str:
    """How large a file is, to three digits: 1.24 MB."""
    amount, unit = float(number), "B"
    for larger in ("KB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.3g} {unit}"
