"""Which transactions could do without a second person: never refused for months, often decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain

from authorization import rules
from authorization.models import AuthRule, Decision
from authorization.rules import Month
from authorization.rules.publishing import AUTOMATIC
from authorization.selectors._effect import SHARE, TARGET, WITHIN, mean_seconds, seats_needed
from authorization.selectors._friction import whole
from authorization.selectors._rules import rules_in_force
from authorization.selectors.days import IN_SCOPE, Line, Question, by_day
from foundation.kernel.calendar import local
from foundation.kernel.money import Money
from foundation.policy import selectors as policy

RELIEF_MONTHS = "authorization.relief_months"
RELIEF_ITEMS = "authorization.relief_items_least"
# One that was never refused has one first yes an item: to count those is to count items.
_BY_CODE = f"""
SELECT item_date, trade_code, bool_or(step <> 'approve'), count(*) FILTER (WHERE level = 1),
       count(*), sum(view_ms)
  FROM authorization_decision
 WHERE business_date BETWEEN %(first)s AND %(carried)s AND item_date = ANY (%(days)s::date[])
   AND decider_id IS NOT NULL AND {IN_SCOPE}
 GROUP BY 1, 2
"""  # noqa: S608 -- the part put in is a constant
# What came to the centre, and the money of it that passed after a person's yes.
_BY_HOUR = f"""
SELECT business_date, date_bin('1 hour', created_at, '2000-01-01 00:00+08'), trade_code,
       count(queued_at), coalesce(sum(amount_fen) FILTER (WHERE state = 'posted'
                                          AND decider_label NOT IN ('', %(automatic)s)), 0)
  FROM authorization_request
 WHERE business_date = ANY (%(days)s::date[]) AND {IN_SCOPE}
 GROUP BY 1, 2, 3
