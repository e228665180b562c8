"""Keeps the platform's processes running: starts them, restarts what dies, stops them in order."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from ops_platform.stack.children import kill_session, wait_or_kill

_QUICK_SECONDS = 30
_BACKOFF_FIRST, _BACKOFF_MAX = 0.25, 10.0
_LOG_BYTES_MAX = 50 * 1024 * 1024


class Stopped(Exception):
    """The supervisor was told to stop while it waited for something."""


@dataclass(frozen=True)
class Part:
    """One process to keep alive. Parts stop in descending order of `level`."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    level: int
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: int = 25
    before: Callable[[], None] | None = None


@dataclass
class _Life:
    """What the supervisor knows about a part: its present process and its past deaths."""

    part: Part
    child: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    starts: int = 0
    quick_deaths: int = 0
    not_before: float = 0.0


@dataclass
class Supervisor:
    """Runs parts. Signal handlers are set before the first child exists."""

    state_file: Path
    log_folder: Path
    about: dict[str, str] = field(default_factory=dict)
    _lives: dict[str, _Life] = field(default_factory=dict)
    _stopping: bool = False
    _bell: tuple[socket.socket, socket.socket] = field(default_factory=socket.socketpair)
    _trimmed: float = 0.0

    def listen(self) -> None:
        """Set the signal handlers: the very first thing a supervisor does."""
        for end in self._bell:
            end.setblocking(False)  # noqa: FBT003 - its only form
        signal.set_wakeup_fd(self._bell[1].fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._told_to_stop)
        signal.signal(signal.SIGCHLD, _ignore)

    def add(self, part: Part) -> None:
        """Start a part and keep it running from now on."""
        life = _Life(part)
        self._lives[part.name] = life
        self._start(life)

    def child(self, name: str) -> subprocess.Popen[bytes]:
        """Return the present process of a part."""
        child = self._lives[name].child
        assert child is not None
        return child

    def step(self, name: str, argv: Sequence[str], start: Callable[..., object]) -> int:
        """Run a program to its end while the parts are kept alive; returns its exit code."""
        self.report("step", process=name)
        child = start(argv)
        assert isinstance(child, subprocess.Popen)
        try:
            while child.poll() is None:
                self.tick()
        except Stopped:
            child.terminate()
            wait_or_kill(child, seconds=10)
            raise
        self.report("step done", process=name, code=child.returncode)
        return int(child.returncode)

    def tick(self, seconds: float = 0.5) -> None:
        """Wait for a signal or the given time, then restart what has died; raises Stopped."""
        select.select([self._bell[0]], [], [], self._until_next(seconds))
        with contextlib.suppress(BlockingIOError):
            self._bell[0].recv(4096)
        if self._stopping:
            raise Stopped
        for life in self._lives.values():
            self._look_after(life)
        self._trim_logs()

    def run(self) -> None:
        """Keep the parts alive until told to stop."""
        self.write_state("running")
        with contextlib.suppress(Stopped):
            while True:
                self.tick()

    def stop(self) -> None:
        """Stop all parts: those of the highest level first, the servers last."""
        self.write_state("stopping")
        for level in sorted({life.part.level for life in self._lives.values()}, reverse=True):
            lives = [life for life in self._lives.values() if life.part.level == level]
            for life in lives:
                if life.child and life.child.poll() is None:
                    life.child.send_signal(life.part.stop_signal)
            for life in lives:
                if life.child:
                    wait_or_kill(life.child, seconds=life.part.stop_seconds)
                    kill_session(life.child)
                    self.report("stopped", process=life.part.name, code=life.child.returncode)
        self.report("all stopped")
        self.state_file.unlink(missing_ok=True)

    def report(self, event: str, **about: object) -> None:
        """Write one line to the supervisor's log."""
        line = {"timestamp": datetime.now(UTC).isoformat(), "logger": "stack", "event": event}
        self.log_folder.mkdir(parents=True, exist_ok=True)
        with (self.log_folder / "stack.log").open("a") as log:
            log.write(json.dumps(line | about, ensure_ascii=False) + "\n")

    def write_state(self, state: str = "") -> None:
        """Write down which processes run, for `status`, `stop` and tests."""
        if state:
            self.about["state"] = state
        processes = {
            name: {"pid": life.child.pid, "starts": life.starts}
            for name, life in self._lives.items()
            if life.child
        }
        text = json.dumps({**self.about, "pid": os.getpid(), "processes": processes}, indent=1)
        fresh = self.state_file.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self.state_file)

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self, life: _Life) -> None:
        if life.part.before:
            life.part.before()
        life.child = life.part.start()
        life.since = time.monotonic()
        life.starts += 1
        life.not_before = 0.0
        event = "started" if life.starts == 1 else "restarted"
        self.report(event, process=life.part.name, pid=life.child.pid, starts=life.starts)
        self.write_state()

    def _look_after(self, life: _Life) -> None:
        now = time.monotonic()
        if life.child is None or life.child.poll() is None:
            return
        if life.not_before == 0.0:
            # What the dead process had started must not go on beside its successor.
            kill_session(life.child)
            life.not_before = now + self._delay(life, now)
            self.report(
                "died",
                process=life.part.name,
                pid=life.child.pid,
                code=life.child.returncode,
                lived_seconds=round(now - life.since),
            )
        if now >= life.not_before:
            self._start(life)

    def _delay(self, life: _Life, now: float) -> float:
        life.quick_deaths = life.quick_deaths + 1 if now - life.since < _QUICK_SECONDS else 0
        if life.quick_deaths < 2:
            return 0.0
        return min(_BACKOFF_MAX, _BACKOFF_FIRST * 2.0 ** (life.quick_deaths - 2))

    def _until_next(self, seconds: float) -> float:
        now = time.monotonic()
        waits = [life.not_before - now for life in self._lives.values() if life.not_before]
        shortest: float = min([seconds, *waits])
        return max(0.0, shortest)

    def _trim_logs(self) -> None:
        # Children append to their files, so a file may be emptied under them; one old one stays.
        if time.monotonic() - self._trimmed < 60:
            return
        self._trimmed = time.monotonic()
        for log in self.log_folder.glob("*.log"):
            if log.stat().st_size > _LOG_BYTES_MAX:
                log.with_suffix(".log.1").write_bytes(log.read_bytes())
                os.truncate(log, 0)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the signal only rings the bell."""
