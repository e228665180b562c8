"""What the board of monitoring reckons: shares, how hot a cell is, how risky an outlet stands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

HEAT_LEVELS = 9
# So many days of alerts make the heat map and the precision (DOMAIN §5.8).
DAYS = 30
# Numbers of the bank: what weighs how much in an outlet's risk, and from when on it is watched.
NUMBERS = {
    "notice": "monitoring.risk_notice",
    "focus": "monitoring.risk_focus",
    "high": "monitoring.risk_high",
    "overdue": "monitoring.risk_overdue",
    "medium_from": "monitoring.risk_medium_from",
    "high_from": "monitoring.risk_high_from",
}
LOW, MEDIUM, HIGH = "low", "medium", "high"


@dataclass(frozen=True)
class Weights:
    """Points of an open alert by level and of an overdue slip; from how many on risk is more."""

    notice: int
    focus: int
    high: int
    overdue: int
    medium_from: int
    high_from: int


class Stands(NamedTuple):
    """What stands against an outlet: open alerts by level, overdue slips, points of the month."""

    notice: int = 0
    focus: int = 0
    high: int = 0
    overdue: int = 0
    points: int = 0

    def risk(self, weights: Weights) -> int:
        """Return the points of risk."""
        alerts = self.notice * weights.notice + self.focus * weights.focus
        return alerts + self.high * weights.high + self.overdue * weights.overdue + self.points


def percent(part: int, whole: int) -> Decimal | None:
    """Return a share in percent to one place, or None of nothing."""
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1")) if whole else None


def heat(count: int, most: int) -> int:
    """Return how hot a cell is, 0 to 9: its share of the hottest cell."""
    return max(1, min(HEAT_LEVELS, count * HEAT_LEVELS // most)) if count and most else 0


def rating(points: int, weights: Weights) -> str:
    """Return how risky an outlet stands: low, medium or high."""
    if points >= weights.high_from:
        return HIGH
    return MEDIUM if points >= weights.medium_from else LOW
