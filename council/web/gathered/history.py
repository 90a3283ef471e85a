"""What happened to an opinion, in plain words, as far as the reader may see it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.documents.comparison import Span, compare
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.opinions.models import Opinion, Revision
from council.people.models import User
from council.web.templatetags.council import said

SENTENCES: Mapping[str, tuple[str | Promise, str]] = {
    Verb.OPINION_DRAFTED: (_("Draft begun"), "pencil"),
    Verb.OPINION_SUBMITTED: (_("Given to the council"), "send"),
    Verb.OPINION_EDITED: (_("Changed by its author"), "pencil"),
    Verb.OPINION_WITHDRAWN: (_("Withdrawn"), "undo"),
    Verb.OPINION_TRIAGED: (_("Assigned to %(office)s, to be answered by %(day)s"), "arrow"),
    Verb.OPINION_ANSWERED: (_("Answer prepared, not published"), "answer"),
    Verb.ANSWER_RELEASED: (_("Answer published"), "check-circle"),
}
INTERNAL = (Verb.OPINION_DRAFTED, Verb.OPINION_ANSWERED)


@dataclass(frozen=True)
class Event:
    """One thing that happened, with what it changed in the words of the opinion."""

    at: dt.datetime
    sentence: str
    icon: str
    actor: User | None
    proposed: Sequence[Span] = ()
    reason: Sequence[Span] = ()


def history(opinion: Opinion, user: User, *, inside: bool) -> list[Event]:
    """The events of an opinion, oldest first.

    Args:
        opinion: One the reader may see.
        user: The reader.
        inside: Whether they prepare answers to it; else preparation, and words meant for the office alone, stay hidden.
    """
    own = opinion.author_id == user.pk
    edits = _edits(opinion, everything=own or inside)
    events = []
    for entry in Entry.objects.about(opinion).select_related("actor"):
        words = next(edits, None) if entry.verb == Verb.OPINION_EDITED else None
        if entry.verb in SENTENCES and (entry.verb not in INTERNAL or _is_theirs(entry.verb, own, inside)):
            events.append(_event(entry, words or {}))
    return events


def _is_theirs(verb: str, own: bool, inside: bool) -> bool:  # noqa: FBT001 - two plain facts
    return own if verb == Verb.OPINION_DRAFTED else inside


def _event(entry: Entry, words: Mapping[str, Sequence[Span]]) -> Event:
    sentence, icon = SENTENCES[entry.verb]
    data = {**entry.data, "day": said(dt.date.fromisoformat(due)) if (due := entry.data.get("due_on")) else ""}
    return Event(entry.at, str(sentence) % data, icon, entry.actor, **words)


def _edits(opinion: Opinion, *, everything: bool) -> Iterator[dict[str, Any]]:
    """What each change after the submission did to the words; nothing of it where either side was for the office."""
    revisions = list(Revision.objects.filter(opinion=opinion).order_by("number"))
    for older, newer in pairwise(revisions):
        shown = everything or Opinion.Audience.OFFICE not in (older.audience, newer.audience)
        yield (
            {
                "proposed": compare(older.proposed_text, newer.proposed_text),
                "reason": compare(older.reason, newer.reason),
            }
            if shown
            else {}
        )
