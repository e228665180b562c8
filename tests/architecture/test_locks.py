"""Every table is locked to the scope, out of reach, or named with its reason in decision 0183."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from foundation.ledger import services as ledger
from foundation.people import services as people_services
from foundation.policy import services as policy
from foundation.worklist import services as worklist
from tests.architecture import rows, tidy
from tests.browser import BACKEND
from tests.factories import alerts, aml, hooks, offline, people, publishing, quality
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import layouts as layouts_factory
from tests.factories import ledger as books
from tests.factories import tier as tier_factory
from tests.factories import trail as trail_factory

DECISION = (tidy.ROOT / "docs/decisions/0183-what-no-scope-narrows.md").read_text()
OPEN = frozenset(re.findall(r"^\| `(\w+)` \| .{20,} \|$", DECISION, re.MULTILINE))
EMPTY = frozenset(re.findall(r"`(\w+)`", DECISION.partition("are empty: ")[2].partition(".\n")[0]))
EXEMPT = OPEN | EMPTY
# Open to read, locked to the scope for who writes.
READ_BY_ALL = frozenset(
    {
        "policy_policy",
        "authorization_authrule",
        "hooks_subscription",
        "hooks_terms",
        "authorization_fallback",
        "authorization_offlineperiod",
    }
)


def tables() -> dict[str, tuple[bool, bool]]:
    """Return every table of the catalogue, partitions too: has it places, is it locked by them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid"
            " AND a.attname = 'institution_id' AND NOT a.attisdropped),"
            " (c.relrowsecurity AND c.relforcerowsecurity)"
            " OR NOT has_any_column_privilege(c.oid, 'SELECT') FROM pg_class c"
            " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
        )
        return {name: (placed, locked) for name, placed, locked in cursor.fetchall()}


def readable(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_any_column_privilege(%s, 'SELECT')", [table])
        return bool(cursor.fetchone()[0])


def counts(names: list[str]) -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table in names:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def test_every_table_is_locked_or_stands_in_the_decision(db):
    unlocked = {name for name, (_placed, locked) in tables().items() if not locked}

    assert unlocked == EXEMPT - READ_BY_ALL, "lock it, or say in decision 0183 why not"
    assert not OPEN & EMPTY


def test_what_the_decision_says_is_read_by_all_is_locked_for_who_writes(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = 'public'"
            " AND cmd IN ('SELECT', 'ALL') AND qual = 'true'"
            " AND roles && ARRAY['public', current_user]::name[]"
        )
        assert {row[0] for row in cursor.fetchall()} == READ_BY_ALL


def test_without_a_scope_no_table_shows_a_row(committed_db):
    """Every table has a row: what is empty could not fail."""
    with people_services.acting_as_system(reason="test"):
        factory.fund(factory.counter(people.bank()))
    guarded = sorted(name for name in tables() if name not in EXEMPT and readable(name))
    with committed_db.as_owner() as line:
        rows.fill(line, guarded)
    with people_services.acting_as_system(reason="test"):
        seen = counts(guarded)
    shown = counts(guarded)

    assert len(guarded) > 80
    assert not {table for table, found in seen.items() if not found}
    assert not {table: found for table, found in shown.items() if found}


@pytest.fixture
def filled(db):
    """Let every table that is open have a row."""
    made = books.bank()
    with people_services.acting_as_system(reason="test"):
        _leave_a_month(made)
        clerk = people.staff(made.branch, "vendor_key")
        teller = people.staff(made.outlet, "teller")
        manager, other = books.two(made.branch, "ops_manager")
        people.numbers(manager, other)
        publishing.proposed(tier_factory.in_force(manager, other), manager)
        aml.imported(manager)
        people_services.issue_token(staff=teller, purpose="t", days=1, by="t", at=people.NOON)
        people_services.propose_role(
            staff=teller, role="teller", kind="end", valid_from=date(2099, 1, 1), valid_until=None,
            reason="调岗", by=manager, at=people.NOON,
        )  # fmt: skip
        people_services.qualify(
            staff_id=teller.pk, skill="s", grade=1, certificate="c", valid_from=people.DAY,
            valid_until=people.DAY, by=manager, at=people.NOON,
        )  # fmt: skip
        quality.exam(teller, manager)
        policy.load_holidays(year=2026)
        trail_factory.look()
        alerts.waiting(made.outlet, manager, other)
        emergency.waiting(made.branch, manager)
        offline.one_of_each(made.outlet, teller, other)
        layouts_factory.draft(manager)
        hooks.subscription(made.branch, *books.two(made.branch, "sysadmin"))
        worklist.enqueue_job(kind="tests.nothing", args={})
        worklist.sign_of_life(process="test", host="t", pid=1)
    browser = Client()
    browser.force_login(clerk, backend=BACKEND)
    browser.post(reverse("people:sign_in"), {"number": teller.number, "password": "wrong"})


def _leave_a_month(made):
    following = date(2026, 12, 2)
    for place in (made.outlet, made.other):
        books.close_day(place)
        ledger.open_day(institution_id=place.pk, on=following, at=people.NOON, by="t")
        books.close_day(place, following)
        ledger.open_day(
            institution_id=place.pk, on=following + timedelta(days=1), at=people.NOON, by="t"
        )
    ledger.close_dates()
    ledger.archive_month(month=people.DAY.replace(day=1), at=people.NOON, by="t")


def test_each_open_table_has_rows_and_the_unused_have_none(filled):
    with people_services.acting_as_system(reason="test"):
        found = counts(sorted(EXEMPT))

    assert {table for table, rows in found.items() if not rows} == EMPTY
