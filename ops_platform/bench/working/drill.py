"""Processes that run the bench's one job: ours, and the peers', each with the same body.

The body writes one row. The peers' programs are texts, since each runs as a process of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops_platform.env import BASE
from ops_platform.stack.children import spawn, wait_or_kill

KIND = ".".join(("bench_drill", "tasks", "work"))  # no task of ours
WORKERS = 2

OURS = """
import time
from django.db import connection

def work(*, number):
    began = time.time()

    def commit():
        with connection.cursor() as line:
            line.execute(
                "INSERT INTO bench_effect (number, began) VALUES (%s, %s)", [number, began])
    return commit
"""
CELERY = """
import os
import time
import django
django.setup()
from celery import Celery
from django.db import connection, transaction
from ops_platform.env import env

app = Celery("bench_peer", broker=env.broker_url)
app.conf.update(task_ignore_result=True, task_default_queue="bench_peer")
app.conf["CELERY_DB_REUSE_MAX"] = 1_000

@app.task(name="bench_peer.work")
def work(number):
    began = time.time()
    with transaction.atomic(), connection.cursor() as line:
        line.execute("INSERT INTO bench_effect (number, began) VALUES (%s, %s)", [number, began])
"""
_CELERY_WORDS = ("-P", "prefork", "-c", str(WORKERS), "-l", "WARNING", "--without-gossip",
                 "--without-mingle", "--without-heartbeat")  # fmt: skip
LOOP = (("-m", "django", "run_workers", "-c", str(WORKERS)),)
RELAY = (
    ("-m", "celery", "-A", "ops_platform.celery", "worker", "-O", "fair", *_CELERY_WORDS),
    ("-m", "django", "run_relay"),
)
CELERY_ALONE = (("-m", "celery", "-A", "bench_peer", "worker", *_CELERY_WORDS),)


def written(folder: Path) -> Path:
    """Write the programs that the processes run."""
    (folder / "bench_drill").mkdir(parents=True, exist_ok=True)
    (folder / "bench_drill" / "__init__.py").touch()
    (folder / "bench_drill" / "tasks.py").write_text(OURS)
    (folder / "bench_peer.py").write_text(CELERY)
    return folder


@contextmanager
def running(
    folder: Path, commands: Sequence[Sequence[str]], python: str = sys.executable
) -> Iterator[None]:
    """Keep the processes running for the length of a block."""
    environ = {**os.environ, "PYTHONPATH": f"{folder}:{BASE}", "OMP_NUM_THREADS": "1"}
    children = []
    with (folder / "log").open("ab") as log:
        for words in commands:
            child = spawn([python, "-W", "ignore", *words], log=log, folder=BASE, environ=environ)
            children.append(child)
    try:
        yield
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            _gone(child)


def _gone(child: subprocess.Popen[bytes]) -> None:
    wait_or_kill(child, seconds=30)
