"""Which events a webhook listens to: names from the catalogue, ``opinion.*`` for all of one kind, ``*`` for all."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from council.journal.events import EVENTS

ALL = "*"


def verbs_of(patterns: Iterable[str]) -> list[str]:
    """What the patterns mean today; an event added later is included where a pattern covers it."""
    patterns = list(patterns)
    return [verb for verb, event in EVENTS.items() if any(_covers(pattern, event.name) for pattern in patterns)]


def checked(patterns: Iterable[str]) -> list[str]:
    """The patterns without repeats, in the order given.

    Raises:
        ValidationError: There is none, or one that covers no event of the catalogue.
    """
    found = list(dict.fromkeys(pattern.strip() for pattern in patterns if pattern.strip()))
    if not found:
        raise ValidationError({"events": _("Name at least one kind of event, or * for all.")})
    for pattern in found:
        if not verbs_of([pattern]):
            raise ValidationError({"events": _("There is no event “%(name)s”.") % {"name": pattern}})
    return found


def _covers(pattern: str, name: str) -> bool:
    return pattern in (ALL, name) or (pattern.endswith(".*") and name.startswith(pattern[:-1]))
