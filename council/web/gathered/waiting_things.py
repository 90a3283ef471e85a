"""One thing that waits for someone, wherever it comes from."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from council.core import clock
from council.meetings.models import Invitation


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing to do.

    Attributes:
        icon: The drawing of its kind.
        asks: What is to be done, in a few words.
        title: What it is about.
        council: Where.
        for_whom: The organisation it is done for; empty where that does not matter.
        due: By when; ``None`` where no day is set.
        is_day: Whether ``due`` is the end of a day rather than an hour.
        url: Where it is done.
        action: What the button says.
        invitation: The invitation to answer, where it is one.
        answers: The possible answers to it, with their words.
        quote: Words it is about, where one has to read them to decide.
        confirm: Where one says that what was written down is what one said, where it is that.
    """

    icon: str
    asks: str
    title: str
    council: str
    url: str
    action: str
    for_whom: str = ""
    due: dt.datetime | None = None
    is_day: bool = False
    invitation: Invitation | None = None
    answers: Sequence[tuple[str, str | Promise]] = ()
    quote: str = ""
    confirm: str = ""

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.due is not None and self.due < clock.now()
