"""The platform's jobs through Celery beside a bare pool of processes, reading the same pages."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
from django.db import connection, transaction

from foundation.imaging import gateways
from foundation.worklist import services as worklist
from ops_platform.bench.imaging import _day
from ops_platform.bench.imaging._judging import blanks
from ops_platform.bench.rows import Row, at_least
from ops_platform.bench.working import drill
from ops_platform.env import env
from ops_platform.stack import roles

PAGES, JOBS, PATIENCE_SECONDS = 14, 56, 600
KIND = ".".join(("bench_pages", "tasks", "work"))  # no task of ours
_TABLE = """
CREATE TABLE IF NOT EXISTS bench_page (
    number integer, ended timestamptz NOT NULL DEFAULT clock_timestamp())
"""
# What each worker needs to begin is no part of the rate: its first pages are left out.
_RATE = """
SELECT (count(*) - 1) / extract(epoch FROM max(ended) - min(ended)) FROM
(SELECT ended FROM bench_page ORDER BY ended OFFSET %s) AS later
"""
_TASK = """
from pathlib import Path
import django
from django.db import connection
from ops_platform.bench.imaging._pipeline import read_one

def work(*, number):
    read_one(Path({folder!r}), number)

    def commit():
        with connection.cursor() as line:
            line.execute("INSERT INTO bench_page (number) VALUES (%s)", [number])
    return commit
"""
_FIRST = 2 * drill.WORKERS


def run() -> list[Row]:
    """Return pages a second by the platform's jobs beside the pool, in turns in the same run."""
    with TemporaryDirectory(prefix="ops-bench-") as name:
        folder = Path(name)
        _drawn(folder)
        with roles.connected(env.dsn("owner")) as line:
            line.execute(_TABLE)
            line.execute("GRANT ALL ON bench_page TO PUBLIC")
        first = _pool(folder)
        ours = _celery(folder)
        second = _pool(folder)
    peer = ((first + second) / 2).quantize(Decimal("0.001"))
    return [
        at_least(
            bench="imaging", case="pages read by jobs through Celery, of a bare pool",
            ours=ours, unit="/s", peer="pool", peer_value=peer, least=Decimal("0.9"),
        )
    ]  # fmt: skip


def read_one(folder: Path, number: int) -> float:
    """Read one of the pages; return when it ended."""
    png = (folder / f"{number % PAGES}.png").read_bytes()
    assert gateways.read_form(png=png, blanks=blanks()) is not None
    return time.monotonic()


def _drawn(folder: Path) -> None:
    for place, voucher in enumerate(_day.day(count=PAGES, seed=3)):
        (folder / f"{place}.png").write_bytes(gateways.clean_png(data=voucher.draw()))
    tasks = folder / "bench_pages"
    tasks.mkdir()
    (tasks / "__init__.py").touch()
    (tasks / "tasks.py").write_text(_TASK.replace("{folder!r}", repr(str(folder))))


def _pool(folder: Path) -> Decimal:
    spawn = get_context("spawn")
    # What a fresh process is asked to do names models: Django must be set up before it is read.
    with ProcessPoolExecutor(drill.WORKERS, spawn, initializer=django.setup) as pool:
        done = [pool.submit(read_one, folder, number) for number in range(JOBS)]
        ended = sorted(future.result() for future in as_completed(done))
    later = ended[_FIRST:]
    return Decimal((len(later) - 1) / (later[-1] - later[0])).quantize(Decimal("0.001"))


def _celery(folder: Path) -> Decimal:
    _asked("TRUNCATE bench_page", answers=False)
    with transaction.atomic():
        for number in range(JOBS):
            worklist.enqueue_job(kind=KIND, args={"number": number})
    with drill.running(folder, drill.RELAY):
        until = time.monotonic() + PATIENCE_SECONDS
        while _asked("SELECT count(*) FROM bench_page") < JOBS:
            if time.monotonic() > until:
                raise TimeoutError((folder / "log").read_text()[-2000:])
            time.sleep(0.5)
    return Decimal(_asked(_RATE, _FIRST)).quantize(Decimal("0.001"))


def _asked(question: str, *given: int, answers: bool = True) -> Any:
    with connection.cursor() as line:
        line.execute(question, given)
        return line.fetchone()[0] if answers else None
