"""Addresses for machines: healthz, readyz and metrics; and the number of a request."""

import logging
import re
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from foundation.ledger import services as ledger
from foundation.people import services as people
from foundation.people.models import Institution
from foundation.trail import services as trail
from foundation.worklist import services as worklist
from foundation.worklist.models import Heartbeat, Job
from ops_platform import health
from ops_platform.env import env
from tests.factories import ledger as books

DAY = date(2026, 11, 23)


@pytest.fixture
def working(db) -> Institution:
    """Open the day at one outlet, and let a worker sign."""
    now = timezone.now()
    with people.acting_as_system(reason="test"):
        outlet = people.open_institution(number="11", name="总行", kind="head", parent=None)
        ledger.open_day(institution_id=outlet.pk, on=DAY, at=now, by="110001 陈明")
    worklist.sign_of_life(process="worker", host="here", pid=1)
    return outlet


def test_healthz_asks_nothing(client):
    assert client.get("/healthz").content == b"ok\n"


def test_readyz_is_ready_with_everything_there(client, working):
    answer = client.get("/readyz")

    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "ready"
    assert set(answer.json()["checks"]) == {
        "database", "role", "migrations", "clock", "disk", "business_day", "worker", "jobs", "seal",
        "redis",
    }  # fmt: skip
    assert all(check["ok"] and check["seen"] for check in answer.json()["checks"].values())


def test_without_redis_it_is_degraded_but_works(client, working, settings):
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere"},
    }

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert failed(answer) == {"redis": "does not answer"}


class TestRefused:
    """Each state is made in the database, or on this machine, and the probe says which it is."""

    def test_while_the_database_is_away(self, client, committed_db, settings):
        connection.close()
        settings.DATABASES["default"]["NAME"] = "nowhere"

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert failed(answer)["database"] == "does not answer"
        assert failed(answer)["worker"] == "not asked"
        assert "disk" not in failed(answer)
        assert client.get("/healthz").status_code == 200

    def test_while_the_database_is_slow(self, client, working, settings):
        settings.READY_DATABASE_MS = -1

        refused(client.get("/readyz"), "database")

    def test_as_a_role_that_row_level_security_does_not_hold(self, client, committed_db, settings):
        connection.close()
        settings.DATABASES["default"].update(env.database("owner"), NAME=committed_db.name)

        assert "row-level" in failed(client.get("/readyz"))["role"]

    def test_while_a_migration_is_missing(self, client, committed_db):
        with committed_db.as_owner() as line:
            line.execute("DELETE FROM django_migrations WHERE app = 'ledger'")

        assert "are not in the database" in failed(client.get("/readyz"))["migrations"]

    @pytest.mark.parametrize("seconds", [-3, 3])
    def test_while_the_clocks_differ(self, client, working, monkeypatch, seconds):
        class Wrong(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + timedelta(seconds=seconds)

        monkeypatch.setattr(health, "datetime", Wrong)

        refused(client.get("/readyz"), "clock")

    def test_while_the_disk_is_nearly_full(self, client, working, settings):
        settings.READY_DISK_FREE_PERCENT = 101

        refused(client.get("/readyz"), "disk")

    def test_while_no_business_day_is_open(self, client, working):
        with people.acting_as_system(reason="test"):
            books.close_day(working, DAY, at=timezone.now())

        refused(client.get("/readyz"), "business_day")

    def test_while_no_worker_was_heard_of_for_half_a_minute(self, client, working):
        Heartbeat.objects.update(at=F("at") - timedelta(seconds=31))

        refused(client.get("/readyz"), "worker")

    def test_while_only_the_relay_lives(self, client, working):
        Heartbeat.objects.update(process="relay")

        refused(client.get("/readyz"), "worker")

    def test_while_a_job_has_waited_for_a_minute(self, client, working):
        worklist.enqueue_job(kind="foundation.worklist.tasks.expire_leases", args={})
        assert client.get("/readyz").status_code == 200

        Job.objects.update(run_after=F("run_after") - timedelta(seconds=62))

        refused(client.get("/readyz"), "jobs")

    def test_while_the_trail_is_unsealed_for_five_minutes(self, client, db):
        with people.acting_as_system(reason="test"):
            place = people.open_institution(number="11", name="总行", kind="head", parent=None)
            trail.record(
                institution_id=place.pk, actor="110001 陈明", action="test", subject="test:1",
                at=timezone.now() - timedelta(minutes=5, seconds=2),
            )  # fmt: skip

        assert "more than 300" in failed(client.get("/readyz"))["seal"]


def test_what_shares_requests_out_asks_only_what_pages_need(client, working):
    Heartbeat.objects.all().delete()

    answer = client.get("/readyz?only=serving")

    assert answer.status_code == 200
    assert set(answer.json()["checks"]) == {"database", "role", "migrations", "clock", "disk"}


def test_the_probe_tells_no_names_of_hosts(client, committed_db, settings, caplog):
    connection.close()
    settings.DATABASES["default"]["NAME"] = "secret_name"

    answer = client.get("/readyz")

    assert b"secret_name" not in answer.content
    assert any("secret_name" in str(line.msg) for line in caplog.records)


def test_strangers_learn_which_check_fails_and_no_more(client, working):
    Heartbeat.objects.all().delete()

    answer = client.get("/readyz", REMOTE_ADDR="192.0.2.9")

    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == {"ok": False}


def failed(answer):
    return {
        name: check["seen"] for name, check in answer.json()["checks"].items() if not check["ok"]
    }


def refused(answer, name):
    assert (answer.status_code, answer.json()["status"]) == (503, "unready")
    assert set(failed(answer)) == {name}


@pytest.mark.django_db
def test_metrics_are_for_this_machine_only(client):
    assert b"ops_jobs" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.9").status_code == 403


def test_a_request_keeps_the_number_it_came_with(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "abc-12345678"})

    assert answer["X-Request-ID"] == "abc-12345678"


@pytest.mark.parametrize("forged", ["short", "x" * 80, 'a"b,forged=1', "12345678\r\nSet-Cookie: a"])
def test_a_forged_number_is_replaced(client, forged):
    answer = client.get("/healthz", headers={"X-Request-ID": forged})

    assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])


def test_the_log_names_who_asked(client, authorizer, caplog):
    client.force_login(authorizer, "django.contrib.auth.backends.ModelBackend")

    with caplog.at_level(logging.INFO, logger="ops.request"):
        client.get("/ui/home/")

    asked = [one.msg for one in caplog.records if one.name == "ops.request"]
    assert [(line["staff"], line["page"]) for line in asked] == [(authorizer.number, "ui:home")]
