"""The clock's doorbells of what other systems need."""

import time

from celery import shared_task

from council.integrations import actions
from council.integrations.actions.deliveries import ENOUGH

LANES = 8


@shared_task
def forget_kept_answers() -> None:
    """Delete answers that were kept long enough for requests that come twice."""
    actions.forget_expired()


@shared_task
def write_deliveries() -> None:
    """Write down what webhooks are to be told."""
    while actions.write_deliveries():
        pass


@shared_task
def deliver() -> None:
    """Send what webhooks are to be told."""
    until = time.monotonic() + ENOUGH
    while time.monotonic() < until and actions.deliver(lanes=LANES):
        pass


@shared_task
def forget_deliveries() -> None:
    """Delete deliveries that ended long ago."""
    while actions.forget_deliveries():
        pass
