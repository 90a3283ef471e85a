"""Child processes that never outlive the process that started them, even when that one is killed."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Guise:
    """As whom a program runs: `prefix` goes before its command, `namespace` gives it a user namespace of its own."""

    owner: int
    prefix: tuple[str, ...] = ()
    namespace: bool = False


def ordinary_user() -> pwd.struct_passwd:
    """Any user but root: inside a namespace root's process carries this name, and files stay root's."""
    return next(user for user in pwd.getpwall() if user.pw_uid)


def guises() -> list[Guise]:
    """The ways to run a program that refuses to run as root, best first; just one for an ordinary user."""
    if os.geteuid():
        return [Guise(os.geteuid())]
    user = ordinary_user()
    setpriv = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=keep")
    see_all = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    return [Guise(0, namespace=True), Guise(user.pw_uid, prefix=(*setpriv, *see_all))]


def die_with_parent(parent: int, death_signal: signal.Signals) -> None:
    """Ask the kernel for `death_signal` once the parent is gone. A change of credentials cancels the request.

    Raises:
        ProcessLookupError: `parent` is already gone.
    """
    _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:
        raise ProcessLookupError(parent)


def own_namespace(user: pwd.struct_passwd) -> None:
    """Enter a new user namespace in which this process is `user`, user_namespaces(7)."""
    uid, gid = os.geteuid(), os.getegid()
    if _libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "user namespaces are blocked")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user.pw_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{user.pw_gid} {gid} 1")


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet collected by its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Process:
    """A child in a session of its own, with its output in a log file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals | None = None,
        guise: Guise | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        keep: Sequence[int] = (),
    ) -> None:
        """Start the child; the log of the one before it becomes `<name>.log.1`.

        Args:
            name: what people call it.
            command: the program and its arguments.
            log: where its output goes.
            stop_signal: what asks it to end in good order.
            death_signal: what it gets if this process dies; the stop signal unless said otherwise.
            guise: as whom it runs.
            cwd: the folder it runs in.
            env: its environment.
            keep: file descriptors it inherits.
        """
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_name(f"{log.name}.1"))
        with log.open("wb") as output:
            self._popen = spawn(
                command,
                guise=guise,
                death_signal=death_signal or stop_signal,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=env,
                pass_fds=keep,
            )

    @property
    def pid(self) -> int:
        """The process, and its session and group too."""
        return self._popen.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._popen.poll() is None

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait(self) -> int:
        """Wait until it ends; its exit code, negative for the signal that ended it."""
        return self._popen.wait()

    def ask_to_stop(self) -> None:
        """Send the signal it stops by."""
        self._popen.send_signal(self.stop_signal)

    def finish(self, grace: float = 10) -> None:
        """Give it `grace` seconds to end, then kill what is left of its group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(grace)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def stop(self) -> None:
        """Ask it to stop and see to it."""
        self.ask_to_stop()
        self.finish()


def spawn(
    command: Sequence[str | Path], *, guise: Guise | None = None, death_signal: signal.Signals, **options: Any
) -> subprocess.Popen[bytes]:
    """`subprocess.Popen` in a session of its own that gets `death_signal` when this process ends, however it ends."""
    parent = os.getpid()
    user = ordinary_user() if guise and guise.namespace else None

    def prepare() -> None:
        if user:
            own_namespace(user)
        die_with_parent(parent, death_signal)

    return subprocess.Popen(
        [*(guise.prefix if guise else ()), *command],
        start_new_session=True,
        preexec_fn=prepare,  # noqa: PLW1509 - takes no lock: a few system calls
        **options,
    )
