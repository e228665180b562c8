"""Many at one item, and desks that stall: one decision and one posting, whoever comes first."""

from __future__ import annotations

import pytest

from foundation.people import services as people_services
from ops_platform.proving import deciding
from tests.factories import authorization as factory
from tests.factories import people

THREADS, ITEMS, STALLS = 30, 6, 12


@pytest.fixture
def at_work(committed_db):
    """Let items wait, and hire who is to decide them."""
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        counter = factory.counter(bank)
        teller = people.staff(bank.outlet, "teller")
        for place in range(max(ITEMS, STALLS)):
            order = factory.withdrawal(counter, "50,000.00", voucher_no=f"07447190{place:02}")
            factory.sent(teller, order)
        return [people.staff(bank.centre, "authorizer", name=name) for name in ("李静", "陈晨")]


def test_all_at_one_item_decide_it_once(at_work):
    holder, other = at_work

    outcome = deciding.contest(holder=holder, others=[other], threads=THREADS, items=ITEMS)

    assert outcome.wrong == []
    assert (outcome.told_yes, outcome.decisions) == (ITEMS, ITEMS)
    assert outcome.attempts == THREADS * ITEMS


def test_a_desk_that_stalled_and_the_one_after_it_have_one_effect(at_work):
    first, second = at_work

    outcome = deciding.stalls(first=first, second=second, seed=7)

    assert outcome.wrong == []
    assert outcome.decisions == max(ITEMS, STALLS)
    assert outcome.taken_over > 0
