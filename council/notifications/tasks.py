"""The doorbells for telling people: rung by the clock and after every commit."""

import time

from celery import shared_task

from council.notifications import actions

TURN = 20.0
"""Seconds after which a task that could go on for long makes room and stands in line again."""


@shared_task
def dispatch() -> None:
    """Write the notifications for what has happened, and have the mails among them sent."""
    told = 0
    while claimed := actions.dispatch():
        told += claimed
    if told:
        send_mails.delay()
        push_messages.delay()


@shared_task
def send_mails() -> None:
    """Send the mails that wait; of many, some, so that others get their turn."""
    until = time.monotonic() + TURN
    while actions.send_mails():
        if time.monotonic() > until:
            send_mails.delay()
            return


@shared_task
def collect_digests() -> None:
    """Make the digests whose hour has come, and have them sent."""
    made = 0
    while number := actions.collect_digests():
        made += number
    if made:
        send_mails.delay()


@shared_task
def push_messages() -> None:
    """Send the push messages that wait."""
    while actions.push_messages():
        pass
