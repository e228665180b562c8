"""The published calendar of holidays: the library chinesecalendar, which ends with 2026."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chinese_calendar import constants

_NAMES = {str(one.value): str(one.chinese) for one in constants.Holiday}


@dataclass(frozen=True)
class PublishedDay:
    """A day that differs from its weekday, as the State Council published it."""

    on: date
    works: bool
    name: str


def published_days(year: int) -> list[PublishedDay]:
    """Return the days off and the weekend days worked of a year, none for an unknown one."""
    off = {day: (False, name) for day, name in constants.holidays.items()}
    made_up = {day: (True, name) for day, name in constants.workdays.items()}
    # A holiday on a weekend is no exception to its weekday, but keeps its name.
    return [
        PublishedDay(day, works, _NAMES.get(str(name), str(name))[:40])
        for day, (works, name) in sorted({**off, **made_up}.items())
        if day.year == year
    ]
