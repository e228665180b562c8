"""Weights in force put an item ahead in its queue, and age wins in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

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


def given(authorizer):
    return services.open_next(authorizer=authorizer, at=NOON).trade_code


@pytest.mark.usefixtures("weighed")
class TestTurns:
    def test_cash_goes_before_a_transfer_that_came_just_before(self, counter, teller, authorizer):
        factory.sent(teller, factory.transfer(counter))
        factory.sent(teller, factory.withdrawal(counter))

        assert given(authorizer) == "1002"

    def test_but_not_before_one_that_waits_longer_than_cash_is_worth(
        self, counter, teller, authorizer
    ):
        older = factory.sent(teller, factory.transfer(counter))
        WorkItem.objects.filter(pk=older.work_item_id).update(
            turn_at=F("turn_at") - timedelta(seconds=11)
        )
        factory.sent(teller, factory.withdrawal(counter))

        assert given(authorizer) == "1101"

    def test_a_large_amount_goes_first_and_so_does_a_valued_customer(self, counter, teller):
        # One fen less than a valued customer has, and one who has it.
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

        turns = [one.work_item.turn_at for one in (valued, large, plain)]
        assert turns == sorted(turns)
        ahead = [
            round((one.work_item.enqueued_at - one.work_item.turn_at).total_seconds())
            for one in (plain, large, valued)
        ]
        assert [seconds - ahead[0] for seconds in ahead] == [0, 20, 40]
