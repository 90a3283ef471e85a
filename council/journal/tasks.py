"""The clock's doorbell for the journal."""

from celery import shared_task

from council.journal import actions


@shared_task
def seal() -> None:
    """Seal what has been written since the last round."""
    while actions.seal():
        pass
