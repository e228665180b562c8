"""The demo's roster of the authorization centre: its shifts, and who sits when, for three weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from foundation.kernel.calendar import SHANGHAI, Calendar
from foundation.people import rules
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from foundation.people.rules import Hours

LEAD = "210001"
# Main and late shift (DOMAIN 2.3); the break of the main one is staggered, so that it never empties
# the desks. Of ten about three work on a day off.
SHIFTS = {
    "A1": ("早班一", Hours(time(8, 30), time(17), time(11, 30), time(12, 15))),
    "A2": ("早班二", Hours(time(8, 30), time(17), time(12, 15), time(13))),
    "B": ("晚班", Hours(time(10, 30), time(19), time(13), time(13, 45))),
    "W1": ("休息日班一", Hours(time(8, 30), time(16, 30), time(11, 30), time(12, 15))),
    "W2": ("休息日班二", Hours(time(9), time(17), time(12, 15), time(13))),
}
PATTERN = ("A1", "A2", "B", "A1", "A2", "B", "A1", "A2", "B", "A1", "A2")
WEEKEND_EVERY = 4
AWAY = {3: "leave", 7: "training"}
WEEKS = 2


@dataclass(frozen=True)
class Planned:
    """What some people have on one day."""

    on: date
    what: str
    numbers: tuple[str, ...]


def plan(
    *, places: dict[str, Institution], staff: dict[str, Staff], centre: str, calendar: Calendar,
    since: date, founded: date,
) -> int:  # fmt: skip
    """Enter the shifts and plan from a day's week on; return how many people and days were set."""
    place, lead = places[centre], staff[LEAD]
    opened = datetime.combine(founded, time(9), SHANGHAI)
    for code, (name, hours) in SHIFTS.items():
        people.add_shift(
            institution=place, code=code, name=name, hours=hours, valid_from=founded, by=lead,
            at=opened,
        )  # fmt: skip
    numbers = sorted(
        row.number
        for row in staff.values()
        if row.institution_id == place.pk and row.number >= LEAD
    )
    monday = rules.week_of(since)[0]
    planned_at = datetime.combine(monday - timedelta(days=3), time(16), SHANGHAI)
    return sum(
        people.set_roster(
            institution=place, numbers=one.numbers, days=[one.on],
            shift=one.what if one.what in SHIFTS else "",
            absence="" if one.what in SHIFTS else one.what,
            by=lead, at=planned_at,
        )
        for one in _planned(numbers, calendar, monday)
    )  # fmt: skip


def _planned(numbers: list[str], calendar: Calendar, monday: date) -> Iterator[Planned]:
    for count in range(rules.WEEK_DAYS * (WEEKS + 1)):
        day = monday + timedelta(days=count)
        works = calendar.is_business_day(day)
        wanted: dict[str, list[str]] = {}
        for turn, number in enumerate(numbers):
            wanted.setdefault(_what(turn, day, works=works), []).append(number)
        for what, chosen in sorted(wanted.items()):
            yield Planned(day, what, tuple(chosen))


def _what(turn: int, day: date, *, works: bool) -> str:
    """Return what the person of a turn has: people take turns week by week."""
    if not works:
        place, rests = divmod(turn + day.toordinal(), WEEKEND_EVERY)
        return "rest" if rests else ("W1", "W2")[place % 2]
    if turn in AWAY and (turn + day.isocalendar().week) % 2:
        return AWAY[turn]
    return PATTERN[(turn + day.isocalendar().week) % len(PATTERN)]
