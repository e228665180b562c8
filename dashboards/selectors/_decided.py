"""What a day's decisions of people come to: in all, by quarter, by person, by place, by reason.

They are the rows of `counted(figure="decided")`; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from dashboards import rules
from dashboards.rules import Cut
from dashboards.selectors._settled import Asked, Sums, midnight_of, tally
from foundation.kernel import scope
from foundation.people import selectors as people

# Of the day before, the quarter in which the same time lies, until that time.
_PART = """
SELECT count(*), 0, 0, 0, coalesce(sum(view_ms), 0) FROM authorization_decision
 WHERE business_date = %(on)s AND at >= %(since)s AND at < %(until)s
   AND decider_id IS NOT NULL AND offline_id IS NULL
   AND (%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))
"""
# The slowest twentieth, read from the slow end of the index.
_SLOWEST = """
SELECT view_ms FROM authorization_decision
 WHERE business_date = %(on)s AND at < %(until)s AND decider_id IS NOT NULL AND offline_id IS NULL
   AND (%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))
 ORDER BY view_ms DESC OFFSET %(slower)s LIMIT 2
"""
_SHARE = Decimal("0.95")
_QUARTER = timedelta(minutes=rules.QUARTER_MINUTES)
_QUARTERS = timedelta(days=1) // _QUARTER


@dataclass
class Day:
    """A day's decisions until a moment; those of the day before in all until the same time.

    Quarters of an hour are counted from midnight, people and places are ids.
    """

    target_seconds: int
    in_all: Sums = field(default_factory=Sums)
    before: Sums = field(default_factory=Sums)
    p95_seconds: Decimal | None = None
    quarters: dict[int, Sums] = field(default_factory=dict)
    quarters_before: dict[int, int] = field(default_factory=dict)
    people: dict[int, Sums] = field(default_factory=dict)
    places: dict[tuple[int, int], Sums] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)


def average(*, sums: Sums) -> Decimal | None:
    """Return the seconds that a decision took on average, to one place."""
    return rules.seconds(Decimal(sums.view_ms) / sums.decided) if sums.decided else None


def decided(*, cut: Cut, before: date | None, target_seconds: int) -> Day:
    """Return what the decisions of the cut's day come to, and those of the day before."""
    everywhere, places = _places(cut)
    asked = Asked(cut.on, everywhere, places, target_seconds * 1000)
    # Links are cut to whole seconds; what came within the last one is counted.
    until = cut.until + timedelta(seconds=1)
    made = tally(asked=asked, until=until)
    found = Day(
        target_seconds,
        in_all=sum(made.quarters.values(), Sums()),
        quarters=_of_a_day(made.quarters),
        people=made.people,
        places=made.places,
        reasons=made.reasons,
    )
    given = {"everywhere": everywhere, "places": list(places), "on": cut.on, "until": until}
    found.p95_seconds = _p95(given, found.in_all.decided)
    if before:
        _compare(found, asked, given, before)
    return found


def _compare(found: Day, asked: Asked, given: Mapping[str, Any], before: date) -> None:
    """Put in the quarters of the day before, and what came on it until the same time."""
    until = given["until"] - (asked.on - before)
    whole = tally(asked=replace(asked, on=before)).quarters
    number = (until - midnight_of(day=before)) // _QUARTER
    given = {**given, "on": before, "until": until}
    with connection.cursor() as line:
        line.execute(_PART, {**given, "since": midnight_of(day=before) + number * _QUARTER})
        part = Sums(*map(int, line.fetchone()))
    found.before = sum((sums for one, sums in whole.items() if one < number), part)
    found.quarters_before = {one: sums.decided for one, sums in _of_a_day(whole).items()}


def _of_a_day(quarters: Mapping[int, Sums]) -> dict[int, Sums]:
    """Return the quarters by their time of day, those after midnight with those of the morning."""
    found: dict[int, Sums] = {}
    for number, sums in quarters.items():
        found[number % _QUARTERS] = found.get(number % _QUARTERS, Sums()) + sums
    return found


def _p95(given: Mapping[str, Any], decided: int) -> Decimal | None:
    """Return the seconds that 95 of 100 decisions did not take longer than, between two rows."""
    if not decided:
        return None
    place = _SHARE * (decided - 1)
    slower = max(0, decided - 2 - int(place))
    with connection.cursor() as line:
        line.execute(_SLOWEST, {**given, "slower": slower})
        upper, *lower = (Decimal(view_ms) for (view_ms,) in line.fetchall())
    low = lower[0] if lower else upper
    return rules.seconds(low + (place - int(place)) * (upper - low))


def _places(cut: Cut) -> tuple[bool, tuple[int, ...]]:
    """Return whether every place is meant, and else which; never one out of sight.

    What is kept is told to whoever asks for the same places.
    """
    allowed = scope.current()
    if cut.under or cut.place:
        ids = people.institutions_below(ids=[one for one in (cut.under, cut.place) if one])
        return False, tuple(sorted(ids))
    return (True, ()) if allowed == scope.EVERYTHING else (False, tuple(sorted(allowed)))
