"""A task that does nothing but say that it ran."""

from celery import shared_task
from django.conf import settings
from redis import Redis


@shared_task
def echo(name: str) -> None:
    """Answer under a name."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.rpush(name, "here")
