"""Balances of any past date or moment, statements, the trial balance and the tie-out.

Sums are made by SQL functions (`sql/history.sql`), each a bounded number of index lookups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from foundation.ledger import rules
from foundation.ledger.models import Account, ArchivedMonth, ChartAccount

STATEMENT_MAX = 10_001
_TRIAL = """
SELECT s.id, s.code, s.name, s.normal_side, sum(g.opening_fen)::bigint, sum(g.debit_fen)::bigint,
  sum(g.credit_fen)::bigint, sum(g.closing_fen)::bigint
FROM ledger_chartaccount s CROSS JOIN unnest(%(places)s::bigint[]) place
CROSS JOIN LATERAL (
  SELECT CASE b.business_date WHEN %(on)s THEN b.opening_fen ELSE b.closing_fen END AS opening_fen,
    CASE b.business_date WHEN %(on)s THEN b.debit_fen ELSE 0 END AS debit_fen,
    CASE b.business_date WHEN %(on)s THEN b.credit_fen ELSE 0 END AS credit_fen, b.closing_fen
  FROM ledger_subjectbalance b
  WHERE b.institution_id = place AND b.chart_id = s.id AND b.currency = %(currency)s
    AND b.business_date <= %(on)s
  ORDER BY b.business_date DESC, b.round DESC LIMIT 1
) g
GROUP BY s.id ORDER BY s.code
"""
_SINCE = """
SELECT a.chart_id,
  coalesce(sum(p.amount_fen) FILTER (WHERE p.business_date < %(on)s), 0)::bigint,
  coalesce(sum(p.amount_fen)
    FILTER (WHERE p.business_date = %(on)s AND p.amount_fen > 0), 0)::bigint,
  coalesce(-sum(p.amount_fen)
    FILTER (WHERE p.business_date = %(on)s AND p.amount_fen < 0), 0)::bigint
FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
WHERE p.entry_id BETWEEN %(low)s AND %(high)s AND p.business_date > %(until)s
  AND p.business_date <= %(on)s
  AND p.institution_id = ANY (%(places)s) AND p.currency = %(currency)s
GROUP BY a.chart_id
"""
_ACCOUNTS = """
SELECT a.number, a.name, a.kind, a.normal_side, t.opening, t.debit, t.credit, t.closing
FROM (
  SELECT * FROM ledger_account
  WHERE chart_id = %(chart)s AND institution_id = ANY (%(places)s) AND currency = %(currency)s
    AND number > %(after)s
  ORDER BY number LIMIT %(limit)s
) a CROSS JOIN LATERAL ledger_account_on(a.id, %(on)s) t
ORDER BY a.number
"""
_TIE = """
SELECT i.number, i.name, s.code, s.name, sum(x.general)::bigint, sum(x.sub)::bigint
FROM (
  SELECT place AS institution_id, s.id AS chart_id, g.closing_fen AS general, 0::bigint AS sub
  FROM ledger_chartaccount s CROSS JOIN unnest(%(places)s::bigint[]) place
  CROSS JOIN LATERAL (
    SELECT b.closing_fen FROM ledger_subjectbalance b
    WHERE b.institution_id = place AND b.chart_id = s.id AND b.currency = %(currency)s
      AND b.business_date <= %(on)s ORDER BY b.business_date DESC, b.round DESC LIMIT 1
  ) g
  UNION ALL
  SELECT a.institution_id, a.chart_id, 0, c.balance_fen
  FROM ledger_account a CROSS JOIN LATERAL (
    SELECT b.balance_fen FROM ledger_closingbalance b
    WHERE b.account_id = a.id AND b.business_date <= %(on)s
    ORDER BY b.business_date DESC, b.round DESC LIMIT 1
  ) c
  WHERE a.institution_id = ANY (%(places)s) AND a.currency = %(currency)s
) x
JOIN people_institution i ON i.id = x.institution_id
JOIN ledger_chartaccount s ON s.id = x.chart_id
GROUP BY i.id, s.id ORDER BY i.number, s.code
"""


@dataclass(frozen=True)
class StatementLine:
    """One posting of a statement, with the balance after it in the order of business dates.

    `value_date` is from when the amount counts: the business date, unless the entry keeps another.
    """

    business_date: date
    shard: int
    seq: int
    entry_id: int
    debit_fen: int
    credit_fen: int
    balance_fen: int
    value_date: date

    @property
    def place(self) -> str:
        """Return the place after which the next page begins."""
        return f"{self.business_date}.{self.shard}.{self.seq}"


@dataclass(frozen=True)
class Statement:
    """Some lines of an account's statement, and what the whole period comes to."""

    whole: rules.Movement
    legs: int
    brought_fen: int
    lines: Sequence[StatementLine]


