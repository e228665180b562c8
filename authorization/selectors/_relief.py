"""Which transactions could do without a second person: never refused for months, often decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from authorization import rules
from authorization.models import AuthRule
from authorization.rules import Month
from authorization.selectors._effect import SHARE, TARGET, WITHIN, handling_seconds, seats_needed
from authorization.selectors._friction import IN_SCOPE, span
from authorization.selectors._rules import rules_in_force
from foundation.kernel.money import Money
from foundation.policy import selectors as policy

RELIEF_MONTHS = "authorization.relief_months"
RELIEF_ITEMS = "authorization.relief_items_least"
# One that was never refused has one first yes an item: to count those is to count items.
_NEVER_REFUSED = f"""
SELECT item.trade_code, count(*) FILTER (WHERE made.level = 1),
       coalesce(sum(amount_fen) FILTER (WHERE state = %(posted)s AND made.level = 1), 0),
       sum(view_ms)
  FROM authorization_decision made JOIN authorization_request item ON item.id = made.request_id
 WHERE made.business_date BETWEEN %(first)s AND %(carried)s AND made.decider_id IS NOT NULL
   AND {IN_SCOPE.replace("inst", "made.inst")}
   AND item.business_date BETWEEN %(first)s AND %(last)s
 GROUP BY item.trade_code HAVING NOT bool_or(step <> 'approve')
    AND count(*) FILTER (WHERE made.level = 1) >= %(least)s
 ORDER BY 2 DESC, item.trade_code
"""  # noqa: S608 -- the part put in is a constant
_BY_HOUR = f"""
SELECT extract(hour FROM created_at AT TIME ZONE 'Asia/Shanghai')::int, trade_code, business_date,
       count(*)
  FROM authorization_request
 WHERE business_date BETWEEN %(first)s AND %(last)s AND queued_at IS NOT NULL AND {IN_SCOPE}
 GROUP BY 1, 2, 3
"""  # noqa: S608


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

    None for a number that is not in force; then there are no lines.
    """

    month: Month
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
class _Seats:
    """Mean arrivals of each hour of the clock in the month, and what seats are reckoned with."""

    hours: Counter[tuple[int, str]]
    days: int
    handling: Decimal | None
    within: int | None
    share: int | None

    def needed(self, *, without: frozenset[str] = frozenset()) -> int | None:
        """Return the seats of the busiest hour when some transactions come no more."""
        by_hour: Counter[int] = Counter()
        for (hour, code), count in self.hours.items():
            by_hour[hour] += 0 if code in without else count
        busiest = Decimal(max(by_hour.values(), default=0)) / max(self.days, 1)
        return seats_needed(
            arrivals=busiest, handling=self.handling, within=self.within, share=self.share
        )


def relief(*, month: Month, on: date) -> Relief:
    """Return which transactions nobody refused in the months up to one, and what relief frees.

    Neither rejected nor sent back once, although so many items at least were decided: both are
    dated numbers, of the last day of the month, or of `on` where it is not over. Seats are those
    of the busiest hour in that month, reckoned as the effect of a rule is.
    """
    until = min(month.last, max(on, month.first))
    numbers = policy.bank_wholes(
        codes=(RELIEF_MONTHS, RELIEF_ITEMS, WITHIN, SHARE, TARGET), on=until
    )
    months, least = numbers.get(RELIEF_MONTHS), numbers.get(RELIEF_ITEMS)
    if not months or least is None:
        return Relief(month, months, least, (), None, None)
    asked = span(first=month.plus(1 - months).first, last=month.last)
    with connection.cursor() as line:
        line.execute(_NEVER_REFUSED, asked | {"least": least, "posted": rules.POSTED})
        found = [(code, int(n), int(fen), int(took)) for code, n, fen, took in line.fetchall()]
    seats = _seats(month, until, numbers.get(WITHIN), numbers.get(SHARE), numbers.get(TARGET))
    now = seats.needed()
    eased, waiting = _standing([code for code, *_rest in found], on)
    lines = tuple(
        ReliefLine(
            trade=rules.CATALOGUE[code],
            items=count,
            passed=Money(fen),
            seconds_a_month=_whole(Decimal(took) / 1000 / months),
            seats_freed=_freed(now, seats.needed(without=frozenset({code}))),
            eased=code in eased,
            waits=code in waiting,
        )
        for code, count, fen, took in found
    )
    every = frozenset(code for code, *_rest in found)
    return Relief(month, months, least, lines, now, seats.needed(without=every))


def _seats(
    month: Month, until: date, within: int | None, share: int | None, target: int | None
) -> _Seats:
    with connection.cursor() as line:
        line.execute(_BY_HOUR, span(first=month.first, last=month.last))
        found = line.fetchall()
    days = len({day for _hour, _code, day, _count in found})
    hours: Counter[tuple[int, str]] = Counter()
    for hour, code, _day, count in found:
        hours[int(hour), code] += int(count)
    spanned = (until - month.first).days + 1
    handling = handling_seconds(days=spanned, on=until, target=target)
    return _Seats(hours, days, handling, within, share)


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


def _whole(exact: Decimal) -> int:
    return int(exact.to_integral_value(ROUND_HALF_UP))
