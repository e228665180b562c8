# ruff: noqa: S608 -- nothing but whole numbers and words of the vocabulary is written in.
"""Parts of the statements of rules: lines as conditions know them, their sides, conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from authorization.rules import CATALOGUE
from foundation.ledger.rules import ids_of
from monitoring.rules import _vocabulary as words
from monitoring.rules._spec import Spec, Test, Where

_KNOWN = frozenset({"own_account", "staff_account", "internal", "young"})
_NO_ACCOUNT = 100_000
# The day's lines as the conditions know them, for the length of one transaction.
GATHERED = "monitoring_gathered"
# The nearest second: `extract` would answer an exact number, which is slow.
_SECOND = "CAST(floor(date_part('epoch', j.\"at\") + 0.5) AS bigint)"
# A bit for each transaction of the catalogue: a set of them is one number, and asking whether a
# line's is among them one operation on numbers. What is not in the catalogue has no bit.
_BIT = {code: 1 << place for place, code in enumerate(sorted(CATALOGUE)[:62])}
_BITS = ", ".join(f"('{code}', CAST({bit} AS bigint))" for code, bit in _BIT.items())


def lines(
    on: date,
    *,
    since: date | None = None,
    until: date | None = None,
    known: bool = True,
    only: str = "",
    name: str = "lines",
) -> str:
    """Return the lines of the days as the conditions know them; accounts joined where asked for."""
    first, last = ids_of(since or on, until or on)
    joins = ""
    extra = "false AS own, false AS of_staff, false AS internal, false AS payee_internal, 0 AS age"
    tables = ""
    if known:
        tables = _KNOWN_TABLES.format(day=day(on))
        joins = (
            " LEFT JOIN known ka ON ka.number = j.account_number"
            " LEFT JOIN known kb ON kb.number = j.counter_account"
            " LEFT JOIN people_staff t ON t.number = j.teller"
        )
        extra = (
            "coalesce(ka.person = t.person, false) OR coalesce(kb.person = t.person, false) AS own,"
            " (ka.person IS NOT NULL OR kb.person IS NOT NULL) AS of_staff,"
            " coalesce(ka.internal, false) AS internal,"
            " coalesce(kb.internal, false) AS payee_internal,"
            f" coalesce(ka.age, {_NO_ACCOUNT}) AS age"
        )
    days = f"j.id BETWEEN {first} AND {last}"
    return (
        f"{tables}{name} AS NOT MATERIALIZED (SELECT j.id, j.institution_id AS place,"
        f" {_SECOND} AS ts, mod({_SECOND} + 28800, 86400) AS sec,"
        " j.teller, j.trade_code AS code, j.account_number AS account,"
        " j.counter_account AS counter, (j.side = 'debit') AS pays, j.amount_fen AS fen,"
        " j.voucher_no AS voucher, j.subject, j.currency, (j.source = 'import') AS imported,"
        " (j.reverses_id IS NOT NULL OR j.trade_code IN ('1401', '1402')) AS takes_back,"
        f" k.bit AS kinds, {extra} FROM ledger_journalline j{joins}"
        f" LEFT JOIN (VALUES {_BITS}) k (code, bit) ON k.code = j.trade_code"
        f" WHERE {days}{f' AND {only}' if only else ''})"
    )


def gathered(on: date, *, since: date | None = None, known: bool = True) -> str:
    """Return the lines of a day that were put together before, and those of the days before it."""
    today = f"lines AS NOT MATERIALIZED (SELECT * FROM {GATHERED}"
    if since is None or since >= on:
        return f"{today})"
    eve = on - timedelta(days=1)
    earlier = lines(on, since=since, until=eve, known=known, name="earlier")
    return f"{earlier}, {today} UNION ALL SELECT * FROM earlier)"


# What is to be known of accounts: few are the bank's own, of staff, or young.
_KNOWN_TABLES = (
    "known AS MATERIALIZED (SELECT a.number, a.kind = 'internal' AS internal, s.person,"
    " {day} - a.opened_on AS age FROM ledger_account a"
    " LEFT JOIN (SELECT DISTINCT person FROM people_staff) s ON s.person = a.holder_person"
    " WHERE (a.kind = 'internal' OR s.person IS NOT NULL OR a.opened_on > {day} - 90)), "
)


def source(entity: str) -> str:
    """Return what is grouped: an account has the lines of both sides, all else the lines."""
    if entity != "account":
        return "source AS (SELECT * FROM lines)"
    same = (
        "id, place, ts, sec, teller, code, kinds, fen, voucher, subject, currency, imported,"
        " takes_back, own, of_staff, age"
    )
    return (
        f"source AS (SELECT {same}, account, counter, pays, internal FROM lines WHERE NOT internal"
        f" UNION ALL SELECT {same}, counter, account, NOT pays, payee_internal FROM lines"
        " WHERE counter <> '' AND NOT payee_internal)"
    )


def key(entity: str) -> str:
    """Return the text that names the entity in a hit."""
    columns = words.ENTITIES[entity].columns
    texts = [f"CAST({one} AS text)" if one in ("place", "fen") else one for one in columns]
    return " || '/' || ".join(texts)


def group(entity: str) -> str:
    """Return the columns that lines are grouped by."""
    return ", ".join(words.ENTITIES[entity].columns)


def given(entity: str) -> str:
    """Return that a line names the entity at all."""
    texts = [one for one in words.ENTITIES[entity].columns if one not in ("place", "fen")]
    return " AND ".join(f"{one} <> ''" for one in texts) or "true"


def figure(test: Test, where: Where) -> str:
    """Return a figure over the lines that the rule and the test want."""
    return words.MEASURES[test.what].sql.format(every(where + test.where))


def every(where: Where) -> str:
    """Return conditions as SQL, all of them to hold."""
    return " AND ".join(one(code, value) for code, value in where) or "true"


def one(code: str, value: Any) -> str:
    """Return one condition as SQL."""
    known = words.CONDITIONS[code]
    if known.takes == words.CODES:
        return _among(code, [f"{int(one):04}" for one in value])
    if known.takes == words.CLOCK:
        return known.sql.format(*(int(one) for one in value))
    return known.sql.format(int(value)) if known.takes else known.sql


def _among(code: str, codes: Sequence[str]) -> str:
    if all(one in _BIT for one in codes):
        bits = sum(_BIT[one] for one in dict.fromkeys(codes))
        return f"(kinds & {bits}) <> 0" if code == "code" else f"coalesce(kinds & {bits}, 0) = 0"
    return words.CONDITIONS[code].sql.format(", ".join(f"'{one}'" for one in codes))


def uses_known(specs: Iterable[Spec], *, entity: str = "") -> bool:
    """Tell whether a rule asks what only the accounts know; sides of an account always do."""
    used = {
        code
        for spec in specs
        for where in (spec.where, *(test.where for test in spec.tests), *spec.steps)
        for code, _value in where
    }
    return entity == "account" or bool(used & _KNOWN)


def days_back(spec: Spec) -> int:
    """Return how many days before the day a sequence may have begun."""
    return -(-spec.minutes // 1440) if spec.kind == words.SEQUENCE else 0


def mention(spec: Spec) -> str:
    """Return the condition by which an index finds the lines of the named entities."""
    return _MENTIONS.get(spec.entity, "true")


_MENTIONS: Mapping[str, str] = {
    "account": "(j.account_number = ANY(%(entities)s) OR j.counter_account = ANY(%(entities)s))",
    "teller": "j.teller = ANY(%(entities)s)",
    "voucher": "j.voucher_no = ANY(%(entities)s)",
}


def day(on: date) -> str:
    """Return a date as SQL."""
    return f"DATE '{on:%Y-%m-%d}'"
