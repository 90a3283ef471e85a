"""The bench's own PostgreSQL and Valkey for a whole run, and servers started as the product's is."""

import atexit
import http.client
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from bench.measure import Size
from council.ops import engines
from council.ops.processes import Process
from council.ops.serve import HOST, WEB_LIMITS, WEB_PATIENCE, WEB_SERVER, answers

if TYPE_CHECKING:
    from bench.country import Country

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
WSGI_SERVER = ("granian", "--interface", "wsgi", "--blocking-threads", "1", *WEB_LIMITS)


class Stage:
    """Where rows with a database play.

    Attributes:
        folder: where everything lies; gone after the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filled: dict[str, Any] = {}
        self._running: list[Process] = []

    def open(self) -> Self:
        """Start both engines, and Django on them; the database named ``council`` is migrated and stays empty."""
        self._running = [engines.start_postgresql(self.folder), engines.start_valkey(self.folder)]
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "COUNCIL_STATE": str(self.folder),
            "DATABASE_URL": engines.embedded_database_url(self.folder),
            "REDIS_URL": engines.embedded_redis_url(self.folder),
            "SECRET_KEY": "for the bench only " * 4,
            "STATIC_FROM_SOURCE": "yes",
            "EMAIL_URL": "dummymail://",
            "LOG_LEVEL": "WARNING",
        }
        import django  # noqa: PLC0415 - only rows with a database need it, and only once its environment is there

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 - as above

        call_command("migrate", verbosity=0)
        return self

    def use(self, name: str, fill: Callable[[], T]) -> T:
        """Turn Django, and the servers started from here on, to a database of that name.

        Args:
            name: of letters.
            fill: fills it, the first time it is asked for; what it returns is given back each time.
        """
        from django.db import connection  # noqa: PLC0415 - as above

        connection.close()
        if name not in self._filled:
            connection.settings_dict["NAME"] = "postgres"
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{engines.DATABASE}"')
            connection.close()
        connection.settings_dict["NAME"] = name
        os.environ["DATABASE_URL"] = engines.embedded_database_url(self.folder).removesuffix(engines.DATABASE) + name
        if name not in self._filled:
            self._filled[name] = fill()
        found: T = self._filled[name]
        return found

    def start(self, name: str, *module: str, env: Mapping[str, str] | None = None) -> Process:
        """Start a Python module as a process that ends with the run at the latest."""
        log = self.folder / "log" / f"{name}.log"
        process = Process(name, [sys.executable, "-m", *module], log=log, cwd=ROOT, env={**os.environ, **(env or {})})
        self._running.append(process)
        return process

    def close(self) -> None:
        """Stop everything, what was started last first."""
        for process in reversed(self._running):
            if process.running:
                process.stop()


@cache
def stage() -> Stage:
    """The stage of this run, opened when the first row asks for it and closed at the run's end."""
    folder = tempfile.TemporaryDirectory(prefix="council-bench-")
    atexit.register(folder.cleanup)
    found = Stage(Path(folder.name))
    atexit.register(found.close)
    return found.open()


def country(name: str, size: Size = "usual", **changes: int) -> "Country":
    """Turn to a database of that name with a country in it, of that size but for the changes."""
    stage()  # Django has to be set up before its models are looked at
    from bench.country import Shape, build  # noqa: PLC0415 - as above

    shape = Shape.country(**changes) if size == "full" else Shape.usual(**changes)
    return stage().use(name, partial(build, shape))


class Served:
    """A server process with one worker, and one kept-alive connection to it.

    Attributes:
        process: the server.
        port: where it listens on loopback.
    """

    def __init__(self, process: Process, port: int, headers: Mapping[str, str]) -> None:
        self.process, self.port = process, port
        self.headers = {"Host": f"{HOST}:{port}", **headers}
        self._connection = self.connection()

    def __enter__(self) -> Self:
        patient_until = time.monotonic() + WEB_PATIENCE
        while not answers(self.port):
            if not self.process.running or time.monotonic() > patient_until:
                message = f"{self.process.name} does not answer:\n{self.process.tail()}"
                raise RuntimeError(message)
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self.process.stop()

    def connection(self) -> http.client.HTTPConnection:
        """Another connection to it."""
        return http.client.HTTPConnection(HOST, self.port, timeout=120)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
        """Send a request and wait for the beginning of its answer, which has to be read before the next one."""
        self._connection.request(method, path, body, self.headers | headers)
        return self._connection.getresponse()

    def get(self, path: str, **headers: str) -> bytes:
        """The body of a page that is there.

        Raises:
            RuntimeError: it is not.
        """
        return self._whole(self.ask("GET", path, None, **headers), path)

    def post(self, path: str, body: bytes, **headers: str) -> bytes:
        """The body of the answer to JSON that was taken; raises as `get`."""
        return self._whole(self.ask("POST", path, body, **{"Content-Type": "application/json", **headers}), path)

    def _whole(self, response: http.client.HTTPResponse, path: str) -> bytes:
        body = response.read()
        if response.status >= http.HTTPStatus.MULTIPLE_CHOICES:
            message = f"{self.process.name} answers {path} with {response.status}: {body[:300]!r}"
            raise RuntimeError(message)
        return body

    @property
    def worker(self) -> int:
        """The process that answers: the server's only child."""
        return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])


def served(headers: Mapping[str, str] | None = None, **env: str) -> Served:
    """The product, on the database in use.

    Args:
        headers: sent with every request, e.g. who asks.
        env: what its environment has besides the run's.
    """
    port = free_port()
    where = "--host", HOST, "--port", str(port), "--workers", "1"
    env |= {"SITE_URL": f"http://{HOST}:{port}"}
    return Served(stage().start("product", *WEB_SERVER, *where, env=env), port, headers or {})


def limit(name: str) -> Served:
    """The WSGI application of the module ``bench.limits.<name>``, on the database in use, under the same server."""
    port = free_port()
    where = "--host", HOST, "--port", str(port), "--workers", "1"
    application = f"bench.limits.{name}:application"
    env = {"DJANGO_SETTINGS_MODULE": "bench.limits.settings"}
    return Served(stage().start(name, *WSGI_SERVER, application, *where, env=env), port, {})


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def resident(pid: int) -> int:
    """The memory a process holds, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
