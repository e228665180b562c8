"""Rings and fans on transfers that somebody else labelled: how many found are right, how many seen.

The data is AMLSim's (IBM, Apache-2.0): 20,000 accounts, 118,000 transfers, the accounts of 200
cycles labelled. It is read from the folder that `OPS_BENCH_AML` names; without it nothing is
measured.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import connection

from foundation.people import services as people
from monitoring.rules import compiled, workshop
from ops_platform.bench import databases
from ops_platform.bench.rows import Row, at_least
from ops_platform.env import env
from ops_platform.stack import roles

NAME, FIRST = "bench_aml", date(2026, 1, 1)
WINDOW, HOPS, PARTNERS = 30, 5, 5
LINE = """
INSERT INTO ledger_journalline (id, institution_id, business_date, journal_no, at, teller,
  trade_code, account_number, side, amount_fen, currency, counter_account, source)
VALUES (ledger_day_prefix(%s) * 10000000000 + %s, %s, %s, %s, %s, '1', '1101', %s, 'debit', %s,
  'CNY', %s, 'import')
"""


def run() -> list[Row]:
    """Measure precision and recall of the ring and the fan rules; no row without the data."""
    if not env.bench_aml:
        return []
    folder = Path(env.bench_aml)
    try:
        databases.copy("bench_empty", NAME)
        databases.use(NAME)
        last = _load(folder)
        labelled = _labelled(folder)
        with people.acting_as_system(reason="bench"):
            ring = _found(_ring(), last)
            fans = _found(_fan("received"), last) | _found(_fan("paid"), last)
    finally:
        databases.back()
    base = Decimal(len(labelled) * 100) / 20_000
    return [*_rows("rings", ring, labelled, base), *_rows("fans", fans, labelled, base)]


def _ring() -> workshop.Spec:
    where = (("code", ("1101",)),)
    return workshop.check(
        workshop.Spec("ring", "account", where=where, days=WINDOW, hops=HOPS, share=0)
    )


def _fan(way: str) -> workshop.Spec:
    tests = (workshop.Test("partners", workshop.LEAST, PARTNERS),)
    return workshop.check(workshop.Spec("day", "account", where=((way, None),), tests=tests))


def _found(spec: workshop.Spec, last: date) -> set[str]:
    """Return the accounts that a rule names, day after day; of a ring all that are on its way."""
    names: set[str] = set()
    for ahead in range((last - FIRST).days + 1):
        (statement,) = compiled.batch([(1, spec)], on=FIRST + timedelta(days=ahead))
        with connection.cursor() as cursor:
            cursor.execute(statement.sql)
            hits = cursor.fetchall()
            for _number, entity, _place, _figures, lines in hits:
                names |= {entity} | _on_the_way(lines)
    return names


def _on_the_way(lines: str) -> set[str]:
    if not lines:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_number FROM ledger_journalline WHERE id = ANY(%s)",
            [[int(one) for one in lines.split(",")]],
        )
        return {row[0] for row in cursor.fetchall()}


def _load(folder: Path) -> date:
    with people.acting_as_system(reason="bench"):
        place = people.open_institution(number="11", name="总行", kind="head", parent=None).pk
    last, serial = FIRST, 0
    with roles.connected(databases.owner(NAME)) as owner:
        owner.execute("SELECT set_config('app.scope', '*', false)")
        for month in range(1, 7):
            owner.execute("SELECT ledger_month(make_date(2026, %s, 1))", [month])
        owner.execute("BEGIN")
        with (folder / "transactions.csv").open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                serial += 1
                day = FIRST + timedelta(days=int(row["time"]))
                last = max(last, day)
                owner.execute(LINE, [
                    day, serial, place, day, f"{serial:08}", f"{day} 12:00:00+08",
                    row["sourceNodeId"], int(Decimal(row["value"]) * 100), row["targetNodeId"],
                ])  # fmt: skip
        owner.execute("COMMIT")
        owner.execute("VACUUM (ANALYZE) ledger_journalline")
    return last


def _labelled(folder: Path) -> set[str]:
    with (folder / "nodes.csv").open(encoding="utf-8") as rows:
        return {row["nodeid"] for row in csv.DictReader(rows) if row["isFraud"] == "1"}


def _rows(what: str, found: set[str], labelled: set[str], base: Decimal) -> list[Row]:
    both = len(found & labelled)
    precision = Decimal(both * 100) / max(len(found), 1)
    recall = Decimal(both * 100) / max(len(labelled), 1)
    case = f"{what}: {len(found)} accounts named, {both} of {len(labelled)} labelled"
    named = max(Decimal(len(found) * 100) / 20_000, Decimal("0.01"))
    return [
        at_least(
            bench="monitor",
            case=f"{case}: precision",
            ours=precision.quantize(Decimal("0.1")),
            unit="%",
            peer="share labelled",
            peer_value=base,
            least=Decimal(1),
        ),
        at_least(
            bench="monitor",
            case=f"{case}: recall",
            ours=recall.quantize(Decimal("0.1")),
            unit="%",
            peer="share named",
            peer_value=named,
            least=Decimal(1),
        ),
    ]
