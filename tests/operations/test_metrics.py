"""Figures for the bank's monitoring: each thing is made to happen, and /metrics tells of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.db.models import F
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from authorization.models import Request
from foundation.imaging import services as imaging
from foundation.imaging.models import Page
from foundation.ledger.models import Account
from foundation.people import services as people
from foundation.people.roles import Permission
from foundation.trail import services as trail
from foundation.worklist import services as worklist
from foundation.worklist.models import Heartbeat, Job, WorkItem
from ops_platform import metrics, urls
from tests.factories import authorization as factory
from tests.factories import people as factory_people
from tests.factories import rules as rule_factory

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
BACKEND = "django.contrib.auth.backends.ModelBackend"
KIND = "foundation.worklist.tasks.expire_leases"


def figure(client: Any, name: str, **labels: str) -> float | None:
    """Return one figure as monitoring reads it; None where there is none."""
    text = client.get("/metrics").content.decode()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return None


@pytest.fixture
def grows(client, django_capture_on_commit_callbacks) -> Callable[..., float]:
    """Do something, as if it were committed, and return by how much a figure grew."""

    def measured(act: Callable[[], object], name: str, **labels: str) -> float:
        before = figure(client, name, **labels) or 0
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return (figure(client, name, **labels) or 0) - before

    return measured


@pytest.fixture
def waiting(bank, teller):
    """Send a withdrawal that waits for an authorizer."""
    return factory.sent(teller, factory.withdrawal(factory.counter(bank)))


@pytest.fixture
def at_the_desk(client, authorizer, waiting) -> Callable[..., Any]:
    """Sign the authorizer in; return how a decision on the item is sent."""
    client.force_login(authorizer, backend=BACKEND)

    def decide(fence: int, shown: str = "") -> Any:
        waiting.refresh_from_db()
        return client.post(
            reverse("authorization:decide", args=[waiting.number]),
            {"step": "approve", "shown": shown or waiting.content_hash, "fence": fence},
            HTTP_HX_REQUEST="true",
            **BROWSER,
        )

    return decide


class TestRefusals:
    def test_by_code(self, client, teller, grows):
        client.force_login(teller, backend=BACKEND)
        address = reverse("authorization:new", args=["9999"])

        assert grows(lambda: client.get(address), "ops_refusals_total", code="E2001") == 1

    def test_of_what_a_role_does_not_cover(self, client, teller, grows):
        client.force_login(teller, backend=BACKEND)
        address = reverse("authorization:workbench")

        assert grows(lambda: client.get(address), "ops_refusals_total", code="forbidden") == 1

    def test_of_what_another_institution_has(self, client, bank, waiting, grows):
        client.force_login(factory_people.staff(bank.elsewhere, "teller"), backend=BACKEND)
        address = reverse("authorization:item", args=[waiting.number])

        assert grows(lambda: client.get(address), "ops_refusals_total", code="not_found") == 1

    def test_only_once_it_is_kept(self, teller, grows):
        def undone():
            with transaction.atomic():
                trail.record(
                    institution_id=teller.institution_id, actor=teller.label, action="test",
                    subject="test:1", at=timezone.now(), result="E2001",
                )  # fmt: skip
                transaction.set_rollback(True)

        assert grows(undone, "ops_refusals_total", code="E2001") == 0


def test_a_claim_is_counted_and_opening_it_again_is_not(client, at_the_desk, grows):
    def opened():
        client.get(reverse("authorization:workbench"), **BROWSER)

    labels = {"queue": "authorization", "lapsed": "no"}

    assert grows(opened, "ops_claims_total", **labels) == 1
    assert grows(opened, "ops_claims_total", **labels) == 0


def test_a_claim_after_a_lapsed_lease_is_told_apart(client, bank, at_the_desk, grows):
    client.get(reverse("authorization:workbench"), **BROWSER)
    WorkItem.objects.update(lease_until=F("lease_until") - timedelta(days=1))
    client.force_login(factory_people.staff(bank.centre, "authorizer"), backend=BACKEND)

    def opened():
        client.get(reverse("authorization:workbench"), **BROWSER)

    assert grows(opened, "ops_claims_total", queue="authorization", lapsed="yes") == 1


def test_a_decision_after_the_lease_meets_the_fence(client, at_the_desk, grows):
    client.get(reverse("authorization:workbench"), **BROWSER)

    assert grows(lambda: at_the_desk(fence=77), "ops_fences_total", where="page") == 1


def test_a_decision_on_what_is_not_shown_any_more_meets_the_fence(client, at_the_desk, grows):
    client.get(reverse("authorization:workbench"), **BROWSER)

    assert (
        grows(lambda: at_the_desk(fence=1, shown="0" * 64), "ops_fences_total", where="page") == 1
    )


def test_a_failed_sign_in(client, teller, grows):
    address = reverse("people:sign_in")

    def failed():
        client.post(address, {"number": teller.number, "password": "wrong"}, **BROWSER)

    assert grows(failed, "ops_sign_in_failures_total") == 1


def test_an_original_that_somebody_looks_at(teller, waiting, grows, settings):
    page = Page.objects.get()

    def seen():
        imaging.show(
            page_id=page.pk, use="original", viewer=teller, at=timezone.now(),
            permissions=frozenset(Permission),
        )  # fmt: skip

    assert grows(seen, "ops_image_views_total", use="original") == 1


class TestDenials:
    def test_a_row_of_an_institution_out_of_scope(self, bank, teller, waiting, grows):
        def smuggled():
            with (
                people.acting(staff=teller),
                pytest.raises(ProgrammingError),
                transaction.atomic(),
                connection.cursor() as line,
            ):
                line.execute(
                    "INSERT INTO ledger_businessday (institution_id, date, state, opened_at,"
                    " opened_by, closed_by) VALUES (%s, '2030-01-01', 'open', now(), 'x', '')",
                    [bank.elsewhere.pk],
                )

        assert grows(smuggled, "ops_denials_total", kind="row_security") == 1

    def test_a_change_of_the_trail(self, waiting, grows):
        def forged():
            with (
                pytest.raises(ProgrammingError),
                transaction.atomic(),
                connection.cursor() as line,
            ):
                line.execute("UPDATE trail_event SET actor = 'x'")

        assert grows(forged, "ops_denials_total", kind="privilege") == 1

    @pytest.mark.django_db
    def test_rows_touched_outside_every_scope(self, client, grows, settings):
        client.raise_request_exception = False
        careless = path("careless", lambda _request: HttpResponse(Account.objects.count()))
        settings.ROOT_URLCONF = (careless, *urls.urlpatterns)

        def asked():
            assert client.get("/careless").status_code == 500

        assert grows(asked, "ops_denials_total", kind="no_scope") == 1


class TestJobs:
    def test_depth_and_age(self, client, db):
        worklist.enqueue_job(kind=KIND, args={})
        Job.objects.update(run_after=F("run_after") - timedelta(seconds=100))

        assert figure(client, "ops_jobs", state="ready") == 1
        assert 100 <= (figure(client, "ops_job_oldest_seconds") or 0) < 130

    def test_a_dead_one_stays_visible(self, client, db):
        worklist.enqueue_job(kind=KIND, args={})
        Job.objects.update(state="dead")

        assert figure(client, "ops_jobs", state="dead") == 1

    def test_how_much_of_a_limit_is_used(self, client, bank):
        reading = "foundation.imaging.tasks.read_page"
        for _ in range(4):
            worklist.enqueue_job(kind=reading, args={})
        worklist.claim_job()

        name = "ops_job_limit_used"
        assert figure(client, name, kind=reading, limit="running") == 1 / 4
        assert figure(client, name, kind=reading, limit="waiting") == 3 / 500

    @pytest.mark.parametrize("process", ["beat", "relay", "worker"])
    def test_how_long_each_kind_of_process_was_not_heard_of(self, client, db, process):
        assert figure(client, "ops_process_silent_seconds", process=process) is None
        for kind in ("beat", "relay", "worker"):
            worklist.sign_of_life(process=kind, host="here", pid=1)
        silent = Heartbeat.objects.filter(process=process)
        silent.update(at=F("at") - timedelta(seconds=50))

        assert 50 <= (figure(client, "ops_process_silent_seconds", process=process) or 0) < 80


def test_how_long_the_trail_is_unsealed(client, db):
    with people.acting_as_system(reason="test"):
        place = people.open_institution(number="11", name="总行", kind="head", parent=None)
        trail.record(
            institution_id=place.pk, actor="110001 陈明", action="test", subject="test:1",
            at=timezone.now() - timedelta(minutes=7),
        )  # fmt: skip

    assert 420 <= (figure(client, "ops_trail_unsealed_seconds") or 0) < 450


class TestBooks:
    @pytest.fixture(autouse=True)
    def own_anchor(self, settings, tmp_path):
        settings.OPS_VAR = tmp_path

    def test_how_long_ago_they_were_looked_through(self, client, bank):
        assert figure(client, "ops_books_verified_seconds") is None

        call_command("verify_books")

        assert 0 <= (figure(client, "ops_books_verified_seconds") or 0) < 30
        assert figure(client, "ops_books_broken") == 0

    def test_a_look_at_some_days_is_not_one_at_all(self, client, bank):
        call_command("verify_books", "--from", "2026-11-23")

        assert figure(client, "ops_books_verified_seconds") is None

    def test_that_something_was_wrong(self, client, committed_db):
        counter = None
        with people.acting_as_system(reason="test"):
            opened = factory_people.branch()
            counter = factory.counter(opened)
        with committed_db.as_owner() as owner:
            owner.execute(
                "UPDATE ledger_account SET balance_fen = 1 WHERE id = %s", [counter.payer.pk]
            )

        with pytest.raises(SystemExit):
            call_command("verify_books")

        assert figure(client, "ops_books_broken") == 1


def test_what_waits_on_site_is_counted_with_its_age(client, bank, teller):
    assert figure(client, "ops_on_site_items") == 0
    assert figure(client, "ops_on_site_oldest_seconds") == 0
    said = rule_factory.plain(amount_from_fen=1, outlet_levels=1)
    counter = factory.counter(bank)
    rule_factory.in_force(said, institution=bank.outlet, valid_from=factory_people.DAY)
    item = factory.sent(teller, factory.withdrawal(counter))
    ago = timezone.now() - timedelta(minutes=10)
    Request.objects.filter(pk=item.pk).update(presented_at=ago)

    assert figure(client, "ops_on_site_items") == 1
    assert 600 <= (figure(client, "ops_on_site_oldest_seconds") or 0) < 700


def test_labels_hold_no_number_of_anybody(client, teller, waiting):
    text = client.get("/metrics").content.decode()

    assert teller.number not in text
    assert waiting.number not in text
    assert metrics._CODE.fullmatch(teller.number) is None  # noqa: SLF001


def test_whoever_counts_first_makes_the_folder(tmp_path):
    folder = tmp_path / "run" / "metrics"

    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import django; django.setup()"],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
        check=True,
    )

    assert list(folder.glob("*.db"))
