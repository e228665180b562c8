"""What marks cost one posting: kept, and not at all."""

from __future__ import annotations

import re
import statistics
import time
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from itertools import count

from django.utils import timezone
from psycopg2.extensions import cursor

from ops_platform.bench import databases
from ops_platform.bench.rows import Row, compared
from ops_platform.env import BASE
from ops_platform.stack import roles

ROUNDS, POSTINGS = 8, 400
KEPT, NONE = "bench_marks", "bench_marks_none"
GUARDS = BASE / "foundation" / "ledger" / "sql" / "guards.sql"
POST = """
SELECT refusal FROM ledger_post(%s, %s, sha256('bench'), %s, %s, %s, ARRAY[1, -1]::bigint[], '1404',
  '1', '', '', '', '', NULL, false)
"""
_GUARD = re.compile(r"CREATE (FUNCTION ledger_line_sound\(\).*?\nEND \$\$;)", re.DOTALL)
_MARKS = re.compile(r"    -- The length of a block.*?(?=  ELSIF)", re.DOTALL)


def run(*, template: str, accounts: list[str], on: date) -> list[Row]:
    """Post by turns to two copies of a small bank, one connection, the log written behind."""
    for name in (KEPT, NONE):
        databases.copy(template, name)
    with roles.connected(databases.owner(NONE)) as owner:
        owner.execute(_without_marks())
    taken: dict[str, list[float]] = {name: [] for name in (KEPT, NONE)}
    numbers = count()
    with ExitStack() as stack:
        lines = {
            name: stack.enter_context(roles.connected(databases.owner(name))) for name in taken
        }
        for line in lines.values():
            line.execute("SET synchronous_commit = off")
            line.execute("SELECT set_config('app.scope', '*', false)")
        for turn in range(ROUNDS):
            for name in sorted(taken, key=lambda name: hash((turn, name))):
                taken[name].append(_posted(lines[name], numbers, accounts, on))
    return _compared({name: _middle(spent[1:]) for name, spent in taken.items()})


def _posted(line: cursor, numbers: count[int], accounts: list[str], on: date) -> float:
    """Return the milliseconds of one posting of many."""
    line.execute("SELECT institution_id FROM ledger_account WHERE number = %s", [accounts[0]])
    (place,) = line.fetchone() or (0,)
    began = time.perf_counter()
    for _ in range(POSTINGS):
        line.execute(POST, [place, f"mark-{next(numbers)}", on, timezone.now(), accounts])
        if line.fetchone() != (None,):
            raise RuntimeError("a posting of the bench was refused")
    return (time.perf_counter() - began) * 1000 / POSTINGS


def _middle(spent: list[float]) -> Decimal:
    return Decimal(statistics.median(spent)).quantize(Decimal("0.001"))


def _without_marks() -> str:
    """Return the guard of the lines as it would be if it left no marks."""
    guard = _GUARD.search(GUARDS.read_text())
    assert guard
    text, cut = _MARKS.subn("", guard[1])
    assert cut == 1
    return f"CREATE OR REPLACE {text}"


def _compared(spent: dict[str, Decimal]) -> list[Row]:
    return [
        compared(
            bench="history",
            case="a posting that leaves marks, against one that leaves none",
            ours=spent[KEPT],
            unit="ms",
            peer="no marks",
            peer_value=spent[NONE],
            most=Decimal("1.05"),
        )
    ]
