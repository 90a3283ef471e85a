"""`manage.py serve` as a person meets it: a program of its own, started, met with a browser, and ended in every way."""

import contextlib
import http.client
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from council.ops import processes, serve

OF_THE_SERVER = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "PORT"}


class Run:
    """One run of `serve` on a state folder."""

    def __init__(self, state, port):
        environment = {name: value for name, value in os.environ.items() if name not in OF_THE_SERVER}
        self.state = state
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**environment, "COUNCIL_STATE": str(state)},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self.process:
            self.process.kill()

    def wait_until_it_says(self, words):
        assert self.process.stdout
        said = []
        for line in self.process.stdout:
            said.append(line)
            if words in line:
                return
        pytest.fail(f"ended without saying {words!r}:\n{''.join(said)}")

    def ending(self):
        """What it prints from now on, and the code it ends with."""
        return self.process.communicate(timeout=120)[0], self.process.returncode

    def status(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def children(self):
        """Everything the run started, found by the lock that all of it inherits."""
        lock = self.state / "lock"
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if lock in {link.readlink() for link in (folder / "fd").iterdir()}:
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        found.pop(self.process.pid, None)
        return found


def wait_for_the_end(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            descriptor = os.pidfd_open(pid)
            with os.fdopen(descriptor):
                assert select.select([descriptor], [], [], 20)[0], f"process {pid} goes on"


@pytest.fixture(scope="module")
def state():
    with tempfile.TemporaryDirectory(prefix="협의회 자료 ") as folder:
        yield Path(folder) / "var"


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_taken_port_is_said_before_anything_is_started(state, taken):
    with Run(state, taken) as run:
        said, code = run.ending()
    assert f"Port {taken} is taken by another program." in said
    assert len(said.splitlines()) == 1
    assert code == 2
    assert not (state / "postgresql").exists()


def test_a_free_port_is_not_refused():
    serve.require_free(free_port())


def test_a_child_that_ends_is_named_with_the_end_of_its_log(tmp_path):
    supervisor = serve.Supervisor(8000, demo=False, say=print)
    child = processes.Process("worker", ["sh", "-c", "echo no broker; exit 3"], log=tmp_path / "worker.log")
    assert child.wait() == 3
    supervisor.programs.append(child)
    with pytest.raises(serve.ServeError, match=re.compile("worker ended unexpectedly.*no broker", re.DOTALL)):
        supervisor.require_all_running()


def test_a_run_leaves_nothing_behind_however_it_ends(state):
    port = free_port()

    with Run(state, port) as run:
        run.wait_until_it_says(f"http://127.0.0.1:{port}/")
        assert run.status("/healthz") == 200
        with Run(state, port) as second:
            said, code = second.ending()
        assert f"Already running on {state} (process {run.process.pid})." in said
        assert code == 2
        children = run.children()
        for program in ("postgres", "valkey", "granian", "celery -A config worker", "celery -A config beat"):
            assert any(program in command for command in children.values()), program
        run.process.terminate()
        assert run.ending()[1] == 0
        assert not any(processes.alive(pid) for pid in children)

    with Run(state, port) as run:
        run.wait_until_it_says("Council runs at")
        children = run.children()
        run.process.kill()
        wait_for_the_end(children)

    with Run(state, port) as run:
        run.wait_until_it_says("Council runs at")
        children = run.children()
        beat = next(pid for pid, command in children.items() if "celery -A config beat" in command)
        os.kill(beat, signal.SIGKILL)
        said, code = run.ending()
        assert "beat ended unexpectedly" in said
        assert code == 1
        assert not any(processes.alive(pid) for pid in children)
