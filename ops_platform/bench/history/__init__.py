"""The past of an account at a small and at a large history, in the same run on the same server.

One busy account has so many legs as is said, laid over business days by set-based SQL as the owner;
the guard of the lines is off meanwhile, marks are left by the function that they call,
seals and closings are the product's.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random

from django.db import connection
from django.utils import timezone

from foundation.ledger import rules, selectors, services
from foundation.ledger.models import Account
from foundation.people import services as people
from foundation.people.models import Institution
from ops_platform.bench import databases
from ops_platform.bench.history import _marking
from ops_platform.bench.rows import Row, compared, limited
from ops_platform.stack import roles

SMALL, LARGE = 10_000, 1_000_000
DAYS, MOMENTS = 40, 97
ROUNDS, TRIES = 6, 60
FIRST = date(2026, 1, 5)
FLAT, BALANCE_MS = Decimal("1.3"), Decimal(2)
# Legs of the busy account against a second one, two to an entry, in the order of the days.
GROW = """
WITH facts AS (SELECT %(legs)s::int AS legs, %(days)s::int AS days),
leg AS (
  SELECT n, %(first)s::date + (n::bigint * days / (legs + 1))::int AS dated
  FROM facts, generate_series(1, (SELECT legs FROM facts)) n
)
INSERT INTO ledger_journalline
  (id, institution_id, business_date, journal_no, at, teller, trade_code, account_number, side,
   amount_fen, currency, source, entry_id, key, made_at,
   first_account_id, first_seq, first_shard, first_home, first_after,
   second_account_id, second_seq, second_shard, second_home, second_after)
SELECT ledger_day_prefix(dated) * 10000000000 + n, %(place)s, dated, lpad(n::text, 8, '0'), now(),
  '1', '1404', %(number)s, 'credit', 1, 'CNY', 'own', ledger_day_prefix(dated) * 10000000000 + n,
  'bench-' || n, %(first)s::timestamp + n * interval '1 second',
  %(busy)s, n, 0, %(place)s, n, %(other)s, n, 0, %(place)s, n
