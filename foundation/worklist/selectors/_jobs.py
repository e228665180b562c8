"""Jobs by state and kind, one page of them, and the processes that live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Now

from foundation.policy import selectors as policy
from foundation.trail import selectors as trail
from foundation.trail.models import Event
from foundation.worklist import rules
from foundation.worklist.models import Heartbeat, Job
from foundation.worklist.selectors._queues import COUNTED_MOST, PAGE

# One step of an index for each state and kind, not one for each job. Each state has an index of
# its own, so that what was done long ago is in nobody's way.
KINDS = """
WITH RECURSIVE ready AS (
    (SELECT kind FROM worklist_job WHERE state = 'ready' ORDER BY kind LIMIT 1)
    UNION ALL
    SELECT (SELECT kind FROM worklist_job WHERE state = 'ready' AND kind > ready.kind
            ORDER BY kind LIMIT 1)
    FROM ready WHERE ready.kind IS NOT NULL
), ended AS (
    (SELECT state, kind FROM worklist_job WHERE state IN ('dead', 'dropped')
     ORDER BY state, kind LIMIT 1)
    UNION ALL
    SELECT later.state, later.kind FROM ended, LATERAL (
        SELECT state, kind FROM worklist_job
        WHERE state IN ('dead', 'dropped') AND (state, kind) > (ended.state, ended.kind)
        ORDER BY state, kind LIMIT 1) later
)
SELECT 'ready', kind, counted.many, counted.oldest FROM ready, LATERAL (
    SELECT count(*) AS many, min(created_at) AS oldest FROM (
        SELECT created_at FROM worklist_job WHERE state = 'ready' AND kind = ready.kind
        ORDER BY turn_at, id LIMIT %(most)s) first) counted
WHERE kind IS NOT NULL
UNION ALL
SELECT state, kind, counted.many, counted.oldest FROM ended, LATERAL (
    SELECT count(*) AS many, min(created_at) AS oldest FROM (
        SELECT created_at FROM worklist_job job
        WHERE job.state = ended.state AND job.kind = ended.kind
          AND job.state IN ('dead', 'dropped')
        ORDER BY id LIMIT %(most)s) first) counted
UNION ALL
SELECT 'running', kind, count(*), min(started_at) FROM worklist_job
WHERE state = 'running' GROUP BY kind
"""
DONE = "SELECT count(*) FROM (SELECT 1 FROM worklist_job WHERE state = 'done' LIMIT %s) first"

# In which order the jobs of a state are listed; the first moment is descending where it says so.
ORDERS: Mapping[str, tuple[str, str]] = {
    rules.READY: ("turn_at", "id"),
    rules.RUNNING: ("started_at", "id"),
    rules.DEAD: ("-id", "-id"),
    rules.DROPPED: ("-id", "-id"),
    rules.JOB_DONE: ("-done_at", "-id"),
}

PATIENCE = "jobs.patience_seconds"
PRESSURES = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM worklist_job job
            WHERE job.state = 'ready' AND job.kind = wanted.kind
            LIMIT coalesce(wanted.most, %(most)s) + 1) first),
    (SELECT count(*) FROM worklist_job job
     WHERE job.state = 'running' AND job.kind = wanted.kind)
FROM unnest(%(kinds)s::text[], %(mosts)s::int[]) WITH ORDINALITY AS wanted(kind, most, place)
ORDER BY wanted.place
"""


@dataclass(frozen=True)
class JobsOfKind:
    """How many jobs of a kind are in each state, counted up to a thousand, and the oldest open."""

    kind: str
    title: str
    counts: Mapping[str, int]
    oldest: str


@dataclass(frozen=True)
class Jobs:
    """Some jobs of a state, and behind which one the next begin."""

    rows: Sequence[Job]
    next_after: int | None


@dataclass(frozen=True)
class Sign:
    """The last sign of life of a process."""

    process: str
    host: str
    pid: int
    at: datetime
    alive: bool


def job_counts() -> dict[str, int]:
    """Return how many jobs are in each state, each kind counted up to a thousand."""
    counts = dict.fromkeys(rules.JOB_FLOW.states, 0)
    for state, _kind, many, _oldest in _counted():
        counts[state] += many
    with connection.cursor() as cursor:
        cursor.execute(DONE, [COUNTED_MOST])
        counts[rules.JOB_DONE] = cursor.fetchone()[0]
    return counts