@dataclass(frozen=True)
class TrialRow:
    """A subject, or an account, on a date."""

    key: int | str
    code: str
    name: str
    movement: rules.Movement


@dataclass(frozen=True)
class TrialBalance:
    """Every subject that has something on a date; `closed` when every institution closed it."""

    rows: Sequence[TrialRow]
    closed: bool

    def total(self, which: str) -> tuple[int, int]:
        """Return the debit and the credit column of opening, moved or closing, in fen."""
        if which == "moved":
            return (
                sum(row.movement.debit_fen for row in self.rows),
                sum(row.movement.credit_fen for row in self.rows),
            )
        sums = [0, 0]
        for row in self.rows:
            sums[not row.movement.debit_normal] += getattr(row.movement, f"{which}_fen")
        return sums[0], sums[1]


@dataclass(frozen=True)
class Tie:
    """What the general ledger says of a subject of an institution, and its accounts together."""

    place_number: str
    place_name: str
    code: str
    name: str
    general_fen: int
    sub_fen: int

    @property
    def difference_fen(self) -> int:
        """Return the general ledger less the accounts: nothing, or the books are wrong."""
        return self.general_fen - self.sub_fen


def closed_until() -> date | None:
    """Return the last date that every institution has closed, None before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_closed_until()")
        found: date | None = cursor.fetchone()[0]
    return found


def archived_until() -> date | None:
    """Return the last date of the months that left the books, None before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_archived_until()")
        found: date | None = cursor.fetchone()[0]
    return found


def check_kept(*, first: date) -> None:
    """Refuse days of which the postings and the journal have left the books."""
    until = archived_until()
    if until is not None and first <= until:
        raise rules.Archived(field="first", until=until)


def balance_on(*, account_id: int, on: date) -> int:
    """Return the balance at the end of a business date, on the normal side; refuse out of sight."""
    return _balance("SELECT ledger_balance_on(%s, %s)", account_id, on)


def balance_at(*, account_id: int, at: datetime) -> int:
    """Return the balance that the account had at a moment; refuse an account out of sight.

    A moment before the last posting of an archived month is refused, too.
    """
    last = ArchivedMonth.objects.order_by("-last_made_at").values_list("last_made_at", flat=True)
    posted = last.exclude(last_made_at=None).first()
    if posted is not None and at < posted:
        raise rules.Archived(until=archived_until())
    return _balance("SELECT ledger_balance_at(%s, %s)", account_id, at)


def full_statement(
    *, account: Account, first: date, last: date, after: str = "", limit: int = 50
) -> Statement:
    """Return lines in the order of business dates, after a place, and the whole period's proof."""
    rules.check_span(first=first, last=last)
    check_kept(first=first)
    day, shard, seq = _place(after)
    sign = 1 if account.normal_side == rules.DEBIT else -1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_balance_on(%(a)s, %(before)s), ledger_balance_on(%(a)s, %(last)s), m.*,"
            " ledger_balance_after(%(a)s, %(day)s, %(shard)s::smallint, %(seq)s)"
            " FROM ledger_moved(%(a)s, %(first)s, %(last)s) m",
            {"a": account.pk, "before": first - timedelta(days=1), "first": first, "last": last,
             "day": day, "shard": shard, "seq": seq},
        )  # fmt: skip
        opening, closing, legs, debit, credit, brought = cursor.fetchone()
        if opening is None:
            raise rules.NoSuchAccount(account=account.number)
        brought = opening if day is None else brought
        cursor.execute(
            "SELECT * FROM ledger_statement(%s, %s, %s, %s, %s::smallint, %s, %s)",
            [account.pk, first, last, day, shard, seq, min(limit, STATEMENT_MAX)],
        )
        lines, running = [], brought
        for on, part, number, entry, _line, fen, value in cursor.fetchall():
            running += sign * fen
            sides = max(fen, 0), max(-fen, 0)
            lines.append(StatementLine(on, part, number, entry, *sides, running, value))
    whole = rules.Movement(sign == 1, opening, debit, credit, closing)
    return Statement(whole, legs, brought, tuple(lines))


