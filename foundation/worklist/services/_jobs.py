"""Jobs and their workers: write, claim, keep, finish under the fence, fail with a pause."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from structlog.contextvars import get_contextvars

from foundation.ui import live
from foundation.worklist import rules

LEASE_SECONDS = 20
# An hour's jobs at 25 a second; the task runs every ten minutes.
_FORGOTTEN_AT_ONCE = 100_000
BELL = "jobs"

ENQUEUE = """
INSERT INTO worklist_job (kind, args, subject, dedup_key, state, turn_at, run_after, attempts,
    attempts_max, fence, last_error, trace, created_at)
VALUES (%(kind)s, %(args)s, %(subject)s, %(dedup_key)s, 'ready',
    coalesce(%(run_after)s, clock_timestamp()) - make_interval(secs => %(ahead)s),
    coalesce(%(run_after)s, clock_timestamp()), 0, 8, 0, '', %(trace)s, clock_timestamp())
ON CONFLICT (dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING RETURNING id
"""

CLAIM = """
SELECT id, kind, args, fence, attempts, trace FROM worklist_claim_job(
    %(id)s, %(lease)s, %(limited)s::text[], %(running_most)s::int[], %(patient)s::text[],
    %(patience)s, %(light)s)
"""
END = """
SELECT id, kind, args, fence, attempts, trace FROM worklist_end_job(
    %(ended)s, %(fence)s, %(lease)s, %(limited)s::text[], %(running_most)s::int[],
    %(patient)s::text[], %(patience)s)
"""

BURY = """
WITH gone AS (
    SELECT id FROM worklist_job
    WHERE state = 'running' AND lease_until <= clock_timestamp() AND attempts >= attempts_max
    ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED
)
UPDATE worklist_job job SET state = 'dead', lease_until = NULL,
    last_error = 'Every worker that took this job died or was cut off.'
FROM gone WHERE job.id = gone.id
"""

PURGE = """
WITH old AS (
    SELECT id FROM worklist_job
    WHERE state = 'done' AND done_at < (SELECT clock_timestamp() - make_interval(days => %(days)s))
    ORDER BY done_at LIMIT %(most)s
)
DELETE FROM worklist_job job USING old WHERE job.id = old.id
"""

SIGN = """
INSERT INTO worklist_heartbeat (process, host, pid, at)
VALUES (%(process)s, %(host)s, %(pid)s, clock_timestamp())
ON CONFLICT (process, host, pid) DO UPDATE SET at = excluded.at
"""


@dataclass(frozen=True)
class Claimed:
    """A job in one worker's hands, under its fence."""

    job_id: int
    kind: str
    args: dict[str, Any]
    fence: int
    attempts: int
    trace: str


def enqueue_job(
    *,
    kind: str,
    args: Mapping[str, Any],
    subject: str = "",
    dedup_key: str | None = None,
    run_after: datetime | None = None,
    priority: int = 10,
    bell: bool = True,
) -> int | None:
    """Ask a worker to run the task of that dotted name once this transaction commits.

    Returns the job's id, or None when a job with the same key exists already. `subject` is the
    item it is about, as the trail calls it. The number of the request goes with it. Without the
    bell it is begun at the next look, within a second: for transactions of which there are
    hundreds a second, since ringing lets commits go one by one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            ENQUEUE,
            {
                "kind": kind,
                "args": json.dumps(dict(args), default=str),
                "subject": subject[:80],
                "dedup_key": dedup_key,
                "run_after": run_after,
                "ahead": priority * rules.JOB_STEP_SECONDS,
                "trace": str(get_contextvars().get("request_id", ""))[:64],
            },
        )
        row = cursor.fetchone()
    if row is not None and bell:
        live.ring(BELL)
    return None if row is None else int(row[0])


def claim_job(
    *, job_id: int | None = None, limits: rules.Limits = rules.NO_LIMITS
) -> Claimed | None:
    """Take the given job, else the next, if ready or its worker died; None when there is none.

    Outside a transaction the claim does not wait for the disk: one that a crash forgets is ready
    again, and who held it is refused.
    """
    light = not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"id": job_id, "light": light, **_limiting(limits)})
        row = cursor.fetchone()
    return _claimed(row)


def end_job(*, job: Claimed, limits: rules.Limits = rules.NO_LIMITS) -> Claimed | None:
    """Mark a job done in the transaction of its effect and take the next; refuse a lost one.

    The next is in nobody's hands before this transaction has committed: begin it after that.
    """
    assert connection.in_atomic_block, "a job and its effect stand or fall together"
    with connection.cursor() as cursor:
        cursor.execute(END, {"ended": job.job_id, "fence": job.fence, **_limiting(limits)})
        row = cursor.fetchone()
    if row is None:
        raise rules.LeaseLost
    return _claimed(row)


def extend_job(*, job: Claimed) -> None:
    """Keep a job that takes long; refuse a lost one."""
    _fenced(
        "lease_until = clock_timestamp() + make_interval(secs => %(lease)s)",
        job,
        lease=LEASE_SECONDS,
    )


def finish_job(*, job: Claimed) -> None:
    """Mark a job done in the transaction of its effect; refuse a worker that lost it."""
    assert connection.in_atomic_block, "a job and its effect stand or fall together"
    _fenced("state = 'done', done_at = clock_timestamp(), lease_until = NULL, last_error = ''", job)


def fail_job(*, job: Claimed, error: str) -> bool:
    """Try a job again after a growing pause, or give it up for a person; tell whether given up."""
    pause = rules.backoff(job.attempts, secrets.randbelow(51))
    state = _fenced(
        "state = CASE WHEN attempts >= attempts_max THEN 'dead' ELSE 'ready' END,"
        " run_after = clock_timestamp() + %(pause)s * interval '1 ms',"
        " lease_until = NULL, last_error = %(error)s",
        job,
        pause=pause // timedelta(milliseconds=1),
        error=error[-4000:],
    )
    return state == rules.DEAD


def hand_back_job(*, job: Claimed) -> None:
    """Let another worker begin a job at once, when this one must stop; it counts as no try."""
    _fenced("state = 'ready', attempts = attempts - 1, lease_until = NULL", job)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [BELL])


def bury_jobs() -> int:
    """Give up the jobs that every worker died of; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(BURY)
        return int(cursor.rowcount)


def purge_jobs(*, days: int = 3, most: int = _FORGOTTEN_AT_ONCE) -> int:
    """Forget the jobs done so many days ago, and processes long silent; return how many jobs.

    The oldest go first, which lie beside one another, so that vacuum finds whole pages empty.
    Keys of jobs are forgotten with them, so a key names its time or is used within that time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM worklist_heartbeat WHERE at < clock_timestamp() - interval '1 day'"
        )
        cursor.execute(PURGE, {"days": days, "most": most})
        return int(cursor.rowcount)


def sign_of_life(*, process: str, host: str, pid: int) -> None:
    """Say that a process is alive, by the clock of the database."""
    with connection.cursor() as cursor:
        cursor.execute(SIGN, {"process": process, "host": host, "pid": pid})


def _limiting(limits: rules.Limits) -> dict[str, Any]:
    return {
        "lease": LEASE_SECONDS,
        "limited": list(limits.running_most),
        "running_most": list(limits.running_most.values()),
        "patient": list(limits.patient),
        "patience": limits.patience_seconds,
    }


def _claimed(row: tuple[Any, ...] | None) -> Claimed | None:
    if row is None or row[0] is None:
        return None
    args = json.loads(row[2]) if isinstance(row[2], str) else row[2]
    return Claimed(row[0], row[1], args, row[3], row[4], row[5])


def _fenced(change: str, job: Claimed, **params: int | str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE worklist_job SET {change}"  # noqa: S608  the changes are those above
            " WHERE id = %(id)s AND fence = %(fence)s AND state = 'running' RETURNING state",
            {"id": job.job_id, "fence": job.fence, **params},
        )
        row = cursor.fetchone()
    if row is None:
        raise rules.LeaseLost
    return str(row[0])
