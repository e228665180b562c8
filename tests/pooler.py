"""Debian's PgBouncer in transaction mode, before the servers of this run."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from ops_platform.env import env
from ops_platform.stack.children import Owner, server_owner, spawn, wait_or_kill

PORT = "6432"
SETTINGS = """
[databases]
* = host={host} port={port}

[pgbouncer]
unix_socket_dir = {folder}
listen_port = {own_port}
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
query_wait_timeout = 20
"""


def program() -> str | None:
    """Return the pooler's program, if it is installed."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass(frozen=True)
class Pool:
    """A running pooler: where it listens, and how many connections of the server it shares."""

    folder: Path
    database: str
    size: int

    def dsn(self) -> str:
        """Return the application's address of the database through the pooler."""
        own = {"host": str(self.folder), "port": PORT, "dbname": self.database}
        whole: str = make_dsn(**(parse_dsn(env.dsn("app")) | own))
        return whole

    def url(self) -> str:
        """Return the same as a process takes it."""
        given = parse_dsn(self.dsn())
        return (
            f"postgresql://{given['user']}:{given['password']}@/{self.database}"
            f"?host={self.folder}&port={PORT}"
        )


@contextmanager
def pooling(database: str, *, size: int) -> Iterator[Pool]:
    """Run the pooler for the length of a block."""
    given, owner = parse_dsn(env.dsn("app")), server_owner()
    with TemporaryDirectory(prefix="ops-pool-", dir="/tmp") as name:
        folder = Path(name)
        _written(folder, owner, given, size)
        with (folder / "log").open("wb") as log:
            child = spawn([program() or "", folder / "ini"], log=log, owner=owner)
        pool = Pool(folder, database, size)
        try:
            _wait(pool)
            yield pool
        finally:
            child.send_signal(signal.SIGINT)
            wait_or_kill(child, seconds=5)


def _written(folder: Path, owner: Owner, given: dict[str, str], size: int) -> None:
    texts = {
        "ini": SETTINGS.format(folder=folder, own_port=PORT, size=size, **given),
        "users": f'"{given["user"]}" "{given["password"]}"\n',
    }
    owner.own(folder)
    for file, text in texts.items():
        (folder / file).write_text(text)
        (folder / file).chmod(0o600)
        owner.own(folder / file)


def _wait(pool: Pool) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            psycopg2.connect(pool.dsn()).close()
        except psycopg2.OperationalError:
            if time.monotonic() > until:
                raise AssertionError((pool.folder / "log").read_text()) from None
            time.sleep(0.1)
        else:
            return