def trial_balance(*, places: Sequence[int], currency: str, on: date) -> TrialBalance:
    """Return the trial balance of institutions on a date.

    From the general ledger where every institution has closed the date; what is later is counted
    from the postings of the days that are not closed everywhere.
    """
    until = closed_until()
    base = on if until and on <= until else until
    asked: dict[str, Any] = {"places": list(places), "currency": currency}
    found: dict[int, TrialRow] = {}
    with connection.cursor() as cursor:
        if base:
            cursor.execute(_TRIAL, {**asked, "on": base})
            for chart, code, name, side, *fen in cursor.fetchall():
                movement = rules.Movement(side == rules.DEBIT, *fen)
                found[chart] = TrialRow(chart, code, name, movement)
        if base == on:
            return TrialBalance(_moved(found), closed=True)
        since = base or date(2000, 1, 1)
        low, high = rules.ids_of(since + timedelta(days=1), on)
        cursor.execute(_SINCE, {**asked, "on": on, "until": since, "low": low, "high": high})
        rows = {chart: tuple(fen) for chart, *fen in cursor.fetchall()}
    for chart in ChartAccount.objects.filter(id__in={*rows, *found}).order_by("code"):
        before, debit, credit = rows.get(chart.pk, (0, 0, 0))
        normal = chart.normal_side == rules.DEBIT
        carried = found[chart.pk].movement.closing_fen if chart.pk in found else 0
        opening = carried + (before if normal else -before)
        closing = opening + (debit - credit if normal else credit - debit)
        movement = rules.Movement(normal, opening, debit, credit, closing)
        found[chart.pk] = TrialRow(chart.pk, chart.code, chart.name, movement)
    return TrialBalance(_moved(found), closed=False)


def trial_accounts(
    *,
    chart_id: int,
    places: Sequence[int],
    currency: str,
    on: date,
    after: str = "",
    limit: int = 50,
) -> Sequence[TrialRow]:
    """Return the accounts behind a subject's figures on a date, by number, from after one on."""
    asked: dict[str, Any] = {
        "chart": chart_id,
        "places": list(places),
        "currency": currency,
        "on": on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, {**asked, "after": after, "limit": min(limit, STATEMENT_MAX)})
        return tuple(
            TrialRow(number, kind, name, rules.Movement(side == rules.DEBIT, *fen))
            for number, name, kind, side, *fen in cursor.fetchall()
        )


def tie_out(*, places: Sequence[int], currency: str, on: date) -> Sequence[Tie]:
    """Return general ledger and accounts of each institution and subject on a closed date."""
    with connection.cursor() as cursor:
        cursor.execute(_TIE, {"places": list(places), "currency": currency, "on": on})
        return tuple(Tie(*row) for row in cursor.fetchall())


def subject(*, code: str) -> ChartAccount:
    """Return a subject of the chart of accounts, or refuse."""
    found = ChartAccount.objects.filter(code=code).first()
    if found is None:
        raise rules.NoSuchSubject(subject=code)
    return found


def _moved(found: Mapping[int, TrialRow]) -> Sequence[TrialRow]:
    shown = (row for row in found.values() if row.movement.moved)
    return tuple(sorted(shown, key=lambda row: row.code))


def _balance(statement: str, account_id: int, when: date | datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [account_id, when])
        found: int | None = cursor.fetchone()[0]
    if found is None:
        raise rules.NoSuchAccount(account=account_id)
    return found


def _place(after: str) -> tuple[date | None, int | None, int | None]:
    """Return date, shard and seq of a place that an address brings, none where it is no place."""
    try:
        day, shard, seq = after.split(".")
        found = date.fromisoformat(day), int(shard), int(seq)
    except ValueError:
        return None, None, None
    return found if 0 <= found[1] < 2**15 and 0 <= found[2] < 2**63 else (None, None, None)
