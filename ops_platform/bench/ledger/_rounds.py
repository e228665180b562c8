"""The rounds: each runs every case once, one after the other; a case's figure is its median."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from foundation.people import services as people
from foundation.people.models import Institution
from ops_platform.bench import databases
from ops_platform.bench.ledger import _pgbench
from ops_platform.bench.rows import Row, at_least, percentile
from ops_platform.env import env
from ops_platform.stack import roles

ROUNDS, SECONDS = 3, 8
HORDAK = "bench_hordak"
Case = Callable[[], Decimal]


def run(database: str) -> list[Row]:
    """Return ours beside each peer: by SQL and by the Python service, at random and hot."""
    _pgbench.prepare_tpcb()
    _prepare_hordak()
    median = medians(
        {
            "tpcb": lambda: _pgbench.tpcb(seconds=SECONDS),
            "random": lambda: posting(database, hot=False),
            "hot": lambda: posting(database, hot=True),
            "service random": lambda: _service(database, "random"),
            "service hot": lambda: _service(database, "hot"),
            "hordak random": lambda: _hordak("random"),
            "hordak balance": lambda: _hordak("balance"),
            "hordak hot": lambda: _hordak("hot"),
        }
    )
    compare = [
        ("SQL, 16 clients, random accounts", "random", "tpcb", "TPC-B", "1.4"),
        ("SQL, 16 clients, one hot account of 16 shards", "hot", "random", "ours, random", "0.85"),
        ("service, 16 processes, random", "service random", "hordak random", "hordak", "3"),
        ("service, random, its balance asked", "service random", "hordak balance", "hordak", "3"),
        ("service, 16 processes, one hot of 16 shards", "service hot", "hordak hot", "hordak", "5"),
    ]
    return [
        at_least(
            bench="ledger", case=case, ours=median[ours], unit="/s",
            peer=peer, peer_value=median[other], least=Decimal(least),
        )
        for case, ours, other, peer, least in compare
    ]  # fmt: skip


def medians(cases: Mapping[str, Case], *, rounds: int = ROUNDS) -> dict[str, Decimal]:
    """Return the median of every case, after as many rounds of all of them in turn."""
    took: dict[str, list[Decimal]] = defaultdict(list)
    for _ in range(rounds):
        for name, case in cases.items():
            took[name].append(case())
    return {name: percentile(figures, 50) for name, figures in took.items()}


def posting(database: str, *, hot: bool, seconds: int = SECONDS) -> Decimal:
    """Return our entries a second through pgbench; every call must have posted an entry."""
    databases.use(database)
    with people.acting_as_system(reason="bench"):
        outlet = Institution.objects.filter(kind="outlet").order_by("id").values_list("id")[0][0]
        before = _entries()
    rate, calls = _pgbench.ours(
        database=database,
        hot=hot,
        seconds=seconds,
        outlet=outlet,
        today=timezone.localdate().isoformat(),
    )
    with people.acting_as_system(reason="bench"):
        assert _entries() - before == calls, "a call was refused: then there is no figure"
    return rate


def _entries() -> int:
    # Of every entry of today there is a number, which is quicker to add up than to count.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(last_no), 0) FROM ledger_journalnumber WHERE business_date = %s",
            [timezone.localdate()],
        )
        return int(cursor.fetchone()[0])


def _service(database: str, kind: str) -> Decimal:
    return _asked("_ours", database, kind)


def _prepare_hordak() -> None:
    with roles.connected(roles.with_database(env.dsn("owner"), "postgres")) as line:
        line.execute(f"CREATE DATABASE {HORDAK}")
    _python("_hordak", databases.owner(HORDAK), "0", "0", "prepare")


def _hordak(kind: str) -> Decimal:
    return _asked("_hordak", databases.owner(HORDAK), kind)


def _asked(module: str, database: str, kind: str) -> Decimal:
    done = _python(module, database, str(SECONDS), str(_pgbench.CLIENTS), kind)
    return (Decimal(done) / SECONDS).quantize(Decimal(1))


def _python(module: str, *words: str) -> str:
    environ: Mapping[str, str] = {**os.environ, "OPS_DB_ROLE": "app"}
    command: Sequence[str] = [
        sys.executable, "-W", "ignore", "-m", f"ops_platform.bench.ledger.{module}", *words,
    ]  # fmt: skip
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{module} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout.strip()
