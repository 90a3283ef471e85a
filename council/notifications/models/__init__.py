"""Telling people: what is told to whom, by which way, and what became of it."""

from council.notifications.models.digests import Digest
from council.notifications.models.mailboxes import Mailbox, Received
from council.notifications.models.notifications import Notification
from council.notifications.models.preferences import DUTIES, Channel, Habits, Kind, Mute, Preference
from council.notifications.models.push import Browser
from council.notifications.models.sending import Sending

__all__ = [
    "DUTIES",
    "Browser",
    "Channel",
    "Digest",
    "Habits",
    "Kind",
    "Mailbox",
    "Mute",
    "Notification",
    "Preference",
    "Received",
    "Sending",
]
