"""Back-pressure: so many of a kind run at once, and patient kinds wait, but not for ever."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from foundation.people import services as people_services
from foundation.worklist import rules, selectors
from foundation.worklist import services as worklist
from foundation.worklist.models import Job
from ops_platform import jobs, relay
from tests.factories import people

READ, DAY = "foundation.imaging.tasks.read_page", "monitoring.tasks.match_day"
SEAL = "foundation.trail.tasks.seal"
TWO_READERS = rules.Limits(running_most={READ: 2})
WAITING = rules.Limits(patient=(DAY,), patience_seconds=60)


def put(kind, count=1):
    return [worklist.enqueue_job(kind=kind, args={}) for _ in range(count)]


def taken(limits, count=1):
    found = [worklist.claim_job(limits=limits) for _ in range(count)]
    return [job.kind for job in found if job]


def grow_old(seconds):
    with connection.cursor() as line:
        line.execute(
            "UPDATE worklist_job SET turn_at = turn_at - make_interval(secs => %(by)s),"
            " run_after = run_after - make_interval(secs => %(by)s)",
            {"by": seconds},
        )


class TestRunningAtOnce:
    def test_no_more_than_so_many_run_and_other_kinds_go_past_them(self, db):
        put(READ, 4)
        put(SEAL)

        assert taken(TWO_READERS, 4) == [READ, READ, SEAL]

    def test_the_next_begins_when_one_has_ended(self, db):
        put(READ, 4)
        first = worklist.claim_job(limits=TWO_READERS)
        worklist.claim_job(limits=TWO_READERS)

        following = worklist.end_job(job=first, limits=TWO_READERS)

        assert following is not None
        assert taken(TWO_READERS) == []

    def test_a_job_whose_worker_died_is_taken_over_though_the_kind_is_full(self, db):
        put(READ, 3)
        taken(TWO_READERS, 2)
        Job.objects.filter(state="running").update(lease_until=people.NOON)

        assert taken(TWO_READERS, 3) == [READ, READ]

    def test_a_call_for_a_job_of_a_full_kind_waits_as_well(self, db):
        ids = put(READ, 3)
        taken(TWO_READERS, 2)

        assert worklist.claim_job(job_id=ids[2], limits=TWO_READERS) is None

    def test_many_workers_at_once_take_no_more(self, committed_db):
        put(READ, 30)
        found = []
        together = threading.Barrier(8)

        def work():
            together.wait()
            for _ in range(20):
                found.extend(taken(TWO_READERS))
            connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        assert found == [READ, READ]
        assert Job.objects.filter(state="running").count() == 2

    def test_the_relay_rings_for_no_more_than_may_begin(self, bank, monkeypatch):
        put(READ, 10)
        put(SEAL)
        monkeypatch.setattr(jobs, "limits", lambda: TWO_READERS)

        assert len(relay.ready_jobs(64)) == 3


class TestPatience:
    def test_a_patient_kind_waits_while_another_is_crowded(self, db):
        put(DAY)
        put(SEAL)

        assert taken(WAITING, 2) == [SEAL]

    def test_it_waits_no_longer_than_its_patience(self, db):
        put(DAY)
        grow_old(59)
        assert taken(WAITING) == []

        grow_old(2)
        put(SEAL)

        assert taken(WAITING, 2) == [DAY, SEAL]

    def test_the_relay_knows_of_it(self, db, monkeypatch):
        put(DAY)
        monkeypatch.setattr(jobs, "limits", lambda: WAITING)
        assert relay.ready_jobs(64) == []

        grow_old(61)

        assert len(relay.ready_jobs(64)) == 1


class TestNumbers:
    def test_limits_are_the_business_numbers_of_the_day(self, bank):
        limits = selectors.job_limits(on=people.DAY)

        assert limits.running_most[READ] == 4
        assert (limits.patient, limits.patience_seconds) == ((), 1800)

    def test_patient_kinds_wait_from_one_more_than_may_wait(self, bank):
        put(READ, 500)
        assert selectors.job_limits(on=people.DAY).patient == ()

        put(READ)

        assert DAY in selectors.job_limits(on=people.DAY).patient

    def test_an_institution_has_no_number_of_its_own_here(self, bank):
        people.number_of(bank.branch, "jobs.reading_running_most", "1")

        assert selectors.job_limits(on=people.DAY).running_most[READ] == 4

    def test_before_the_numbers_are_in_force_nothing_is_limited(self, bank):
        early = people.DAY.replace(year=2019)

        assert selectors.job_limits(on=early) == rules.Limits()

    def test_a_worker_learns_them_outside_of_every_scope(self, committed_db, monkeypatch):
        with people_services.acting_as_system(reason="test"):
            opened = people.branch()
            manager = people.staff(opened.branch, "ops_manager", name="周明")
            people.numbers(manager, people.staff(opened.branch, "risk_manager", name="吴芳"))

        assert jobs._Limits().now().running_most[READ] == 4  # noqa: SLF001

    def test_the_page_shows_the_limits_beside_what_waits(self, bank, desk):
        put(READ, 501)

        shown = desk.get(reverse("worklist:jobs")).context["pressures"]

        (reading,) = [one for one in shown if one.kind.code == READ]
        assert (reading.waiting, reading.waiting_most, reading.crowded) == (501, 500, True)
        assert (reading.running, reading.running_most, reading.full) == (0, 4, False)


class TestEndAndNext:
    def test_a_worker_that_lost_its_job_ends_nothing_and_gets_nothing(self, db):
        put(SEAL, 2)
        slow = worklist.claim_job()
        Job.objects.filter(id=slow.job_id).update(lease_until=people.NOON)
        assert worklist.claim_job().job_id == slow.job_id

        with pytest.raises(rules.LeaseLost):
            worklist.end_job(job=slow)

        assert Job.objects.filter(state="ready").count() == 1

    def test_a_rolled_back_end_claims_nothing(self, committed_db):
        put(SEAL, 2)
        job = worklist.claim_job()

        with transaction.atomic():
            worklist.end_job(job=job)
            transaction.set_rollback(True)

        assert sorted(Job.objects.values_list("state", flat=True)) == ["ready", "running"]

    def test_the_last_one_ends_and_there_is_no_next(self, db):
        put(SEAL)

        assert worklist.end_job(job=worklist.claim_job()) is None
        assert Job.objects.get().state == "done"

    def test_a_worker_goes_on_through_what_waits(self, committed_db, monkeypatch):
        monkeypatch.setattr(jobs, "limits", lambda: rules.NO_LIMITS)
        put("foundation.worklist.tasks.expire_leases", 5)

        assert jobs.run_jobs(goes_on=lambda: True) == 5
        assert set(Job.objects.values_list("attempts", "state")) == {(1, "done")}


def test_a_claim_waits_for_no_disk_but_the_end_of_a_job_does(committed_db):
    put(SEAL)
    with connection.cursor() as line:
        line.execute("SHOW synchronous_commit")
        before = line.fetchone()

    job = worklist.claim_job()
    with transaction.atomic(), connection.cursor() as line:
        worklist.end_job(job=job)
        line.execute("SHOW synchronous_commit")
        assert line.fetchone() == before


def test_a_claim_that_a_crash_forgot_leaves_its_worker_without_effect(db):
    put(SEAL)
    job = worklist.claim_job()
    # What recovery leaves: the row as it was before the claim.
    Job.objects.update(state="ready", attempts=0, fence=0, lease_until=None)

    with pytest.raises(rules.LeaseLost):
        worklist.end_job(job=job)
    again = worklist.claim_job()
    worklist.end_job(job=again)
    with pytest.raises(rules.LeaseLost):
        worklist.end_job(job=job)


def test_jobs_done_are_forgotten_the_oldest_first(db):
    put(SEAL, 3)
    Job.objects.update(state="done", done_at=people.NOON.replace(year=2020))
    Job.objects.filter(id=Job.objects.latest("id").pk).update(
        done_at=people.NOON.replace(year=2020) - timedelta(days=1)
    )
    last = Job.objects.latest("id").pk

    assert worklist.purge_jobs(most=1) == 1
    assert not Job.objects.filter(id=last).exists()
