"""Where authorization rubs: by transaction and reason, added up by the database in one question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from authorization import rules
from authorization.rules import Friction, Month
from authorization.selectors.days import IN_SCOPE, Question, lines

_ENDED = "state IN ('approved', 'posted', 'rejected') AND decided_at IS NOT NULL"
# The item itself says what it met with: it has another attempt only after it went back, and one
# that went back keeps when it was decided until it is sent again. Only looks are the decisions'.
_BY_CODE = f"""
WITH look AS (
  SELECT item_date AS business_date, trade_code, count(*) AS looks, sum(view_ms) AS view_ms
    FROM authorization_decision
   WHERE business_date BETWEEN %(first)s AND %(carried)s AND item_date = ANY (%(days)s::date[])
     AND decider_id IS NOT NULL AND {IN_SCOPE}
   GROUP BY 1, 2),
asked AS (
  SELECT item.business_date, item.trade_code, count(DISTINCT item.id) AS consulted,
         count(*) AS consults, sum(extract(epoch FROM asked.ended_at - asked.asked_at)) AS seconds
    FROM authorization_inquiry asked JOIN authorization_request item ON item.id = asked.request_id
   WHERE asked.kind = 'consult' AND asked.ended_at IS NOT NULL
     AND {IN_SCOPE.replace("inst", "item.inst")}
     AND item.business_date = ANY (%(days)s::date[])
   GROUP BY 1, 2),
item AS (
  SELECT business_date, trade_code, count(*) AS submitted, count(queued_at) AS held,
         count(*) FILTER (WHERE attempt > 1 OR decided_at IS NOT NULL) AS decided,
         count(*) FILTER (WHERE attempt > 1 OR decided_at IS NOT NULL
                            AND state IN ('returned', 'withdrawn')) AS returned,
         count(*) FILTER (WHERE state = 'rejected') AS rejected,
         count(*) FILTER (WHERE attempt = 1 AND queued_at IS NOT NULL
                            AND state IN ('approved', 'posted')) AS first,
         count(*) FILTER (WHERE attempt > 1 AND {_ENDED}) AS back,
         sum(decided_at - created_at) FILTER (WHERE attempt > 1 AND {_ENDED}) AS back_time,
         count(*) FILTER (WHERE attempt = 1 AND {_ENDED}) AS straight,
         sum(decided_at - created_at) FILTER (WHERE attempt = 1 AND {_ENDED}) AS straight_time
    FROM authorization_request
   WHERE business_date = ANY (%(days)s::date[]) AND {IN_SCOPE}
   GROUP BY 1, 2)
SELECT business_date, trade_code, submitted, held, decided, returned, rejected, first,
       coalesce(looks, 0), coalesce(view_ms, 0), back, coalesce(extract(epoch FROM back_time), 0),
       straight, coalesce(extract(epoch FROM straight_time), 0), coalesce(consulted, 0),
       coalesce(consults, 0), coalesce(asked.seconds, 0)
  FROM item LEFT JOIN look USING (business_date, trade_code)
       LEFT JOIN asked USING (business_date, trade_code)
"""  # noqa: S608 -- the parts put in are constants of this module
# Only items of the month count, so that each figure is the length of the list that it opens.
_BY_REASON = f"""
SELECT item_date, trade_code, reason, count(DISTINCT request_id)
  FROM authorization_decision CROSS JOIN unnest(reasons) AS reason
 WHERE business_date BETWEEN %(first)s AND %(carried)s AND item_date = ANY (%(days)s::date[])
   AND step IN ('reject', 'return') AND {IN_SCOPE}
 GROUP BY 1, 2, 3
"""  # noqa: S608
_CODES, _REASONS = Question("friction", _BY_CODE), Question("friction's reasons", _BY_REASON)


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


def friction(*, month: Month, until: date) -> Sequence[Friction]:
    """Return what became of the items entered in a month up to a day, by transaction."""
    sums: dict[str, Sequence[Decimal]] = {}
    for code, *counted in lines(question=_CODES, first=month.first, last=until):
        before = sums.get(code, [Decimal(0)] * len(counted))
        sums[code] = [one + more for one, more in zip(before, counted, strict=True)]
    return tuple(Friction(code, *(whole(exact=one) for one in sums[code])) for code in sorted(sums))


def friction_whole(*, lines: Sequence[Friction]) -> Friction:
    """Return all transactions together."""
    counted = [one.name for one in fields(Friction) if one.name not in {"trade_code", "parts"}]
    sums = {name: sum(getattr(line, name) for line in lines) for name in counted}
    return Friction(**sums, parts=tuple(lines))


def friction_reasons(
    *, month: Month, until: date, decided: int, trade_code: str = ""
) -> Sequence[ReasonLine]:
    """Return why items of a month up to a day were refused, the most frequent reason first."""
    items: Counter[str] = Counter()
    for code, reason, counted in lines(question=_REASONS, first=month.first, last=until):
        items[reason] += counted if trade_code in ("", code) else 0
    ordered = sorted((+items).items(), key=lambda one: (-one[1], one[0]))
    return tuple(ReasonLine(rules.REASONS[code], count, decided) for code, count in ordered)


def whole(*, exact: Decimal) -> int:
    """Return a number without its fraction, halves up."""
    return int(exact.to_integral_value(ROUND_HALF_UP))
