"""Jobs and their workers: write, claim, keep, finish under the fence, fail with a pause."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.worklist import rules
from foundation.worklist.models import Heartbeat, Job

LEASE_SECONDS = 60

ENQUEUE = """
INSERT INTO worklist_job (kind, args, dedup_key, state, priority, run_after, attempts,
    attempts_max, fence, last_error, trace, created_at)
VALUES (%(kind)s, %(args)s, %(dedup_key)s, 'ready', %(priority)s,
    coalesce(%(run_after)s, clock_timestamp()), 0, 8, 0, '', %(trace)s, clock_timestamp())
ON CONFLICT (dedup_key) DO NOTHING RETURNING id
"""

CLAIM = """
WITH next AS (
    SELECT id FROM worklist_job
    WHERE (%(id)s::bigint IS NULL OR id = %(id)s)
      AND (state = 'ready' AND run_after <= clock_timestamp()
           OR state = 'running' AND lease_until <= clock_timestamp())
    ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE worklist_job job SET state = 'running', attempts = attempts + 1, fence = fence + 1,
    started_at = clock_timestamp(),
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM next WHERE job.id = next.id
RETURNING job.id, job.kind, job.args, job.fence, job.attempts, job.trace
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
    dedup_key: str | None = None,
    run_after: datetime | None = None,
    priority: int = 10,
    trace: str = "",
) -> int | None:
    """Ask a worker to run the task of that dotted name once this transaction commits.

    Returns the job's id, or None when a job with the same key exists already.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            ENQUEUE,
            {
                "kind": kind,
                "args": json.dumps(dict(args), default=str),
                "dedup_key": dedup_key,
                "run_after": run_after,
                "priority": priority,
                "trace": trace,
            },
        )
        row = cursor.fetchone()
        if row is not None:
            cursor.execute("SELECT pg_notify('jobs', '')")
    return None if row is None else int(row[0])


def claim_job(*, job_id: int | None = None) -> Claimed | None:
    """Take a ready job, or one whose worker died; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"id": job_id, "lease": LEASE_SECONDS})
        row = cursor.fetchone()
    if row is None:
        return None
    args = json.loads(row[2]) if isinstance(row[2], str) else row[2]
    return Claimed(row[0], row[1], args, row[3], row[4], row[5])


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


def fail_job(*, job: Claimed, error: str) -> None:
    """Try a job again after a growing pause, or give it up for a person to look at."""
    pause = rules.backoff(job.attempts, secrets.randbelow(51))
    _fenced(
        "state = CASE WHEN attempts >= attempts_max THEN 'dead' ELSE 'ready' END,"
        " run_after = clock_timestamp() + %(pause)s, lease_until = NULL, last_error = %(error)s",
        job,
        pause=pause,
        error=error[-4000:],
    )


def revive_job(*, job_id: int, by: Staff, at: datetime) -> None:
    """Let a job that was given up be tried again; refuse one that was not."""
    moved = Job.objects.filter(id=job_id, state=rules.DEAD).update(
        state=rules.READY, attempts=0, run_after=at
    )
    if not moved:
        raise rules.JobNotDead
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action="worklist.revive_job",
        subject=f"worklist.job:{job_id}",
        at=at,
    )


def sign_of_life(*, process: str, host: str, pid: int, at: datetime) -> None:
    """Say that a process is alive."""
    Heartbeat.objects.update_or_create(process=process, host=host, pid=pid, defaults={"at": at})


def purge_jobs() -> int:
    """Forget the jobs that were done more than three days ago; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM worklist_job WHERE state = 'done'"
            " AND done_at < clock_timestamp() - interval '3 days'"
        )
        forgotten: int = cursor.rowcount
    return forgotten


def _fenced(change: str, job: Claimed, **params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE worklist_job SET {change}"  # noqa: S608  the changes are those above
            " WHERE id = %(id)s AND fence = %(fence)s AND state = 'running'",
            {"id": job.job_id, "fence": job.fence, **params},
        )
        if cursor.rowcount != 1:
            raise rules.LeaseLost
