# ruff: noqa: S608 -- a bench that writes its own bank by its own texts.
"""The bank of the bench: a day of a million lines, and ninety days before as figures by day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from django.utils import timezone

from foundation.ledger.rules import ids_of
from foundation.people import services as people
from foundation.people.models import Staff
from ops_platform.bench import databases
from ops_platform.stack import roles

LINES, ACCOUNTS, TELLERS, OUTLETS, DAYS = 1_000_000, 500_000, 500, 50, 90
A_DAY = 85_000  # accounts that move on a day of the past, ten million lines in ninety days
# What reads like a number and is none, and what is empty on the day.
TYPES = {
    **dict.fromkeys(
        ("teller", "trade_code", "account_number", "counter_account", "voucher_no", "journal_no",
         "subject", "entity", "number"),
        "VARCHAR",
    ),
    "reverses_id": "BIGINT",
    "entry_id": "BIGINT",
    "at": "TIMESTAMP",
}  # fmt: skip
# Most amounts are small; accounts move unevenly; the counter is open from 8 to 17:30.
LINE = """
INSERT INTO ledger_journalline
  (id, institution_id, business_date, journal_no, at, teller, trade_code, account_number, side,
   amount_fen, currency, counter_account, voucher_no, source, subject)
SELECT ledger_day_prefix(%(day)s) * 10000000000 + n, %(first)s + n %% %(outlets)s, %(day)s,
  lpad((n / %(outlets)s)::text, 8, '0'),
  %(day)s::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '8 hours'
    + (n::bigint * 34200000 / %(lines)s) * interval '1 ms',
  (220000 + n %% %(outlets)s * 10 + r[1] %% 10)::text,
  (ARRAY['1001','1001','1002','1002','1002','1101','1101','1101','1101','1102','1102','1103',
         '1104','1105','1106','1201','1207','1303','1304','1401','1403','1404','1405','1406',
         '1502','1503','1601','1603','1801','1002'])[1 + (r[2] %% 30)::int],
  (1000000000000000000 + r[3] * r[3] / 1000000 %% %(accounts)s)::text,
  CASE WHEN r[2] %% 30 < 2 THEN 'credit' ELSE 'debit' END,
  (ARRAY[1,1,1,1,1,1,1,1,1,1,10,10,10,10,10,10,10,100,100,1000])[1 + (r[4] %% 20)::int]::bigint
    * (100 + r[5] %% 99900),
  'CNY',
  CASE WHEN r[2] %% 30 IN (0,1,2,3,4,29) THEN (9000000000000000000 + n %% %(outlets)s)::text
       ELSE (1000000000000000000 + r[6] * r[6] / 1000000 %% %(accounts)s)::text END,
  CASE n %% 2 WHEN 0 THEN lpad(n::text, 12, '0') ELSE '' END, 'import',
  CASE n %% 3 WHEN 0 THEN 'authorization.request:' || n ELSE '' END
FROM (SELECT n, ARRAY[
    hashint8(n * 7)::bigint + 2147483648, hashint8(n * 11)::bigint + 2147483648,
    (hashint8(n * 13)::bigint + 2147483648) %% 1000000, hashint8(n * 17)::bigint + 2147483648,
    hashint8(n * 19)::bigint + 2147483648, (hashint8(n * 23)::bigint + 2147483648) %% 1000000
  ] r FROM generate_series(1::bigint, %(lines)s) n) drawn
"""
ACCOUNT = """
INSERT INTO ledger_account (institution_id, number, name, chart_id, normal_side, kind, currency,
  state, overdraft_allowed, balance_fen, held_fen, seq, customer_number, opened_on, holder_person)
SELECT %(first)s + n %% %(outlets)s, (base + n)::text, '户', %(chart)s, 'credit', kind, 'CNY',
  'active', true, 0, 0, 0, '', CASE WHEN n %% 100 = 0 THEN %(day)s - (n %% 30)::int
  ELSE DATE '2020-01-01' END,
  CASE WHEN kind = 'customer' AND n < %(tellers)s
    THEN (SELECT person FROM people_staff WHERE number = (220000 + n)::text) END
FROM (SELECT n, 1000000000000000000 AS base, 'customer' AS kind
      FROM generate_series(0, %(accounts)s - 1) n
      UNION ALL SELECT n, 9000000000000000000, 'internal'
      FROM generate_series(0, %(outlets)s - 1) n) made
"""
PAST = """
INSERT INTO {table} (institution_id, day, entity, lines, out_fen, in_fen, cash_out_fen, cash_in_fen,
  cash_lines, cash_max_fen, max_fen, reversals)
