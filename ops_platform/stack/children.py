"""Child processes: they die with their parent and run without root's rights where they can."""

import ctypes
import os
import pwd
import signal
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ops_platform.stack.turns import take_short_turns

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Owner:
    """The user a server runs as: oneself, or `nobody` when started by root."""

    uid: int
    gid: int

    @property
    def dropped(self) -> bool:
        """Whether rights must be given up to become this user."""
        return os.geteuid() == 0 and self.uid != 0

    def own(self, path: Path) -> None:
        """Give a file or folder to this user."""
        if self.dropped:
            os.chown(path, self.uid, self.gid)


def server_owner() -> Owner:
    """Return the user of the database servers, which refuse to run as root."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    nobody = pwd.getpwnam("nobody")
    return Owner(nobody.pw_uid, nobody.pw_gid)


def reachable(path: Path, owner: Owner) -> bool:
    """Tell whether the owner may walk down to this path."""
    if not owner.dropped:
        return True
    folders = [parent for parent in path.resolve().parents if parent.exists()]
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def spawn(
    argv: Sequence[str | Path],
    *,
    log: IO[bytes] | int,
    owner: Owner | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path = Path("/"),
    fds: Sequence[int] = (),
    death_signal: signal.Signals = signal.SIGTERM,
    short_turns: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session that is told to stop when its parent dies.

    With `short_turns` it and its own children are let to the processor sooner (see turns.py).
    """
    drop: dict[str, Any] = {}
    if owner and owner.dropped:
        drop = {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    return subprocess.Popen(  # noqa: S603 - our own programs only
        [str(word) for word in argv],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=folder,
        env=None if environ is None else dict(environ),
        pass_fds=tuple(fds),
        start_new_session=True,
        # The supervisor has one thread, so a function between fork and exec is safe; it runs
        # after the change of user, which would clear the death signal.
        preexec_fn=_prepared(os.getpid(), death_signal, short_turns=short_turns),  # noqa: PLW1509
        **drop,
    )


def _prepared(
    parent: int, death_signal: signal.Signals, *, short_turns: bool
) -> Callable[[], None]:
    def before_exec() -> None:
        if short_turns:
            take_short_turns()
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def wait_or_kill(child: subprocess.Popen[bytes], *, seconds: int) -> None:
    """Wait for a child that was told to stop; kill its whole session when it does not."""
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        kill_session(child)
        child.wait(10)


def kill_session(child: subprocess.Popen[bytes]) -> None:
    """Kill a child and everything it has started in its own session."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def state_of(pid: int) -> str:
    """Return the kernel's state letter of a process: `Z` dead but not reaped, empty when gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def working_in(folder: Path) -> list[int]:
    """Return the live processes whose working folder this is: the backends of a database."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                inside = (entry / "cwd").readlink() == folder
            except OSError:
                continue
            if inside and state_of(int(entry.name)) != "Z":
                found.append(int(entry.name))
    return found
