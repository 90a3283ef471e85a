"""What someone hears of, why, and by which way: the page on which they decide it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from council.notifications import actions
from council.notifications.causes import causes_of
from council.notifications.kinds import WAYS, is_duty
from council.notifications.models import Channel, Kind
from council.people.models import User

Switches = Mapping[tuple[Kind, Channel], bool]


@dataclass(frozen=True)
class Switch:
    """One cell: whether it is on, and whether it can be turned."""

    name: str
    label: str
    channel: Channel
    on: bool
    locked: bool


@dataclass(frozen=True)
class Row:
    """One kind of notice: why it comes to this reader, and by which ways; where there is no way, no switch."""

    kind: Kind
    hint: str | Promise
    cause: str
    reason: str | Promise
    cells: list[Switch | None]
    problems: list[str]

    @property
    def duty(self) -> bool:
        """Whether it cannot be switched off altogether."""
        return is_duty(self.kind)


def rows_of(user: User, standing: Switches, problems: Mapping[str, list[str]] | None = None) -> list[Row]:
    """Every kind of notice with its switches: first what comes to someone, then what does not come to them now.

    Args:
        user: The reader.
        standing: The switches as they are, or as they were posted.
        problems: What was wrong with what was posted, by kind.
    """
    causes = causes_of(user)
    found = [_row(kind, causes.get(kind, ""), standing, (problems or {}).get(kind, [])) for kind in WAYS]
    return sorted(found, key=lambda row: not row.cause)


def _row(kind: Kind, cause: str, standing: Switches, problems: list[str]) -> Row:
    ways = WAYS[kind]
    cells = [_switch(kind, way, standing) if way in ways.offered else None for way in Channel]
    return Row(kind, ways.hint, cause, ways.reason, cells, problems)


def _switch(kind: Kind, channel: Channel, standing: Switches) -> Switch:
    locked = channel in WAYS[kind].locked
    label = _("%(kind)s: %(channel)s") % {"kind": kind.label, "channel": channel.label}
    return Switch(f"{kind}.{channel}", label, channel, locked or standing[kind, channel], locked)


def standing_of(user: User) -> Switches:
    """Every switch as it is."""
    return actions.switches(user)
