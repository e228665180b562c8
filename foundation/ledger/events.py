"""What has happened in the ledger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Posted:
    """An entry and its journal line are in the books; a reversal is an entry too."""

    entry_id: int
    institution_id: int
    subject: str
    journal_no: str
