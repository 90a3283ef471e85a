"""Shows that workers hear: beat rings, a worker answers, each says to which queues it listens, ``/readyz`` looks."""

from celery import current_app, shared_task
from celery.signals import heartbeat_sent

from council.ops import health


@shared_task
def heartbeat() -> None:
    """Note that a worker has just run a task."""
    health.note_worker()


@heartbeat_sent.connect
def listening(**_: object) -> None:
    """Note, with every beat of a worker's own heart, to which queues it listens; its pool may be busy for minutes."""
    health.note_queues(current_app.amqp.queues.consume_from)
