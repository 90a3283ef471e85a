"""The code at the door: proof of having been in the room, signed, on a screen a new one every minute."""

from typing import Final

from django.core.signing import BadSignature, Signer

from council.core import clock
from council.meetings.models import Meeting

SECONDS: Final = 60
STILL_TAKEN: Final = 2  # minutes a code is taken after another one has replaced it
_SIGNER = Signer(salt="council.meetings.door", sep=".")


def code(meeting: Meeting) -> str:
    """The code of this minute."""
    return _signed(meeting, f"m{_minute():x}")


def code_of_the_day(meeting: Meeting) -> str:
    """A code to print, taken on the day of the meeting."""
    return _signed(meeting, f"d{clock.seoul_date(meeting.starts_at):%Y%m%d}")


def is_valid(meeting: Meeting, given: str) -> bool:
    """Whether a code is this meeting's and still taken."""
    when = given.partition(".")[0]
    try:
        _SIGNER.unsign(f"{meeting.pk}.{given}")
    except BadSignature:
        return False
    if when.startswith("d"):
        return when == f"d{clock.today():%Y%m%d}"
    return 0 <= _minute() - int(when[1:], 16) <= STILL_TAKEN


def _minute() -> int:
    return int(clock.now().timestamp()) // SECONDS


def _signed(meeting: Meeting, when: str) -> str:
    """``when.signature``; the meeting itself is in the address."""
    return _SIGNER.sign(f"{meeting.pk}.{when}").removeprefix(f"{meeting.pk}.")