SELECT %(first)s + n %% %(outlets)s, %(on)s, {entity}, {each} + n %% 3,
  fen, fen / 2, fen / 3, fen / 4, 1 + n %% 2, fen / 3, fen, n %% 50 / 49
FROM (SELECT n, (100 + (hashint8(n * 31 + %(ago)s)::bigint + 2147483648) %% 3000000) * {each} AS fen
      FROM generate_series(0::bigint, %(count)s - 1) n) drawn
"""


def grow(name: str, *, on: date) -> None:
    """Fill the bank by set-based SQL as the owner, the guards of single rows off meanwhile."""
    given: dict[str, Any] = {"first": _outlets(), "outlets": OUTLETS, "day": on, "lines": LINES,
             "accounts": ACCOUNTS, "tellers": TELLERS}  # fmt: skip
    _hire(given["first"])
    with roles.connected(databases.owner(name)) as owner:
        owner.execute("SELECT set_config('app.scope', '*', false)")
        owner.execute("SELECT ledger_month(%s)", [on])
        owner.execute("SELECT id FROM ledger_chartaccount WHERE code = '2011'")
        (given["chart"],) = owner.fetchone() or (None,)
        owner.execute("ALTER TABLE ledger_account DISABLE TRIGGER USER")
        owner.execute(ACCOUNT, given)
        owner.execute(LINE, given)
        for ago in range(1, DAYS + 1):
            past = given | {"on": on - timedelta(days=ago), "ago": ago}
            moving = (
                f"(1000000000000000000 + (hashint8(n * 37 + {ago})::bigint + 2147483648)"
                f" %% 5 + n * {ACCOUNTS // A_DAY})::text"
            )
            table = "monitoring_accountday"
            owner.execute(PAST.format(table=table, entity=moving, each=1), past | {"count": A_DAY})
            owner.execute(
                PAST.format(table="monitoring_tellerday", entity="(220000 + n)::text", each=30),
                past | {"count": TELLERS},
            )
        for table in ("ledger_journalline", "ledger_account", "monitoring_accountday",
                      "monitoring_tellerday", "people_staff"):  # fmt: skip
            owner.execute(f"VACUUM (ANALYZE) {table}")


def as_parquet(dsn: str, folder: Path, *, on: date) -> None:
    """Write the tables that the rules read as Parquet, the day's lines alone of the journal."""
    first, last = ids_of(on)
    asked = {
        "ledger_journalline": "SELECT id, institution_id, entry_id, amount_fen,"
        ' "at"::timestamp AS "at", reverses_id, business_date, journal_no, teller, trade_code,'
        " account_number, side,"
        " currency, counter_account, voucher_no, source, subject FROM ledger_journalline"
        f" WHERE id BETWEEN {first} AND {last} ORDER BY id",
        "ledger_account": "SELECT number, kind, holder_person, opened_on FROM ledger_account",
        "people_staff": "SELECT number, person FROM people_staff",
        "monitoring_accountday": f"SELECT * FROM monitoring_accountday WHERE day < '{on}'"
        " ORDER BY day",
        "monitoring_tellerday": f"SELECT * FROM monitoring_tellerday WHERE day < '{on}'",
    }
    duck = duckdb.connect()
    with roles.connected(dsn) as owner:
        owner.execute("SET timezone = 'UTC'; SELECT set_config('app.scope', '*', false)")
        for table, sql in asked.items():
            plain = folder / f"{table}.csv"
            with plain.open("w", encoding="utf-8") as out:
                owner.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)", out)
            with plain.open(encoding="utf-8") as head:
                columns = head.readline().strip().split(",")
            types = {column: TYPES[column] for column in columns if column in TYPES}
            duck.execute(
                f"COPY (SELECT * FROM read_csv('{plain}', header = true, types = {types},"
                f" nullstr = '', allow_quoted_nulls = false)) TO '{folder}/{table}.parquet'"
            )
            plain.unlink()


def _hire(first: int) -> None:
    with people.acting_as_system(reason="bench"):
        Staff.objects.bulk_create(
            Staff(
                number=str(220_000 + number),
                name="柜员",
                institution_id=first + number % OUTLETS,
                opened_at=timezone.now(),
            )
            for number in range(TELLERS)
        )


def _outlets() -> int:
    """Open the outlets; return the first of their ids, which follow one another."""
    with people.acting_as_system(reason="bench"):
        head = people.open_institution(number="11", name="总行", kind="head", parent=None)
        branch = people.open_institution(number="1101", name="分行", kind="branch", parent=head)
        places = [
            people.open_institution(
                number=f"2{number:05}", name="网点", kind="outlet", parent=branch
            ).pk
            for number in range(OUTLETS)
        ]
    return int(places[0])
