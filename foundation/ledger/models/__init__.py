"""The chart, the accounts, what was posted to them, and the closing of the days.

Entries, postings and the journal are partitioned by month and written only by SQL functions, as are
turnover, closing balances and the general ledger; the application may only read them.
"""

from foundation.ledger.models._archive import ArchivedMonth, Carried
from foundation.ledger.models._books import (
    Account,
    BusinessDay,
    ChartAccount,
    Entry,
    JournalLine,
    JournalNumber,
    Posting,
    PostingKey,
    Reversal,
    Shard,
    whole,
)
from foundation.ledger.models._days import (
    DayCarry,
    DayClosing,
    DayOpening,
    DayRun,
    DaySignature,
    Reopening,
    Turnover,
)
from foundation.ledger.models._exports import Export, ExportPart
from foundation.ledger.models._history import ClosedDate, ClosingBalance, Mark, SubjectBalance
from foundation.ledger.models._holds import Hold, HoldRequest
from foundation.ledger.models._hot import ShardRequest
from foundation.ledger.models._proposals import AccountRequest, Proposal, SubjectRequest

__all__ = [
    "Account",
    "AccountRequest",
    "ArchivedMonth",
    "BusinessDay",
    "Carried",
    "ChartAccount",
    "ClosedDate",
    "ClosingBalance",
    "DayCarry",
    "DayClosing",
    "DayOpening",
    "DayRun",
    "DaySignature",
    "Entry",
    "Export",
    "ExportPart",
    "Hold",
    "HoldRequest",
    "JournalLine",
    "JournalNumber",
    "Mark",
    "Posting",
    "PostingKey",
    "Proposal",
    "Reopening",
    "Reversal",
    "Shard",
    "ShardRequest",
    "SubjectBalance",
    "SubjectRequest",
    "Turnover",
    "whole",
]
