"""Weights in force put an item ahead in its queue, and age wins in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from authorization import services
from foundation.policy.models import Policy
from foundation.worklist.models import WorkItem
from tests.factories import authorization as factory
from tests.factories import rules as rows
from tests.factories.people import DAY, NOON

WEIGHTS = {
    "weight_cash_seconds": "10",
    "weight_amount_seconds": "20",
    "weight_customer_seconds": "40",
    "customer_from_fen": "90000000",
}


@pytest.fixture
def weighed(counter):
    """Put the weights in force, and let every transfer wait."""
    first = Policy.objects.get(code="authorization.weight_from_fen")
    Policy.objects.bulk_create(
        Policy(
            code=f"authorization.{code}", value=value, valid_from=DAY, reason="试行",
            proposed_by=first.proposed_by, proposed_at=NOON,
            approved_by=first.approved_by, approved_at=NOON,
        )
        for code, value in WEIGHTS.items()
    )  # fmt: skip
    rows.in_force(rows.plain("1101", always=True))


def ahead(item):
    """Return by how many seconds an item has its turn before it came."""
    return round((item.work_item.enqueued_at - item.work_item.turn_at).total_seconds())


@pytest.mark.usefixtures("weighed")
class TestTurns:
    def test_each_weight_puts_an_item_ahead_by_its_seconds(self, counter, teller):
        # One fen less than a valued customer has, and one who has it.
        cash = factory.sent(teller, factory.withdrawal(counter, "60,000.00"))
        factory.sent(teller, factory.withdrawal(counter, "0.01"))
        plain = factory.sent(teller, factory.transfer(counter))
        large = factory.sent(teller, factory.transfer(counter, "500,000.00"))
        valued = factory.sent(
            teller,
            factory.transfer(
                counter,
                payer_account=counter.payee.number,
                payee_account=counter.payer.number,
                payee_name=counter.payer.name,
            ),
        )

        found = [ahead(item) - ahead(plain) for item in (plain, large, valued, cash)]

        assert found == [0, 20, 40, 50]

    @pytest.mark.parametrize(("seconds", "first"), [(9, "1002"), (11, "1101")])
    def test_cash_goes_before_what_came_sooner_until_that_waited_longer(
        self, counter, teller, authorizer, seconds, first
    ):
        """What the weight is worth, and no more: age wins in the end."""
        sooner = factory.sent(teller, factory.transfer(counter))
        cash = factory.sent(teller, factory.withdrawal(counter))
        plain = cash.work_item.turn_at + timedelta(seconds=ahead(cash) - ahead(sooner))
        WorkItem.objects.filter(pk=sooner.work_item_id).update(
            turn_at=plain - timedelta(seconds=seconds)
        )

        opened = services.open_next(authorizer=authorizer, at=NOON)

        assert opened.trade_code == first
