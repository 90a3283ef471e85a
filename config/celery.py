"""Celery: rings the rooms' tasks by the clock, and at once when a journal entry has been committed."""

import logging
import os
import signal
import time

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init
from kombu.exceptions import OperationalError

from council.journal.bell import committed
from council.ops import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

log = logging.getLogger(__name__)

app = Celery("council")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "tell": {"task": "council.notifications.tasks.dispatch", "schedule": 2.0, "options": {"expires": 10}},
    "send": {"task": "council.notifications.tasks.send_mails", "schedule": 5.0, "options": {"expires": 20}},
    "push": {"task": "council.notifications.tasks.push_messages", "schedule": 5.0, "options": {"expires": 20}},
    "digests": {"task": "council.notifications.tasks.collect_digests", "schedule": 60.0, "options": {"expires": 60}},
    "seal": {"task": "council.journal.tasks.seal", "schedule": 2.0, "options": {"expires": 10}},
    "remind": {
        "task": "council.opinions.tasks.remind_before_closing",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "campaigns": {
        "task": "council.opinions.tasks.recognise_campaigns",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "findings": {
        "task": "council.findings.tasks.refresh",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "invitations": {
        "task": "council.meetings.tasks.keep_invitations",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "ballots": {
        "task": "council.decisions.tasks.close_due_ballots",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "actions": {
        "task": "council.decisions.tasks.follow_up",
        "schedule": crontab(minute="7", hour="8-18"),
        "options": {"expires": 3000},
    },
    "imports": {"task": "council.exchange.tasks.run_imports", "schedule": 2.0, "options": {"expires": 5}},
    "exports": {"task": "council.exchange.tasks.run_exports", "schedule": 2.0, "options": {"expires": 5}},
    "expire": {"task": "council.exchange.tasks.expire_exports", "schedule": 3600.0, "options": {"expires": 600}},
    "tokens": {
        "task": "council.people.tasks.announce_ends",
        "schedule": crontab(minute="17", hour="8-18"),
        "options": {"expires": 3000},
    },
    "forget": {
        "task": "council.people.tasks.forget_ended_access_tokens",
        "schedule": crontab(minute="23"),
        "options": {"expires": 3000},
    },
    "write_deliveries": {
        "task": "council.integrations.tasks.write_deliveries",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "deliver": {"task": "council.integrations.tasks.deliver", "schedule": 2.0, "options": {"expires": 10}},
    "forget_deliveries": {
        "task": "council.integrations.tasks.forget_deliveries",
        "schedule": crontab(minute="41"),
        "options": {"expires": 3000},
    },
    "forget_kept_answers": {
        "task": "council.integrations.tasks.forget_kept_answers",
        "schedule": crontab(minute="47"),
        "options": {"expires": 3000},
    },
    "heartbeat": {"task": "council.ops.tasks.heartbeat", "schedule": 10.0, "options": {"expires": 20}},
}


@worker_process_init.connect
def end_with_the_worker(**_: object) -> None:
    """A pool process does not outlive a worker that was killed: its claim is free at once."""
    processes.die_with_parent(os.getppid(), signal.SIGKILL)


class Doorbell:
    """Rings dispatcher and sealer after a commit; a broker that does not answer is left alone a while, nothing is lost."""

    PAUSE = 15.0

    def __init__(self) -> None:
        self.silent_until = 0.0

    def ring(self, **_: object) -> None:
        """Ask a worker to dispatch and to seal now. What this cannot ring, the beat finds within seconds."""
        if time.monotonic() < self.silent_until:
            return
        try:
            app.send_task("council.notifications.tasks.dispatch", expires=10, retry=False)
            app.send_task("council.journal.tasks.seal", expires=10, retry=False)
        except OperationalError as error:
            self.silent_until = time.monotonic() + self.PAUSE
            log.warning("broker not reached, the next round waits for the beat: %s", error)


doorbell = Doorbell()
committed.connect(doorbell.ring)
