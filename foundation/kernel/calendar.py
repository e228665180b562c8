"""Business days, cut-offs and working time, computed from rows that people keep."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from foundation.kernel.errors import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
# No calendar of a bank closes for so long; a search that goes further would never end.
_DAYS_CLOSED_MAX = 366


class CalendarEnds(Refused):
    """The holidays of the day are not yet entered, so that nobody can say whether it is open."""

    code = "E0301"
    text = "The holidays of %(day)s are not yet entered; the calendar ends on %(end)s."
    hint = (
        "Have the operations manager propose the holidays of the coming year,"
        " and the risk manager approve them."
    )


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of working hours within a day; it ends just before it closes."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens.tzinfo or self.closes.tzinfo or self.opens >= self.closes:
            raise ValueError(f"{self.opens}-{self.closes} is no stretch of a day")


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The working days and hours of one kind of work.

    `hours` has the spans of each weekday, Monday being 0, at which there is work; `holidays`
    are days off among them, `workdays` the make-up days besides them, which take the hours of
    their weekday or else those of the first weekday with hours. Where `ends` is given, a
    question about a later day is refused rather than answered from a guess.
    """

    hours: Mapping[int, Sequence[Span]]
    holidays: Collection[date] = frozenset()
    workdays: Collection[date] = frozenset()
    ends: date | None = None

    def __post_init__(self) -> None:
        if not any(self.hours.values()) or not set(self.hours) <= set(range(7)):
            raise ValueError("a calendar has hours on at least one of the weekdays 0 to 6")
        both = set(self.holidays) & set(self.workdays)
        if both:
            raise ValueError(f"both holiday and workday: {', '.join(map(str, sorted(both)))}")
        for spans in self.hours.values():
            if any(former.closes > later.opens for former, later in pairwise(spans)):
                raise ValueError("the spans of a day follow one another")

    def is_business_day(self, day: date) -> bool:
        """Tell whether the day is worked; refuses a day beyond the end of the calendar."""
        self._known(day)
        return day in self.workdays or (day not in self.holidays and bool(self._spans_of(day)))

    def spans(self, day: date) -> Sequence[Span]:
        """Return the working hours of the day, none on a day off."""
        if not self.is_business_day(day):
            return ()
        return self._spans_of(day) or next(self.hours[d] for d in range(7) if self.hours.get(d))

    def next_business_day(self, day: date) -> date:
        """Return the first business day after the day."""
        return self._search(day, _DAY)

    def previous_business_day(self, day: date) -> date:
        """Return the last business day before the day."""
        return self._search(day, -_DAY)

    def business_day_from(self, day: date) -> date:
        """Return the day itself when it is worked, otherwise the next business day."""
        return day if self.is_business_day(day) else self.next_business_day(day)

    def add_business_days(self, day: date, count: int) -> date:
        """Return the business day that many after the day, before it when below nothing."""
        for _ in range(abs(count)):
            day = self._search(day, _DAY if count > 0 else -_DAY)
        return day

    def business_days_between(self, since: date, until: date) -> int:
        """Return how many business days follow the first day up to and with the last."""
        if until < since:
            return -self.business_days_between(until, since)
        days = (since + _DAY * n for n in range(1, (until - since).days + 1))
        return sum(self.is_business_day(day) for day in days)

    def value_date(self, at: datetime, *, cut_off: time) -> date:
        """Return the day on which work counts that comes in at the moment.

        At the cut-off itself it is too late.
        """
        here = local(at)
        if self.is_business_day(here.date()) and here.time() < cut_off:
            return here.date()
        return self.next_business_day(here.date())

    def is_open(self, at: datetime) -> bool:
        """Tell whether the moment lies within working hours."""
        here = local(at)
        return any(span.opens <= here.time() < span.closes for span in self.spans(here.date()))

    def working_time(self, since: datetime, until: datetime) -> timedelta:
        """Return the time between two moments within working hours; below nothing backwards."""
        begin, end = local(since), local(until)
        if end < begin:
            return -self.working_time(until, since)
        stretches = self._stretches(begin.date(), end.date())
        return sum((max(_NOTHING, min(end, b) - max(begin, a)) for a, b in stretches), _NOTHING)

    def working_minutes(self, since: datetime, until: datetime) -> int:
        """Return the whole minutes of working time between two moments."""
        minutes = abs(self.working_time(since, until)) // timedelta(minutes=1)
        return minutes if local(since) <= local(until) else -minutes

    def after_working_minutes(self, since: datetime, minutes: int) -> datetime:
        """Return the moment by which that much working time has passed since: when it is due."""
        if minutes < 0:
            raise ValueError("working minutes are counted forwards")
        begin, left = local(since), timedelta(minutes=minutes)
        day = begin.date()
        while left:
            for opens, closes in self._stretches(day, day):
                starts = max(opens, begin)
                if left <= closes - starts:
                    return starts + left
                left -= max(_NOTHING, closes - starts)
            day = self.next_business_day(day)
        return begin

    def before_working_minutes(self, until: datetime, minutes: int) -> datetime:
        """Return the moment since which that much working time has passed until the given one."""
        if minutes < 0:
            raise ValueError("working minutes are counted backwards from the end")
        end, left = local(until), timedelta(minutes=minutes)
        day = end.date()
        while left:
            for opens, closes in reversed(list(self._stretches(day, day))):
                stops = min(closes, end)
                if left <= stops - opens:
                    return stops - left
                left -= max(_NOTHING, stops - opens)
            day = self.previous_business_day(day)
        return end

    def _stretches(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        for number in range((last - first).days + 1):
            day = first + _DAY * number
            for span in self.spans(day):
                yield _moment(day, span.opens), _moment(day, span.closes)

    def _search(self, day: date, stride: timedelta) -> date:
        for _ in range(_DAYS_CLOSED_MAX):
            day += stride
            if self.is_business_day(day):
                return day
        raise ValueError(f"no business day within a year of {day}")

    def _spans_of(self, day: date) -> Sequence[Span]:
        return self.hours.get(day.weekday(), ())

    def _known(self, day: date) -> None:
        if self.ends and day > self.ends:
            raise CalendarEnds(day=day, end=self.ends)


def local(at: datetime) -> datetime:
    """Return the moment on Shanghai's clock; raises ValueError for a moment without a zone."""
    if at.utcoffset() is None:
        raise ValueError(f"{at} says no time zone")
    return at.astimezone(SHANGHAI)


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI)
