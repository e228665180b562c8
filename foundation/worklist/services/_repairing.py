"""What a person does with jobs that failed for good: try one or all again, or give one up."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.worklist import rules
from foundation.worklist.models import Job
from foundation.worklist.services._jobs import BELL

# So many jobs are tried again by one request; the page says how many are left.
REVIVED_AT_ONCE = 1000

REVIVE_ALL = """
WITH wanted AS (
    SELECT id FROM worklist_job WHERE state = 'dead' AND kind = %(kind)s
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE worklist_job job SET state = 'ready', attempts = 0, run_after = clock_timestamp(),
    reason = %(reason)s
FROM wanted WHERE job.id = wanted.id
RETURNING job.id
"""


@transaction.atomic
def revive_job(*, job_id: int, reason: str, by: Staff, at: datetime) -> None:
    """Let a job that failed for good be tried again, at its old place; refuse any other."""
    job, why = _locked(job_id), rules.check_reason(reason)
    job.state, job.attempts, job.run_after, job.reason = rules.READY, 0, at, why
    job.save(update_fields=["state", "attempts", "run_after", "reason"])
    _record(job, "revive_job", by, at)
    _ring()


@transaction.atomic
def revive_jobs(*, kind: str, reason: str, by: Staff, at: datetime) -> int:
    """Let the failed jobs of a kind be tried again, a thousand at once; return how many."""
    why = rules.check_reason(reason)
    with connection.cursor() as cursor:
        cursor.execute(REVIVE_ALL, {"kind": kind, "most": REVIVED_AT_ONCE, "reason": why})
        ids = sorted(row[0] for row in cursor.fetchall())
    if not ids:
        raise rules.JobNotDead
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action="worklist.revive_jobs",
        subject=f"worklist.jobs:{kind}",
        at=at,
        detail={"reason": why, "jobs": len(ids), "first": ids[0], "last": ids[-1]},
    )
    _ring()
    return len(ids)


@transaction.atomic
def drop_job(*, job_id: int, reason: str, by: Staff, at: datetime) -> None:
    """Give up a job that failed for good; it stays in the list with its reason."""
    job, why = _locked(job_id), rules.check_reason(reason)
    job.state, job.reason = rules.JOB_FLOW.after(job.state, "drop"), why
    job.save(update_fields=["state", "reason"])
    _record(job, "drop_job", by, at)


def _locked(job_id: int) -> Job:
    job = Job.objects.select_for_update(of=("self",)).filter(id=job_id).first()
    if job is None or job.state != rules.DEAD:
        raise rules.JobNotDead
    found: Job = job
    return found


def _record(job: Job, step: str, by: Staff, at: datetime) -> None:
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=f"worklist.{step}",
        subject=f"worklist.job:{job.pk}",
        at=at,
        detail={"reason": job.reason, "kind": job.kind, "about": job.subject},
    )


def _ring() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [BELL])
