"""The page of the jobs: those given up first, and which processes live."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from foundation.imaging import events as imaging
from foundation.trail.models import Event
from foundation.worklist import rules, selectors
from foundation.worklist import services as worklist
from foundation.worklist.models import Job
from ops_platform.wiring import later
from tests.factories import authorization as factory
from tests.factories import people

KIND = "foundation.worklist.tasks.expire_leases"
OTHER = "foundation.worklist.tasks.resume_due"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def dead(bank):
    job_id = worklist.enqueue_job(kind=KIND, args={})
    Job.objects.update(state=rules.DEAD, last_error="no such engine", attempts=8)
    return Job.objects.get(id=str(job_id))


def test_a_job_that_was_given_up_is_shown_with_its_error(desk, dead):
    answer = desk.get(reverse("worklist:jobs"))

    assert [job.pk for job in answer.context["listed"].rows] == [dead.pk]
    assert "no such engine" in answer.content.decode()


def test_a_job_leads_to_the_item_it_is_about_for_those_who_may_open_it(client, bank, desk, dead):
    item = factory.sent(
        people.staff(bank.outlet, "teller"), factory.withdrawal(factory.counter(bank))
    )
    Job.objects.filter(id=dead.pk).update(subject=item.subject)
    address = reverse("authorization:item", args=[item.number])

    for_dispatcher = desk.get(reverse("worklist:job", args=[dead.pk])).content.decode()
    client.force_login(people.staff(bank.branch, "sysadmin", name="钱一"), backend=BACKEND)
    for_sysadmin = client.get(reverse("worklist:jobs")).content.decode()

    assert f'href="{address}"' in for_dispatcher
    assert address not in for_sysadmin
    assert item.subject in for_sysadmin


def test_an_event_writes_its_job_with_what_it_is_about(db):
    later(KIND)(imaging.PageRead(page_id=1, document_id=2, subject="authorization.request:5"))

    assert Job.objects.get().subject == "authorization.request:5"


def test_it_is_tried_again_for_a_reason_that_is_on_the_trail(desk, dead):
    address = reverse("worklist:retry_job", args=[dead.pk])
    without = desk.post(address, {"reason": " "})
    desk.post(address, {"reason": "engine is back"})

    dead.refresh_from_db()
    assert without.status_code == 422
    assert (dead.state, dead.attempts, dead.reason) == (rules.READY, 0, "engine is back")
    (told,) = selectors.job_timeline(job_id=dead.pk)
    assert (told.action, told.detail["reason"]) == ("worklist.revive_job", "engine is back")


def test_it_is_given_up_for_a_reason_and_stays_in_the_list(desk, dead):
    desk.post(reverse("worklist:drop_job", args=[dead.pk]), {"reason": "scanned twice"})

    listed = desk.get(reverse("worklist:jobs"), {"state": "dropped"}).context["listed"].rows
    assert [(job.pk, job.reason) for job in listed] == [(dead.pk, "scanned twice")]
    assert selectors.job_timeline(job_id=dead.pk)[0].action == "worklist.drop_job"
    assert worklist.claim_job() is None


def test_the_database_keeps_no_job_that_was_given_up_without_a_reason(dead):
    with (
        pytest.raises(IntegrityError, match="worklist_job_dropped_has_reason"),
        transaction.atomic(),
    ):
        Job.objects.update(state=rules.DROPPED)


def test_all_failed_jobs_of_a_kind_are_tried_again_and_no_others(desk, dead):
    worklist.enqueue_job(kind=KIND, args={})
    worklist.enqueue_job(kind=OTHER, args={})
    Job.objects.update(state=rules.DEAD)

    desk.post(reverse("worklist:retry_jobs"), {"kind": KIND, "reason": "engine is back"})

    states = Job.objects.order_by("id").values_list("kind", "state")
    assert list(states) == [(KIND, "ready"), (KIND, "ready"), (OTHER, "dead")]
    told = Event.objects.get(action="worklist.revive_jobs")
    assert (told.detail["jobs"], told.detail["reason"]) == (2, "engine is back")


def test_a_kind_without_failed_jobs_is_not_tried_again(desk, dead):
    answer = desk.post(reverse("worklist:retry_jobs"), {"kind": OTHER, "reason": "so"})

    assert answer.status_code == 422


@pytest.mark.parametrize("page", ["retry_job", "drop_job"])
def test_a_job_that_waits_is_neither_tried_again_nor_given_up_by_hand(desk, dead, page):
    Job.objects.update(state=rules.READY)
    answer = desk.post(reverse(f"worklist:{page}", args=[dead.pk]), {"reason": "so"})

    assert answer.status_code == 422
    assert Job.objects.get().state == rules.READY


def test_a_manager_sees_failed_jobs_and_touches_none(client, bank, dead):
    client.force_login(people.staff(bank.branch, "ops_manager", name="周二"), backend=BACKEND)

    seen = client.get(reverse("worklist:job", args=[dead.pk]))
    tried = client.post(reverse("worklist:retry_job", args=[dead.pk]), {"reason": "so"})

    assert (seen.status_code, tried.status_code) == (200, 403)
    assert reverse("worklist:retry_job", args=[dead.pk]) not in seen.content.decode()


def test_kinds_are_counted_with_the_age_of_the_oldest(bank, dead):
    worklist.enqueue_job(kind=KIND, args={})
    Job.objects.filter(state=rules.DEAD).update(created_at=people.NOON)
    at = people.NOON + timedelta(hours=2)

    (found,) = [one for one in selectors.jobs_by_kind(at=at) if one.kind == KIND]

    assert (found.counts["dead"], found.counts["ready"], found.oldest) == (1, 1, "2:00:00")


def test_jobs_are_counted_by_state(desk, dead):
    worklist.enqueue_job(kind=KIND, args={})

    counts = desk.get(reverse("worklist:jobs"), {"state": "ready"}).context["counts"]

    assert (counts["dead"], counts["ready"], counts["running"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("state", "step", "more"),
    [
        ("ready", 1, {}),
        ("running", 1, {"lease_until": people.NOON}),
        ("dead", -1, {}),
        ("dropped", -1, {"reason": "so"}),
        ("done", -1, {}),
    ],
)
def test_what_comes_is_listed_in_its_order_and_what_ended_the_newest_first(bank, state, step, more):
    ids = [worklist.enqueue_job(kind=KIND, args={}) for _ in range(3)]
    Job.objects.update(**{"state": state, "started_at": people.NOON, "done_at": people.NOON} | more)

    first = selectors.jobs(state=state, kind=KIND, limit=2)
    second = selectors.jobs(state=state, limit=2, after=first.next_after)

    assert [job.pk for job in (*first.rows, *second.rows)] == ids[::step]
    assert second.next_after is None


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
