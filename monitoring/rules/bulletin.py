"""The monthly bulletin: which month it is of, and how it compares with the month before (§5.6)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from foundation.kernel.errors import Refused

KINDS = ("pdf", "xlsx")


class NoSuchBulletin(Refused):
    """There is no such bulletin among those that the person may see."""

    code = "E6056"
    text = "There is no such bulletin among those you may see."


class MonthNotBegun(Refused):
    """Nothing can be told of a month that has not begun."""

    code = "E6057"
    text = "%(month)s has not begun."


@dataclass(frozen=True)
class Month:
    """A month, with its first and its last day."""

    first: date

    @property
    def last(self) -> date:
        """Return the last day."""
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def before(self) -> Month:
        """Return the month before."""
        return month_of(self.first - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def month_of(day: date) -> Month:
    """Return the month that a day is in."""
    return Month(day.replace(day=1))


def check_month(month: Month, *, on: date) -> None:
    """Refuse a month of which nothing can be known."""
    if month.first > on:
        raise MonthNotBegun(month=str(month), field="month")


def change(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """Return what was added since the month before; None where one of them is not known."""
    return None if now is None or before is None else Decimal(now) - Decimal(before)
