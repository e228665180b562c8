"""What others may hear from the monitoring centre."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TrialAsked:
    """A version is to be tried on days past, or on the next of them, by a job."""

    backtest_id: int
    subject: str


@dataclass(frozen=True)
class LineFound:
    """A rule of one line found a line as it was posted: its alert is to be raised."""

    line_id: int
    subject: str


@dataclass(frozen=True)
class SlipMoved:
    """A slip was issued or stands in another state; `origin` names what it is about.

    A suspected crime is told of too: who listens must keep it from whoever may not see it.
    """

    slip_id: int
    number: str
    origin: str
    kind: str
    state: str
    institution_id: int
    at: datetime


@dataclass(frozen=True)
class BulletinAsked:
    """Somebody wants the bulletin of a month of all below an institution; `month` is its first."""

    institution_id: int
    month: str
    by: str


@dataclass(frozen=True)
class Unreadable:
    """A machine could not read a voucher with certainty: people may key its fields."""

    match_id: int
    subject: str


@dataclass(frozen=True)
class Keyed:
    """People have read a field of a voucher: its pair can be compared again."""

    match_id: int
    subject: str


@dataclass(frozen=True)
class ProofDrawn:
    """A pair that a machine matched is to be keyed again, blind."""

    match_id: int
    subject: str
