"""Nothing starves: jobs and items of every priority come up within a bound, whatever else comes.

Time is simulated by letting every row grow older, since moments are the database's.
"""

from __future__ import annotations

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.worklist import rules
from foundation.worklist import services as worklist
from foundation.worklist.models import Job

LOW, HIGH = "foundation.trail.tasks.seal", "foundation.imaging.tasks.read_page"
STEP_SECONDS = rules.JOB_STEP_SECONDS


def jobs_grow_old(seconds):
    with connection.cursor() as line:
        line.execute(
            "UPDATE worklist_job SET turn_at = turn_at - make_interval(secs => %(by)s),"
            " run_after = run_after - make_interval(secs => %(by)s) WHERE state = 'ready'",
            {"by": seconds},
        )


@given(
    ahead=st.integers(min_value=1, max_value=4),
    rush=st.integers(min_value=1, max_value=3),
    kinds=st.sampled_from([(LOW, HIGH), (HIGH, HIGH), (HIGH, LOW)]),
)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_with_endless_urgent_jobs_each_other_one_runs_within_its_bound(db, ahead, rush, kinds):
    """Each round takes 20 s; more urgent jobs come than one worker can run."""
    Job.objects.all().delete()
    pace = 20
    low_kind, high_kind = kinds
    low = worklist.enqueue_job(kind=low_kind, args={}, priority=10 - ahead)
    waited, before = 0, 0

    while True:
        for _ in range(rush):
            worklist.enqueue_job(kind=high_kind, args={}, priority=10)
        job = worklist.claim_job()
        assert job is not None
        worklist.finish_job(job=job)
        if job.job_id == low:
            break
        before += 1
        jobs_grow_old(pace)
        waited += pace
        assert waited < 10_000, "it starves"

    # Only what came within its head start may go before it.
    rounds = ahead * STEP_SECONDS // pace + 1
    assert before <= rush * rounds


def test_a_full_kind_holds_up_no_other(db):
    """A hundred pages wait, two are read for ever: what else comes begins at once."""
    limits = rules.Limits(running_most={HIGH: 2})
    for _ in range(100):
        worklist.enqueue_job(kind=HIGH, args={}, priority=50)
    begun = [worklist.claim_job(limits=limits) for _ in range(3)]
    assert [job is None for job in begun] == [False, False, True]

    low = worklist.enqueue_job(kind=LOW, args={}, priority=0)

    assert worklist.claim_job(limits=limits).job_id == low


def test_jobs_that_fail_again_and_again_are_in_nobodys_way(db):
    first = [worklist.enqueue_job(kind=LOW, args={}, priority=50) for _ in range(20)]
    for _ in first:
        worklist.fail_job(job=worklist.claim_job(), error="no engine")

    late = worklist.enqueue_job(kind=LOW, args={}, priority=0)

    assert worklist.claim_job().job_id == late
