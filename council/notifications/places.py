"""Where something happened: the meeting or the consultation a thing belongs to."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Model

from council.decisions.models import Action, Annex, Ballot, Correction, Decision, Minutes, Recording, Section
from council.exchange.models import Export, Import
from council.journal.models import Entry
from council.meetings.models import AgendaItem, Alternate, Invitation, Meeting, Proposal, Recusal, Referral, Statement
from council.opinions.models import Consultation, Disposition, Objection, Opinion, Point, Redaction

LIES_IN: dict[type[Model], tuple[type[Model], str]] = {
    Meeting: (Meeting, "pk"),
    Action: (Meeting, "meeting"),
    AgendaItem: (Meeting, "meeting"),
    Alternate: (Meeting, "invitation__meeting"),
    Annex: (Meeting, "minutes__meeting"),
    Ballot: (Meeting, "meeting"),
    Correction: (Meeting, "section__minutes__meeting"),
    Decision: (Meeting, "meeting"),
    Invitation: (Meeting, "meeting"),
    Minutes: (Meeting, "meeting"),
    Proposal: (Meeting, "meeting"),
    Recording: (Meeting, "meeting"),
    Recusal: (Meeting, "item__meeting"),
    Referral: (Meeting, "item__meeting"),
    Section: (Meeting, "minutes__meeting"),
    Statement: (Meeting, "meeting"),
    Consultation: (Consultation, "pk"),
    Disposition: (Consultation, "point__consultation"),
    Export: (Consultation, "consultation"),
    Import: (Consultation, "consultation"),
    Objection: (Consultation, "disposition__point__consultation"),
    Opinion: (Consultation, "consultation"),
    Point: (Consultation, "consultation"),
    Redaction: (Consultation, "opinion__consultation"),
}
"""Kind of thing → the kind of place it lies in, and the way there."""

Key = tuple[type[Model], UUID]


def places_of(entries: Iterable[Entry]) -> dict[int, Key]:
    """The meeting or consultation each entry is about, by the entry's id; one query per kind of thing.

    Args:
        entries: With their ``target_type`` loaded.
    """
    by_model: defaultdict[Any, set[UUID]] = defaultdict(set)
    models: dict[int, Any] = {}
    entries = list(entries)
    for entry in entries:
        models[entry.pk] = model = entry.target_type.model_class()
        by_model[model].add(entry.target_id)
    found: dict[tuple[Any, UUID], Key] = {}
    for model, ids in by_model.items():
        if model in LIES_IN:
            place, path = LIES_IN[model]
            for pk, lies_in in model.objects.filter(pk__in=ids).values_list("pk", path):
                if lies_in:
                    found[model, pk] = place, lies_in
    keys = ((entry.pk, found.get((models[entry.pk], entry.target_id))) for entry in entries)
    return {pk: key for pk, key in keys if key}
