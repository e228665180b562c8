"""What marks and moments cost one posting: kept as they are, not at all, and as they were once."""

from __future__ import annotations

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
KEPT, NONE, BY_ROW = "bench_marks", "bench_marks_none", "bench_marks_by_row"
SQL = BASE / "foundation" / "ledger" / "sql"
POST = """
SELECT refusal FROM ledger_post(%s, %s, sha256('bench'), %s, %s, %s, ARRAY[1, -1]::bigint[], '1404',
  '1', '', '', '', '', NULL, false)
"""
# The guard of the legs as it was before it left marks, and no moment.
WITHOUT = "ALTER TABLE ledger_posting ALTER COLUMN made_at DROP DEFAULT"
ROW_TRIGGER = """
CREATE FUNCTION ledger_mark_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_leave_mark(NEW.account_id, NEW.shard, NEW.seq);
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_mark AFTER INSERT ON ledger_posting
  FOR EACH ROW WHEN (NEW.seq % 500 = 0) EXECUTE FUNCTION ledger_mark_left()
"""


def run(*, template: str, accounts: list[str], on: date) -> list[Row]:
    """Post by turns to three copies of a small bank, one connection, the log written behind."""
    for name in (KEPT, NONE, BY_ROW):
        databases.copy(template, name)
    for name in (NONE, BY_ROW):
        with roles.connected(databases.owner(name)) as owner:
            owner.execute((SQL / "guards.sql").read_text())
            owner.execute(WITHOUT if name == NONE else ROW_TRIGGER)
    taken: dict[str, list[float]] = {name: [] for name in (KEPT, NONE, BY_ROW)}
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


def _compared(spent: dict[str, Decimal]) -> list[Row]:
    said = ((NONE, "kept by nothing", "1.05"), (BY_ROW, "marks by a trigger a row", "1.02"))
    return [
        compared(
            bench="history",
            case=f"a posting that keeps moment and marks, against {words}",
            ours=spent[KEPT],
            unit="ms",
            peer=words,
            peer_value=spent[peer],
            most=Decimal(most),
        )
        for peer, words, most in said
    ]
