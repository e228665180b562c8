"""The journal searched by each of its fields, with as many lines as `OPS_BENCH_LINES` says.

The lines are grown by set-based SQL as the owner over 90 days and 300 outlets, as lines of a
foreign core, which have no entries: what is searched is the journal. Values are asked for that
many, few and no lines have, over all outlets and nearly the longest span that the page takes, and
by somebody who sees one outlet; the figure is the 95th percentile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from foundation.ledger import selectors
from foundation.ledger.selectors import JournalQuery
from foundation.people import services as people
from foundation.people.models import Staff
from ops_platform.bench import databases
from ops_platform.bench.rows import Row, limited, percentile
from ops_platform.env import env
from ops_platform.stack import roles

NAME = "bench_search"
FIRST, DAYS, OUTLETS = date(2026, 1, 1), 90, 300
LAST = FIRST + timedelta(days=DAYS - 1)
TRIES, MOST_MS = 60, Decimal(200)
GROW = """
INSERT INTO ledger_journalline
  (id, institution_id, business_date, journal_no, at, teller, trade_code, account_number, side,
   amount_fen, currency, counter_account, voucher_no, source, subject)
SELECT ledger_day_prefix(%(day)s) * 10000000000 + n, %(first)s + n %% %(outlets)s, %(day)s,
  lpad((n / %(outlets)s)::text, 8, '0'), %(day)s::timestamp + n * interval '1 ms',
  (200000 + (n * 7) %% 3000)::text, (1000 + (n::bigint * n) %% 40)::text,
  (1000000000000000000 + (n::bigint * 7919) %% 1000000)::text, 'debit',
  1 + (n::bigint * 104729) %% 5000000, 'CNY',
  (1000000000000000000 + (n::bigint * 6101) %% 1000000)::text,
  CASE n %% 2 WHEN 0 THEN lpad((n + %(k)s * 1000000)::text, 12, '0') ELSE '' END, 'import',
  CASE n %% 3 WHEN 0 THEN 'authorization.request:' || n + %(k)s * 1000000 ELSE '' END
FROM generate_series(1, %(count)s) n
"""


def run() -> list[Row]:
    """Measure the 95th percentile of each search, none above the limit."""
    lines = env.bench_lines
    try:
        first = _grow(lines)
        cases = _cases(lines // DAYS, first)
        found = [_row(case, ask, lines) for case, ask in cases.items()]
        with people.acting_as_system(reason="bench"):
            sight = Staff.objects.create(
                number="300001", name="行员", institution_id=first, grade=1
            )
        found += [_row(case, ask, lines, sight=sight) for case, ask in cases.items()]
        return found
    finally:
        databases.back()


def _grow(lines: int) -> int:
    databases.copy("bench_empty", NAME)
    databases.use(NAME)
    first = _outlets()
    with roles.connected(databases.owner(NAME)) as owner:
        owner.execute("SELECT set_config('app.scope', '*', false)")
        for month in range(1, 5):
            owner.execute("SELECT ledger_month(make_date(2026, %s, 1))", [month])
        for number in range(DAYS):
            given = {"day": FIRST + timedelta(days=number), "count": lines // DAYS, "k": number}
            owner.execute(GROW, given | {"outlets": OUTLETS, "first": first})
        owner.execute("VACUUM (ANALYZE) ledger_journalline")
    return first


def _outlets() -> int:
    """Open the outlets; return the first of their ids, which follow one another."""
    place = people.open_institution
    with people.acting_as_system(reason="bench"):
        head = place(number="11", name="总行", kind="head", parent=None)
        branch = place(number="1101", name="分行", kind="branch", parent=head)
        found = [
            place(number=f"2{number:05}", name="网点", kind="outlet", parent=branch).pk
            for number in range(OUTLETS)
        ]
    assert found == list(range(found[0], found[0] + OUTLETS))
    return int(found[0])


def _cases(a_day: int, first: int) -> dict[str, Callable[[Random], JournalQuery]]:
    """Return the searches: each field alone, then combinations."""
    whole = JournalQuery(first=FIRST, last=LAST)
    number = partial(_text, 1_000_000_000_000_000_000, 1_000_000)
    teller, code = partial(_text, 200_000, 3_000), partial(_text, 1_000, 40)

    def place(random: Random) -> int:
        return first + random.randrange(OUTLETS)

    def amount(random: Random) -> int:
        return random.randint(1, 5_000_000)

    def item(random: Random) -> str:
        return f"authorization.request:{3 * random.randint(1, 1000)}"

    def journal_no(random: Random) -> str:
        return str(random.randint(1, a_day // OUTLETS))

    def voucher(random: Random) -> str:
        return f"{2 * random.randint(1, a_day // 2):012}"

    return {
        "no field": lambda _r: whole,
        "journal number": lambda r: replace(whole, journal_no=journal_no(r)),
        "teller": lambda r: replace(whole, teller=teller(r)),
        "transaction code": lambda r: replace(whole, trade_code=code(r)),
        "transaction code of nobody": lambda _r: replace(whole, trade_code="9999"),
        "institution": lambda r: replace(whole, institution_id=place(r)),
        "account number": lambda r: replace(whole, account_number=number(r)),
        "counter-account": lambda r: replace(whole, counter_account=number(r)),
        "amount": lambda r: replace(whole, amount_fen=amount(r)),
        "voucher number": lambda r: replace(whole, voucher_no=voucher(r)),
        "item": lambda r: replace(whole, subject=item(r)),
        "teller, amount": lambda r: replace(whole, teller=teller(r), amount_fen=amount(r)),
        "teller, code": lambda r: replace(whole, teller=teller(r), trade_code=code(r)),
        "institution, amount": lambda r: replace(
            whole, institution_id=place(r), amount_fen=amount(r)
        ),
        "both accounts": lambda r: replace(
            whole, account_number=number(r), counter_account=number(r)
        ),
    }


def _text(first: int, count: int, random: Random) -> str:
    return str(first + random.randrange(count))


def _row(
    case: str,
    ask: Callable[[Random], JournalQuery],
    lines: int,
    *,
    sight: Staff | None = None,
) -> Row:
    random = Random(7)
    who = "all outlets" if sight is None else "seen by one outlet"
    # As a page has it: the scope in the process, and the same in the database.
    whole = people.acting_as_system(reason="bench")
    with whole if sight is None else people.acting(staff=sight):
        taken = _milliseconds([ask(random) for _ in range(TRIES)])
    return limited(
        bench="search",
        case=f"{case}: p95, {who}, {lines / 1_000_000:g} M lines",
        ours=percentile(taken, 95),
        unit="ms",
        most=MOST_MS,
    )


def _milliseconds(queries: Sequence[JournalQuery]) -> list[Decimal]:
    taken = []
    for query in queries:
        began = time.perf_counter_ns()
        selectors.journal(query=query)
        spent = Decimal(time.perf_counter_ns() - began) / 1_000_000
        taken.append(spent.quantize(Decimal("0.01")))
    return taken
