"""Two workers reach for the same at once: one report of each large value, one row of each sum."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from foundation.ledger import services as books
from foundation.people import services as people_services
from monitoring.models import AmlReport, LargeValue
from monitoring.services import aml
from tests.factories import aml as factory
from tests.factories import ledger as ledger_factory
from tests.factories import people
from tests.factories.people import DAY, NOON


@pytest.fixture
def world(committed_db):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager", name="周明")
        people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
        desk = factory.desk(bank)
        books.open_day(institution_id=bank.outlet.pk, on=DAY, at=NOON, by="t")
        till = ledger_factory.account(bank.outlet, "1001", "现金", overdraft_allowed=True)
        factory.move(factory.customer(bank.outlet), till, 5_000_000)
    return bank, desk


def together(act):
    """Let two begin at one moment, each in a connection of its own; return what came of both."""
    barrier, came = threading.Barrier(2), []

    def run():
        barrier.wait()
        try:
            with people_services.acting_as_system(reason="test"):
                came.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 2, "one failed"
    return came


def test_a_sum_is_kept_once_and_reported_once(world):
    bank, desk = world

    assert sorted(together(lambda: aml.build_day(on=DAY, at=NOON))) == [0, 1]
    with people_services.acting_as_system(reason="test"):
        row = LargeValue.objects.get()
        factory.filled(row, desk.analyst)
        aml.review(large_id=row.pk, passed=True, remark="", by=desk.reviewer, at=NOON)

    made = together(lambda: aml.report_large(branch_id=bank.branch.pk, by=desk.reviewer, at=NOON))

    assert sum(one is not None for one in made) == 1
    with people_services.acting_as_system(reason="test"):
        assert AmlReport.objects.get().count == 1
