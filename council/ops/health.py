"""Is it up, and can it work: the two questions a load balancer asks."""

import time
from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis, RedisError

WORKER_KEY = "worker-heard-at"
QUEUES_KEY = "queues-heard-at"
WORKER_SILENCE = 60.0


def note_worker() -> None:
    """Keep the moment at which a worker ran."""
    with _redis() as redis:
        redis.set(WORKER_KEY, time.time())


def note_queues(names: Iterable[str]) -> None:
    """Keep the moment at which a worker listened to some queues, busy or not."""
    with _redis() as redis:
        redis.hset(QUEUES_KEY, mapping=dict.fromkeys(names, time.time()))


def faults() -> dict[str, str]:
    """What keeps the product from working, by component; empty when all is well."""
    checks = {"database": _database, "migrations": _migrations, "broker": _broker, "worker": _worker, "queues": _queues}
    found: dict[str, str] = {}
    for name, check in checks.items():
        if name == "migrations" and "database" in found:
            continue
        try:
            fault = check()
        except (DatabaseError, RedisError, OSError) as error:
            fault = f"{type(error).__name__}"
        if fault:
            found[name] = fault
    return found


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} not applied" if missing else ""


def _broker() -> str:
    with _redis() as redis:
        redis.ping()
    return ""


def _worker() -> str:
    with _redis() as redis:
        heard = redis.get(WORKER_KEY)
    if heard is None:
        return "not heard yet"
    silence = time.time() - float(heard)
    return f"not heard for {silence:.0f} s" if silence > WORKER_SILENCE else ""


def _queues() -> str:
    """The queues nobody listens to. Workers say so themselves every few seconds, so nobody has to be asked and waited for."""
    with _redis() as redis:
        heard: dict[str, str] = redis.hgetall(QUEUES_KEY)
    since = time.time() - WORKER_SILENCE
    silent = [queue.name for queue in settings.CELERY_TASK_QUEUES if float(heard.get(queue.name, 0)) < since]
    return f"nobody listens to {', '.join(silent)}" if silent else ""


def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, decode_responses=True)
