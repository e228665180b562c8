"""Where authorization rubs: by transaction and reason, added up by the database in one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from authorization import rules
from authorization.rules import Friction, Month
from foundation.kernel import scope

# Decisions of an item that was carried forward are of a later day than its own (decision 0187).
CARRIED = timedelta(days=31)
# Row-level security holds as well; the list of places is what the plan uses.
IN_SCOPE = "(%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))"
_ENDED = "state IN ('approved', 'posted', 'rejected') AND decided_at IS NOT NULL"
# The item itself says what it met with: it has another attempt only after it went back, and one
# that went back keeps when it was decided until it is sent again. Only looks are the decisions'.
_BY_CODE = f"""
WITH look AS (
  SELECT item.trade_code, count(*) AS looks, sum(view_ms) AS view_ms
    FROM authorization_decision made JOIN authorization_request item ON item.id = made.request_id
   WHERE made.business_date BETWEEN %(first)s AND %(carried)s AND made.decider_id IS NOT NULL
     AND {IN_SCOPE.replace("inst", "made.inst")}
     AND item.business_date BETWEEN %(first)s AND %(last)s
   GROUP BY item.trade_code),
asked AS (
  SELECT item.trade_code, count(DISTINCT item.id) AS consulted, count(*) AS consults,
         sum(extract(epoch FROM asked.ended_at - asked.asked_at)) AS seconds
    FROM authorization_inquiry asked JOIN authorization_request item ON item.id = asked.request_id
   WHERE asked.kind = 'consult' AND asked.ended_at IS NOT NULL
     AND {IN_SCOPE.replace("inst", "item.inst")}
     AND item.business_date BETWEEN %(first)s AND %(last)s
   GROUP BY item.trade_code),
item AS (
  SELECT trade_code, count(*) AS submitted, count(queued_at) AS held,
         count(*) FILTER (WHERE attempt > 1 OR decided_at IS NOT NULL) AS decided,
         count(*) FILTER (WHERE attempt > 1 OR decided_at IS NOT NULL
                            AND state IN ('returned', 'withdrawn')) AS returned,
         count(*) FILTER (WHERE state = 'rejected') AS rejected,
         count(*) FILTER (WHERE attempt = 1 AND queued_at IS NOT NULL
                            AND state IN ('approved', 'posted')) AS first,
         count(*) FILTER (WHERE attempt > 1 AND {_ENDED}) AS back,
         sum(extract(epoch FROM decided_at - created_at))
           FILTER (WHERE attempt > 1 AND {_ENDED}) AS back_seconds,
         count(*) FILTER (WHERE attempt = 1 AND {_ENDED}) AS straight,
         sum(extract(epoch FROM decided_at - created_at))
           FILTER (WHERE attempt = 1 AND {_ENDED}) AS straight_seconds
    FROM authorization_request
   WHERE business_date BETWEEN %(first)s AND %(last)s AND {IN_SCOPE}
   GROUP BY trade_code)
SELECT trade_code, submitted, held, decided, returned, rejected, first, coalesce(looks, 0),
       coalesce(view_ms, 0), back, round(coalesce(back_seconds, 0)), straight,
       round(coalesce(straight_seconds, 0)), coalesce(consulted, 0), coalesce(consults, 0),
       round(coalesce(asked.seconds, 0))
  FROM item LEFT JOIN look USING (trade_code) LEFT JOIN asked USING (trade_code) ORDER BY trade_code
"""  # noqa: S608 -- the parts put in are constants of this module
# Only items of the month count, so that each figure is the length of the list that it opens.
_BY_REASON = f"""
SELECT reason, count(DISTINCT made.request_id)
  FROM authorization_decision made JOIN authorization_request item ON item.id = made.request_id
       CROSS JOIN unnest(made.reasons) AS reason
 WHERE made.business_date BETWEEN %(first)s AND %(carried)s
   AND made.step IN ('reject', 'return') AND {IN_SCOPE.replace("inst", "item.inst")}
   AND item.business_date BETWEEN %(first)s AND %(last)s
   AND (%(code)s = '' OR item.trade_code = %(code)s)
 GROUP BY reason ORDER BY count(DISTINCT made.request_id) DESC, reason
"""  # noqa: S608


@dataclass(frozen=True)
class ReasonLine:
    """How many items went back or were rejected for a reason, of so many decided."""

    reason: rules.Reason
    items: int
    decided: int

    @property
    def per_100(self) -> Decimal | None:
        """Return how many of 100 decided items."""
        return rules.per_100(self.items, self.decided)


def friction(*, month: Month) -> Sequence[Friction]:
    """Return what became of the items entered in a month, by transaction of the catalogue."""
    with connection.cursor() as line:
        line.execute(_BY_CODE, span(first=month.first, last=month.last))
        return tuple(Friction(code, *map(int, rest)) for code, *rest in line.fetchall())


def friction_whole(*, lines: Sequence[Friction]) -> Friction:
    """Return all transactions together."""
    counted = [one.name for one in fields(Friction) if one.name not in {"trade_code", "parts"}]
    sums = {name: sum(getattr(line, name) for line in lines) for name in counted}
    return Friction(**sums, parts=tuple(lines))


def friction_reasons(*, month: Month, decided: int, trade_code: str = "") -> Sequence[ReasonLine]:
    """Return why items of a month went back or were rejected, the most frequent reason first."""
    asked = span(first=month.first, last=month.last) | {"code": trade_code}
    with connection.cursor() as line:
        line.execute(_BY_REASON, asked)
        found = line.fetchall()
    return tuple(ReasonLine(rules.REASONS[code], int(items), decided) for code, items in found)


def span(*, first: date, last: date) -> dict[str, Any]:
    """Return the days and places by which a question of the items of those days is narrowed."""
    allowed = scope.current()
    everywhere = allowed == scope.EVERYTHING
    return {
        "first": first,
        "last": last,
        "carried": last + CARRIED,
        "everywhere": everywhere,
        "places": [] if everywhere else list(allowed),
    }
