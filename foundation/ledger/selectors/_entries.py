"""One entry with its legs, as far as the person may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from foundation.ledger import rules
from foundation.ledger.selectors._history import check_kept


@dataclass(frozen=True)
class LegSeen:
    """One leg; of an account at another institution the name is masked and `own` is false."""

    line: int
    number: str
    name: str
    currency: str
    amount_fen: int
    own: bool

    @property
    def debit_fen(self) -> int:
        """Return the amount in the debit column, 0 for a credit."""
        return max(self.amount_fen, 0)

    @property
    def credit_fen(self) -> int:
        """Return the amount in the credit column, 0 for a debit."""
        return max(-self.amount_fen, 0)

    @property
    def side(self) -> str:
        """Return debit or credit."""
        return rules.DEBIT if self.amount_fen > 0 else rules.CREDIT


@dataclass(frozen=True)
class EntrySeen:
    """One entry with its legs and what reverses it or is reversed by it."""

    id: int
    institution_id: int
    business_date: date
    posted_at: datetime
    journal_no: str
    trade_code: str
    teller: str
    subject: str
    note: str
    reverses_id: int | None
    reversed_by: int | None
    value_date: date
    legs: Sequence[LegSeen]


def entry(*, entry_id: int) -> EntrySeen:
    """Return an entry if the person may see it or one of its legs; refuse it otherwise."""
    if rules.day_of(entry_id) is None:
        raise rules.NoSuchEntry(entry=entry_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_entry_seen(%s)", [entry_id])
        rows = cursor.fetchall()
    if not rows:
        check_kept(first=rules.day_of(entry_id) or date.max)
        raise rules.NoSuchEntry(entry=entry_id)
    legs = tuple(LegSeen(*row[11:]) for row in rows)
    return EntrySeen(*(entry_id, *rows[0][:11], legs))
