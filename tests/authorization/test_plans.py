"""What is asked again and again is found by indexes, not by reading whole tables."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authorization.selectors import tier
from tests.factories import people
from tests.factories import tier as sets
from tests.factories.people import NOON

BIG = ("authorization_request", "authorization_tierverdict", "imaging_page")


@pytest.fixture
def plans(bank):
    """Return how the statements of an act are planned where a whole table is the last way."""
    sets.in_force(*(people.staff(bank.head, one) for one in ("ops_manager", "risk_manager")))

    def planned(act):
        with CaptureQueriesContext(connection) as asked:
            act()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            return [plan(cursor, one["sql"]) for one in asked.captured_queries]

    return planned


def plan(cursor, statement):
    cursor.execute(f"EXPLAIN {statement}")
    return "\n".join(row[0] for row in cursor.fetchall())


def test_what_is_due_for_the_tier_is_found_by_indexes(plans):
    waiting, rest = plans(lambda: tier.due(at=NOON + timedelta(hours=1), limit=5))

    assert "authorization_in_the_centre" in waiting
    for found in (waiting, rest):
        assert not [name for name in BIG if f"Seq Scan on {name}" in found]
