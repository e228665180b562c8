"""The embedded servers: PostgreSQL and a Redis, started as children on sockets of their own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from ops_platform.stack.children import Owner, spawn, state_of, working_in
from ops_platform.stack.places import NoServer, Places, postgres_binaries, redis_binary

_LOCALE = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
_READY_SECONDS = 60

# Settings of every embedded database. `synchronous_commit` stays on: with it off a crash lost
# 212 of 35,921 acknowledged commits in trials.
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    # Files of the log are kept to be written again: making one holds up every commit.
    "min_wal_size": "512MB",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
    "log_min_duration_statement": "1000",
    # The statements of a bank carry account numbers: none of their values go to the log.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    # Whoever changes a table, or puts a trigger aside, is told of in the log.
    "log_statement": "ddl",
}
_CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "log_min_duration_statement": "-1",
    "log_statement": "none",
}


class Server(ABC):
    """One embedded server: prepared once, started, watched and stopped by the supervisor."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(
        self, places: Places, *, log: Path, kind: str = "", careless: bool = False
    ) -> None:
        self.places = places
        self.kind = kind
        self.careless = careless
        self.data = places.data / self.name
        self.sockets = places.sockets / self.name
        self.log = log

    @abstractmethod
    def command(self) -> list[str]:
        """Return the words that start the server in the foreground."""

    @abstractmethod
    def ready(self) -> bool:
        """Tell whether the server answers."""

    def prepare(self) -> None:
        """Make the folders and clear what an earlier life left behind."""
        for folder in (self.data, self.sockets):
            self.places.folder(folder)
        self.log.parent.mkdir(parents=True, exist_ok=True)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server; it is told to stop when this process dies."""
        with self.log.open("ab") as log:
            return spawn(
                self.command(),
                log=log,
                owner=self.places.owner,
                environ=_LOCALE,
                death_signal=self.stop_signal,
                short_turns=True,
            )

    def wait_ready(self, child: subprocess.Popen[bytes]) -> None:
        """Wait until the server answers; raises NoServer with the end of its log when it dies."""
        until = time.monotonic() + _READY_SECONDS
        while not self.ready():
            if child.poll() is not None or time.monotonic() > until:
                tail = self.log.read_text(errors="replace")[-2000:]
                raise NoServer(f"{self.name} does not start:\n{tail}")
            time.sleep(0.01)


class Postgres(Server):
    """An embedded PostgreSQL on a Unix socket."""

    name = "postgres"
    # Fast shutdown: open transactions are rolled back, the data are checkpointed.
    stop_signal = signal.SIGINT
    superuser = "postgres"

    def __init__(
        self, places: Places, *, password: str, log: Path, kind: str = "", careless: bool = False
    ) -> None:
        super().__init__(places, log=log, kind=kind, careless=careless)
        self.password = password

    def dsn(self, database: str = "postgres") -> str:
        """Return the superuser's address of a database."""
        return (
            f"postgresql://{self.superuser}:{self.password}@/{database}?host={self.sockets}"
            "&port=5432"
        )

    def prepare(self) -> None:
        """Create the database cluster on first start, and wait for the backends of a dead one."""
        super().prepare()
        if not (self.data / "PG_VERSION").exists():
            self._init()
        until = time.monotonic() + 20
        while working_in(self.data) and time.monotonic() < until:
            time.sleep(0.05)
        self._forget_dead_postmaster()

    def command(self) -> list[str]:
        """Return the words that start the server in the foreground."""
        settings = _SETTINGS | (_CARELESS if self.careless else {})
        settings |= {"unix_socket_directories": str(self.sockets)}
        words = [str(self._binary("postgres")), "-D", str(self.data), "-p", "5432"]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        return words

    def ready(self) -> bool:
        """Tell whether the postmaster has written that it accepts connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and state_of(int(lines[0])) != "Z"

    def _binary(self, name: str) -> Path:
        return postgres_binaries(self.places, kind=self.kind) / name

    def _init(self) -> None:
        for left in self.data.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        password = self.sockets / "password"
        password.touch(mode=0o600)
        password.write_text(self.password)
        self.places.owner.own(password)
        words: list[str | Path] = [
            self._binary("initdb"),
            "-D",
            self.data,
            "-U",
            self.superuser,
            "-E",
            "UTF8",
        ]
        words += ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password}"]
        words += ["--no-instructions", *(["--no-sync"] if self.careless else ["--data-checksums"])]
        try:
            run_as(self.places.owner, words)
        finally:
            password.unlink()

    def _forget_dead_postmaster(self) -> None:
        # PostgreSQL takes a dead process that nobody has reaped for a live one.
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return
        if state_of(pid) in {"Z", ""} and not working_in(self.data):
            lock.unlink(missing_ok=True)


class Redis(Server):
    """An embedded server of the Redis protocol on a Unix socket."""

    name = "redis"

    @property
    def socket(self) -> Path:
        """Return the path of its socket."""
        return self.sockets / "redis.sock"

    def prepare(self) -> None:
        """Make the folders and remove the socket of an earlier life."""
        super().prepare()
        self.socket.unlink(missing_ok=True)

    def command(self) -> list[str]:
        """Return the words that start the server in the foreground."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "no" if self.careless else "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        words = [str(redis_binary(self.places, kind=self.kind))]
        for name, value in options.items():
            words += [f"--{name}", value]
        return words

    def ready(self) -> bool:
        """Tell whether the server answers a ping."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def run_as(owner: Owner, words: list[str | Path]) -> None:
    """Run a program of the servers to its end as their user; raises NoServer when it fails."""
    drop: dict[str, Any] = {}
    if owner.dropped:
        drop = {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    done = subprocess.run(  # noqa: S603 - our own programs only
        [str(word) for word in words],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=_LOCALE,
        **drop,
    )
    if done.returncode:
        raise NoServer(f"{words[0]} failed:\n{done.stdout}{done.stderr}"[-2000:])


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))
