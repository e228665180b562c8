"""What comes to the authorizers' desks through a day, and who sits there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from authorization import rules
from authorization.rules import Arrived, Quarter, Service
from authorization.selectors._effect import SHARE, TARGET, WITHIN
from authorization.selectors.days import CARRIED, IN_SCOPE, span
from foundation.kernel.calendar import Calendar
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.policy import selectors as policy

STAFFING_DAYS = "authorization.staffing_days"
# How far back days of the same kind are looked for.
_REACH = timedelta(days=400)
# A round is one coming to the desk: each decision had one, and what is not decided has one that is
# not yet measured. It belongs to the skill of the item's rule, or to its group where that names
# none. Items that were carried forward are at most so much older than their decisions.
_ARRIVED = f"""
WITH round AS (
  SELECT made.business_date, view_ms, rule_id,
         at - (queue_ms + view_ms + hold_ms) * interval '1 millisecond' AS arrived_at
    FROM authorization_decision made JOIN authorization_request item ON item.id = made.request_id
   WHERE made.business_date = ANY (%(days)s::date[]) AND made.decider_id IS NOT NULL
     AND {IN_SCOPE.replace("inst", "made.inst")}
     AND item.business_date BETWEEN %(since)s AND %(last)s
   UNION ALL
  SELECT business_date, NULL, rule_id, queued_at FROM authorization_request
   WHERE business_date = ANY (%(days)s::date[]) AND queued_at IS NOT NULL AND decided_at IS NULL
     AND {IN_SCOPE})
SELECT round.business_date,
       floor(extract(epoch FROM (arrived_at AT TIME ZONE 'Asia/Shanghai')::time) / 900)::int,
       coalesce(nullif(rule.skill, ''), rule."group", ''), count(*), count(view_ms),
       coalesce(sum(view_ms), 0)
  FROM round LEFT JOIN authorization_authrule rule ON rule.id = round.rule_id
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608 -- the part put in is a constant


@dataclass(frozen=True)
class Staffing:
    """A day's quarters of an hour: what comes and takes how long, who should and who does sit.

    `days` are those whose mean is shown, without those on which nothing came; of one day it is what
    happened on it.
    """

    on: date
    mean: bool
    days: Sequence[date]
    quarters: Sequence[Quarter]
    skills: Sequence[str]
    service: Service
    handling_seconds: Decimal | None
    planned: int

    @property
    def arrivals(self) -> Decimal:
        """Return how many come in the whole day, to one place."""
        found = sum((quarter.arrivals for quarter in self.quarters), Decimal(0))
        return found.quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def short(self) -> Sequence[Quarter]:
        """Return the quarters in which fewer sit than should."""
        return tuple(one for one in self.quarters if one.gap is not None and one.gap < 0)

    @property
    def peak(self) -> Quarter | None:
        """Return the first of the quarters that need the most seats; None where none is known."""
        known = [one for one in self.quarters if one.pooled is not None]
        return max(known, key=lambda one: (one.pooled or 0, -one.index), default=None)


def staffing(*, on: date, today: date, mean: bool) -> Staffing:
    """Return the staffing of a day, from what came on it or from the mean of days of its kind.

    A day that is yet to come has the mean in any case. The days of the mean are the latest up to
    today that are worked, or not worked, as the day is; how many is a dated number.
    """
    mean = mean or on > today
    numbers = policy.bank_wholes(codes=(WITHIN, SHARE, TARGET, STAFFING_DAYS), on=on)
    wanted = numbers.get(STAFFING_DAYS, 0)
    calendar = policy.calendar(on=on) if mean else None
    days = _of_kind(calendar, on, min(on, today), wanted) if calendar else [on]
    arrived = _arrived(days)
    there = sorted({row.on for row in arrived})
    service = Service(numbers.get(WITHIN), numbers.get(SHARE), numbers.get(TARGET))
    hours = people.hours_on(days=[on], permission=Permission.AUTHORIZATION_DECIDE)[on]
    seated = [sum(one.seated(rules.begins(n)) for one in hours) for n in range(rules.QUARTERS)]
    return Staffing(
        on=on,
        mean=mean,
        days=there if mean else days,
        quarters=rules.quarters(
            arrived=arrived, seated=seated, days=len(there) if mean else 1, service=service
        ),
        skills=sorted({row.skill for row in arrived}),
        service=service,
        handling_seconds=rules.mean_seconds(arrived),
        planned=len(hours),
    )


def _of_kind(calendar: Calendar, on: date, last: date, count: int) -> list[date]:
    found: list[date] = []
    worked, day = calendar.is_business_day(on), last
    while len(found) < count and day > last - _REACH:
        if calendar.is_business_day(day) is worked:
            found.append(day)
        day -= timedelta(days=1)
    return found


def _arrived(days: Sequence[date]) -> Sequence[Arrived]:
    if not days:
        return ()
    asked = span(first=min(days), last=max(days)) | {"days": list(days)}
    asked["since"] = min(days) - CARRIED
    with connection.cursor() as line:
        line.execute(_ARRIVED, asked)
        return [
            Arrived(on, int(quarter), skill, int(rounds), int(measured), int(took))
            for on, quarter, skill, rounds, measured, took in line.fetchall()
        ]
