"""What a day's decisions come to, read in one pass each: in all, by quarter, by person, by place.

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

# One scan of the day, of the index alone, and a smaller one of the day before, of
# which only its quarters and what came until the same time are asked for. Row-level security holds
# as well; the list of places is what the plan uses.
_SUMMED = """
SELECT grouping(quarter, decider_id, institution_id), quarter, hour, decider_id, institution_id,
       count(*), count(*) FILTER (WHERE step = 'reject'), count(*) FILTER (WHERE step = 'return'),
       count(*) FILTER (WHERE view_ms <= %(target)s), sum(view_ms)
  FROM (SELECT date_bin('15 minutes', at, %(midnight)s) AS quarter,
               date_bin('1 hour', at, %(midnight)s) AS hour,
               decider_id, institution_id, step, view_ms
          FROM authorization_decision
         WHERE business_date = %(on)s AND at < %(until)s
           AND (%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))) made
 GROUP BY GROUPING SETS ((quarter), (decider_id), (institution_id, hour))
"""
_BEFORE = """
SELECT date_bin('15 minutes', at, %(midnight)s), count(*), count(*) FILTER (WHERE at < %(until)s),
       coalesce(sum(view_ms) FILTER (WHERE at < %(until)s), 0)
  FROM authorization_decision
 WHERE business_date = %(on)s AND (%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))
 GROUP BY 1
"""
# The slowest twentieth, read from the slow end of the index.
_SLOWEST = """
SELECT view_ms FROM authorization_decision
 WHERE business_date = %(on)s AND at < %(until)s
   AND (%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))
 ORDER BY view_ms DESC OFFSET %(slower)s LIMIT 2
"""
_BY_QUARTER, _BY_PERSON, _BY_PLACE = 0b011, 0b101, 0b110
_SHARE = Decimal("0.95")
_DAY = timedelta(days=1)
_QUARTER, _HOUR = timedelta(minutes=rules.QUARTER_MINUTES), timedelta(hours=1)


@dataclass(frozen=True)
class Sums:
    """Decisions added up; `view_ms` is of all of them together."""

    decided: int = 0
    rejected: int = 0
    returned: int = 0
    within: int = 0
    view_ms: int = 0

    def __add__(self, other: Sums) -> Sums:
        """Return the decisions of both."""
        return Sums(
            self.decided + other.decided,
            self.rejected + other.rejected,
            self.returned + other.returned,
            self.within + other.within,
            self.view_ms + other.view_ms,
        )

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
        # Links are cut to whole seconds; what came within the last one is counted.
        "until": cut.until + timedelta(seconds=1),
        "midnight": midnight,
        "target": target_seconds * 1000,
        **_places(cut),
    }
    found = Day(target_seconds)
    with connection.cursor() as line:
        line.execute(_SUMMED, asked)
        for kind, quarter, hour, decider, place, *sums in line.fetchall():
            _put(found, kind, (quarter, hour, decider, place), Sums(*map(int, sums)), midnight)
        found.in_all = sum(found.quarters.values(), Sums())
        found.p95_seconds = _p95(line, asked, found.in_all.decided)
        if before:
            past = cut.on - before
            line.execute(_BEFORE, {**asked, **_earlier(asked, past)})
            for quarter, every, in_time, view_ms in line.fetchall():
                number = _number(quarter - (midnight - past), _QUARTER)
                found.quarters_before[number] = found.quarters_before.get(number, 0) + every
                found.before += Sums(decided=in_time, view_ms=int(view_ms))
    return found


def _earlier(asked: Mapping[str, Any], past: timedelta) -> Mapping[str, Any]:
    return {name: asked[name] - past for name in ("on", "until", "midnight")}


def _p95(line: Any, asked: Mapping[str, Any], decided: int) -> Decimal | None:
    """Return the seconds that 95 of 100 decisions did not take longer than, between two rows."""
    if not decided:
        return None
    place = _SHARE * (decided - 1)
    slower = max(0, decided - 2 - int(place))
    line.execute(_SLOWEST, {**asked, "slower": slower})
    upper, *lower = (Decimal(view_ms) for (view_ms,) in line.fetchall())
    low = lower[0] if lower else upper
    return rules.seconds(low + (place - int(place)) * (upper - low))


def _places(cut: Cut) -> Mapping[str, Any]:
    allowed = scope.current()
    if cut.under or cut.place:
        ids = people.institutions_below(ids=[one for one in (cut.under, cut.place) if one])
        return {"everywhere": False, "places": list(ids)}
    everywhere = allowed == scope.EVERYTHING
    return {"everywhere": everywhere, "places": [] if everywhere else list(allowed)}


def _put(
    found: Day,
    kind: int,
    group: tuple[datetime, datetime, int, int],
    made: Sums,
    midnight: datetime,
) -> None:
    quarter, hour, decider, place = group
    if kind == _BY_QUARTER:
        number = _number(quarter - midnight, _QUARTER)
        found.quarters[number] = found.quarters.get(number, Sums()) + made
    elif kind == _BY_PERSON:
        found.people[decider] = made
    elif kind == _BY_PLACE:
        key = (place, _number(hour - midnight, _HOUR))
        found.places[key] = found.places.get(key, Sums()) + made


def _number(since: timedelta, stretch: timedelta) -> int:
    """Return the number of a stretch within its day, whatever day it lies on."""
    return since % _DAY // stretch
