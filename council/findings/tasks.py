"""The doorbell of findings, rung by the clock."""

from celery import shared_task

from council.findings import actions


@shared_task
def refresh() -> None:
    """Find out anew what unites and divides wherever enough happened."""
    for consultation in actions.due():
        actions.refresh(consultation)
