"""The days that may stand on a form: one, or any from a first to a last (DOMAIN §12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_TO = "–"


@dataclass(frozen=True)
class Days:
    """The days from the first to the last; where both are one, that day alone."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return self.last.isoformat()
        return f"{self.first.isoformat()}{_TO}{self.last.isoformat()}"

    @property
    def each(self) -> Iterator[date]:
        """Return every day, the last one first: most papers are of the day they are booked."""
        for back in range((self.last - self.first).days + 1):
            yield self.last - timedelta(days=back)


def within(day: str, shown: str) -> bool:
    """Tell whether a day in ISO form is among days as `Days` writes them."""
    first, _to, last = shown.partition(_TO)
    return first <= day <= (last or first)
