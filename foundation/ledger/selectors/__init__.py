"""What the ledger can be asked."""

from foundation.ledger.selectors._accounts import (
    Balance,
    Payee,
    account,
    account_timeline,
    accounts,
    balance,
    holds,
    numbers_in_sight,
    payee_name,
    statement,
)
from foundation.ledger.selectors._books import (
    Difference,
    Extent,
    business_date,
    day_state,
    differences,
    extent,
    open_days,
    trial_totals,
)
from foundation.ledger.selectors._entries import EntrySeen, LegSeen, entry
from foundation.ledger.selectors._holders import holder_name, internal_account, is_held_by
from foundation.ledger.selectors._journal import JournalQuery, journal, journal_line, journal_lines

__all__ = [
    "Balance",
    "Difference",
    "EntrySeen",
    "Extent",
    "JournalQuery",
    "LegSeen",
    "Payee",
    "account",
    "account_timeline",
    "accounts",
    "balance",
    "business_date",
    "day_state",
    "differences",
    "entry",
    "extent",
    "holder_name",
    "holds",
    "internal_account",
    "is_held_by",
    "journal",
    "journal_line",
    "journal_lines",
    "numbers_in_sight",
    "open_days",
    "payee_name",
    "statement",
    "trial_totals",
]
