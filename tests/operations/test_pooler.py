"""Behind PgBouncer in transaction mode: whoever borrows a connection sees only what is its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from authorization.models import Request
from foundation.ledger.models import Entry
from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.worklist import services as worklist
from foundation.worklist.models import Job, WorkItem
from ops_platform import jobs
from ops_platform.bell import Bell
from ops_platform.env import Env
from tests import pooler
from tests.factories import authorization as factory
from tests.factories import people

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        pooler.program() is None,
        reason="pgbouncer cannot be installed here: as root run apt-get install -y pgbouncer",
    ),
]

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
PASSWORD = "Right-Horse-42"
SCOPE = "SELECT pg_backend_pid(), coalesce(current_setting('app.scope', true), '')"
ITEMS = "SELECT count(*) FROM worklist_workitem"


@pytest.fixture
def bank(committed_db) -> people.Branch:
    """Open a branch with two outlets, three items of each, and the numbers in force."""
    with people_services.acting_as_system(reason="test"):
        opened = people.branch()
        manager = people.staff(opened.branch, "ops_manager")
        people.numbers(manager, people.staff(opened.branch, "risk_manager"))
        for outlet in (opened.outlet, opened.sibling):
            for number in range(3):
                worklist.enqueue(
                    queue="authorization", subject=f"test:{outlet.pk}.{number}",
                    institution_id=outlet.pk, at=people.NOON,
                )  # fmt: skip
    return opened


@pytest.fixture
def narrow(committed_db) -> Iterator[pooler.Pool]:
    """Share one connection of the server among all."""
    with pooler.pooling(committed_db.name, size=1) as pool:
        yield pool


@pytest.fixture
def pooled(committed_db, settings, bank) -> Iterator[pooler.Pool]:
    """Let the platform itself go through a pooler that has two connections."""
    with pooler.pooling(committed_db.name, size=2) as pool:
        given = connection.settings_dict
        settings.OPS_LISTEN_AT = {"host": given["HOST"], "port": given["PORT"]}
        connection.close()
        given.update(HOST=str(pool.folder), PORT=pooler.PORT, DISABLE_SERVER_SIDE_CURSORS=True)
        yield pool
        connection.close()


def asked(line, query):
    with line.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def hired(place, *roles, **more) -> Staff:
    with people_services.acting_as_system(reason="test"):
        person = people.staff(place, *roles, **more)
    people.password(person, PASSWORD)
    return person


class TestScope:
    def test_nothing_of_a_transaction_is_left_for_the_next_borrower(self, narrow, bank):
        first, second = (psycopg2.connect(narrow.dsn()) for _ in range(2))
        asked(first, "SELECT set_config('app.scope', '*', true)")
        lent, seen = asked(first, SCOPE), asked(first, ITEMS)
        first.commit()

        assert asked(second, SCOPE) == (lent[0], ""), "the same connection, and nothing in it"
        assert (seen, asked(second, ITEMS)) == ((6,), (0,))
        first.close()
        second.close()

    def test_nor_of_one_that_failed(self, narrow, bank):
        first, second = (psycopg2.connect(narrow.dsn()) for _ in range(2))
        asked(first, "SELECT set_config('app.scope', '*', true)")
        with pytest.raises(psycopg2.errors.DivisionByZero):
            asked(first, "SELECT 1 / 0")
        first.rollback()

        assert asked(second, SCOPE)[1] == ""
        assert asked(second, ITEMS) == (0,)
        first.close()
        second.close()

    def test_what_is_set_for_a_session_would_be_left(self, narrow, bank):
        """Show that the tests above can fail."""
        first, second = (psycopg2.connect(narrow.dsn()) for _ in range(2))
        asked(first, "SELECT set_config('app.scope', '*', false)")
        first.commit()

        assert asked(second, ITEMS) == (6,)
        first.close()
        second.close()

    def test_people_of_two_outlets_at_once_see_their_own(self, pooled, bank):
        tellers = [hired(place, "teller") for place in 4 * (bank.outlet, bank.sibling)]
        wrong, pids = [], set()

        def look(teller):
            try:
                for _ in range(15):
                    with people_services.acting(staff=teller):
                        found = set(WorkItem.objects.values_list("institution_id", flat=True))
                        pids.add(asked(connection, "SELECT pg_backend_pid()"))
                    if found != {teller.institution_id}:
                        wrong.append((teller.institution_id, found))
            except Exception as fault:  # noqa: BLE001
                wrong.append(fault)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=look, args=(teller,)) for teller in tellers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert wrong == []
        assert 1 <= len(pids) <= pooled.size


class TestJourney:
    def test_sign_in_submit_claim_decide_and_post(self, pooled, bank, settings, tmp_path):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        settings.MEDIA_ROOT = settings.OPS_VAR = tmp_path
        with people_services.acting_as_system(reason="test"):
            counter = factory.counter(bank)
            WorkItem.objects.all().delete()
        teller = hired(bank.outlet, "teller", name="王晓雯")
        desk = self.signed_in(hired(bank.centre, "authorizer", name="李静", grade=5))

        with people_services.acting(staff=teller):
            sent = factory.sent(teller, factory.withdrawal(counter))
        shown = desk.get(reverse("authorization:workbench"), **BROWSER).context["shown"].request
        decided = desk.post(
            reverse("authorization:decide", args=[shown.number]),
            {"step": "approve", "shown": shown.content_hash, "fence": shown.opened_fence},
            HTTP_HX_REQUEST="true", **BROWSER,
        )  # fmt: skip
        jobs.run_jobs(goes_on=lambda: Job.objects.filter(state="ready").exists())

        assert (shown.number, decided.status_code) == (sent.number, 200)
        with people_services.acting_as_system(reason="test"):
            request = Request.objects.get(number=sent.number)
            assert request.state == "posted"
            assert Entry.objects.filter(subject=request.subject).count() == 1
        assert set(Job.objects.values_list("state", flat=True)) == {"done"}
        call_command("verify_books", verbosity=0)

    @staticmethod
    def signed_in(person) -> Client:
        browser = Client()
        typed = {"number": person.number, "password": PASSWORD}
        answer = browser.post(reverse("people:sign_in"), typed, **BROWSER)
        assert answer.status_code == 302
        return browser


class TestListening:
    def test_the_bell_is_heard_past_the_pooler(self, pooled):
        bell = Bell()
        bell.wait(0.01)
        rung = threading.Timer(0.3, self.ring)
        rung.start()

        assert self.seconds(bell) < 5
        rung.join()
        bell.close()

    def test_the_pooler_itself_would_not_let_it_be_heard(self, pooled, settings):
        settings.OPS_LISTEN_AT = {}
        bell = Bell()
        bell.wait(0.01)
        self.ring()

        assert self.seconds(bell, patience=1) >= 0.9
        bell.close()

    @staticmethod
    def ring():
        worklist.enqueue_job(kind="foundation.worklist.tasks.expire_leases", args={})
        connections.close_all()

    @staticmethod
    def seconds(bell, patience=6):
        import time

        began = time.monotonic()
        bell.wait(patience)
        return time.monotonic() - began

    def test_the_knob_names_only_the_place_and_turns_cursors_of_the_server_off(self):
        env = Env.load(
            {
                "DATABASE_URL": "postgresql://o:a@pool/ops?port=6432",
                "OPS_DIRECT_URL": "postgresql://o:b@db.bank/ops?port=5432",
                "OPS_APP_PASSWORD": "c",
            }
        )

        assert env.listen_at == {"host": "db.bank", "port": "5432", "dbname": "ops"}
        assert env.database("app")["DISABLE_SERVER_SIDE_CURSORS"] is True
        assert Env.load({}).listen_at == {}
