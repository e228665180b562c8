"""What has happened in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DayClosed:
    """Nothing is posted any more on the day of an institution."""

    institution_id: int
    business_date: date
