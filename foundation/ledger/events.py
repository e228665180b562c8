"""What has happened in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DayClosed:
    """Nothing is posted any more on the day of an institution."""

    institution_id: int
    business_date: date


@dataclass(frozen=True)
class CloseAsked:
    """A person asked that the day of an institution be closed up to its seal, by a job."""

    run_id: int


@dataclass(frozen=True)
class OpeningDue:
    """The business day of an institution is to be opened by the schedule, by a job."""

    institution_id: int
    business_date: date


@dataclass(frozen=True)
class ExportAsked:
    """A person asked for a list of the books as a long file, which a job makes."""

    export_id: int
