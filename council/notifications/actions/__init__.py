"""What can happen to what people are told: one function per verb."""

from council.notifications.actions.digests import collect_digests
from council.notifications.actions.dispatching import dispatch
from council.notifications.actions.preferring import (
    change_habits,
    come_back,
    habits_of,
    has_left,
    leave,
    mute,
    prefer,
    switches,
    unmute,
    waiting_for_digest,
)
from council.notifications.actions.pushing import add_browser, push_messages, remove_browser
from council.notifications.actions.reading import keep, read, read_all
from council.notifications.actions.receiving import is_ours, receive
from council.notifications.actions.resending import resend
from council.notifications.actions.returning import confirm_address, follow_address
from council.notifications.actions.sending import MOST_ATTEMPTS, pause_after, send_mails

__all__ = [
    "MOST_ATTEMPTS",
    "add_browser",
    "change_habits",
    "collect_digests",
    "come_back",
    "confirm_address",
    "dispatch",
    "follow_address",
    "habits_of",
    "has_left",
    "is_ours",
    "keep",
    "leave",
    "mute",
    "pause_after",
    "prefer",
    "push_messages",
    "read",
    "read_all",
    "receive",
    "remove_browser",
    "resend",
    "send_mails",
    "switches",
    "unmute",
    "waiting_for_digest",
]
