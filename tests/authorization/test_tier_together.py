"""Several workers judge the same items in shadow: each round is judged once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from authorization.models import TierVerdict
from authorization.services import tier
from foundation.people import services as people_services
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import tier as sets
from tests.factories.people import NOON

WORKERS, ITEMS = 6, 4


def test_workers_at_the_same_items_judge_each_once(committed_db):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        risk = people.staff(bank.branch, "risk_manager")
        people.numbers(manager, risk)
        sets.in_force(manager, risk)
        counter, teller = factory.counter(bank), people.staff(bank.outlet, "teller")
        orders = [
            factory.withdrawal(counter, "50,000.00", voucher_no=f"07447190{place:02}")
            for place in range(ITEMS)
        ]
        numbers = [factory.sent(teller, order).number for order in orders]

    def judge(_worker: int) -> int:
        try:
            with people_services.acting_as_system(reason="test"):
                made = [tier.judge(number=number, at=NOON) for number in numbers]
            return sum(one is not None for one in made)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as workers:
        told = list(workers.map(judge, range(WORKERS)))

    with people_services.acting_as_system(reason="test"):
        assert sum(told) == ITEMS == TierVerdict.objects.count()
