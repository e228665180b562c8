"""Sums by business day: of a day that is over they are kept until something of it changes.

A month is some hundred thousand items or pairs, of which only the last days still move. Each
process keeps what a question came to on each day, for the places in scope. A trigger counts each
change of a row whose day is over, in the table that the question names as `late`; how many there
were of a day, and the newest of them, is its version, and sums of another version are read again.
Nothing is counted on the day itself, so a day is kept from an hour after its midnight on: a
transaction would have to stay open for that hour to be missed (decisions 0221, 0224 and 0235).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from threading import Lock
from typing import Any

from django.db import connection

from foundation.kernel import scope

# Row-level security holds as well; the list of places is what the plan uses.
IN_SCOPE = "(%(everywhere)s OR institution_id = ANY (%(places)s::bigint[]))"
# Decisions of an item that was carried forward are of a later day than its own (decision 0187).
CARRIED = timedelta(days=31)
MOST_KEPT = 24
_VERSIONS = """
SELECT base.oid, ((clock_timestamp() - interval '1 hour') AT TIME ZONE 'Asia/Shanghai')::date,
       late.business_date, late.changes, late.newest
  FROM pg_database base LEFT JOIN (
       SELECT business_date, sum(changes) AS changes, max(newest) AS newest FROM {late}
        WHERE business_date BETWEEN %(first)s AND %(last)s AND {scope}
        GROUP BY business_date) late ON true
 WHERE base.datname = current_database()
"""
_UNCHANGED = (0, 0)

Version = tuple[int, int]
Line = tuple[Any, ...]


@dataclass(frozen=True)
class Question:
    """SQL that answers for `days`, at most until `carried`: each line begins with its day.

    `late` is the table in which changes of what it adds up are counted once their day is over.
    """

    name: str
    sql: str
    more: Mapping[str, str] = field(default_factory=dict)
    late: str = "authorization_latechange"

    @property
    def key(self) -> tuple[str, ...]:
        """Return what tells this question from others."""
        return (self.name, *self.more.values())


@dataclass(frozen=True)
class _Kept:
    """What a question came to on a day of this version."""

    version: Version
    lines: Sequence[Line]


kept_days: OrderedDict[tuple[Any, ...], dict[date, _Kept]] = OrderedDict()
_lock = Lock()


def lines(*, question: Question, first: date, last: date) -> Sequence[Line]:
    """Return what a question comes to on all days of a span, in scope; lines without their day."""
    return list(chain.from_iterable(by_day(question=question, first=first, last=last).values()))


def by_day(*, question: Question, first: date, last: date) -> Mapping[date, Sequence[Line]]:
    """Return what a question comes to on each day of a span, in scope; lines without their day."""
    with connection.cursor() as line:
        versions_of = _VERSIONS.format(late=question.late, scope=IN_SCOPE)
        line.execute(versions_of, span(first=first, last=last))
        told = line.fetchall()
        base, moving = told[0][:2]
        versions = {day: (changes, newest) for *_about, day, changes, newest in told}
        kept = _known((base, scope.current(), question.key))
        answers = {
            day: one.lines
            for day, one in list(kept.items())  # another thread may add to it meanwhile
            if first <= day <= last and one.version == versions.get(day, _UNCHANGED)
        }
        span_days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        read = _read(line, question, [day for day in span_days if day not in answers])
    for day, found in read.items():
        if day < moving:
            kept[day] = _Kept(versions.get(day, _UNCHANGED), found)
    return {**answers, **read}


def _read(line: Any, question: Question, days: Sequence[date]) -> Mapping[date, Sequence[Line]]:
    read: dict[date, list[Line]] = {day: [] for day in days}
    if days:
        asked = span(first=min(days), last=max(days)) | {"days": list(days)}
        line.execute(question.sql, {**asked, **question.more})
        for day, *rest in line.fetchall():
            read[day].append(tuple(rest))
    return read


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


def _known(key: tuple[Any, ...]) -> dict[date, _Kept]:
    with _lock:
        kept = kept_days.setdefault(key, {})
        kept_days.move_to_end(key)
        while len(kept_days) > MOST_KEPT:
            kept_days.popitem(last=False)
    return kept
