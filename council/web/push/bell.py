"""The doorbell between processes: channels of Redis that carry the id of the meeting that changed, or that notices were told.

Whoever rings need not be heard: each process looks at what it watches every few seconds anyway.
"""

import logging
import time
from collections.abc import AsyncIterator
from functools import cached_property
from uuid import UUID

from django.conf import settings
from redis import Redis, RedisError
from redis.asyncio import Redis as AsyncRedis

CHANNEL = "council:meetings"
NOTICES = "council:notices"

log = logging.getLogger(__name__)


class Bell:
    """Rings after a commit; a Redis that does not answer is left alone for a while."""

    PAUSE = 5.0

    def __init__(self) -> None:
        self.silent_until = 0.0

    @cached_property
    def _redis(self) -> Redis:
        return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)

    def ring(self, *, meeting: UUID, **_: object) -> None:
        """Say that a meeting changed. What this cannot say, the sweep finds within seconds."""
        self._publish(CHANNEL, str(meeting))

    def ring_for_notices(self, **_: object) -> None:
        """Say that someone was told something, or read it; for whom, each process asks for those it has."""
        self._publish(NOTICES, "")

    def _publish(self, channel: str, message: str) -> None:
        if time.monotonic() < self.silent_until:
            return
        try:
            self._redis.publish(channel, message)
        except RedisError as error:
            self.silent_until = time.monotonic() + self.PAUSE
            log.warning("Redis not reached, watchers see the change with the next sweep: %s", error)


async def heard() -> AsyncIterator[UUID | str | None]:
    """The meetings that are rung for, or :data:`NOTICES`, from now on; None first, once there is something to listen to.

    Raises:
        RedisError: The connection is lost, or there was none.
    """
    redis = AsyncRedis.from_url(settings.REDIS_URL, socket_connect_timeout=3, health_check_interval=5)
    async with redis, redis.pubsub(ignore_subscribe_messages=True) as channel:
        await channel.subscribe(CHANNEL, NOTICES)
        yield None
        while True:
            message = await channel.get_message(timeout=5)
            if message and message["channel"].decode() == NOTICES:
                yield NOTICES
            elif message:
                yield UUID(message["data"].decode())
