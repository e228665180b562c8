"""What a day's decisions come to, read in one pass: in all, by quarter, by person, by place.

They are the rows of `counted(figure="decided")`; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from dashboards import rules
from dashboards.rules import Cut
from foundation.kernel import scope
from foundation.people import selectors as people

# One scan of both days by the index on the business date. Of the day before only its quarters and
# what came until the same time are asked for. `grouping` has a bit set for each column that is not
# part of the group. Row-level security holds as well; the list of places is what the plan uses.
_SUMMED = """
SELECT day = %(on)s, grouping(quarter, decider, place), quarter, decider, place, hour,
       count(*), count(*) FILTER (WHERE in_time), coalesce(sum(view_ms) FILTER (WHERE in_time), 0),
       count(*) FILTER (WHERE step = 'reject'), count(*) FILTER (WHERE step = 'return'),
       count(*) FILTER (WHERE view_ms <= %(target)s)
  FROM (SELECT day, in_time, step, view_ms, quarter, quarter / 4 AS hour,
               CASE WHEN day = %(on)s THEN decider_id END AS decider,
               CASE WHEN day = %(on)s THEN institution_id END AS place
          FROM (SELECT business_date AS day, step, view_ms, decider_id, institution_id,
                       at < %(until)s - (%(on)s - business_date) * interval '1 day' AS in_time,
                       mod((floor(date_part('epoch', at - %(midnight)s))::bigint
                            + %(long_before)s) / %(quarter)s, %(quarters)s)::int AS quarter
                  FROM authorization_decision
                 WHERE business_date IN (%(on)s, %(before)s)
                   AND (business_date < %(on)s OR at < %(until)s)
                   AND (%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))) seen) made
 GROUP BY GROUPING SETS ((day), (day, quarter), (day, decider), (day, place, hour))
"""
_P95 = """
SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY view_ms)
  FROM authorization_decision
 WHERE business_date = %(on)s AND at < %(until)s
   AND (%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))
"""
_IN_ALL, _BY_QUARTER, _BY_PERSON, _BY_PLACE = 0b111, 0b011, 0b101, 0b110
_DAY_SECONDS = 24 * 60 * 60
_QUARTER_SECONDS = rules.QUARTER_MINUTES * 60


@dataclass(frozen=True)
class Sums:
    """Decisions added up; `view_ms` is of all of them together."""

    decided: int = 0
    rejected: int = 0
    returned: int = 0
    within: int = 0
    view_ms: int = 0

    @property
    def average(self) -> Decimal | None:
        """Return the seconds that a decision took on average, to one place."""
        return rules.seconds(Decimal(self.view_ms) / self.decided) if self.decided else None


@dataclass
class Day:
    """A day's decisions until a moment; those of the day before in all until the same time.

    Quarters of an hour are counted from midnight, people and places are ids.
    """

    target_seconds: int
    in_all: Sums = Sums()
    before: Sums = Sums()
    p95_seconds: Decimal | None = None
    quarters: dict[int, Sums] = field(default_factory=dict)
    quarters_before: dict[int, int] = field(default_factory=dict)
    people: dict[int, Sums] = field(default_factory=dict)
    places: dict[tuple[int, int], Sums] = field(default_factory=dict)


def decided(*, cut: Cut, before: date | None, target_seconds: int) -> Day:
    """Return what the decisions of the cut's day come to, and those of the day before."""
    midnight = timezone.make_aware(datetime.combine(cut.on, time()))
    asked: dict[str, Any] = {
        "on": cut.on,
        "before": before or cut.on,
        # Links are cut to whole seconds; what came within the last one is counted.
        "until": cut.until + timedelta(seconds=1),
        "midnight": midnight,
        "quarter": _QUARTER_SECONDS,
        "quarters": _DAY_SECONDS // _QUARTER_SECONDS,
        "long_before": 1000 * _DAY_SECONDS,
        "target": target_seconds * 1000,
        **_places(cut),
    }
    found = Day(target_seconds)
    with connection.cursor() as line:
        line.execute(_SUMMED, asked)
        for today, kind, quarter, decider, place, hour, *sums in line.fetchall():
            _put(found, bool(today), kind, (quarter, decider, (place, hour)), sums)
        line.execute(_P95, asked)
        found.p95_seconds = rules.seconds(line.fetchone()[0])
    return found


def _places(cut: Cut) -> Mapping[str, Any]:
    allowed = scope.current()
    if cut.under or cut.place:
        ids = people.institutions_below(ids=[one for one in (cut.under, cut.place) if one])
        return {"everywhere": False, "places": list(ids)}
    everywhere = allowed == scope.EVERYTHING
    return {"everywhere": everywhere, "places": [] if everywhere else list(allowed)}


def _put(
    found: Day,
    today: bool,  # noqa: FBT001
    kind: int,
    group: tuple[int, int, tuple[int, int]],
    sums: list[int],
) -> None:
    every, in_time, view_ms, rejected, returned, within = sums
    made = Sums(in_time, rejected, returned, within, int(view_ms))
    quarter, decider, place = group
    if kind == _IN_ALL:
        if today:
            found.in_all = made
        else:
            found.before = made
    elif kind == _BY_QUARTER:
        if today:
            found.quarters[quarter] = made
        else:
            found.quarters_before[quarter] = every
    elif today and kind == _BY_PERSON:
        found.people[decider] = made
    elif today and kind == _BY_PLACE:
        found.places[place] = made