def jobs_by_kind(*, at: datetime) -> Sequence[JobsOfKind]:
    """Return the known kinds of jobs and those that are there, with counts and the oldest's age."""
    counts: dict[str, dict[str, int]] = {kind: {} for kind in rules.kinds()}
    oldest: dict[str, datetime] = {}
    for state, kind, many, came_at in _counted():
        counts.setdefault(kind, {})[state] = many
        if state != rules.DROPPED:
            oldest[kind] = min(oldest.get(kind, came_at), came_at)
    return tuple(
        JobsOfKind(
            kind=kind,
            title=rules.kind_of(kind).title,
            counts={state: found.get(state, 0) for state in rules.JOB_FLOW.states},
            oldest=rules.clock_text(at - oldest[kind]) if kind in oldest else "",
        )
        for kind, found in sorted(counts.items())
    )


def jobs(*, state: str, kind: str = "", after: int | None = None, limit: int = PAGE) -> Jobs:
    """Return jobs of a state: those to come in their order, those that ended the newest first."""
    rows = Job.objects.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    order = ORDERS[state]
    last = Job.objects.filter(id=after).first() if after else None
    if last:
        rows = rows.filter(_after(last, order))
    found = list(rows.order_by(*dict.fromkeys(order))[: limit + 1])
    return Jobs(found[:limit], found[limit - 1].pk if len(found) > limit else None)


def job(*, job_id: int) -> Job | None:
    """Return one job, or None."""
    found: Job | None = Job.objects.filter(id=job_id).first()
    return found


def job_timeline(*, job_id: int) -> Sequence[Event]:
    """Return what people did with a job."""
    return trail.timeline(subject=f"worklist.job:{job_id}")


def pressures(*, on: date) -> Sequence[rules.Pressure]:
    """Return the known kinds beside the limits in force on the day, in the order of their names."""
    return _pressures(_numbers(on))


def job_limits(*, on: date) -> rules.Limits:
    """Return what claims must heed now: how many of a kind may run, and which kinds wait."""
    numbers = _numbers(on)
    return rules.limits(_pressures(numbers), numbers.get(PATIENCE))


def signs_of_life() -> Sequence[Sign]:
    """Return when each process signed, and whether that is too long ago by the database's clock."""
    most = timedelta(seconds=settings.READY_SILENT_SECONDS)
    rows = Heartbeat.objects.annotate(silent=Now() - F("at")).order_by("process", "host", "pid")
    return tuple(Sign(row.process, row.host, row.pid, row.at, row.silent <= most) for row in rows)


def _numbers(on: date) -> Mapping[str, int]:
    named = [
        name for kind in rules.kinds().values() for name in (kind.running_most, kind.waiting_most)
    ]
    return policy.bank_wholes(codes=[*filter(None, named), PATIENCE], on=on)


def _pressures(numbers: Mapping[str, int]) -> Sequence[rules.Pressure]:
    known = sorted(rules.kinds().values(), key=lambda kind: kind.code)
    mosts = [numbers.get(kind.waiting_most) for kind in known]
    asked: dict[str, Any] = {
        "kinds": [kind.code for kind in known],
        "mosts": mosts,
        "most": COUNTED_MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(PRESSURES, asked)
        counts = cursor.fetchall()
    return tuple(
        rules.Pressure(
            kind=kind,
            waiting=waiting,
            waiting_most=most,
            running=running,
            running_most=numbers.get(kind.running_most),
        )
        for kind, most, (waiting, running) in zip(known, mosts, counts, strict=True)
    )


def _counted() -> Sequence[tuple[str, str, int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(KINDS, {"most": COUNTED_MOST})
        rows: list[tuple[str, str, int, datetime]] = cursor.fetchall()
    return rows


def _after(last: Job, order: tuple[str, str]) -> Q:
    """Return what stands behind a job in an order; its moment may be unknown by now."""
    moment, tie = order
    name, step = moment.lstrip("-"), "lt" if moment.startswith("-") else "gt"
    value = getattr(last, name)
    if value is None:
        return Q()
    same = Q(**{name: value}) & Q(**{f"id__{'lt' if tie.startswith('-') else 'gt'}": last.pk})
    return Q(**{f"{name}__{step}": value}) | same


def with_open_job(*, kind: str, name: str, ids: Sequence[int]) -> frozenset[int]:
    """Return for which of the ids, an argument of that name, a job of the kind waits or runs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT (args ->> %(name)s)::bigint FROM worklist_job WHERE kind = %(kind)s"
            " AND state IN ('ready', 'running') AND (args ->> %(name)s)::bigint = ANY (%(ids)s)",
            {"name": name, "kind": kind, "ids": list(ids)},
        )
        return frozenset(row[0] for row in cursor.fetchall())
