"""The holidays of the demo bank: published ones, and those its people entered for later years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from chinese_calendar import constants

from foundation.kernel.calendar import local
from foundation.people.models import Staff
from foundation.policy import services as policy

SOURCE = "国务院令第795号（法定假日，未含调休）"
_ONE_DAY = timedelta(days=1)
# Days of the lunar calendar: new year's, tomb sweeping, dragon boat, mid-autumn.
_LUNAR = {
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
}


def enter(*, by: Staff, second: Staff, at: datetime) -> int:
    """Load what is published of this year and the last, and let two people enter what is not yet.

    They enter the statutory days to the end of next year; their number is returned.
    """
    published = max(constants.holidays).year
    for year in (local(at).year - 1, local(at).year):
        policy.load_holidays(year=year)
    found = {
        day: name
        for year in range(published + 1, local(at).year + 2)
        for day, name in _statutory(year)
    }
    for day, name in found.items():
        row = policy.propose_day(on=day, works=False, name=name, source=SOURCE, by=by, at=at)
        policy.approve_day(day_id=row.pk, by=second, at=at)
    return len(found)


def _statutory(year: int) -> Iterator[tuple[date, str]]:
    """Return the days on which nobody works; of years beyond the table only the solar ones."""
    lunar = [date(year, month, day) for month, day in _LUNAR.get(year, ())]
    if lunar:
        new_year, sweeping, boat, autumn = lunar
        yield from ((new_year + _ONE_DAY * n, "春节") for n in range(-1, 3))
        yield from ((sweeping, "清明"), (boat, "端午"), (autumn, "中秋"))
    yield date(year, 1, 1), "元旦"
    yield from ((date(year, 5, day), "劳动节") for day in (1, 2))
    yield from ((date(year, 10, day), "国庆节") for day in (1, 2, 3))
