"""Nothing starves: jobs and items of every priority come up within a bound, whatever else comes.

Time is simulated by letting every row grow older, since moments are the database's.
"""

from __future__ import annotations

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.people.models import Qualification
from foundation.worklist import rules
from foundation.worklist import services as worklist
from foundation.worklist.models import Job, WorkItem
from tests.factories import people

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


def items_grow_old(seconds):
    with connection.cursor() as line:
        line.execute(
            "UPDATE worklist_workitem SET turn_at = turn_at - make_interval(secs => %s)"
            " WHERE state = 'waiting'",
            [seconds],
        )


def work_until(item, staff, *, flood, pace_seconds):
    """Let one person claim and finish until the item comes; return how many came before it."""
    before = 0
    while True:
        flood()
        claimed = worklist.claim_next(queue="authorization", staff=staff, at=people.NOON)
        worklist.finish(item_id=claimed.pk, fence=claimed.fence, staff=staff)
        if claimed.pk == item.pk:
            return before
        before += 1
        items_grow_old(pace_seconds)
        assert before < 200, "it starves"


def test_a_flood_of_urgent_items_lets_the_others_through(put, authorizer, dispatcher):
    plain, pace = put(), 1200

    def flood():
        for _ in range(2):
            urgent = put()
            worklist.mark_urgent(item_id=urgent.pk, reason="急", by=dispatcher, at=people.NOON)

    # Four hours are what urgent is worth: two items each twenty minutes in that time.
    assert work_until(plain, authorizer, flood=flood, pace_seconds=pace) <= 2 * (14400 // pace + 1)


def test_important_items_let_the_least_important_through(put, authorizer):
    plain, pace = put(priority=0), 60

    def flood():
        put(priority=20)
        put(priority=20)

    # Twenty steps of a minute each.
    assert work_until(plain, authorizer, flood=flood, pace_seconds=pace) <= 2 * (20 + 1)


def test_an_item_of_a_rare_skill_comes_in_its_turn_among_all_others(put, bank):
    expert = people.staff(bank.centre, "authorizer", name="孙八", grade=3)
    Qualification.objects.create(
        staff=expert, skill="seal", grade=2, certificate="C1", valid_from=people.DAY,
        valid_until=people.DAY,
    )  # fmt: skip
    rare = put(skill="seal", grade_needed=2)

    assert work_until(rare, expert, flood=lambda: (put(), put()), pace_seconds=60) == 0


def test_items_that_nobody_on_duty_may_hold_hold_up_nobody(put, authorizer):
    for _ in range(50):
        put(skill="seal", grade_needed=5, priority=90)
    mine = put(priority=0)

    assert (
        worklist.claim_next(queue="authorization", staff=authorizer, at=people.NOON).pk == mine.pk
    )
    assert WorkItem.objects.filter(state="waiting").count() == 50


def test_a_difficult_item_goes_first_to_who_may_hold_it_when_its_turn_has_come(put, bank):
    expert = people.staff(bank.centre, "authorizer", name="孙八", grade=4)
    difficult = put(grade_needed=4, priority=0)

    # Ten steps behind the others, of a minute each: two come a minute, and one is done.
    before = work_until(difficult, expert, flood=lambda: (put(), put()), pace_seconds=60)
    assert before <= 2 * (10 + 1)
