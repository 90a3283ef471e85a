"""One thing that waits for someone, wherever it comes from, and the kinds of such things."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists
from django.utils.functional import Promise

from council.core import clock
from council.meetings.models import Invitation
from council.people.models import User


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


class Kind(NamedTuple):
    """Things of one kind that can wait for someone.

    Attributes:
        rows: What would wait for them; more than that only where it is found out faster.
        say: What waits of those rows that they may see.
    """

    rows: Any
    say: Callable[[Any], Iterable[Waiting]]


def of_kinds(kinds: Sequence[Kind], user: User) -> Iterator[Waiting]:
    """What waits for someone. Most have little: which kinds there are at all is one short question before the long ones."""
    asked = User.objects.filter(pk=user.pk).values_list(*(Exists(kind.rows.order_by()) for kind in kinds))
    for kind, there_is in zip(kinds, asked.get(), strict=True):
        if there_is:
            yield from kind.say(kind.rows.visible_to(user))
