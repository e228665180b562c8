"""What has happened in monitoring."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TrialAsked:
    """A version is to be tried on days past, or on the next of them, by a job."""

    backtest_id: int
    subject: str
