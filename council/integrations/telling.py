"""What a webhook says of an event: where to look, and nothing that its account may not see at that moment."""

from typing import Any

from django.conf import settings

from council.integrations import mirroring
from council.integrations.mirroring import API
from council.integrations.models import Webhook
from council.integrations.standing import Standing
from council.journal.feed import CHANGES, ENTRIES, Place
from council.journal.models import Change, Entry
from council.people.models import User


def told(row: Entry | Change, user: User) -> dict[str, Any] | None:
    """The line of the change feed for an entry, or for a change that took a thing away; nothing where it is not told."""
    place = Place(row.seal_id or 0, ENTRIES if isinstance(row, Entry) else CHANGES, row.pk)
    for line in mirroring.told(Standing(user), [(place, row)], mirroring.ALL):
        if line.gone or isinstance(row, Entry):
            return {
                "event": line.event,
                "noun": line.noun,
                "id": str(line.id),
                "url": line.path and f"{settings.SITE_URL}{line.path}",
                "council": str(line.council),
                "organisation": line.organisation and str(line.organisation),
                "gone": line.gone,
                "at": line.at.isoformat(),
                "cursor": line.cursor,
            }
    return None


def about_test(webhook: Webhook) -> dict[str, Any]:
    """What a test says."""
    url = f"{settings.SITE_URL}{API}/webhooks/{webhook.pk}/"
    return {"event": "webhook.test", "noun": "webhooks", "id": str(webhook.pk), "url": url, "council": None}