"""  # noqa: S608 -- the part put in is a constant
_CODES = Question("relief", _BY_CODE)
_HOURS = Question("arrivals", _BY_HOUR, {"automatic": AUTOMATIC})


@dataclass(frozen=True)
class ReliefLine:
    """A transaction that was never refused: how often it was decided, and what relief would do."""

    trade: rules.TradeCode
    items: int
    passed: Money
    seconds_a_month: int
    seats_freed: int | None
    eased: bool
    waits: bool

    @property
    def most_refused(self) -> Decimal:
        """Return the one-sided 95 % upper bound of its refusal rate, in percent."""
        return rules.refusal_rate_most(self.items)


@dataclass(frozen=True)
class Relief:
    """The transactions never refused in the months up to one, and what all together would free.

    Up to a day, which is over. None for a number that is not in force; then there are no lines.
    """

    month: Month
    until: date
    months: int | None
    least: int | None
    lines: Sequence[ReliefLine]
    seats_now: int | None
    seats_then: int | None

    @property
    def first(self) -> Month | None:
        """Return the first of the months."""
        return self.month.plus(1 - self.months) if self.months else None


@dataclass(frozen=True)
class _Arrivals:
    """What came in each hour of the clock, by transaction, on so many days."""

    hours: Counter[tuple[int, str]]
    days: int


@dataclass(frozen=True)
class _Seats:
    """Arrivals of the month, and what seats are reckoned with."""

    came: _Arrivals
    handling: Decimal | None
    within: int | None
    share: int | None

    def needed(self, *, without: frozenset[str] = frozenset()) -> int | None:
        """Return the seats of the busiest hour when some transactions come no more."""
        by_hour: Counter[int] = Counter()
        for (hour, code), count in self.came.hours.items():
            by_hour[hour] += 0 if code in without else count
        busiest = Decimal(max(by_hour.values(), default=0)) / max(self.came.days, 1)
        return seats_needed(
            arrivals=busiest, handling=self.handling, within=self.within, share=self.share
        )


def relief(*, month: Month, today: date) -> Relief:
    """Return which transactions nobody refused in the months up to one, and what relief frees.

    Of items whose day is over by `today`: neither rejected nor sent back once, although so many at
    least were decided, nor refused since. The numbers are dated: of the last of these days. Seats
    are those of the busiest hour in that month, reckoned as the effect of a rule is.
    """
    until = month.until(today)
    numbers = policy.bank_wholes(
        codes=(RELIEF_MONTHS, RELIEF_ITEMS, WITHIN, SHARE, TARGET), on=max(until, month.first)
    )
    months, least = numbers.get(RELIEF_MONTHS), numbers.get(RELIEF_ITEMS)
    if not months or least is None:
        return Relief(month, until, months, least, (), None, None)
    since = month.plus(1 - months)
    made = by_day(question=_CODES, first=since.first, last=until)
    found = _never_refused(made, least, until)
    came, passed = _came(since, month, until)
    handling = _handling(made, month, numbers.get(TARGET))
    seats = _Seats(came, handling, numbers.get(WITHIN), numbers.get(SHARE))
    now = seats.needed()
    eased, waiting = _standing([code for code, *_rest in found], max(until, month.first))
    lines = tuple(
        ReliefLine(
            trade=rules.CATALOGUE[code],
            items=count,
            passed=Money(passed[code]),
            seconds_a_month=whole(exact=Decimal(took) / 1000 / months),
            seats_freed=_freed(now, seats.needed(without=frozenset({code}))),
            eased=code in eased,
            waits=code in waiting,
        )
        for code, count, took in found
    )
    every = frozenset(code for code, *_rest in found)
    return Relief(month, until, months, least, lines, now, seats.needed(without=every))


def _never_refused(
    made: Mapping[date, Sequence[Line]], least: int, until: date
) -> Sequence[tuple[str, int, int]]:
    """Return code, items and milliseconds at desks, what was decided most often first."""
    refused = refused_since(until=until)
    sums: dict[str, tuple[int, int]] = {}
    for code, no, counted, _looks, took_ms in chain.from_iterable(made.values()):
        refused |= {code} if no else set()
        items, took = sums.get(code, (0, 0))
        sums[code] = items + counted, took + int(took_ms)
    found = [(code, *one) for code, one in sums.items() if code not in refused and one[0] >= least]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def refused_since(*, until: date) -> set[str]:
    """Return what was refused on days that are not over yet; only refusals are read."""
    rows = Decision.objects.filter(
        business_date__gt=until, step__in=("reject", "return"), decider__isnull=False
    )
    return set(rows.order_by("trade_code").values_list("trade_code", flat=True).distinct())


def _handling(
    made: Mapping[date, Sequence[Line]], month: Month, target: int | None
) -> Decimal | None:
    """Return how long a decision about items of the month took in the mean."""
    own = [line for day, lines in made.items() if day >= month.first for line in lines]
    return mean_seconds(
        count=sum(looks for _code, _no, _items, looks, _took in own),
        took_ms=sum(int(took) for *_rest, took in own),
        target=target,
    )


def _came(first: Month, month: Month, until: date) -> tuple[_Arrivals, Counter[str]]:
    """Return what came in a month by hour, and the money that passed since another by code."""
    answers = by_day(question=_HOURS, first=first.first, last=until)
    hours: Counter[tuple[int, str]] = Counter()
    passed: Counter[str] = Counter()
    days = set()
    for day, found in answers.items():
        for hour, code, count, fen in found:
            passed[code] += int(fen)
            if day >= month.first and count:
                hours[local(hour).hour, code] += count
                days.add(day)
    return _Arrivals(hours, len(days)), passed


def _standing(codes: Sequence[str], on: date) -> tuple[frozenset[str], frozenset[str]]:
    """Return which transactions need nobody by the bank's rule of a day, and which are proposed."""
    bank = [row for row in rules_in_force(codes=codes, on=on) if row.institution_id is None]
    waiting = AuthRule.objects.filter(trade_code__in=codes, approved_by=None, declined_by=None)
    return (
        frozenset(row.trade_code for row in bank if not rules.kinds_of(row.says)),
        frozenset(waiting.order_by("trade_code").values_list("trade_code", flat=True)),
    )


def _freed(now: int | None, then: int | None) -> int | None:
    return None if now is None or then is None else now - then
