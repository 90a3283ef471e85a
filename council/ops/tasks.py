"""Shows that a worker hears: beat rings, a worker answers, ``/readyz`` looks."""

from celery import shared_task

from council.ops import health


@shared_task
def heartbeat() -> None:
    """Note that a worker has just run a task."""
    health.note_worker()
