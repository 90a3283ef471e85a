"""The whole product as children of one process: embedded servers, web, Celery workers and beat."""

import contextlib
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from council.ops import engines
from council.ops.processes import Process

HOST = "127.0.0.1"
WEB_PATIENCE = 120.0
# Every watcher of a meeting is a request that does not end: many at once, and no waiting for them at the end.
WEB_LIMITS = ("--backpressure", "4096", "--workers-kill-timeout", "3")
# Queues by who serves them, and with how many processes: what people wait for, what goes out, what takes long.
WORKERS = {
    "tell": ("tell", 1),
    "post": ("mail,push", 2),
    "hooks": ("webhooks", 1),  # other people's slow servers hold up no mail
    "work": ("default,files", 2),
}
WEB_SERVER = ("granian", "--interface", "asgi", "config.asgi:application", *WEB_LIMITS)


class ServeError(Exception):
    """The run cannot start or go on; the text says why."""


class PortTakenError(ServeError):
    """Another program listens on the port."""


class Stopped(BaseException):
    """Somebody asked for the end: Ctrl-C, SIGTERM, or the terminal was closed."""


class Supervisor:
    """Starts everything in order, watches it, and stops it in reverse order."""

    def __init__(self, port: int, *, demo: bool, say: Callable[[str], None]) -> None:
        """Prepare a run on `port`; `demo` fills an empty database, `say` tells the person what happens."""
        self.port = port
        self.demo = demo
        self.say = say
        self.state: Path = settings.STATE_DIR
        self.url = f"http://{HOST}:{port}"
        self.env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.env.setdefault("SITE_URL", self.url)
        self.env.setdefault("STATIC_FROM_SOURCE", "yes")
        self.keep: list[int] = []
        self.engines: list[Process] = []
        self.programs: list[Process] = []

    def run(self) -> None:
        """Run until asked to stop.

        Raises:
            ServeError: the port is taken, or a child failed.
            engines.EngineError: the state folder is in use, or an embedded server does not start.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop_once)
        began = time.monotonic()
        with contextlib.suppress(Stopped), engines.Claim(self.state) as claim:
            self.keep = [claim.fileno()]
            try:
                require_free(self.port)
                self.start_engines()
                self.prepare()
                self.start_programs()
                self.wait_for_web()
                self.announce(time.monotonic() - began)
                self.watch()
            except Stopped:
                self.say("Stopping …")
            finally:
                ignore_signals()
                claim.is_ending()
                self.stop()

    def start_engines(self) -> None:
        """Start the servers that the environment does not name."""
        if settings.EMBEDDED:
            self.say("Starting PostgreSQL …")
            self.engines.append(engines.start_postgresql(self.state, keep=self.keep))
        if engines.embedded_redis_url(self.state) == settings.REDIS_URL:
            self.say("Starting Valkey …")
            self.engines.append(engines.start_valkey(self.state, keep=self.keep))

    def prepare(self) -> None:
        """Bring the database up to date, and the demo into an empty one."""
        self.say("Updating the database …")
        call_command("migrate", interactive=False, verbosity=0)
        if self.demo:
            self.say("Loading the demo if there is no data yet …")
            call_command("demo", if_empty=True)

    def start_programs(self) -> None:
        """Start the web server, the workers and the beat."""
        self.say("Starting the web server, the workers and the beat …")
        where = ["--host", HOST, "--port", str(self.port), "--workers", "2"]
        schedule = self.state / "beat"
        schedule.mkdir(exist_ok=True)
        self.python("web", *WEB_SERVER, *where, death_signal=signal.SIGTERM)  # ends its own workers
        for name, (queues, processes) in WORKERS.items():
            worker = ["-n", f"{name}@%h", "-Q", queues, "-c", str(processes), "--without-gossip", "--without-mingle"]
            self.python(f"worker-{name}", "celery", "-A", "config", "worker", *worker)
        self.python("beat", "celery", "-A", "config", "beat", "--schedule", str(schedule / "schedule"))

    def python(self, name: str, *module: str, death_signal: signal.Signals = signal.SIGKILL) -> None:
        """Start a Python module as a program in the project's folder."""
        self.programs.append(
            Process(
                name,
                [sys.executable, "-m", *module],
                log=self.state / "log" / f"{name}.log",
                death_signal=death_signal,
                cwd=settings.BASE_DIR,
                env=self.env,
                keep=self.keep,
            )
        )

    def wait_for_web(self) -> None:
        """Wait until pages are answered."""
        patient_until = time.monotonic() + WEB_PATIENCE
        while not answers(self.port):
            self.require_all_running()
            if time.monotonic() > patient_until:
                raise ServeError(f"The web server does not answer; see {self.state / 'log' / 'web.log'}.")
            time.sleep(0.05)

    def announce(self, seconds: float) -> None:
        """Say where it runs and who can log in."""
        self.say(f"\nCouncil runs at {self.url}/ (started in {seconds:.1f} s, logs in {self.state / 'log'})\n")
        if self.demo:
            call_command("demo", accounts=True)
        self.say("\nCtrl-C stops it.")
        connections.close_all()

    def watch(self) -> None:
        """Return never; raise as soon as a child ends."""
        while True:
            self.require_all_running()
            time.sleep(0.5)

    def require_all_running(self) -> None:
        """Raise if a child has ended."""
        for process in [*self.engines, *self.programs]:
            if not process.running:
                raise ServeError(f"{process.name} ended unexpectedly. The end of {process.log}:\n{process.tail()}")

    def stop(self) -> None:
        """Stop the programs together, then the servers they use."""
        for process in reversed(self.programs):
            process.ask_to_stop()
        for process in reversed(self.programs):
            process.finish()
        for process in reversed(self.engines):
            process.stop()


def stop_once(number: int, frame: FrameType | None) -> None:
    """Signal handler: end the run; further signals do not disturb the ending."""
    ignore_signals()
    raise Stopped


def ignore_signals() -> None:
    """From here on the run ends and takes no more orders."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def require_free(port: int) -> None:
    """Raise if the port cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise PortTakenError(f"Port {port} is for root only. Choose another one: make run PORT=8001") from error
        except OSError as error:
            raise PortTakenError(
                f"Port {port} is taken by another program. Choose another one: make run PORT={port + 1}"
            ) from error


def answers(port: int) -> bool:
    """Whether the web server gives pages; one that redirects or refuses a name does too."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
