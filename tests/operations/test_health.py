"""Addresses for machines: healthz, readyz and metrics; and the number of a request."""

import logging
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from itertools import combinations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from foundation.ledger import services as ledger
from foundation.people import services as people
from foundation.people.models import Institution
from foundation.trail import services as trail
from foundation.trail.models import Event
from foundation.worklist import services as worklist
from foundation.worklist.models import Heartbeat, Job
from ops_platform import health
from ops_platform.env import env
from tests.factories import authorization as factory
from tests.factories import ledger as books

DAY = date(2026, 11, 23)
PROCESSES = ("beat", "relay", "worker")
ANY_OF_THEM = [down for count in (1, 2, 3) for down in combinations(PROCESSES, count)]


@pytest.fixture
def working(db) -> Institution:
    """Open the day at one outlet, and let one process of each kind sign."""
    now = timezone.now()
    with people.acting_as_system(reason="test"):
        outlet = people.open_institution(number="11", name="总行", kind="head", parent=None)
        ledger.open_day(institution_id=outlet.pk, on=DAY, at=now, by="110001 陈明")
    for pid, process in enumerate(PROCESSES):
        worklist.sign_of_life(process=process, host="here", pid=pid)
    return outlet


def test_healthz_asks_nothing(client):
    assert client.get("/healthz").content == b"ok\n"


def test_readyz_is_ready_with_everything_there(client, working):
    answer = client.get("/readyz")

    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "ready"
    assert set(answer.json()["checks"]) == {
        "database", "role", "migrations", "clock", "disk", "business_day", "worker", "relay",
        "beat", "jobs", "seal", "pressure", "redis",
    }  # fmt: skip
    assert all(check["ok"] and check["seen"] for check in answer.json()["checks"].values())


def test_while_a_kind_is_crowded_it_is_degraded_and_names_the_kind(client, working, bank):
    kind = "foundation.imaging.tasks.read_page"
    for _ in range(501):
        worklist.enqueue_job(kind=kind, args={})

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert failed(answer) == {"pressure": f"patient jobs wait for {kind} over 500"}


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

    def test_while_a_table_is_without_its_lock(self, client, committed_db):
        with committed_db.as_owner() as line:
            line.execute("ALTER TABLE trail_event NO FORCE ROW LEVEL SECURITY")

        assert "trail_event" in failed(client.get("/readyz"))["role"]

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

        answer = client.get("/readyz")

        refused(answer, "business_day")
        assert "bin/manage open_day" in failed(answer)["business_day"]

    @pytest.mark.parametrize("down", ANY_OF_THEM, ids="+".join)
    def test_while_some_were_not_heard_of_for_half_a_minute(self, client, working, down):
        silent = Heartbeat.objects.filter(process__in=down)
        silent.update(at=F("at") - timedelta(seconds=31))

        answer = client.get("/readyz")

        refused(answer, *down)
        assert all(seen.startswith("last heard of 31 s ago") for seen in failed(answer).values())

    @pytest.mark.parametrize("down", ANY_OF_THEM, ids="+".join)
    def test_while_some_were_never_heard_of(self, client, working, down):
        Heartbeat.objects.filter(process__in=down).delete()

        answer = client.get("/readyz")

        refused(answer, *down)
        assert failed(answer) == {name: f"no {name} was ever heard of" for name in down}

    def test_after_as_long_a_silence_as_the_installation_allows(self, client, working, settings):
        Heartbeat.objects.update(at=F("at") - timedelta(seconds=31))
        settings.READY_SILENT_SECONDS = 60

        assert client.get("/readyz").status_code == 200

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


def test_one_of_several_is_enough(client, working):
    worklist.sign_of_life(process="worker", host="there", pid=9)
    Heartbeat.objects.filter(host="here", process="worker").update(at=F("at") - timedelta(hours=1))

    assert client.get("/readyz").status_code == 200


def test_no_relay_is_asked_for_where_workers_take_jobs_themselves(client, working, monkeypatch):
    Heartbeat.objects.filter(process="relay").delete()
    monkeypatch.setattr(health, "env", replace(env, executor="loop"))

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["checks"]["relay"]["seen"].startswith("not needed")


class TestFirstDay:
    """An installation without the demo is unready until somebody opens its first day."""

    @pytest.fixture
    def founded(self, working):
        with people.acting_as_system(reason="test"):
            books.close_day(working, DAY, at=timezone.now())
        return working

    def test_the_command_opens_it_and_the_probe_is_ready(self, client, founded):
        assert client.get("/readyz").status_code == 503
        said = StringIO()

        call_command("open_day", "--on", "2026-11-24", stdout=said)

        assert said.getvalue() == "2026-11-24 is open at 1 institutions\n"
        assert client.get("/readyz").status_code == 200

    def test_who_asked_is_on_the_trail(self, founded, authorizer):
        call_command("open_day", "11", on=date(2026, 11, 24), by=authorizer.number)

        (told,) = Event.objects.filter(
            action="ledger.open_day", institution_id=founded.pk
        ).order_by("id")[1:]
        assert told.actor == authorizer.label

    def test_the_same_again_changes_nothing(self, founded):
        for _ in range(2):
            call_command("open_day", "11", on=date(2026, 11, 24))

    @pytest.mark.parametrize(
        ("words", "why"),
        [
            (("99",), "no institution 99"),
            (("--by", "000"), "Nobody has this number"),
            (("--on", "2026-11-22"), "11 总行"),
        ],
    )
    def test_it_says_why_it_opens_nothing(self, founded, words, why):
        with pytest.raises(CommandError, match=why):
            call_command("open_day", *words)

    def test_without_institutions_it_says_so(self, db):
        with pytest.raises(CommandError, match="no institution yet"):
            call_command("open_day")


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


def refused(answer, *names):
    assert (answer.status_code, answer.json()["status"]) == (503, "unready")
    assert set(failed(answer)) == set(names)


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
    assert asked[0]["institution"] == authorizer.institution_id


def test_the_log_names_the_item_that_was_looked_at_or_made(client, bank, teller, caplog):
    counter = factory.counter(bank)
    sent = factory.sent(teller, factory.withdrawal(counter))
    client.force_login(teller, "django.contrib.auth.backends.ModelBackend")

    with caplog.at_level(logging.INFO, logger="ops.request"):
        client.get(f"/authorization/item/{sent.number}/")
        client.post(f"/authorization/withdraw/{sent.number}/")

    looked, withdrawn = (one.msg for one in caplog.records if one.name == "ops.request")
    assert looked["at_number"] == withdrawn["at_number"] == sent.number
    assert withdrawn["subject"] == f"authorization.request:{sent.number}"
