"""Verb → who hears of it, how, and in which words. A verb that is not here is told to nobody.

The words are filled from the entry's ``data``. Who hears is asked when the entry is dispatched; whether they may still
see the thing is asked again when a mail is sent and when a notice is shown.
"""

from council.journal.verbs import Verb
from council.notifications.announced.accounts import ACCOUNTS
from council.notifications.announced.meetings import MEETINGS
from council.notifications.announced.opinions import OPINIONS
from council.notifications.announced.outcomes import OUTCOMES
from council.notifications.announcing import Announcement
from council.notifications.models import Kind

ANNOUNCEMENTS: dict[Verb, Announcement] = {**ACCOUNTS, **MEETINGS, **OPINIONS, **OUTCOMES}


def verbs_of(kind: Kind) -> list[Verb]:
    """What is told as one kind."""
    return [verb for verb, announcement in ANNOUNCEMENTS.items() if announcement.kind == kind]
