"""What a webhook says of an event: where to look, and nothing that its account may not see at that moment."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from council.decisions.models import Annex
from council.integrations.models import Webhook
from council.journal.events import EVENTS, Told
from council.journal.feed import ENTRIES, Place
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.opinions.models import Opinion
from council.people.models import Membership, User

API = "/api/v1"


def told(entry: Entry, user: User) -> dict[str, Any] | None:
    """The row of the change feed for an entry; nothing where an account is not told of it."""
    event = EVENTS.get(Verb(entry.verb))
    if event is None or not _is_told(event.told, entry, user) or not _sees(entry, user):
        return None
    pk = _thing(entry)
    return {
        "event": event.name,
        "noun": event.noun,
        "id": str(pk),
        "url": f"{settings.SITE_URL}{API}/{event.noun}/{pk}/",
        "council": str(entry.council_id),
        "at": entry.at.isoformat(),
        "cursor": Place(entry.seal_id or 0, ENTRIES, entry.pk).cursor,
    }


def about_test(webhook: Webhook) -> dict[str, Any]:
    """What a test says."""
    url = f"{settings.SITE_URL}{API}/webhooks/{webhook.pk}/"
    return {"event": "webhook.test", "noun": "webhooks", "id": str(webhook.pk), "url": url, "council": None}


def _thing(entry: Entry) -> UUID:
    """What is to be read; an annex stands in the minutes."""
    annex = Annex.objects.filter(pk=entry.target_id).first() if entry.verb == Verb.ANNEX_ADDED else None
    return annex.minutes_id if annex else entry.target_id


def _sees(entry: Entry, user: User) -> bool:
    model: Any = entry.target_type.model_class()
    rows = getattr(model._default_manager, "visible_to", None)
    return rows is not None and rows(user).filter(pk=entry.target_id).exists()


def _is_told(told: Told, entry: Entry, user: User) -> bool:
    """Whether someone who may see the thing is told of this, as in the change feed."""
    if told == Told.EVERYBODY:
        return True
    seats = Membership.objects.current().filter(user=user.pk)
    speaks_for = seats.speaking().values("organisation")
    if told == Told.ORGANISATION:
        return entry.actor_id == user.pk or seats.speaking().filter(organisation=entry.organisation_id).exists()
    runs_it = seats.officers().filter(council=entry.council_id).exists()
    if told == Told.OFFICERS or runs_it:
        return runs_it
    answers = Q(consultation__office__in=speaks_for) | Q(consultation__points__office__in=speaks_for)
    return Opinion.objects.filter(answers, pk=entry.target_id, council__in=seats.values("council")).exists()
