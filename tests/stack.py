"""The real platform for journeys: own servers, processes and demo day in an own folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
from playwright.sync_api import Page

from ops_platform.env import BASE

WITHOUT = {"DATABASE_URL", "REDIS_URL", "OPS_VAR", "OPS_PORT", "OPS_DB_ROLE", "OPS_DEMO"}


@dataclass(frozen=True)
class Person:
    """One line of the demo sign-ins."""

    role: str
    number: str
    name: str
    password: str


@dataclass(frozen=True)
class Stack:
    """A running platform."""

    address: str
    folder: Path
    environ: dict[str, str]

    def people(self) -> list[Person]:
        """Return who can sign in."""
        lines = (self.folder / "demo_sign_ins.txt").read_text().splitlines()
        rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
        return [Person(*row[:4]) for row in rows]

    def person(self, prefix: str, place: int = 0) -> Person:
        """Return the n-th person whose number begins so."""
        return [one for one in self.people() if one.number.startswith(prefix)][place]

    def processes(self) -> dict[str, Any]:
        """Return what the supervisor runs."""
        found: dict[str, Any] = json.loads((self.folder / "run" / "stack.json").read_text())
        return dict(found["processes"])

    @cached_property
    def _dsn(self) -> str:
        return subprocess.run(
            [sys.executable, "-c", "from ops_platform.env import env; print(env.dsn('owner'))"],
            cwd=BASE, env=self.environ, check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a management command beside the platform."""
        return subprocess.run(
            [sys.executable, "-m", "ops_platform.stack", "manage", *words],
            cwd=BASE, env=self.environ, check=False, capture_output=True, text=True,
        )  # fmt: skip

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database as its owner, over every institution."""
        line = psycopg2.connect(self._dsn)
        try:
            with line, line.cursor() as cursor:
                cursor.execute("SELECT set_config('app.scope', '*', true)")
                cursor.execute(sql)
                return cursor.fetchall()
        finally:
            line.close()


@contextmanager
def running(**knobs: str) -> Iterator[Stack]:
    """Bring the platform up as bin/run does, and stop it again."""
    with TemporaryDirectory(prefix="ops-", dir="/tmp") as name, socket.socket() as free:
        folder = Path(name)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        kept = {key: value for key, value in os.environ.items() if key not in WITHOUT}
        environ = {**kept, "OPS_VAR": name, "OPS_PORT": str(port), **knobs}
        environ["OPS_SERVERS"] = os.environ.get("OPS_TEST_SERVERS") or "wheels"
        command = [sys.executable, "-m", "ops_platform.stack"]
        started = subprocess.run(
            [*command, "run", "--detach"],
            cwd=BASE, env=environ, capture_output=True, text=True, check=False, timeout=900,
        )  # fmt: skip
        assert started.returncode == 0, started.stdout + started.stderr
        try:
            yield Stack(f"http://127.0.0.1:{port}", folder, environ)
        finally:
            subprocess.run([*command, "stop"], cwd=BASE, env=environ, check=False, timeout=120)


def sign_in(page: Page, stack: Stack, person: Person) -> None:
    """Sign a person in by keyboard."""
    page.goto(f"{stack.address}/people/sign-in/")
    page.locator("#id_number").focus()
    page.keyboard.type(person.number)
    page.keyboard.press("Tab")
    page.locator("#id_password").focus()
    page.keyboard.type(person.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def until(question: Any, *, seconds: int = 60, what: str = "", told: Any = None) -> Any:
    """Wait until the question has an answer; `told` says what was there instead, if it has none."""
    ends = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() >= ends:
            there = f"; there was {told()}" if told else ""
            raise AssertionError(f"waited {seconds} s for {what}{there}")
        time.sleep(0.3)
