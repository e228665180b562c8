"""Jobs: how many a second, and how soon after the commit, beside Celery on the same Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, transaction

from foundation.worklist import services as worklist
from ops_platform.bench.rows import Row, percentile
from ops_platform.bench.working import drill
from ops_platform.env import env
from ops_platform.stack import roles

_JOBS, _WAITING, _PROBES = 3_000, 100_000, 300
_PAUSE_SECONDS = 0.02
_PATIENCE_SECONDS = 240

_TABLE = """
CREATE TABLE IF NOT EXISTS bench_effect (
    number integer, began double precision, ended timestamptz NOT NULL DEFAULT clock_timestamp())
"""
_FILL = """
INSERT INTO worklist_job (kind, args, state, turn_at, run_after, attempts, attempts_max, fence,
    last_error, trace, created_at)
SELECT %s, jsonb_build_object('number', n), 'ready', clock_timestamp() + n * interval '1 us',
    clock_timestamp(), 0, 8, 0, '', '', clock_timestamp()
FROM generate_series(1, %s) AS n
"""
_RATE = """
SELECT (count(*) - 1) / extract(epoch FROM max(ended) - min(ended)) FROM bench_effect
"""


@dataclass(frozen=True)
class Engine:
    """One way to run jobs: its processes, how many jobs are put in at once, and how one is."""

    name: str
    commands: Sequence[Sequence[str]]
    fill: Callable[[int], None]
    put: Callable[[int], None]


def run() -> list[Row]:
    """Measure rates with a short and a long queue, then how soon a job begins."""
    with TemporaryDirectory(prefix="ops-bench-") as name:
        folder = drill.written(Path(name))
        with roles.connected(env.dsn("owner")) as line:
            line.execute(_TABLE)
        peer = _celery()
        engines = (
            Engine("loop", drill.LOOP, _fill, _put),
            Engine("relay and Celery", drill.RELAY, _fill, _put),
        )
        rows = _rates(folder, engines, peer) + _delays(folder, engines, peer)
        _clear()
    return rows


def _rates(folder: Path, engines: Sequence[Engine], peer: Engine) -> list[Row]:
    theirs = _rate(folder, peer, waiting=_JOBS)
    rows = []
    for engine in engines:
        short, long = (_rate(folder, engine, waiting=many) for many in (_JOBS, _WAITING))
        case = f"jobs by {engine.name}"
        rows += [
            _row(case, "/s", short, (peer.name, theirs), "1"),
            _row(f"{case}, 100,000 waiting", "/s", long, ("3,000 waiting", short), "0.8"),
        ]
    return rows


def _delays(folder: Path, engines: Sequence[Engine], peer: Engine) -> list[Row]:
    theirs = _delay(folder, peer)
    rows = []
    for engine in engines:
        ours = _delay(folder, engine)
        for percent in (50, 99):
            value, other = percentile(ours, percent), percentile(theirs, percent)
            case = f"commit to start by {engine.name}, p{percent}"
            rows.append(_row(case, "ms", value, (peer.name, other), ""))
    return rows


def _rate(folder: Path, engine: Engine, *, waiting: int) -> Decimal:
    _clear()
    engine.fill(waiting)
    with drill.running(folder, engine.commands):
        _wait(_JOBS)
    return Decimal(_asked(_RATE)).quantize(Decimal(1))


def _delay(folder: Path, engine: Engine) -> list[Decimal]:
    _clear()
    sent: dict[int, float] = {}
    with drill.running(folder, engine.commands):
        engine.put(0)
        _wait(1)
        for number in range(1, _PROBES + 1):
            with transaction.atomic():
                engine.put(number)
            sent[number] = time.time()
            time.sleep(_PAUSE_SECONDS)
        _wait(_PROBES + 1)
    with connection.cursor() as line:
        line.execute("SELECT number, began FROM bench_effect WHERE number > 0")
        return [
            Decimal(max(0.0, began - sent[number]) * 1000).quantize(Decimal("0.1"))
            for number, began in line.fetchall()
        ]


def _wait(effects: int) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while _asked("SELECT count(*) FROM bench_effect") < effects:
        if time.monotonic() > until:
            raise TimeoutError("the workers do not work")
        time.sleep(0.2)


def _clear() -> None:
    with roles.connected(env.dsn("owner")) as line:
        line.execute("TRUNCATE bench_effect, worklist_job")
        line.execute("VACUUM worklist_job")


def _fill(count: int) -> None:
    with connection.cursor() as line:
        line.execute(_FILL, [drill.KIND, count])
        line.execute("ANALYZE worklist_job")


def _put(number: int) -> None:
    worklist.enqueue_job(kind=drill.KIND, args={"number": number})


def _celery() -> Engine:
    from celery import Celery

    app = Celery("bench", broker=env.broker_url)

    def put(number: int) -> None:
        transaction.on_commit(
            lambda: app.send_task("bench_peer.work", [number], queue="bench_peer")
        )

    def fill(count: int) -> None:
        for number in range(count):
            app.send_task("bench_peer.work", [number], queue="bench_peer")

    return Engine("Celery alone", drill.CELERY_ALONE, fill, put)


def _asked(query: str) -> Any:
    with connection.cursor() as line:
        line.execute(query)
        return line.fetchone()[0]


def _row(case: str, unit: str, ours: Decimal, beside: tuple[str, Decimal], least: str) -> Row:
    """Return a row whose target is at least so many times the peer's; without one it is shown."""
    peer, value = beside
    ratio = (ours / value).quantize(Decimal("0.01")) if value else Decimal(0)
    return Row(
        bench="work",
        case=case,
        ours=ours,
        unit=unit,
        peer=peer,
        peer_value=value,
        ratio=ratio,
        target=f">= {least} x" if least else "shown",
        met=not least or ratio >= Decimal(least),
    )
