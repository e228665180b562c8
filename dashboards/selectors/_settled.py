"""A day's decisions added up once: what can no longer change is kept, the rest is read each time.

Those of people at desks alone: what the automatic tier decided, and what was decided on paper, is
counted apart. Decisions are never
changed and their ids grow, so the sums up to an id stay what they are as soon as no transaction is
left that had begun when that id was the last: it may still add a lower one. Each process keeps the
sums of the days and places that were asked for lately; losing them costs one whole reading
(decision 0160).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dashboards import rules

# What was decided on paper took no seconds at a desk. Row-level security holds as well; the list of
# places is what the plan uses.
_SUMMED = """
SELECT grouping(quarter, decider_id, institution_id), quarter, hour, decider_id, institution_id,
       count(*), count(*) FILTER (WHERE step = 'reject'), count(*) FILTER (WHERE step = 'return'),
       count(*) FILTER (WHERE view_ms <= %(target)s), sum(view_ms),
       max(id), max(at), clock_timestamp()
  FROM (SELECT date_bin('15 minutes', at, %(midnight)s) AS quarter,
               date_bin('1 hour', at, %(midnight)s) AS hour,
               id, at, decider_id, institution_id, step, view_ms
          FROM authorization_decision
         WHERE business_date = %(on)s AND id > %(after)s AND id <= %(last)s AND at < %(until)s
           AND decider_id IS NOT NULL AND offline_id IS NULL
           AND (%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))) made
 GROUP BY GROUPING SETS ((quarter), (decider_id), (institution_id, hour))
"""
_REASONS = """
SELECT reason, count(*)
  FROM authorization_decision, unnest(reasons) AS reason
 WHERE business_date = %(on)s AND id > %(after)s AND id <= %(last)s AND at < %(until)s
   AND step IN ('reject', 'return')
   AND (%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))
 GROUP BY reason
"""
# Only the application's own role writes decisions, and of its own sessions it sees the beginning.
_BEGAN = """
SELECT (SELECT oid FROM pg_database WHERE datname = current_database()),
       (SELECT min(xact_start) FROM pg_stat_activity
         WHERE datname = current_database() AND usename = current_user)
"""
_BY_QUARTER, _BY_PERSON, _BY_PLACE = 0b011, 0b101, 0b110
_DAY = timedelta(days=1)
_QUARTER, _HOUR = timedelta(minutes=rules.QUARTER_MINUTES), timedelta(hours=1)
_LAST = 2**63 - 1
MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True)
class Asked:
    """Which decisions: of what day, at which places, and how long one may take at most."""

    on: date
    everywhere: bool
    places: tuple[int, ...]
    target_ms: int


@dataclass
class Tally:
    """Decisions of a day up to an id: by quarter of an hour, person, place and hour, and reason.

    Quarters are counted from the day's midnight and go on over the next, hours begin again at
    each; people and places are ids.
    """

    last: int = 0
    latest: datetime | None = None
    seen_at: datetime | None = None
    quarters: dict[int, Sums] = field(default_factory=dict)
    people: dict[int, Sums] = field(default_factory=dict)
    places: dict[tuple[int, int], Sums] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        """Return the decisions of both; neither is changed."""
        return Tally(
            max(self.last, other.last),
            max(filter(None, (self.latest, other.latest)), default=None),
            other.seen_at,
            _joined(self.quarters, other.quarters),
            _joined(self.people, other.people),
            _joined(self.places, other.places),
            _joined(self.reasons, other.reasons),
        )


@dataclass(frozen=True)
class _Kept:
    """What is settled, and up to which id more will be when all that ran at a moment has ended."""

    settled: Tally = field(default_factory=Tally)
    coming: int = 0
    seen_at: datetime | None = None


kept_sums: OrderedDict[tuple[int, Asked], _Kept] = OrderedDict()


def tally(*, asked: Asked, until: datetime | None = None) -> Tally:
    """Return what the decisions of a day come to, or those made before a moment."""
    with connection.cursor() as line:
        line.execute(_BEGAN)
        database, oldest = line.fetchone()
        kept = kept_sums.get((database, asked), _Kept())
        if kept.seen_at is not None and oldest > kept.seen_at:
            more = _read(line, asked, after=kept.settled.last, last=kept.coming)
            kept = _Kept(kept.settled + more)
        settled = kept.settled
        if until is not None and settled.latest is not None and settled.latest >= until:
            settled = Tally()
        rest = _read(line, asked, until=until, after=settled.last)
    if kept.seen_at is None and rest.last > kept.settled.last:
        kept = _Kept(kept.settled, rest.last, rest.seen_at)
    _keep((database, asked), kept)
    return settled + rest


def forget() -> None:
    """Forget every sum that is kept."""
    kept_sums.clear()


def midnight_of(*, day: date) -> datetime:
    """Return the moment a day begins."""
    return timezone.make_aware(datetime.combine(day, time()))


def _keep(key: tuple[int, Asked], kept: _Kept) -> None:
    kept_sums[key] = kept
    kept_sums.move_to_end(key)
    while len(kept_sums) > MOST_KEPT:
        kept_sums.popitem(last=False)


def _read(
    line: Any, asked: Asked, *, until: datetime | None = None, after: int = 0, last: int = _LAST
) -> Tally:
    midnight = midnight_of(day=asked.on)
    given = {
        "on": asked.on,
        "midnight": midnight,
        "until": until or datetime.max.replace(tzinfo=midnight.tzinfo),
        "after": after,
        "last": last,
        "target": asked.target_ms,
        "everywhere": asked.everywhere,
        "places": list(asked.places),
    }
    found = Tally(last=after)
    line.execute(_SUMMED, given)
    for kind, quarter, hour, decider, place, *sums, newest, latest, now in line.fetchall():
        made = Sums(*map(int, sums))
        _put(found, kind, (quarter, hour, decider, place), made, midnight)
        found.last = max(found.last, newest)
        found.latest = max(found.latest or latest, latest)
        found.seen_at = now
    if found.quarters:
        line.execute(_REASONS, {**given, "last": found.last})
        found.reasons = dict(line.fetchall())
    return found


def _put(
    found: Tally,
    kind: int,
    group: tuple[datetime, datetime, int, int],
    made: Sums,
    midnight: datetime,
) -> None:
    quarter, hour, decider, place = group
    if kind == _BY_QUARTER:
        found.quarters[(quarter - midnight) // _QUARTER] = made
    elif kind == _BY_PERSON:
        found.people[decider] = made
    elif kind == _BY_PLACE:
        key = (place, (hour - midnight) % _DAY // _HOUR)
        found.places[key] = found.places.get(key, Sums()) + made


def _joined(first: dict[Any, Any], second: dict[Any, Any]) -> dict[Any, Any]:
    joined = dict(first)
    for key, made in second.items():
        joined[key] = joined[key] + made if key in joined else made
    return joined
