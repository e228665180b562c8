"""When somebody sits at the desk: shifts with their break, days off, and what may be changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

from foundation.kernel.errors import Refused

QUARTER_MINUTES = 15
WEEK_DAYS = 7


class RosterElsewhere(Refused):
    """The roster of a centre is kept by its own people."""

    code = "E1036"
    text = "The roster of a centre is kept by its own lead."


class NotOfCentre(Refused):
    """Somebody who works elsewhere stands on no roster here."""

    code = "E1037"
    text = "Not everybody who was chosen works at this centre."
    hint = "Load the page again."


class PastNeedsReason(Refused):
    """A day that is over is changed only when somebody says why."""

    code = "E1038"
    text = "A day that is over is changed only with a reason."


class NoSuchShift(Refused):
    """The centre has no such shift on one of the days."""

    code = "E1039"
    text = "The centre has no shift %(shift)s on %(day)s."
    hint = "Choose another shift, or enter it from an earlier day on."


class NobodyChosen(Refused):
    """Neither people nor days, or not both, were chosen."""

    code = "E1040"
    text = "Choose at least one person and one day."


class ShiftUnclear(Refused):
    """The hours of a shift do not stand in their order, or off the quarter hour."""

    code = "E1041"
    text = "A shift begins before it ends, on quarter hours, and its break lies within."


class ShiftTooSoon(Refused):
    """What a day was planned by is not rewritten when the day has begun."""

    code = "E1042"
    text = "A shift that there is already changes from tomorrow at the earliest."


class NothingToCopy(Refused):
    """The week before has nobody on it, or this one is full or over."""

    code = "E1043"
    text = "There is nothing to copy: the week before is empty, or no day from today on is free."


@dataclass(frozen=True)
class Absence:
    """Why somebody is not at the desk on a day."""

    code: str
    name: str


ABSENCES: dict[str, Absence] = {
    absence.code: absence
    for absence in (
        Absence("rest", "Day off"),
        Absence("leave", "On leave"),
        Absence("sick", "Sick"),
        Absence("training", "In training"),
    )
}


@dataclass(frozen=True)
class Hours:
    """The hours of a shift: from, until, and the break within, if there is one."""

    starts: time
    ends: time
    break_from: time | None = None
    break_until: time | None = None

    def seated(self, at: time) -> bool:
        """Return whether somebody in the shift sits at the desk: inside it and not in the break."""
        resting = self.break_from and self.break_until and self.break_from <= at < self.break_until
        return self.starts <= at < self.ends and not resting


def check_hours(hours: Hours) -> None:
    """Refuse hours out of order, off the quarter hour, or half a break."""
    both = (hours.break_from is None) == (hours.break_until is None)
    written = [
        clock
        for clock in (hours.starts, hours.break_from, hours.break_until, hours.ends)
        if clock is not None
    ]
    ordered = written == sorted(written) and hours.starts < hours.ends
    whole = all(not clock.minute % QUARTER_MINUTES and not clock.second for clock in written)
    some = hours.break_from is None or hours.break_from != hours.break_until
    if not (both and ordered and whole and some):
        raise ShiftUnclear(field="starts")


def check_shift_day(valid_from: date, *, known: bool, today: date) -> None:
    """Refuse a shift from a past day on, and one that changes what today was planned by."""
    if valid_from < today or (known and valid_from == today):
        raise ShiftTooSoon(field="valid_from")


def check_reason(days: Iterable[date], reason: str, *, today: date) -> None:
    """Refuse to change a day that is over without saying why."""
    if not reason and any(day < today for day in days):
        raise PastNeedsReason(field="reason")


def week_of(day: date) -> tuple[date, ...]:
    """Return the seven days of a day's week, from Monday on."""
    monday = day - timedelta(days=day.weekday())
    return tuple(monday + timedelta(days=count) for count in range(WEEK_DAYS))
