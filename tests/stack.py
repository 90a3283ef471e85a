"""The product as processes of its own, against the test's database: web server, Celery worker, a real mail server."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection

from council.ops.processes import Process
from council.ops.serve import WEB_SERVER

PATIENCE = 90.0


def wait_until(condition: Callable[[], bool], *, what: str, moves: Callable[[], object] = lambda: None) -> None:
    """Wait for something to become true, and say what it was if it does not.

    Args:
        what: what is waited for.
        moves: how far it has come; patience begins anew each time this changes.
    """
    patient_until, stood_at = time.monotonic() + PATIENCE, moves()
    while not condition():
        if (stands_at := moves()) != stood_at:
            patient_until, stood_at = time.monotonic() + PATIENCE, stands_at
        if time.monotonic() > patient_until:
            raise AssertionError(f"waited {PATIENCE:.0f} s in vain until {what}")
        threading.Event().wait(0.05)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_database_url() -> str:
    """The database of this test, as another process is told of it."""
    at = connection.settings_dict
    if str(at["HOST"]).startswith("/"):
        return f"postgresql://{at['USER']}@/{quote(at['HOST'])}/{at['NAME']}"
    login = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    return f"postgresql://{login}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"


class MailServer:
    """An SMTP server on loopback that keeps what it takes.

    ``on_data`` may hold a mail up, or answer something other than "taken"; ``on_rcpt`` may refuse an address.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.taken: list[EmailMessage] = []
        self.senders: list[str] = []
        self.connections = 0
        self.on_data: Callable[[EmailMessage], str | None] = lambda mail: None
        self.on_rcpt: Callable[[str], str | None] = lambda address: None
        self.port = port or free_port()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """One connection."""
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One address."""
        answer = self.on_rcpt(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """One mail."""
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        answer = await server.loop.run_in_executor(None, self.on_data, mail)
        if answer is None:
            self.taken.append(mail)
            self.senders.append(envelope.mail_from or "")
        return answer or "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for one address."""
        return [mail for mail in self.taken if address in str(mail["To"])]

    def start(self) -> None:
        """Listen, at the same port as before."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Break off whatever is under way."""
        self._controller.stop()

    def __enter__(self) -> "MailServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Stack:
    """Processes of the product, each started and stopped by the test."""

    def __init__(self, folder: Path, *, mail_port: int, redis_url: str = "", database_url: str = "") -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **os.environ,
            "DATABASE_URL": database_url or test_database_url(),
            "REDIS_URL": redis_url or settings.REDIS_URL,
            "COUNCIL_STATE": str(folder),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "SITE_URL": self.url,
            "STATIC_FROM_SOURCE": "yes",
            "WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8",
        }
        self.running: list[Process] = []

    def start(self, name: str, *arguments: str) -> Process:
        """Start a Python module as a process that dies with the test."""
        process = Process(
            name,
            [sys.executable, "-m", *arguments],
            log=self.folder / "log" / f"{name}.log",
            cwd=settings.BASE_DIR,
            env=self.env,
        )
        self.running.append(process)
        return process

    def start_worker(self) -> Process:
        """Start a Celery worker with its clock, and wait until it listens."""
        schedule = str(self.folder / "schedule")
        process = self.start(
            "worker", "celery", "-A", "config", "worker", "-B", "-s", schedule, "-c", "2", "-l", "INFO"
        )
        wait_until(lambda: "ready." in process.log.read_text(errors="replace"), what="the worker is ready")
        return process

    def start_web(self) -> Process:
        """Start the web server, and wait until it answers."""
        process = self.start("web", *WEB_SERVER, "--port", str(self.port))
        wait_until(self._answers, what=f"the web server answers; {process.log}")
        return process

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def __enter__(self) -> "Stack":
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.running):
            process.stop()


def kill(process: Process) -> None:
    """End a process and its children as a power cut would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
