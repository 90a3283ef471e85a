"""The doorbells for telling people: rung by the clock and after every commit."""

from celery import shared_task

from council.notifications import actions


@shared_task
def dispatch() -> None:
    """Write the notifications for what has happened, and have the mails among them sent."""
    told = 0
    while claimed := actions.dispatch():
        told += claimed
    if told:
        send_mails.delay()


@shared_task
def send_mails() -> None:
    """Send the mails that wait."""
    while actions.send_mails():
        pass
