"""Servers for tests and trials: the real programs, careless about power cuts, gone afterwards."""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ops_platform.env import BASE, DATABASE, OWNER
from ops_platform.stack import roles
from ops_platform.stack.children import wait_or_kill
from ops_platform.stack.places import Places
from ops_platform.stack.servers import Postgres, Redis, Server

_APP_ROLE = "ops_app"
_MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of our own in it, refused if it is another's
_ROOM_BYTES = 3 * 1024**3


def scratch(folder: Path, memory: Path = _MEMORY, room: int = _ROOM_BYTES) -> Path:
    """Return a folder in memory in place of one whose loss costs nothing, where memory is ample.

    Copying a database is making some two thousand files: 0.03 s there, 0.4 s on a disk.
    """
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    there = memory / f"ops-{mark}"
    try:
        found = os.statvfs(memory)
        if min(found.f_bavail * found.f_frsize, _available_bytes() // 2) < room:
            return folder
        there.mkdir(exist_ok=True)
        return there if there.stat().st_uid == os.getuid() else folder
    except OSError:
        return folder


def _available_bytes() -> int:
    found = re.search(r"MemAvailable: +([0-9]+) kB", Path("/proc/meminfo").read_text())
    return int(found[1]) * 1024 if found else 0


class Throwaway:
    """One PostgreSQL and one Redis in a folder of their own.

    The folder of a kind, in memory or below `var/test`, is kept between runs, since a migrated
    template in it saves seconds; a second run at the same time takes one of its own and removes it.
    """

    def __init__(
        self,
        *,
        kind: str = "",
        careless: bool = True,
        home: Path | None = None,
        keep: bool = True,
        attach: Path | None = None,
    ) -> None:
        """Claim a folder; with `attach` be the pair in that folder, which another process runs."""
        self._keep = keep
        self._children: list[tuple[Server, subprocess.Popen[bytes]]] = []
        self._lock: IO[bytes] | None = None
        usual = BASE / "var" / "test"
        home = home or (scratch(usual) if careless else usual)
        self.home = attach or self._claim(home, kind or "wheels")
        places, logs = Places.under(self.home), self.home / "log"
        self._password = self._kept_password()
        self.postgres = Postgres(
            places,
            password=self._password,
            log=logs / "postgres.log",
            kind=kind,
            careless=careless,
        )
        self.redis = Redis(places, log=logs / "redis.log", kind=kind, careless=careless)

    @property
    def environment(self) -> dict[str, str]:
        """Return the knobs that lead a process to these servers."""
        return {
            "DATABASE_URL": f"postgresql://{OWNER}:{self._password}@/{DATABASE}"
            f"?host={self.postgres.sockets}&port=5432",
            "REDIS_URL": f"unix://{self.redis.socket}",
            "OPS_APP_ROLE": _APP_ROLE,
            "OPS_APP_PASSWORD": self._password,
            "OPS_VAR": str(self.home / "files"),
        }

    @property
    def running(self) -> bool:
        """Whether the servers have been started."""
        return bool(self._children)

    def start(self) -> None:
        """Start both servers and make the roles and an empty database."""
        if self.running:
            return
        self._wipe_after_power_cut()
        servers: tuple[Server, ...] = (self.postgres, self.redis)
        for server in servers:
            server.prepare()
            self._children.append((server, server.start()))
        for starting, child in self._children:
            starting.wait_ready(child)
        superuser = self.postgres.dsn()
        roles.make_owner(superuser, password=self._password, may_create=True)
        roles.make_database(superuser)
        roles.make_application(superuser, role=_APP_ROLE, password=self._password)
        roles.grant(self.environment["DATABASE_URL"], role=_APP_ROLE)

    def stop(self) -> None:
        """Stop both servers and leave the folder, or remove it when it was only for this run."""
        for server, child in self._children:
            child.send_signal(server.stop_signal)
        for _server, child in self._children:
            wait_or_kill(child, seconds=20)
        self._children.clear()
        if self._lock is None or not self._keep:
            shutil.rmtree(self.home, ignore_errors=True)
        if self._lock:
            self._lock.close()

    def _claim(self, parent: Path, kind: str) -> Path:
        parent.mkdir(parents=True, exist_ok=True)
        lock = (parent / f"{kind}.lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            home = parent / f"{kind}-{os.getpid()}"
        else:
            self._lock = lock
            home = parent / kind
        shutil.rmtree(home / "files", ignore_errors=True)
        (home / "files").mkdir(parents=True, exist_ok=True)
        return home

    def _kept_password(self) -> str:
        path = self.home / "password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(24))
        return path.read_text()

    def _wipe_after_power_cut(self) -> None:
        # Without fsync a database may be broken by a power cut, never by the death of a process.
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        mark = self.home / "boot"
        if not mark.exists() or mark.read_text() != boot:
            for server in (self.postgres, self.redis):
                shutil.rmtree(server.data, ignore_errors=True)
        mark.write_text(boot)


@contextmanager
def throwaway(
    *, kind: str = "", careless: bool = True, home: Path | None = None
) -> Iterator[Throwaway]:
    """Run both servers for the length of a block."""
    servers = Throwaway(kind=kind, careless=careless, home=home)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()
