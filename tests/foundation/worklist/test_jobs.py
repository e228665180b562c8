"""The page of the jobs: those given up first, and which processes live."""

import pytest
from django.urls import reverse

from foundation.worklist import rules, selectors
from foundation.worklist import services as worklist
from foundation.worklist.models import Job

KIND = "foundation.worklist.tasks.expire_leases"


@pytest.fixture
def dead(bank):
    job_id = worklist.enqueue_job(kind=KIND, args={})
    Job.objects.update(state=rules.DEAD, last_error="no such engine", attempts=8)
    return Job.objects.get(id=str(job_id))


def test_a_job_that_was_given_up_is_shown_with_its_error(desk, dead):
    answer = desk.get(reverse("worklist:jobs"))

    assert [job.pk for job in answer.context["listed"].rows] == [dead.pk]
    assert "no such engine" in answer.content.decode()


def test_it_is_tried_again_on_request(desk, dead):
    desk.post(reverse("worklist:retry_job", args=[dead.pk]))

    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (rules.READY, 0)


def test_a_job_that_waits_is_not_tried_again_by_hand(desk, dead):
    Job.objects.update(state=rules.READY)

    assert desk.post(reverse("worklist:retry_job", args=[dead.pk])).status_code == 409


def test_jobs_are_counted_by_state(desk, dead):
    worklist.enqueue_job(kind=KIND, args={})

    counts = desk.get(reverse("worklist:jobs"), {"state": "ready"}).context["counts"]

    assert (counts["dead"], counts["ready"], counts["running"]) == (1, 1, 0)


def test_older_jobs_are_on_the_next_page(bank):
    ids = [worklist.enqueue_job(kind=KIND, args={}) for _ in range(3)]

    first = selectors.jobs(state="ready", limit=2)
    second = selectors.jobs(state="ready", limit=2, before=first.next_before)

    assert [job.pk for job in (*first.rows, *second.rows)] == ids[::-1]
    assert second.next_before is None


def test_a_silent_process_is_shown_as_such(desk, bank):
    from django.db import connection

    worklist.sign_of_life(process="relay", host="h", pid=1)
    worklist.sign_of_life(process="beat", host="h", pid=2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE worklist_heartbeat SET at = at - interval '1 h' WHERE pid = 1")

    shown = desk.get(reverse("worklist:jobs")).context["processes"]

    assert {sign.process: sign.alive for sign in shown} == {"relay": False, "beat": True}


def test_an_authorizer_does_not_open_it(client, authorizer):
    client.force_login(authorizer, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("worklist:jobs")).status_code == 403
