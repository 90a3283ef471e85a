"""What happened to an opinion, in plain words, as far as the reader may see it."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.documents.comparison import Span, compare
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.opinions.models import Objection, Opinion, Redaction, Revision, Told
from council.people.models import User
from council.web.templatetags.council import said


@dataclass
class Reader:
    """From where someone looks at an opinion; asked of the rules only when something depends on it.

    Attributes:
        prepares: Whether they prepare answers to it.
    """

    opinion: Opinion
    user: User
    prepares: bool

    @property
    def is_author(self) -> bool:
        """Whether it is their own."""
        return self.opinion.author_id == self.user.pk

    @cached_property
    def is_colleague(self) -> bool:
        """Whether they speak for the organisation it is from."""
        return self.user.has_perm("opinions.remark", self.opinion)

    @cached_property
    def keeps_order(self) -> bool:
        """Whether they run the council."""
        return self.prepares and self.user.has_perm("opinions.moderate", self.opinion)

    @property
    def is_concerned(self) -> bool:
        """Whether they are its author, speak for its organisation or run the council."""
        return self.is_author or self.keeps_order or self.is_colleague


Sees = Callable[[Reader], bool]


def everybody(reader: Reader) -> bool:
    """Whoever may see the opinion."""
    return True


def the_author(reader: Reader) -> bool:
    """The author alone."""
    return reader.is_author


def the_organisation(reader: Reader) -> bool:
    """Those who speak for the organisation it is from; never those outside, officers included."""
    return reader.is_colleague


def the_office(reader: Reader) -> bool:
    """Those who prepare answers."""
    return reader.prepares


def the_officers(reader: Reader) -> bool:
    """Those who run the council."""
    return reader.keeps_order


def the_concerned(reader: Reader) -> bool:
    """Its author, their organisation, and those who run the council."""
    return reader.is_concerned


def who_is_told(reader: Reader) -> bool:
    """Its author and their organisation, and those who prepare answers."""
    return reader.prepares or reader.is_author or reader.is_colleague


SENTENCES: Mapping[str, tuple[str | Promise, str, Sees]] = {
    Verb.OPINION_DRAFTED: (_("Draft begun"), "pencil", the_author),
    Verb.OPINION_SHARED: (_("Shared in the organisation"), "users", the_organisation),
    Verb.OPINION_REMARKED: (_("Comment by a colleague"), "speech", the_organisation),
    Verb.OPINION_CHOSEN: (_("Taken into the official set"), "check", the_organisation),
    Verb.OPINION_KEPT_INSIDE: (_("Kept inside the organisation"), "lock", the_organisation),
    Verb.OPINION_MERGED: (_("Merged into another opinion"), "versions", the_organisation),
    Verb.OPINION_SUBMITTED: (_("Given to the council"), "send", everybody),
    Verb.OPINION_ENTERED: (_("Entered by the secretary"), "inbox", everybody),
    Verb.OPINION_RECORDED: (_("Spoken at the meeting and written down"), "speech", everybody),
    Verb.OPINION_CONFIRMED: (_("Confirmed by its speaker"), "check", everybody),
    Verb.OPINION_EDITED: (_("Changed"), "pencil", everybody),
    Verb.OPINION_WITHDRAWN: (_("Withdrawn"), "undo", everybody),
    Verb.OPINION_REPORTED: (_("Reported"), "flag", the_officers),
    Verb.REPORT_DISMISSED: (_("Left as it is after a report"), "check", the_officers),
    Verb.OPINION_HIDDEN: (_("Hidden from the council: %(reason)s"), "eye", the_concerned),
    Verb.OPINION_RESTORED: (_("Shown again: %(reason)s"), "eye", the_concerned),
    Verb.REDACTION_PREPARED: (_("Public form prepared"), "pencil", the_concerned),
    Verb.REDACTION_APPROVED: (_("Public form approved"), "check", the_concerned),
    Verb.OPINION_SPLIT: (_("Split into %(points)s points"), "versions", everybody),
    Verb.POINTS_JOINED: (_("Points put together again"), "versions", everybody),
    Verb.OPINION_TRIAGED: (_("Assigned to %(office)s, to be answered by %(day)s"), "arrow", everybody),
    Verb.OPINION_TRIAGED_TOGETHER: (_("Assigned to %(office)s, to be answered by %(day)s"), "arrow", everybody),
    Verb.OPINION_WAITING: (_("The answer waits for: %(waiting_for)s"), "clock", the_office),
    Verb.OPINION_ANSWERED: (_("Answer prepared, not published"), "answer", the_office),
    Verb.POINT_TAGGED: (_("Tagged: %(tags)s"), "flag", the_office),
    Verb.STEP_UNDONE: (_("A step was undone"), "undo", the_office),
    Verb.ANSWER_RELEASED: (_("Answer published"), "check-circle", everybody),
    Verb.AUTHOR_TOLD: (_("Author told of the answer (%(channel)s)"), "mail", who_is_told),
    Verb.OBJECTION_RAISED: (_("Its author replied to the answer"), "speech", everybody),
    Verb.OBJECTION_DECIDED: (_("The reply was decided on: %(result)s"), "gavel", everybody),
}


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
    """The events of an opinion, of its public form and of replies to its answers, oldest first.

    Args:
        opinion: One the reader may see.
        user: The reader.
        inside: Whether they prepare answers to it; else preparation, and words meant for the office alone, stay hidden.
    """
    reader = Reader(opinion, user, inside)
    edits = _edits(opinion, everything=inside or reader.is_author)
    events = []
    for entry in _entries(opinion, user).select_related("actor"):
        words = next(edits, None) if entry.verb == Verb.OPINION_EDITED else None
        if entry.verb in SENTENCES and SENTENCES[entry.verb][2](reader):
            events.append(_event(entry, words or {}))
    return events


def _entries(opinion: Opinion, user: User) -> QuerySet[Entry]:
    objections = Objection.objects.visible_to(user).filter(disposition__point__opinion=opinion)
    types = ContentType.objects.get_for_models(Opinion, Objection, Redaction)
    about = Q(target_type=types[Opinion], target_id=opinion.pk)
    about |= Q(target_type=types[Objection], target_id__in=objections.values("pk"))
    about |= Q(target_type=types[Redaction], target_id__in=Redaction.objects.filter(opinion=opinion).values("pk"))
    return Entry.objects.filter(about).order_by("id")


def _event(entry: Entry, words: Mapping[str, Sequence[Span]]) -> Event:
    sentence, icon, _sees = SENTENCES[entry.verb]
    data = entry.data
    told = {
        **data,
        "day": said(dt.date.fromisoformat(due)) if (due := data.get("due_on")) else "",
        "tags": ", ".join(data.get("tags", [])),
        "channel": dict(Told.Channel.choices).get(data.get("how", ""), ""),
        "result": dict(Objection.Outcome.choices).get(data.get("outcome", ""), ""),
    }
    return Event(entry.at, str(sentence) % told, icon, entry.actor, **words)


def _edits(opinion: Opinion, *, everything: bool) -> Iterator[dict[str, Any]]:
    """What each change after the submission did to the words; nothing of it where either side was not for everybody."""
    revisions = list(Revision.objects.filter(opinion=opinion).order_by("number"))
    for older, newer in pairwise(revisions):
        shown = everything or {older.audience, newer.audience} == {Opinion.Audience.COUNCIL}
        yield (
            {
                "proposed": compare(older.proposed_text, newer.proposed_text),
                "reason": compare(older.reason, newer.reason),
            }
            if shown
            else {}
        )
