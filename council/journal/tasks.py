"""The clock's and the bell's doorbell for the journal."""

from celery import shared_task

from council.journal import actions

ROUND = 5000


@shared_task
def seal() -> None:
    """Seal what has been written since the last round."""
    while actions.seal(limit=ROUND) == ROUND:
        pass
