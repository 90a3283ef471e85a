"""Telling: claim an entry, write who is told of it, mark it. In one transaction: a killed worker leaves nothing half done."""

import logging
from collections.abc import Collection

from django.db import transaction

from council.core import clock
from council.journal.models import Entry
from council.journal.verbs import Verb
from council.notifications import bell, fanning
from council.notifications.actions.sending import pause_after
from council.notifications.announcements import ANNOUNCEMENTS
from council.notifications.models import Notification

log = logging.getLogger(__name__)


@transaction.atomic
def dispatch(*, limit: int = 100, channels: Collection[str] = Notification.Channel.values) -> int:
    """Claim journal entries nobody was told of, and write one notification per person and channel.

    Two workers never claim the same entry, and an entry that fails steps aside without holding up the others.

    Returns:
        How many entries were claimed; 0 when there is nothing left to do now.
    """
    Entry.objects.undispatched().exclude(verb__in=ANNOUNCEMENTS).order_by().update(dispatched_at=clock.now())
    entries = Entry.objects.undispatched().select_for_update(skip_locked=True)[:limit]
    told = 0
    for entry in entries:
        try:
            with transaction.atomic():
                told += fanning.tell(entry, ANNOUNCEMENTS[Verb(entry.verb)], channels)
        except Exception as error:  # whatever is wrong with one entry must not keep the others waiting
            log.exception("journal entry %s could not be dispatched", entry.pk)
            entry.attempts += 1
            entry.retry_at = clock.now() + pause_after(entry.attempts)
            entry.error = f"{type(error).__name__}: {error}"
        else:
            entry.dispatched_at = clock.now()
            entry.error = ""
        entry.save(update_fields=["attempts", "retry_at", "error", "dispatched_at"])
    if told:
        bell.ring()
    return len(entries)
