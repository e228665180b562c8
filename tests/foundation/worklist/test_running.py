"""A job is done once, whoever runs it and whatever dies."""

import threading

import pytest
from django.db import connection, connections, transaction

from foundation.worklist import rules, tasks
from foundation.worklist import services as worklist
from foundation.worklist.models import Job
from ops_platform import jobs
from tests.factories import people

KIND = "foundation.worklist.tasks.expire_leases"


def let_the_lease_end():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE worklist_job SET lease_until = clock_timestamp()")


def test_a_job_written_and_rolled_back_was_never_there(committed_db):
    with transaction.atomic():
        worklist.enqueue_job(kind=KIND, args={})
        transaction.set_rollback(True)

    assert worklist.claim_job() is None


def test_a_job_with_a_key_is_written_once(db):
    assert worklist.enqueue_job(kind=KIND, args={}, dedup_key="a") is not None
    assert worklist.enqueue_job(kind=KIND, args={}, dedup_key="a") is None


def test_a_job_is_run_and_done(committed_db):
    job_id = worklist.enqueue_job(kind=KIND, args={})

    assert jobs.run_job(job_id)
    assert not jobs.run_job(job_id)
    assert Job.objects.get().state == rules.JOB_DONE


def test_a_job_waits_for_its_time(db):
    worklist.enqueue_job(kind=KIND, args={}, run_after=people.NOON.replace(year=2999))

    assert worklist.claim_job() is None


def test_a_worker_that_lost_its_job_changes_nothing(db):
    worklist.enqueue_job(kind=KIND, args={})
    slow = worklist.claim_job()
    let_the_lease_end()
    quick = worklist.claim_job()

    with pytest.raises(rules.LeaseLost):
        worklist.finish_job(job=slow)
    worklist.finish_job(job=quick)


def test_the_effect_of_a_worker_that_lost_its_job_is_rolled_back(committed_db, monkeypatch):
    done = []

    def slow_task():
        let_the_lease_end()
        assert worklist.claim_job() is not None
        return lambda: worklist.enqueue_job(kind=KIND, args={"effect": True})

    monkeypatch.setattr(tasks, "slow_task", slow_task, raising=False)
    worklist.enqueue_job(kind="foundation.worklist.tasks.slow_task", args={})

    jobs.run_job()

    assert done == []
    assert not Job.objects.filter(args={"effect": True}).exists()


def test_a_failing_job_is_given_up_for_a_person_to_see(committed_db, monkeypatch):
    def broken():
        raise RuntimeError("no such engine")

    monkeypatch.setattr(tasks, "broken", broken, raising=False)
    job_id = worklist.enqueue_job(kind="foundation.worklist.tasks.broken", args={})
    Job.objects.update(attempts_max=2)

    jobs.run_job(job_id)
    assert Job.objects.get().state == rules.READY
    Job.objects.update(run_after=people.NOON.replace(year=2020))
    jobs.run_job(job_id)

    job = Job.objects.get()
    assert job.state == rules.DEAD
    assert "no such engine" in job.last_error


def test_a_job_given_up_is_tried_again_when_a_person_says_so(bank, authorizer):
    worklist.enqueue_job(kind=KIND, args={})
    Job.objects.update(state=rules.DEAD)
    job = Job.objects.get()

    worklist.revive_job(job_id=job.pk, reason="mended", by=authorizer, at=people.NOON)

    assert worklist.claim_job().job_id == job.pk
    with pytest.raises(rules.JobNotDead):
        worklist.revive_job(job_id=job.pk, reason="mended", by=authorizer, at=people.NOON)


@pytest.mark.parametrize("kind", ["os.system", "ops_platform.jobs.run_job", "a.tasks.b.c"])
def test_only_tasks_are_run(kind):
    with pytest.raises(LookupError):
        jobs.task_of(kind)


def test_many_workers_get_each_job_once(committed_db):
    for _ in range(60):
        worklist.enqueue_job(kind=KIND, args={})
    taken: list[int] = []

    def work():
        while (job := worklist.claim_job()) is not None:
            taken.append(job.job_id)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(taken) == 60
    assert len(set(taken)) == 60


def test_old_jobs_are_forgotten(db):
    worklist.enqueue_job(kind=KIND, args={})
    Job.objects.update(state=rules.JOB_DONE, done_at=people.NOON.replace(year=2020))

    assert worklist.purge_jobs() == 1
