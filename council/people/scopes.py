"""What a program may do with a token: a word for each area and way, declared here once.

``opinions:read`` lets it read the opinions that its account may see; ``opinions:write`` lets it also give, change and
withdraw them as its account may. ``read`` and ``write`` stand for all areas. Writing includes reading, because whoever
writes is answered with what they wrote. A scope only narrows down: what the account's role does not allow stays closed.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

READ, WRITE = "read", "write"


class Area(models.TextChoices):
    """What belongs together; every noun of the API is in one of them."""

    ACCOUNT = "account", _("The account itself: profile, calendar addresses, subscriptions")
    ACCESS = "access", _("Access tokens and service accounts")
    REFERENCE = "reference", _("Regions, industries, smart-factory levels")
    COUNCILS = "councils", _("Councils, members, organisations")
    DOCUMENTS = "documents", _("Documents, versions, attachments")
    MEETINGS = "meetings", _("Meetings, agenda, attendance, statements")
    MINUTES = "minutes", _("Minutes and recordings")
    DECISIONS = "decisions", _("Ballots, decisions, actions")
    OPINIONS = "opinions", _("Consultations and opinions")
    ANSWERS = "answers", _("Answers to opinions")
    FILES = "files", _("Imports and exports")
    NOTICES = "notices", _("Notices and mails")
    CHANGES = "changes", _("The record of what happened")
    WEBHOOKS = "webhooks", _("Webhooks")


EVERYTHING = (READ, WRITE)
SCOPES: tuple[str, ...] = (*EVERYTHING, *(f"{area}:{way}" for area in Area.values for way in EVERYTHING))


def needed(area: str, *, writing: bool) -> str:
    """The scope that something asks for; in no area, only what stands for all areas opens it."""
    way = WRITE if writing else READ
    return f"{area}:{way}" if area else way


def allows(granted: Iterable[str], scope: str) -> bool:
    """Whether granted scopes include another one."""
    return scope in implied(granted)


def implied(granted: Iterable[str]) -> frozenset[str]:
    """Everything that granted scopes include, themselves too."""
    found = set(granted)
    if WRITE in found:
        return frozenset(SCOPES)
    if READ in found:
        found |= {needed(area, writing=False) for area in Area.values}
    found |= {f"{area}:{READ}" for area, _colon, way in (scope.partition(":") for scope in found) if way == WRITE}
    return frozenset(found)


def checked(scopes: Iterable[str], *, within: Iterable[str] | None = None) -> list[str]:
    """Scopes in the order of their declaration, each once.

    Args:
        scopes: As asked for.
        within: What whoever asks may give away; all of it when left out.

    Raises:
        ValidationError: There is none, one that does not exist, or one that is not theirs to give.
    """
    asked = set(scopes)
    if unknown := asked - set(SCOPES):
        raise ValidationError({"scopes": _("There is no scope “%(name)s”.") % {"name": min(unknown)}})
    if not asked:
        raise ValidationError({"scopes": _("Choose at least one.")})
    if within is not None and (beyond := asked - implied(within)):
        message = _("A token gives away only what it has itself; it has no “%(name)s”.") % {"name": min(beyond)}
        raise ValidationError({"scopes": message})
    return [scope for scope in SCOPES if scope in asked]


def in_words(scopes: Iterable[str]) -> str:
    """What scopes open, for people."""
    found = set(scopes)
    if WRITE in found:
        return str(_("Reads and writes everything the account may"))
    if READ in found and len(found) == 1:
        return str(_("Reads everything the account may see"))
    reads = [str(_("everything"))] if READ in found else _labels(found, READ)
    writes = _labels(found, WRITE)
    parts = [_("Reads: %(areas)s") % {"areas": " · ".join(reads)}] if reads else []
    parts += [_("Reads and writes: %(areas)s") % {"areas": " · ".join(writes)}] if writes else []
    return " / ".join(map(str, parts))


def _labels(scopes: Iterable[str], way: str) -> list[str]:
    return [str(area.label) for area in Area if f"{area}:{way}" in scopes]
