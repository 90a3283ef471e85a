"""Work set off by the clock: claimed by one worker, told alive while it goes on, taken over when its worker died."""

import datetime as dt
import time
from collections.abc import Collection, Iterator
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet

from council.core import clock
from council.exchange.models import Job

ENOUGH = 30.0
"""Seconds after which a worker begins no further job: the clock rings again, and no task runs into its time limit."""

J = TypeVar("J", bound=Job)

DEAD_AFTER = dt.timedelta(seconds=60)


@transaction.atomic
def _claim(jobs: "QuerySet[J]", related: Collection[str], dead_after: dt.timedelta) -> J | None:
    """Take the next job that waits, or that a dead worker left; no two workers take the same one."""
    waiting = Q(state="queued") | Q(state="running", heartbeat_at__lt=clock.now() - dead_after)
    job = jobs.filter(waiting).select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
    if job is None:
        return None
    jobs.filter(pk=job.pk).update(state="running", attempt=F("attempt") + 1, heartbeat_at=clock.now(), error="")
    return jobs.select_related(*related).get(pk=job.pk)


def claimed(jobs: "QuerySet[J]", *, related: Collection[str], dead_after: dt.timedelta = DEAD_AFTER) -> Iterator[J]:
    """Job after job, until none waits or it has been enough for one ring of the clock."""
    until = time.monotonic() + ENOUGH
    while time.monotonic() < until and (job := _claim(jobs, related, dead_after)) is not None:
        yield job


def still_mine(jobs: "QuerySet[J]", job: J) -> "QuerySet[J]":
    """The job, as long as no other worker has taken it over."""
    return jobs.filter(pk=job.pk, state="running", attempt=job.attempt)