FROM leg ORDER BY n
"""
MARKS = """
SELECT ledger_leave_mark(account_id, shard, seq)
FROM (SELECT account_id, shard, seq FROM ledger_every_leg WHERE seq % 500 = 0 ORDER BY 1, 2, 3) p
"""
NUMBERS = """
INSERT INTO ledger_journalnumber (institution_id, business_date, last_no) VALUES (%s, %s, %s)
"""
BALANCES = "UPDATE ledger_account SET balance_fen = %s, seq = %s WHERE id = ANY (%s)"
# A mark of the day is that every day was closed.
DAY = """
INSERT INTO ledger_businessday (institution_id, date, state, opened_at, opened_by, closed_by)
VALUES (%s, %s, 'closing', %s, 'bench', '') RETURNING id
"""
CLOSE = """
UPDATE ledger_businessday SET state = 'closed', closed_at = %s, closed_by = 'bench' WHERE id = %s
"""


def run() -> list[Row]:
    """Measure each question at both sizes, by turns, and compare the large with the small."""
    taken: dict[str, dict[int, list[int]]] = {}
    try:
        accounts = {legs: _grown(legs) for legs in (SMALL, LARGE)}
        questions = {}
        for legs, numbers in accounts.items():
            databases.use(_name(legs))
            questions[legs] = _questions(numbers[0])
        for _ in range(ROUNDS):
            for legs, asked in questions.items():
                databases.use(_name(legs))
                for case, ask in asked.items():
                    taken.setdefault(case, {}).setdefault(legs, []).extend(_taken(ask))
        found = _rows({case: _middles(sizes) for case, sizes in taken.items()})
        last = FIRST + timedelta(days=DAYS - 1)
        found += _marking.run(template=_name(SMALL), accounts=accounts[SMALL][::-1], on=last)
    finally:
        databases.back()
    return found


def _middles(sizes: dict[int, list[int]]) -> dict[int, Decimal]:
    """Return the median at each size, in milliseconds."""
    return {
        legs: (Decimal(int(statistics.median(spent))) / 1_000_000).quantize(Decimal("0.001"))
        for legs, spent in sizes.items()
    }


def _rows(taken: dict[str, dict[int, Decimal]]) -> list[Row]:
    found = [
        compared(
            bench="history",
            case=f"{case}: {LARGE:,} legs against {SMALL:,}",
            ours=sizes[LARGE],
            unit="ms",
            peer=f"the same with {SMALL:,} legs",
            peer_value=sizes[SMALL],
            most=FLAT,
        )
        for case, sizes in taken.items()
    ]
    for case in ("balance now", "balance_on a closed date", "balance_at a moment"):
        title, ours = f"{case}, account with {LARGE:,} legs", taken[case][LARGE]
        found.append(limited(bench="history", case=title, ours=ours, unit="ms", most=BALANCE_MS))
    return found


def _name(legs: int) -> str:
    return f"bench_history_{legs}"


def _grown(legs: int) -> list[str]:
    """Make a bank whose busy account has so many legs, all days but the last closed everywhere.

    Returns the numbers of the busy account and of the one against it, which has as many.
    """
    databases.copy("bench_empty", _name(legs))
    databases.use(_name(legs))
    now = timezone.now()
    with people.acting_as_system(reason="bench"):
        place = people.open_institution(number="100000", name="总行", kind="head", parent=None)
        busy, other = (_account(place, code) for code in ("2011", "1001"))
        for month in (FIRST, FIRST + timedelta(days=31), FIRST + timedelta(days=59)):
            with connection.cursor() as cursor:
                cursor.execute("SELECT ledger_month(%s)", [month])
    with roles.connected(databases.owner(_name(legs))) as owner:
        given = {"legs": legs, "days": DAYS, "first": FIRST, "place": place.pk}
        owner.execute("ALTER TABLE ledger_journalline DISABLE TRIGGER ledger_line_sound")
        owner.execute(GROW, {**given, "busy": busy.pk, "other": other.pk, "number": busy.number})
        owner.execute("ALTER TABLE ledger_journalline ENABLE ALWAYS TRIGGER ledger_line_sound")
        owner.execute("ANALYZE ledger_journalline")
        owner.execute(MARKS)
        owner.execute("ANALYZE ledger_mark")
        owner.execute(BALANCES, [legs, legs, [busy.pk, other.pk]])
        owner.execute("ALTER TABLE ledger_businessday DISABLE TRIGGER ledger_day_guard")
        owner.execute("SELECT set_config('app.scope', '*', false)")
        for n in range(DAYS):
            owner.execute(DAY, [place.pk, FIRST + timedelta(days=n), now])
            day = (owner.fetchone() or (0,))[0]
            if n < DAYS - 1:
                owner.execute("SELECT ledger_seal_day(%s, %s, 'bench', '[]')", [day, now])
                owner.execute(CLOSE, [now, day])
            else:
                owner.execute(
                    "UPDATE ledger_businessday SET state = 'open' WHERE state = 'closing'"
                )
        owner.execute("ALTER TABLE ledger_businessday ENABLE ALWAYS TRIGGER ledger_day_guard")
        owner.execute(NUMBERS, [place.pk, FIRST + timedelta(days=DAYS - 1), legs])
        owner.execute("SELECT ledger_close_dates()")
        owner.execute("VACUUM ANALYZE")
    return [busy.number, other.number]


def _account(place: Institution, code: str) -> Account:
    return services.open_account(
        institution_id=place.pk, subject_code=code, name=code, on=FIRST, at=timezone.now(), by="b"
    )


def _questions(number: str) -> dict[str, Callable[[], object]]:
    with people.acting_as_system(reason="bench"):
        account = selectors.account(number=number)
    on, last = FIRST + timedelta(days=DAYS // 2), FIRST + timedelta(days=DAYS - 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.scope', '*', false)")
        cursor.execute(
            "SELECT made_at FROM ledger_posting WHERE account_id = %s AND seq = ANY (%s)",
            [account.pk, [Random(seq).randint(1, account.seq) for seq in range(MOMENTS)]],
        )
        moments = cycle([at for (at,) in cursor.fetchall()])
    place = account.institution_id
    return {
        "balance now": lambda: selectors.balance(number=number),
        "balance_on a closed date": lambda: selectors.balance_on(account_id=account.pk, on=on),
        "balance_on the open date": lambda: selectors.balance_on(account_id=account.pk, on=last),
        "balance_at a moment": lambda: selectors.balance_at(
            account_id=account.pk, at=next(moments)
        ),
        "statement page": lambda: selectors.full_statement(account=account, first=on, last=on),
        "trial balance, closed date": lambda: selectors.trial_balance(
            places=[place], currency=rules.CNY, on=on
        ),
    }


def _taken(ask: Callable[[], object]) -> list[int]:
    """Return the nanoseconds of many tries, in one scope as a page has it."""
    with people.acting_as_system(reason="bench"):
        for _ in range(10):
            ask()
        tries = []
        for _ in range(TRIES):
            began = time.perf_counter_ns()
            ask()
            tries.append(time.perf_counter_ns() - began)
    return tries
