"""What the database holds after a step, read without the ledger's own functions, and compared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from foundation.ledger import selectors
from ops_platform.proving.model import Bank

FIRST, LAST = date(2000, 1, 1), date(2089, 12, 31)
ACCOUNTS = """
SELECT a.number, a.state, a.held_fen, a.balance_fen + coalesce(s.fen, 0), a.seq + coalesce(s.seq, 0)
FROM ledger_account a LEFT JOIN (
  SELECT account_id, sum(balance_fen) AS fen, sum(seq) AS seq FROM ledger_shard GROUP BY 1
) s ON s.account_id = a.id
"""
ENTRIES = """
SELECT e.id, e.institution_id, e.business_date, e.key, e.reverses_id, e.posted_at, e.journal_no,
  e.note, e.tx::text, j.journal_no, j.amount_fen, j.account_number
FROM ledger_entry e LEFT JOIN ledger_journalline j ON j.entry_id = e.id
"""
LEGS = """
SELECT p.entry_id, p.line, a.number, p.shard, p.seq, p.business_date, p.currency, p.amount_fen,
  p.balance_after, a.normal_side, p.made_at
FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
ORDER BY p.account_id, p.shard, p.seq
"""
HOLDS = "SELECT id, amount_fen FROM ledger_hold WHERE state = 'held'"
DAYS = "SELECT institution_id, date, state FROM ledger_businessday"
NUMBERS = (
    "SELECT institution_id, business_date, last_no FROM ledger_journalnumber WHERE last_no > 0"
)


def _rows(text: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        found: list[Any] = cursor.fetchall()
    return found


@dataclass
class Seen:
    """What was posted up to the last step: it may never become another."""

    entries: dict[int, Any] = field(default_factory=dict)
    legs: dict[tuple[int, int], Any] = field(default_factory=dict)

    def compare(self, bank: Bank) -> None:
        """Compare the database with the model; raises AssertionError where they differ."""
        self._accounts(bank)
        self._entries(bank)
        self._legs(bank)
        assert dict(_rows(HOLDS)) == {key: hold.fen for key, hold in bank.holds.items()}
        days = {(place, on): state for place, on, state in _rows(DAYS)}
        assert days == {(p, on): s for p, all_ in bank.days.items() for on, s in all_.items()}

    def _accounts(self, bank: Bank) -> None:
        stored = {number: tuple(rest) for number, *rest in _rows(ACCOUNTS)}
        meant = {p.number: (p.standing, p.held, p.fen, p.legs) for p in bank.papers.values()}
        assert stored == meant

    def _entries(self, bank: Bank) -> None:
        found = {row[0]: row for row in _rows(ENTRIES)}
        for number, row in self.entries.items():
            assert found.get(number) == row, "what was posted has changed"
        assert set(found) == {told.entry for told in bank.told}
        for told in bank.told[len(self.entries) :]:
            row = found[told.entry]
            assert row[1:5] == (
                told.facts["institution_id"], told.facts["business_date"], told.facts["key"],
                told.reverses,
            )  # fmt: skip
            assert row[6] == row[9], "the line has another number than its entry"
            assert (row[11], row[10]) == (told.legs[0][0], abs(told.legs[0][1]))
        given: dict[tuple[int, date], list[int]] = defaultdict(list)
        for row in found.values():
            given[row[1], row[2]].append(int(row[6]))
        for numbers in given.values():
            assert sorted(numbers) == list(range(1, len(numbers) + 1)), "journal numbers have gaps"
        last = {(place, on): no for place, on, no in _rows(NUMBERS)}
        assert last == {key: no for key, no in bank.numbers.items() if no}
        self.entries = found

    def _legs(self, bank: Bank) -> None:
        found = {(row[0], row[1]): row for row in _rows(LEGS)}
        for key, row in self.legs.items():
            assert found.get(key) == row, "a leg of what was posted has changed"
        meant = {
            (told.entry, line): leg for told in bank.told for line, leg in enumerate(told.legs, 1)
        }
        assert {key: (row[2], row[7]) for key, row in found.items()} == meant
        sums: dict[tuple[object, str], int] = defaultdict(int)
        before: dict[tuple[str, int], tuple[int, int]] = {}
        for row in found.values():
            _entry, _line, number, shard, seq, on, currency, fen, after, side, _at = row
            sums[row[0], currency] += fen
            sums[on, currency] += fen
            last, balance = before.get((number, shard), (0, 0))
            assert seq == last + 1, "the postings of an account have a gap"
            assert after == balance + (fen if side == "debit" else -fen), (
                "a balance does not follow"
            )
            before[number, shard] = (seq, after)
        assert not any(sums.values()), "debits and credits differ"
        rebuilt: dict[str, int] = defaultdict(int)
        for (number, _shard), (_seq, balance) in before.items():
            rebuilt[number] += balance
        assert {n: p.fen for n, p in bank.papers.items() if p.legs} == dict(rebuilt)
        self.legs = found


def check_books() -> None:
    """Ask the books' own checks, all of them, over everything; raises what they find."""
    found = (
        *selectors.differences(first=FIRST, last=LAST),
        *selectors.day_differences(first=FIRST, last=LAST),
        *selectors.recent_differences(first=FIRST),
        *selectors.guards_off(),
    )
    told = [f"{one.kind}: {one.subject} {one.found}" for one in found]
    assert not told, "; ".join(told)
