"""Runs PostgreSQL's own pgbench: its TPC-B as the peer, and our function by a script."""

from __future__ import annotations

import os
import re
import subprocess
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg2.extensions import parse_dsn

from ops_platform.bench.ledger import _bank
from ops_platform.env import BASE, env
from ops_platform.stack import roles
from ops_platform.stack.places import Places, postgres_binaries

CLIENTS = 16
TPCB, SCALE = "bench_tpcb", 100
_TPS = re.compile(r"^tps = ([0-9.]+) ", re.MULTILINE)
_DONE = re.compile(r"^number of transactions actually processed: ([0-9]+)", re.MULTILINE)

# One entry of two legs with its key, as a teller posts it; the first account is at the outlet.
_POST = """
\\set payer random(0, {last})
\\set far random(1, {last})
\\set payee (:payer + :far) % {customers}
\\set fen random(1, 500)
\\set key random(1, 1000000000000000000)
\\set from {first} + :payer
\\set to {first} + :{other}
\\set outlet {outlet} + :payer % {outlets}
\\set back -:fen
SELECT entry, refusal FROM ledger_post(:outlet, :key::text, sha256(:key::text::bytea), '{today}',
  now(), ARRAY[:from::text, :to::text], ARRAY[:fen, :back]::bigint[], '1101', '110001', '', '', '',
  '', NULL, false)
"""


def prepare_tpcb() -> None:
    """Make pgbench's own tables, in a database of their own on the same server."""
    maintenance = roles.with_database(env.dsn("owner"), "postgres")
    with roles.connected(maintenance) as line:
        line.execute(f"CREATE DATABASE {TPCB}")
    _run(TPCB, "owner", "--initialize", f"--scale={SCALE}", "--quiet")


def tpcb(*, seconds: int) -> Decimal:
    """Return the transactions a second of TPC-B at scale 100."""
    text = _run(TPCB, "owner", "--no-vacuum", *_load(seconds))
    return _figure(text)


def ours(*, database: str, hot: bool, seconds: int, outlet: int, today: str) -> tuple[Decimal, int]:
    """Return our entries a second and how many calls there were."""
    other = "hot" if hot else "payee"
    text = _POST.format(
        last=_bank.CUSTOMERS - 1,
        customers=_bank.CUSTOMERS,
        outlets=_bank.OUTLETS,
        first=_bank.FIRST_NUMBER,
        outlet=outlet,
        today=today,
        other=other,
    )
    with TemporaryDirectory() as folder:
        script = Path(folder) / "post.sql"
        script.write_text(text)
        words = ["--no-vacuum", f"--file={script}", f"--define=hot={_bank.CUSTOMERS}"]
        answer = _run(database, "app", *words, *_load(seconds))
    return _figure(answer), _processed(answer)


def _load(seconds: int) -> list[str]:
    return [f"--client={CLIENTS}", "--jobs=2", f"--time={seconds}", "--protocol=prepared"]


def _run(database: str, role: str, *words: str) -> str:
    parts = parse_dsn(roles.with_database(env.dsn(role), database))
    known = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    environ = {name: parts[part] for part, name in known.items() if part in parts}
    environ |= {"PGDATABASE": database, "PGOPTIONS": "-c app.scope=*"}
    program = postgres_binaries(Places.under(BASE / "var" / "bench" / "servers")) / "pgbench"
    done = subprocess.run(  # noqa: S603
        [program, *words],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pgbench ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def _figure(text: str) -> Decimal:
    found = _TPS.search(text)
    assert found, text
    return Decimal(found[1]).quantize(Decimal(1))


def _processed(text: str) -> int:
    found = _DONE.search(text)
    assert found, text
    return int(found[1])
